"""The worker and its backups: as a batch begins, once a day, and in nobody's way."""

import time

import pytest
from msgspec import structs

from core import backups
from core.backups import Backups
from core.engine.fake import FakeEngine
from core.events import ChoreFailed, QueuePaused
from core.library import backup, check, jobs, open_library, subjects
from core.runner import Runner
from core.spec import Reference, RenderSpec, SubjectSpec


@pytest.fixture
def library(home):
    library = open_library(home)
    yield library
    library.close()


def enqueue(library, count=2):
    with library.write() as session:
        cards = subjects.cards(session, "object")
        guitar = cards[0].id if cards else subjects.create(session, "object", "Guitar", "guitar")
        uid = subjects.card(session, guitar).uid
        subject = SubjectSpec(uid, "Guitar", "object", "guitar", (Reference("a" * 64),), ((2, 8),))
        spec = RenderSpec("a guitar", "mini", 64, 64, 0, 3, 3.0, subjects=(subject,))
        jobs.enqueue(session, [structs.replace(spec, seed=seed) for seed in range(count)])


def work(library) -> list:
    events: list = []
    Runner(library, lambda: FakeEngine(batch=1), events.append, library.home.pictures).run_until_idle()
    return events


def states(library) -> list[str]:
    with library.read() as session:
        return [row.state for row in jobs.rows(session)]


def reasons(home) -> list[str]:
    return [each.reason for each in backup.listed(home)]


def test_a_batch_begins_with_one_backup_that_has_all_of_it_waiting(library, home, tmp_path):
    enqueue(library, 3)
    work(library)
    assert reasons(home) == ["daily"]
    enqueue(library, 2)
    work(library)
    assert reasons(home) == ["batch", "daily"]
    work(library)
    assert reasons(home) == ["batch", "daily"]  # nothing was waiting
    assert states(library) == ["done"] * 5
    library.close()
    home.database.write_bytes(backup.listed(home)[0].path.read_bytes())
    then = open_library(home)
    assert states(then) == ["done"] * 3 + ["queued"] * 2
    then.close()


def test_a_backup_that_cannot_be_made_stops_no_picture_and_is_told_once(library, home, monkeypatch):
    monkeypatch.setattr(backup, "SPARE_BYTES", 10**18)
    events: list = []
    runner = Runner(library, FakeEngine, events.append, home.pictures)
    for _ in range(2):
        enqueue(library)
        runner.run_until_idle()
    assert states(library) == ["done"] * 4
    told = [event.reason for event in events if isinstance(event, ChoreFailed)]
    assert len(told) == 1
    assert "disk has" in told[0]
    assert "made all the same" in told[0]
    assert reasons(home) == []


def test_it_is_told_again_after_one_that_succeeded(home, library, monkeypatch):
    told: list[str] = []
    mine = Backups(home, told.append)
    for spare in (10**18, 10**18, 0, 10**18):
        monkeypatch.setattr(backup, "SPARE_BYTES", spare)
        mine.before_batch()
    assert len(told) == 2


def test_a_damaged_library_holds_the_queue(library, home, monkeypatch):
    enqueue(library)

    def found(home, reason):
        raise check.DamagedLibrary("The library is damaged. Restore the last backup.")

    monkeypatch.setattr(backup, "make", found)
    events = work(library)
    assert states(library) == ["queued"] * 2
    assert any(isinstance(event, QueuePaused) and "damaged" in event.reason for event in events)


def test_an_idle_worker_makes_the_days_backup_and_seldom_asks(library, home, monkeypatch):
    now, asked = [100.0], []
    real = backup.daily_is_due
    monkeypatch.setattr(backup, "daily_is_due", lambda home: asked.append(now[0]) or real(home))
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    mine = Backups(home, asked.append)
    mine.when_idle()
    assert asked == []  # the start has other things to do
    now[0] += backups.FIRST_LOOK_SECONDS
    mine.when_idle()
    mine.when_idle()
    assert reasons(home) == ["daily"]
    now[0] += backups.LOOK_SECONDS
    mine.when_idle()
    assert reasons(home) == ["daily"]
    assert asked == [160.0, 3760.0]
