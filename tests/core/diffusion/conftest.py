"""What the pipeline tests share: folders of tiny models, and a home with reference crops."""

import hashlib
import io
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
import tiny_adapters
import torch
from methods_asked import OneFace, encoder_of
from PIL import Image
from tiny_models import PipelineOptions, no_faces, write_sd15, write_sdxl

from core import models
from core.diffusion.engine import Pipeline
from core.methods import Layout
from core.models import EMBEDDED
from core.paths import Home
from core.spec import Reference, SubjectSpec


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> None:
    """Small models gain nothing from more, and threads that wait for each other slow down a busy machine."""
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def sd15_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """4 latent channels, AutoencoderKL, 77 tokens, epsilon, vocab.json and merges.txt as in the real
    folders."""
    folder = tmp_path_factory.mktemp("models") / "tiny-sd"
    write_sd15(folder)
    return folder


@pytest.fixture(scope="session")
def sdxl_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two text encoders, size conditioning, an autoencoder that must not run in fp16."""
    folder = tmp_path_factory.mktemp("models") / "tiny-xl"
    write_sdxl(folder)
    return folder


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return Home(tmp_path_factory.mktemp("home")).create()


@pytest.fixture(scope="session")
def mini(home: Home) -> Pipeline:
    return Pipeline(PipelineOptions(home.root, dict(EMBEDDED)), no_faces)


@pytest.fixture(scope="session")
def put(home: Home) -> Callable[[Image.Image], str]:
    """Files a crop or mask in the home's references; gives its hash."""

    def put_one(image: Image.Image) -> str:
        stream = io.BytesIO()
        image.save(stream, "PNG")
        sha256 = hashlib.sha256(stream.getvalue()).hexdigest()
        file = home.reference(sha256)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(stream.getvalue())
        return sha256

    return put_one


@pytest.fixture(scope="session")
def subject(put: Callable[[Image.Image], str]) -> Callable[..., SubjectSpec]:
    """A subject whose reference is a picture of noise, at its noun's place in the prompt."""

    def make(prompt: str, noun: str, seed: int = 0, size: int = 128, **changes: object) -> SubjectSpec:
        start = prompt.index(noun)
        pixels = np.random.default_rng(seed).integers(0, 255, (size, size, 3), dtype=np.uint8)
        given: dict[str, object] = {
            "uid": f"{noun}-{seed}",
            "name": noun.title(),
            "kind": "person",
            "noun": noun,
            "references": (Reference(put(Image.fromarray(pixels))),),
            "spans": ((start, start + len(noun)),),
        }
        return SubjectSpec(**(given | changes))  # type: ignore[arg-type]

    return make


@pytest.fixture(scope="session")
def pipelines(
    sd15_folder: Path, sdxl_folder: Path, home: Home, tmp_path_factory: pytest.TempPathFactory
) -> Pipeline:
    """Models sd and xl with one adapter file of every layout."""
    folders = {}
    for name, source in (("sd", sd15_folder), ("xl", sdxl_folder)):
        folders[name] = tmp_path_factory.mktemp("every") / name
        shutil.copytree(source, folders[name], ignore=shutil.ignore_patterns("adapters"))
        for layout in get_args(Layout):
            base = models.base(folders[name])
            tiny_adapters.write(layout, base, metadata=encoder_of(folders[name], layout))
    return Pipeline(PipelineOptions(home.root, folders), OneFace)
