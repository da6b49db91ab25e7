"""A picture is written whole or not at all."""

import errno
import hashlib
import io
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import pytest
from library_makers import sha
from PIL import Image

from core import relevance_map
from core.engine import FaceScore, Scores
from core.errors import KnownError
from core.library import files
from core.metadata import png
from core.spec import Reference, RenderSpec, SubjectSpec

SCORES = Scores({"u1": 0.4}, (FaceScore((0, 0, 4, 4), {"u1": 0.4}, "u1"),), "toy")


@dataclass(frozen=True)
class Finished:
    width: int = 8
    height: int = 4
    rgb: bytes = bytes(range(96))
    scores: Scores = SCORES
    made: dict[str, str | int | float] = field(default_factory=lambda: {"device": "cpu"})
    maps: dict[str, bytes] = field(default_factory=dict)


def a_spec(seed: int = 1) -> RenderSpec:
    ada = SubjectSpec(
        uid="u1",
        name="Ada",
        kind="person",
        noun="woman",
        references=(Reference(crop=sha("a")),),
        spans=((0, 5),),
    )
    return RenderSpec(
        prompt="woman", model="mini", width=64, height=64, seed=seed, steps=2, guidance=5.0, subjects=(ada,)
    )


def test_what_was_saved_reads_back(tmp_path: Path) -> None:
    saved = files.save_picture(tmp_path / "new" / "folder", "000001-ada-1", Finished(), a_spec())
    assert saved.path == tmp_path / "new" / "folder" / "000001-ada-1.png"
    assert saved.sha256 == hashlib.sha256(saved.path.read_bytes()).hexdigest()
    with Image.open(saved.path) as image:
        assert (image.size, image.tobytes()) == ((8, 4), bytes(range(96)))
    back = png.read(saved.path)
    assert (back.spec, back.made["device"], back.scores.identity) == (a_spec(), "cpu", {"u1": 0.4})
    assert msgspec.to_builtins(back.scores) == msgspec.to_builtins(Finished().scores)
    assert [file.name for file in saved.path.parent.iterdir()] == ["000001-ada-1.png"]


def test_saving_again_is_one_file(tmp_path: Path) -> None:
    first = files.save_picture(tmp_path, "a", Finished(), a_spec())
    assert files.save_picture(tmp_path, "a", Finished(), a_spec()) == first


def test_a_picture_of_other_settings_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"a stranger's")
    first = files.save_picture(tmp_path, "a", Finished(), a_spec(1))
    second = files.save_picture(tmp_path, "a", Finished(), a_spec(2))
    assert [first.path.name, second.path.name] == ["a-2.png", "a-3.png"]
    assert (tmp_path / "a.png").read_bytes() == b"a stranger's"


def a_grey() -> bytes:
    stream = io.BytesIO()
    Image.linear_gradient("L").resize((2, 4)).save(stream, "PNG")
    return stream.getvalue()


def test_maps_lie_beside_the_picture_and_go_with_it(tmp_path: Path) -> None:
    saved = files.save_picture(tmp_path, "a", Finished(maps={"u1": a_grey()}), a_spec())
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.png", "a.relevance.png"]
    (found,) = relevance_map.read(saved.path, Finished().rgb)
    assert (found.uid, found.name) == ("u1", "Ada")
    files.remove_picture(saved.path)
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_is_full_before_the_maps_leaves_nothing_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, mapped = files.write_whole, Finished(maps={"u1": a_grey()})

    def full(path: Path, data: bytes) -> None:
        if path.name.endswith(relevance_map.SUFFIX):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(path, data)

    monkeypatch.setattr(files, "write_whole", full)
    with pytest.raises(KnownError, match="The disk is full"):
        files.save_picture(tmp_path, "a", mapped, a_spec())
    assert list(tmp_path.iterdir()) == []
    known = files.save_picture(tmp_path, "a", Finished(), a_spec()).path
    with pytest.raises(KnownError, match="The disk is full"):
        files.save_picture(tmp_path, "a", mapped, a_spec())
    assert list(tmp_path.iterdir()) == [known]


OPERATIONS = ["tempfile.mkstemp", "os.fsync", "pathlib.Path.replace"]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_full_disk_is_told_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, operation: str
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(operation, full)
        with pytest.raises(KnownError, match="The disk is full"):
            files.save_picture(tmp_path, "a", Finished(), a_spec())
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(KnownError, match="No picture could be written"):
        files.save_picture(tmp_path / "file", "a", Finished(), a_spec())
