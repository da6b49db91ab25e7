"""Files are written whole or not at all."""

import errno
from pathlib import Path
from typing import Any

import pytest

from core import disk


def test_a_fault_keeps_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "kept"
    disk.write_whole(path, b"old")

    def broken(*_: Any) -> None:
        raise OSError(errno.EIO, "input/output error")

    monkeypatch.setattr("os.fsync", broken)
    with pytest.raises(OSError, match="input/output"):
        disk.write_whole(path, b"new")
    assert (path.read_bytes(), len(list(tmp_path.iterdir()))) == (b"old", 1)
