"""Other settings for a picture that waits: the spec it was queued with, changed in what the user says."""

import secrets
from typing import Any

import msgspec
from msgspec import structs
from sqlalchemy.orm import Session

from core import methods, models, prompt
from core.errors import KnownError
from core.library import subjects
from core.settings import Settings
from core.spec import RenderSpec, SchedulerName, SubjectSpec


class Edit(msgspec.Struct, frozen=True):
    """None: stays as it is. `text`: a prompt with the handles of subjects that are in the picture already.
    `scale`: how strongly references act, for everybody."""

    text: str | None = None
    negative_prompt: str | None = None
    seed: int | None = None
    steps: int | None = None
    guidance: float | None = None
    scheduler: SchedulerName | None = None
    width: int | None = None
    height: int | None = None
    scale: float | None = None


def edited(session: Session, settings: Settings, spec: RenderSpec, edit: Edit) -> RenderSpec:
    """Raises KnownError for what cannot be."""
    changes: dict[str, Any] = {
        name: value
        for name, value in structs.asdict(edit).items()
        if value is not None and name not in ("text", "scale")
    }
    if edit.text is not None:
        changes |= _reworded(session, spec, edit.text)
    if edit.scale is not None:
        changes["subjects"] = _scaled(changes.get("subjects", spec.subjects), edit.scale)
    if not changes:
        raise KnownError("Say what to change, for example --steps 30.")
    changed = _checked(spec, changes)
    _check_size(settings, changed)
    methods.check(changed)
    return changed


def _reworded(session: Session, spec: RenderSpec, text: str) -> dict[str, Any]:
    """The prompt with the places of everybody's words."""
    templates = prompt.expand(text)
    if len(templates) != 1:
        raise KnownError("A picture has one prompt: write one line, without {a|b}.")
    cast = subjects.by_handles(session, prompt.handles(templates[0]))
    there = {each.uid: each for each in spec.subjects}
    for handle, card in cast.items():
        if card.uid not in there:
            raise KnownError(
                f"@{handle} is not in this picture yet. Queue a new one: likeness queue add “{text}”"
            )
    resolved = prompt.resolve(templates[0], {handle: there[card.uid].noun for handle, card in cast.items()})
    named = [(handle, there[cast[handle].uid]) for handle in resolved.handles]
    if spec.subjects and not named:
        raise KnownError(f"Leave {spec.subjects[0].name} in the prompt, or queue a new picture.")
    shown = [
        structs.replace(
            subject, spans=tuple((m.start, m.end) for m in resolved.mentions if m.handle == handle)
        )
        for handle, subject in named
    ]
    return {"prompt": resolved.text, "template": resolved.template, "subjects": tuple(shown)}


def _scaled(shown: tuple[SubjectSpec, ...], scale: float) -> tuple[SubjectSpec, ...]:
    if not shown:
        raise KnownError("Nobody's references act in this picture: leave --scale out.")
    return tuple(structs.replace(subject, scale=scale) for subject in shown)


def _checked(spec: RenderSpec, changes: dict[str, Any]) -> RenderSpec:
    """The struct's own limits hold for every field."""
    try:
        return msgspec.convert(msgspec.to_builtins(structs.asdict(spec) | changes), RenderSpec)
    except msgspec.ValidationError as error:
        raise KnownError(f"These settings do not go together: {error}.") from error


def _check_size(settings: Settings, spec: RenderSpec) -> None:
    factor = models.find(settings, spec.model).scale_factor
    if spec.width % factor or spec.height % factor:
        raise KnownError(f"Model {spec.model} makes pictures whose sides are multiples of {factor}.")


def again(spec: RenderSpec, count: int, seed: int | None) -> list[RenderSpec]:
    """The same picture with seeds counting up; without one, from a seed drawn by chance."""
    first = secrets.randbelow(2**32) if seed is None else seed
    return [structs.replace(spec, seed=(first + number) % 2**63) for number in range(count)]
