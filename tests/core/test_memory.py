"""The short form of `python tests/torture memory`: so few pictures show only what keeps whole ones."""

from pathlib import Path

import memory

from core.paths import Home


def test_memory_stays_within_bounds(tmp_path: Path) -> None:
    found = memory.without_a_window(Home(tmp_path), 120, "fake").figures()
    assert found["pictures"] == 120
    assert memory.violations(found, allowed=10.0) == []


def test_growth_is_seen() -> None:
    seen = [{"made": made, "worker": 50 + made / 100, "engine": 30.0} for made in range(0, 2000, 100)]
    assert round(memory.slope(seen, "worker"), 6) == 10.0
    found = {"worker_mb_per_1000": 10.0, "engine_mb_per_1000": 0.0, "engines": 1, "pictures": 2000}
    assert memory.violations(found) == ["the worker grew by 10.0 MB with 1,000 pictures"]
    assert memory.violations(found | {"pictures": 200}) == [], "1.4 MB in all"
