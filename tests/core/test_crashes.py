"""Workers and their engines killed at every named point and at random: nothing lost, nothing twice, nothing
left over. The long form is `python tests/torture kills`."""

import os
from pathlib import Path

import pytest
from _kill_points import ENGINE_TURNS, EVERY, TURNS
from kills import BAD, Figures, Night, reported, spent

pytestmark = [pytest.mark.skipif(os.name == "nt", reason="kill -9 and fork"), pytest.mark.slow]


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> Figures:
    """Nights on two processors: each point in turn, and then by chance while a user changes the queue."""
    root, found = tmp_path_factory.mktemp("nights"), Figures()
    for done in spent(nights(root), 2):
        found.add(done)
    return found


def nights(root: Path) -> list[Night]:
    turns = [ENGINE_TURNS[::2], ENGINE_TURNS[1::2], TURNS[::2], TURNS[1::2]]
    planned = [Night(root, seed, 0, 60, turns=each) for seed, each in enumerate(turns)]
    return [*planned, Night(root, 10, 30, 60), Night(root, 11, 30, 60)]


def test_every_point_was_met(figures: Figures) -> None:
    met = {name.split(": ", 1)[1] for name in figures.kills}
    assert met >= EVERY.keys()


def test_nothing_that_was_promised_was_broken(figures: Figures) -> None:
    assert figures.violations == []
    assert {name: figures.count[name] for name in BAD} == dict.fromkeys(BAD, 0)


def test_the_figures_add_up(figures: Figures) -> None:
    """Every kill has a point and a target; what was quarantined came back."""
    report = reported(figures)
    assert report["kills"] == sum(report["by_point"].values()) == sum(report["by_target"].values())
    assert report["kills"] >= len(TURNS) + len(ENGINE_TURNS) + 60
    assert figures.user["quarantined, retried"] >= figures.count["quarantined"] > 0
    assert figures.count["pictures"] > 0
