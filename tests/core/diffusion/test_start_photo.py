"""Starting from a photo: diffusers' own image-to-image picture, and what is refused."""

import hashlib
import logging
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from tiny_models import PipelineOptions, no_faces, pixels, spec, unheard

from core.diffusion import start
from core.diffusion.engine import Pipeline
from core.errors import KnownError
from core.models import EMBEDDED
from core.paths import Home
from core.spec import StartPhoto

PROMPT = "a photo of a woman on the beach"


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    file = tmp_path / "photo.png"
    ramp = np.linspace(0, 255, 128)[None, :, None] * np.ones((96, 1, 3))
    Image.fromarray(ramp.astype(np.uint8)).save(file)
    return file


def begun(photo: Path, strength: float) -> StartPhoto:
    return StartPhoto(str(photo), hashlib.sha256(photo.read_bytes()).hexdigest(), strength)


@pytest.mark.parametrize("scheduler", ["ddim", "dpm++", "euler"])
def test_it_is_diffusers_image_to_image_picture(mini: Pipeline, photo: Path, scheduler: str) -> None:
    wanted = spec(PROMPT, width=128, height=96, steps=5, scheduler=scheduler, start=begun(photo, 0.6))
    ours = pixels(mini.render([wanted], unheard)[0])
    assert np.abs(ours - stock(photo, scheduler)).max() <= 2


def stock(photo: Path, scheduler: str) -> Any:
    from diffusers import (
        DDIMScheduler,
        DPMSolverMultistepScheduler,
        EulerDiscreteScheduler,
        StableDiffusionImg2ImgPipeline,
    )

    kinds = {"ddim": DDIMScheduler, "dpm++": DPMSolverMultistepScheduler, "euler": EulerDiscreteScheduler}
    logging.getLogger("diffusers").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pipe = StableDiffusionImg2ImgPipeline.from_pretrained(
            EMBEDDED["mini"], local_files_only=True, dtype=torch.float32
        )
        pipe.scheduler = kinds[scheduler].from_config(pipe.scheduler.config, clip_sample=False)
        pipe.set_progress_bar_config(disable=True)
        made = pipe(
            PROMPT, image=Image.open(photo), strength=0.6, num_inference_steps=5, guidance_scale=5.0,
            generator=torch.Generator().manual_seed(3), output_type="np",
        )  # fmt: skip
    return (made.images[0] * 255).round().astype(int)


def test_little_strength_keeps_the_photo(mini: Pipeline, photo: Path) -> None:
    original = np.asarray(Image.open(photo).convert("RGB"), float)
    kept, changed = (
        pixels(mini.render([spec(PROMPT, width=128, height=96, steps=10, start=begun(photo, s))], unheard)[0])
        for s in (0.1, 1.0)
    )
    assert np.abs(kept - original).mean() < 25 < np.abs(changed - original).mean()


def test_steps_are_counted_as_they_are_taken(mini: Pipeline, photo: Path) -> None:
    heard: list[tuple[int, int]] = []
    wanted = spec(PROMPT, steps=10, start=begun(photo, 0.3))
    mini.render([wanted], lambda step, steps, _: heard.append((step, steps)))
    assert heard == [(1, 3), (2, 3), (3, 3)]


def test_an_autoencoder_with_a_distribution_gives_the_same_picture_twice(
    sd15_folder: Path, home: Home, photo: Path
) -> None:
    pipeline = Pipeline(PipelineOptions(home.root, {"sd": sd15_folder}), no_faces)
    wanted = spec(PROMPT, model="sd", start=begun(photo, 0.5))
    first, second = (pipeline.render([wanted], unheard)[0].rgb for _ in range(2))
    assert first == second


def test_a_photo_that_changed_or_is_gone_is_refused(mini: Pipeline, photo: Path) -> None:
    wanted = spec(PROMPT, start=begun(photo, 0.5))
    photo.write_bytes(photo.read_bytes() + b" ")
    with pytest.raises(KnownError, match="was changed since it was chosen"):
        mini.render([wanted], unheard)
    photo.unlink()
    with pytest.raises(KnownError, match="cannot be read"):
        mini.render([wanted], unheard)


def test_another_format_is_cut_evenly() -> None:
    photo = Image.new("RGB", (300, 100), "red")
    photo.paste("blue", (100, 0, 200, 100))
    fitted = start.fitted(photo, 64, 64)
    assert fitted.size == (64, 64)
    assert np.asarray(fitted)[:, :, 2].mean() > 200
