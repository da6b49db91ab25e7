"""The same file, seed and settings through diffusers' own pipelines give the same picture (≤ 2/255 in
fp32)."""

import logging
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from tiny_models import PipelineOptions, no_faces, pixels, spec, unheard

from core.diffusion.engine import Pipeline
from core.models import EMBEDDED
from core.paths import Home
from core.spec import RenderSpec, SubjectSpec

PROMPT = "a photo of a woman on the beach"
Subject = Callable[..., SubjectSpec]


def test_text_only(mini: Pipeline) -> None:
    compare(mini, EMBEDDED["mini"], spec(PROMPT, width=256, height=256))


@pytest.mark.parametrize("method", ["ip-adapter", "ip-adapter-plus"])
def test_one_reference(mini: Pipeline, subject: Subject, method: str) -> None:
    ada = subject(PROMPT, "woman", scale=0.8)
    compare(mini, EMBEDDED["mini"], spec(PROMPT, width=256, height=256, method=method, subjects=(ada,)))


def test_a_negative_prompt_and_another_format(mini: Pipeline) -> None:
    compare(mini, EMBEDDED["mini"], spec(PROMPT, width=128, height=96, negative_prompt="a red wall"))


@pytest.mark.parametrize("scheduler", ["dpm++", "euler"])
def test_the_other_schedulers(mini: Pipeline, scheduler: str) -> None:
    compare(mini, EMBEDDED["mini"], spec(PROMPT, scheduler=scheduler, steps=4))


@pytest.mark.parametrize("method", ["ip-adapter", "ip-adapter-plus"])
def test_a_folder_like_sd15(sd15_folder: Path, home: Home, subject: Subject, method: str) -> None:
    ada = subject(PROMPT, "woman", size=32, scale=0.8)
    adapter = "global" if method == "ip-adapter" else "plus"
    wanted = spec(PROMPT, model="sd", width=64, height=64, method=method, adapter=adapter, subjects=(ada,))
    compare(Pipeline(PipelineOptions(home.root, {"sd": sd15_folder}), no_faces), sd15_folder, wanted)


@pytest.mark.parametrize("negative", ["", "red"])
def test_a_folder_like_sdxl(sdxl_folder: Path, home: Home, subject: Subject, negative: str) -> None:
    ada = subject(PROMPT, "woman", size=32, scale=0.8)
    wanted = spec(
        PROMPT, model="xl", width=64, height=96, method="ip-adapter-plus", adapter="plus", subjects=(ada,),
        negative_prompt=negative,
    )  # fmt: skip
    compare(Pipeline(PipelineOptions(home.root, {"xl": sdxl_folder}), no_faces), sdxl_folder, wanted)


def compare(pipeline: Pipeline, folder: Path, wanted: RenderSpec) -> None:
    ours = pixels(pipeline.render([wanted], unheard)[0])
    reference = wanted.subjects[0].references[0].crop if wanted.subjects else None
    image = Image.open(pipeline.home.reference(reference)) if reference else None
    theirs = stock(folder, wanted, image)
    assert theirs.std() > 1
    assert np.abs(ours - theirs).max() <= 2


def stock(folder: Path, wanted: RenderSpec, image: Image.Image | None) -> Any:
    """The picture as diffusers makes it. Its warnings are its own."""
    from diffusers import DiffusionPipeline

    logging.getLogger("diffusers").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pipe = DiffusionPipeline.from_pretrained(folder, local_files_only=True, dtype=torch.float32)
        return call(pipe, folder, wanted, image)


def call(pipe: Any, folder: Path, wanted: RenderSpec, image: Image.Image | None) -> Any:
    from diffusers import DDIMScheduler, DPMSolverMultistepScheduler, EulerDiscreteScheduler

    kinds = {"ddim": DDIMScheduler, "dpm++": DPMSolverMultistepScheduler, "euler": EulerDiscreteScheduler}
    pipe.scheduler = kinds[wanted.scheduler].from_config(pipe.scheduler.config, clip_sample=False)
    pipe.set_progress_bar_config(disable=True)
    more: dict[str, Any] = {}
    if image is not None:
        pipe.load_ip_adapter(
            str(folder),
            subfolder="adapters",
            weight_name=f"{wanted.adapter}.safetensors",
            image_encoder_folder=None,
        )
        pipe.set_ip_adapter_scale(wanted.subjects[0].scale)
        more["ip_adapter_image"] = image
    made = pipe(
        wanted.prompt, width=wanted.width, height=wanted.height, num_inference_steps=wanted.steps,
        guidance_scale=wanted.guidance, negative_prompt=wanted.negative_prompt or None, output_type="np",
        generator=torch.Generator().manual_seed(wanted.seed), **more,
    )  # fmt: skip
    return (made.images[0] * 255).round().astype(int)
