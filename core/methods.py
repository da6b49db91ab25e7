"""The methods a user chooses from: what each one is made of, and what cannot go together.

A method has at most two branches. The *visual* branch gives every cross-attention layer keys and values from
the references; the *text* branch changes the words a subject is known by before the layers read them. A
combination has both, from two files.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from core.errors import KnownError
from core.spec import Merging, Method, RenderSpec

Layout = Literal[
    "ip-adapter",
    "ip-adapter-plus",
    "ip-adapter-full-face",
    "ip-adapter-faceid",
    "ip-adapter-faceid-plus",
    "ip-adapter-faceid-plusv2",
    "mip-adapter",
    "mip-adapter-plus",
    "photoverse",
    "fastcomposer",
]
"""How an adapter file is laid out, as its tensors' names tell."""

Features = Literal["pooled", "patches", "layers", "face", "face+patches"]
"""What a projection reads of a reference: the image encoder's pooled embedding, its states before the last
layer, its class token in several layers, a face recogniser's embedding, or the latter with the patch states
of the aligned face."""

FREE: tuple[Merging, ...] = ("relevance-mean", "relevance-across", "uniform")
TRAINED: tuple[Merging, ...] = ("relevance-trained", *FREE)

FEATURES: Mapping[Layout, Features] = {
    "ip-adapter": "pooled",
    "ip-adapter-plus": "patches",
    "ip-adapter-full-face": "patches",
    "ip-adapter-faceid": "face",
    "ip-adapter-faceid-plus": "face+patches",
    "ip-adapter-faceid-plusv2": "face+patches",
    "mip-adapter": "pooled",
    "mip-adapter-plus": "patches",
    "photoverse": "layers",
    "fastcomposer": "pooled",
}


@dataclass(frozen=True)
class MethodInfo:
    """`adapter`: the layout of `RenderSpec.adapter`; `fusion`: of `RenderSpec.fusion`, for combinations.
    `visual`, `words`: which branches it has. `merging`: how its visual branch can merge several subjects;
    the first is its own. `source`: the papers."""

    title: str
    source: str
    adapter: Layout | None = None
    fusion: Layout | None = None
    visual: bool = True
    words: bool = False
    merging: tuple[Merging, ...] = FREE
    people_only: bool = False


METHODS: Mapping[Method, MethodInfo] = {
    "text": MethodInfo("Text alone", "", visual=False, merging=()),
    "ip-adapter": MethodInfo("IP-Adapter", "arXiv 2308.06721", "ip-adapter"),
    "ip-adapter-plus": MethodInfo("IP-Adapter plus", "arXiv 2308.06721", "ip-adapter-plus"),
    "ip-adapter-full-face": MethodInfo("IP-Adapter full face", "arXiv 2308.06721", "ip-adapter-full-face"),
    "ip-adapter-faceid": MethodInfo(
        "IP-Adapter FaceID", "arXiv 2308.06721", "ip-adapter-faceid", people_only=True
    ),
    "ip-adapter-faceid-plus": MethodInfo(
        "IP-Adapter FaceID Plus", "arXiv 2308.06721", "ip-adapter-faceid-plus", people_only=True
    ),
    "ip-adapter-faceid-plusv2": MethodInfo(
        "IP-Adapter FaceID PlusV2", "arXiv 2308.06721", "ip-adapter-faceid-plusv2", people_only=True
    ),
    "mip-adapter": MethodInfo("MIP-Adapter", "arXiv 2409.17920", "mip-adapter", merging=TRAINED),
    "mip-adapter-plus": MethodInfo(
        "MIP-Adapter plus", "arXiv 2409.17920", "mip-adapter-plus", merging=TRAINED
    ),
    "photoverse": MethodInfo(
        "PhotoVerse", "arXiv 2309.05793", "photoverse", words=True, merging=("uniform",)
    ),
    "photoverse+mip": MethodInfo(
        "PhotoVerse with MIP weights", "arXiv 2309.05793, 2409.17920", "photoverse", words=True,
        merging=("relevance-mean", "relevance-across"),
    ),
    "fastcomposer": MethodInfo(
        "FastComposer", "arXiv 2305.10431", "fastcomposer", visual=False, words=True, merging=()
    ),
    "fastcomposer+ip-adapter": MethodInfo(
        "FastComposer with IP-Adapter", "arXiv 2305.10431, 2308.06721", "ip-adapter", "fastcomposer",
        words=True,
    ),
    "fastcomposer+ip-adapter-plus": MethodInfo(
        "FastComposer with IP-Adapter plus", "arXiv 2305.10431, 2308.06721", "ip-adapter-plus",
        "fastcomposer", words=True,
    ),
}  # fmt: skip


def check(spec: RenderSpec) -> None:
    """Raises KnownError, in the user's words, for settings that cannot work together."""
    method = METHODS[spec.method]
    for refusal in _refusals(spec, method):
        raise KnownError(f"{method.title}: {refusal}")


def _refusals(spec: RenderSpec, method: MethodInfo) -> list[str]:
    several = len(spec.subjects) > 1
    objects = [subject.name for subject in spec.subjects if subject.kind == "object"]
    placed = [subject.name for subject in spec.subjects if subject.region]
    found = {
        f"it knows people by their faces; {', '.join(objects)} is an object. Take another method, or leave "
        "it out of the prompt.": method.people_only and objects,
        "it has no visual branch, so a region has nothing to act on. Take a combination, FastComposer with "
        "IP-Adapter for example.": not method.visual and spec.method != "text" and placed,
        "it has no visual branch, so strengths by layer do nothing. Leave them out.":
            not method.visual and spec.layers,
        f"it cannot merge subjects by {spec.merging}; possible: {', '.join(method.merging)}.":
            several and method.visual and spec.merging not in method.merging,
        "it needs a FastComposer file as its second adapter.": method.fusion and not spec.fusion,
        "it takes no second adapter.": spec.fusion and not method.fusion,
    }  # fmt: skip
    return [text for text, applies in found.items() if applies]
