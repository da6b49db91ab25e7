"""Finding pictures as the window's filter does, deleting them, trying again until they are alike."""

import json
from pathlib import Path
from typing import Any

import pytest
from agreed_pair import Likeness, command_line

from core.library import gallery, open_library, picture_albums
from core.paths import Home


@pytest.fixture
def likeness(home: Home, photo: Any, monkeypatch: pytest.MonkeyPatch) -> Likeness:
    return command_line(home, photo, monkeypatch)


@pytest.fixture
def three(likeness: Likeness, home: Home) -> list[int]:
    """Ada on the beach; Ada and Ben in the snow, twice; the second with marks. The oldest first."""
    likeness("queue", "add", "@ada on the beach")
    likeness("queue", "add", "@ada and @ben in the snow", "--count", 2)
    likeness("queue", "run")
    library = open_library(home)
    with library.write() as session:
        ids = [row.id for row in gallery.rows(session)][::-1]
        gallery.mark(session, ids[1:2], rating=4, flag="picked", label="green")
        gallery.mark(session, ids[2:], flag="rejected")
        picture_albums.add(session, picture_albums.create(session, "Wedding"), ids[1:])
    library.close()
    return ids


ASKED: list[tuple[tuple[object, ...], list[int]]] = [
    ((), [2, 1, 0]),
    (("--of", "ada", "--of", "ben"), [2, 1]),
    (("--words", "BEACH ada"), [0]),
    (("--rating", 3), [1]),
    (("--flag", "not-rejected"), [1, 0]),
    (("--flag", "rejected"), [2]),
    (("--colour", "green", "--colour", "red"), [1]),
    (("--album", "wedding", "--sort", "oldest"), [1, 2]),
    (("--score", 0.4), [2, 1, 0]),
    (("--score", 0.6), []),
    (("--since", "2020-01-01", "--until", "2020-12-31"), []),
    (("--method", "text"), []),
    (("--limit", 1), [2]),
]


def test_each_condition_of_the_filter(likeness: Likeness, three: list[int]) -> None:
    for options, found in ASKED:
        told = json.loads(likeness("pictures", *options, "--json"))
        assert [each["id"] for each in told] == [three[at] for at in found], options
    assert "A colour is one of" in likeness("pictures", "--colour", "pink", fails=1)
    assert "no album called" in likeness("pictures", "--album", "none", fails=1)


def test_pictures_are_deleted_with_their_files(likeness: Likeness, three: list[int], home: Home) -> None:
    assert "would be deleted for good. Say --yes" in likeness("pictures", "delete", three[0], fails=1)
    assert "1 picture deleted" in likeness("pictures", "delete", three[0], "--yes")
    assert "1 picture deleted" in likeness("pictures", "delete", "--rejected", "--yes")
    assert [each["id"] for each in json.loads(likeness("pictures", "--json"))] == [three[1]]
    assert len(list(Path(home.pictures).glob("*.png"))) == 1
    assert "No picture is marked" in likeness("pictures", "delete", "--rejected", "--yes")
    assert "not in the library" in likeness("pictures", "delete", 99, "--yes", fails=1)
    assert "Say which pictures" in likeness("pictures", "delete", fails=1)


def test_a_picture_is_tried_again_until_it_is_alike(likeness: Likeness) -> None:
    likeness("queue", "add", "@ada", "--until-score", 0.9, "--tries", 3, "--keep", "best")
    assert "try 1 of 3, until 0.9" in likeness("queue", "list")
    likeness("queue", "run")
    assert len(json.loads(likeness("pictures", "--json"))) == 3
    assert len(json.loads(likeness("pictures", "--flag", "rejected", "--json"))) == 2
    kept = "queue", "add", "@ada", "--until-score", 0.9, "--tries", 2, "--save-preset", "Alike"
    likeness(*kept)
    likeness("queue", "add", "@ben", "--preset", "alike")
    assert likeness("queue", "list").count("try 1 of 2, until 0.9") == 2
    assert "belongs to --until-score" in likeness("queue", "add", "@ada", "--tries", 3, fails=1)
    assert "Nobody is in" in likeness("queue", "add", "a beach", "--until-score", 0.4, fails=1)
