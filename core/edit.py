"""Other settings for pictures that wait: the spec each was queued with, changed in what the user says."""

import secrets
from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import structs
from sqlalchemy.orm import Session

from core import method_settings, methods, models, prompt
from core.errors import KnownError
from core.library import jobs, subjects
from core.methods import METHODS
from core.settings import Settings
from core.spec import FaceId, FastComposer, Method, PhotoVerse, RenderSpec, SchedulerName, SubjectSpec
from core.wish import Wish


class Edit(msgspec.Struct, frozen=True):
    """None: stays as it is. `text`: a prompt with the handles of subjects that are in the picture already.
    `method`: with its own settings, as it is best used. `scale`: how strongly everybody's references act."""

    text: str | None = None
    negative_prompt: str | None = None
    seed: int | None = None
    steps: int | None = None
    guidance: float | None = None
    scheduler: SchedulerName | None = None
    width: int | None = None
    height: int | None = None
    scale: float | None = None
    method: Method | None = None


APART = ("text", "scale", "method")
"""Fields of an `Edit` that are not fields of a spec, or bring others with them."""


def edits(session: Session, settings: Settings, job_ids: Sequence[int], edit: Edit) -> dict[int, RenderSpec]:
    """The changed spec of each job, with seeds counting up from the one that was said. Raises KnownError for
    what cannot be, and for a job that is gone."""
    made: dict[int, RenderSpec] = {}
    for number, job_id in enumerate(job_ids):
        seed = None if edit.seed is None else (edit.seed + number) % 2**63
        spec = jobs.spec_of(session, job_id)
        made[job_id] = edited(session, settings, spec, structs.replace(edit, seed=seed))
    return made


def edited(session: Session, settings: Settings, spec: RenderSpec, edit: Edit) -> RenderSpec:
    """Raises KnownError for what cannot be."""
    said = {name: value for name, value in structs.asdict(edit).items() if value is not None}
    if not said:
        raise KnownError("Say what to change, for example --steps 30.")
    changes: dict[str, Any] = {name: value for name, value in said.items() if name not in APART}
    if edit.text is not None:
        changes |= _reworded(session, spec, edit.text)
    shown = changes.get("subjects", spec.subjects)
    if edit.method is not None and edit.method != spec.method:
        changes |= _made_by(settings, spec, edit.method, shown)
    if edit.scale is not None:
        changes["subjects"] = _scaled(changes.get("subjects", shown), edit.scale, edit.method or spec.method)
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
                f"@{handle} is not in this picture yet: queue a new one for that. Nothing was changed."
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


def _made_by(
    settings: Settings, spec: RenderSpec, method: Method, shown: Sequence[SubjectSpec]
) -> dict[str, Any]:
    """Another method, its files, and its own settings as it is best used."""
    if not shown:
        raise KnownError("Nobody's references act in this picture: it can be made from its text alone.")
    model = models.find(settings, spec.model)
    wish = Wish(text="", method=method, maps=spec.maps)
    adapter, fusion = method_settings.adapters(settings, model, wish, method)
    strengths = method_settings.strengths(model, wish, method, "")
    plain = {"photoverse": PhotoVerse(), "fastcomposer": FastComposer(), "faceid": FaceId(), "layers": ()}
    return plain | {
        "method": method,
        "adapter": adapter.name if adapter else "",
        "fusion": fusion.name if fusion else "",
        "subjects": tuple(structs.replace(subject, **strengths) for subject in shown),
        "joining": "mean",
        "relevance_text": "prompt",
        **method_settings.sharing(model, wish, method, adapter),
        **method_settings.own(model, wish, method),
    }


def _scaled(shown: Sequence[SubjectSpec], scale: float, method: Method) -> tuple[SubjectSpec, ...]:
    if not shown:
        raise KnownError("Nobody's references act in this picture: leave --scale out.")
    methods.check_given(["scale"], [method])
    strength = "scale" if METHODS[method].visual else "text_scale"
    return tuple(structs.replace(subject, **{strength: scale}) for subject in shown)


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
    """The same picture with seeds counting up; without one, from a seed drawn by chance. Each is tried anew
    where it is to reach a likeness."""
    first = secrets.randbelow(2**32) if seed is None else seed
    until = spec.until and structs.replace(spec.until, number=1, first=0)
    return [structs.replace(spec, seed=(first + number) % 2**63, until=until) for number in range(count)]
