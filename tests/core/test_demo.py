"""The demo with an engine that answers at once and knows the truth of the album."""

import json
from pathlib import Path

import numpy as np
import pytest

from core import demo
from core.cli.albums import Screen
from core.demo import truth
from core.demo.wishes import PROMPTS
from core.engine.fake import FakeEngine
from core.errors import KnownError
from core.events import JobProgress
from core.faces import Face
from core.library import gallery, jobs, open_library, subjects

MARKS = ((1.0, 1.0),) * 5


def true_faces(wrong: int = 0) -> dict[str, list[Face]]:
    """Every face of the album as the truth has it; the first `wrong` ones look like nobody."""
    told = json.loads((truth.ALBUM / "album.json").read_text())
    order = {person["name"]: i for i, person in enumerate(told["people"])}
    faces, number = {}, 0
    for photo in told["photos"]:
        for subject in (s for s in photo["subjects"] if s["kind"] == "person"):
            number += 1
            looks = order[subject["name"]] if number > wrong else 20 + number
            vector = np.eye(64, dtype=np.float32)[looks].tobytes()
            found = Face(tuple(map(float, subject["face_box"])), MARKS, 0.9, 0.5, vector)
            faces.setdefault(photo["file"], []).append(found)
    return faces


@pytest.fixture
def library(home):
    opened = open_library(home)
    yield opened
    opened.close()


@pytest.fixture
def engine(home):
    return FakeEngine(faces=true_faces(), references=home.references)


@pytest.fixture(autouse=True)
def _no_sheet(request, monkeypatch):
    """Drawing takes longer than all else here; its own tests and the whole job draw."""
    if request.node.name != "test_the_whole_job":
        monkeypatch.setattr("core.contact_sheet.save", lambda *_: None)


def run(library, engine, out: Path):
    return demo.run(library, lambda: engine, out, Screen(silent=True))


def test_the_whole_job(library, engine, tmp_path):
    summary = run(library, engine, tmp_path / "out")
    assert len(summary["pictures"]) == len(PROMPTS) >= 12
    assert [person["name"] for person in summary["people"]][:2] == ["Ada", "Chloe"]
    assert all(
        p["references"] and p["consent"] == "granted" and "exists" in p["scope"] for p in summary["people"]
    )
    assert set(summary["objects"]) == {"flamingo", "frog", "chair", "snake", "tiger", "snail"}
    assert summary["album"]["pairwise_f1"] == summary["album"]["detection_recall"] == 1.0
    assert (tmp_path / "out" / "contact-sheet.png").stat().st_size > 50_000
    assert json.loads((tmp_path / "out" / "summary.json").read_text()) == summary


def test_prompts_cover_one_two_objects_and_styles(library, engine, tmp_path):
    pictures = run(library, engine, tmp_path / "out")["pictures"]
    people = [len(picture["identity"]) for picture in pictures]
    assert people.count(1) >= 6
    assert people.count(2) >= 3
    assert any("painting" in picture["template"] for picture in pictures)
    kinds = [{s.kind for s in spec.subjects} for spec in engine.rendered]
    assert sum(kind == {"person", "object"} for kind in kinds) >= 3
    assert all(picture["sha256"] and picture["seed"] is not None for picture in pictures)
    assert all(Path(picture["file"]).parent == tmp_path / "out" / "pictures" for picture in pictures)


def test_a_second_run_renders_and_scans_nothing(library, engine, tmp_path):
    first = run(library, engine, tmp_path / "out")
    calls = dict(engine.calls)
    second = run(library, engine, tmp_path / "out")
    assert engine.calls["render"] == calls["render"]
    assert (engine.calls["scan"], engine.calls["prepare"]) == (calls["scan"], calls["prepare"])
    assert second["pictures"] == first["pictures"]
    assert second["seconds"]["render"] == first["seconds"]["render"]


def test_a_picture_that_was_deleted_is_made_again(library, engine, tmp_path):
    first = run(library, engine, tmp_path / "out")
    Path(first["pictures"][0]["file"]).unlink()
    before = len(engine.rendered)
    second = run(library, engine, tmp_path / "out")
    assert len(engine.rendered) - before == 1
    assert second["pictures"][0]["template"] == first["pictures"][0]["template"]


