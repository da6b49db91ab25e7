"""From what is asked to what will be done, step by step. Pure: no torch, no weights."""

from collections.abc import Sequence
from dataclasses import dataclass

from msgspec import structs

from core import methods
from core.adapters import AdapterInfo
from core.errors import KnownError
from core.methods import METHODS
from core.models import ModelInfo
from core.spec import RenderSpec, SubjectSpec

Span = tuple[int, int]
# A preview costs a small decode; three of them tell a picture's way.
PREVIEWS = 3


@dataclass(frozen=True)
class SubjectPlan:
    """One subject: its references act in the steps [first, last)."""

    subject: SubjectSpec
    first: int
    last: int

    def scale_at(self, step: int) -> float:
        """λ in that step (counted from 0)."""
        return self.subject.scale if self.first <= step < self.last else 0.0


@dataclass(frozen=True)
class Plan:
    """All that is known of a picture before a weight is loaded. Sizes in latent positions. `visual` and
    `words` are the files of the method's two branches (PhotoVerse's is both). `steps` are the steps taken:
    fewer than asked for when it starts from a photo. The changed words are read from step `fused` on.
    `previews` are the steps (counted from 0) after which a preview is made. `guided`: both halves of
    classifier-free guidance are computed."""

    spec: RenderSpec
    model: ModelInfo
    visual: AdapterInfo | None
    words: AdapterInfo | None
    width: int
    height: int
    steps: int
    fused: int
    subjects: tuple[SubjectPlan, ...]
    previews: frozenset[int]
    guided: bool

    @property
    def replaces(self) -> AdapterInfo | None:
        """The file whose own UNet and encoders stand in for the model's, if there is one."""
        return self.words if self.words and self.words.replaces else None

    @property
    def adapters(self) -> tuple[AdapterInfo, ...]:
        """Every file used, each once."""
        return tuple(dict.fromkeys(file for file in (self.visual, self.words) if file))


def make(spec: RenderSpec, model: ModelInfo) -> Plan:
    """Raises KnownError for what this model cannot make."""
    _check_size(spec, model)
    _check_mask(spec, model)
    methods.check(spec)
    visual, words = _files(spec, model) if spec.subjects else (None, None)
    steps = spec.steps if spec.start is None else max(1, round(spec.steps * spec.start.strength))
    used = visual or words
    return Plan(
        spec=spec,
        model=model,
        visual=visual,
        words=words,
        width=spec.width // model.scale_factor,
        height=spec.height // model.scale_factor,
        steps=steps,
        fused=round((1 - spec.fastcomposer.alpha) * steps),
        subjects=tuple(_window(subject, steps) for subject in spec.subjects) if used else (),
        previews=preview_steps(steps),
        guided=spec.guidance != 1,
    )


def _files(spec: RenderSpec, model: ModelInfo) -> tuple[AdapterInfo | None, AdapterInfo | None]:
    """The files of the visual and of the text branch."""
    method = METHODS[spec.method]
    if method.adapter is None:
        return None, None
    adapter = model.adapter(method.adapter, spec.adapter)
    if method.fusion is not None:
        return adapter, model.adapter(method.fusion, spec.fusion)
    return adapter if method.visual else None, adapter if method.words else None


def preview_steps(steps: int) -> frozenset[int]:
    """Evenly spread; never after the last step, when the picture itself follows."""
    return frozenset(
        {round(steps * k / (PREVIEWS + 1)) - 1 for k in range(1, PREVIEWS + 1)} - {-1, steps - 1}
    )


def fit_words(prompt: str, tokens: Sequence[Span], limit: int, subjects: Sequence[SubjectSpec]) -> str:
    """The words at the prompt's end that the text encoder will not read, "" when it reads all.

    `tokens`: the character span of each of the prompt's tokens; `limit`: how many the encoder reads,
    special tokens left out. Raises KnownError when a subject's noun would be lost.
    """
    if len(tokens) <= limit:
        return ""
    cut = tokens[limit][0]
    for subject in subjects:
        if any(end > cut for _, end in subject.spans):
            raise KnownError(
                f"The prompt is too long for this model: it reads {limit} tokens, and “{subject.noun}” for "
                f"{subject.name} comes after them. Name {subject.name} earlier, or shorten the prompt."
            )
    return prompt[cut:].strip()


def token_rows(spans: Sequence[Span], tokens: Sequence[Span]) -> list[int]:
    """Which tokens lie in the character ranges `spans`; tokens without characters (special ones) never do."""
    return [
        row
        for row, (start, end) in enumerate(tokens)
        if start < end and any(start < stop and begin < end for begin, stop in spans)
    ]


def shared(spec: RenderSpec) -> RenderSpec:
    """What pictures of one batch must agree in: everything but words, subjects and seed."""
    return structs.replace(spec, prompt="", template="", subjects=(), seed=0)


def groups(plans: Sequence[Plan]) -> list[list[int]]:
    """Indices of the plans that run through the UNet together: the same settings, and as many subjects and
    tokens, so that a picture's arithmetic does not depend on its neighbours'."""
    found: dict[tuple[RenderSpec, tuple[int, ...]], list[int]] = {}
    for index, plan in enumerate(plans):
        found.setdefault((shared(plan.spec), _sizes(plan)), []).append(index)
    return list(found.values())


def _sizes(plan: Plan) -> tuple[int, ...]:
    """Of each subject: how many references' tokens it brings."""
    joined = plan.spec.joining == "concatenated"
    return tuple(len(each.subject.references) if joined else 1 for each in plan.subjects)


def _window(subject: SubjectSpec, steps: int) -> SubjectPlan:
    first, last = round(subject.begin * steps), round(subject.end * steps)
    if subject.scale > 0 and first >= last:
        raise KnownError(
            f"{subject.name}'s references would never act: they begin at {subject.begin:.0%} and end at "
            f"{subject.end:.0%} of {steps} steps."
        )
    return SubjectPlan(subject, first, last)


def _check_mask(spec: RenderSpec, model: ModelInfo) -> None:
    if model.inpainting and not (spec.start and spec.start.inside):
        raise KnownError(
            f"Model {model.name} paints inside a mask: choose a photo to start from and draw a mask on it, "
            "or take another model."
        )


def _check_size(spec: RenderSpec, model: ModelInfo) -> None:
    for side, name in ((spec.width, "width"), (spec.height, "height")):
        if side % model.scale_factor:
            nearest = round(side / model.scale_factor) * model.scale_factor
            raise KnownError(
                f"The {name} of {side} px does not suit {model.name}: take a multiple of "
                f"{model.scale_factor}, {nearest} for example."
            )
