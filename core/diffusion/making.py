"""One batch, from plans to pictures: first the latents, then each one's pixels. Where memory runs out, only
what it ran out in is done again."""

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field

import torch
from torch import Tensor

from core.diffusion import conditions, decode, denoise, encode, start, tiles
from core.diffusion.attention.attach import attached
from core.diffusion.attention.lora import faceid_lora, lora_applied
from core.diffusion.inpaint import Canvas
from core.diffusion.load import Loaded
from core.diffusion.memory import NotEnoughMemory, climb
from core.diffusion.plan import Plan
from core.diffusion.read import ReferenceReader
from core.economy import Economy, Saving
from core.methods import FEATURES

Made = dict[str, str | int | float]
Model = Callable[[Economy], tuple[Loaded, ReferenceReader]]
Watch = Callable[[Loaded, Plan, int, Economy], denoise.OnLatents]


@dataclass(frozen=True)
class RenderedImage:
    """One finished picture: `rgb` is width × height × 3 bytes, row by row. `made` records what the spec
    leaves open and a repeat needs. `maps`: by subject, where it acts, an 8-bit grey PNG. `made_anew`: left,
    top, right, bottom of the part that is not a photo's."""

    width: int
    height: int
    rgb: bytes
    seconds: float
    made: Made
    maps: dict[str, bytes] = field(default_factory=dict)
    made_anew: tuple[int, int, int, int] | None = None


@dataclass(frozen=True)
class Failure:
    """Why there is no picture. `broken`: something came out, but no picture; more precision may help."""

    reason: str
    broken: bool = False


Outcome = RenderedImage | Failure


@dataclass(frozen=True)
class _Drawn:
    """What denoising leaves: latents (N, C, h, w), each picture's maps and the words it did not read; the
    photo they belong into."""

    loaded: Loaded
    latents: Tensor
    maps: list[list[bytes]]
    not_read: list[str]
    made: Made
    seconds: float
    canvas: Canvas | None = None


