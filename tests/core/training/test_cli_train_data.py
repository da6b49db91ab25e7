"""Data sets on the command line: made from people who agreed, looked through, chosen from."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from album_makers import Album, Greys, album
from data_makers import Shades
from typer.testing import CliRunner

from core.cli.app import app
from core.training.data import lines

Likeness = Callable[..., str]


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Album]:
    """Ada, who agreed to pictures, on two photos."""
    monkeypatch.setattr("core.segment.open_segmenter", lambda *_: Greys())
    monkeypatch.setattr("core.evaluation.clip.Clip", lambda *_: Shades())
    with album(tmp_path) as found:
        found.add("ada1.png", {"Ada": 60})
        found.add("ada2.png", {"Ada": 90}, noise=9)
        yield found


@pytest.fixture
def likeness(made: Album) -> Likeness:
    def run(*words: object, fails: int = 0) -> str:
        result = CliRunner().invoke(app, ["--home", str(made.home.root), *map(str, words)])
        assert result.exit_code == fails, f"{result.output}\n{result.exception!r}"
        return result.output.replace("\n", " ")

    return run


def test_from_a_consent_to_a_data_set_that_is_in_order(made: Album, likeness: Likeness) -> None:
    folder = made.home.training / "people"
    assert "has agreed to training" in likeness("train", "data", "build", fails=1)
    likeness("person", "consent", "ada", "granted", "--training")
    (made.folder / "ada1.txt").write_text("nobody here")
    said = likeness("train", "data", "build", "--size", 128)
    assert "2 pictures are in" in said
    assert "ada1.txt was not used" in said
    assert "2 pictures (2 with 1) of 1 people and things. 1 are real people." in likeness(
        "train", "data", "check", "people"
    )
    half = ("select", folder, "--clip", made.folder, "--keep", 0.5)
    assert "1 pictures stay" in likeness("train", "data", *half)
    found = lines.read(folder)
    assert [max(line.size) for line in found.lines] == [128]
    (folder / found.lines[0].image).unlink()
    assert "is not there any more" in likeness("train", "data", "check", folder, fails=1)
    assert "cannot be a folder's name" in likeness("train", "data", "build", "--name", "../x", fails=1)


def test_scenes_are_stored(likeness: Likeness, tmp_path: Path) -> None:
    missing = tmp_path / "none.npz"
    asked = (
        "train",
        "data",
        "scenes",
        "--out",
        tmp_path / "out",
        "--portraits",
        missing,
        "--sprites",
        missing,
    )
    assert "none.npz" in likeness(*asked, fails=1)
    assert not (tmp_path / "out").exists()
