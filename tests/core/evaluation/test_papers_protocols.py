"""The papers' protocols on tiny copies of their data's layout."""

import json

import numpy as np
import pytest
from evaluation_stubs import StubFaces, digest, face
from PIL import Image

from core import models
from core.engine.fake import FakeEngine
from core.errors import KnownError
from core.evaluation import concept101, fastcomposer, published, specs
from core.evaluation.clip import Clip, image_score, text_score
from core.evaluation.dino import Dino
from core.evaluation.specs import Studio, Way
from core.evaluation.trials import Store, work
from core.faces import Face
from core.images import open_photo
from core.settings import Settings

RANDOM = np.random.default_rng(11)


def quiet(*_):
    pass


def noise(file, size: int = 40) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(RANDOM.integers(0, 256, (size, size, 3), dtype=np.uint8)).save(file)


@pytest.fixture(scope="module")
def studio() -> Studio:
    return Studio(models.find(Settings(), "mini"), Settings(), steps=2, size=64)


class TestConcept101:
    @pytest.fixture
    def data(self, tmp_path):
        """Two pairs of three concepts; one is a person."""
        for concept in ("pet_dog1", "things_cup2", "person_1"):
            for number in range(2):
                noise(tmp_path / "benchmark_dataset" / concept / f"{number}.jpg")
        (tmp_path / "prompts").mkdir()
        (tmp_path / "prompts" / "pet_things.txt").write_text(
            "photo of a {0} and a {1}. \n\nA {1} beside the {0}."
        )
        (tmp_path / "prompts" / "pet_person.txt").write_text("{1} with their pet {0}\nthe {0} sleeping")

        def concept(name, noun):
            return {"class_prompt": noun, "instance_data_dir": f"./benchmark_dataset/{name}"}

        dog, cup, person = (
            concept("pet_dog1", "dog"),
            concept("things_cup2", "cup"),
            concept("person_1", "person"),
        )
        index = [
            [dog, cup, {"prompt_filename_compose": "prompts/pet_things.txt"}],
            [dog, person, {"prompt_filename_compose": "prompts/pet_person.txt"}],
        ]
        (tmp_path / concept101.INDEX).write_text(json.dumps(index))
        return tmp_path

    def engine(self, home) -> FakeEngine:
        who = Face((5.0, 5.0, 30.0, 30.0), ((1.0, 1.0),) * 5, 0.9, 0.8, b"")
        return FakeEngine(faces={"0.jpg": [who]}, references=home.references)

    def test_the_datas_own_layout_is_read(self, data):
        first, second = concept101.read(data)
        assert [each.name for each in first.concepts] == ["pet_dog1", "things_cup2"]
        assert first.prompts == ("photo of a {0} and a {1}.", "A {1} beside the {0}.")
        assert [file.name for file in second.concepts[1].files] == ["0.jpg", "1.jpg"]

    def test_one_picture_for_each_pair_and_prompt(self, data, studio, home):
        pairs = concept101.read(data)
        cast = concept101.members(pairs, self.engine(home), 32, quiet)
        assert (cast["person_1"].kind, cast["pet_dog1"].kind) == ("person", "object")
        # A face is found in one photo of the person; of a thing every photo counts.
        assert (len(cast["person_1"].references), len(cast["pet_dog1"].references)) == (1, 2)
        made = concept101.trials(Way("ip-adapter-plus", "uniform"), pairs, cast, studio)
        assert [trial.spec.prompt for trial in made] == [
            "photo of a dog and a cup.", "A cup beside the dog.",
            "person with their pet dog", "the dog sleeping",
        ]  # fmt: skip
        assert [len(trial.spec.subjects) for trial in made] == [2, 2, 2, 1]
        assert {trial.spec.seed for trial in made} == {concept101.SEED}
        assert len({trial.name for trial in made}) == 4

    def test_measures_are_means_over_prompt_photos_and_concepts(
        self, data, studio, home, clip_folder, dino_folder, tmp_path
    ):
        pairs, clip, dino = concept101.read(data), Clip(clip_folder), Dino(dino_folder)
        engine = self.engine(home)
        cast = concept101.members(pairs, engine, 32, quiet)
        made = concept101.trials(Way("ip-adapter-plus", "uniform"), pairs, cast, studio)
        store = Store(tmp_path / "run", "stub")
        outcome = work(made, store, engine, concept101.Judge(pairs, clip, dino), quiet)
        with Image.open(store.picture(made[0].name)) as picture:
            image = picture.convert("RGB")
        photos = {c.name: [open_photo(f).image for f in c.files] for pair in pairs for c in pair.concepts}
        expected = {
            "clip_t": text_score(clip.images([image])[0], clip.texts(["photo of a dog and a cup."])[0]),
            "clip_i": np.mean([image_score(clip.images([image]), clip.images(photos[name]))
                               for name in ("pet_dog1", "things_cup2")]),
            "dino": np.mean([image_score(dino.images([image]), dino.images(photos[name]))
                             for name in ("pet_dog1", "things_cup2")]),
        }  # fmt: skip
        assert outcome.records[0].measures == pytest.approx(expected, abs=1e-5)
        assert len(outcome.records) == 4
        again = FakeEngine()
        work(made, store, again, concept101.Judge(pairs, clip, dino), quiet)
        assert again.rendered == []

    @pytest.mark.parametrize(
        ("missing", "message"),
        [
            ("dataset_multiconcept.json", "no copy of CustomConcept101"),
            ("prompts/pet_things.txt", "cannot be read"),
            ("benchmark_dataset/pet_dog1/*", "holds no photos"),
        ],
    )
    def test_what_is_missing_is_named(self, data, missing, message):
        for file in data.glob(missing):
            file.unlink()
        with pytest.raises(KnownError, match=message):
            concept101.read(data)

    @pytest.mark.parametrize(
        "index", ["[[1, 2, 3]]", '[[{}, {}, {"prompt_filename_compose": "x"}]]', "[[]]", "7"]
    )
    def test_another_layout_is_refused(self, data, index):
        (data / concept101.INDEX).write_text(index)
        with pytest.raises(KnownError):
            concept101.read(data)

    def test_the_papers_figures_are_marked_as_theirs(self):
        titles = {column.title for column in concept101.COLUMNS}
        assert all(set(each.figures) <= titles and each.source for each in published.CONCEPT101)
        assert published.CONCEPT101[-1].figures == {"CLIP-T": 0.7765, "CLIP-I": 0.6950, "DINO": 0.4397}


