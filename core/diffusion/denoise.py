"""The loop: noise → latents, one step after another."""

import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor

from core.diffusion.attention.ip_adapter import Strength
from core.diffusion.attention.turns import Turn
from core.diffusion.load import Loaded
from core.spec import SchedulerName

OnLatents = Callable[[int, int, Callable[[], Tensor]], None]
"""(step from 1, steps, how to get the clean latents predicted at this step)."""


@dataclass(frozen=True)
class Pass:
    """What goes through the UNet at once. `text` gives the text states (B, L, D) at a step (counted from 0),
    the very same tensor while they do not change. `added`: SDXL's pooled text and sizes."""

    text: Callable[[int], Tensor]
    added: dict[str, Tensor]


@dataclass(frozen=True)
class Conditions:
    """What a batch of N pictures is made from. With guidance the rows are N unconditional, then N
    conditional: in one pass of 2N, or in two of N, and `turn` says which of them is running. `scales` gives λ
    (B, M) for the rows of any pass at a step, or None when no reference acts."""

    passes: tuple[Pass, ...]
    turn: Turn
    strength: Strength
    scales: Callable[[int], Tensor | None]
    guidance: float


@dataclass(frozen=True)
class Start:
    """A photo to start from: its latents (1, C, h, w) in fp32, and how many of the steps are taken. `mask`
    (1, 1, h, w): 1 where the picture is made anew; everywhere else each step ends with the photo's own
    latents, as noisy as they are then. `beside` (1, 1 + C, h, w): what a UNet that takes masks reads at every
    step; it keeps the rest by itself."""

    latents: Tensor
    steps: int
    mask: Tensor | None = None
    beside: Tensor | None = None


def noise(seeds: Iterable[int], channels: int, height: int, width: int) -> Tensor:
    """(N, C, h, w) in fp32 from one CPU generator a picture: it depends on the picture's own seed alone."""
    generators = (torch.Generator("cpu").manual_seed(seed) for seed in seeds)
    return torch.cat([torch.randn(1, channels, height, width, generator=one) for one in generators])


@torch.inference_mode()
def denoise(
    loaded: Loaded,
    scheduler: Any,
    conditions: Conditions,
    noise: Tensor,
    on_latents: OnLatents,
    start: Start | None = None,
) -> Tensor:
    """Runs the steps of `scheduler` from pure noise, or the last ones from `start`. Whatever `on_latents`
    raises ends it. (N, C, h, w) in fp32."""
    latents, timesteps = _first(scheduler, noise.to(loaded.device), start)
    steps = len(timesteps)
    for index, timestep in enumerate(timesteps):
        conditions.strength.scale = conditions.scales(index)
        output = _predict(loaded, scheduler, conditions, latents, timestep, index, start)
        stepped = scheduler.step(output, timestep, latents)
        latents = _blended(scheduler, stepped.prev_sample, noise, start, timesteps[index + 1 : index + 2])
        on_latents(index + 1, steps, partial(_clean, scheduler, stepped))
    return latents


def make_scheduler(name: SchedulerName, config: Mapping[str, Any], steps: int, device: torch.device) -> Any:
    """A sampler set up from the model's own noise schedule and prediction type."""
    from diffusers import DDIMScheduler, DPMSolverMultistepScheduler, EulerDiscreteScheduler

    kinds = {"ddim": DDIMScheduler, "dpm++": DPMSolverMultistepScheduler, "euler": EulerDiscreteScheduler}
    # Clipping to [−1, 1] is for models of pixels; latents reach beyond, and DDIM clips unless told not to.
    own = {key: value for key, value in config.items() if not key.startswith("_")}
    scheduler = kinds[name].from_config(own | {"clip_sample": False, "thresholding": False})
    with warnings.catch_warnings():
        # diffusers hands torch tensors to NumPy in a way NumPy 2 warns of; nothing a user can do.
        warnings.simplefilter("ignore", DeprecationWarning)
        scheduler.set_timesteps(steps, device=device)
    return scheduler


def guide(output: Tensor, guidance: float) -> Tensor:
    """ε = ε_uncond + w (ε_cond − ε_uncond); rows (2N, …) → (N, …)."""
    unconditional, conditional = output.chunk(2)
    return unconditional + guidance * (conditional - unconditional)


def size_conditioning(width: int, height: int, rows: int, like: Tensor) -> Tensor:
    """SDXL's time ids: original size, crop corner, target size, each (height, width). (rows, 6)."""
    return torch.tensor([[height, width, 0, 0, height, width]], device=like.device, dtype=like.dtype).repeat(
        rows, 1
    )


def _first(scheduler: Any, noise: Tensor, start: Start | None) -> tuple[Tensor, Tensor]:
    """The latents to begin with and the timesteps to go through."""
    whole = start is not None and start.mask is not None and start.steps == len(scheduler.timesteps)
    if start is None or whole:
        return noise * scheduler.init_noise_sigma, scheduler.timesteps
    begin = len(scheduler.timesteps) - start.steps
    if hasattr(scheduler, "set_begin_index"):
        scheduler.set_begin_index(begin)
    timesteps = scheduler.timesteps[begin:]
    photo = start.latents.to(noise.device).expand_as(noise)
    return scheduler.add_noise(photo, noise, timesteps[:1].repeat(len(noise))), timesteps


def _blended(
    scheduler: Any, latents: Tensor, noise: Tensor, start: Start | None, following: Tensor
) -> Tensor:
    """What the mask leaves out goes back to the photo: with the noise of the step that follows, or without
    any after the last."""
    if start is None or start.mask is None or start.beside is not None:
        return latents
    photo = start.latents.to(latents.device).expand_as(latents)
    if len(following):
        photo = scheduler.add_noise(photo, noise.to(latents.device), following.repeat(len(latents)))
    return torch.where(start.mask > 0, latents, photo)


def _predict(
    loaded: Loaded,
    scheduler: Any,
    conditions: Conditions,
    latents: Tensor,
    timestep: Tensor,
    step: int,
    start: Start | None,
) -> Tensor:
    given = scheduler.scale_model_input(latents, timestep)
    if start is not None and start.beside is not None:
        given = torch.cat([given, start.beside.expand(len(given), -1, -1, -1)], dim=1)
    given = given.to(loaded.dtype)
    outputs = []
    for number, one in enumerate(conditions.passes):
        conditions.turn.now = number
        outputs.append(_through(loaded, given, timestep, one.text(step), one.added))
    output = outputs[0] if len(outputs) == 1 else torch.cat(outputs)
    return guide(output, conditions.guidance) if len(output) == 2 * len(latents) else output


def _through(
    loaded: Loaded, latents: Tensor, timestep: Tensor, text: Tensor, added: dict[str, Tensor]
) -> Tensor:
    """One pass through the UNet, the latents repeated for as many rows as the text has; in fp32."""
    given = torch.cat([latents] * (len(text) // len(latents)))
    output: Tensor = loaded.unet(
        given.contiguous(memory_format=torch.channels_last),
        timestep,
        encoder_hidden_states=text,
        added_cond_kwargs=added,
        return_dict=False,
    )[0]
    return output.float()


def _clean(scheduler: Any, stepped: Any) -> Tensor:
    """The clean latents predicted in the last step: DPM-Solver++ keeps them, the others return them."""
    predicted = getattr(stepped, "pred_original_sample", None)
    return scheduler.model_outputs[-1] if predicted is None else predicted
