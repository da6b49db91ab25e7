"""Sums of files: of the bytes that are there now, read once."""

import hashlib
from pathlib import Path

import pytest

from core import sums


def test_the_hash_follows_the_files_and_is_kept(tmp_path: Path) -> None:
    cache, file = tmp_path / "cache" / "hashes.json", tmp_path / "weights.safetensors"
    file.write_bytes(b"one")
    first = sums.files_hash([file], cache)
    assert sums.files_hash([file], cache) == first == sums.files_hash([file])
    file.write_bytes(b"other")
    assert sums.files_hash([file], cache) != first
    cache.write_text("damaged")
    assert sums.files_hash([file], cache) != first


def test_a_kept_hash_is_not_computed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache, file = tmp_path / "hashes.json", tmp_path / "weights.safetensors"
    file.write_bytes(b"one")
    first = sums.files_hash([file], cache)
    monkeypatch.setattr(sums, "_sha256", lambda _: pytest.fail("read again"))
    assert sums.files_hash([file], cache) == first


def test_the_sum_of_one_file_follows_its_bytes(tmp_path: Path) -> None:
    file = tmp_path / "adapter.safetensors"
    file.write_bytes(b"one")
    assert sums.file_hash(file) == hashlib.sha256(b"one").hexdigest()
    file.write_bytes(b"other")
    assert sums.file_hash(file) == hashlib.sha256(b"other").hexdigest()
