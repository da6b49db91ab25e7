"""The pipeline as the engine uses it: specs in, pictures out."""

import logging
import platform
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Protocol

import torch

from core import models, sums
from core.adapters import AdapterInfo
from core.diffusion import conditions, decode, denoise, encode, load
from core.diffusion import plan as planning
from core.diffusion import start as starting
from core.diffusion.attention.attach import attached
from core.diffusion.attention.lora import faceid_lora, lora_applied
from core.diffusion.load import Loaded
from core.diffusion.read import ReferenceReader
from core.errors import KnownError
from core.faces import FaceBackend
from core.methods import FEATURES
from core.models import ModelInfo
from core.paths import Home
from core.spec import RenderSpec

log = logging.getLogger(__name__)

OnStep = Callable[[int, int, tuple[bytes, ...]], None]
"""(step from 1, steps, previews: one small JPEG a picture, or empty). Raising core.errors.Cancelled ends
the batch."""

# More pictures at once gain nothing on a CPU, where one picture fills every core.
CPU_BATCH = 1
GPU_BATCH = 8


class Options(Protocol):
    """What the pipeline needs of `core.engine.EngineOptions`."""

    @property
    def home(self) -> Path: ...
    @property
    def models(self) -> Mapping[str, Path]: ...
    @property
    def device(self) -> str: ...


@dataclass(frozen=True)
class RenderedImage:
    """One finished picture: `rgb` is width × height × 3 bytes, row by row. `made` records what the spec
    leaves open and a repeat needs. `maps`: by subject, where it acts, an 8-bit grey PNG."""

    width: int
    height: int
    rgb: bytes
    seconds: float
    made: dict[str, str | int | float]
    maps: dict[str, bytes] = field(default_factory=dict)


