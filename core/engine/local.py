"""The engine in this process: each heavy part is opened when it is first needed."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from core.engine import EngineOptions, OnStep, Rendered, Scan, Scores, Step, prepared
from core.environment import set_environment
from core.faces import Box, FaceBackend, open_backend
from core.paths import Home
from core.segment import Segmenter, open_segmenter
from core.spec import Kind, Reference, RenderSpec

if TYPE_CHECKING:
    from core.diffusion.engine import Pipeline, RenderedImage


class LocalEngine:
    """All of it here: face models, segmenter, pipeline. For one thread at a time."""

    def __init__(self, options: EngineOptions) -> None:
        set_environment()
        self._options = options
        self._home = Home(options.home)

    def scan(self, photo: Path) -> Scan:
        from core.images import open_photo

        return Scan(tuple(self._faces.find(open_photo(photo).image)), self._faces.identity)

    def group(self, embeddings: Sequence[bytes]) -> list[int]:
        from core.faces.cluster import group_faces

        return group_faces(embeddings, self._faces.threshold)

    def prepare(self, photo: Path, box: Box | None, kind: Kind, size: int) -> Reference:
        from core.images import open_photo

        image = open_photo(photo).image
        wanted = prepared.key(photo, box, kind, size, self._options.margin, self._segmenter.identity)
        if known := prepared.find(self._home, wanted):
            return known
        reference = self._prepare(image, box, kind, size)
        prepared.keep(self._home, wanted, reference)
        return reference

    def _prepare(self, image: Image.Image, box: Box | None, kind: Kind, size: int) -> Reference:
        from core import references

        made = references.prepare(image, box, kind, size, self._options.margin, self._segmenter)
        crop, mask = references.store_all(self._home.references, made)
        return Reference(crop, mask)

    def batch_size(self, spec: RenderSpec) -> int:
        return self._pipeline.batch_size(spec)

    def render(
        self, specs: Sequence[RenderSpec], on_step: OnStep, batch_size: int | None = None
    ) -> list[Rendered]:
        def step(number: int, steps: int, previews: tuple[bytes, ...]) -> None:
            on_step(Step(number, steps, previews))

        # Opened first: a judge that is missing must not be noticed after minutes of rendering.
        judge = self._faces if any(_people(spec) for spec in specs) else None
        images = self._pipeline.render(specs, step, batch_size)
        return [self._judged(spec, image, judge) for spec, image in zip(specs, images, strict=True)]

    def abort(self) -> None: ...

    def close(self) -> None:
        if "_pipeline" in self.__dict__:
            self._pipeline.close()
        self.__dict__ = {"_options": self._options, "_home": self._home}

    @cached_property
    def _faces(self) -> FaceBackend:
        return open_backend(self._options.faces, self._options.resources)

    @cached_property
    def _segmenter(self) -> Segmenter:
        return open_segmenter(self._options.segmenter, self._options.resources)

    @cached_property
    def _pipeline(self) -> "Pipeline":
        from core.diffusion.engine import Pipeline

        return Pipeline(self._options, lambda: self._faces)

    def _judged(self, spec: RenderSpec, image: "RenderedImage", judge: FaceBackend | None) -> Rendered:
        scores = Scores({}, (), "")
        if judge and _people(spec):
            from core.engine.scores import score

            picture = Image.frombytes("RGB", (image.width, image.height), image.rgb)
            scores = score(picture, spec.subjects, judge, self._home.references)
        # torch's version is a str of its own kind, which no encoder takes.
        made = {key: str(value) if isinstance(value, str) else value for key, value in image.made.items()}
        return Rendered(image.width, image.height, image.rgb, scores, image.seconds, made, image.maps)


def _people(spec: RenderSpec) -> bool:
    return any(subject.kind == "person" for subject in spec.subjects)
