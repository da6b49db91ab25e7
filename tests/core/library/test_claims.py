"""The short form of `python tests/torture claims`, and what a claim looks at."""

from pathlib import Path

import claims
import pytest

from core.library import Library, claiming, jobs
from core.spec import RenderSpec


def test_no_job_is_held_by_two_processes_and_none_is_lost(tmp_path: Path) -> None:
    found = claims.claim(tmp_path, count=400, processes=3, depth=100)
    assert found["violations"] == []
    assert found["refused"] == found["held_by_two"] == 0
    assert found["claims"] >= 400
    assert all(found["shares"]), "everybody had some"


def test_what_claims_watches_for_is_seen() -> None:
    ledger = claims.Ledger()
    for who, line in (
        (1, {"claimed": [7, 8]}),
        (2, {"claimed": [8]}),
        (1, {"ended": 7, "made": True}),
        (2, {"claimed": [9]}),
        (0, {"stopped": [9]}),
        (2, {"ended": 9, "made": True}),
    ):
        ledger.enter(who, line)
    assert ledger.doubles == 1
    assert ledger.violations == ["2 claimed job 8, which 1 held", "2 finished job 9, which None held"]


def test_mates_far_behind_do_not_jump_the_queue(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claiming, "LOOK_AHEAD", 4)
    specs = [RenderSpec("a beach", "mini", 64, 64, 1, steps, 3.0) for steps in (3, 5, 3, 5, 5, 3)]
    with library.write() as session:
        ids = jobs.enqueue(session, specs)
        assert [job.id for job in jobs.claim(session, lambda spec: 9).jobs] == [ids[0], ids[2]]


def test_peeking_passes_over_what_cannot_be_read(library: Library) -> None:
    with library.write() as session:
        first, _ = jobs.enqueue(
            session, [RenderSpec("a beach", "mini", 64, 64, seed, 3, 3.0) for seed in (1, 2)]
        )
        session.connection().exec_driver_sql(f"UPDATE jobs SET spec = '{{}}' WHERE id = {first}")
    with library.read() as session:
        found = jobs.peek(session)
        assert found is not None
        assert found.seed == 2
