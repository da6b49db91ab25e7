"""MIP-Adapter's relevance weights while they are learned: the program's own `Weighting`, watched."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from core.diffusion.attention.mip import Weighting, text_weight, weights
from core.diffusion.attention.regions import grid
from core.diffusion.load import Loaded
from core.training import reading
from core.training.batch import Batch, Words
from core.training.losses.denoising import at_latents
from core.training.losses.mip import localisation


@dataclass(frozen=True)
class Located(Weighting):
    """`merging`: how w acts on the image branch. Each pass adds f ⊙ A_i / ΣA, whatever acts, to `seen`.
    `detached`: w acts as a constant, and what is seen has a gradient to f's row alone. `alone` (B,): pictures
    of one subject, who is weighed by f at most, as the program does it."""

    detached: bool = True
    alone: Tensor | None = None
    seen: list[Tensor] = field(default_factory=list)

    def __call__(self, query: Tensor, z: Tensor | None = None) -> Tensor:
        """w (B, M, P) in fp32, whatever the precision around it."""
        assert self.relevance is not None
        assert self.text_to_weight is not None
        assert z is not None
        if self.detached:
            query, z = query.detach(), z.detach()
        with torch.autocast(query.device.type, enabled=False):
            relevance = self.relevance(query)
            located = weights(relevance, "relevance-across") * text_weight(z, self.text_to_weight)
            self.seen.append(located)
            acting = located if self.merging == "relevance-trained" else self._plain(relevance)
        return acting.detach() if self.detached else acting

    def _plain(self, relevance: Tensor) -> Tensor:
        w = weights(relevance, self.merging)
        if self.merging != "relevance-mean" or self.alone is None:
            return w
        return torch.where(self.alone[:, None, None], weights(relevance, "relevance-across"), w)


class Nouns:
    """What subjects are known by. Nouns encoded alone are kept: the text encoder is frozen."""

    def __init__(self, loaded: Loaded) -> None:
        self.loaded = loaded
        self._known: dict[str, Tensor] = {}

    def alone(self, noun: str) -> Tensor:
        """(S, D), special tokens left out."""
        if noun not in self._known:
            (rows,) = reading.rows_of(self.loaded, Words(noun, (noun,), ((0, len(noun)),)))
            self._known[noun] = reading.text_states(self.loaded, [noun])[0, rows].float()
        return self._known[noun]

    def by_class(self, batch: Batch) -> list[list[Tensor]]:
        """Of each picture's subjects, present or not, (S, D)."""
        return [[self.alone(noun) for noun in words.nouns] for words in batch.words]

    def in_prompt(self, batch: Batch) -> list[list[Tensor]]:
        """Each subject's own tokens inside its caption; (0, D) for one whose noun did not fit in."""
        states = reading.text_states(self.loaded, [words.caption for words in batch.words]).float()
        found = [reading.rows_of(self.loaded, words) for words in batch.words]
        return [[each[rows] for rows in subjects] for each, subjects in zip(states, found, strict=True)]

    def acting(self, words: Sequence[Sequence[Tensor]], batch: Batch, dropped: Tensor) -> list[list[Tensor]]:
        """M for each picture: none for who is not there; where the text is dropped (B,), those of an empty
        prompt, as many."""
        empty = reading.text_states(self.loaded, [""])[0, 1:].float()
        rows = []
        for own, there, without in zip(words, batch.present.tolist(), dropped.tolist(), strict=True):
            padded = [*own, *[empty[:0]] * (len(there) - len(own))]
            seen = [each if present else empty[:0] for each, present in zip(padded, there, strict=True)]
            rows.append([empty[: len(each)] if without else each for each in seen])
        return rows


def loss(seen: Sequence[Tensor], masks: Tensor, counts: Tensor, height: int, width: int) -> Tensor:
    """L_loc, the mean over layers: `seen` (B, M, P) of each; `masks` (B, M, H, W), `counts` (B, M); for
    latents of height × width."""
    at = {w.shape[2]: grid(w.shape[2], height, width) for w in seen}
    shares = {positions: at_latents(masks, *size).flatten(2) for positions, size in at.items()}
    return torch.stack([localisation(w, shares[w.shape[2]], counts) for w in seen]).mean()
