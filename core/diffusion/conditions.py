"""From encoded words and references to what every cross-attention layer of one batch is given."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from core import references
from core.diffusion.attention.attach import cross_layers
from core.diffusion.attention.frame import Frame
from core.diffusion.attention.ip_adapter import ImageTokens, Strength
from core.diffusion.attention.mip import RelevanceText
from core.diffusion.attention.recorder import Recorder
from core.diffusion.attention.regions import Regions, drawn
from core.diffusion.attention.turns import InTurn, Turn, in_turn
from core.diffusion.denoise import Conditions, Pass, size_conditioning
from core.diffusion.encode import (
    TextStates,
    class_words,
    empty_words,
    encode_negative,
    prompt_words,
)
from core.diffusion.layers import Ingredients, frame
from core.diffusion.load import Adapter, Loaded
from core.diffusion.plan import Plan
from core.diffusion.read import ReferenceReader
from core.diffusion.wording import Wording, word

# Relevance rows are filled up to a multiple of this: a picture's neighbours do not change its arithmetic.
WORD_ROWS = 8


@dataclass(frozen=True)
class Batch:
    """N pictures made together, read and ready for the loop but for the layers. `passes`: what the layers are
    given in each pass through the UNet. `recorder` records the subjects' weights when that was asked for."""

    conditions: Conditions
    passes: tuple[Ingredients, ...]
    recorder: Recorder | None

    def frames(self, unet: Any) -> dict[str, Frame | InTurn]:
        """What is put on the UNet's layers. Raises KnownError for files that do not fit it."""
        with torch.inference_mode():
            layers = cross_layers(unet)
            each = [{layer.name: frame(layer, given) for layer in layers} for given in self.passes]
        return in_turn(each, self.conditions.turn)


def build(loaded: Loaded, reader: ReferenceReader, plans: Sequence[Plan], sequential: bool = False) -> Batch:
    """Reads words and references; the UNet is not needed yet. `plans` agree in everything but words, subjects
    and seed, and name the same number of subjects. `sequential`: the halves of guidance in two passes. Raises
    KnownError for files and words that do not fit."""
    strength = Strength()
    # Pictures that differ in their seed alone are read once.
    distinct = {(plan.spec.prompt, plan.spec.subjects): plan for plan in plans}
    known = {key: word(loaded, reader, plan) for key, plan in distinct.items()}
    wordings = [known[plan.spec.prompt, plan.spec.subjects] for plan in plans]
    two = sequential and plans[0].guided
    conditions = _conditions(loaded, plans, wordings, strength, two)
    recorder = Recorder(len(plans), plans[0].height, plans[0].width) if _records(plans[0]) else None
    with torch.inference_mode():
        ingredients = _ingredients(loaded, reader, plans, wordings, strength, recorder)
        passes = ingredients.halves() if two else (ingredients,)
    return Batch(conditions, passes, recorder)


def _records(plan: Plan) -> bool:
    return plan.spec.maps and bool(plan.subjects)


def _conditions(
    loaded: Loaded, plans: Sequence[Plan], wordings: Sequence[Wording], strength: Strength, two: bool
) -> Conditions:
    first = plans[0]
    plain = [wording.plain for wording in wordings]
    changed = [each.changed or each.plain for each in wordings]
    before = [encode_negative(loaded, first.spec.negative_prompt)] * len(plans) if first.guided else []
    rows = [(before, before), (plain, changed)] if two else [([*before, *plain], [*before, *changed])]
    return Conditions(
        passes=tuple(Pass(_text(*each, first.fused), _added(each[0], first)) for each in rows),
        turn=Turn(),
        strength=strength,
        scales=_scales(plans, loaded.device, copies=2 if first.guided and not two else 1),
        guidance=first.spec.guidance,
    )


def _text(plain: Sequence[TextStates], changed: Sequence[TextStates], fused: int) -> Callable[[int], Tensor]:
    """Text states (B, L, D) by step, the very same tensor while they do not change."""
    early = torch.stack([row.states for row in plain])
    same = all(one is other for one, other in zip(plain, changed, strict=True))
    late = early if same else torch.stack([row.states for row in changed])
    return lambda step: late if step >= fused else early


def _added(rows: Sequence[TextStates], plan: Plan) -> dict[str, Tensor]:
    pooled = [row.pooled for row in rows if row.pooled is not None]
    if not pooled:
        return {}
    embeddings = torch.stack(pooled)
    sizes = size_conditioning(plan.spec.width, plan.spec.height, len(rows), embeddings)
    return {"text_embeds": embeddings, "time_ids": sizes}


