"""Taking changes of the queue back, several steps, and doing them again."""

from collections.abc import Callable
from typing import Any

import pytest
from test_job_changes import order, put, queue, spec, take

from core.library import Library, facts, gallery, jobs, removal, subjects, undo
from core.library.jobs import NewPicture
from core.library.undo import Change
from core.spec import Reference, RenderSpec, SubjectSpec


def change(library: Library, what: Callable[..., Any], *arguments: Any) -> Any:
    with library.write() as session:
        return what(session, *arguments)


def back(library: Library) -> str | None:
    done = change(library, undo.undo)
    return done and str(done)


def forth(library: Library) -> str | None:
    done = change(library, undo.redo)
    return done and str(done)


def states(library: Library) -> dict[int, str]:
    with library.read() as session:
        return {row.id: row.state for row in jobs.rows(session)}


def everything(library: Library) -> list[tuple[Any, ...]]:
    """What can be seen of the queue, in its order."""
    with library.read() as session:
        return [(row, jobs.spec_of(session, row.id)) for row in jobs.rows(session)]


def finish(library: Library, number: int) -> None:
    """The first that waits is made."""
    (job,) = take(library, 1)
    picture = NewPicture(f"/{number}.png", f"{number:064x}", 64, 64, "{}", 1.5)
    change(library, jobs.finish, job, picture)


def fail_one(library: Library) -> None:
    (job,) = take(library, 1)
    with library.write() as session:
        jobs.fail(session, job, "It went wrong.", retry=False)


@pytest.fixture
def ada(library: Library, add_person: Callable[..., int]) -> int:
    made = add_person("Ada")
    change(library, subjects.set_consent, made, "granted")
    return made


def of(library: Library, subject: int, words: str = "a beach", steps: int = 4) -> RenderSpec:
    with library.read() as session:
        uid = subjects.card(session, subject).uid
    return spec(words=words, steps=steps, uid=uid)


# One kind of change after the other


def test_cancelling_is_taken_back_where_it_stood(library: Library) -> None:
    a, b, c = queue(library, *map(spec, range(3)))
    assert change(library, jobs.cancel, [a, b]) == 2
    assert back(library) == "2 pictures wait again."
    assert order(library) == [a, b, c]
    assert forth(library) == "2 pictures are cancelled again."
    assert order(library) == [c]


def test_cancelling_what_is_being_made_is_taken_back_and_done_again(library: Library) -> None:
    (a,) = queue(library, spec())
    take(library, 1)
    change(library, jobs.cancel, [a])
    assert back(library) == "1 picture waits again."
    take(library, 1)
    assert forth(library) == "1 picture is cancelled again."
    assert states(library) == {a: "cancelled"}


def test_reordering_is_taken_back(library: Library) -> None:
    ids = queue(library, *map(spec, range(4)))
    put(library, "first", *ids[2:])
    change(library, jobs.move, ids[0], ids[3])
    after = order(library)
    assert back(library) == "1 picture is where it was."
    assert back(library) == "2 pictures are where they were."
    assert order(library) == ids
    forth(library)
    assert forth(library) == "1 picture is moved again."
    assert order(library) == after


def test_reordering_is_taken_back_also_where_positions_were_made_anew(library: Library) -> None:
    _, b, c, _ = queue(library, *map(spec, range(4)))
    seen = []
    for number in range(70):  # floats leave room for about fifty
        seen.append(order(library))
        change(library, jobs.move, *((c, b), (b, c))[number % 2])
    for expected in seen[: -undo.MOST_STEPS - 1 : -1]:
        assert back(library)
        assert order(library) == expected
    assert back(library) is None


def test_settings_are_taken_back(library: Library) -> None:
    a, b = queue(library, spec(1), spec(2))
    change(library, jobs.edit_all, {a: spec(1, steps=30), b: spec(2, steps=40)})
    assert back(library) == "2 pictures have their earlier settings again."
    assert [was.steps for _, was in everything(library)] == [4, 4]
    assert take(library, 8) == [a, b]  # batch mates as before
    assert "It does not wait any more." in (forth(library) or "")
    assert [was.steps for _, was in everything(library)] == [4, 4]


