"""The short form of `tests/torture eta`: both claims are made all along; how right they are is no test."""

from pathlib import Path

import eta

from core.paths import Home


def test_after_five_pictures_of_each_kind_both_tell_the_time_left(tmp_path: Path) -> None:
    claims = eta.work_off(Home(tmp_path / "home"), eta.queue(24, False, 1), 0.0)
    assert len(claims.ends) == 24
    assert len(claims.said) == 24 - 15 + 1
    assert all(by_events is not None and by_rows is not None for _, by_events, by_rows in claims.said)
    assert claims.said[-1][2] == 0
    found = eta.errors(claims)
    assert (found["pictures"], found["claims"]) == (24, 5)
    assert {"picture, largest", "queue, window, mean", "queue, command line, largest"} <= found.keys()


def test_a_claim_that_is_twice_the_truth_is_a_violation() -> None:
    claims = eta.Claims(said=[(float(at), 2.0 * (20 - at), 20.0 - at) for at in range(10)])
    claims.ends = [(float(at), "a") for at in range(21)]
    found = eta.errors(claims)
    assert found["queue, command line, largest"] == 1.0
    assert found["queue, window, largest"] == 0.0
