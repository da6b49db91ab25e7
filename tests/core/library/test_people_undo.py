"""What is done to people is taken back and done again, whatever it was; what became of them since stays."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from test_job_changes import queue, spec

from core.errors import KnownError
from core.library import Library, consent, people_undo, subjects
from core.library.tables import Face, JobSubject, Reference, Subject
from core.spec import Reference as Prepared

AddPerson = Callable[..., int]
TABLES = (Subject, Face, Reference, JobSubject)


def change(library: Library, what: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    with library.write() as session:
        return what(session, *arguments, **named)


def everything(library: Library) -> list[list[tuple[Any, ...]]]:
    """Every row that says who somebody is and what is theirs."""
    with library.read() as session:
        return [sorted(map(tuple, session.execute(select(*t.__table__.columns))), key=repr) for t in TABLES]


def faces(library: Library, subject_id: int) -> list[int]:
    with library.read() as session:
        return subjects.face_ids(session, subject_id)


def card(library: Library, subject_id: int) -> subjects.SubjectCard:
    with library.read() as session:
        return subjects.card(session, subject_id)


def back_and_forth(library: Library, what: Callable[..., Any], *arguments: Any) -> people_undo.Title:
    """Does it, takes it back and does it again: each time everything is as it was."""
    before = everything(library)
    change(library, what, *arguments)
    after = everything(library)
    assert after != before
    title = change(library, people_undo.undo)
    assert everything(library) == before
    assert change(library, people_undo.redo) == title
    assert everything(library) == after
    assert title is not None
    return title  # type: ignore[no-any-return]


def test_a_name(library: Library, add_person: AddPerson) -> None:
    group = add_person("Person 1", named=False)
    title = back_and_forth(library, subjects.rename, group, "Ada", "woman")
    assert (title.what, title.name, title.count) == ("name", "Ada", 2)
    assert back_and_forth(library, subjects.rename, group, "Ada Lovelace").what == "name"


def test_confirming_new_faces(library: Library, add_person: AddPerson) -> None:
    ada = add_person("Ada")
    assert back_and_forth(library, subjects.rename, ada, "Ada").what == "confirm"


def test_ignoring_several(library: Library, add_person: AddPerson) -> None:
    groups = [add_person("A", named=False), add_person("B", named=False)]
    assert back_and_forth(library, subjects.ignore, groups).what == "ignore"


def test_a_favourite_and_a_cover(library: Library, add_person: AddPerson) -> None:
    ada = add_person("Ada")
    assert back_and_forth(library, subjects.set_favourite, ada, True).what == "favourite"
    assert back_and_forth(library, subjects.set_cover, ada, faces(library, ada)[1]).what == "cover"


def test_merging_with_jobs_references_and_consent(library: Library, add_person: AddPerson) -> None:
    group, ada = add_person("Person 1", named=False), add_person("Ada", references=2)
    ben = add_person("Ben", references=0)
    for who in (ada, ben):
        change(library, subjects.set_consent, who, "granted")
    queue(library, spec(uid=card(library, ada).uid))
    assert everything(library)[3]
    assert back_and_forth(library, subjects.merge, group, [ada, ben]).name == "Ada"
    assert card(library, group).handle == "ada"
    change(library, people_undo.undo)
    assert {card(library, who).handle for who in (ada, ben)} == {"ada", "ben"}


def test_splitting_and_moving_take_references_along_and_back(library: Library, add_person: AddPerson) -> None:
    ada, ben = add_person("Ada", faces=3), add_person("Ben", faces=1)
    with library.write() as session:
        face = subjects.faces(session, ada)[0]
        subjects.add_reference(session, ada, Prepared("b" * 64), face.photo_id, face.box)
    assert back_and_forth(library, subjects.split, [face.id]).what == "split"
    assert card(library, ada).references == 1
    new = subjects_of(library, face.id)
    assert (card(library, new).named, card(library, new).faces) == (False, 1)
    assert back_and_forth(library, subjects.move_faces, [face.id], ben).name == "Ben"
    assert subjects_of(library, face.id) == ben
    assert back_and_forth(library, subjects.reject_faces, [face.id]).what == "reject"


def subjects_of(library: Library, face_id: int) -> int:
    with library.read() as session:
        return session.scalar(select(Face.subject_id).where(Face.id == face_id)) or 0


def test_random_walks_come_back_to_where_they_began(library: Library, add_person: AddPerson) -> None:
    dice = random.Random(5)
    for number in range(4):
        add_person(f"P{number}", faces=3, named=number > 1)
    stood = [everything(library)]
    for _ in range(25):
        with library.read() as session:
            people = [c.id for c in subjects.cards(session)]
            some = session.scalars(select(Face.id)).all()
        chosen = dice.sample(list(some), 2)
        what, arguments = dice.choice([
            (subjects.rename, (dice.choice(people), f"N{dice.random()}")),
            (subjects.split, (chosen,)), (subjects.move_faces, (chosen, dice.choice(people))),
            (subjects.reject_faces, (chosen[:1],)), (subjects.merge, (people[0], people[1:2])),
        ])  # fmt: skip
        change(library, what, *arguments)
        if everything(library) != stood[-1]:
            stood.append(everything(library))
    for expected in reversed(stood[:-1]):
        change(library, people_undo.undo)
        assert everything(library) == expected
    for expected in stood[1:]:
        change(library, people_undo.redo)
        assert everything(library) == expected


def test_what_came_since_stays(library: Library, add_person: AddPerson) -> None:
    ada, ben = add_person("Ada"), add_person("Ben")
    change(library, subjects.merge, ada, [ben])
    change(library, subjects.set_notes, ada, "my sister")
    change(library, subjects.set_consent, ada, "granted", "family album")
    change(library, people_undo.undo)
    assert (card(library, ada).notes, card(library, ada).consent) == ("my sister", "granted")
    assert (card(library, ben).name, card(library, ben).faces) == ("Ben", 2)


def test_a_consent_that_was_taken_away_never_comes_back(library: Library, add_person: AddPerson) -> None:
    ada, ben = add_person("Ada"), add_person("Ben")
    for who in (ada, ben):
        change(library, subjects.set_consent, who, "granted")
    change(library, subjects.merge, ada, [ben])
    change(library, subjects.set_consent, ada, "withdrawn")
    assert change(library, people_undo.undo) is None


def test_deleting_somebody_forgets_every_step(library: Library, add_person: AddPerson) -> None:
    ada, ben = add_person("Ada"), add_person("Ben")
    change(library, subjects.rename, ben, "Benjamin")
    subjects.delete(library, ada)
    assert change(library, people_undo.undo) is None
    with library.read() as session:
        assert people_undo.titles(session) == (None, None)


def test_a_cover_counts_while_it_is_theirs(library: Library, add_person: AddPerson) -> None:
    ada, ben = add_person("Ada"), add_person("Ben")
    other = min(faces(library, ada))
    change(library, subjects.set_cover, ada, other)
    with library.read() as session:
        chosen = subjects.face_rows(session, [other])[0]
    shown = card(library, ada).cover
    assert shown is not None
    assert (shown.photo, shown.box) == (chosen.photo, chosen.box)
    change(library, subjects.move_faces, [other], ben)
    now = card(library, ada).cover
    assert now is not None
    assert now.photo != chosen.photo
    with pytest.raises(KnownError, match="not one of Ada"):
        change(library, subjects.set_cover, ada, other)


def test_faces_are_listed_with_those_to_confirm_first(library: Library, add_person: AddPerson) -> None:
    ada = add_person("Ada", faces=3)
    first = faces(library, ada)
    change(library, subjects.set_face_state, first[0], "confirmed")
    assert faces(library, ada) == [*first[1:], first[0]]
    with library.read() as session:
        assert [row.id for row in subjects.face_rows(session, [first[2], 999, first[0]])] == [
            first[2],
            first[0],
        ]


def test_a_consent_ends_by_itself(library: Library, add_person: AddPerson) -> None:
    ada, today = add_person("Ada"), datetime.now(UTC).replace(tzinfo=None)
    last_year, yesterday = today - timedelta(days=365), today - timedelta(days=1)
    change(
        library,
        subjects.set_consent,
        ada,
        "granted",
        "album",
        last_year,
        today + timedelta(days=1),
        "by mail",
    )
    held = card(library, ada)
    assert (held.consent, held.consent_note) == ("granted", "by mail")
    change(library, subjects.set_consent, ada, "granted", "album", last_year, yesterday)
    assert (card(library, ada).consent, card(library, ada).consent_note) == ("expired", "by mail")
    with library.read() as session:
        assert "no consent from Ada" in str(consent.refusals(session, [spec(uid=held.uid)])[0])
    with pytest.raises(KnownError, match="cannot end before"):
        change(library, subjects.set_consent, ada, "granted", "album", today, last_year)


def test_of_two_consents_the_one_that_ends_first_stays(library: Library, add_person: AddPerson) -> None:
    ada, ben = add_person("Ada"), add_person("Ben")
    soon = datetime.now(UTC).replace(tzinfo=None, microsecond=0) + timedelta(days=3)
    change(library, subjects.set_consent, ada, "granted")
    change(library, subjects.set_consent, ben, "granted", until=soon)
    assert "as strict as Ben" in change(library, subjects.merge, ada, [ben])
    assert card(library, ada).consent_until == soon
