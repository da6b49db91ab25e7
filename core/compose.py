"""From what the user asked for to specs, one for each picture. Reads the library; needs no engine."""

import math
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import msgspec
from msgspec import Meta, Struct
from sqlalchemy.orm import Session

from core import models, prompt
from core.errors import KnownError
from core.library import subjects
from core.library.subjects import ReferenceRow, SubjectCard
from core.methods import METHODS
from core.models import ModelInfo
from core.paths import Home
from core.settings import Settings
from core.spec import Fraction, Merging, Method, Precision, RenderSpec, SchedulerName, SubjectSpec

MAX_PICTURES = 100_000
# The demo album's photos at 256 px, as PNG of compression level 1: 1.33 on average, at most 1.85.
BYTES_PER_PIXEL = 1.33


class Wish(Struct, frozen=True):
    """What the user asked for. `text`: one prompt a line, with @handles and {a|b}. `count`: pictures of
    each prompt, with the seeds seed, seed + 1, …; no seed means one at random. `scale` is the references'
    strength for everybody, `scales` for some, by handle. None everywhere means: what the model does best."""

    text: str
    count: Annotated[int, Meta(ge=1, le=10_000)] = 1
    seed: Annotated[int, Meta(ge=0, le=2**63 - 1)] | None = None
    method: Method | None = None
    model: str | None = None
    width: int | None = None
    height: int | None = None
    steps: int | None = None
    guidance: float | None = None
    scale: float | None = None
    scales: dict[str, float] = {}
    merging: Merging | None = None
    begin: Fraction | None = None
    end: Fraction | None = None
    negative_prompt: str = ""
    scheduler: SchedulerName | None = None
    precision: Precision | None = None


@dataclass(frozen=True)
class Estimate:
    """What a queue of specs will cost. `seconds` is None before any picture was timed."""

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
    not there, a size or a strength that does not go."""
    wish = _possible(wish)
    model = models.find(settings, wish.model or settings.model)
    width, height = _size(model, wish)
    prompts = _prompts(wish)
    cast = _cast(session, prompts)
    _check_consent(cast)
    known = {handle: subjects.references(session, card.id) for handle, card in cast.items()}
    first = secrets.randbelow(2**32) if wish.seed is None else wish.seed
    made = [_spec(home, model, wish, template, cast, known, width, height) for template in prompts]
    return [_with_seed(spec, first + number) for spec in made for number in range(wish.count)]


def estimate(pictures: Sequence[RenderSpec], seconds_per_picture: float | None = None) -> Estimate:
    """Number, time and disk space of these pictures."""
    size = sum(spec.width * spec.height for spec in pictures) * BYTES_PER_PIXEL
    seconds = None if seconds_per_picture is None else seconds_per_picture * len(pictures)
    return Estimate(len(pictures), seconds, round(size))


def _possible(wish: Wish) -> Wish:
    """The wish with its limits checked and its handles as the library writes them. Raises KnownError."""
    scales = {handle.strip().removeprefix("@").lower(): scale for handle, scale in wish.scales.items()}
    plain = msgspec.to_builtins(msgspec.structs.replace(wish, scales=scales))
    try:
        checked = msgspec.convert(plain, Wish)
    except msgspec.ValidationError as error:
        raise KnownError(f"This cannot be made: {error}.") from error
    if checked.begin is not None and checked.end is not None and checked.begin >= checked.end:
        raise KnownError("References must begin before they end (both are parts of the steps, 0 to 1).")
    return checked


def _prompts(wish: Wish) -> list[str]:
    prompts = prompt.expand(_letters(wish.text))
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


def _spec(
    home: Home, model: ModelInfo, wish: Wish, template: str, cast: dict[str, SubjectCard],
    known: dict[str, list[ReferenceRow]], width: int, height: int,
) -> RenderSpec:  # fmt: skip
    resolved = prompt.resolve(template, {handle: card.noun for handle, card in cast.items()})
    method = _method(model, wish, resolved)
    layout = METHODS[method].adapter
    adapter = model.adapter(layout).name if layout else ""
    shown = [_subject(home, model, wish, cast[handle], known[handle], resolved, method)
             for handle in resolved.handles]  # fmt: skip
    return _checked(
        prompt=resolved.text,
        template=template,
        model=model.name,
        width=width,
        height=height,
        seed=0,
        steps=model.advice.steps if wish.steps is None else wish.steps,
        guidance=model.advice.guidance if wish.guidance is None else wish.guidance,
        scheduler=wish.scheduler or model.advice.scheduler,
        method=method,
        adapter=adapter,
        merging=wish.merging or model.advice.merging,
        subjects=tuple(filter(None, shown)),
        negative_prompt=_letters(wish.negative_prompt),
        precision=wish.precision or "auto",
    )


def _method(model: ModelInfo, wish: Wish, resolved: prompt.Prompt) -> Method:
    """What was asked for; else, where the prompt names somebody, the model's best adapter; else text
    alone."""
    if wish.method is not None:
        return wish.method
    if not resolved.handles:
        return "text"
    has = model.methods()
    choices: tuple[Method, ...] = (model.advice.method, "ip-adapter-plus", "ip-adapter")
    return next((method for method in choices if method in has), "text")


def _subject(
    home: Home, model: ModelInfo, wish: Wish, card: SubjectCard, known: list[ReferenceRow],
    resolved: prompt.Prompt, method: Method,
) -> SubjectSpec | None:  # fmt: skip
    """None for somebody without references in a picture that is made from text alone."""
    enabled = [row for row in known if row.enabled]
    if not enabled and method == "text":
        return None
    _check_references(home, card, known, enabled)
    scale = wish.scales.get(card.handle, model.advice.scale if wish.scale is None else wish.scale)
    return SubjectSpec(
        uid=card.uid, name=card.name, kind=card.kind, noun=card.noun,
        references=tuple(row.prepared for row in enabled),
        spans=tuple((m.start, m.end) for m in resolved.mentions if m.handle == card.handle),
        scale=scale,
        begin=model.advice.begin if wish.begin is None else wish.begin,
        end=model.advice.end if wish.end is None else wish.end,
    )  # fmt: skip


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


def _with_seed(spec: RenderSpec, seed: int) -> RenderSpec:
    return msgspec.structs.replace(spec, seed=seed % 2**63)


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = math.ceil(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"
