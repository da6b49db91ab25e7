"""A method's own part of a wish: which method and which files, and its settings where nobody says."""

from typing import Any

from core.adapters import AdapterInfo, check_licence
from core.errors import KnownError
from core.methods import METHODS, Layout, uses
from core.models import ModelInfo
from core.offers import check_faces
from core.settings import Settings
from core.spec import LayerGroup, Merging, Method
from core.wish import Wish

LAYERS: tuple[LayerGroup, ...] = ("down", "mid", "up")


def method(model: ModelInfo, wish: Wish, has_subjects: bool) -> Method:
    """How it is made: what was asked for, or what the adapter that was asked for is for; else, where the
    prompt names somebody, the model's best adapter; else text alone."""
    if wish.method is not None:
        return wish.method
    if wish.adapter:
        return named(model, wish.adapter).layout
    if not has_subjects:
        return "text"
    has = model.methods()
    choices: tuple[Method, ...] = (model.advice.method, "ip-adapter-plus", "ip-adapter")
    return next((each for each in choices if each in has), "text")


def named(model: ModelInfo, name: str) -> AdapterInfo:
    """The adapter file of that name, whatever its layout. Raises KnownError."""
    found = {adapter.name: adapter for adapter in model.adapters}
    if name not in found:
        raise KnownError(f"Model {model.name} has no adapter {name}. Known: {', '.join(found) or 'none'}.")
    return found[name]


def strength(model: ModelInfo, chosen: Method) -> float:
    """How strongly references act when nobody says: as measured with this model, or as the method's paper
    has it."""
    info = METHODS[chosen]
    if not info.visual:
        return text_strength(model, chosen)
    measured = chosen == model.advice.method or info.scale is None
    return model.advice.scale if measured else info.scale or 0.0


def text_strength(model: ModelInfo, chosen: Method) -> float:
    """How much of a subject's changed words is taken when nobody says."""
    return model.advice.text_scale if uses(chosen, "alpha") else 1.0


def merging(model: ModelInfo, chosen: Method, adapter: AdapterInfo | None) -> Merging:
    """How several subjects share a picture when nobody says: by the file's own trained weights if it has
    some, else as measured with this model, else as the method does."""
    own = METHODS[chosen].merging
    possible = [each for each in own if each != "relevance-trained" or (adapter and adapter.trained)]
    if not possible or (model.advice.merging in possible and possible[0] != "relevance-trained"):
        return model.advice.merging
    return possible[0]


Files = tuple[AdapterInfo | None, AdapterInfo | None]


def files(model: ModelInfo, wish: Wish, chosen: Method) -> Files:
    """The method's adapter, and the second one of a combination. Raises KnownError for one that is not
    there."""
    info = METHODS[chosen]
    return (
        _file(model, info.adapter, wish.adapter) if info.adapter else None,
        _file(model, info.fusion, wish.fusion) if info.fusion else None,
    )


def adapters(settings: Settings, model: ModelInfo, wish: Wish, chosen: Method) -> Files:
    """The method's files, able to do what is asked, and under a licence that was accepted. Raises
    KnownError."""
    first, second = files(model, wish, chosen)
    check_faces(settings, chosen)
    for adapter in filter(None, (first, second)):
        check_licence(adapter, settings.accepted, model.name)
    if first and wish.merging == "relevance-trained" and not first.trained:
        raise KnownError(
            f"{first.name} carries no trained weights: merge by relevance-mean or relevance-across."
        )
    if first and uses(chosen, "words") and (wish.words or 1) > first.words:
        raise KnownError(f"{first.name} makes at most {first.words} pseudo-words, not {wish.words}.")
    return first, second


def sharing(model: ModelInfo, wish: Wish, chosen: Method, adapter: AdapterInfo | None) -> dict[str, Any]:
    """How subjects share the picture: fields of a RenderSpec."""
    maps = bool(wish.maps) and chosen != "text"
    if not METHODS[chosen].visual:
        return {"merging": model.advice.merging, "maps": maps}
    layers = [(group, wish.layers[group]) for group in LAYERS if wish.layers.get(group, 1.0) != 1.0]
    return {
        "merging": wish.merging or merging(model, chosen, adapter),
        "relevance_text": wish.relevance_text or "prompt",
        "joining": wish.joining or "mean",
        "layers": layers,
        "maps": maps,
    }


def own(model: ModelInfo, wish: Wish, chosen: Method) -> dict[str, Any]:
    """The settings of the method's paper, as fields of a RenderSpec; what was not said is as the paper has
    it, FastComposer's α as the model does best."""
    made: dict[str, Any] = {}
    if uses(chosen, "alpha"):
        made["fastcomposer"] = {"alpha": model.advice.alpha if wish.alpha is None else wish.alpha}
    if uses(chosen, "words"):
        made["photoverse"] = _said(words=wish.words, alpha=wish.lora, gamma=wish.gamma, sigma=wish.sigma)
    elif uses(chosen, "lora"):
        s_scale = wish.s_scale if uses(chosen, "s_scale") else None
        made["faceid"] = _said(lora=wish.lora, s_scale=s_scale)
    return made


def _said(**values: float | None) -> dict[str, float]:
    return {name: value for name, value in values.items() if value is not None}


def _file(model: ModelInfo, layout: Layout, name: str | None) -> AdapterInfo:
    if name:
        adapter = named(model, name)
        if adapter.layout != layout:
            is_a, needed = METHODS[adapter.layout].title, METHODS[layout].title
            raise KnownError(f"{name} is a file for {is_a}; one for {needed} is needed here.")
    return model.adapter(layout, name or "")


def strengths(model: ModelInfo, wish: Wish, chosen: Method, handle: str) -> dict[str, Any]:
    """How strongly, and when, a subject's references act in the branches: fields of a SubjectSpec."""
    advice, info = model.advice, METHODS[chosen]
    common = strength(model, chosen) if wish.scale is None else wish.scale
    mine = wish.scales.get(handle, common)
    words = wish.text_scales.get(handle)
    if info.words and not info.visual:
        if words is not None and handle in wish.scales:
            raise KnownError(
                f"{info.title}: @{handle} has two strengths. Its words are all that changes here: say one."
            )
        return {"text_scale": mine if words is None else words}
    begin = advice.begin if wish.begin is None else wish.begin
    end = advice.end if wish.end is None else wish.end
    return {
        "scale": mine,
        "text_scale": text_strength(model, chosen) if words is None else words,
        "begin": begin,
        "end": end,
    }
