"""A draft: one small, quick picture of what is asked for now, that nobody keeps.

It is made by the queue's own worker, as a chore: after the batch the worker is at and before the next one,
with the model that is in memory if it is the same. The queue waits for it, a few seconds; nothing of it is
written into the library or among the pictures.
"""

import io
from collections.abc import Callable
from threading import Event

from msgspec import structs
from PIL import Image

from core import models
from core.engine import Engine, Step
from core.errors import Cancelled, KnownError
from core.images import square_limit
from core.library import Library, consent
from core.models import ModelInfo
from core.runner import Chore, ChoreResult, Progress
from core.settings import Settings
from core.spec import RenderSpec

STEPS = 8
SHARE = 0.625
"""Of the sides: smaller ones lose what the model knows of composition."""
LEAST = 256
SHOWN = 512

Show = Callable[[bytes], None]
"""Takes a JPEG, on the worker's thread: previews, then the draft."""


def of(settings: Settings, spec: RenderSpec) -> RenderSpec:
    """The same picture, small and in few steps."""
    model = models.find(settings, spec.model)
    return structs.replace(
        spec,
        width=_side(spec.width, model),
        height=_side(spec.height, model),
        steps=min(STEPS, spec.steps),
        scheduler="dpm++",
        maps=False,
        until=None,
    )


def chore(library: Library, spec: RenderSpec, show: Show, stop: Event) -> Chore:
    """For `Runner.do`. Once `stop` is set it ends at its next step, and says nothing."""

    def work(engine: Engine, progress: Progress) -> ChoreResult:
        if stop.is_set():
            return ChoreResult("")
        _check(library, spec)
        try:
            (made,) = engine.render([spec], lambda step: _told(step, progress, show, stop))
        except Cancelled:
            if not stop.is_set():
                raise
            return ChoreResult("")
        show(_jpeg(Image.frombytes("RGB", (made.width, made.height), made.rgb)))
        return ChoreResult("")

    return work


def _check(library: Library, spec: RenderSpec) -> None:
    """Who withdrew their consent since it was asked for is not drafted either."""
    with library.read() as session:
        (refusal,) = consent.refusals(session, [spec])
    if refusal:
        raise KnownError(refusal)


def _told(step: Step, progress: Progress, show: Show, stop: Event) -> None:
    if stop.is_set():
        raise Cancelled
    progress(step.step, step.steps, "")
    for preview in step.previews:
        show(preview)


def _side(side: int, model: ModelInfo) -> int:
    small = max(min(side, LEAST), side * SHARE)
    return max(64, round(small / model.scale_factor) * model.scale_factor)


def _jpeg(picture: Image.Image) -> bytes:
    stream = io.BytesIO()
    square_limit(picture, SHOWN).save(stream, "JPEG", quality=90)
    return stream.getvalue()
