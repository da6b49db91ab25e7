"""Pseudo-words in the captions of a whole batch, with gradients: `core.diffusion.pseudo_words` for many
pictures at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from core.diffusion.load import Loaded, TextEncoder
from core.diffusion.plan import Span, token_rows
from core.diffusion.pseudo_words import embeddings_changed
from core.training.batch import Words


@dataclass(frozen=True)
class Rows:
    """What the text encoder reads of each caption: `ids` (B, L), the noun of every subject standing m times.
    `subjects`: of each caption and subject the rows of its words, fewer than m (or none) where the caption
    grows too long."""

    ids: Tensor
    subjects: tuple[tuple[tuple[int, ...], ...], ...]

    @property
    def places(self) -> list[tuple[int, int, int, int]]:
        """(picture, row, subject, word) of every pseudo-word that is read."""
        return [
            (picture, row, subject, word)
            for picture, each in enumerate(self.subjects)
            for subject, rows in enumerate(each)
            for word, row in enumerate(rows)
        ]


def rows(loaded: Loaded, captions: Sequence[Words], present: Sequence[Sequence[bool]], m: int) -> Rows:
    """The nouns' tokens of all who are present taken out, and m put in their place; then the end and
    filling."""
    encoder, length = loaded.text_encoders[0], loaded.info.tokens
    read = [_one(encoder, each, who, m, length) for each, who in zip(captions, present, strict=True)]
    return Rows(torch.tensor([ids for ids, _ in read]), tuple(subjects for _, subjects in read))


def encode(loaded: Loaded, read: Rows, words: Tensor) -> Tensor:
    """Text states (B, L, D) of captions in whose rows the pseudo-words S* `words` (B, M, m, D) stand."""
    places = torch.tensor(read.places, dtype=torch.long, device=words.device).reshape(-1, 4)
    picture, row, subject, word = places.unbind(-1)

    def change(embeddings: Tensor) -> Tensor:
        changed = embeddings.clone()
        changed[picture, row] = words[picture, subject, word].to(changed.dtype)
        return changed

    model = loaded.text_encoders[0].model
    with embeddings_changed(model, change):
        states: Tensor = model(read.ids.to(words.device)).last_hidden_state
    return states


def _one(
    encoder: TextEncoder, words: Words, present: Sequence[bool], m: int, length: int
) -> tuple[list[int], tuple[tuple[int, ...], ...]]:
    ids, tokens, ending = _plain(encoder, words.caption, length)
    spans = zip(words.spans, present, strict=False)
    nouns = [token_rows([span], tokens) if there else [] for span, there in spans]
    first = {own[0]: subject for subject, own in enumerate(nouns) if own}
    taken = {row for own in nouns for row in own}
    made: list[int] = []
    subjects: list[tuple[int, ...]] = [()] * len(nouns)
    for row in range(ending):
        if row in first:
            subjects[first[row]] = tuple(at for at in range(len(made), len(made) + m) if at < length - 1)
            made += [ids[row]] * m
        elif row not in taken:
            made.append(ids[row])
    made = [*made[: length - 1], ids[ending]]
    filling = [encoder.tokenizer.pad_token_id] * (length - len(made))
    return made + filling, tuple(subjects)


def _plain(encoder: TextEncoder, caption: str, length: int) -> tuple[list[int], list[Span], int]:
    """Ids and character spans of what the encoder reads of a caption, and the row of its end."""
    encoded = encoder.tokenizer(
        caption, max_length=length, truncation=True, return_offsets_mapping=True,
        return_special_tokens_mask=True,
    )  # fmt: skip
    pairs = zip(encoded.offset_mapping, encoded.special_tokens_mask, strict=True)
    tokens = [(0, 0) if special else (start, end) for (start, end), special in pairs]
    return encoded.input_ids, tokens, len(tokens) - 1
