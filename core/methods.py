"""The methods a user chooses from: what each one is made of, and what cannot go together.

A method has at most two branches. The *visual* branch gives every cross-attention layer keys and values from
the references; the *text* branch changes the words a subject is known by before the layers read them. A
combination has both, from two files.
"""

from collections.abc import Callable, Collection, Mapping
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
MOST_SUBJECTS = 8
"""M of the papers' own comparisons; every subject's keys and values are held in every layer."""

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
    the first is its own. `scale`: the paper's own strength of references. `source`: the papers."""

    title: str
    source: str
    adapter: Layout | None = None
    fusion: Layout | None = None
    visual: bool = True
    words: bool = False
    merging: tuple[Merging, ...] = FREE
    people_only: bool = False
    scale: float | None = None


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
    "mip-adapter": MethodInfo(
        "MIP-Adapter", "arXiv 2409.17920", "mip-adapter", merging=TRAINED, scale=0.75
    ),
    "mip-adapter-plus": MethodInfo(
        "MIP-Adapter plus", "arXiv 2409.17920", "mip-adapter-plus", merging=TRAINED, scale=0.65
    ),
    "photoverse": MethodInfo(
        "PhotoVerse", "arXiv 2309.05793", "photoverse", words=True, merging=("uniform",), scale=1.0
    ),
    "photoverse+mip": MethodInfo(
        "PhotoVerse with MIP weights", "arXiv 2309.05793, 2409.17920", "photoverse", words=True,
        merging=("relevance-mean", "relevance-across"), scale=1.0,
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


@dataclass(frozen=True)
class Setting:
    """A choice that only some methods have a use for. `option`: what the command line calls it; `words`: what
    it is; `owner`: whose it is; `used_by`: whether a method has a use for it."""

    option: str
    words: str
    owner: str
    used_by: Callable[[Method], bool]


def _any(method: Method) -> bool:
    return method != "text"


def _visual(method: Method) -> bool:
    return METHODS[method].visual


def _words(method: Method) -> bool:
    return METHODS[method].words


def _combined(method: Method) -> bool:
    return METHODS[method].fusion is not None


def _relevance(method: Method) -> bool:
    return any(merging != "uniform" for merging in METHODS[method].merging)


def _fastcomposer(method: Method) -> bool:
    return "fastcomposer" in _layouts(method)


def _photoverse(method: Method) -> bool:
    return "photoverse" in _layouts(method)


def _lora(method: Method) -> bool:
    return _photoverse(method) or METHODS[method].people_only


def _layouts(method: Method) -> tuple[Layout | None, ...]:
    return METHODS[method].adapter, METHODS[method].fusion


REFERENCES = "methods that read references"
VISUAL = "methods with a visual branch, such as IP-Adapter plus"
SETTINGS: Mapping[str, Setting] = {
    "adapter": Setting("--adapter", "which adapter file", REFERENCES, _any),
    "fusion": Setting("--fusion", "which FastComposer file", "combinations with FastComposer", _combined),
    "scale": Setting("--scale", "how strongly references act", REFERENCES, _any),
    "scales": Setting("--strength", "how strongly a subject's references act", REFERENCES, _any),
    "text_scales": Setting(
        "--text-strength", "how much a subject's words change", "FastComposer and PhotoVerse", _words
    ),
    "begin": Setting("--begin", "when references begin to act", VISUAL, _visual),
    "end": Setting("--end", "when references stop acting", VISUAL, _visual),
    "merging": Setting("--merging", "how several subjects share the picture", VISUAL, _visual),
    "relevance_text": Setting(
        "--relevance-text", "whose words say where a subject is", "methods that weigh by relevance",
        _relevance,
    ),
    "joining": Setting("--joining", "how several references become one", VISUAL, _visual),
    "layers": Setting("--layer", "strength by layer", VISUAL, _visual),
    "regions": Setting("--region", "where in the picture a subject belongs", VISUAL, _visual),
    "maps": Setting("--maps", "who is where", REFERENCES, _any),
    "alpha": Setting("--alpha", "for which part of the steps words are changed", "FastComposer",
                     _fastcomposer),
    "words": Setting("--words", "how many pseudo-words", "PhotoVerse", _photoverse),
    "gamma": Setting("--gamma", "how strongly words act", "PhotoVerse", _photoverse),
    "sigma": Setting("--sigma", "how strongly the visual branch acts", "PhotoVerse", _photoverse),
    "lora": Setting("--lora", "how much of the file's LoRA is used", "PhotoVerse and IP-Adapter FaceID",
                    _lora),
    "s_scale": Setting(
        "--s-scale", "how much of the face's look is added to what recognises it",
        "IP-Adapter FaceID PlusV2", lambda method: method == "ip-adapter-faceid-plusv2",
    ),
}  # fmt: skip
"""By their names in `core.compose.Wish`. Whatever is not here, every method has a use for."""


def uses(method: Method, setting: str) -> bool:
    """Whether the setting changes anything with that method."""
    return setting not in SETTINGS or SETTINGS[setting].used_by(method)


def check_given(given: Collection[str], chosen: Collection[Method]) -> None:
    """Raises KnownError for a setting (by its name in `SETTINGS`) that none of these methods has a use for:
    what the user asked for never silently does nothing."""
    for name in given:
        if not any(uses(method, name) for method in chosen):
            setting = SETTINGS[name]
            titles = list(dict.fromkeys(METHODS[method].title for method in chosen))
            useless = f"{' and '.join(titles)} {'has' if len(titles) == 1 else 'have'} no use for it."
            raise KnownError(f"{setting.option} ({setting.words}) belongs to {setting.owner}; {useless}")


class UnfitSubjects(KnownError):
    """Not all of these subjects can be in one picture by this method. `others`: the methods that take them
    all; `extra`: the uids of those without whom it goes; `most`: how many it takes, 0 where it takes none of
    their kind."""

    def __init__(
        self, words: str, others: tuple[Method, ...], extra: tuple[str, ...], most: int = MOST_SUBJECTS
    ) -> None:
        super().__init__(words)
        self.others, self.extra, self.most = others, extra, most


def check(spec: RenderSpec) -> None:
    """Raises KnownError, in the user's words, for settings that cannot work together; UnfitSubjects where it
    is the subjects."""
    method = METHODS[spec.method]
    for refusal, applies in (_subject_refusals(spec, method) | _setting_refusals(spec, method)).items():
        if applies:
            raise _unfit(spec, method, f"{method.title}: {refusal}")


def _unfit(spec: RenderSpec, method: MethodInfo, words: str) -> KnownError:
    objects = [each.uid for each in spec.subjects if each.kind == "object"]
    if method.people_only and objects:
        return UnfitSubjects(words, _taking(spec), tuple(objects), 0)
    beyond = [each.uid for each in spec.subjects[MOST_SUBJECTS:]]
    if method.visual and beyond:
        return UnfitSubjects(words, _taking(spec), tuple(beyond))
    return KnownError(words)


def _taking(spec: RenderSpec) -> tuple[Method, ...]:
    """The methods that can take all of them."""
    readers = ((name, info) for name, info in METHODS.items() if name != "text")
    return tuple(name for name, info in readers if not any(_subject_refusals(spec, info).values()))


def _subject_refusals(spec: RenderSpec, method: MethodInfo) -> dict[str, object]:
    """Each refusal, and whether it applies."""
    objects = [subject.name for subject in spec.subjects if subject.kind == "object"]
    placed = [subject.name for subject in spec.subjects if subject.region]
    count = len(spec.subjects)
    return {
        f"it knows people by their faces, and {' and '.join(objects)} cannot be known so. Take another "
        "method, or leave objects out of the prompt.": method.people_only and objects,
        f"at most {MOST_SUBJECTS} subjects fit into one picture, and {count} are named. Name fewer, or make "
        "several pictures.": method.visual and count > MOST_SUBJECTS,
        f"it has no visual branch, so the region of {' and '.join(placed)} has nothing to act on. Take a "
        "combination, FastComposer with IP-Adapter for example.": not method.visual and placed,
    }  # fmt: skip


def _setting_refusals(spec: RenderSpec, method: MethodInfo) -> dict[str, object]:
    groups = [group for group, _ in spec.layers]
    several = len(spec.subjects) > 1
    return {
        "it has no visual branch, so strengths by layer do nothing. Leave them out.":
            not method.visual and spec.layers,
        "each group of layers (down, mid, up) has one strength.": len(set(groups)) < len(groups),
        "it has no visual branch, so references cannot be joined one after another.":
            not method.visual and spec.joining != "mean",
        f"it cannot merge subjects by {spec.merging}; possible: {', '.join(method.merging)}.":
            several and method.visual and spec.merging not in method.merging,
        "subjects that act everywhere alike (uniform) are not looked for by words: leave the relevance text "
        "out, merge by relevance, or ask for maps.": several and method.visual and not spec.maps
            and spec.merging == "uniform" and spec.relevance_text != "prompt",
        "it needs a FastComposer file as its second adapter.": method.fusion and not spec.fusion,
        "it takes no second adapter.": spec.fusion and not method.fusion,
    }  # fmt: skip


def summary(spec: RenderSpec) -> dict[str, str]:
    """The method by its title and its main settings, for people and other programs; nothing for a picture
    without subjects. Strengths stand in the subjects' order: names are not for every reader."""
    if not spec.subjects:
        return {}
    method = METHODS[spec.method]
    told = {"Method": method.title}
    if method.visual:
        told["Strength"] = _each([each.scale for each in spec.subjects])
        told |= {"Merging": spec.merging} if len(spec.subjects) > 1 else {}
    if method.words:
        told["Text strength"] = _each([each.text_scale for each in spec.subjects])
    return told | {name: f"{value:g}" for name, value in _own(spec).items()}


def _own(spec: RenderSpec) -> dict[str, float]:
    """The method's own numbers, by the letters of its paper."""
    told: dict[str, float] = {}
    if uses(spec.method, "alpha"):
        told |= {"FastComposer alpha": spec.fastcomposer.alpha}
    if uses(spec.method, "words"):
        own = spec.photoverse
        told |= {"Pseudo-words": own.words, "PhotoVerse alpha": own.alpha}
        told |= {"PhotoVerse gamma": own.gamma, "PhotoVerse sigma": own.sigma}
    elif uses(spec.method, "lora"):
        told |= {"FaceID LoRA": spec.faceid.lora}
    if uses(spec.method, "s_scale"):
        told |= {"FaceID s": spec.faceid.s_scale}
    return told


def _each(values: list[float]) -> str:
    """One value that holds for all, or every one."""
    return ", ".join(f"{value:g}" for value in (values[:1] if len(set(values)) == 1 else values))
