"""Finished pictures: pages by key, ratings, labels, who is in them."""

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from core.errors import KnownError
from core.library import Library, gallery
from core.library.tables import Picture


def add(session: Session, name: str, uid: str = "") -> int:
    picture = Picture(
        job_id=None,
        path=f"/{name}.png",
        sha256="0" * 64,
        spec=f'{{"subjects":[{{"uid":"{uid}"}}]}}',
        seed=7,
        width=64,
        height=48,
        scores="{}",
        created_at=datetime(2026, 1, 1),
    )
    session.add(picture)
    session.flush()
    return picture.id


def test_pages_are_newest_first_and_do_not_overlap(library: Library) -> None:
    with library.write() as session:
        ids = [add(session, str(n)) for n in range(5)]
        first = gallery.rows(session, limit=2)
        second = gallery.rows(session, limit=2, before_id=first[-1].id)
        assert [row.id for row in first + second] == ids[:0:-1]
        assert gallery.count(session) == 5


def test_pictures_of_one_subject(library: Library) -> None:
    with library.write() as session:
        ada, _ben = add(session, "a", "ada0"), add(session, "b", "ben0")
        assert [row.id for row in gallery.rows(session, subject_uid="ada0")] == [ada]
        assert gallery.rows(session, subject_uid="") == []


def test_rating_and_label(library: Library) -> None:
    with library.write() as session:
        picture = add(session, "a")
        gallery.rate(session, picture, 5)
        gallery.label(session, picture, "red")
        row = gallery.get(session, picture)
    assert (row.rating, row.label, row.path, row.seed, (row.width, row.height)) == (
        5,
        "red",
        "/a.png",
        7,
        (64, 48),
    )


@pytest.mark.parametrize("rating", [-1, 6, 2.5])
def test_a_wrong_rating_is_told(library: Library, rating: int) -> None:
    with library.write() as session, pytest.raises(KnownError, match="0 to 5"):
        gallery.rate(session, add(session, "a"), rating)


def test_a_wrong_label_and_a_missing_picture_are_told(library: Library) -> None:
    with library.write() as session:
        picture = add(session, "a")
        with pytest.raises(KnownError, match="label is one of"):
            gallery.label(session, picture, "ultraviolet")
        for call in (lambda: gallery.get(session, 99), lambda: gallery.rate(session, 99, 1)):
            with pytest.raises(KnownError, match="not in the library"):
                call()