def test_settings_are_edited_again(library: Library) -> None:
    (a,) = queue(library, spec(1))
    change(library, jobs.edit, a, spec(1, steps=30))
    back(library)
    assert forth(library) == "1 picture has its later settings again."
    assert everything(library)[0][1] == spec(1, steps=30)


def test_retrying_is_taken_back_with_the_reason_it_failed_for(library: Library) -> None:
    queue(library, spec(), spec(1))
    fail_one(library)
    before = everything(library)
    assert change(library, jobs.retry) == 1
    assert back(library) == "1 picture does not wait any more."
    after = everything(library)
    assert [row.error for row, _ in after] == ["It went wrong.", None]
    assert [row.state for row, _ in after] == [row.state for row, _ in before]
    assert [row.finished_at for row, _ in after] == [row.finished_at for row, _ in before]
    assert forth(library) == "1 picture waits again."


def test_clearing_is_taken_back_line_for_line(library: Library, ada: int) -> None:
    queue(library, of(library, ada), spec(1), spec(2), spec(3))
    finish(library, 1)
    fail_one(library)
    change(library, jobs.cancel, [3])
    before = everything(library)
    assert change(library, jobs.clear) == 3
    assert order(library) == [4]
    assert back(library) == "3 pictures are on the list again."
    assert everything(library) == before
    with library.read() as session:
        (picture,) = gallery.rows(session)
        assert picture.job_id == 1
    assert forth(library) == "3 pictures are cleared again."
    assert list(states(library)) == [4]
    back(library)
    assert everything(library) == before


def test_a_line_whose_picture_is_gone_stays_away(library: Library) -> None:
    from sqlalchemy import delete

    from core.library.tables import Picture

    queue(library, spec(), spec(1))
    finish(library, 1)
    finish(library, 2)
    change(library, jobs.clear)
    with library.write() as session:
        session.execute(delete(Picture).where(Picture.path == "/1.png"))
    assert back(library) == (
        "1 picture is on the list again. 1 picture could not be taken along: Its picture is gone."
    )


def test_what_was_added_is_taken_out_while_it_waits(library: Library) -> None:
    queue(library, spec())
    queue(library, spec(1), spec(2))
    before = everything(library)
    assert back(library) == "2 pictures are taken out of the queue."
    assert order(library) == [1]
    assert forth(library) == "2 pictures are queued again."
    assert everything(library) == before
    change(library, undo.undo)
    assert queue(library, spec(5)) == [4]  # numbers are never used twice


def test_what_was_added_and_begun_meanwhile_stays(library: Library) -> None:
    a, _ = queue(library, spec(), spec(1))
    take(library, 1)
    assert back(library) == (
        "1 picture is taken out of the queue. 1 picture could not be taken along: It does not wait any more."
    )
    assert states(library) == {a: "running"}


# Steps


def test_several_steps_back_and_forth_and_a_new_change_ends_the_way_forth(library: Library) -> None:
    a, b = queue(library, spec(), spec(1))
    change(library, jobs.edit, a, spec(steps=9))
    change(library, jobs.cancel, [b])
    with library.read() as session:
        assert undo.titles(session) == (Change("cancel", 1), None)
        assert str(undo.titles(session)[0]) == "cancelling 1 picture"
    for _ in range(3):
        assert back(library)
    assert order(library) == []
    assert back(library) is None
    with library.read() as session:
        assert undo.titles(session) == (None, Change("add", 2))
    assert forth(library) == "2 pictures are queued again."
    assert forth(library) == "1 picture has its later settings again."
    change(library, jobs.move, a, None)
    assert forth(library) is None
    assert order(library) == [b, a]


def test_what_was_done_since_stays_done(library: Library) -> None:
    a, b = queue(library, *map(spec, range(2)))
    change(library, jobs.cancel)
    change(library, jobs.retry, [a])
    take(library, 1)
    assert back(library) == "1 picture could not be taken along: It was changed since."
    assert back(library) == (
        "1 picture waits again. 1 picture could not be taken along: It was changed since."
    )
    assert states(library) == {a: "running", b: "queued"}


