"""Training scenes without end, made on the training device from portraits and sprites."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from core.training.batch import Batch, Words
from core.training.scenes.cast import Cast, open_cast
from core.training.scenes.draws import Draws, generator
from core.training.scenes.packs import HELD_OUT_FROM, Sprites, read_sprites
from core.training.scenes.people import Artist
from core.training.scenes.plan import MOST, draw_plan
from core.training.scenes.stage_set import Set, Sizes
from core.training.scenes.stickers import Stickers

AT_ONCE = 64
"""Scenes drawn together; more only take more memory."""
_FRESH, _STORED, _CHOSEN = range(3)
_STEPS, _SLOTS = 26, 16
"""Bits that a step, and a slot of its scenes, take in an identity's number."""


class SceneSource:
    """Implements `core.training.source.Source`.

    `portraits`, `sprites`: files as docs/training-data.md describes them. `size`, `view`: sides of pictures
    and views in pixels; `views`: R; `subjects`: M. `held_out`: makes people of the portraits that are never
    trained on, of those alone.

    `buffer` = 0 makes every batch afresh; it then depends on (seed, step, rank) and the kind of device alone.
    With a buffer, that many scenes stay on the device as bytes; every batch puts `refresh` of its count newly
    made ones in place of the oldest and is drawn from all. What a run that goes on at a later step finds in
    its buffer is then made anew.

    Raises KnownError for files that hold no portraits or sprites."""

    def __init__(
        self, portraits: Path, sprites: Path, size: int, view: int, *, views: int = 2, subjects: int = MOST,
        device: torch.device | str = "cpu", held_out: bool = False, buffer: int = 0, refresh: float = 0.25,
        seed: int = 0,
    ) -> None:  # fmt: skip
        if subjects < 1 or views < 1 or not 0 <= refresh <= 1 or buffer < 0:
            raise ValueError(f"no scenes with {subjects=}, {views=}, {refresh=}, {buffer=}")
        self._device = torch.device(device)
        self.cast: Cast = open_cast(portraits, held_out, self._device)
        self.sprites: Sprites = read_sprites(sprites)
        self._set = Set(Artist(self.cast), Stickers(self.sprites, self._device))
        self._sizes, self._subjects = Sizes(size, view, views), subjects
        self._held_out, self._seed, self._refresh, self._kept = held_out, seed, refresh, buffer
        self._store: _Store | None = None

    def batch(self, count: int, step: int, rank: int = 0) -> Batch:
        # Landmarks moved in half precision would tremble.
        with torch.no_grad(), torch.autocast(self._device.type, enabled=False):
            return self._batch(count, step, rank)

    def _batch(self, count: int, step: int, rank: int) -> Batch:
        if not self._kept:
            return self._made(count, step, rank, _FRESH)
        if self._store is None:
            filled = self._made(self._kept, step, rank, _STORED)
            self._store = _Store(filled)
        elif new := round(self._refresh * count):
            self._store.put(self._made(min(new, self._kept), step, rank, _FRESH))
        return self._store.drawn(count, generator(self._seed, rank, step, _CHOSEN))

    def describe(self) -> dict[str, str]:
        seen, women = len(self.cast), int((~self.cast.man).sum())
        which = "held out, never trained on" if self._held_out else "seen in training"
        line = f"Portraits with an index of {HELD_OUT_FROM} or more (of each sex) are held out."
        return {
            "data": "Synthetic scenes: people mixed from portraits of people who do not exist, and drawn "
            "objects.",
            "people": f"{seen} portraits {which}: {women} women, {seen - women} men. {line} New people are "
            "mixed from two or three of one sex.",
            "objects": f"{len(self.sprites.objects)} objects, {len(self.sprites.worn)} things to wear",
            "licences": "portraits CC0-1.0; sprites MIT (Fluent Emoji)",
            "scenes": self._described(),
        }

    def _described(self) -> str:
        picture, view, views = self._sizes
        most = min(self._subjects, MOST)
        text = f"{picture} px, at most {most} subjects, {views} views of each at {view} px; seed {self._seed}"
        return text + (f"; {self._kept} kept, {self._refresh:.0%} of each batch new" if self._kept else "")

    def _made(self, count: int, step: int, rank: int, purpose: int) -> Batch:
        """`count` new scenes, a few at a time; those for a buffer as bytes."""
        parts = []
        for start in range(0, count, AT_ONCE):
            part = min(AT_ONCE, count - start)
            made = self._drawn(part, (self._seed, rank, step, purpose, start))
            parts.append(made if not self._kept else _as_bytes(made))
        return _joined(parts)

    def _drawn(self, count: int, key: tuple[int, int, int, int, int]) -> Batch:
        _, rank, step, purpose, start = key
        draws = Draws(generator(*key))
        plan = draw_plan(draws, self.cast, self.sprites, count, self._subjects, self._sizes.views)
        paint = torch.Generator(self._device).manual_seed(int(draws.even(2**62, 1)))
        slots = torch.arange(count * self._subjects).view(count, -1) + start * self._subjects
        numbers = ((((rank * 2 + purpose) << _STEPS) + step) << _SLOTS) + slots + len(self.sprites.names)
        return self._set.shoot(plan, self._sizes, numbers, paint)


class _Store:
    """Scenes as bytes, the oldest replaced first."""

    def __init__(self, scenes: Batch) -> None:
        self._scenes, self._words, self._next = scenes, list(scenes.words), 0

    def put(self, new: Batch) -> None:
        places = [(self._next + step) % len(self._words) for step in range(len(new))]
        self._next = (self._next + len(new)) % len(self._words)
        at = torch.tensor(places, device=new.pixels.device)
        for name, value in _tensors(new).items():
            getattr(self._scenes, name)[at] = value
        for place, words in zip(places, new.words, strict=True):
            self._words[place] = words

    def drawn(self, count: int, chance: torch.Generator) -> Batch:
        """`count` of them, each once as long as there are enough."""
        rounds = -(-count // len(self._words))
        rows = torch.cat([torch.randperm(len(self._words), generator=chance) for _ in range(rounds)])[:count]
        at = rows.to(self._scenes.pixels.device)
        taken = {name: value[at] for name, value in _tensors(self._scenes).items()}
        return _as_floats(Batch(words=tuple(self._words[row] for row in rows.tolist()), **taken))


_PICTURES = ("masks", "views", "view_masks")


def _as_bytes(batch: Batch) -> Batch:
    small = {name: (getattr(batch, name) * 255).round().to(torch.uint8) for name in _PICTURES}
    return replace(batch, pixels=((batch.pixels + 1) * 127.5).round().to(torch.uint8), **small)


def _as_floats(batch: Batch) -> Batch:
    large = {name: getattr(batch, name).float() / 255 for name in _PICTURES}
    return replace(batch, pixels=batch.pixels.float() / 127.5 - 1, **large)


def _tensors(batch: Batch) -> dict[str, Tensor]:
    return {name: value for name, value in vars(batch).items() if isinstance(value, Tensor)}


def _joined(parts: Sequence[Batch]) -> Batch:
    if len(parts) == 1:
        return parts[0]
    words: tuple[Words, ...] = tuple(each for part in parts for each in part.words)
    together = {name: torch.cat([getattr(part, name) for part in parts]) for name in _tensors(parts[0])}
    return Batch(words=words, **together)
