"""What a user asks for, before the library and the model have been asked whether it can be."""

from typing import Annotated

import msgspec
from msgspec import Meta, Struct, structs

from core.errors import KnownError
from core.methods import SETTINGS
from core.spec import (
    Fraction,
    Inside,
    Joining,
    LayerGroup,
    Merging,
    Method,
    Precision,
    Region,
    RelevanceText,
    SchedulerName,
    Until,
)
from core.wildcards import How

BY_HANDLE = ("scales", "text_scales", "regions")


class Wish(Struct, frozen=True):
    """What the user asked for. None everywhere means: what the model does best, or what the method's paper
    does.

    `text`: one prompt a line, with @handles and {a|b}. `count`: pictures of each prompt, with the seeds seed,
    seed + 1, …; no seed means one at random. `scale` is the references' strength for everybody, `scales` for
    some, by handle: λ of the visual branch, or the text branch's strength where a method has no other.
    `text_scales`: the text branch's strength beside that. `adapter`, `fusion`: names of the model's adapter
    files. `alpha` is FastComposer's; `words`, `gamma`, `sigma` PhotoVerse's; `lora` PhotoVerse's α or how
    much of a FaceID file's LoRA is used; `s_scale` FaceID PlusV2's s. `start`: the path of a photo to start
    from, `start_strength` how much of it is made anew, `inside` a kept mask of where.
    `wildcards`: whether each picture draws a line for every __wildcard__ of its prompt, or all are made.
    `until`: each is made again, with other seeds, until everybody in it is alike enough.
    """

    text: str
    count: Annotated[int, Meta(ge=1, le=10_000)] = 1
    seed: Annotated[int, Meta(ge=0, le=2**63 - 1)] | None = None
    method: Method | None = None
    adapter: str | None = None
    fusion: str | None = None
    model: str | None = None
    width: int | None = None
    height: int | None = None
    steps: int | None = None
    guidance: float | None = None
    scale: float | None = None
    scales: dict[str, float] = {}
    text_scales: dict[str, float] = {}
    merging: Merging | None = None
    relevance_text: RelevanceText | None = None
    joining: Joining | None = None
    layers: dict[LayerGroup, float] = {}
    regions: dict[str, Region] = {}
    begin: Fraction | None = None
    end: Fraction | None = None
    alpha: float | None = None
    words: int | None = None
    gamma: float | None = None
    sigma: float | None = None
    lora: float | None = None
    s_scale: float | None = None
    start: str | None = None
    start_strength: float | None = None
    inside: Inside | None = None
    wildcards: How | None = None
    until: Until | None = None
    maps: bool | None = None
    negative_prompt: str = ""
    scheduler: SchedulerName | None = None
    precision: Precision | None = None


def possible(wish: Wish) -> Wish:
    """The wish with its limits checked and its handles as the library writes them. Raises KnownError."""
    told = {name: _by_handle(getattr(wish, name)) for name in BY_HANDLE}
    plain = msgspec.to_builtins(structs.replace(wish, **told))
    try:
        checked = msgspec.convert(plain, Wish)
    except msgspec.ValidationError as error:
        raise KnownError(f"This cannot be made: {error}.") from error
    if checked.begin is not None and checked.end is not None and checked.begin >= checked.end:
        raise KnownError("References must begin before they end (both are parts of the steps, 0 to 1).")
    if checked.start is None and checked.start_strength is not None:
        raise KnownError(
            "A start photo's strength needs a start photo: choose one, or leave the strength out."
        )
    if checked.start is None and checked.inside is not None:
        raise KnownError("A mask needs the photo it was drawn on: choose one, or leave the mask out.")
    return checked


def given(wish: Wish) -> list[str]:
    """The settings the user decided of those that not every method has a use for."""
    return [name for name in SETTINGS if getattr(wish, name) not in (None, {}, "", False)]


def _by_handle(values: dict[str, object]) -> dict[str, object]:
    return {handle.strip().removeprefix("@").lower(): value for handle, value in values.items()}
