"""The queue on a real SQLite file: states, order, consent, and claims of several processes at once."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select, text, update

from core.errors import KnownError
from core.library import Library, jobs, open_library
from core.library.tables import Job, JobSubject, Picture, Subject
from core.paths import Home
from core.spec import Reference, RenderSpec, SubjectSpec

PICTURE = jobs.NewPicture("a.png", "0" * 64, 64, 64, "{}", 1.5)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    opened = open_library(Home(tmp_path / "home"))
    yield opened
    opened.close()


def spec(
    seed: int = 0, prompt: str = "a beach", people: tuple[str, ...] = (), guidance: float = 3.0
) -> RenderSpec:
    subjects = tuple(
        SubjectSpec(uid, uid.title(), "person", "woman", (Reference("a" * 64),), ((0, 5),)) for uid in people
    )
    words = "woman " + prompt if people else prompt
    return RenderSpec(words, "mini", 64, 64, seed, 4, guidance, subjects=subjects, template=prompt)


def add_person(library: Library, uid: str, consent: str = "granted", kind: str = "person") -> None:
    with library.write() as session:
        session.execute(
            insert(Subject).values(
                uid=uid, kind=kind, name=uid.title(), handle=uid, noun="woman", consent=consent, named=True,
                ignored=False, favourite=False, notes="", consent_scope="", created_at=datetime.now(UTC),
            )
        )  # fmt: skip


def queue(library: Library, *specs: RenderSpec) -> list[int]:
    with library.write() as session:
        return jobs.enqueue(session, specs)


def take(library: Library, limit: int = 1) -> list[int]:
    with library.write() as session:
        return [job.id for job in jobs.claim(session, lambda _: limit).jobs]


def states(library: Library) -> dict[int, str]:
    with library.read() as session:
        return {row.id: row.state for row in jobs.rows(session)}


def order(library: Library) -> list[int]:
    with library.read() as session:
        return [row.id for row in jobs.rows(session)]


def test_a_job_goes_from_the_queue_to_a_picture(library: Library) -> None:
    (job_id,) = queue(library, spec(seed=7))
    with library.write() as session:
        (job,) = jobs.claim(session, lambda _: 1).jobs
    assert (job.id, job.spec) == (job_id, spec(seed=7))
    assert job.name.endswith("-000001-7")
    with library.write() as session:
        picture_id = jobs.finish(session, job_id, PICTURE)
    with library.read() as session:
        (row,) = jobs.rows(session)
        picture = session.get(Picture, picture_id)
        assert jobs.counts(session)["done"] == 1
    assert (row.state, row.picture_id, row.text, row.seconds) == ("done", picture_id, "a beach", 1.5)
    assert picture is not None
    assert picture.seed == 7
    assert RenderSpec.from_json(picture.spec) == spec(seed=7)


def test_first_in_first_out_and_nothing_more_when_empty(library: Library) -> None:
    ids = queue(library, spec(1), spec(2), spec(3))
    assert [take(library)[0] for _ in ids] == ids
    assert take(library) == []


def test_a_claim_takes_further_jobs_of_the_same_shape_up_to_the_limit(library: Library) -> None:
    a, _, c, d = queue(library, spec(1), spec(2, guidance=9.0), spec(3, prompt="a wood"), spec(4))
    assert take(library, limit=2) == [a, c]
    assert take(library, limit=9) == [2]
    assert take(library, limit=9) == [d]


def test_shape_ignores_prompt_subjects_and_seed_and_nothing_else() -> None:
    same = [spec(1), spec(2), spec(prompt="x"), spec(people=("ada",))]
    assert len({jobs.shape(each) for each in same}) == 1
    for change in (
        {"model": "other"}, {"width": 128}, {"height": 128}, {"steps": 5}, {"guidance": 1.0},
        {"scheduler": "euler"},
        {"method": "ip-adapter", "adapter": "a"}, {"merging": "uniform"}, {"relevance_text": "class"},
        {"negative_prompt": "blurred"}, {"precision": "fp32"},
    ):  # fmt: skip
        assert jobs.shape(msgspec.structs.replace(spec(), **change)) != jobs.shape(spec()), change


@pytest.mark.parametrize("consent", ["unknown", "denied", "withdrawn"])
def test_nobody_is_queued_without_consent(library: Library, consent: str) -> None:
    add_person(library, "ada")
    add_person(library, "ben", consent)
    with pytest.raises(KnownError, match="no consent from Ben"):
        queue(library, spec(people=("ada",)), spec(people=("ada", "ben")))
    assert states(library) == {}


def test_an_object_needs_no_consent_and_a_stranger_is_refused(library: Library) -> None:
    add_person(library, "guitar", "unknown", kind="object")
    (job_id,) = queue(library, spec(people=("guitar",)))
    with pytest.raises(KnownError, match="Eve is no longer in the library"):
        queue(library, spec(people=("eve",)))
    with library.read() as session:
        assert session.execute(select(JobSubject.job_id)).scalars().all() == [job_id]


def test_consent_is_asked_again_when_the_job_is_claimed(library: Library) -> None:
    add_person(library, "ada")
    add_person(library, "ben")
    first, second, third = queue(library, spec(people=("ada",)), spec(people=("ben",)), spec(people=("ben",)))
    with library.write() as session:
        session.execute(update(Subject).where(Subject.uid == "ada").values(consent="withdrawn"))
    with library.write() as session:
        claim = jobs.claim(session, lambda _: 2)
    assert [job.id for job in claim.jobs] == [second]
    assert claim.refused[0][0] == first
    assert "Ada" in claim.refused[0][1]
    assert states(library) == {first: "failed", second: "running", third: "queued"}


def test_a_damaged_spec_fails_alone(library: Library) -> None:
    bad, good = queue(library, spec(1), spec(2))
    with library.write() as session:
        session.execute(update(Job).where(Job.id == bad).values(spec='{"version": 99}'))
    assert take(library, limit=2) == [good]
    assert states(library) == {bad: "failed", good: "running"}


def test_a_crash_sends_jobs_back_once_then_to_quarantine(library: Library) -> None:
    (job_id,) = queue(library, spec())
    for expected in ("queued", "quarantined"):
        assert take(library) == [job_id]
        with library.write() as session:
            assert jobs.requeue_running(session) == 1
        assert states(library) == {job_id: expected}
    with library.write() as session:
        assert jobs.retry(session) == 1
    assert take(library) == [job_id]


def test_a_job_that_was_tried_before_runs_alone(library: Library) -> None:
    a, b, c = queue(library, spec(1), spec(2), spec(3))
    assert take(library, limit=2) == [a, b]
    with library.write() as session:
        jobs.requeue_running(session)
        jobs.move(session, c, b)
    assert take(library, limit=3) == [a]
    assert take(library, limit=3) == [c]
    assert take(library, limit=3) == [b]


def test_release_counts_no_attempt(library: Library) -> None:
    (job_id,) = queue(library, spec())
    for _ in range(5):
        assert take(library) == [job_id]
        with library.write() as session:
            assert jobs.release(session) == 1


def test_fail_with_and_without_another_try(library: Library) -> None:
    a, b = queue(library, spec(1), spec(2))
    assert take(library, 2) == [a, b]
    with library.write() as session:
        assert jobs.fail(session, a, "why", retry=False) is False
        assert jobs.fail(session, b, "why", retry=True) is True
    assert states(library) == {a: "failed", b: "queued"}
    assert take(library) == [b]
    with library.write() as session:
        assert jobs.fail(session, b, "again", retry=True) is False
    with library.read() as session:
        assert {row.error for row in jobs.rows(session, states=("quarantined",))} == {"again"}


def test_cancel_reaches_waiting_and_running_jobs(library: Library) -> None:
    a, b, c = queue(library, spec(1), spec(2), spec(3))
    assert take(library) == [a]
    with library.write() as session:
        assert jobs.still_running(session, [a, b]) == {a}
        assert jobs.cancel(session, [a, b]) == 2
        assert jobs.still_running(session, [a, b]) == set()
        assert jobs.finish(session, a, PICTURE) is None
        assert jobs.fail(session, a, "why", retry=True) is False
        assert session.scalar(select(Picture.id)) is None
    assert states(library) == {a: "cancelled", b: "cancelled", c: "queued"}
    with library.write() as session:
        assert jobs.cancel(session) == 1
        assert jobs.retry(session) == 0
        assert jobs.retry(session, [b]) == 1


def test_clear_keeps_open_jobs_and_pictures(library: Library) -> None:
    a, b, c = queue(library, spec(1), spec(2), spec(3))
    assert take(library) == [a]
    with library.write() as session:
        jobs.finish(session, a, PICTURE)
        jobs.cancel(session, [b])
        assert jobs.clear(session) == 2
        assert session.scalars(select(Picture.job_id)).all() == [None]
    assert states(library) == {c: "queued"}


def test_ids_are_never_used_twice(library: Library) -> None:
    first = queue(library, spec(1), spec(2))
    with library.write() as session:
        jobs.cancel(session)
        jobs.clear(session)
    second = queue(library, spec(1))
    assert not set(first) & set(second)


def test_move_before_another_and_to_the_end(library: Library) -> None:
    a, b, c = queue(library, spec(1), spec(2), spec(3))
    with library.write() as session:
        jobs.move(session, c, a)
    assert order(library) == [c, a, b]
    with library.write() as session:
        jobs.move(session, c, b)
    assert order(library) == [a, c, b]
    with library.write() as session:
        jobs.move(session, a, None)
        jobs.move(session, b, b)
    assert order(library) == [c, b, a]
    assert take(library) == [c]


def test_moving_for_ever_between_two_neighbours_renumbers(library: Library) -> None:
    a, b, c = queue(library, spec(1), spec(2), spec(3))
    for _ in range(200):
        with library.write() as session:
            jobs.move(session, c, b)
        with library.write() as session:
            jobs.move(session, b, c)
    assert order(library) == [a, b, c]


@pytest.mark.parametrize(("job_id", "before"), [(99, 1), (1, 99), (99, None)])
def test_moving_what_is_gone_is_said(library: Library, job_id: int, before: int | None) -> None:
    queue(library, spec())
    with library.write() as session, pytest.raises(KnownError, match="no longer in the queue"):
        jobs.move(session, job_id, before)


@settings(max_examples=12, deadline=None)
@given(moves=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 5)), max_size=30))
def test_moves_are_those_of_a_list(
    moves: list[tuple[int, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    library = open_library(Home(tmp_path_factory.mktemp("moves")))
    expected = queue(library, *map(spec, range(5)))
    with library.write() as session:
        for which, before in moves:
            job_id, target = which + 1, (before + 1 if before < 5 else None)
            jobs.move(session, job_id, target)
            if job_id != target:
                expected.remove(job_id)
                expected.insert(expected.index(target) if target else len(expected), job_id)
    assert order(library) == expected
    library.close()


def test_pause_is_shared_through_the_file(library: Library) -> None:
    other = open_library(library.home)
    with library.write() as session:
        jobs.pause(session, "lunch")
        jobs.pause(session, "dinner")
    with other.write() as session:
        assert jobs.paused(session) == "dinner"
        jobs.resume(session)
    with library.read() as session:
        assert jobs.paused(session) is None
    other.close()


def test_rows_by_state_and_limit(library: Library) -> None:
    a, b, c = queue(library, spec(1), spec(2), spec(3))
    take(library)
    with library.read() as session:
        assert [row.id for row in jobs.rows(session, states=("queued",))] == [b, c]
        assert [row.id for row in jobs.rows(session, limit=2)] == [a, b]
        assert jobs.counts(session) == {
            "queued": 2, "running": 1, "done": 0, "failed": 0, "cancelled": 0, "quarantined": 0
        }  # fmt: skip


def test_a_long_night_is_queued_and_cancelled_at_once(library: Library) -> None:
    ids = queue(library, *(spec(seed) for seed in range(40_000)))
    with library.write() as session:
        assert jobs.cancel(session, ids) == 40_000


def test_the_claim_reads_its_index_alone(library: Library) -> None:
    with library.read() as session:
        plan = session.execute(
            text(
                "EXPLAIN QUERY PLAN SELECT id FROM jobs WHERE state = 'queued' ORDER BY position, id LIMIT 1"
            )
        ).all()
    assert "ix_jobs_state_position" in str(plan)
    assert "TEMP B-TREE FOR ORDER BY" not in str(plan)


CLAIMER = """
import sys
from pathlib import Path
from core.library import jobs, open_library
from core.paths import Home
library = open_library(Home(Path(sys.argv[1])))
print("ready", flush=True)
sys.stdin.readline()
while True:
    with library.write() as session:
        claimed = jobs.claim(session, lambda spec: 2).jobs
    if not claimed:
        break
    print(*[job.id for job in claimed], flush=True)
"""


def test_three_processes_never_claim_the_same_job(library: Library) -> None:
    ids = queue(library, *(spec(seed) for seed in range(90)))
    command = [sys.executable, "-c", CLAIMER, str(library.home.root)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    claimers = [subprocess.Popen(command, text=True, **pipes) for _ in range(3)]
    for claimer in claimers:
        assert claimer.stdout is not None
        assert claimer.stdout.readline() == "ready\n"
    for claimer in claimers:
        assert claimer.stdin is not None
        claimer.stdin.write("\n")
        claimer.stdin.flush()
    outputs = [claimer.communicate(timeout=60)[0] for claimer in claimers]
    claimed = [int(word) for output in outputs for word in output.split()]
    assert sorted(claimed) == ids
