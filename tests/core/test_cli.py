"""The command line as a user types it, with an engine that answers at once."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from core.cli.app import app
from core.engine.fake import FakeEngine
from core.faces import Face
from core.library import gallery, jobs, open_library, subjects

MARKS = ((10.0, 10.0), (20.0, 10.0), (15.0, 15.0), (11.0, 20.0), (19.0, 20.0))


def face(embedding: bytes) -> Face:
    return Face((8.0, 6.0, 40.0, 42.0), MARKS, 0.9, 0.8, embedding)


@pytest.fixture
def engine(home, monkeypatch):
    """The engine of every command: ada-*.jpg and ben-*.jpg show one face each, other files none."""
    import numpy as np

    ada, ben = (np.eye(4, dtype=np.float32)[i].tobytes() for i in (0, 1))
    faces = {f"{name}-{i}.jpg": [face(e)] for name, e in (("ada", ada), ("ben", ben)) for i in range(3)}
    made = FakeEngine(faces=faces, references=home.references)
    monkeypatch.setattr("core.cli.work.make_engine", lambda home: made)
    return made


@pytest.fixture
def likeness(home, engine):
    """Runs one command; `fails`: the exit code expected. Returns what it printed."""

    def run(*arguments: str, fails: int = 0, stdin: str = "") -> str:
        result = CliRunner().invoke(app, ["--home", str(home.root), *map(str, arguments)], input=stdin)
        assert result.exit_code == fails, f"{result.output}\n{result.exception!r}"
        assert "Traceback" not in result.output
        return result.stderr if fails else result.stdout

    return run


@pytest.fixture
def listed(likeness):
    return lambda *arguments: json.loads(likeness(*arguments, "--json"))


@pytest.fixture
def album(photo):
    """Six photos: three of Ada, three of Ben."""
    for name in ("ada", "ben"):
        for i in range(3):
            file = photo(f"album/{name}-{i}.jpg", colour=(40 * i + 20, 90 if name == "ada" else 160, 60))
    return file.parent


@pytest.fixture
def known(likeness, album):
    """A library in which Ada and Ben are named and agreed."""
    likeness("import", album)
    for handle, name, noun in (("person1", "Ada", "woman"), ("person2", "Ben", "man")):
        likeness("person", "name", handle, name, "--class", noun)
        likeness("person", "consent", name, "granted", "--scope", "family album")


def test_import_makes_people_with_references_and_is_idempotent(likeness, listed, album):
    first = listed("import", album)
    assert (first["added"], first["faces"], first["people"], first["skipped"]) == (6, 6, 2, [])
    assert listed("import", album)["known"] == 6
    people = listed("people")
    assert [(p["handle"], p["faces"], p["named"]) for p in people] == [
        ("person1", 3, False),
        ("person2", 3, False),
    ]
    assert all(p["references"] > 0 for p in people)


def test_people_are_named_merged_asked_and_deleted(likeness, listed, known, home):
    assert [(p["handle"], p["noun"], p["consent"]) for p in listed("people")] == [
        ("ada", "woman", "granted"),
        ("ben", "man", "granted"),
    ]
    assert "6 faces" in likeness("person", "merge", "@ada", "@ben")
    assert [p["handle"] for p in listed("people")] == ["ada"]
    assert "--yes" in likeness("person", "delete", "ada", fails=1)
    assert listed("people")
    receipt = listed("person", "delete", "ada", "--yes")
    assert (receipt["faces"], receipt["photos_kept"]) == (6, 6)
    assert listed("people") == []
    assert not list(home.references.rglob("*.png"))


def test_objects_are_added_and_listed(likeness, listed, photo):
    likeness("object", "add", "Froggy", "--class", "frog", photo("a.jpg"), photo("b.jpg", colour=(1, 2, 3)))
    assert [(o["handle"], o["noun"], o["references"]) for o in listed("object", "list")] == [
        ("froggy", "frog", 2)
    ]


def test_the_queue_from_prompt_to_picture(likeness, listed, known, home, engine):
    options = ["--count", "2", "--seed", "7", "--steps", "4", "--scale", "0.5", "--size", "128x64"]
    prompts = ("a photo of @ada {on the beach|in the snow}", "a photo of @ada and @ben")
    ids = listed("queue", "add", *prompts, *options)
    assert len(ids) == 6
    rows = listed("queue", "list")
    assert {(r["state"], r["steps"], r["width"], r["height"]) for r in rows} == {("queued", 4, 128, 64)}
    assert sorted(r["seed"] for r in rows) == [7, 7, 7, 8, 8, 8]
    assert "6 pictures are ready" in likeness("queue", "run")
    made = listed("pictures")
    assert len(made) == 6
    assert all(Path(p["path"]).exists() and p["identity"]["Ada"] == 0.5 for p in made)
    assert [list(p["identity"]) for p in made[:2]] == [["Ada", "Ben"]] * 2
    assert len(listed("pictures", "--of", "@ben")) == 2
    assert {s.scale for spec in engine.rendered for s in spec.subjects} == {0.5}
    assert "6 lines" in likeness("queue", "clear")
    assert listed("queue", "list") == []
    assert len(listed("pictures")) == 6


def test_running_an_empty_queue_says_so(likeness):
    assert "Nothing is queued" in likeness("queue", "run")


def test_a_plain_listing_shows_prompts_and_states_as_they_are(likeness, known):
    likeness("queue", "add", "a photo of @ada [bold]")
    shown = likeness("queue", "list")
    assert "[bold]" in shown
    assert "queued" in shown


def test_pause_cancel_retry(likeness, listed, known):
    first, second = listed("queue", "add", "a photo of @ada", "--count", "2")
    likeness("queue", "pause")
    assert "paused" in likeness("queue", "list")
    likeness("queue", "cancel", first)
    assert {r["id"]: r["state"] for r in listed("queue", "list")} == {first: "cancelled", second: "queued"}
    likeness("queue", "retry", first)
    likeness("queue", "cancel", "--all")
    assert {r["state"] for r in listed("queue", "list")} == {"cancelled"}
    assert "numbers" in likeness("queue", "cancel", fails=1)
    assert "None of these" in likeness("queue", "cancel", "99", fails=1)


def test_a_failed_picture_does_not_stop_the_others(likeness, listed, known):
    listed("queue", "add", "FAIL @ada", "a photo of @ada")
    assert "1 failed" in likeness("queue", "run", fails=1)
    assert [r["state"] for r in listed("queue", "list")] == ["failed", "done"]
    assert "told to fail" in likeness("queue", "list", "--state", "failed")


def test_an_engine_that_died_gives_its_sentence(likeness, photo, monkeypatch):
    from core.engine import EngineDied

    def dead(*_):
        raise EngineDied(-9)

    monkeypatch.setattr("core.album.import_photos", dead)
    assert "ended by the system (SIGKILL" in likeness("import", photo(), fails=1)


def test_a_bug_gives_a_sentence_and_a_log_without_names(likeness, home, monkeypatch, known):
    def broken(*_):
        raise RuntimeError("secret Ada")

    monkeypatch.setattr("core.library.subjects.cards", broken)
    said = likeness("people", fails=70)
    assert "fault of Likeness" in said
    log = home.log.read_text()
    assert "RuntimeError" in log
    assert "secret" not in log


# Bad input: a clear message, the rest goes on, nothing lost


def test_bad_photos_are_skipped_with_their_reasons(likeness, listed, album, tmp_path):
    (album / "truncated.jpg").write_bytes((album / "ada-0.jpg").read_bytes()[:300])
    (album / "not-a-photo.jpg").write_text("hello")
    (album / "empty.png").write_bytes(b"")
    report = listed("import", album)
    assert report["added"] == 6
    reasons = {Path(each["path"]).name: each["reason"] for each in report["skipped"]}
    assert set(reasons) >= {"not-a-photo.jpg", "empty.png"}
    assert all(len(reason) > 10 for reason in reasons.values())


def test_odd_but_sound_photos_are_taken(listed, photo, tmp_path):
    from PIL import Image

    folder = photo("odd/unicode-Zoë-雪.jpg").parent
    Image.new("CMYK", (40, 40), (10, 20, 30, 0)).save(folder / "cmyk.jpg")
    Image.new("I;16", (40, 40), 40000).save(folder / "sixteen.png")
    frames = [Image.new("P", (40, 40), i) for i in range(3)]
    frames[0].save(folder / "moving.gif", save_all=True, append_images=frames[1:])
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (60, 30), (9, 9, 90)).save(folder / "turned.jpg", exif=exif)
    report = listed("import", folder)
    assert (report["added"], report["skipped"]) == (5, [])


def test_nothing_usable_fails_and_says_why(likeness, tmp_path):
    said = likeness("import", tmp_path / "nowhere", fails=1)
    assert "None of these could be imported" in said


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may read everything")
def test_a_folder_without_permission(listed, album):
    locked = album / "locked"
    locked.mkdir(mode=0)
    assert [each["path"] for each in listed("import", album)["skipped"]] == [str(locked)]


def test_a_folder_that_cannot_be_read_is_reported_and_the_rest_is_taken(listed, album, monkeypatch):
    locked = album / "locked"
    locked.mkdir()
    real = os.scandir

    def scandir(path="."):
        if str(path) == str(locked):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    report = listed("import", album)
    assert report["added"] == 6
    assert [each["path"] for each in report["skipped"]] == [str(locked)]


def test_photos_without_faces_are_kept_and_make_nobody(listed, photo):
    report = listed("import", photo("landscape.jpg"))
    assert (report["added"], report["faces"], report["people"]) == (1, 0, 0)


def test_an_unknown_handle_names_the_near_ones_and_queues_nothing(likeness, listed, known):
    assert "@ada" in likeness("queue", "add", "a photo of @ben", "a photo of @adda", fails=1)
    assert listed("queue", "list") == []


def test_a_person_without_consent_is_refused(likeness, listed, known):
    likeness("person", "consent", "ada", "withdrawn")
    assert "consent" in likeness("queue", "add", "a photo of @ada", fails=1)
    assert listed("queue", "list") == []


def test_withdrawing_consent_cancels_what_waits(likeness, listed, known):
    likeness("queue", "add", "a photo of @ada", "a photo of @ben")
    assert "1 waiting" in likeness("person", "consent", "ada", "withdrawn")
    assert [r["state"] for r in listed("queue", "list")] == ["cancelled", "queued"]


def test_a_missing_model_folder(likeness, listed, tmp_path, known):
    assert "nowhere" in likeness("models", "add", tmp_path / "nowhere", fails=1)
    assert "gone" in likeness("queue", "add", "--model", "gone", "a photo of @ada", fails=1)
    assert [m["name"] for m in listed("models")] == ["mini"]


@pytest.mark.parametrize(
    "options", [("--size", "huge"), ("--size", "100"), ("--method", "magic"), ("--steps", "0")]
)
def test_wrong_options_are_refused(likeness, known, options):
    assert likeness("queue", "add", "a photo of @ada", *options, fails=1 if options[0] == "--size" else 2)


@pytest.mark.parametrize("prompt", ["", "   ", "@ada {on", "@ada }", "@nobody"])
def test_prompts_that_cannot_be_read_are_refused(likeness, listed, known, prompt):
    assert likeness("queue", "add", prompt, fails=1)
    assert listed("queue", "list") == []


def test_a_full_disk_is_waited_for_and_nothing_is_lost(likeness, listed, known, monkeypatch, home):
    import errno

    listed("queue", "add", "a photo of @ada", "--count", "2")
    whole, refusals = os.fsync, iter(range(3))

    def full_at_first(handle):
        if next(refusals, None) is None:
            return whole(handle)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("core.runner.LOOK_SECONDS", 0.01)
    monkeypatch.setattr("os.fsync", full_at_first)
    told = likeness("queue", "run")
    assert "stands still: The disk is full" in told
    assert "2 pictures are ready" in told
    assert [(r["state"], r["attempts"]) for r in listed("queue", "list")] == [("done", 0)] * 2
    assert len(list(home.pictures.glob("*.png"))) == 2


def test_ctrl_c_puts_the_picture_back(likeness, listed, known, engine):
    listed("queue", "add", "a photo of @ada", "--count", "2")

    def interrupt(_specs):
        raise KeyboardInterrupt

    engine.trouble = interrupt
    assert "still in the queue" in likeness("queue", "run", fails=130)
    assert [(r["state"], r["attempts"]) for r in listed("queue", "list")] == [("queued", 0)] * 2
    engine.trouble = None
    assert "2 pictures are ready" in likeness("queue", "run")


def test_a_second_worker_is_refused(likeness, listed, known, home):
    from core.runner import Runner

    listed("queue", "add", "a photo of @ada")
    library = open_library(home)
    other = Runner(library, FakeEngine, lambda event: None, home.pictures)
    with library.write() as session:
        jobs.pause(session, "wait")
    other.start()
    try:
        assert "Another Likeness" in likeness("queue", "run", fails=1)
        assert "paused: wait" in likeness("queue", "list")
    finally:
        other.stop()
        library.close()


def test_a_damaged_library_is_left_as_it_is(likeness, home):
    home.database.write_bytes(b"this is no database" * 100)
    assert "damaged" in likeness("people", fails=1)
    assert home.database.read_bytes() == b"this is no database" * 100


def test_damaged_settings_are_named(likeness, home):
    home.settings.write_text("{")
    assert str(home.settings) in likeness("models", fails=1).replace("\n", "")


# The program itself


def test_help_is_quick_because_nothing_heavy_is_imported():
    code = (
        "import sys; from core.cli.app import app; "
        "heavy = {'torch', 'diffusers', 'sqlalchemy', 'cv2', 'PIL', 'PySide6', 'numpy'} & set(sys.modules); "
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_doctor_reports_models_disk_and_licences(listed):
    found = {each["subject"]: each for each in listed("doctor")}
    assert found["Model mini"]["state"] == "good"
    assert "Licence" in found["Model mini"]["detail"]
    assert found["face_detection_yunet_2023mar.onnx"]["state"] == "good"
    assert {"Memory", "Processor", "Graphics card", "Library", "Pictures", "Face models"} <= set(found)


def test_version_and_models_are_told(likeness, listed):
    assert listed("version")["version"]
    model = listed("models")[0]
    assert model["name"] == "mini"
    assert "ip-adapter-plus" in model["methods"]
    assert model["licence"]


def test_a_picture_is_made_again_from_its_file(likeness, listed, known, tmp_path):
    listed("queue", "add", "a photo of @ada", "--seed", "3")
    likeness("queue", "run")
    picture = Path(listed("pictures")[0]["path"])
    before = picture.read_bytes()
    again = listed("repeat", picture, "--out", tmp_path / "again.png")
    assert again == {"path": str(tmp_path / "again.png"), "identical": True, "differences": []}
    assert picture.read_bytes() == before
    assert "every pixel is the same" in likeness("repeat", picture)


def test_a_picture_of_others_cannot_be_repeated(likeness, photo):
    assert "settings" in likeness("repeat", photo("other.png"), fails=1)
    assert likeness("repeat", "nowhere.png", fails=1)


def test_what_the_commands_wrote_is_what_the_library_holds(likeness, listed, known, home):
    likeness("queue", "add", "a photo of @ada", "--seed", "3")
    likeness("queue", "run")
    library = open_library(home)
    with library.read() as session:
        row = gallery.rows(session)[0]
        ada = subjects.get(session, "ada")
    library.close()
    told = listed("pictures")[0]
    assert (told["sha256"], told["seed"]) == (row.sha256, 3)
    assert ada.consent_scope == "family album"


def test_the_same_with_the_real_models(home, tmp_path):
    """From two photos of the demo album to a picture and its exact repetition; two steps, to be quick."""
    from core.demo.truth import ALBUM

    def likeness(*arguments):
        result = CliRunner().invoke(app, ["--home", str(home.root), *map(str, arguments)])
        assert result.exit_code == 0, f"{result.output}\n{result.exception!r}"
        return result.stdout

    report = json.loads(likeness("import", ALBUM / "IMG_0001.jpg", ALBUM / "IMG_0002.jpg", "--json"))
    assert (report["faces"], report["people"]) == (2, 1)
    likeness("person", "name", "person1", "Ada", "--class", "woman")
    likeness("person", "consent", "ada", "granted")
    likeness("queue", "add", "a photo of @ada on the beach", "--steps", "2", "--seed", "1")
    likeness("queue", "run")
    (picture,) = json.loads(likeness("pictures", "--json"))
    assert (picture["width"], picture["height"]) == (256, 256)
    again = json.loads(likeness("repeat", picture["path"], "--out", tmp_path / "again.png", "--json"))
    assert again["identical"], again
