"""The pipeline as the engine uses it: specs in, pictures out."""

import logging
import platform
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Protocol

import torch

from core import models, sums
from core.adapters import AdapterInfo
from core.diffusion import decode, denoise, load
from core.diffusion import plan as planning
from core.diffusion.load import Loaded
from core.diffusion.making import Failure, Making, Outcome, RenderedImage, reads_faces
from core.diffusion.memory import NotEnoughMemory, free
from core.diffusion.read import ReferenceReader
from core.economy import AS_ASKED, Economy
from core.errors import KnownError, PartlyDone
from core.faces import FaceBackend
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


class Pipeline:
    """One model in memory at a time. Calls raise KnownError for the world's faults. `faces` opens the face
    backend, for methods that know people by their faces; `release` gives up what others hold in memory and
    can open again."""

    def __init__(
        self, options: Options, faces: Callable[[], FaceBackend], release: Callable[[], None] = lambda: None
    ) -> None:
        self.home = Home(options.home)
        self.faces, self.release = faces, release
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
        self,
        specs: Sequence[RenderSpec],
        on_step: OnStep,
        batch_size: int | None = None,
        economy: Economy = AS_ASKED,
    ) -> list[RenderedImage]:
        """One picture for each spec, in order. `batch_size` fills each batch up with copies, so that a
        picture made in a batch of n has identical pixels when it is repeated alone with n. `economy` is begun
        with; where memory does not suffice, more is saved. Raises PartlyDone when only some can be made."""
        plans = [self.plan(spec) for spec in specs]
        batches = self._batches(plans, batch_size)
        progress = Progress(on_step, len(specs), len(batches), plans[0].steps if plans else 0)
        call = _Call(plans, batch_size, economy, progress)
        outcomes: dict[int, Outcome] = {}
        with _denormals_flushed():
            for number, indices in enumerate(batches):
                progress.start(number)
                outcomes |= self._render_batch(call, indices)
        return _all_of(outcomes)

    def close(self) -> None:
        self._loaded = self._reader = None
        free()

    def _batches(self, plans: Sequence[planning.Plan], batch_size: int | None) -> list[list[int]]:
        batches = []
        for group in planning.groups(plans):
            size = batch_size or self.batch_size(plans[group[0]].spec)
            batches += [group[start : start + size] for start in range(0, len(group), size)]
        return batches

    def _render_batch(self, call: "_Call", indices: list[int]) -> dict[int, Outcome]:
        """One batch; what half precision gave no picture of once more in fp32."""
        dtype = load.choose_dtype(call.plans[indices[0]].spec.precision, self.device)
        outcomes = self._halved(call, indices, dtype)
        broken = [
            index for index, outcome in outcomes.items() if isinstance(outcome, Failure) and outcome.broken
        ]
        if not broken or dtype == torch.float32:
            return outcomes
        log.warning("%d of %d pictures came out broken; once more in fp32.", len(broken), len(indices))
        return outcomes | self._halved(call, broken, torch.float32)

    def _halved(self, call: "_Call", indices: list[int], dtype: torch.dtype) -> dict[int, Outcome]:
        """One batch; when memory does not suffice for several, in two halves, and so on."""
        call.progress.indices = indices
        several = len(indices) > 1 and call.rows is None
        try:
            outcomes = self._run([call.plans[index] for index in indices], dtype, call, several)
            return dict(zip(indices, outcomes, strict=True))
        except NotEnoughMemory as error:
            if not several:
                return dict.fromkeys(indices, Failure(str(error)))
        log.warning("Not enough memory for %d pictures at once; going on with fewer.", len(indices))
        half = len(indices) // 2
        return self._halved(call, indices[:half], dtype) | self._halved(call, indices[half:], dtype)

    def _run(
        self, plans: Sequence[planning.Plan], dtype: torch.dtype, call: "_Call", several: bool = False
    ) -> list[Outcome]:
        making = Making(plans, call.rows or len(plans), call.economy, several)
        return making.pictures(
            lambda economy: self._model(plans[0].model, dtype, plans[0].replaces, economy),
            self._made,
            call.progress.watch,
            self.release,
        )

    def _model(
        self,
        info: ModelInfo,
        dtype: torch.dtype,
        replaced: AdapterInfo | None = None,
        economy: Economy = AS_ASKED,
    ) -> tuple[Loaded, ReferenceReader]:
        """The model in memory, parts of it from `replaced`; another one is freed first. Offloaded,
        none of its parts is there."""
        loaded, wanted = self._loaded, (info, replaced, dtype)
        if loaded is None or self._reader is None or (loaded.info, loaded.replaced, loaded.dtype) != wanted:
            loaded = None
            self.close()
            loaded = self._loaded = load.load(info, self.device, dtype, self._hash, replaced)
            self._reader = ReferenceReader(loaded, self.home, self.faces)
        if economy.offloaded:
            loaded.drop(*load.PARTS)
        else:
            loaded.complete()
        return loaded, self._reader

    def _made(self, loaded: Loaded, planned: planning.Plan, rows: int) -> dict[str, str | int | float]:
        files = [adapter.path for adapter in planned.adapters]
        adapter = {"adapter_sha256": self._hash(files)} if files else {}
        faces = {"faceid_faces": self.faces().identity} if reads_faces(planned) else {}
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


@dataclass(frozen=True)
class _Call:
    """One call of `render`: what all of its batches share."""

    plans: Sequence[planning.Plan]
    rows: int | None
    economy: Economy
    progress: "Progress"


def _all_of(outcomes: Mapping[int, Outcome]) -> list[RenderedImage]:
    images = {index: each for index, each in outcomes.items() if isinstance(each, RenderedImage)}
    reasons = {index: each.reason for index, each in outcomes.items() if isinstance(each, Failure)}
    if not reasons:
        return [images[index] for index in range(len(images))]
    if len(outcomes) == 1:
        raise KnownError(reasons[0])
    raise PartlyDone(images, reasons)


class Progress:
    """Counts the steps of all batches of one call together, and keeps every picture's latest preview."""

    def __init__(self, on_step: OnStep, pictures: int, batches: int, steps: int) -> None:
        self.on_step, self.total = on_step, batches * steps
        self.previews = [b""] * pictures
        self.before, self.steps = 0, steps
        self.indices: list[int] = []

    def start(self, batch: int) -> None:
        self.before = batch * self.steps

    def watch(
        self, loaded: Loaded, planned: planning.Plan, pictures: int, economy: Economy
    ) -> denoise.OnLatents:
        def on_latents(step: int, steps: int, clean: Callable[[], torch.Tensor]) -> None:
            shown: tuple[bytes, ...] = ()
            if step - 1 in planned.previews and not economy.offloaded:
                small = decode.preview(loaded, clean()[:pictures])
                for index, jpeg in zip(self.indices, small, strict=False):
                    self.previews[index] = jpeg
                shown = tuple(self.previews)
            self.on_step(min(self.before + step, self.total), self.total, shown)

        return on_latents


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
