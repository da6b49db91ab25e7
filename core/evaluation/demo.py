"""The demo album's own protocol: small enough for a processor, and it needs no file that is not here.

One person alone and two people together, by every method the model offers and, for two, by every way of
merging them; the same people, prompts and seeds for all. Nobody in the album exists.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from core.evaluation import agreement, identity, swaps
from core.evaluation.agreement import Check
from core.evaluation.album import Cast
from core.evaluation.rows import TIME, Column, Line
from core.evaluation.specs import Member, Studio, Way
from core.evaluation.trials import Maps, Measures, Record, Trial
from core.faces import Face, FaceBackend

SEED = 4000
PICTURES = 10
"""Of one person, and of two, by each method."""


@dataclass(frozen=True)
class Prompt:
    """`check`: what its picture can be asked about its colours."""

    text: str
    check: Check | None = None


ALONE = (
    Prompt("a photo of a {0} in front of a blue wall", Check("behind", 235)),
    Prompt("a black and white photo of a {0}", Check("grey")),
    Prompt("a photo of a {0} in front of a green curtain", Check("behind", 120)),
    Prompt("a sepia photo of a {0}", Check("tint", 35)),
    Prompt("a photo of a {0} in front of a red wall", Check("behind", 0)),
    Prompt("a cyanotype of a {0}", Check("tint", 220)),
    Prompt("a photo of a {0} in front of a purple wall", Check("behind", 280)),
    Prompt("a photo of a {0} in front of a yellow curtain", Check("behind", 60)),
)
TOGETHER = (
    Prompt("a photo of a {0} and a {1} on the beach"),
    Prompt("a photo of a {0} and a {1} in front of a blue wall", Check("behind", 235)),
    Prompt("a photo of a {0} and a {1} in the forest"),
    Prompt("a black and white photo of a {0} and a {1}", Check("grey")),
    Prompt("a photo of a {0} and a {1} in front of a red curtain", Check("behind", 0)),
)
CHECKS = {prompt.text: prompt.check for prompt in (*ALONE, *TOGETHER)}
MIXED, ALIKE = "mixed", "alike"
PAIRS = (MIXED, ALIKE)

COLUMNS = (
    Column(
        "one: face found", "found", "pictures of one person in which a face is found", ("one",), percent=True
    ),
    Column("one: identity", "identity", "cosine of the largest face to all of that person's faces in the "
           "album, 0 where no face is found or the cosine is negative", ("one",)),
    Column("one: rank-1", "rank1", "that face is more like its person than like anybody else of the same sex "
           "in the album; without a face, wrong", ("one",), percent=True),
    Column("two: faces found", "found", "the share of the two people for whom a face is found", PAIRS,
           percent=True),
    Column("two: identity", "identity", "as above, for the face at each person's place", PAIRS),
    Column("two: rank-1", "rank1", "as above, for the face at each person's place", PAIRS, percent=True),
    Column("swapped, woman and man", "swapped", "of the faces whose place is known, those more like the "
           "other person than like the one whose noun stands there", (MIXED,), "less", percent=True),
    Column("swapped, same sex", "swapped", "the same for two women or two men; a method that ignores its "
           "references is at 50 %", (ALIKE,), "less", percent=True),
    Column("follows its words", "agreement", "the colour behind the people, or of the whole picture, is the "
           "one asked for", (), percent=True),
    TIME,
)  # fmt: skip

NOTES = (
    "Pictures of one person do not depend on how several are merged, so lines of one method share them. "
    "± is the standard error over the pictures, left out where they are all alike; differences smaller than "
    "two of it tell nothing.",
    "Whose place a face stands at is read from the recorded relevance of each person's noun: the person "
    "whose map is stronger inside the face's box. Text alone records none and is "
    "read in the order of naming, left to right, and only where two faces are found.",
)


def trials(way: Way, cast: Cast, studio: Studio, pictures: int, first: bool) -> list[Trial]:
    """`first`: this way also makes its method's pictures of one person."""
    alone = [_alone(way, cast, studio, number) for number in range(pictures)] if first else []
    return alone + [_together(way, cast, studio, number) for number in range(pictures)]


def lines(ways: Sequence[Way]) -> list[Line]:
    return [Line(way.label, (_alone_row(way), way.label)) for way in ways]