THEIR_LIST = """
import os
raise SystemExit("this must never run")
IMAGE_TO_GENDER_EVAL = {"0001": "man", "0002": "woman"}

def get_hat_prompts(class_token, unique_token):
    prompts = [
        "a {0} {1} wearing a red hat".format(unique_token, class_token),
        "a {0} {1} in a chef outfit".format(
            unique_token, class_token
        ),
    ]
    return prompts

def get_style_prompts(class_token, unique_token):
    return [f"a painting of a {unique_token} {class_token} in oil", 7, "no class here"]

def get_combinations(unique_token):
    return ["not a prompt {0}".format(unique_token)]
"""


class TestFastComposer:
    @pytest.fixture
    def data(self, tmp_path):
        (tmp_path / "data.py").write_text(THEIR_LIST)
        for name in ("0001", "0002"):
            for number in range(2):
                noise(tmp_path / name / f"{number}.jpg")
        return fastcomposer.read(tmp_path, tmp_path / "data.py")

    def test_identities_and_prompts_are_read_and_never_run(self, data):
        assert data.nouns == {"0001": "man", "0002": "woman"}
        assert data.prompts == (
            "a {0} wearing a red hat", "a {0} in a chef outfit", "a painting of a {0} in oil",
        )  # fmt: skip

    def test_pictures_of_each_person_and_prompt_with_one_reference(self, data, studio, home):
        who = Face((5.0, 5.0, 30.0, 30.0), ((1.0, 1.0),) * 5, 0.9, 0.8, b"")
        engine = FakeEngine(faces={"0.jpg": [who]}, references=home.references)
        cast = fastcomposer.members(data, engine, 32, quiet)
        assert all(len(member.references) == 1 for member in cast.values())
        made = fastcomposer.trials(Way("ip-adapter-plus"), data, cast, studio, 2)
        assert len(made) == len({trial.name for trial in made}) == 2 * 3 * 2
        assert made[0].spec.prompt == "a man wearing a red hat"
        assert [trial.spec.seed for trial in made[:2]] == [0, 1]

    def test_identity_is_the_cosine_to_the_reference_and_nothing_without_a_face(
        self, data, studio, clip_folder
    ):
        firsts = {name: open_photo(files[0]).image for name, files in data.photos.items()}
        known = {digest(image): [face(np.eye(4)[i])] for i, image in enumerate(firsts.values())}
        clip, member = Clip(clip_folder), specs.Member("0001", "person", "man", ())
        spec = studio.spec(Way("text"), data.prompts[0], [member], 1)
        trial = fastcomposer.Trial("row", fastcomposer.KIND, "name", spec)
        image = Image.new("RGB", (64, 64), "navy")
        judge = fastcomposer.Judge(data, StubFaces([face([0.6, 0.8, 0, 0])], known), clip)
        measures = judge(trial, image, {})
        assert measures["identity"] == pytest.approx(0.6)
        cosine = float(clip.images([image])[0] @ clip.texts(["a man wearing a red hat"])[0])
        assert measures["consistency"] == pytest.approx(max(0.0, cosine))
        assert measures["clip_t"] == pytest.approx(2.5 * max(0.0, cosine))
        nobody = fastcomposer.Judge(data, StubFaces([], known), clip)(trial, image, {})
        assert (nobody["identity"], nobody["found"]) == (0.0, 0.0)

    def test_a_reference_without_a_face_is_named(self, data, clip_folder):
        with pytest.raises(KnownError, match=r"no face in .*0\.jpg"):
            fastcomposer.Judge(data, StubFaces(), Clip(clip_folder))

    @pytest.mark.parametrize(
        "text", ["def broken(", "x = 1", 'IMAGE_TO_GENDER_EVAL = {"a": open("b")}', "\0"]
    )
    def test_another_file_is_refused(self, tmp_path, text):
        (tmp_path / "data.py").write_text(text)
        with pytest.raises(KnownError, match=r"data\.py"):
            fastcomposer.read(tmp_path, tmp_path / "data.py")

    def test_a_person_without_photos_is_named(self, tmp_path):
        (tmp_path / "data.py").write_text(THEIR_LIST)
        with pytest.raises(KnownError, match="holds no photos"):
            fastcomposer.read(tmp_path, tmp_path / "data.py")