class Making:
    """`plans` agree in all but words, subjects and seed; the batch is filled up to `rows`. `several`: when
    memory does not suffice fewer at once are the better way, so nothing is saved while denoising."""

    def __init__(self, plans: Sequence[Plan], rows: int, economy: Economy, several: bool) -> None:
        self.plans, self.first, self.rows = plans, plans[0], rows
        self.padded = [*plans, *[plans[-1]] * (rows - len(plans))]
        self.economy, self.several = economy, several

    def pictures(
        self,
        model: Model,
        made: Callable[[Loaded, Plan, int], Made],
        watch: Watch,
        release: Callable[[], None],
    ) -> list[Outcome]:
        """Raises NotEnoughMemory when there are no latents; what happens to one picture after that is its own
        Outcome."""

        def draw(economy: Economy) -> _Drawn:
            return self._draw(economy, model, made, watch, release)

        drawn, self.economy = climb(draw, self.economy, self._rungs(), self._too_large())
        return [self._outcome(drawn, index) for index in range(len(self.plans))]

    def _rungs(self) -> tuple[Saving, ...]:
        """What helps until there are latents, the cheapest in time first."""
        if self.several:
            return ()
        halves: tuple[Saving, ...] = ("sequential",) if self.first.guided else ()
        photo: tuple[Saving, ...] = ("tiled",) if self.first.spec.start else ()
        return (*halves, *photo, "offloaded")

    def _draw(
        self,
        economy: Economy,
        model: Model,
        made: Callable[[Loaded, Plan, int], Made],
        watch: Watch,
        release: Callable[[], None],
    ) -> _Drawn:
        loaded, reader = model(economy)
        began = time.perf_counter()  # loading a model says nothing about the next picture
        not_read = [encode.cut_words(loaded, each.spec.prompt, each.spec.subjects) for each in self.plans]
        recorded = made(loaded, self.first, self.rows)
        photo = start.start(loaded, self.first, reader.home, economy.tiled)
        batch = conditions.build(loaded, reader, self.padded, economy.sequential)
        if economy.offloaded:
            loaded.drop("vae", "text_encoders", "image_encoder", "fusion_encoder")
            release()
        with tuned(loaded, self.first):
            frames = batch.frames(loaded.unet)
            if economy.offloaded:
                loaded.drop("adapters")
            seen = watch(loaded, self.first, len(self.plans), economy)
            with attached(loaded.unet, frames):
                latents = self._denoise(loaded, batch.conditions, seen, photo.start if photo else None)
        maps = batch.recorder.maps() if batch.recorder else [[] for _ in self.padded]
        seconds = time.perf_counter() - began
        return _Drawn(loaded, latents, maps, not_read, recorded, seconds, photo.canvas if photo else None)

    def _denoise(
        self,
        loaded: Loaded,
        given: denoise.Conditions,
        seen: denoise.OnLatents,
        photo: denoise.Start | None,
    ) -> Tensor:
        spec, model = self.first.spec, self.first.model
        scheduler = denoise.make_scheduler(spec.scheduler, loaded.scheduler_config, spec.steps, loaded.device)
        seeds = (each.spec.seed for each in self.padded)
        noise = denoise.noise(seeds, model.latent_channels, self.first.height, self.first.width)
        return denoise.denoise(loaded, scheduler, given, noise, seen, photo)

    def _outcome(self, drawn: _Drawn, index: int) -> Outcome:
        began = time.perf_counter()
        tiled: tuple[Saving, ...] = ("tiled",) if tiles.helps(self.first.height, self.first.width) else ()

        def pixels(economy: Economy) -> decode.Pixels:
            if economy.offloaded:
                drawn.loaded.drop("unet", "text_encoders", "image_encoder", "fusion_encoder", "adapters")
            return decode.decode(drawn.loaded, drawn.latents[index : index + 1], economy.tiled)

        try:
            rgb, self.economy = climb(pixels, self.economy, (*tiled, "offloaded"), self._too_large())
        except decode.BrokenPicture as error:
            return Failure(self._no_picture(error, drawn.loaded.dtype), broken=True)
        except NotEnoughMemory as error:
            return Failure(str(error))
        seconds = drawn.seconds / len(self.plans) + time.perf_counter() - began
        subjects = self.plans[index].spec.subjects
        maps = {each.uid: grey for each, grey in zip(subjects, drawn.maps[index], strict=False)}
        made = drawn.made | self._own(drawn, index)
        if drawn.canvas:
            return _laid_back(drawn.canvas, rgb, seconds, made, maps)
        return RenderedImage(rgb.shape[1], rgb.shape[0], rgb.tobytes(), seconds, made, maps)

    def _own(self, drawn: _Drawn, index: int) -> Made:
        found = {"economy": self.economy.text, "not_read": drawn.not_read[index]}
        return {key: value for key, value in found.items() if value}

    def _too_large(self) -> str:
        spec = self.first.spec
        return (
            f"There is not enough memory for {spec.width} × {spec.height} px, even with everything done one "
            "after the other. Take a smaller size or a smaller model, or close other programs."
        )

    def _no_picture(self, error: decode.BrokenPicture, dtype: torch.dtype) -> str:
        tried = "" if dtype != torch.float32 else " It was computed in fp32, the highest precision there is."
        return f"{error}{tried}"


def _laid_back(
    canvas: Canvas, rgb: decode.Pixels, seconds: float, made: Made, maps: dict[str, bytes]
) -> RenderedImage:
    """The photo, with what was made inside its mask."""
    began = time.perf_counter()
    whole = canvas.laid_back(rgb)
    height, width = whole.shape[:2]
    sizes: Made = {"width": width, "height": height}
    return RenderedImage(
        width, height, whole.tobytes(), seconds + time.perf_counter() - began, made | sizes,
        {uid: canvas.map_laid_back(grey) for uid, grey in maps.items()}, canvas.area,
    )  # fmt: skip


def tuned(loaded: Loaded, planned: Plan) -> AbstractContextManager[None]:
    """FaceID's files change the weights of every attention layer while their pictures are made."""
    if planned.visual is None or not reads_faces(planned):
        return nullcontext()
    deltas = faceid_lora(loaded.adapter(planned.visual).state, loaded.unet)
    return lora_applied(loaded.unet, deltas, planned.spec.faceid.lora)


def reads_faces(planned: Plan) -> bool:
    return planned.visual is not None and "face" in FEATURES[planned.visual.layout].split("+")
