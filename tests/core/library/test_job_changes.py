"""Lanes, other settings, and taking back."""

from collections.abc import Callable

import pytest

from core.errors import KnownError
from core.library import Library, jobs, lanes, subjects
from core.library.undo import undo
from core.spec import Reference, RenderSpec, SubjectSpec


def spec(seed: int = 0, words: str = "a beach", steps: int = 4, uid: str = "") -> RenderSpec:
    shown = (SubjectSpec(uid, "Ada", "person", "woman", (Reference("a" * 64),), ((0, 5),)),) if uid else ()
    prompt = f"woman on {words}" if uid else words
    return RenderSpec(prompt, "mini", 64, 64, seed, steps, 3.0, subjects=shown, template=words)


def queue(library: Library, *specs: RenderSpec) -> list[int]:
    with library.write() as session:
        return jobs.enqueue(session, specs)


def order(library: Library) -> list[int]:
    with library.read() as session:
        return [row.id for row in jobs.rows(session, ["queued"])]


def put(library: Library, lane: lanes.Lane, *ids: int) -> int:
    with library.write() as session:
        return jobs.set_lane(session, ids, lane)


def take_back(library: Library) -> str | None:
    with library.write() as session:
        return undo(session)


def take(library: Library, limit: int) -> list[int]:
    with library.write() as session:
        return [job.id for job in jobs.claim(session, lambda _: limit).jobs]


def test_first_comes_first_and_background_last_whatever_is_queued_later(library: Library) -> None:
    a, b, c, d = queue(library, *map(spec, range(4)))
    assert put(library, "background", a, c) == 2
    assert put(library, "first", d) == 1
    (e,) = queue(library, spec(9))
    assert order(library) == [d, b, e, a, c]
    with library.read() as session:
        assert [row.lane for row in jobs.rows(session)] == ["first", "normal", "normal"] + ["background"] * 2


def test_what_was_put_first_later_comes_behind_and_can_go_back(library: Library) -> None:
    a, b, c = queue(library, *map(spec, range(3)))
    put(library, "first", c)
    put(library, "first", b)
    assert order(library) == [c, b, a]
    put(library, "normal", c)
    assert order(library) == [b, a, c]


def test_a_batch_does_not_reach_into_the_background(library: Library) -> None:
    a, b, c = queue(library, *map(spec, range(3)))
    put(library, "background", b)
    assert take(library, 8) == [a, c]
    assert take(library, 8) == [b]


def test_lanes_survive_so_many_moves_that_positions_are_made_anew(library: Library) -> None:
    a, b, c, d = queue(library, *map(spec, range(4)))
    put(library, "background", c, d)
    for _ in range(40):
        for job, before in ((c, d), (d, c), (a, b), (b, a)):
            with library.write() as session:
                jobs.move(session, job, before)
    assert order(library) == [b, a, d, c]
    with library.read() as session:
        assert [row.lane for row in jobs.rows(session)] == ["normal"] * 2 + ["background"] * 2


def test_only_what_waits_changes_lanes(library: Library) -> None:
    (a,) = queue(library, spec())
    take(library, 1)
    assert put(library, "first", a) == 0
    assert take_back(library) is None


def test_cancelling_is_taken_back_where_it_stood(library: Library) -> None:
    a, b, c = queue(library, *map(spec, range(3)))
    with library.write() as session:
        assert jobs.cancel(session, [a, b]) == 2
    assert take_back(library) == "2 pictures wait again."
    assert order(library) == [a, b, c]
    assert take_back(library) is None


def test_what_was_done_since_stays_done(library: Library) -> None:
    a, b = queue(library, *map(spec, range(2)))
    with library.write() as session:
        jobs.cancel(session)
        jobs.retry(session, [a])
    take(library, 1)
    assert take_back(library) == "1 picture waits again."
    with library.read() as session:
        assert [(row.id, row.state) for row in jobs.rows(session)] == [(a, "running"), (b, "queued")]


def test_reordering_is_taken_back(library: Library) -> None:
    ids = queue(library, *map(spec, range(4)))
    put(library, "first", *ids[2:])
    assert take_back(library) == "2 pictures are where they were."
    assert order(library) == ids
    with library.write() as session:
        jobs.move(session, ids[3], ids[0])
    assert take_back(library) == "1 picture is where it was."
    assert order(library) == ids


def test_what_is_kept_for_undo_says_nothing_of_the_pictures(library: Library) -> None:
    (a,) = queue(library, spec(words="a secret garden"))
    with library.write() as session:
        jobs.cancel(session, [a])
        jobs.clear(session)
    library.vacuum()
    assert b"secret" not in library.home.database.read_bytes()


def test_a_waiting_picture_gets_other_settings(library: Library) -> None:
    a, b = queue(library, spec(1), spec(2))
    with library.write() as session:
        jobs.edit(session, a, spec(1, steps=30))
        assert jobs.spec_of(session, a).steps == 30
    assert take(library, 8) == [a]  # no batch mate of b any more
    with library.write() as session, pytest.raises(KnownError, match="does not wait any more"):
        jobs.edit(session, a, spec(1, steps=9))
    with library.write() as session, pytest.raises(KnownError, match="no job 99"):
        jobs.spec_of(session, 99)
    assert order(library) == [b]


def test_who_is_put_into_a_picture_must_have_agreed_and_takes_it_along(
    library: Library, add_person: Callable[..., int]
) -> None:
    ada = add_person("Ada")
    (a,) = queue(library, spec())
    with library.read() as session:
        uid = subjects.card(session, ada).uid
    with library.write() as session, pytest.raises(KnownError, match="consent"):
        jobs.edit(session, a, spec(uid=uid))
    with library.write() as session:
        subjects.set_consent(session, ada, "granted")
        jobs.edit(session, a, spec(uid=uid))
    with library.write() as session:
        assert subjects.set_consent(session, ada, "withdrawn") == 1
    assert order(library) == []


def test_all_that_wait_for_the_same_words(library: Library) -> None:
    a, b, c = queue(library, spec(1, "a beach"), spec(2, "snow"), spec(3, "a beach"))
    with library.read() as session:
        assert jobs.like(session, a) == [a, c]
        assert jobs.like(session, b) == [b]
