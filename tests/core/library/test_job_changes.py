"""Lanes, other settings, and what belongs together."""

from collections.abc import Callable

import pytest

from core.errors import KnownError
from core.library import Library, jobs, lanes, subjects
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


def test_what_was_queued_in_one_go_and_is_not_over(library: Library) -> None:
    a, b, c = queue(library, *map(spec, range(3)))
    d, e = queue(library, spec(3), spec(4))
    take(library, 1)
    with library.write() as session:
        assert jobs.together(session, [b]) == [a, b, c]
        assert jobs.together(session, [b, d]) == [a, b, c, d, e]
        jobs.cancel(session, [c])
        assert jobs.together(session, [c]) == [a, b]
        assert jobs.together(session, [99]) == []


def test_several_are_moved_in_one_go_and_keep_their_order(library: Library) -> None:
    a, b, c, d = queue(library, *map(spec, range(4)))
    with library.write() as session:
        jobs.rearrange(session, [(c, a), (d, a)])
    assert order(library) == [c, d, a, b]
    with pytest.raises(KnownError, match="no longer in the queue"), library.write() as session:
        jobs.rearrange(session, [(a, c), (99, c)])
    assert order(library) == [c, d, a, b]


def test_several_are_edited_or_none(library: Library) -> None:
    a, b = queue(library, *map(spec, range(2)))
    take(library, 1)
    with pytest.raises(KnownError, match=f"Job {a} does not wait"), library.write() as session:
        jobs.edit_all(session, {b: spec(steps=9), a: spec(steps=9)})
    with library.read() as session:
        assert jobs.spec_of(session, b).steps == 4
