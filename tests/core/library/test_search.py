"""Which pictures the gallery shows: every condition and order, stacks, damaged rows, albums."""

import json
from datetime import datetime
from typing import Any

import msgspec
import pytest

from core.library import Library, picture_albums, search
from core.library.search import Wanted
from core.library.tables import Picture

ADA, BEN = "a" * 32, "b" * 32
PICTURES: list[dict[str, Any]] = [
    {"prompt": "@ada on the beach", "people": {ADA: 0.6}, "method": "mip-adapter", "rating": 3},
    {
        "prompt": "@ada and @ben in 100% Snow",
        "people": {ADA: 0.5, BEN: 0.1},
        "flag": "picked",
        "label": "red",
    },
    {"prompt": "@ben on the Beach", "people": {BEN: None}, "model": "big", "rating": 5, "flag": "rejected"},
    {"prompt": "a red wall", "people": {}, "method": "text", "label": "blue"},
    {"prompt": "@ada on the beach", "people": {ADA: 0.4}, "method": "mip-adapter", "rating": 3},
]


@pytest.fixture
def filled(library: Library) -> Library:
    with library.write() as session:
        session.add_all([picture(number, **each) for number, each in enumerate(PICTURES, 1)])
    return library


def picture(
    number: int, prompt: str, people: dict[str, float | None], method: str = "ip-adapter",
    model: str = "mini", rating: int = 0, flag: str = "", label: str = "",
) -> Picture:  # fmt: skip
    spec = {"prompt": prompt.replace("@", "a "), "template": prompt, "method": method, "model": model,
            "subjects": [{"uid": uid} for uid in people]}  # fmt: skip
    scores = {"identity": {uid: score for uid, score in people.items() if score is not None}}
    return Picture(
        id=number, path=f"/{number}.png", sha256="0" * 64, spec=msgspec.json.encode(spec).decode(), seed=1,
        width=64, height=64, scores=msgspec.json.encode(scores).decode(), rating=rating, flag=flag,
        label=label, created_at=datetime(2026, 1, number),
    )  # fmt: skip


def found(library: Library, **wanted: Any) -> list[int]:
    with library.read() as session:
        return search.ids(session, Wanted(**wanted))


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({}, [5, 4, 3, 2, 1]),
        ({"words": "beach"}, [5, 3, 1]),
        ({"words": "BEACH ada"}, [5, 1]),
        ({"words": "100%"}, [2]),
        ({"words": "_"}, []),
        ({"prompt": "@ada on the beach"}, [5, 1]),
        ({"prompt": "@ada on the"}, []),
        ({"people": (ADA,)}, [5, 2, 1]),
        ({"people": (ADA, BEN)}, [2]),
        ({"method": "mip-adapter"}, [5, 1]),
        ({"model": "big"}, [3]),
        ({"rating": 3}, [5, 3, 1]),
        ({"flag": "picked"}, [2]),
        ({"flag": "rejected"}, [3]),
        ({"flag": "not rejected", "rating": 3}, [5, 1]),
        ({"labels": ("red", "blue")}, [4, 2]),
        ({"since": datetime(2026, 1, 3)}, [5, 4, 3]),
        ({"until": datetime(2026, 1, 3)}, [2, 1]),
        ({"score": 0.45}, [1]),
        ({"score": 0.1}, [5, 2, 1]),
        ({"sort": "oldest"}, [1, 2, 3, 4, 5]),
        ({"sort": "rating"}, [3, 5, 1, 4, 2]),
        ({"sort": "score"}, [1, 5, 2, 4, 3]),
        ({"words": "beach", "people": (ADA,), "sort": "oldest", "rating": 3}, [1, 5]),
    ],
)
def test_only_what_is_asked_for_in_its_order(
    filled: Library, wanted: dict[str, Any], expected: list[int]
) -> None:
    assert found(filled, **wanted) == expected


def test_nothing_asked_for_is_everything() -> None:
    assert Wanted(sort="score").everything
    assert not Wanted(rating=1).everything


def test_a_stack_shows_the_best_of_a_prompt(filled: Library) -> None:
    with filled.read() as session:
        assert search.stacks(session) == [(4, 1), (3, 1), (2, 1), (1, 2)]
        assert search.stacks(session, Wanted(words="ada", sort="oldest")) == [(1, 2), (2, 1)]


def test_what_there_is_to_choose_from(filled: Library) -> None:
    with filled.read() as session:
        assert search.facets(session) == {
            "method": ["ip-adapter", "mip-adapter", "text"],
            "model": ["big", "mini"],
        }


def test_a_damaged_row_does_not_empty_the_gallery(filled: Library) -> None:
    with filled.write() as session:
        damaged = session.get_one(Picture, 3)
        damaged.spec, damaged.scores = "{no", "["
    assert found(filled) == [5, 4, 3, 2, 1]
    assert found(filled, words="beach") == [5, 1]
    assert found(filled, sort="score") == [1, 5, 2, 4, 3]
    with filled.read() as session:
        assert len(search.stacks(session)) == 4
        assert "big" not in search.facets(session)["model"]


def test_the_pictures_of_an_album(filled: Library) -> None:
    with filled.write() as session:
        album = picture_albums.create(session, "For the clients")
        assert picture_albums.add(session, album, [1, 4]) == 2
        assert picture_albums.add(session, album, [4, 5]) == 1
        picture_albums.take_out(session, album, [1])
    assert found(filled, album=album) == [5, 4]
    assert found(filled, album=album, words="ada") == [5]


def test_who_was_asked_for_and_is_not_there_counts_as_least_alike(filled: Library) -> None:
    """One of two people well met is no better than both met fairly."""
    with filled.write() as session:
        both, alone = session.get_one(Picture, 1), session.get_one(Picture, 5)
        asked = [{"uid": uid, "kind": "person"} for uid in (ADA, BEN)]
        for picture, likeness in ((both, {ADA: 0.4, BEN: 0.5}), (alone, {ADA: 0.9})):
            spec = json.loads(picture.spec) | {"subjects": asked, "template": "both"}
            picture.spec, picture.scores = json.dumps(spec), json.dumps({"identity": likeness})
            picture.rating = 3
    with filled.read() as session:
        assert search.stacks(session, Wanted(prompt="both")) == [(1, 2)]
        assert search.ranked(session, [5, 1]) == [1, 5]
        assert search.ids(session, Wanted(among=(5, 2), sort="oldest")) == [2, 5]
