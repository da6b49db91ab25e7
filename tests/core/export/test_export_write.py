"""Writing exported files: whole or not at all, told as it went, the pictures themselves never touched."""

import errno
import hashlib
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import tifffile
from finished_pictures import finished, spec
from msgspec import json
from PIL import Image

from core import disk
from core.errors import KnownError
from core.export import ExportPreset
from core.export.plan import plan
from core.export.write import estimate, write
from core.library.gallery import PictureRow

PRESET = ExportPreset(format="jpeg", names="{number}", sidecar=True)


@pytest.fixture
def pictures(tmp_path: Path) -> list[PictureRow]:
    return [finished(tmp_path / "pictures", number, spec(seed=number)) for number in range(1, 6)]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "for the client"


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.rglob("*")) if folder.exists() else []


def opened(file: Path) -> Image.Image:
    """Decoded to its last pixel."""
    with Image.open(file) as image:
        image.load()
        return image


def contents(pictures: list[PictureRow]) -> list[tuple[str, int]]:
    files = [Path(row.path) for row in pictures]
    return [(hashlib.sha256(file.read_bytes()).hexdigest(), file.stat().st_mtime_ns) for file in files]


def test_all_are_written_and_the_pictures_stay_as_they_are(pictures: list[PictureRow], out: Path) -> None:
    before, told = contents(pictures), []
    done = write(plan(pictures, PRESET, out), PRESET, lambda *each: told.append(each))
    assert [file.name for file in done.files] == [f"{n}.jpg" for n in range(1, 6)]
    assert done.bytes == sum(file.stat().st_size for file in done.files)
    assert names(out) == sorted([f"{n}.jpg" for n in range(1, 6)] + [f"{n}.jpg.xmp" for n in range(1, 6)])
    assert told == [(n, 5, f"{n + 1}.jpg") for n in range(5)] + [(5, 5, "")]
    assert contents(pictures) == before


def test_cancelled_midway_whole_files_are_left(pictures: list[PictureRow], out: Path) -> None:
    asked = iter([False, False, True])
    done = write(plan(pictures, PRESET, out), PRESET, stop=lambda: next(asked))
    assert done.stopped
    assert names(out) == ["1.jpg", "1.jpg.xmp", "2.jpg", "2.jpg.xmp"]
    for file in done.files:
        opened(file)


