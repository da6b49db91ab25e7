"""The log read back: entries with their traces, by how grave they are."""

import logging
from pathlib import Path

from core.log import close_log, last_lines, log, open_log
from core.log_entries import at_least, entries

LINES = [
    "  core/lost.py:3 in beginning",
    "2026-11-21 13:30:22,092 INFO core.worker 16688 job 1 is begun, 20 steps",
    "2026-11-21 13:30:23,000 ERROR core.worker 16688 job 1 failed",
    "  core/runner.py:10 in work",
    "  ValueError",
    "2026-11-21 13:30:24,000 WARNING core.power 16688 kept awake: refused",
]


def test_lines_become_entries_with_what_belongs_to_them() -> None:
    begun, failed, warned = entries(LINES)
    assert (begun.when, begun.level, begun.part) == ("2026-11-21 13:30:22", "INFO", "worker")
    assert begun.message == "job 1 is begun, 20 steps"
    assert failed.lines == tuple(LINES[2:5])
    assert (warned.level, warned.message) == ("WARNING", "kept awake: refused")


def test_graver_ones_alone() -> None:
    found = entries(LINES)
    assert at_least(found, "INFO") == found
    assert [entry.level for entry in at_least(found, "WARNING")] == ["ERROR", "WARNING"]
    assert [entry.level for entry in at_least(found, "ERROR")] == ["ERROR"]


def test_what_the_program_writes_is_read(tmp_path: Path) -> None:
    file = tmp_path / "likeness.log"
    open_log(file)
    try:
        log("test").warning("something is odd")
        try:
            raise ValueError("whose words stay out")
        except ValueError:
            log("test.deep").exception("it broke")
    finally:
        close_log()
        logging.getLogger("core").setLevel(logging.NOTSET)
    odd, broke = entries(last_lines(file, 100))
    assert (odd.level, odd.part, odd.message) == ("WARNING", "test", "something is odd")
    assert (broke.level, broke.part) == ("ERROR", "test.deep")
    assert broke.lines[-1].strip() == "ValueError"
