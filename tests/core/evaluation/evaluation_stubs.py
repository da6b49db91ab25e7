"""Judges and encoders that need no weights, or tiny random ones."""

import hashlib
import json
from pathlib import Path

import numpy as np
from PIL import Image

from core.faces import Face

MARKS = ((1.0, 1.0),) * 5


def face(vector, box=(0.0, 0.0, 8.0, 8.0)) -> Face:
    """A face with that embedding, made unit length."""
    values = np.asarray(vector, np.float32)
    return Face(box, MARKS, 0.9, 0.8, (values / np.linalg.norm(values)).astype(np.float32).tobytes())


class StubFaces:
    """Knows some pictures by their pixels; `otherwise` is what it finds in every other one."""

    identity, dimension, threshold, licence = "stub", 16, 0.4, ""

    def __init__(self, otherwise=(), known=None) -> None:
        self.otherwise, self.known = list(otherwise), dict(known or {})

    def find(self, image: Image.Image) -> list[Face]:
        return self.known.get(digest(image), self.otherwise)


def digest(image: Image.Image) -> str:
    return hashlib.sha256(image.tobytes()).hexdigest()


def write_clip(folder: Path) -> None:
    import torch
    from transformers import CLIPConfig, CLIPModel

    torch.manual_seed(0)
    vocabulary = write_tokenizer(folder)
    small = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2}
    end = vocabulary["<|endoftext|>"]
    ends = {"bos_token_id": end - 1, "eos_token_id": end, "pad_token_id": end}
    text = small | ends | {"vocab_size": len(vocabulary), "max_position_embeddings": 20}
    vision = small | {"image_size": 32, "patch_size": 16}
    CLIPModel(CLIPConfig(text_config=text, vision_config=vision, projection_dim=8)).save_pretrained(folder)


def write_tokenizer(folder: Path) -> dict[str, int]:
    """Every letter is a token."""
    folder.mkdir(parents=True, exist_ok=True)
    letters = list("abcdefghijklmnopqrstuvwxyz,.")
    entries = [*letters, *(f"{letter}</w>" for letter in letters), "<|startoftext|>", "<|endoftext|>"]
    vocabulary = {entry: index for index, entry in enumerate(entries)}
    (folder / "vocab.json").write_text(json.dumps(vocabulary))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    marks = {"unk_token": "<|endoftext|>", "pad_token": "<|endoftext|>"}
    marks |= {"bos_token": "<|startoftext|>", "eos_token": "<|endoftext|>"}
    config = {"tokenizer_class": "CLIPTokenizer", "model_max_length": 20} | marks
    (folder / "tokenizer_config.json").write_text(json.dumps(config))
    return vocabulary


def write_vit(folder: Path) -> None:
    import torch
    from transformers import ViTConfig, ViTModel

    torch.manual_seed(1)
    config = ViTConfig(
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        image_size=32,
        patch_size=16,
    )
    ViTModel(config).save_pretrained(folder)
