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
Method = Literal[
    "text",
    "ip-adapter",
    "ip-adapter-plus",
    "ip-adapter-full-face",
    "ip-adapter-faceid",
    "ip-adapter-faceid-plus",
    "ip-adapter-faceid-plusv2",
    "mip-adapter",
    "mip-adapter-plus",
    "photoverse",
    "photoverse+mip",
    "fastcomposer",
    "fastcomposer+ip-adapter",
    "fastcomposer+ip-adapter-plus",
]
Merging = Literal["relevance-mean", "relevance-across", "relevance-trained", "uniform"]
Joining = Literal["mean", "concatenated"]
LayerGroup = Literal["down", "mid", "up"]
RelevanceText = Literal["prompt", "class"]
SchedulerName = Literal["ddim", "dpm++", "euler"]
Precision = Literal["auto", "fp32", "bf16", "fp16"]
Kind = Literal["person", "object"]


class Reference(Struct, frozen=True, forbid_unknown_fields=True):
    """One prepared crop of a subject, and how much it counts among that subject's references."""

    crop: Sha256
    mask: Sha256 | None = None
    weight: Annotated[float, Meta(gt=0, le=10)] = 1.0


class Region(Struct, frozen=True, forbid_unknown_fields=True):
    """Where in the picture a subject belongs: its weights are multiplied by this. `box`: left, top, right,
    bottom as parts of the picture's sides; `mask`: an 8-bit picture among the home's references, white where
    the subject belongs, stretched over the picture. One of the two. `soft`: how far the edge fades, as a
    part of the picture's longer side."""

    box: tuple[Fraction, Fraction, Fraction, Fraction] | None = None
    mask: Sha256 | None = None
    soft: Annotated[float, Meta(ge=0, le=0.5)] = 0.1

    def __post_init__(self) -> None:
        if (self.box is None) == (self.mask is None):
            raise ValueError("A region is a box or a mask.")
        if self.box and not (self.box[0] < self.box[2] and self.box[1] < self.box[3]):
            raise ValueError("A region's box needs left < right and top < bottom.")


class SubjectSpec(Struct, frozen=True, forbid_unknown_fields=True):
    """One subject as it stands in one prompt.

    `spans`: [start, end) character ranges of the subject's class noun in `RenderSpec.prompt`, one for each
    mention. `scale`: the adapter's λ for this subject (arXiv 2308.06721 eq. 5), 0 leaves the picture to the
    text. `begin`, `end`: the fraction of the steps between which the references act. `text_scale`: how much
    of the text branch's change to this subject's words is kept (FastComposer's fused token, PhotoVerse's
    pseudo-words): (1 − s) plain + s changed. `region`: where the subject belongs.
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
    text_scale: Annotated[float, Meta(ge=0, le=2)] = 1.0
    region: Region | None = None


class PhotoVerse(Struct, frozen=True, forbid_unknown_fields=True):
    """What arXiv 2309.05793 leaves to inference: m pseudo-words (`words`), α of the LoRA on the text's keys
    and values, and O = γ Attn(Q, K^T, V^T) + σ Attn(Q, K^S, V^S)."""

    words: Annotated[int, Meta(ge=1, le=16)] = 1
    alpha: Annotated[float, Meta(ge=0, le=2)] = 1.0
    gamma: Annotated[float, Meta(ge=0, le=3)] = 1.0
    sigma: Annotated[float, Meta(ge=0, le=3)] = 1.0


class FastComposer(Struct, frozen=True, forbid_unknown_fields=True):
    """α of delayed subject conditioning (arXiv 2305.10431 §4.3): plain text for the first (1 − α) of the
    steps, the fused text after."""

    alpha: Fraction = 0.7


class FaceId(Struct, frozen=True, forbid_unknown_fields=True):
    """IP-Adapter FaceID: `s_scale` is s of PlusV2's shortcut x + s·out; `lora` how much of the file's LoRA on
    every attention layer is used."""

    s_scale: Annotated[float, Meta(ge=0, le=3)] = 1.0
    lora: Annotated[float, Meta(ge=0, le=2)] = 1.0


class Inside(Struct, frozen=True, forbid_unknown_fields=True):
    """The part of a start photo that is made anew; all the rest stays as it is, to the pixel. `mask`: an
    8-bit picture among the home's references, white there, stretched over the upright photo. `feather`: how
    far beyond the mask the new fades into the photo, as a part of the photo's longer side. `around`: how much
    of the photo the model sees, in sides of the mask's own box."""

    mask: Sha256
    feather: Annotated[float, Meta(ge=0, le=0.2)] = 0.02
    around: Annotated[float, Meta(ge=1, le=8)] = 1.6


class StartPhoto(Struct, frozen=True, forbid_unknown_fields=True):
    """A photo to start from (image-to-image). `path` is where it lies on this computer and `sha256` the hash
    of its bytes: another file there is refused. `strength`: the part of the steps that are taken, 1 leaves
    nothing of the photo. `inside`: only what a mask covers is made anew, and the picture has the photo's
    size; width and height of the spec are then those the model works at."""

    path: str
    sha256: Sha256
    strength: Annotated[float, Meta(gt=0, le=1)] = 0.6
    inside: Inside | None = None


class Until(Struct, frozen=True, forbid_unknown_fields=True):
    """Made once more with another seed until the person least alike reaches `score` (a cosine), `tries`
    pictures at most, of which this is number `number`. `keep`: "best" marks the others as rejected. `first`:
    the job of the first try, 0 before it is queued."""

    score: Annotated[float, Meta(ge=-1, le=1)]
    tries: Annotated[int, Meta(ge=1, le=100)] = 8
    keep: Literal["all", "best"] = "all"
    number: Annotated[int, Meta(ge=1, le=100)] = 1
    first: Annotated[int, Meta(ge=0)] = 0


class RenderSpec(Struct, frozen=True, forbid_unknown_fields=True):
    """All that decides one picture.

    `prompt` is what the text encoder reads, subjects already replaced by their nouns; `template` is what
    the user wrote. `model` and `adapter` are names in the registry (`core.models`). Sizes are in pixels.
    `guidance` is w of classifier-free guidance: ε = ε_uncond + w (ε_cond − ε_uncond).
    `merging` says how several subjects share a position (arXiv 2409.17920): A_i / mean(A_i), A_i / Σ_j A_j,
    the latter times the trained f(Z_text), or 1. `relevance_text` says whose text stands for a subject
    there: its own tokens in the prompt, or its noun alone. `joining`: several references of one subject are
    the mean of their tokens, or all of them one after another. `fusion`: the second adapter of a
    combination. `layers` multiplies every λ in a group of layers. `photoverse`, `fastcomposer`, `faceid`:
    settings of those methods. `maps` keeps the subjects' weights over the picture. `until` decides no pixel:
    whether another is made after this one.
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
    fusion: str = ""
    joining: Joining = "mean"
    layers: tuple[tuple[LayerGroup, Annotated[float, Meta(ge=0, le=3)]], ...] = ()
    photoverse: PhotoVerse = PhotoVerse()
    fastcomposer: FastComposer = FastComposer()
    faceid: FaceId = FaceId()
    start: StartPhoto | None = None
    maps: bool = False
    until: Until | None = None
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
