"""What the cross-attention layers read as text: the prompt, and what a method's text branch makes of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import cast

import torch
from torch import Tensor

from core.diffusion.encode import TextStates, encode_text
from core.diffusion.load import Loaded
from core.diffusion.photoverse import PhotoVerseAdapters
from core.diffusion.plan import Plan, Span, token_rows
from core.diffusion.pseudo_words import Replacement, encode_with_words
from core.diffusion.read import ReferenceReader, weighted_mean
from core.errors import KnownError
from core.spec import Reference, SubjectSpec


@dataclass(frozen=True)
class Wording:
    """`plain` is read at first, `changed` from the plan's step `fused` on; None where nothing changes."""

    plain: TextStates
    changed: TextStates | None = None


@torch.inference_mode()
def word(loaded: Loaded, reader: ReferenceReader, plan: Plan) -> Wording:
    """Raises KnownError for a file that does not fit, or words that find no place."""
    if plan.words is None:
        return Wording(encode_text(loaded, plan.spec.prompt))
    if plan.words.layout == "photoverse":
        return Wording(_with_pseudo_words(loaded, reader, plan))
    plain = encode_text(loaded, plan.spec.prompt)
    return Wording(plain, _fused(loaded, reader, plan, plain))


def _fused(loaded: Loaded, reader: ReferenceReader, plan: Plan, text: TextStates) -> TextStates:
    """arXiv 2305.10431 §4.1, subject after subject; their tokens do not overlap."""
    assert plan.words is not None
    fusion = loaded.adapter(plan.words).projection

    def read(reference: Reference) -> Tensor:
        return reader.for_fusion.features("pooled", reference)["pooled"][0]

    for each in plan.subjects:
        subject = each.subject
        embedding = weighted_mean(subject.references, [read(one) for one in subject.references])
        text = fuse(fusion, text, subject.spans, embedding, subject.text_scale)
    return text


def fuse(
    fusion: torch.nn.Module, text: TextStates, spans: Sequence[Span], embedding: Tensor, scale: float
) -> TextStates:
    """`text` with one subject's mentions fused: (1 − s) c + s c' at the last token of each. `embedding` (E,)
    is φ of the subject's references. Raises KnownError when the noun has no token."""
    states = text.states.clone()
    for span in spans:
        rows = token_rows([span], text.tokens)
        if not rows:
            raise KnownError("The model's text encoder has no token for one of the subjects' nouns.")
        token = text.states[rows[-1]]
        states[rows[-1]] = torch.lerp(token, fusion(token, embedding), scale)
    return replace(text, states=states)


def _with_pseudo_words(loaded: Loaded, reader: ReferenceReader, plan: Plan) -> TextStates:
    """arXiv 2309.05793 §3.2: S* in the place of each subject's noun."""
    assert plan.words is not None
    adapters = cast(PhotoVerseAdapters, loaded.adapter(plan.words).projection)
    adapters.check_encoder(loaded.image_encoder.identity)

    def read(reference: Reference) -> list[Tensor]:
        layers = reader.features("layers", reference)["layers"]
        return adapters.pseudo_words(layers, plan.spec.photoverse.words)

    return encode_with_words(
        loaded, plan.spec.prompt, [_replacement(each.subject, read) for each in plan.subjects]
    )


def _replacement(subject: SubjectSpec, read: Callable[[Reference], list[Tensor]]) -> Replacement:
    by_encoder = zip(*(read(reference) for reference in subject.references), strict=True)
    words = [weighted_mean(subject.references, each) for each in by_encoder]
    return Replacement(subject.name, subject.spans, words, subject.text_scale)
