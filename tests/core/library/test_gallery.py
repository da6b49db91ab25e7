"""Finished pictures: pages by key, ratings, labels, who is in them."""

from datetime import datetime
from typing import Any

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


def test_stars_labels_and_flags_of_several_and_back(library: Library) -> None:
    with library.write() as session:
        one, two, other = (add(session, name) for name in "abc")
        gallery.mark(session, [one], rating=2)
        before = gallery.mark(session, [one, two], rating=5, label="red", flag="picked")
        marked = gallery.rows_of(session, [two, one, other])
        gallery.put_back(session, before)
        back = gallery.rows_of(session, [one, two])
    assert [(row.id, row.rating, row.label, row.flag) for row in marked] == [
        (two, 5, "red", "picked"), (one, 5, "red", "picked"), (other, 0, "", ""),
    ]  # fmt: skip
    assert [(row.rating, row.label, row.flag) for row in back] == [(2, "", ""), (0, "", "")]
    assert (marked[0].path, marked[0].seed, marked[0].width, marked[0].height) == ("/b.png", 7, 64, 48)


@pytest.mark.parametrize(
    ("mark", "words"),
    [
        ({"rating": -1}, "0 to 5"),
        ({"rating": 6}, "0 to 5"),
        ({"rating": 2.5}, "0 to 5"),
        ({"label": "ultraviolet"}, "label is one of"),
        ({"flag": "loved"}, "picked, rejected or neither"),
    ],
)
def test_a_wrong_mark_is_told(library: Library, mark: dict[str, Any], words: str) -> None:
    with library.write() as session, pytest.raises(KnownError, match=words):
        gallery.mark(session, [add(session, "a")], **mark)


def test_a_missing_picture_is_told_and_nothing_is_marked(library: Library) -> None:
    with library.write() as session:
        there = add(session, "a")
        for call in (lambda: gallery.get(session, 99), lambda: gallery.mark(session, [there, 99], rating=1)):
            with pytest.raises(KnownError, match="99 is not in the library"):
                call()
        assert gallery.get(session, there).rating == 0
        assert [row.id for row in gallery.rows_of(session, [99, there])] == [there]
