"""From encoded words and references to what every cross-attention layer of one batch is given."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from core.diffusion.attention.attach import CrossLayer, cross_layers
from core.diffusion.attention.frame import Mix, text_only
from core.diffusion.attention.ip_adapter import DecoupledAttention, References, Strength, layer_projections
from core.diffusion.attention.mip import MergedAttention, Relevance, RelevanceText
from core.diffusion.denoise import Conditions, size_conditioning
from core.diffusion.encode import (
    SubjectTokens,
    TextStates,
    class_words,
    empty_words,
    encode_negative,
    encode_text,
    prompt_words,
)
from core.diffusion.load import Adapter, Loaded
from core.diffusion.plan import Plan
from core.diffusion.read import ReferenceReader
from core.errors import KnownError

# Relevance rows are filled up to a multiple of this: a picture's neighbours do not change its arithmetic.
WORD_ROWS = 8


@dataclass(frozen=True)
class Batch:
    """N pictures made together, ready for the loop: what the UNet reads, and what is put on its layers."""

    conditions: Conditions
    mixes: dict[str, Mix]


def build(loaded: Loaded, reader: ReferenceReader, plans: Sequence[Plan]) -> Batch:
    """`plans` agree in everything but words, subjects and seed, and name the same number of subjects."""
    guided, strength = plans[0].guided, Strength()
    texts = {plan.spec.prompt: encode_text(loaded, plan.spec.prompt) for plan in plans}
    negative = [encode_negative(loaded, plans[0].spec.negative_prompt)] * len(plans) if guided else []
    rows = [*negative, *(texts[plan.spec.prompt] for plan in plans)]
    conditions = Conditions(
        text=torch.stack([row.states for row in rows]),
        added=_added(rows, plans[0]),
        strength=strength,
        scales=_scales(plans, loaded.device),
        guidance=plans[0].spec.guidance,
    )
    return Batch(conditions, _mixes(loaded, reader, plans, texts, strength))


def _added(rows: Sequence[TextStates], plan: Plan) -> dict[str, Tensor]:
    pooled = [row.pooled for row in rows if row.pooled is not None]
    if not pooled:
        return {}
    embeddings = torch.stack(pooled)
    sizes = size_conditioning(plan.spec.width, plan.spec.height, len(rows), embeddings)
    return {"text_embeds": embeddings, "time_ids": sizes}


def _scales(plans: Sequence[Plan], device: torch.device) -> Callable[[int], Tensor | None]:
    """λ (B, M) by step; the same tensor for steps with the same strengths."""
    kept: dict[tuple[tuple[float, ...], ...], Tensor] = {}

    def at(step: int) -> Tensor | None:
        values = tuple(tuple(subject.scale_at(step) for subject in plan.subjects) for plan in plans)
        if not any(any(row) for row in values):
            return None
        if values not in kept:
            kept[values] = torch.tensor(values * (1 + plans[0].guided), device=device)
        return kept[values]

    return at


def _mixes(
    loaded: Loaded,
    reader: ReferenceReader,
    plans: Sequence[Plan],
    texts: dict[str, TextStates],
    strength: Strength,
) -> dict[str, Mix]:
    layers = cross_layers(loaded.unet)
    if plans[0].adapter is None:
        return {layer.name: text_only for layer in layers}
    adapter = loaded.adapter(plans[0].adapter)
    read = {plan.spec: _subjects(loaded, reader, adapter, plan, texts[plan.spec.prompt]) for plan in plans}
    subjects = [read[plan.spec] for plan in plans]
    image = _image_tokens(reader, adapter, subjects, plans[0].guided)
    words = _relevance_text(_words(loaded, subjects, plans[0].guided)) if len(subjects[0]) > 1 else None
    with torch.inference_mode():
        return {layer.name: _mix(layer, adapter, image, words, strength, plans[0]) for layer in layers}


def _subjects(
    loaded: Loaded, reader: ReferenceReader, adapter: Adapter, plan: Plan, text: TextStates
) -> list[SubjectTokens]:
    by_class = plan.spec.relevance_text == "class"
    return [
        SubjectTokens(
            image=reader.tokens(adapter, each.subject.references),
            words=class_words(loaded, each.subject.noun) if by_class else prompt_words(text, each.subject),
        )
        for each in plan.subjects
    ]


def _image_tokens(
    reader: ReferenceReader, adapter: Adapter, subjects: Sequence[Sequence[SubjectTokens]], guided: bool
) -> Tensor:
    """(B, M, T, D), the unconditional rows first."""
    conditional = torch.stack([torch.stack([subject.image for subject in each]) for each in subjects])
    if not guided:
        return conditional
    return torch.cat([reader.unconditional(adapter).expand_as(conditional), conditional])


def _words(loaded: Loaded, subjects: Sequence[Sequence[SubjectTokens]], guided: bool) -> list[list[Tensor]]:
    """Each row's subjects' words (S_i, D). The unconditional rows come first and read an empty prompt."""
    conditional = [[subject.words for subject in each] for each in subjects]
    empty = [[empty_words(loaded, len(words)) for words in each] for each in conditional]
    return [*empty, *conditional] if guided else conditional


def _relevance_text(rows: Sequence[Sequence[Tensor]]) -> RelevanceText:
    """Every row's words one after another, filled up with some that count nothing."""
    states = [torch.cat(list(each)) for each in rows]
    longest = max(map(len, states))
    length = -(-longest // WORD_ROWS) * WORD_ROWS
    padded = pad_sequence([*states, states[0].new_zeros(length, states[0].shape[1])], batch_first=True)[:-1]
    pool = torch.zeros(len(rows), len(rows[0]), length, device=padded.device)
    for row, each in enumerate(rows):
        start = 0
        for index, words in enumerate(each):
            pool[row, index, start : start + len(words)] = 1 / len(words)
            start += len(words)
    return RelevanceText(padded, pool)


def _mix(
    layer: CrossLayer,
    adapter: Adapter,
    image: Tensor,
    words: RelevanceText | None,
    strength: Strength,
    plan: Plan,
) -> Mix:
    try:
        weights = layer_projections(adapter.state, layer.index)
    except KeyError as error:
        raise KnownError(
            f"{adapter.info.path.name} has no weights for this model's layer {layer.index}."
        ) from error
    attn = layer.attention
    if weights.key.shape[0] != attn.to_k.out_features:
        raise KnownError(f"{adapter.info.path.name} was made for another model: its layers have other sizes.")
    references = References(image, weights, attn.heads, strength)
    if words is None:
        return DecoupledAttention(references)
    uniform = plan.spec.merging == "uniform"
    relevance = None if uniform else Relevance(words, attn.to_k, attn.heads)
    return MergedAttention(references, relevance, plan.spec.merging)
