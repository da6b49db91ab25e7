"""From a protocol's picture to the spec that decides it, the model's own advice filling in the rest."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core import method_settings
from core.errors import KnownError
from core.evaluation.trials import Trial
from core.methods import METHODS
from core.models import ModelInfo
from core.settings import Settings
from core.spec import FastComposer, Kind, Merging, Method, Reference, RenderSpec, SubjectSpec
from core.wish import Wish

Spans = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Member:
    """Somebody or something a protocol asks for. `noun`: what stands for it in prompts."""

    name: str
    kind: Kind
    noun: str
    references: tuple[Reference, ...]


@dataclass(frozen=True)
class Way:
    """One way to make a picture: a method and how it merges several subjects (None where it does not)."""

    method: Method
    merging: Merging | None = None

    @property
    def label(self) -> str:
        title = METHODS[self.method].title
        return f"{title}, {self.merging}" if self.merging else title

    @property
    def name(self) -> str:
        """For files."""
        return "--".join(filter(None, (self.method.replace("+", "-and-"), self.merging)))


@dataclass(frozen=True)
class Studio:
    """What all pictures of a run share. None: as the model does best."""

    model: ModelInfo
    settings: Settings
    steps: int | None = None
    size: int | None = None
    guidance: float | None = None
    scale: float | None = None

    def spec(
        self, way: Way, prompt: str, members: Sequence[Member], seed: int, maps: bool = False
    ) -> RenderSpec:
        """`prompt` has {0}, {1}, … where the members' nouns belong; a member it does not name is left out.
        Raises KnownError when an adapter is missing or its licence was not accepted."""
        method, advice = METHODS[way.method], self.model.advice
        adapter, fusion = method_settings.adapters(self.settings, self.model, Wish(text=""), way.method)
        text, spans = placed(prompt, [member.noun for member in members])
        subjects = tuple(
            self._subject(way.method, member, where)
            for member, where in zip(members, spans, strict=True)
            if where
        )
        size = self.size or self.model.size
        return RenderSpec(
            prompt=text,
            template=prompt,
            model=self.model.name,
            width=size,
            height=size,
            seed=seed,
            steps=self.steps or advice.steps,
            guidance=advice.guidance if self.guidance is None else self.guidance,
            scheduler=advice.scheduler,
            method=way.method,
            adapter=adapter.name if adapter else "",
            fusion=fusion.name if fusion else "",
            merging=way.merging or (method.merging[0] if method.merging else "relevance-mean"),
            subjects=subjects,
            fastcomposer=FastComposer(advice.alpha),
            maps=maps and method.adapter is not None and len(subjects) > 1,
        )

    def _subject(self, method: Method, member: Member, spans: Spans) -> SubjectSpec:
        wish = Wish(text="", scale=self.scale)
        return SubjectSpec(
            uid=member.name,
            name=member.name,
            kind=member.kind,
            noun=member.noun,
            references=member.references,
            spans=spans,
            **method_settings.strengths(self.model, wish, method, member.name),
        )


def placed(prompt: str, nouns: Sequence[str]) -> tuple[str, list[Spans]]:
    """The prompt with nouns in place of {0}, {1}, …, and where each noun stands, once for each mention."""
    text, spans = "", [list[tuple[int, int]]() for _ in nouns]
    rest = prompt
    while rest:
        number, at = _next(rest, len(nouns))
        text += rest[:at]
        if number is None:
            break
        spans[number].append((len(text), len(text) + len(nouns[number])))
        text += nouns[number]
        rest = rest[at + len(f"{{{number}}}") :]
    return text, [tuple(each) for each in spans]


def ways(model: ModelInfo, methods: Sequence[Method] = ()) -> list[Way]:
    """Every method of the model, or those chosen, with each way it can merge several subjects."""
    chosen = methods or model.methods()
    return [Way(method, merging) for method in chosen for merging in _merging(model, method) or (None,)]


def planned(
    chosen: Sequence[Way], trials: Callable[[Way], Sequence[Trial]]
) -> tuple[list[Trial], dict[str, str]]:
    """Every way's trials; and by its label why a way cannot be tried (no adapter, a licence, other faces)."""
    found: list[Trial] = []
    left_out: dict[str, str] = {}
    for way in chosen:
        try:
            found += trials(way)
        except KnownError as error:
            left_out[way.label] = str(error)
    return found, left_out


def _merging(model: ModelInfo, method: Method) -> tuple[Merging, ...]:
    """Without the trained weights where the adapter's file has none."""
    layout, found = METHODS[method].adapter, METHODS[method].merging
    if layout is None or model.adapter(layout).trained:
        return found
    return tuple(merging for merging in found if merging != "relevance-trained")


def _next(rest: str, nouns: int) -> tuple[int | None, int]:
    """Which noun comes next, and where; (None, length) when there is none."""
    places = [(rest.find(f"{{{number}}}"), number) for number in range(nouns)]
    at, number = min((place for place in places if place[0] >= 0), default=(len(rest), None))
    return number, at