def _scales(plans: Sequence[Plan], device: torch.device, copies: int) -> Callable[[int], Tensor | None]:
    """λ (B, M) by step, `copies` of N rows; the same tensor for steps with the same strengths."""
    kept: dict[tuple[tuple[float, ...], ...], Tensor] = {}

    def at(step: int) -> Tensor | None:
        values = tuple(tuple(subject.scale_at(step) for subject in plan.subjects) for plan in plans)
        if not any(any(row) for row in values):
            return None
        if values not in kept:
            kept[values] = torch.tensor(values * copies, device=device)
        return kept[values]

    return at


def _ingredients(
    loaded: Loaded,
    reader: ReferenceReader,
    plans: Sequence[Plan],
    wordings: Sequence[Wording],
    strength: Strength,
    recorder: Recorder | None,
) -> Ingredients:
    first = plans[0]
    adapter = loaded.adapter(first.visual) if first.visual else None
    weighed = len(first.subjects) > 1 and adapter is not None and first.spec.merging != "uniform"
    trained = adapter is not None and first.spec.merging == "relevance-trained"
    return Ingredients(
        spec=first.spec,
        adapter=adapter,
        strength=strength,
        subjects=len(first.subjects),
        image=_image_tokens(reader, adapter, plans) if adapter else None,
        words=relevance_text(_words(loaded, plans, wordings)) if weighed or trained or recorder else None,
        regions=_regions(reader, plans),
        recorder=recorder,
    )


def _image_tokens(reader: ReferenceReader, adapter: Adapter, plans: Sequence[Plan]) -> ImageTokens:
    """Every subject's tokens, the unconditional rows first, filled up to the longest."""
    spec = plans[0].spec
    read = partial(reader.tokens, adapter, joining=spec.joining, faceid=spec.faceid)
    distinct = {plan.spec.subjects for plan in plans}
    known = {subjects: [read(subject.references) for subject in subjects] for subjects in distinct}
    rows = [known[plan.spec.subjects] for plan in plans]
    if plans[0].guided:
        empty = reader.unconditional_tokens(adapter, spec.faceid)
        rows = [[_repeated(empty, len(tokens)) for tokens in row] for row in rows] + rows
    flat = [tokens for row in rows for tokens in row]
    states = pad_sequence(flat, batch_first=True).unflatten(0, (len(rows), -1))
    if len({len(tokens) for tokens in flat}) == 1:
        return ImageTokens(states)
    lengths = torch.tensor([[len(tokens) for tokens in row] for row in rows], device=states.device)
    return ImageTokens(states, torch.arange(states.shape[2], device=states.device) >= lengths[..., None])


def _repeated(tokens: Tensor, length: int) -> Tensor:
    return tokens.repeat(length // len(tokens), 1)


def _words(loaded: Loaded, plans: Sequence[Plan], wordings: Sequence[Wording]) -> list[list[Tensor]]:
    """Each row's subjects' words (S_i, D). The unconditional rows come first and read an empty prompt."""
    by_class = plans[0].spec.relevance_text == "class"
    conditional = [
        [
            class_words(loaded, each.subject.noun) if by_class else prompt_words(wording.plain, each.subject)
            for each in plan.subjects
        ]
        for plan, wording in zip(plans, wordings, strict=True)
    ]
    empty = [[empty_words(loaded, len(words)) for words in each] for each in conditional]
    return [*empty, *conditional] if plans[0].guided else conditional


def relevance_text(rows: Sequence[Sequence[Tensor]]) -> RelevanceText:
    """Every row's subjects' words (S_i, D) one after another, filled up with some that count nothing. A
    subject without words (0, D) is relevant nowhere: its A_i is 0."""
    states = [torch.cat(list(each)) for each in rows]
    longest = max(map(len, states))
    length = -(-longest // WORD_ROWS) * WORD_ROWS
    padded = pad_sequence([*states, states[0].new_zeros(length, states[0].shape[1])], batch_first=True)[:-1]
    pool = torch.zeros(len(rows), len(rows[0]), length)
    for row, each in enumerate(rows):
        start = 0
        for index, words in enumerate(each):
            pool[row, index, start : start + len(words)] = 1 / max(1, len(words))
            start += len(words)
    return RelevanceText(padded, pool.to(padded.device))


def _regions(reader: ReferenceReader, plans: Sequence[Plan]) -> Regions | None:
    """What the users drew, the same for both halves of guidance; None when nobody drew anything."""
    if not any(subject.region for plan in plans for subject in plan.spec.subjects):
        return None
    mask = partial(references.load, reader.home.references)
    first = plans[0]
    each = [drawn([s.region for s in p.spec.subjects], first.height, first.width, mask) for p in plans]
    maps = torch.stack(each * (1 + first.guided))
    return Regions(maps.to(reader.loaded.device))