def firsts(ways: Sequence[Way]) -> set[Way]:
    """The first way of each method."""
    return set({way.method: way for way in reversed(ways)}.values())


def pairs(cast: Cast) -> list[tuple[Member, Member]]:
    """A woman and a man, a man and a woman, two women, two men, and so on in turn, as far as the album's
    people go: neighbours in the cast, then those two apart."""
    people = cast.members
    count = len(people)
    found = []
    for index in range(count):
        found.append((people[index], people[(index + 1) % count]))
        found.append((people[index], people[(index + 2) % count]))
    return found


def agreement_of_places(records: Sequence[Record], pictures: int) -> str:
    """How often the maps and the order of naming name the same places, as a sentence."""
    both = [record.measures.get("maps_say_order") for record in records]
    known = [value for value in both if value is not None]
    told = f"Each line stands for {pictures} pictures of one person and {pictures} of two."
    return f"{told} Where maps and two faces are there, both ways of reading places agree in " + (
        f"{sum(known):.0f} of {len(known)} pictures." if known else "no picture: there are none."
    )


@dataclass(frozen=True)
class Judge:
    """Measures a picture; `faces` finds and embeds."""

    cast: Cast
    faces: FaceBackend

    def __call__(self, trial: Trial, image: Image.Image, maps: Maps) -> Measures:
        names = [subject.name for subject in trial.spec.subjects]
        found = self.faces.find(image)[: len(names)]
        measures: Measures = {"found": len(found) / len(names)}
        check = CHECKS.get(trial.spec.template)
        if check:
            measures["agreement"] = float(agreement.holds(np.asarray(image), check))
        if len(names) == 1:
            return measures | self._recognised(names, found, (0,) if found else (None,))
        return measures | self._together(names, found, maps, image.size)

    def _together(self, names: list[str], found: list[Face], maps: Maps, size: tuple[int, int]) -> Measures:
        table = identity.similarities(found, [self.cast.faces[name] for name in names])
        boxes = [face.box for face in found]
        order = swaps.by_order(boxes, len(names))
        mapped = swaps.by_maps(boxes, [np.asarray(maps[name]) for name in names], size) if maps else None
        places = mapped or order
        swapped = swaps.swapped(table, places) if places else []
        return self._recognised(names, found, places or _likeliest(table)) | {
            "swapped": sum(swapped) / len(swapped) if swapped else None,
            "maps_say_order": float(mapped == order) if mapped and order else None,
        }

    def _recognised(self, names: list[str], found: list[Face], places: swaps.Places) -> Measures:
        """Means over the people asked for; without a face 0."""
        own = [None if face is None else found[face] for face in places]
        like = [
            identity.preserved(identity.similarity(face, self.cast.faces[name]) if face else None)
            for name, face in zip(names, own, strict=True)
        ]
        right = [
            face is not None and identity.is_first(face, name, self.cast.rivals(name))
            for name, face in zip(names, own, strict=True)
        ]
        return {"identity": sum(like) / len(names), "rank1": sum(right) / len(names)}


def _alone(way: Way, cast: Cast, studio: Studio, number: int) -> Trial:
    member = cast.members[number % len(cast.members)]
    prompt = ALONE[(number + number // len(cast.members)) % len(ALONE)]
    spec = studio.spec(way, prompt.text, [member], SEED + number)
    return Trial(_alone_row(way), "one", f"{Way(way.method).name}--one-{number:03}", spec)


def _together(way: Way, cast: Cast, studio: Studio, number: int) -> Trial:
    known = pairs(cast)
    pair = known[number % len(known)]
    prompt = TOGETHER[(number + number // len(known)) % len(TOGETHER)]
    kind = ALIKE if pair[0].noun == pair[1].noun else MIXED
    spec = studio.spec(way, prompt.text, pair, SEED + 500 + number, maps=True)
    return Trial(way.label, kind, f"{way.name}--two-{number:03}", spec)


def _alone_row(way: Way) -> str:
    return f"{Way(way.method).label}, one person"


def _likeliest(table: identity.Vectors) -> swaps.Places:
    """Where no place is known, each face counts for the person it is most like (best total)."""
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(table, maximize=True)
    found = dict(zip(columns.tolist(), rows.tolist(), strict=True))
    return tuple(found.get(subject) for subject in range(table.shape[1]))
