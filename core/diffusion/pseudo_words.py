"""Pseudo-words in a prompt: S* takes the place of a noun's token embeddings *before* the text encoder
(PhotoVerse, arXiv 2309.05793 §3.2)."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from core.diffusion import plan as planning
from core.diffusion.encode import TextStates, encode_text, joined, run
from core.diffusion.load import Loaded, TextEncoder
from core.errors import KnownError


@dataclass(frozen=True)
class Replacement:
    """A subject's words. `spans`: the mentions of its noun in the prompt; `words`: S* for each text encoder,
    (m, D) each; `scale`: s, how much of S* is taken: (1 − s) plain + s S*. At s = 0 the noun stays as it
    is."""

    name: str
    spans: Sequence[planning.Span]
    words: Sequence[Tensor]
    scale: float = 1.0


@dataclass
class _Rows:
    """What one text encoder will read: an id, a character span for each row, and the embeddings of some."""

    ids: list[int] = field(default_factory=list)
    tokens: list[planning.Span] = field(default_factory=list)
    embeddings: dict[int, Tensor] = field(default_factory=dict)

    def add(self, token: int, span: planning.Span, embedding: Tensor | None = None) -> None:
        if embedding is not None:
            self.embeddings[len(self.ids)] = embedding
        self.ids.append(token)
        self.tokens.append(span)


@torch.inference_mode()
def encode_with_words(loaded: Loaded, prompt: str, replacements: Sequence[Replacement]) -> TextStates:
    """The prompt as the UNet reads it, every mention of a subject's noun replaced by its pseudo-words. Each
    of their rows carries the character span of the mention. Without a replacement that counts it is
    `encode_text`'s, bit for bit.

    Raises KnownError when the prompt grows too long, a noun has no token, or the pseudo-words were made for
    other text encoders."""
    acting = [replacement for replacement in replacements if replacement.scale]
    if not acting:
        return encode_text(loaded, prompt)
    _check_fit(loaded, acting)
    read = [_rows(loaded, number, prompt, acting) for number in range(len(loaded.text_encoders))]
    outputs = [_run(encoder, rows, loaded) for encoder, rows in zip(loaded.text_encoders, read, strict=True)]
    return joined(loaded, outputs, tuple(read[0].tokens))


@contextmanager
def embeddings_changed(model: Any, change: Callable[[Tensor], Tensor]) -> Iterator[None]:
    """Within the block the text encoder reads `change(embeddings)`, (B, L, D), instead of its tokens' own;
    positions are added after. transformers 5 takes no embeddings of the caller's, hence the hook."""
    hook = model.get_input_embeddings().register_forward_hook(lambda module, given, output: change(output))
    try:
        yield
    finally:
        hook.remove()


def _run(encoder: TextEncoder, rows: _Rows, loaded: Loaded) -> Any:
    def change(embeddings: Tensor) -> Tensor:
        changed = embeddings.clone()
        for row, embedding in rows.embeddings.items():
            changed[0, row] = embedding
        return changed

    with embeddings_changed(encoder.model, change):
        return run(encoder, torch.tensor([rows.ids]), loaded)


def _rows(loaded: Loaded, number: int, prompt: str, replacements: Sequence[Replacement]) -> _Rows:
    """The prompt's rows for one text encoder: the plain ones, with every mention's taken out and m put in
    their place; then the end and filling, as many as still fit."""
    encoder, length = loaded.text_encoders[number], loaded.info.tokens
    ids, tokens, ending = _plain(encoder, prompt, length)
    mentions = _mentions(tokens, replacements)
    rows = _Rows()
    for row in range(ending):
        if row in mentions:
            replacement, span, own = mentions[row]
            _add_words(rows, encoder, [ids[each] for each in own], span, replacement, number)
        elif not any(row in own for _, _, own in mentions.values()):
            rows.add(ids[row], tokens[row])
    if len(rows.ids) >= length:
        _refuse_length(replacements, len(rows.ids) - 1, length - 2)
    rows.add(ids[ending], (0, 0))
    while len(rows.ids) < length:
        rows.add(encoder.tokenizer.pad_token_id, (0, 0))
    return rows


def _plain(encoder: TextEncoder, prompt: str, length: int) -> tuple[list[int], list[planning.Span], int]:
    """Ids and character spans of what the encoder reads of the prompt, and the row of its end."""
    encoded = encoder.tokenizer(
        prompt,
        max_length=length,
        truncation=True,
        return_offsets_mapping=True,
        return_special_tokens_mask=True,
    )
    pairs = zip(encoded.offset_mapping, encoded.special_tokens_mask, strict=True)
    tokens = [(0, 0) if special else (start, end) for (start, end), special in pairs]
    return list(encoded.input_ids), tokens, len(tokens) - 1


def _mentions(
    tokens: Sequence[planning.Span], replacements: Sequence[Replacement]
) -> dict[int, tuple[Replacement, planning.Span, list[int]]]:
    """By its first row: whose a mention is, its span, and all its rows."""
    found = {}
    for replacement in replacements:
        for span in replacement.spans:
            rows = planning.token_rows([span], tokens)
            if not rows:
                raise KnownError(f"The model's text encoder has no token for {replacement.name}'s noun.")
            found[rows[0]] = (replacement, span, rows)
    return found


def _add_words(
    rows: _Rows, encoder: TextEncoder, own: list[int], span: planning.Span, words: Replacement, number: int
) -> None:
    """(1 − s) · the mean of the noun's own embeddings + s · S*, a row for each of S*. The rows' id is the
    noun's first: pooling looks for the end by its id, and no word has that."""
    table = encoder.model.get_input_embeddings().weight
    plain = table[own].mean(dim=0)
    for word in words.words[number]:
        rows.add(own[0], span, (1 - words.scale) * plain + words.scale * word.to(table))


def _check_fit(loaded: Loaded, replacements: Sequence[Replacement]) -> None:
    widths = [encoder.model.get_input_embeddings().weight.shape[1] for encoder in loaded.text_encoders]
    for replacement in replacements:
        found = [words.shape[1] for words in replacement.words]
        if found != widths:
            raise KnownError(
                f"The pseudo-words for {replacement.name} are {found} wide; the text encoders of "
                f"{loaded.info.name} take {widths}. This adapter was made for another kind of model."
            )


def _refuse_length(replacements: Sequence[Replacement], rows: int, limit: int) -> None:
    names = " and ".join(replacement.name for replacement in replacements)
    raise KnownError(
        f"The prompt grows too long: with the pseudo-words for {names} it has {rows} tokens, and the model "
        f"reads {limit}. Shorten the prompt, or take fewer pseudo-words."
    )