def failing_from(number: int, error: OSError, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk takes so many files, then no more."""
    real, count = os.fsync, iter(range(1000))

    def fsync(handle: int) -> None:
        if stat.S_ISREG(os.fstat(handle).st_mode) and next(count) >= number:
            raise error
        real(handle)

    monkeypatch.setattr(disk.os, "fsync", fsync)


@pytest.mark.parametrize(
    ("code", "words"), [(errno.ENOSPC, "The disk is full"), (errno.EACCES, "Permission denied")]
)
@pytest.mark.parametrize("number", range(5))
def test_a_disk_that_takes_no_more_is_said_with_what_is_there(
    pictures: list[PictureRow], out: Path, monkeypatch: pytest.MonkeyPatch, code: int, words: str, number: int
) -> None:
    failing_from(number, OSError(code, os.strerror(code)), monkeypatch)
    with pytest.raises(KnownError) as told:
        write(plan(pictures, PRESET, out), PRESET)
    assert words in str(told.value)
    assert f"{number // 2} of 5 pictures" in str(told.value)
    assert len(names(out)) == number // 2 * 2
    assert not [name for name in names(out) if name.endswith(".part")]


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="every folder can be written here")
def test_a_folder_that_cannot_be_written(pictures: list[PictureRow], tmp_path: Path) -> None:
    (tmp_path / "locked").mkdir(mode=0o500)
    with pytest.raises(KnownError, match="could not be written"):
        write(plan(pictures, PRESET, tmp_path / "locked"), PRESET)


def test_a_folder_that_is_a_file(pictures: list[PictureRow], tmp_path: Path) -> None:
    (tmp_path / "2026").write_text("a file")
    chosen = ExportPreset(names="{year}/{number}")
    with pytest.raises(KnownError, match="0 of 5 pictures"):
        write(plan(pictures, chosen, tmp_path, (), lambda _: ()), chosen)
    assert (tmp_path / "2026").read_text() == "a file"


def test_a_picture_that_is_gone_or_damaged_does_not_stop_the_others(
    pictures: list[PictureRow], out: Path
) -> None:
    Path(pictures[1].path).unlink()
    damaged = Path(pictures[3].path)
    damaged.write_bytes(damaged.read_bytes()[:-300])
    done = write(plan(pictures, PRESET, out), PRESET)
    assert [file.name for file in done.files] == ["1.jpg", "3.jpg", "5.jpg"]
    assert [path for path, _ in done.failed] == [pictures[1].path, pictures[3].path]
    assert all(Path(path).name in reason for path, reason in done.failed)


def test_a_picture_another_program_saved_anew_is_told_by_the_library(
    pictures: list[PictureRow], out: Path
) -> None:
    with Image.open(pictures[0].path) as image:
        bare = Image.frombytes("RGB", image.size, image.tobytes())
    bare.save(pictures[0].path)
    (file,) = write(plan(pictures[:1], PRESET, out), PRESET).files
    assert "Ada Åström" in file.with_name("1.jpg.xmp").read_text("utf-8")


def test_what_came_there_meanwhile_stays(pictures: list[PictureRow], out: Path) -> None:
    made = plan(pictures, PRESET, out)
    out.mkdir()
    (out / "2.jpg").write_text("somebody else's")
    done = write(made, PRESET)
    assert (out / "2.jpg").read_text() == "somebody else's"
    assert not (out / "2.jpg.xmp").exists()
    assert len(done.files) == 4
    assert "meanwhile" in done.failed[0][1]


@pytest.mark.parametrize(("conflict", "kept"), [("overwrite", False), ("skip", True), ("number", True)])
def test_exporting_twice(pictures: list[PictureRow], out: Path, conflict: Any, kept: bool) -> None:
    first = ExportPreset(format="jpeg", names="{number}", quality=20)
    write(plan(pictures, first, out), first)
    before = (out / "1.jpg").read_bytes()
    again = ExportPreset(format="jpeg", names="{number}", conflict=conflict)
    write(plan(pictures, again, out), again)
    assert ((out / "1.jpg").read_bytes() == before) == kept
    assert len(names(out)) == (10 if conflict == "number" else 5)


ROOT = Path(__file__).resolve().parents[3]
ENDLESS = """
import sys
from pathlib import Path
from msgspec import json
from core.export import ExportPreset
from core.export.plan import plan
from core.export.write import write
from core.library.gallery import PictureRow
rows = json.decode(sys.argv[1], type=list[PictureRow]) * 400
preset = ExportPreset("", sys.argv[3], names="{number}", conflict="skip", sidecar=True)
write(plan(rows, preset, Path(sys.argv[2])), preset, lambda done, *_: print(done, flush=True))
"""


@pytest.mark.parametrize("format", ["jpeg", "tiff16"])
def test_killed_at_any_moment_whole_files_are_left_and_it_goes_on(
    pictures: list[PictureRow], out: Path, format: Any
) -> None:
    told = json.encode(pictures).decode()
    child = subprocess.Popen(
        [sys.executable, "-c", ENDLESS, told, str(out), format], stdout=subprocess.PIPE, cwd=ROOT
    )
    assert child.stdout is not None
    for _ in range(7):
        child.stdout.readline()
    child.kill()
    child.communicate()
    written = [file for file in out.iterdir() if file.suffix in (".png", ".jpg", ".tif")]
    assert 6 <= len(written) < 2000
    for file in written:
        assert tifffile.imread(file).size if format == "tiff16" else opened(file).size
    (out / f".{child.pid}-abcdefgh.part").write_text("half")
    next(file for file in written if file.stem == "1").unlink()
    (out / ".other-program.part").write_text("theirs")
    again = ExportPreset(format=format, names="{number}", conflict="skip", sidecar=True)
    write(plan(pictures * 2, again, out), again)
    assert not [name for name in names(out) if name.endswith(".part") and name != ".other-program.part"]
    assert (out / ".other-program.part").read_text() == "theirs"
    there = {file.name for file in out.iterdir() if file.suffix in (".jpg", ".tif")}
    beside = {file.name for file in out.glob("*.xmp")}
    assert {f"{name}.xmp" for name in there} <= beside
    assert len(beside) <= len(there) + 1, "a sidecar alone is that of the picture it was killed at"


@pytest.mark.skipif(os.name == "nt", reason="rights are others there")
def test_files_for_others_have_the_rights_of_any_new_file(pictures: list[PictureRow], out: Path) -> None:
    (file,) = write(plan(pictures[:1], PRESET, out), PRESET).files
    plain = out / "plain"
    plain.touch()
    assert stat.S_IMODE(file.stat().st_mode) == stat.S_IMODE(plain.stat().st_mode)


@pytest.mark.parametrize("format", ["png", "jpeg"])
def test_one_file_tells_how_large_all_are(pictures: list[PictureRow], out: Path, format: Any) -> None:
    chosen = ExportPreset(format=format, sidecar=True)
    Path(pictures[0].path).unlink()
    made = plan(pictures, chosen, out)
    guess = estimate(made, chosen)
    assert guess is not None
    assert not out.exists()
    write(made, chosen)
    all_but_one = sum(file.stat().st_size for file in out.iterdir())
    assert abs(guess - all_but_one / 4 * 5) < 100


def test_nothing_that_can_be_read_has_no_size(pictures: list[PictureRow], out: Path) -> None:
    for row in pictures:
        Path(row.path).unlink()
    assert estimate(plan(pictures, PRESET, out), PRESET) is None
