"""A tokenizer of CLIP's kind in which every word of a list is one token.

A small text encoder has no weights to spare for putting words together from pieces, and an adapter that is to
find its subject's word needs that word to have a row of its own. Words that are not in the list still work:
they fall into the longest known pieces, single bytes at worst.
"""

import json
from collections.abc import Iterable
from typing import Any

BEGIN, END = "<|startoftext|>", "<|endoftext|>"
SUFFIX = "</w>"


def tokenizer(texts: Iterable[str], length: int) -> Any:
    """A CLIPTokenizer for captions of `length` tokens, both special ones included; the words of `texts`, in
    whatever order and number, are its vocabulary."""
    from transformers import CLIPTokenizer

    vocab, merges = _learned(words(texts))
    for special in (BEGIN, END):
        vocab[special] = len(vocab)
    return CLIPTokenizer(
        vocab=vocab, merges=merges, bos_token=BEGIN, eos_token=END, unk_token=END, pad_token=END,
        model_max_length=length,
    )  # fmt: skip


def words(texts: Iterable[str]) -> list[str]:
    """What CLIP's tokenizer takes for words in `texts`, each once, in order; bytes as its letters."""
    from transformers import CLIPTokenizer

    backend = CLIPTokenizer().backend_tokenizer
    normal, split = backend.normalizer.normalize_str, backend.pre_tokenizer.pre_tokenize_str
    return sorted({word for text in texts for word, _ in split(normal(text))})


def _learned(known: list[str]) -> tuple[dict[str, int], list[tuple[str, str]]]:
    """Pieces by number, and the merges in their order: byte pair encoding that goes on until every word is
    whole. The letters are given first, as the library would number them in an order of chance."""
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    seeds = letters + [letter + SUFFIX for letter in letters]
    learning = Tokenizer(models.BPE(end_of_word_suffix=SUFFIX))
    learning.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    trainer = trainers.BpeTrainer(
        vocab_size=2**24, min_frequency=1, special_tokens=seeds, end_of_word_suffix=SUFFIX,
        show_progress=False,
    )  # fmt: skip
    learning.train_from_iterator(known, trainer)
    model = json.loads(learning.to_str())["model"]
    return model["vocab"], [(first, second) for first, second in model["merges"]]
