"""The demo album's protocol with an engine that answers at once and judges that know the truth."""

import json

import numpy as np
import pytest
from evaluation_stubs import StubFaces, digest, face
from PIL import Image

from core import models
from core.demo import truth
from core.engine.fake import FakeEngine
from core.errors import KnownError
from core.evaluation import album, demo
from core.evaluation.specs import Member, Studio, Way, ways
from core.evaluation.trials import opened
from core.images import open_photo
from core.settings import Settings
from core.spec import Reference

NAMES = ["Ada", "Ben", "Eve", "Tom", "Ida", "Max"]
LEFT, RIGHT = (4.0, 10.0, 24.0, 40.0), (40.0, 10.0, 60.0, 40.0)


def quiet(*_):
    pass


def looks(name: str, *more: str):
    """An embedding between the named people, nearest to the first."""
    rows = np.eye(16)[[NAMES.index(each) for each in (name, *more)]]
    return rows[0] + 0.5 * rows[1:].sum(axis=0)


@pytest.fixture(scope="module")
def cast() -> album.Cast:
    members = tuple(
        Member(name, "person", ("woman", "man")[i % 2], (Reference("ab" * 32),))
        for i, name in enumerate(NAMES)
    )
    return album.Cast(
        members, {name: np.eye(16, dtype=np.float32)[i : i + 1] for i, name in enumerate(NAMES)}
    )


@pytest.fixture(scope="module")
def studio() -> Studio:
    return Studio(models.find(Settings(), "mini"), Settings(), steps=2, size=64)


def judged(cast, studio, faces, way=Way("ip-adapter-plus", "uniform"), number=0):
    """What the judge says of the first pair (Ada and Ben) when it finds these faces."""
    (trial,) = demo.trials(way, cast, studio, number + 1, first=False)[number:]
    rendered = FakeEngine().render([trial.spec], quiet)[0]
    image = Image.frombytes("RGB", (64, 64), rendered.rgb)
    return demo.Judge(cast, StubFaces(faces))(trial, image, opened(rendered.maps))


class TestPeople:
    @pytest.fixture
    def judge(self) -> StubFaces:
        """Finds every true face of the album; everybody looks like nobody else."""
        told = json.loads((truth.ALBUM / "album.json").read_text())
        order = [person["name"] for person in told["people"]]
        known = {}
        for photo in told["photos"]:
            people = [s for s in photo["subjects"] if s["kind"] == "person"]
            found = [face(np.eye(16)[order.index(s["name"])], tuple(s["face_box"])) for s in people]
            known[digest(open_photo(truth.ALBUM / photo["file"]).image)] = found
        return StubFaces(known=known)

    def test_everybody_has_references_and_all_their_faces(self, judge, home):
        engine = FakeEngine(references=home.references)
        found = album.gather(engine, judge, 32, quiet)
        true = truth.read()
        assert [member.name for member in found.members][:4] == ["Ada", "Ben", "Chloe", "Diego"]
        assert {member.noun for member in found.members[::2]} == {"woman"}
        assert all(len(member.references) == album.REFERENCES for member in found.members)
        expected = dict.fromkeys(true.nouns, 0)
        for faces in true.faces.values():
            for each in faces:
                expected[each.name] += 1
        assert {name: len(rows) for name, rows in found.faces.items()} == expected
        assert set(found.rivals("Ben")) == {"Ben", "Diego", "Felix", "Hugo", "Jonas"}

    def test_a_judge_that_finds_nobody_is_refused(self, home):
        with pytest.raises(KnownError, match="no face of Ada, Chloe"):
            album.gather(FakeEngine(references=home.references), StubFaces(), 32, quiet)


