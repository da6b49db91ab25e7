"""The log: for its owner only, and silent about people."""

import logging
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.log import close_log, log, open_log


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    close_log()


def test_it_holds_what_happened(tmp_path: Path) -> None:
    open_log(tmp_path / "likeness.log")
    log("runner").warning("the engine died with code %d", -9)
    logging.getLogger("core.diffusion.engine").warning("once more")
    text = (tmp_path / "likeness.log").read_text()
    assert "WARNING core.runner" in text
    assert "the engine died with code -9" in text
    assert "once more" in text


@pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")
def test_only_its_owner_reads_it(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        open_log(tmp_path / "likeness.log", most_bytes=200)
        for number in range(20):
            log("runner").info("line %d", number)
    finally:
        os.umask(before)
    files = list(tmp_path.iterdir())
    assert len(files) == 4
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_an_exception_tells_where_but_not_of_whom(tmp_path: Path) -> None:
    open_log(tmp_path / "likeness.log")
    try:
        raise ValueError("a photo of Ada on the beach")
    except ValueError:
        log("runner").exception("a picture failed")
    text = (tmp_path / "likeness.log").read_text()
    assert "ValueError" in text
    assert "test_an_exception_tells_where_but_not_of_whom" in text
    assert "Ada" not in text


def test_opening_it_twice_writes_every_line_once(tmp_path: Path) -> None:
    open_log(tmp_path / "likeness.log")
    open_log(tmp_path / "likeness.log")
    log("runner").info("once")
    assert (tmp_path / "likeness.log").read_text().count("once") == 1


def test_a_log_that_fails_stops_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    open_log(tmp_path / "missing" / "likeness.log")
    log("runner").info("nobody hears this")
    assert capsys.readouterr().err == ""


def test_without_a_log_it_is_silent(capsys: pytest.CaptureFixture[str]) -> None:
    log("runner").warning("nobody hears this")
    assert capsys.readouterr().err == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="This system has no disk that is always full.")
def test_a_full_disk_stops_nobody_for_its_log():
    open_log(Path("/dev/full"))
    log("test").info("a line that finds no room")
    close_log()
