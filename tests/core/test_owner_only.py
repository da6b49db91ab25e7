"""Files that hold faces are for their owner alone, whatever the shell allows, and however a home is found."""

import os
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from core.doctor import examine
from core.engine.fake import FakeEngine
from core.library import backup, open_library
from core.library.files import save_picture
from core.paths import Home
from core.spec import RenderSpec

pytestmark = pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")


@pytest.fixture
def careless_shell() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def mode(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


def opened_up(home: Home) -> None:
    """As copied from a disk that knows no owners."""
    for file in (home.root, *home.root.rglob("*")):
        file.chmod(0o777 if file.is_dir() else 0o666)


def test_files_of_sqlite_and_copies_are_closed_while_they_are_in_use(
    home: Home, careless_shell: None
) -> None:
    with closing(open_library(home)) as library, library.write():
        backup.make(home, "asked")
        names = {file.name for file in home.root.iterdir()}
        assert names >= {"library.db", "library.db-wal", "library.db-shm"}
        assert home.exposed() == []
        assert [file for file in home.root.rglob("*") if mode(file) & 0o077] == []


def test_a_home_that_is_found_open_is_closed(home: Home) -> None:
    open_library(home).close()
    (home.pictures / "one.png").write_bytes(b"a face")
    opened_up(home)
    assert home.root / "pictures" / "one.png" in home.exposed()
    open_library(home).close()
    assert home.exposed() == []
    assert (mode(home.root), mode(home.pictures / "one.png"), mode(home.database)) == (0o700, 0o600, 0o600)


def test_other_things_in_a_folder_that_was_chosen_as_home_are_left_alone(tmp_path: Path) -> None:
    mine = tmp_path / "mine.txt"
    mine.write_text("not yours")
    tmp_path.chmod(0o755)
    mine.chmod(0o644)
    open_library(Home(tmp_path)).close()
    open_library(Home(tmp_path)).close()
    assert mode(mine) == 0o644


def test_a_link_is_not_followed(home: Home, tmp_path: Path) -> None:
    open_library(home).close()
    elsewhere = tmp_path / "photo.jpg"
    elsewhere.write_bytes(b"a photo of yours")
    elsewhere.chmod(0o644)
    (home.pictures / "link.jpg").symlink_to(elsewhere)
    opened_up_root = home.root
    opened_up_root.chmod(0o755)
    open_library(home).close()
    assert mode(elsewhere) == 0o644


def test_the_doctor_says_what_others_may_read(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    open_library(home).close()
    assert [each.state for each in examine(home) if each.subject == "Privacy"] == ["good"]
    opened_up(home)
    monkeypatch.setattr(Path, "chmod", lambda *_: None)  # a disk without permissions
    open_library(home).close()
    (found,) = [each for each in examine(home) if each.subject == "Privacy"]
    assert found.state == "note"
    assert "chmod" in found.advice


@pytest.mark.parametrize(("allowed", "expected"), [(0o022, 0o644), (0o077, 0o600)])
def test_pictures_elsewhere_are_as_open_as_the_user_makes_files(
    home: Home, tmp_path: Path, allowed: int, expected: int
) -> None:
    spec = RenderSpec("a beach", "mini", 64, 64, 1, 2, 3.0)
    (rendered,) = FakeEngine().render([spec], lambda step: None)
    elsewhere = tmp_path / "shared"
    elsewhere.mkdir(mode=0o755)
    elsewhere.chmod(0o755)
    before = os.umask(allowed)
    try:
        there = save_picture(elsewhere, "one", rendered, spec).path
        here = save_picture(home.pictures, "one", rendered, spec).path
    finally:
        os.umask(before)
    assert (mode(there), mode(here)) == (expected, 0o600)