class TestTrials:
    def test_all_ways_get_the_same_people_prompts_and_seeds(self, cast, studio):
        chosen = ways(studio.model)
        firsts = demo.firsts(chosen)
        assert {way.method for way in firsts} == set(studio.model.methods())
        made = {way: demo.trials(way, cast, studio, 4, way in firsts) for way in chosen}
        asked = {
            way: [(t.kind, t.spec.prompt, t.spec.seed, [s.name for s in t.spec.subjects]) for t in trials]
            for way, trials in made.items()
        }
        reference = asked[Way("text")]
        for way, trials in asked.items():
            assert trials == (reference if way in firsts else reference[4:])
        names = [trial.name for trials in made.values() for trial in trials]
        assert len(set(names)) == len(names)

    def test_pairs_are_mixed_and_alike_in_turn(self, cast, studio):
        kinds = [t.kind for t in demo.trials(Way("text"), cast, studio, 6, first=False)]
        assert kinds == ["mixed", "alike"] * 3
        pairs = demo.pairs(cast)
        assert all(a.name != b.name for a, b in pairs)
        assert len({(a.name, b.name) for a, b in pairs}) == len(pairs)

    def test_prompts_and_people_do_not_go_round_together(self, cast, studio):
        made = demo.trials(Way("text"), cast, studio, 24, first=True)[:24]
        asked = {(t.spec.template, t.spec.subjects[0].name) for t in made}
        assert len(asked) == 24

    def test_every_check_belongs_to_words_the_prompt_has(self):
        hues = {
            "blue": 235,
            "green": 120,
            "red": 0,
            "purple": 280,
            "yellow": 60,
            "sepia": 35,
            "cyanotype": 220,
        }
        for text, check in demo.CHECKS.items():
            colour = next((hue for word, hue in hues.items() if f" {word} " in text), None)
            if check is None:
                assert colour is None
            elif check.where == "grey":
                assert "black and white" in text
            else:
                assert check.hue == colour


class TestJudge:
    def test_faces_at_the_right_places(self, cast, studio):
        found = judged(cast, studio, [face(looks("Ada"), LEFT), face(looks("Ben"), RIGHT)])
        assert found["swapped"] == 0.0
        assert found["identity"] == pytest.approx(1.0)
        assert (found["found"], found["rank1"], found["maps_say_order"]) == (1.0, 1.0, 1.0)

    def test_faces_at_each_others_places_are_swapped(self, cast, studio):
        found = judged(cast, studio, [face(looks("Ben"), LEFT), face(looks("Ada"), RIGHT)])
        assert (found["swapped"], found["rank1"], found["identity"]) == (1.0, 0.0, 0.0)

    def test_one_face_for_two_people_is_found_for_one_of_them(self, cast, studio):
        found = judged(cast, studio, [face(looks("Ben"), RIGHT)])
        assert (found["found"], found["swapped"], found["identity"], found["rank1"]) == (0.5, 0.0, 0.5, 0.5)

    def test_a_broken_picture_counts_against(self, cast, studio):
        found = judged(cast, studio, [])
        assert (found["found"], found["identity"], found["rank1"]) == (0.0, 0.0, 0.0)
        assert found["swapped"] is None

    def test_two_women_are_compared_too(self, cast, studio):
        """The second pair is Ada and Eve."""
        found = judged(cast, studio, [face(looks("Eve", "Ada"), LEFT), face(looks("Eve"), RIGHT)], number=1)
        assert found["swapped"] == 0.5

    def test_without_maps_the_order_of_naming_tells(self, cast, studio):
        found = judged(cast, studio, [face(looks("Ben"), RIGHT), face(looks("Ada"), LEFT)], Way("text"))
        assert (found["swapped"], found["rank1"]) == (0.0, 1.0)
        assert found["maps_say_order"] is None
        alone = judged(cast, studio, [face(looks("Ben"), RIGHT)], Way("text"))
        assert (alone["swapped"], alone["identity"]) == (None, 0.5)

    def test_one_person_is_judged_by_the_largest_face_and_the_colours(self, cast, studio):
        trial = demo.trials(Way("text"), cast, studio, 1, first=True)[0]
        assert "blue wall" in trial.spec.prompt
        judge = demo.Judge(cast, StubFaces([face(looks("Ada", "Eve")), face(looks("Eve"))]))
        measures = judge(trial, Image.new("RGB", (64, 64), (30, 40, 190)), {})
        assert measures["agreement"] == measures["rank1"] == measures["found"] == 1.0
        assert measures["identity"] == pytest.approx(1 / 1.25**0.5)
        other = judge(trial, Image.new("RGB", (64, 64), (190, 40, 30)), {})
        assert other["agreement"] == 0.0
