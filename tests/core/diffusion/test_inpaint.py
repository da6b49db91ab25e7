"""Painting inside a mask: diffusers' own picture, the photo kept to the pixel, and what is refused."""

import hashlib
import io
import logging
import shutil
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from tiny_models import PipelineOptions, no_faces, pixels, spec, unet_sizes, unheard

from core import models
from core.diffusion import inpaint
from core.diffusion.engine import Pipeline
from core.errors import KnownError
from core.paths import Home
from core.spec import Inside, StartPhoto

PROMPT = "a photo of a woman on the beach"
PutMask = Callable[[Image.Image], str]


def noisy_photo(folder: Path, width: int, height: int) -> Path:
    file = folder / f"photo-{width}.png"
    drawn = np.random.default_rng(1).integers(0, 255, (height // 4, width // 4, 3), dtype=np.uint8)
    Image.fromarray(drawn).resize((width, height), Image.Resampling.BICUBIC).save(file)
    return file


def masked(size: tuple[int, int], box: tuple[int, int, int, int]) -> Image.Image:
    mask = Image.new("L", size, 0)
    mask.paste(255, box)
    return mask


def begun(photo: Path, inside: Inside | None, strength: float = 1.0) -> StartPhoto:
    return StartPhoto(str(photo), hashlib.sha256(photo.read_bytes()).hexdigest(), strength, inside)


@pytest.fixture(scope="session")
def nine_channels(sd15_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny SD 1.5 with a UNet that takes masks, in the layout of the published inpainting models."""
    from diffusers import UNet2DConditionModel

    folder = tmp_path_factory.mktemp("inpainting") / "nine"
    shutil.copytree(sd15_folder, folder, ignore=shutil.ignore_patterns("adapters", "unet"))
    torch.manual_seed(0)
    sizes = unet_sizes(cross_attention_dim=32) | {"in_channels": 9}
    UNet2DConditionModel(**sizes).save_pretrained(folder / "unet")
    index = folder / "model_index.json"
    told = index.read_text("utf-8").replace("StableDiffusionPipeline", "StableDiffusionInpaintPipeline")
    index.write_text(told, "utf-8")
    return folder


@pytest.fixture(scope="session")
def nine(home: Home, nine_channels: Path) -> Pipeline:
    return Pipeline(PipelineOptions(home.root, {"nine": nine_channels}), no_faces)


@pytest.fixture
def without_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    """diffusers draws the photo's latents by chance; ours are their mean."""
    from diffusers.models.autoencoders.vae import DiagonalGaussianDistribution

    monkeypatch.setattr(DiagonalGaussianDistribution, "sample", lambda self, generator=None: self.mean)


# The same picture as diffusers makes


@pytest.mark.parametrize(("scheduler", "strength"), [("ddim", 0.6), ("dpm++", 1.0), ("euler", 0.6)])
def test_inside_it_is_diffusers_picture(
    home: Home, sd15_folder: Path, put: PutMask, tmp_path: Path, without_chance: None, scheduler: str,
    strength: float,
) -> None:  # fmt: skip
    photo, box = noisy_photo(tmp_path, 128, 128), (32, 32, 96, 96)
    inside = Inside(put(masked((128, 128), box)), feather=0, around=8)
    wanted = spec(
        PROMPT, model="sd", width=128, height=128, steps=5, scheduler=scheduler,
        start=begun(photo, inside, strength),
    )  # fmt: skip
    pipeline = Pipeline(PipelineOptions(home.root, {"sd": sd15_folder}), no_faces)
    ours = pixels(pipeline.render([wanted], unheard)[0])
    theirs = stock(sd15_folder, photo, masked((128, 128), box), scheduler, strength)
    assert np.abs(ours - theirs)[32:96, 32:96].max() <= 2


def test_a_unet_that_takes_masks_is_given_them(
    nine: Pipeline, nine_channels: Path, put: PutMask, tmp_path: Path, without_chance: None
) -> None:
    photo, box = noisy_photo(tmp_path, 64, 64), (16, 16, 48, 48)
    inside = Inside(put(masked((64, 64), box)), feather=0, around=8)
    wanted = spec(PROMPT, model="nine", steps=4, scheduler="ddim", start=begun(photo, inside))
    ours = pixels(nine.render([wanted], unheard)[0])
    theirs = stock(nine_channels, photo, masked((64, 64), box), "ddim", 1.0, steps=4)
    # Their grey is 127.5 of 255 and ours, a pixel, is 128.
    assert np.abs(ours - theirs)[16:48, 16:48].max() <= 3


def stock(
    folder: Path, photo: Path, mask: Image.Image, scheduler: str, strength: float, steps: int = 5
) -> Any:
    from diffusers import (
        DDIMScheduler,
        DPMSolverMultistepScheduler,
        EulerDiscreteScheduler,
        StableDiffusionInpaintPipeline,
    )

    kinds = {"ddim": DDIMScheduler, "dpm++": DPMSolverMultistepScheduler, "euler": EulerDiscreteScheduler}
    logging.getLogger("diffusers").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pipe = StableDiffusionInpaintPipeline.from_pretrained(
            folder, local_files_only=True, dtype=torch.float32, safety_checker=None
        )
        pipe.scheduler = kinds[scheduler].from_config(pipe.scheduler.config, clip_sample=False)
        pipe.set_progress_bar_config(disable=True)
        made = pipe(
            PROMPT, image=Image.open(photo), mask_image=mask, strength=strength, num_inference_steps=steps,
            guidance_scale=5.0, width=mask.width, height=mask.height,
            generator=torch.Generator().manual_seed(3), output_type="np",
        )  # fmt: skip
    return (made.images[0] * 255).round().astype(int)


# The photo stays


@pytest.mark.parametrize("feather", [0.0, 0.02])
def test_a_larger_photo_keeps_its_size_and_every_pixel_beyond_the_edge(
    mini: Pipeline, put: PutMask, tmp_path: Path, feather: float
) -> None:
    photo = noisy_photo(tmp_path, 500, 332)
    inside = Inside(put(masked((500, 332), (300, 100, 420, 240))), feather)
    made = mini.render([spec(PROMPT, start=begun(photo, inside))], unheard)[0]
    before, after = np.asarray(Image.open(photo)), pixels(made)
    beyond = np.ones(before.shape[:2], bool)
    edge = round(feather * 500)
    beyond[100 - edge : 240 + edge, 300 - edge : 420 + edge] = False
    assert (made.width, made.height) == (500, 332) == (made.made["width"], made.made["height"])
    assert np.array_equal(before[beyond], after[beyond])
    changed = (before[100:240, 300:420] != after[100:240, 300:420]).any(axis=2)
    assert changed.mean() > 0.95
    assert made.made_anew == (300 - edge, 100 - edge, 420 + edge, 240 + edge)


def test_a_unet_that_takes_masks_keeps_the_photo_too(nine: Pipeline, put: PutMask, tmp_path: Path) -> None:
    photo = noisy_photo(tmp_path, 200, 100)
    inside = Inside(put(masked((200, 100), (0, 0, 60, 100))), 0)
    made = pixels(nine.render([spec(PROMPT, model="nine", start=begun(photo, inside, 0.5))], unheard)[0])
    before = np.asarray(Image.open(photo))
    assert np.array_equal(before[:, 60:], made[:, 60:])
    assert not np.array_equal(before[:, :60], made[:, :60])


def test_a_mask_of_the_whole_photo_leaves_nothing_out(mini: Pipeline, put: PutMask, tmp_path: Path) -> None:
    photo = noisy_photo(tmp_path, 160, 64)
    inside = Inside(put(Image.new("L", (160, 64), 255)))
    made = mini.render([spec(PROMPT, start=begun(photo, inside))], unheard)[0]
    assert (made.width, made.height, made.made_anew) == (160, 64, (0, 0, 160, 64))


def test_weights_are_told_where_the_subject_is_in_the_photo(
    mini: Pipeline, put: PutMask, subject: Callable[..., Any], tmp_path: Path
) -> None:
    photo = noisy_photo(tmp_path, 400, 200)
    inside = Inside(put(masked((400, 200), (240, 60, 340, 160))), 0)
    shown = subject(PROMPT, "woman")
    wanted = spec(PROMPT, subjects=(shown,), maps=True, start=begun(photo, inside))
    (grey,) = mini.render([wanted], unheard)[0].maps.values()
    drawn = np.asarray(Image.open(io.BytesIO(grey)))
    assert drawn.shape == (200, 400)
    assert not drawn[:, :150].any()
    assert drawn[60:160, 240:340].any()


# Windows and edges


def test_a_window_has_the_area_in_its_middle_and_the_models_proportions() -> None:
    assert inpaint.window((900, 10, 1000, 110), (1000, 800), (512, 512), 2) == (850, -40, 1050, 160)
    assert inpaint.window((0, 0, 600, 300), (1000, 800), (512, 256), 4) == (-200, -100, 800, 400)


@pytest.mark.parametrize("photo", [(1000, 700), (300, 900), (65, 64)])
@pytest.mark.parametrize("size", [(512, 512), (768, 512), (64, 128)])
def test_a_window_always_holds_the_area(photo: tuple[int, int], size: tuple[int, int]) -> None:
    draw = np.random.default_rng(0)
    for _ in range(50):
        x, to_x = sorted(draw.choice(photo[0] + 1, 2, replace=False))
        y, to_y = sorted(draw.choice(photo[1] + 1, 2, replace=False))
        left, top, right, bottom = inpaint.window((x, y, to_x, to_y), photo, size, draw.uniform(1, 4))
        assert left <= x < to_x <= right
        assert top <= y < to_y <= bottom
        assert abs((left + right) - (x + to_x)) <= 1
        assert abs((top + bottom) - (y + to_y)) <= 1


def test_the_edge_fades_outwards_and_ends() -> None:
    covered = np.zeros((1, 21), bool)
    covered[0, :5] = True
    alpha = inpaint.faded(covered, 6)[0].astype(int)
    assert (alpha[:5] == 255).all()
    assert (np.diff(alpha[4:12]) < 0).all()
    assert not alpha[11:].any()


# Refused


def test_a_model_that_paints_inside_masks_is_known_from_its_files(
    nine_channels: Path, sd15_folder: Path
) -> None:
    found = models.inspect("nine", nine_channels)
    assert (found.inpainting, found.pipeline) == (True, "StableDiffusionPipeline")
    assert not models.inspect("sd", sd15_folder).inpainting


def test_such_a_model_wants_a_mask(nine: Pipeline, tmp_path: Path) -> None:
    with pytest.raises(KnownError, match="paints inside a mask"):
        nine.plan(spec(PROMPT, model="nine"))
    with pytest.raises(KnownError, match="paints inside a mask"):
        nine.plan(spec(PROMPT, model="nine", start=begun(noisy_photo(tmp_path, 64, 64), None)))


def test_an_empty_mask_or_one_that_is_gone_is_refused(mini: Pipeline, put: PutMask, tmp_path: Path) -> None:
    photo = noisy_photo(tmp_path, 64, 64)
    with pytest.raises(KnownError, match="covers nothing"):
        mini.render([spec(PROMPT, start=begun(photo, Inside(put(Image.new("L", (64, 64))))))], unheard)
    with pytest.raises(KnownError, match="missing"):
        mini.render([spec(PROMPT, start=begun(photo, Inside("0" * 64)))], unheard)
