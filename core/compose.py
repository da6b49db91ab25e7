"""From what the user asked for to specs, one for each picture. Reads the library; needs no engine."""

import math
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
from msgspec import structs
from sqlalchemy.orm import Session

from core import method_settings, methods, models, prompt, start_photo, wildcards
from core.errors import KnownError
from core.library import subjects, tries
from core.library.subjects import ReferenceRow, SubjectCard
from core.methods import SETTINGS
from core.models import ModelInfo
from core.paths import Home
from core.prompt import Prompt
from core.settings import Settings
from core.spec import Method, Region, RenderSpec, StartPhoto, SubjectSpec
from core.wish import BY_HANDLE, given, possible
from core.wish import Wish as Wish

MAX_PICTURES = 100_000
# The demo album's photos at 256 px, as PNG of compression level 1: 1.33 on average, at most 1.85.
BYTES_PER_PIXEL = 1.33
MASK_LIMIT = 1024
"""Longest side of a kept mask in pixels: latents have an eighth of a picture's."""


@dataclass(frozen=True)
class Estimate:
    """What a queue of specs will cost, at most where pictures are tried again. `seconds` is None before any
    picture was timed."""

    pictures: int
    seconds: float | None
    bytes: int

    def __str__(self) -> str:
        text = "1 picture" if self.pictures == 1 else f"{self.pictures:,} pictures"
        if self.seconds is not None:
            text += f", about {_duration(self.seconds)}"
        return f"{text}, {max(1, round(self.bytes / 1e6)):,} MB"


def specs(session: Session, home: Home, settings: Settings, wish: Wish) -> list[RenderSpec]:
    """Every picture the wish asks for: prompt by prompt, seed by seed. Raises KnownError for what stands in
    the way: an unknown handle (with near matches), no consent, no references, a model or an adapter that is
    not there, a licence nobody accepted, a size or a strength that does not go, a setting that the method
    has no use for."""
    wish = possible(wish)
    model = models.find(settings, wish.model or settings.model)
    size = _size(model, wish)
    first = secrets.randbelow(2**32) if wish.seed is None else wish.seed
    pictures = _pictures(home, wish, first)
    templates = list(dict.fromkeys(template for template, _ in pictures))
    cast = _cast(session, templates)
    _check_consent(cast)
    _check_named(wish, cast)
    nouns = {handle: card.noun for handle, card in cast.items()}
    prompts = [prompt.resolve(template, nouns) for template in templates]
    _check_uses(model, wish, prompts)
    start = start_photo.chosen(session, home, wish) if wish.start else None
    known = {handle: subjects.references(session, card.id) for handle, card in cast.items()}
    asked = _Asked(home, settings, model, wish, cast, known, size, start)
    made = {each.template: _spec(asked, each) for each in prompts}
    return [structs.replace(made[template], seed=seed) for template, seed in pictures]


def estimate(pictures: Sequence[RenderSpec], seconds_per_picture: float | None = None) -> Estimate:
    """Number, time and disk space of these pictures."""
    size = sum(_pixels(spec) * _times(spec) for spec in pictures) * BYTES_PER_PIXEL
    count = sum(map(_times, pictures))
    seconds = None if seconds_per_picture is None else seconds_per_picture * count
    return Estimate(count, seconds, round(size))


def _times(spec: RenderSpec) -> int:
    """How often it is made at most."""
    return spec.until.tries if spec.until else 1


def _pixels(spec: RenderSpec) -> int:
    """Of the finished picture: a photo of which only a part is made anew keeps its size."""
    if spec.start and spec.start.inside:
        width, height = start_photo.size(spec.start)
        return width * height
    return spec.width * spec.height


def _pictures(home: Home, wish: Wish, first: int) -> list[tuple[str, int]]:
    """The prompt and the seed of each picture, prompt by prompt. Raises KnownError."""
    prompts = _prompts(home, wish)
    seeds = [(first + number) % 2**63 for number in range(wish.count)]
    return [(wildcards.drawn(home.wildcards, text, seed), seed) for text in prompts for seed in seeds]


def _prompts(home: Home, wish: Wish) -> list[str]:
    """Every variant of every line; with wildcards still to be drawn, unless all that they stand for is
    asked for."""
    prompts = prompt.expand(_letters(wish.text))
    wildcards.check(home.wildcards, wish.text)
    if wish.wildcards == "all":
        prompts = [each for text in prompts for each in wildcards.everything(home.wildcards, text)]
    if not prompts:
        raise KnownError("Write a prompt first, for example: a photo of @ada on the beach.")
    if len(prompts) * wish.count > MAX_PICTURES:
        raise KnownError(
            f"That makes {len(prompts) * wish.count:,} pictures; at most {MAX_PICTURES:,} are queued at once."
        )
    return prompts


def _letters(text: str) -> str:
    """Without the bytes of a command line that are no letters: neither JSON nor an encoder could take
    them."""
    return text.encode("utf-8", "replace").decode()


def _cast(session: Session, prompts: list[str]) -> dict[str, SubjectCard]:
    """Everybody whom the prompts name, by handle."""
    named = (handle for text in prompts for handle in prompt.handles(text))
    return subjects.by_handles(session, list(dict.fromkeys(named)))


def _check_consent(cast: dict[str, SubjectCard]) -> None:
    asked = [card.name for card in cast.values() if card.kind == "person" and card.consent != "granted"]
    if asked:
        who = " and ".join([", ".join(asked[:-1]), asked[-1]] if asked[1:] else asked)
        raise KnownError(
            f"There is no consent from {who}. Record it on the People page before making pictures."
        )


