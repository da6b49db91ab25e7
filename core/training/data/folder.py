"""A data set of this program's own format (`core.training.data.lines`) as a source of batches."""

import random
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from core.training.batch import Batch, Words
from core.training.data import lines
from core.training.data.framing import Frame, frame, tensor
from core.training.data.lines import DataSet, Line, Subject, View

WORKERS = 4


@dataclass(frozen=True)
class _Item:
    """One picture as in `Batch`, without its first dimension."""

    pixels: Tensor
    words: Words
    present: Tensor
    masks: Tensor
    faces: Tensor
    views: Tensor
    view_masks: Tensor
    identities: Tensor


Key = tuple[int, int, int]
"""count, step, rank."""


class FolderSource:
    """Pictures drawn at random, each time another part of them, perhaps mirrored: the same for the same seed,
    step and rank. `size`: width and height, or one side; `view`: the side of a view; `views` (R) of each of
    at most `subjects` (M). `workers`: threads that decode, and have the next step ready; 0 for none. Without
    `vary`: whole pictures as far as they fit. Raises KnownError for a folder that is not in order."""

    def __init__(
        self,
        folder: Path,
        *,
        size: int | tuple[int, int],
        view: int,
        views: int = 1,
        subjects: int = 2,
        seed: int = 0,
        workers: int = WORKERS,
        vary: bool = True,
    ) -> None:
        self.data: DataSet = lines.read(folder)
        self._size = (size, size) if isinstance(size, int) else size
        self._view, self._views, self._subjects = view, views, subjects
        self._seed, self._vary = seed, vary
        uids = sorted({subject.uid for line in self.data.lines for subject in line.subjects})
        self._identities = {uid: number for number, uid in enumerate(uids)}
        self._threads = ThreadPoolExecutor(workers, "data") if workers else None
        self._ahead: dict[Key, list[Future[_Item]]] = {}

    def batch(self, count: int, step: int, rank: int = 0) -> Batch:
        """Raises KnownError for a picture that cannot be read, naming it."""
        if self._threads is None:
            return _together([self._item(*each) for each in self._drawn(count, step, rank)])
        asked = self._ahead.pop((count, step, rank), None) or self._begun(count, step, rank)
        self._ahead = {(count, step + 1, rank): self._begun(count, step + 1, rank)}
        return _together([each.result() for each in asked])

    def describe(self) -> dict[str, str]:
        header, found = self.data.header, self.data.lines
        who = f"{len(self._identities)} people and things, of whom {len(header.people)} are real people"
        return {
            "Data set": header.name,
            "Pictures": f"{len(found):,}, with {who}",
            "Made by": f"{header.made_by}, {header.made_at:%Y-%m-%d}",
            "Licence": header.licence,
            "Held out": "nobody",
        }

    def close(self) -> None:
        if self._threads:
            self._threads.shutdown(cancel_futures=True)

    def _begun(self, count: int, step: int, rank: int) -> list[Future[_Item]]:
        assert self._threads is not None
        return [self._threads.submit(self._item, *each) for each in self._drawn(count, step, rank)]

    def _drawn(self, count: int, step: int, rank: int) -> list[tuple[Line, random.Random]]:
        chance = random.Random(f"{self._seed} {step} {rank}")
        drawn = [chance.choice(self.data.lines) for _ in range(count)]
        return [(line, random.Random(chance.getrandbits(64))) for line in drawn]

    def _item(self, line: Line, chance: random.Random) -> _Item:
        shown = _largest(line.subjects, self._subjects)
        image = lines.open_image(self.data.folder, line)
        part = frame(image.size, self._size, shown, line.caption, chance if self._vary else None)
        views = [self._views_of(subject, chance) for subject in shown]
        masks = [self._mask(subject, part, image.size) for subject in shown]
        numbers = [torch.tensor(self._identities[subject.uid]) for subject in shown]
        side = self._view
        return _Item(
            pixels=tensor(part.pixels(image)) * 2 - 1,
            words=Words(line.caption, tuple(s.noun for s in shown), tuple(s.span for s in shown)),
            present=torch.arange(self._subjects) < len(shown),
            masks=self._filled(masks, torch.zeros(self._size[::-1])),
            faces=self._filled([_face(subject, part) for subject in shown], torch.full((4,), torch.nan)),
            views=self._filled([each[0] for each in views], torch.zeros(self._views, 3, side, side)),
            view_masks=self._filled([each[1] for each in views], torch.zeros(self._views, 1, side, side)),
            identities=self._filled(numbers, torch.tensor(-1)),
        )

    def _filled(self, found: list[Tensor], empty: Tensor) -> Tensor:
        """(M, …): `empty` for who is not there."""
        return torch.stack([*found, *[empty] * (self._subjects - len(found))])

    def _mask(self, subject: Subject, part: Frame, size: tuple[int, int]) -> Tensor:
        mask = lines.open_picture(self.data.folder, subject.mask, "L")
        return tensor(part.mask(mask, size))[0]

    def _views_of(self, subject: Subject, chance: random.Random) -> tuple[Tensor, Tensor]:
        """(R, 3, S, S) and (R, 1, S, S); with fewer references some come again."""
        order = list(subject.references)
        if self._vary:
            chance.shuffle(order)
        chosen = [self._view_of(order[number % len(order)]) for number in range(self._views)]
        return torch.stack([each[0] for each in chosen]), torch.stack([each[1] for each in chosen])

    def _view_of(self, view: View) -> tuple[Tensor, Tensor]:
        side = (self._view, self._view)
        crop = lines.open_picture(self.data.folder, view.crop)
        pixels = tensor(crop.resize(side, reducing_gap=3.0))
        if view.mask is None:
            return pixels, torch.ones(1, *side)
        mask = lines.open_picture(self.data.folder, view.mask, "L")
        return pixels, tensor(mask.resize(side, reducing_gap=3.0))


def _largest(subjects: tuple[Subject, ...], most: int) -> list[Subject]:
    """In their own order."""

    def area(subject: Subject) -> float:
        left, top, right, bottom = subject.face or subject.box
        return (right - left) * (bottom - top)

    chosen = sorted(subjects, key=area, reverse=True)[:most]
    return [subject for subject in subjects if subject in chosen][:most]


def _face(subject: Subject, part: Frame) -> Tensor:
    return torch.tensor(part.box(subject.face) if subject.face else (torch.nan,) * 4)


def _together(items: list[_Item]) -> Batch:
    stacked = {
        name: torch.stack([getattr(each, name) for each in items])
        for name in _Item.__dataclass_fields__
        if name != "words"
    }
    return Batch(words=tuple(each.words for each in items), **stacked)
