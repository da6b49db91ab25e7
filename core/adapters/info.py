"""What is known of an adapter file, and of the model that it must fit."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from core.adapters.header import Shapes, read_header
from core.errors import KnownError
from core.methods import Layout
from core.sums import file_hash

# Buffers that older libraries saved among the weights.
BUFFERS = ("position_ids",)


@dataclass(frozen=True)
class AdapterInfo:
    """One adapter file: `tokens` image tokens a reference, for cross-attention of width `width`. `features`:
    how wide what its projection reads of the image encoder is (of a face's embedding where it reads nothing
    else). `trained`: it carries f of the trained weights (arXiv 2409.17920). `words`: how many pseudo-words
    it makes of a reference. `replaces`: the parts of the model that come from this file. `licence`: what is
    known of it, "" when the file states nothing. `source`: the name of the file it was made from, "" when
    it was put there as it is."""

    name: str
    path: Path
    layout: Layout
    tokens: int
    width: int
    features: int = 0
    trained: bool = False
    words: int = 0
    replaces: frozenset[str] = frozenset()
    non_commercial: bool = False
    licence: str = ""
    source: str = ""


@dataclass(frozen=True)
class Base:
    """What of a model its adapters must fit. `kind`: "SD 1.5" or "SDXL"; `width`: of its cross-attention;
    `layers`: rows of each cross-attention layer's keys, by its index among `unet.attn_processors`; `text`:
    widths of its text encoders; `encoder`: sizes of its image encoder by their names in its configuration,
    nothing without one."""

    folder: Path
    kind: str
    width: int
    layers: Mapping[int, int]
    text: tuple[int, ...]
    encoder: Mapping[str, int]

    def part(self, name: str) -> Shapes:
        """The tensors of one part ("unet", "text_encoder") as its files' headers name them. Raises
        KnownError for a damaged file."""
        headers = [read_header(file).shapes for file in (self.folder / name).glob("*.safetensors")]
        return {key: shape for header in headers for key, shape in header.items()}


def check_licence(adapter: AdapterInfo, accepted: tuple[str, ...], model: str = "") -> None:
    """Raises KnownError for a non-commercial adapter whose licence nobody accepted yet, with the command
    that accepts it. `accepted` is `Settings.accepted`: SHA-256 sums of files. Called before a picture is
    queued."""
    if adapter.non_commercial and file_hash(adapter.path) not in accepted:
        of = f" --model {model}" if model else ""
        raise KnownError(
            f"{adapter.name} is for non-commercial use only. {adapter.licence} Accept that first: "
            f"likeness models accept {adapter.name}{of}"
        )