@dataclass(frozen=True)
class _Asked:
    """The wish, and all that was found out about it."""

    home: Home
    settings: Settings
    model: ModelInfo
    wish: Wish
    cast: dict[str, SubjectCard]
    known: dict[str, list[ReferenceRow]]
    size: tuple[int, int]
    start: StartPhoto | None


def _check_named(wish: Wish, cast: dict[str, SubjectCard]) -> None:
    """Nothing is set for somebody whom no prompt names."""
    for name in BY_HANDLE:
        strangers = [handle for handle in getattr(wish, name) if handle not in cast]
        if strangers:
            option = SETTINGS[name].option
            raise KnownError(
                f"No prompt names @{strangers[0]}: leave {option} {strangers[0]} out, or name them."
            )


def _check_uses(model: ModelInfo, wish: Wish, prompts: list[Prompt]) -> None:
    """Where the method is left to us, a prompt that names nobody is made from its text; what was set is meant
    for the others."""
    named = {bool(each.handles) for each in prompts} | {True}
    chosen = {method_settings.method(model, wish, each) for each in named}
    methods.check_given(given(wish), sorted(chosen - {"text"}) or ["text"])


def keep_mask(home: Home, file: Path) -> str:
    """Keeps a picture that is white where a subject belongs, for `Region.mask`: its hash among the
    references. Raises KnownError for a file that is no picture, or has nothing white."""
    from core import images, references

    mask = images.square_limit(images.open_photo(file).image.convert("L"), MASK_LIMIT)
    if not any(mask.histogram()[128:]):
        raise KnownError(f"{file.name} is dark everywhere: a mask is white where the subject belongs.")
    return references.store(home.create().references, mask)


def _spec(asked: _Asked, resolved: Prompt) -> RenderSpec:
    wish, model = asked.wish, asked.model
    chosen = method_settings.method(model, wish, bool(resolved.handles))
    adapter, fusion = method_settings.adapters(asked.settings, model, wish, chosen)
    shown = [_subject(asked, handle, resolved, chosen) for handle in resolved.handles]
    spec = _checked(
        prompt=resolved.text,
        template=resolved.template,
        model=model.name,
        width=asked.size[0],
        height=asked.size[1],
        seed=0,
        steps=model.advice.steps if wish.steps is None else wish.steps,
        guidance=model.advice.guidance if wish.guidance is None else wish.guidance,
        scheduler=wish.scheduler or model.advice.scheduler,
        method=chosen,
        adapter=adapter.name if adapter else "",
        fusion=fusion.name if fusion else "",
        subjects=tuple(filter(None, shown)),
        negative_prompt=_letters(wish.negative_prompt),
        precision=wish.precision or "auto",
        start=asked.start,
        **method_settings.sharing(model, wish, chosen, adapter),
        **method_settings.own(model, wish, chosen),
    )
    methods.check(spec)
    until = wish.until
    return tries.asked([spec], until.score, until.tries, until.keep)[0] if until else spec


def _subject(asked: _Asked, handle: str, resolved: Prompt, chosen: Method) -> SubjectSpec | None:
    """None for somebody without references in a picture that is made from text alone."""
    card, wish = asked.cast[handle], asked.wish
    enabled = [row for row in asked.known[handle] if row.enabled]
    if not enabled and chosen == "text":
        return None
    _check_references(asked.home, card, asked.known[handle], enabled)
    _check_region(asked.home, handle, wish.regions.get(handle))
    return SubjectSpec(
        uid=card.uid, name=card.name, kind=card.kind, noun=card.noun,
        references=tuple(row.prepared for row in enabled),
        spans=tuple((m.start, m.end) for m in resolved.mentions if m.handle == handle),
        region=wish.regions.get(handle),
        **method_settings.strengths(asked.model, wish, chosen, handle),
    )  # fmt: skip


def _check_region(home: Home, handle: str, region: Region | None) -> None:
    if region and region.mask and not home.reference(region.mask).exists():
        raise KnownError(f"The mask for @{handle} is gone from {home.references}. Choose its file again.")


def _check_references(
    home: Home, card: SubjectCard, known: list[ReferenceRow], enabled: list[ReferenceRow]
) -> None:
    if not known:
        raise KnownError(f"@{card.handle} has no references yet. Make them from {card.name}'s photos first.")
    if not enabled:
        raise KnownError(f"All references of @{card.handle} are switched off. Switch one on first.")
    gone = [row for row in enabled if not home.reference(row.crop).exists()]
    if gone:
        raise KnownError(
            f"{len(gone)} reference files of @{card.handle} are gone from {home.references}. Switch "
            "those references off or make them again."
        )


def _size(model: ModelInfo, wish: Wish) -> tuple[int, int]:
    width, height = wish.width or model.size, wish.height or model.size
    for side in (width, height):
        if side % model.scale_factor or not 64 <= side <= 4096:
            near = min(4096, max(64, round(side / model.scale_factor) * model.scale_factor))
            raise KnownError(
                f"Model {model.name} makes pictures whose sides are multiples of {model.scale_factor}, from "
                f"64 to 4096 pixels: use {near} instead of {side}."
            )
    return width, height


def _checked(**fields: object) -> RenderSpec:
    """The struct's own limits hold for every field. Raises KnownError."""
    plain = {name: msgspec.to_builtins(value) for name, value in fields.items()}
    try:
        return msgspec.convert(plain, RenderSpec)
    except msgspec.ValidationError as error:
        raise KnownError(f"These settings do not go together: {error}.") from error


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = math.ceil(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"
