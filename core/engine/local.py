"""The engine in this process: each heavy part is opened when it is first needed."""

import gc
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from core.economy import AS_ASKED, Economy
from core.engine import EngineOptions, OnStep, Rendered, Scan, Scores, Step, prepared
from core.environment import set_environment
from core.errors import PartlyDone
from core.faces import Box, FaceBackend, open_backend
from core.paths import Home
from core.segment import Segmenter, open_segmenter
from core.spec import Kind, Reference, RenderSpec

if TYPE_CHECKING:
    from core.diffusion.engine import Pipeline
    from core.diffusion.making import RenderedImage


class LocalEngine:
    """All of it here: face models, segmenter, pipeline. For one thread at a time."""

    def __init__(self, options: EngineOptions) -> None:
        set_environment()
        self._options = options
        self._home = Home(options.home)

    def start(self) -> None:
        _ = self._pipeline

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
        self,
        specs: Sequence[RenderSpec],
        on_step: OnStep,
        batch_size: int | None = None,
        economy: Economy = AS_ASKED,
    ) -> list[Rendered]:
        def step(number: int, steps: int, previews: tuple[bytes, ...]) -> None:
            on_step(Step(number, steps, previews))

        self._open_judge(specs)
        try:
            images = self._pipeline.render(specs, step, batch_size, economy)
        except PartlyDone as error:
            made = {index: self._judged(specs[index], image) for index, image in error.made.items()}
            raise PartlyDone(made, error.reasons) from error
        return [self._judged(spec, image) for spec, image in zip(specs, images, strict=True)]

    def _open_judge(self, specs: Sequence[RenderSpec]) -> None:
        """One that is missing must not be noticed after minutes of rendering."""
        if any(_people(spec) for spec in specs):
            _ = self._faces

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

        return Pipeline(self._options, lambda: self._faces, self._release)

    def _release(self) -> None:
        """Gives up what a picture does not need while it is made; it is opened again when it is needed."""
        for part in ("_faces", "_segmenter"):
            self.__dict__.pop(part, None)
        gc.collect()

    def _judged(self, spec: RenderSpec, image: "RenderedImage") -> Rendered:
        scores = Scores({}, (), "")
        if _people(spec):
            picture = Image.frombytes("RGB", (image.width, image.height), image.rgb)
            scores = self._scored(spec, picture, image.made_anew)
        # torch's version is a str of its own kind, which no encoder takes.
        made = {key: str(value) if isinstance(value, str) else value for key, value in image.made.items()}
        return Rendered(image.width, image.height, image.rgb, scores, image.seconds, made, image.maps)

    def _scored(self, spec: RenderSpec, picture: Image.Image, made_anew: Box | None) -> Scores:
        """Of a photo only the part that was made anew is judged: whoever else is on it was there before."""
        from core.engine.scores import moved, score

        if made_anew is None:
            return score(picture, spec.subjects, self._faces, self._home.references)
        part = picture.crop(made_anew)
        found = score(part, spec.subjects, self._faces, self._home.references)
        return moved(found, made_anew[0], made_anew[1])


def _people(spec: RenderSpec) -> bool:
    return any(subject.kind == "person" for subject in spec.subjects)
