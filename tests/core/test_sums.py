"""Sums of files: of the bytes that are there now, read once."""

import hashlib
from pathlib import Path

import msgspec
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


@pytest.mark.parametrize("kept", ["", "not a sum", "G" * 64, "\\ud800"])
def test_a_kept_sum_that_is_none_is_not_believed(tmp_path: Path, kept: str) -> None:
    file, cache = tmp_path / "weights", tmp_path / "sums.json"
    file.write_bytes(b"weights")
    sums.RECENT.clear()  # what other tests read would be kept as well
    true = sums.files_hash([file], cache)
    [stamp] = msgspec.json.decode(cache.read_bytes())
    cache.write_text(f'{{"{stamp}": "{kept}"}}')
    sums.RECENT.clear()
    assert sums.files_hash([file], cache) == true
