"""All that decides one picture, as one value.

A spec is frozen, comparable and survives JSON. It names reference crops by the hash of their bytes, never
by the subject's row: a picture can be rendered again after its subject was edited. It never holds a face
vector.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from core.errors import KnownError

Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
Fraction = Annotated[float, Meta(ge=0, le=1)]
Method = Literal["text", "ip-adapter", "ip-adapter-plus"]
Merging = Literal["relevance-mean", "relevance-across", "uniform"]
RelevanceText = Literal["prompt", "class"]
SchedulerName = Literal["ddim", "dpm++", "euler"]
Precision = Literal["auto", "fp32", "bf16", "fp16"]
Kind = Literal["person", "object"]


class Reference(Struct, frozen=True, forbid_unknown_fields=True):
    """One prepared crop of a subject, and how much it counts among that subject's references."""

    crop: Sha256
    mask: Sha256 | None = None
    weight: Annotated[float, Meta(gt=0, le=10)] = 1.0


class SubjectSpec(Struct, frozen=True, forbid_unknown_fields=True):
    """One subject as it stands in one prompt.

    `spans`: [start, end) character ranges of the subject's class noun in `RenderSpec.prompt`, one for each
    mention. `scale`: the adapter's λ for this subject (arXiv 2308.06721 eq. 5), 0 leaves the picture to the
    text. `begin`, `end`: the fraction of the steps between which the references act.
    """

    uid: Annotated[str, Meta(min_length=1, max_length=64)]
    name: str
    kind: Kind
    noun: Annotated[str, Meta(min_length=1)]
    references: Annotated[tuple[Reference, ...], Meta(min_length=1)]
    spans: Annotated[tuple[tuple[int, int], ...], Meta(min_length=1)]
    scale: Annotated[float, Meta(ge=0, le=3)] = 0.75
    begin: Fraction = 0.0
    end: Fraction = 1.0


class RenderSpec(Struct, frozen=True, forbid_unknown_fields=True):
    """All that decides one picture.

    `prompt` is what the text encoder reads, subjects already replaced by their nouns; `template` is what
    the user wrote. `model` and `adapter` are names in the registry (`core.models`). Sizes are in pixels.
    `guidance` is w of classifier-free guidance: ε = ε_uncond + w (ε_cond − ε_uncond).
    `merging` says how several subjects share a position (arXiv 2409.17920): A_i / mean(A_i), A_i / Σ_j A_j,
    or 1. `relevance_text` says whose text stands for a subject there: its own tokens in the prompt, or its
    noun alone.
    """

    prompt: str
    model: Annotated[str, Meta(min_length=1)]
    width: Annotated[int, Meta(ge=64, le=4096)]
    height: Annotated[int, Meta(ge=64, le=4096)]
    seed: Annotated[int, Meta(ge=0, le=2**63 - 1)]
    steps: Annotated[int, Meta(ge=1, le=1000)]
    guidance: Annotated[float, Meta(ge=0, le=50)]
    scheduler: SchedulerName = "ddim"
    method: Method = "text"
    adapter: str = ""
    merging: Merging = "relevance-mean"
    relevance_text: RelevanceText = "prompt"
    subjects: tuple[SubjectSpec, ...] = ()
    negative_prompt: str = ""
    template: str = ""
    precision: Precision = "auto"
    version: Literal[1] = 1

    def __post_init__(self) -> None:
        if self.method != "text" and not self.adapter:
            raise ValueError(f"Method {self.method} needs an adapter.")
        for subject in self.subjects:
            for start, end in subject.spans:
                if start < 0 or end > len(self.prompt) or self.prompt[start:end] != subject.noun:
                    raise ValueError(f"{subject.name}'s words are not where the settings say they are.")

    def to_json(self) -> str:
        return msgspec.json.encode(self).decode()

    @classmethod
    def from_json(cls, text: str | bytes) -> "RenderSpec":
        """Reads what `to_json` wrote. Raises KnownError for anything else."""
        try:
            return msgspec.json.decode(text, type=cls)
        except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
            raise KnownError(f"These settings cannot be read: {error}.") from error
