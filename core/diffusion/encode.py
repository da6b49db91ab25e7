"""Words → what the UNet's cross-attention reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from core.diffusion import plan as planning
from core.diffusion.load import Loaded, TextEncoder
from core.errors import KnownError
from core.spec import SubjectSpec


@dataclass(frozen=True)
class TextStates:
    """`states` (L, D); `pooled` (E,) for SDXL, else None; `tokens`: character span of each of the L
    tokens, (0, 0) for special ones."""

    states: Tensor
    pooled: Tensor | None
    tokens: tuple[planning.Span, ...]


@dataclass(frozen=True)
class SubjectTokens:
    """`image` (T, D) tokens of all the subject's references together; `words` (S, D), the text it is known
    by."""

    image: Tensor
    words: Tensor


@torch.inference_mode()
def encode_text(loaded: Loaded, text: str) -> TextStates:
    """The text as the UNet reads it; what does not fit is cut (`cut_words` says what that is). SDXL's two
    encoders are joined along features, each before its last layer; the pooled vector is the second
    one's."""
    outputs = [run(encoder, _ids(encoder, text, loaded), loaded) for encoder in loaded.text_encoders]
    return joined(loaded, outputs, _token_spans(loaded.text_encoders[0], text, loaded.info.tokens))


def run(encoder: TextEncoder, ids: Tensor, loaded: Loaded) -> Any:
    """What the encoder makes of token ids (1, L)."""
    return encoder.model(ids.to(loaded.device), output_hidden_states=loaded.is_xl)


def joined(loaded: Loaded, outputs: Sequence[Any], tokens: tuple[planning.Span, ...]) -> TextStates:
    """The outputs of the model's text encoders as the UNet reads them."""
    if not loaded.is_xl:
        return TextStates(outputs[0].last_hidden_state[0], None, tokens)
    states = torch.cat([output.hidden_states[-2][0] for output in outputs], dim=-1)
    return TextStates(states, outputs[1].text_embeds[0], tokens)


def encode_negative(loaded: Loaded, text: str) -> TextStates:
    """The unconditional half's text. SDXL was trained with zeros for an empty one."""
    encoded = encode_text(loaded, text)
    if text or not (loaded.is_xl and loaded.zero_empty_prompt) or encoded.pooled is None:
        return encoded
    return TextStates(torch.zeros_like(encoded.states), torch.zeros_like(encoded.pooled), encoded.tokens)


def cut_words(loaded: Loaded, prompt: str, subjects: Sequence[SubjectSpec]) -> str:
    """What of the prompt the text encoders will not read. Raises KnownError when a subject's noun is in
    it."""
    lost = ""
    for encoder in loaded.text_encoders:
        encoded = encoder.tokenizer(
            prompt, add_special_tokens=False, return_offsets_mapping=True, verbose=False
        )
        spans = encoded.offset_mapping
        lost = max(lost, planning.fit_words(prompt, spans, loaded.info.tokens - 2, subjects), key=len)
    return lost


def class_words(loaded: Loaded, noun: str) -> Tensor:
    """The noun encoded alone, special tokens left out. (S, D)."""
    text = encode_text(loaded, noun)
    return _rows(text, [(0, len(noun))], noun)


def empty_words(loaded: Loaded, rows: int) -> Tensor:
    """An empty prompt where `rows` words would stand, behind the special token at its start. (S, D)."""
    return encode_text(loaded, "").states[1 : 1 + rows]


def prompt_words(text: TextStates, subject: SubjectSpec) -> Tensor:
    """The subject's own tokens inside the prompt, so that two men in one prompt differ. (S, D)."""
    return _rows(text, subject.spans, subject.noun)


def _rows(text: TextStates, spans: Sequence[planning.Span], noun: str) -> Tensor:
    rows = planning.token_rows(spans, text.tokens)
    if not rows:
        raise KnownError(f"The model's text encoder has no token for “{noun}”.")
    return text.states[rows]


def _ids(encoder: TextEncoder, text: str, loaded: Loaded) -> Tensor:
    ids: Tensor = encoder.tokenizer(
        text, padding="max_length", max_length=loaded.info.tokens, truncation=True, return_tensors="pt"
    ).input_ids
    return ids


def _token_spans(encoder: TextEncoder, text: str, length: int) -> tuple[planning.Span, ...]:
    encoded = encoder.tokenizer(
        text,
        padding="max_length",
        max_length=length,
        truncation=True,
        return_offsets_mapping=True,
        return_special_tokens_mask=True,
    )
    pairs = zip(encoded.offset_mapping, encoded.special_tokens_mask, strict=True)
    return tuple((0, 0) if special else (start, end) for (start, end), special in pairs)