class Pipeline:
    """One model in memory at a time. Calls raise KnownError for the world's faults. `faces` opens the face
    backend, for methods that know people by their faces."""

    def __init__(self, options: Options, faces: Callable[[], FaceBackend]) -> None:
        self.home = Home(options.home)
        self.faces = faces
        self.models = options.models
        self.device = load.choose_device(options.device)
        self._loaded: Loaded | None = None
        self._reader: ReferenceReader | None = None

    @property
    def loaded(self) -> Loaded | None:
        """The model in memory, for measurements that look into its layers."""
        return self._loaded

    def plan(self, spec: RenderSpec) -> planning.Plan:
        """What will be done for `spec`, without loading a weight. Raises KnownError when it cannot be
        done."""
        return planning.make(spec, self.info(spec.model))

    def info(self, name: str) -> ModelInfo:
        if name not in self.models:
            known = ", ".join(sorted(self.models))
            raise KnownError(f"There is no model called {name} on this computer. Known: {known}.")
        return models.inspect(name, self.models[name])

    def batch_size(self, spec: RenderSpec) -> int:
        """How many pictures like `spec` run at once here."""
        if self.device.type == "cpu":
            return CPU_BATCH
        free, _ = torch.cuda.mem_get_info(self.device)
        # Activations of a step at 512 px take about 1 GB a picture with guidance; half the memory stays free.
        each = 1.0e9 * (spec.width * spec.height) / 512**2
        return max(1, min(GPU_BATCH, int(free / 2 / each)))

    def render(
        self, specs: Sequence[RenderSpec], on_step: OnStep, batch_size: int | None = None
    ) -> list[RenderedImage]:
        """One picture for each spec, in order. `batch_size` fills each batch up with copies, so that a
        picture made in a batch of n has identical pixels when it is repeated alone with n."""
        plans = [self.plan(spec) for spec in specs]
        batches = self._batches(plans, batch_size)
        progress = _Progress(on_step, len(specs), len(batches), plans[0].steps if plans else 0)
        images: dict[int, RenderedImage] = {}
        with _denormals_flushed():
            for number, indices in enumerate(batches):
                progress.start(number)
                images |= self._render_batch(plans, indices, batch_size, progress)
        return [images[index] for index in range(len(specs))]

    def close(self) -> None:
        loaded, self._loaded, self._reader = self._loaded, None, None
        load.free(loaded)

    def _batches(self, plans: Sequence[planning.Plan], batch_size: int | None) -> list[list[int]]:
        batches = []
        for group in planning.groups(plans):
            size = batch_size or self.batch_size(plans[group[0]].spec)
            batches += [group[start : start + size] for start in range(0, len(group), size)]
        return batches

    def _render_batch(
        self, plans: Sequence[planning.Plan], indices: list[int], rows: int | None, progress: "_Progress"
    ) -> dict[int, RenderedImage]:
        """One batch; when memory does not suffice, once more in two halves."""
        progress.indices = indices
        try:
            images = self._render_precise([plans[i] for i in indices], rows or len(indices), progress)
            return dict(zip(indices, images, strict=True))
        except RuntimeError as error:
            if not _out_of_memory(error):
                raise
        # Only here, outside the except block, are the failed attempt's tensors gone.
        load.free(None)
        if rows is not None or len(indices) == 1:
            spec = plans[indices[0]].spec
            raise KnownError(
                f"There is not enough memory for {spec.width} × {spec.height} px. Take a smaller size."
            )
        log.warning("Not enough memory for %d pictures at once; going on with fewer.", len(indices))
        half = len(indices) // 2
        parts = (self._render_batch(plans, part, None, progress) for part in (indices[:half], indices[half:]))
        return {index: image for part in parts for index, image in part.items()}

    def _render_precise(
        self, plans: Sequence[planning.Plan], rows: int, progress: "_Progress"
    ) -> list[RenderedImage]:
        """Once more in fp32 when half precision gave no picture."""
        dtype = load.choose_dtype(plans[0].spec.precision, self.device)
        try:
            return self._run(plans, rows, dtype, progress)
        except decode.BrokenPicture as error:
            if dtype == torch.float32:
                raise
            log.warning("%s Trying once more in fp32.", error)
        return self._run(plans, rows, torch.float32, progress)

    def _run(
        self, plans: Sequence[planning.Plan], rows: int, dtype: torch.dtype, progress: "_Progress"
    ) -> list[RenderedImage]:
        first = plans[0]
        loaded, reader = self._model(first.model, dtype, first.replaces)
        started = time.perf_counter()  # loading a model says nothing about the next picture
        cut = [encode.cut_words(loaded, each.spec.prompt, each.spec.subjects) for each in plans]
        padded = [*plans, *[plans[-1]] * (rows - len(plans))]
        with _tuned(loaded, first):
            batch = conditions.build(loaded, reader, padded)
            latents = self._denoise(loaded, padded, batch, progress.watch(loaded, first, len(plans)))
        pictures = decode.decode(loaded, latents[: len(plans)])
        seconds = (time.perf_counter() - started) / len(plans)
        made = self._made(loaded, first, rows)
        maps = batch.recorder.maps() if batch.recorder else [[] for _ in plans]
        return [
            RenderedImage(
                rgb.shape[1],
                rgb.shape[0],
                rgb.tobytes(),
                seconds,
                made | ({"not_read": words} if words else {}),
                {subject.uid: grey for subject, grey in zip(plan.spec.subjects, greys, strict=False)},
            )
            for plan, rgb, words, greys in zip(plans, pictures, cut, maps[: len(plans)], strict=True)
        ]

    def _denoise(
        self,
        loaded: Loaded,
        plans: Sequence[planning.Plan],
        batch: conditions.Batch,
        on_latents: denoise.OnLatents,
    ) -> torch.Tensor:
        first = plans[0]
        spec = first.spec
        scheduler = denoise.make_scheduler(spec.scheduler, loaded.scheduler_config, spec.steps, self.device)
        seeds = (each.spec.seed for each in plans)
        noise = denoise.noise(seeds, first.model.latent_channels, first.height, first.width)
        photo = starting.start(loaded, first)
        with attached(loaded.unet, batch.frames):
            return denoise.denoise(loaded, scheduler, batch.conditions, noise, on_latents, photo)

    def _model(
        self, info: ModelInfo, dtype: torch.dtype, replaced: AdapterInfo | None = None
    ) -> tuple[Loaded, ReferenceReader]:
        """The model in memory, parts of it from `replaced`; another one is freed first."""
        loaded, wanted = self._loaded, (info, replaced, dtype)
        if loaded is None or self._reader is None or (loaded.info, loaded.replaced, loaded.dtype) != wanted:
            loaded = None
            self.close()
            loaded = self._loaded = load.load(info, self.device, dtype, self._hash, replaced)
            self._reader = ReferenceReader(loaded, self.home, self.faces)
        return loaded, self._reader

    def _made(self, loaded: Loaded, planned: planning.Plan, rows: int) -> dict[str, str | int | float]:
        files = [adapter.path for adapter in planned.adapters]
        adapter = {"adapter_sha256": self._hash(files)} if files else {}
        faces = {"faceid_faces": self.faces().identity} if _reads_faces(planned) else {}
        return {
            "device": _device_name(self.device),
            "precision": next(name for name, dtype in load.DTYPES.items() if dtype == loaded.dtype),
            "batch_size": rows,
            "threads": torch.get_num_threads(),
            "torch": str(torch.__version__),
            "diffusers": version("diffusers"),
            "transformers": version("transformers"),
            "model_sha256": self._hash(models.weight_files(loaded.info.path)),
            **adapter,
            **faces,
        }

    def _hash(self, files: list[Path]) -> str:
        return sums.files_hash(files, self.home.sums)