def test_only_so_many_steps_are_kept(library: Library) -> None:
    (a,) = queue(library, spec())
    for steps in range(5, 40):
        change(library, jobs.edit, a, spec(steps=steps))
    taken = [back(library) for _ in range(undo.MOST_STEPS)]
    assert set(taken) == {"1 picture has its earlier settings again."}
    assert back(library) is None
    assert everything(library)[0][1].steps == 39 - undo.MOST_STEPS


def test_only_so_many_bytes_are_kept(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(undo, "MOST_BYTES", 2000)
    (a,) = queue(library, spec())
    for steps in range(5, 20):
        change(library, jobs.edit, a, spec(steps=steps))
    with library.read() as session:
        kept = undo._steps(session).back
    assert 0 < sum(entry.size for entry in kept) <= 2000
    assert kept[-1].number == 16
    change(library, jobs.edit, a, spec(words="w" * 3000))
    change(library, jobs.cancel)
    assert back(library) == "1 picture waits again."
    change(library, jobs.edit, a, spec())
    assert back(library) is None  # larger than all that may be kept: nothing before it can be reached either


def test_what_another_version_kept_is_forgotten(library: Library) -> None:
    queue(library, spec())
    with library.write() as session:
        facts.keep(session, undo.INDEX, '{"back": "of the book"}')
    assert back(library) is None
    change(library, jobs.cancel)
    with library.write() as session:
        facts.keep(session, f"{undo.STEP}1", '{"type": "unheard of"}')
    assert back(library) is None


# People


def test_nobody_who_withdrew_waits_again(library: Library, ada: int) -> None:
    a, b = queue(library, of(library, ada), spec(1))
    change(library, jobs.cancel)
    change(library, subjects.set_consent, ada, "withdrawn")
    told = back(library)
    assert told is not None
    assert told.startswith("1 picture waits again. 1 picture could not be taken along: There is no consent")
    assert states(library) == {a: "cancelled", b: "queued"}


def test_nobody_who_withdrew_is_put_back_into_settings_or_queued_again(library: Library, ada: int) -> None:
    (a,) = queue(library, of(library, ada))
    change(library, jobs.edit, a, spec())
    change(library, subjects.set_consent, ada, "withdrawn")
    assert "There is no consent from Ada" in (back(library) or "")
    assert everything(library)[0][1] == spec()
    change(library, subjects.set_consent, ada, "granted")
    queue(library, of(library, ada))
    back(library)
    change(library, subjects.set_consent, ada, "denied")
    assert "There is no consent from Ada" in (forth(library) or "")
    assert order(library) == [a]


def test_withdrawing_consent_is_no_step(library: Library, ada: int) -> None:
    queue(library, of(library, ada))
    change(library, subjects.set_consent, ada, "withdrawn")
    back(library)
    assert order(library) == []


def test_who_left_the_library_by_merging_does_not_return_with_a_line(
    library: Library, ada: int, add_person: Callable[..., int]
) -> None:
    queue(library, of(library, ada))
    fail_one(library)
    change(library, jobs.clear)
    change(library, subjects.merge, add_person("Eve"), [ada])
    assert "no longer in the library" in (back(library) or "")
    assert states(library) == {}


def test_not_a_byte_of_a_deleted_person_stays_in_what_can_be_taken_back(library: Library, ada: int) -> None:
    """Cleared, edited away and taken out: nothing of the three is found in any file of the home."""
    uid = of(library, ada).subjects[0].uid
    crop = "c" * 64
    shown = SubjectSpec(uid, "Ada", "person", "woman", (Reference(crop),), ((0, 5),))
    secret = RenderSpec("woman in a secret garden", "mini", 64, 64, 0, 4, 3.0, subjects=(shown,),
                        template="@ada in a secret garden")  # fmt: skip
    queue(library, secret, secret, secret)
    fail_one(library)
    change(library, jobs.clear)
    change(library, jobs.edit, 2, spec())
    queue(library, secret)
    back(library)
    with library.read() as session:
        kept = session.connection().exec_driver_sql("SELECT value FROM settings").scalars().all()
    assert sum(uid in each for each in kept) == 3
    removal.delete(library, ada)
    for file in filter(lambda path: path.is_file(), library.home.root.rglob("*")):
        data = file.read_bytes()
        for trace in (b"secret garden", uid.encode(), crop.encode()):
            assert trace not in data, file
    assert back(library) is None
    assert forth(library) is None
