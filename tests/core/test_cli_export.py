"""`likeness export …`, as a user types it."""

import json
import os
import shutil
import signal
from pathlib import Path

import pytest
from finished_pictures import ADA, spec, subject
from PIL import Image
from sqlalchemy import func, update
from typer.testing import CliRunner

from core.cli.app import app
from core.engine.fake import FakeEngine
from core.export import ExportPreset, presets
from core.library import Library, gallery, jobs, open_library, subjects
from core.library.tables import Picture, Subject
from core.metadata import png
from core.paths import Home
from core.runner import Runner


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Four pictures: three of Ada, of which the second has five stars; then a street with four. To be
    copied, not used."""
    home = Home(tmp_path_factory.mktemp("night") / "home").create()
    library = open_library(home)
    with library.write() as session:
        made = subjects.create(session, "person", "Ada Åström", "woman")
        session.execute(update(Subject).where(Subject.id == made).values(uid=ADA, handle="ada"))
        subjects.set_consent(session, made, "granted")
        ada = (subject(ADA, "Ada Åström"),)
        street = spec(prompt="a street", template="a street", subjects=(), seed=9)
        jobs.enqueue(session, [*(spec(seed=seed, subjects=ada) for seed in (1, 2, 3)), street])
    Runner(library, FakeEngine, lambda event: None, home.pictures).run_until_idle()
    with library.write() as session:
        for picture, stars in ((2, 5), (4, 4)):
            session.execute(update(Picture).where(Picture.id == picture).values(rating=stars))
    library.close()
    return home


@pytest.fixture
def library(home: Home, night: Home):
    shutil.copytree(night.root, home.root, dirs_exist_ok=True)
    library = open_library(home)
    with library.write() as session:
        moved = func.replace(Picture.path, str(night.root), str(home.root))
        session.execute(update(Picture).values(path=moved))
    yield library
    library.close()


@pytest.fixture
def likeness(home: Home):
    def run(*arguments: object, fails: int = 0) -> str:
        result = CliRunner().invoke(app, ["--home", str(home.root), "export", *map(str, arguments)])
        assert result.exit_code == fails, f"{result.output}\n{result.exception!r}"
        assert "Traceback" not in result.output
        return result.output

    return run


def seeds(out: Path) -> list[int]:
    """Of the exported PNGs, in the order of their names."""
    return [png.read(file).spec.seed for file in sorted(out.glob("*.png"))]


@pytest.mark.parametrize(
    ("which", "expected"),
    [
        ((), [1, 2, 3, 9]),
        (("2", "4"), [2, 9]),
        (("--rating", 4), [2, 9]),
        (("--person", "ada"), [1, 2, 3]),
        (("--best",), [2, 9]),
        (("--person", "@ada", "--best"), [2]),
        (("--since", "2020-01-01", "--rating", 5), [2]),
    ],
)
def test_which_pictures(likeness, library: Library, out: Path, which: tuple[object, ...], expected) -> None:
    said = likeness(*which, "--to", out, "--name", "{number:2}")
    assert seeds(out) == expected
    assert f"{len(expected)} file" in said


def test_a_picture_by_its_file(likeness, library: Library, out: Path) -> None:
    with library.read() as session:
        path = gallery.get(session, 3).path
    likeness(path, "--to", out)
    assert seeds(out) == [3]


@pytest.mark.parametrize(
    "which", [("77",), ("nowhere.png",), ("--person", "zoe"), ("--since", "2099-01-01"), ("1", "--rating", 5)]
)
def test_a_picture_that_is_not_there_is_said(likeness, library: Library, out: Path, which) -> None:
    likeness(*which, "--to", out, fails=1)
    assert not out.exists()


def test_a_preset_with_changes(likeness, library: Library, out: Path) -> None:
    likeness("--preset", "client", "--size", 48, "--rating", 5, "--to", out, "--name", "ada/{number:3}")
    with Image.open(out / "ada" / "001.jpg") as image:
        assert image.size == (48, 32)
    assert b"umbrella" not in (out / "ada" / "001.jpg").read_bytes()


def test_presets_are_listed_and_found_by_their_beginning(likeness, home: Home, out: Path) -> None:
    presets.keep(home, ExportPreset("Webalbum", "webp", 70))
    listed = {each["name"] for each in json.loads(likeness("presets", "--json"))}
    assert {"Webalbum", *(each.name for each in presets.BUILT_IN)} == listed
    assert "Web, 2048 px, WebP" in likeness("presets")
    assert "several" in likeness("--preset", "web", "--to", out, fails=1)
    assert "no export preset" in likeness("--preset", "postcard", "--to", out, fails=1)


def test_a_dry_run_writes_nothing(likeness, library: Library, out: Path) -> None:
    said = likeness("--to", out, "--name", "{year}/{number}", "--dry-run")
    assert "4 files would be written" in said
    told = json.loads(likeness("--to", out, "--name", "{number}", "--dry-run", "--json"))
    assert [Path(each["file"]).name for each in told["files"]] == ["1.png", "2.png", "3.png", "4.png"]
    assert not out.exists()


def test_names_that_are_taken_are_asked_about_before_anything_is_written(
    likeness, library: Library, out: Path
) -> None:
    likeness("1", "--to", out, "--name", "{number}")
    said = likeness("--to", out, "--name", "{number}", "--conflict", "ask", fails=1)
    assert "--conflict number|overwrite|skip" in said
    assert seeds(out) == [1]
    assert "1 file left as they are" in likeness("--to", out, "--name", "{number}", "--conflict", "skip")
    assert seeds(out) == [1, 2, 3, 9]


def test_a_share_copy_whose_name_tells_is_said(likeness, library: Library, out: Path) -> None:
    said = likeness("1", "--to", out, "--metadata", "share", "--name", "{person} {seed}")
    assert "{person}, {seed}" in said
    assert "names do" not in likeness("1", "--to", out, "--metadata", "share", "--name", "{date}")


def test_the_librarys_own_folders_are_refused(likeness, library: Library, home: Home) -> None:
    before = sorted(home.pictures.iterdir())
    for folder in (home.root, home.pictures, home.pictures / "export"):
        assert "Choose another folder" in likeness("--to", folder, fails=1)
    assert sorted(home.pictures.iterdir()) == before


@pytest.mark.parametrize(
    "typed",
    [
        ("--size", "huge"), ("--name", "{who}"), ("--colours", "no.icc"), ("--colours", "cmyk"),
        ("--preset", ""),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said(likeness, library: Library, out: Path, typed) -> None:
    likeness("--to", out, *typed, fails=0 if typed[1] == "" else 1)


def test_without_a_folder_nothing_happens(likeness, library: Library) -> None:
    assert "--to DIR" in likeness(fails=1)
    likeness("--format", "gif", "--to", "x", fails=2)


def test_a_picture_that_is_gone_is_named_and_the_others_are_there(
    likeness, library: Library, out: Path
) -> None:
    with library.read() as session:
        gone = Path(gallery.get(session, 2).path)
    gone.unlink()
    said = likeness("--to", out, "--name", "{number}", fails=1)
    assert gone.name in said
    assert seeds(out) == [1, 3, 9]


@pytest.mark.skipif(os.name == "nt", reason="signals are others there")
def test_ctrl_c_ends_it_after_the_file_it_is_at(
    likeness, library: Library, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.export import write

    real = write._put

    def put(*arguments) -> None:
        real(*arguments)
        os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(write, "_put", put)
    said = likeness("--to", out, "--name", "{number}", fails=130)
    assert seeds(out) == [1]
    assert "3 were not begun" in said


def test_presets_of_ones_own(home: Home) -> None:
    mine = ExportPreset("Mine", "jpeg", 80, names="{number}")
    presets.keep(home, mine)
    presets.keep(home, ExportPreset("mine", "webp"))
    assert [each.format for each in presets.read(home).presets] == ["webp"]
    presets.remember(home, mine, "/somewhere")
    assert (presets.read(home).last, presets.read(home).folder) == (mine, "/somewhere")
    presets.remove(home, "mine")
    assert presets.listed(home) == presets.BUILT_IN
    for wrong in (ExportPreset(presets.BUILT_IN[0].name), ExportPreset(" ")):
        with pytest.raises(presets.KnownError):
            presets.keep(home, wrong)
    with pytest.raises(presets.KnownError, match="no preset of your own"):
        presets.remove(home, presets.BUILT_IN[0].name)


@pytest.mark.parametrize(
    "content", [b"{", b'{"presets":[{"format":"gif"}]}', b"\xff", b'{"last":{"quality":0}}']
)
def test_presets_that_cannot_be_read_are_said(home: Home, content: bytes) -> None:
    home.export_presets.write_bytes(content)
    with pytest.raises(presets.KnownError, match="Mend or delete"):
        presets.listed(home)


def test_a_picture_table_has_every_file(library: Library) -> None:
    from core.export import choice

    with library.read() as session:
        assert len(choice.files(session)) == session.query(Picture).count() == 4