def _tuned(loaded: Loaded, planned: planning.Plan) -> AbstractContextManager[None]:
    """FaceID's files change the weights of every attention layer while their pictures are made."""
    if planned.visual is None or not _reads_faces(planned):
        return nullcontext()
    deltas = faceid_lora(loaded.adapter(planned.visual).state, loaded.unet)
    return lora_applied(loaded.unet, deltas, planned.spec.faceid.lora)


def _reads_faces(planned: planning.Plan) -> bool:
    return planned.visual is not None and "face" in FEATURES[planned.visual.layout].split("+")


class _Progress:
    """Counts the steps of all batches of one call together, and keeps every picture's latest preview."""

    def __init__(self, on_step: OnStep, pictures: int, batches: int, steps: int) -> None:
        self.on_step, self.total = on_step, batches * steps
        self.previews = [b""] * pictures
        self.before, self.steps = 0, steps
        self.indices: list[int] = []

    def start(self, batch: int) -> None:
        self.before = batch * self.steps

    def watch(self, loaded: Loaded, planned: planning.Plan, pictures: int) -> denoise.OnLatents:
        def on_latents(step: int, steps: int, clean: Callable[[], torch.Tensor]) -> None:
            shown: tuple[bytes, ...] = ()
            if step - 1 in planned.previews:
                for index, jpeg in zip(self.indices, decode.preview(loaded, clean()[:pictures]), strict=True):
                    self.previews[index] = jpeg
                shown = tuple(self.previews)
            self.on_step(min(self.before + step, self.total), self.total, shown)

        return on_latents


def _out_of_memory(error: RuntimeError) -> bool:
    """CUDA has an exception of its own; the CPU's allocator only a sentence."""
    return isinstance(error, torch.OutOfMemoryError) or "t allocate memory" in str(error)


@contextmanager
def _denormals_flushed() -> Iterator[None]:
    """Denormal numbers cost a CPU a hundred times a normal one. PyTorch's threads inherit this from the
    thread that starts them; whatever else runs in this one gets them back."""
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(False)


def _device_name(device: torch.device) -> str:
    if device.type == "cuda":
        return f"cuda: {torch.cuda.get_device_name(device)}"
    return f"cpu: {platform.processor() or platform.machine()}, {torch.backends.cpu.get_cpu_capability()}"
