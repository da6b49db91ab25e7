"""Pictures of somebody are learned from only when they agreed to that too, and nothing brings an answer back
that was taken away."""

import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from core import profile
from core.errors import KnownError
from core.library import Library, backup, people_undo, restore, subjects
from core.library.tables import Subject
from core.library.training import GONE, may_train
from core.paths import Home

AddPerson = Callable[..., int]
YESTERDAY = datetime.now() - timedelta(days=1)


def agree(library: Library, person: int, until: datetime | None = None) -> None:
    with library.write() as session:
        subjects.set_consent(session, person, "granted", "family album")
        subjects.set_training(session, person, True, datetime(2020, 1, 1), until)


def answer(library: Library, person: int) -> str:
    with library.read() as session:
        return subjects.card(session, person).training


def refused(library: Library, *people: int) -> list[str]:
    with library.read() as session:
        return subjects.training_refusals(session, [subjects.card(session, each).uid for each in people])


@pytest.fixture
def ada(library: Library, add_person: AddPerson) -> int:
    return add_person("Ada")


def test_agreeing_to_pictures_is_not_agreeing_to_training(library: Library, ada: int) -> None:
    with library.write() as session:
        subjects.set_consent(session, ada, "granted", "everything")
    assert answer(library, ada) == "unknown"
    assert refused(library, ada) == ["Ada"]
    agree(library, ada)
    assert (answer(library, ada), refused(library, ada)) == ("granted", [])
    with library.read() as session:
        uid = subjects.card(session, ada).uid
        assert may_train(session) == {uid: (datetime(2020, 1, 1), None)}


def test_who_may_not_be_in_pictures_cannot_be_trained_on(library: Library, ada: int) -> None:
    with library.write() as session, pytest.raises(KnownError, match="not agreed to be in pictures"):
        subjects.set_training(session, ada, True)
    with library.write() as session:
        guitar = subjects.create(session, "object", "Guitar", "guitar")
        with pytest.raises(KnownError, match="consent is for people"):
            subjects.set_training(session, guitar, True)
    assert answer(library, ada) == "unknown"


def test_an_end_before_the_beginning_is_refused(library: Library, ada: int) -> None:
    agree(library, ada)
    with library.write() as session, pytest.raises(KnownError, match="cannot end before"):
        subjects.set_training(session, ada, True, datetime(2026, 2, 2), datetime(2026, 1, 1))
    assert answer(library, ada) == "granted"


@pytest.mark.parametrize("said", ["unknown", "denied", "withdrawn"])
def test_it_goes_with_the_consent_and_does_not_come_back_with_it(
    library: Library, ada: int, said: str
) -> None:
    agree(library, ada)
    with library.write() as session:
        subjects.set_consent(session, ada, said)  # type: ignore[arg-type]
    assert answer(library, ada) == "withdrawn"
    with library.write() as session:
        subjects.set_consent(session, ada, "granted")
    assert refused(library, ada) == ["Ada"]


def test_it_ends_by_itself(library: Library, ada: int, add_person: AddPerson) -> None:
    agree(library, ada, until=YESTERDAY)
    ben = add_person("Ben")
    agree(library, ben)
    with library.write() as session:
        session.get_one(Subject, ben).consent_until = YESTERDAY  # the day came
    assert [answer(library, each) for each in (ada, ben)] == ["expired", "expired"]
    assert refused(library, ada, ben) == ["Ada", "Ben"]


def test_somebody_who_is_gone_counts_as_not_agreeing(library: Library, ada: int) -> None:
    agree(library, ada)
    with library.read() as session:
        assert subjects.training_refusals(session, ["f" * 32]) == [GONE]
        assert subjects.training_refusals(session, []) == []


@pytest.mark.parametrize("strict", ["unknown", "withdrawn", "ends"])
def test_merging_takes_the_stricter_answer(
    library: Library, ada: int, add_person: AddPerson, strict: str
) -> None:
    other, soon = add_person("Ada too"), datetime(2099, 1, 1)
    agree(library, ada)
    agree(library, other, until=soon)
    with library.write() as session:
        if strict != "ends":
            session.get_one(Subject, other).training = strict
        subjects.merge(session, ada, [other])
        card = subjects.card(session, ada)
    assert card.training == ("granted" if strict == "ends" else strict)
    assert card.training_until == soon


def test_undo_does_not_bring_it_back(library: Library, ada: int, add_person: AddPerson) -> None:
    other = add_person("Ada too")
    agree(library, ada)
    agree(library, other)
    with library.write() as session:
        subjects.merge(session, ada, [other])
        subjects.set_training(session, ada, False)
    with library.write() as session:
        assert people_undo.undo(session) is None
    assert answer(library, ada) == "withdrawn"


def test_undoing_something_else_leaves_what_was_noted_since(library: Library, ada: int) -> None:
    with library.write() as session:
        subjects.rename(session, ada, "Adaora")
    agree(library, ada)
    with library.write() as session:
        people_undo.undo(session)
    assert answer(library, ada) == "granted"


@pytest.mark.parametrize("since", ["withdrawn", "granted"])
@pytest.mark.parametrize("damaged", [False, True])
def test_no_backup_brings_it_back(library: Library, home: Home, ada: int, since: str, damaged: bool) -> None:
    agree(library, ada)
    kept = backup.make(home, "asked")
    if since == "withdrawn":
        with library.write() as session:
            subjects.set_training(session, ada, False)
    library.close()
    if damaged:
        home.database.write_bytes(b"SQLite format 3\0" + bytes(200))
    restore.restore(home, kept)
    with closing(sqlite3.connect(home.database)) as raw:
        ((found,),) = raw.execute("SELECT training FROM subjects").fetchall()
    assert found == ("unknown" if damaged else since)


def test_a_profile_carries_it_and_it_counts_on_the_users_word(library: Library, tmp_path: Path) -> None:
    with library.write() as session:
        ada = subjects.create(session, "person", "Ada", "woman")
    agree(library, ada, until=datetime(2099, 1, 1))
    file = tmp_path / "ada.likeness"
    profile.export(library, ada, file)
    opened = profile.read(file)
    there = profile.take_in(library, opened)
    assert answer(library, there) == "unknown"
    with library.read() as session:
        assert "to train: granted" in subjects.card(session, there).consent_note
    pictured = profile.take_in(library, opened, agreed=True)
    assert answer(library, pictured) == "unknown"
    agreed = profile.take_in(library, opened, agreed=True, training=True)
    with library.read() as session:
        assert subjects.card(session, agreed).training_until == datetime(2099, 1, 1)
    assert answer(library, agreed) == "granted"


def test_a_profile_of_somebody_who_was_not_asked_is_as_older_programs_read_it(
    library: Library, tmp_path: Path
) -> None:
    with library.write() as session:
        ada = subjects.create(session, "person", "Ada", "woman")
        subjects.set_consent(session, ada, "granted")
    profile.export(library, ada, tmp_path / "ada.likeness")
    assert profile.read(tmp_path / "ada.likeness").profile.consent.training is None
    assert b"training" not in zipfile.ZipFile(tmp_path / "ada.likeness").read(profile.JSON)