def test_an_interrupted_demo_goes_on_where_it_stopped(library, engine, tmp_path):
    def interrupt(specs):
        if len(engine.rendered) == 5:
            raise KeyboardInterrupt

    engine.trouble = interrupt
    with pytest.raises(KeyboardInterrupt):
        run(library, engine, tmp_path / "out")
    engine.trouble = None
    summary = run(library, engine, tmp_path / "out")
    assert len(summary["pictures"]) == len(engine.rendered) == len(PROMPTS)
    with library.read() as session:
        assert jobs.counts(session)["done"] == len(PROMPTS) == gallery.count(session)


def test_groups_of_one_person_are_merged_and_the_measure_still_tells(library, home, tmp_path):
    engine = FakeEngine(faces=true_faces(wrong=1), references=home.references)
    summary = run(library, engine, tmp_path / "out")
    assert summary["album"]["groups"] == 11
    assert summary["album"]["pairwise_precision"] == 1.0
    assert 0.9 < summary["album"]["pairwise_recall"] < 1.0
    assert sum(person["faces"] for person in summary["people"]) == summary["album"]["true_faces"]


def test_your_own_people_are_left_alone(library, engine, tmp_path):
    with library.write() as session:
        mine = subjects.create(session, "person", "Ada", "woman")
        subjects.set_consent(session, mine, "denied")
    summary = run(library, engine, tmp_path / "out")
    assert summary["people"][0]["handle"] == "ada2"
    with library.read() as session:
        card = subjects.card(session, mine)
    assert (card.consent, card.faces, card.references) == ("denied", 0, 0)


def test_a_consent_withdrawn_by_the_user_stays(library, engine, tmp_path):
    run(library, engine, tmp_path / "out")
    with library.write() as session:
        subjects.set_consent(session, subjects.get(session, "ada").id, "withdrawn")
    with pytest.raises(KnownError, match="consent"):
        run(library, engine, tmp_path / "out")


def test_an_engine_that_finds_nobody_says_so(library, tmp_path):
    with pytest.raises(KnownError, match="Nobody in the album"):
        run(library, FakeEngine(), tmp_path / "out")


@pytest.mark.parametrize(
    ("labels", "precision", "recall"),
    [
        ((0, 0, 1, 1), 1.0, 1.0),
        ((0, 0, 0, 0), 0.3333, 1.0),
        ((0, 1, 2, 3), 0.0, 0.0),
        ((-1, -1, 1, 1), 1.0, 0.5),
    ],
)
def test_the_measure_of_a_grouping(labels, precision, recall):
    faces = {f"{i}": [truth.TrueFace(name, (0, 0, 10, 10))] for i, name in enumerate("AABB")}
    found = [truth.FoundFace(i, f"{i}", (0, 0, 10, 10), None, b"") for i in range(4)]
    measured = truth.quality(truth.Truth({}, faces, {}), found, labels)
    assert (measured["pairwise_precision"], measured["pairwise_recall"]) == (precision, recall)
    assert measured["detection_recall"] == measured["detection_precision"] == 1.0


def test_faces_missed_and_invented_count_against_the_measure():
    faces = {"a": [truth.TrueFace("A", (0, 0, 10, 10))], "b": [truth.TrueFace("A", (0, 0, 10, 10))]}
    found = [
        truth.FoundFace(1, "a", (0, 0, 10, 9), None, b""),
        truth.FoundFace(2, "a", (0, 0, 9, 10), None, b""),
        truth.FoundFace(3, "a", (90, 90, 99, 99), None, b""),
    ]
    measured = truth.quality(truth.Truth({}, faces, {}), found, (0, 1, -1))
    assert measured["detection_recall"] == 0.5
    assert measured["detection_precision"] == 0.3333
    assert measured["pairwise_recall"] == 0.0


def test_progress_in_a_file_is_one_line_for_each_picture(capsys):
    with Screen(silent=False).queue(2) as follow:
        from core.events import JobFailed, JobFinished

        follow(JobProgress(1, 5, 10, 0.1))
        follow(JobFinished(1, 7))
        follow(JobFailed(2, "No room.", False))
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("1 of 2 · picture 7 is ready")
    assert lines[1].startswith("2 of 2 · job 2: No room.")
    assert follow.failed == 1
