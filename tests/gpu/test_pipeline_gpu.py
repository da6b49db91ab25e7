"""The pipeline on a CUDA device. Run with `pytest -m gpu`."""

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from core.diffusion.engine import Pipeline
from core.faces import FaceBackend
from core.models import EMBEDDED
from core.paths import Home
from core.spec import Reference, RenderSpec, SubjectSpec

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device"),
]
PROMPT = "a photo of a woman and a man on the beach"


@dataclass(frozen=True)
class GpuOptions:
    home: Path
    models: dict[str, Path]
    device: str


def test_half_precision_on_the_device_stays_close_to_fp32(tmp_path: Path) -> None:
    exact, half = (picture(tmp_path, "cuda", precision) for precision in ("fp32", "auto"))
    assert np.abs(exact - half).mean() < 4


def test_the_device_agrees_with_the_processor(tmp_path: Path) -> None:
    assert np.abs(picture(tmp_path, "cuda", "fp32") - picture(tmp_path, "cpu", "fp32")).mean() < 2


def test_the_same_spec_gives_identical_pixels_on_the_device(tmp_path: Path) -> None:
    assert np.array_equal(picture(tmp_path, "cuda", "auto"), picture(tmp_path, "cuda", "auto"))


def test_launches_do_not_depend_on_the_number_of_subjects(tmp_path: Path) -> None:
    assert launches(tmp_path, 2) == launches(tmp_path, 4)


def no_faces() -> FaceBackend:
    raise AssertionError("no face backend is needed here")


def launches(folder: Path, subjects: int) -> int:
    from torch.profiler import ProfilerActivity, profile

    pipeline = Pipeline(GpuOptions(folder, dict(EMBEDDED), "cuda"), no_faces)
    prompt = "a photo of " + " and ".join(["a man"] * subjects)
    spec = make_spec(Home(folder).create(), prompt, ["man"] * subjects, "fp32")
    pipeline.render([spec], lambda *_: None)
    with profile(activities=[ProfilerActivity.CUDA]) as profiled:
        pipeline.render([spec], lambda *_: None)
    names = ("gemm", "softmax", "fmha", "flash")
    return sum(any(name in event.name.lower() for name in names) for event in profiled.events())


def picture(folder: Path, device: str, precision: str) -> "np.ndarray[tuple[int, ...], np.dtype[np.int64]]":
    pipeline = Pipeline(GpuOptions(folder, dict(EMBEDDED), device), no_faces)
    spec = make_spec(Home(folder).create(), PROMPT, ["woman", "man"], precision)
    made = pipeline.render([spec], lambda *_: None)[0]
    return np.frombuffer(made.rgb, np.uint8).reshape(made.height, made.width, 3).astype(int)


def make_spec(home: Home, prompt: str, nouns: list[str], precision: str) -> RenderSpec:
    subjects, at = [], 0
    for index, noun in enumerate(nouns):
        at = prompt.index(f" {noun}", at) + 1
        reference = Reference(put(home, index))
        subjects.append(SubjectSpec(str(index), noun, "person", noun, (reference,), ((at, at + len(noun)),)))
    return RenderSpec(
        prompt, "mini", 256, 256, seed=1, steps=8, guidance=5.0, method="ip-adapter-plus",
        adapter="ip-adapter-plus", subjects=tuple(subjects), merging="relevance-across",
        precision=precision,  # type: ignore[arg-type]
    )  # fmt: skip


def put(home: Home, number: int) -> str:
    stream = io.BytesIO()
    pixels = np.random.default_rng(number).integers(0, 255, (128, 128, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(stream, "PNG")
    sha256 = hashlib.sha256(stream.getvalue()).hexdigest()
    home.reference(sha256).parent.mkdir(parents=True, exist_ok=True)
    home.reference(sha256).write_bytes(stream.getvalue())
    return sha256
