"""Seconds a picture on the embedded model, side by side with stock diffusers, and what each subject adds.

python benchmarks/speed.py [--rounds 5] [--steps 20]

Ours: two subjects with MIP relevance, previews, checks. Theirs: StableDiffusionPipeline with one
IP-Adapter image. Both: DDIM, classifier-free guidance, fp32, 256 px. Rounds take turns, so that a busy
machine slows both alike.
"""

# ruff: noqa: E402 - the project is found, and torch's threads told how to wait, first

import argparse
import hashlib
import io
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from core.environment import set_environment

set_environment()

import numpy as np
import torch
from PIL import Image

from core import models
from core.diffusion import conditions
from core.diffusion.attention.attach import attached
from core.diffusion.engine import Pipeline
from core.faces import FaceBackend, open_backend
from core.paths import RESOURCES, Home
from core.spec import Reference, RenderSpec, SubjectSpec

PROMPT = "a photo of a woman and a man on the beach"
MINI = models.EMBEDDED["mini"]
# UNet steps in one timing of what subjects add.
STEPS_TIMED = 4


@dataclass(frozen=True)
class Options:
    home: Path
    models: dict[str, Path]
    device: str = "auto"


def embedded_faces() -> FaceBackend:
    return open_backend("embedded", RESOURCES / "models")


@dataclass(frozen=True)
class Timing:
    wall: float
    cpu: float


def main() -> None:
    arguments = _arguments()
    if arguments.only:
        _once(arguments.only, arguments.steps)
        return
    print(f"torch {torch.__version__}, {torch.get_num_threads()} threads, load {os.getloadavg()[0]:.1f}\n")
    # First: a child's peak counts from its parent's size.
    _print_memory(arguments.steps)
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder)).create()
        pipeline = Pipeline(Options(home.root, {"mini": MINI}), embedded_faces)
        _print_pictures(pipeline, home, arguments)
        _print_subjects(pipeline, home, arguments.rounds)


def _print_pictures(pipeline: Pipeline, home: Home, arguments: argparse.Namespace) -> None:
    runs = {
        "ours, text only": ours(pipeline, home, [], arguments.steps),
        "ours, 1 subject": ours(pipeline, home, ["woman"], arguments.steps),
        "ours, 2 subjects": ours(pipeline, home, ["woman", "man"], arguments.steps),
        "diffusers, 1 subject": stock(arguments.steps),
    }
    timings = take_turns(runs, arguments.rounds)
    print(f"\n{arguments.steps} steps, one picture      wall s (median)   cpu s (median)")
    for name, runs_of in timings.items():
        print(f"{name:24s}{median(runs_of, 'wall'):18.2f}{median(runs_of, 'cpu'):17.2f}")
    for kind in ("wall", "cpu"):
        pairs = zip(timings["ours, 2 subjects"], timings["diffusers, 1 subject"], strict=True)
        ratios = [getattr(a, kind) / getattr(b, kind) for a, b in pairs]
        print(f"ours with 2 subjects / diffusers with 1, {kind}: {statistics.median(ratios):.3f}×")


def _print_subjects(pipeline: Pipeline, home: Home, rounds: int) -> None:
    """What M subjects add to one UNet step."""
    counts = (0, 1, 2, 4, 8)
    timings = take_turns({str(m): unet_step(pipeline, home, m) for m in counts}, rounds * 3)
    base = median(timings["0"], "cpu")
    print("\nsubjects   cpu ms a step   added")
    for m in counts:
        cpu = median(timings[str(m)], "cpu")
        print(f"{m:8d}{cpu / STEPS_TIMED * 1000:16.1f}{cpu / base - 1:8.1%}")


def _print_memory(steps: int) -> None:
    print("peak memory of a process that makes one picture (2 subjects ours, 1 diffusers)")
    for which in ("ours", "stock"):
        command = [sys.executable, __file__, "--only", which, "--steps", str(min(steps, 3))]
        megabytes = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
        print(f"{which:8s}{megabytes:>8} MB")


def ours(pipeline: Pipeline, home: Home, nouns: list[str], steps: int) -> Callable[[], Any]:
    spec = make_spec(home, PROMPT, nouns, steps)
    return lambda: pipeline.render([spec], lambda *_: None)


def stock(steps: int) -> Callable[[], Any]:
    from diffusers import StableDiffusionPipeline

    pipe = StableDiffusionPipeline.from_pretrained(MINI, local_files_only=True, dtype=torch.float32)
    pipe.set_progress_bar_config(disable=True)
    pipe.load_ip_adapter(
        str(MINI), subfolder="adapters", weight_name="ip-adapter-plus.safetensors", image_encoder_folder=None
    )
    return lambda: pipe(
        PROMPT, width=256, height=256, num_inference_steps=steps, guidance_scale=5.0,
        ip_adapter_image=portrait(0), generator=torch.Generator().manual_seed(1),
    )  # fmt: skip


def unet_step(pipeline: Pipeline, home: Home, subjects: int) -> Callable[[], Any]:
    prompt = "a photo of " + " and ".join(["a man"] * max(1, subjects))
    plan = pipeline.plan(make_spec(home, prompt, ["man"] * subjects, 1))
    loaded, reader = pipeline._model(plan.model, torch.float32)
    batch = conditions.build(loaded, reader, [plan])
    frames, text = batch.frames(loaded.unet), batch.conditions.passes[0].text(0)
    batch.conditions.strength.scale = batch.conditions.scales(0)
    latents = torch.randn(2, plan.model.latent_channels, plan.height, plan.width)

    @torch.inference_mode()
    def step() -> None:
        with attached(loaded.unet, frames):
            for _ in range(STEPS_TIMED):
                loaded.unet(latents, 500, text)

    return step


def make_spec(home: Home, prompt: str, nouns: list[str], steps: int) -> RenderSpec:
    subjects, at = [], 0
    for index, noun in enumerate(nouns):
        at = prompt.index(f" {noun}", at) + 1
        reference = Reference(put(home, portrait(index)))
        subjects.append(SubjectSpec(str(index), noun, "person", noun, (reference,), ((at, at + len(noun)),)))
    method = "ip-adapter-plus" if nouns else "text"
    return RenderSpec(
        prompt, "mini", 256, 256, seed=1, steps=steps, guidance=5.0, scheduler="ddim", method=method,
        adapter=method if nouns else "", subjects=tuple(subjects), merging="relevance-across",
    )  # fmt: skip


def portrait(number: int) -> Image.Image:
    return Image.fromarray(np.random.default_rng(number).integers(0, 255, (128, 128, 3), dtype=np.uint8))


def put(home: Home, image: Image.Image) -> str:
    stream = io.BytesIO()
    image.save(stream, "PNG")
    sha256 = hashlib.sha256(stream.getvalue()).hexdigest()
    home.reference(sha256).parent.mkdir(parents=True, exist_ok=True)
    home.reference(sha256).write_bytes(stream.getvalue())
    return sha256


def take_turns(runs: dict[str, Callable[[], Any]], rounds: int) -> dict[str, list[Timing]]:
    """Every run once unmeasured, then once in each round."""
    for run in runs.values():
        run()
    timings: dict[str, list[Timing]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            wall, cpu = time.perf_counter(), time.process_time()
            run()
            timings[name].append(Timing(time.perf_counter() - wall, time.process_time() - cpu))
    return timings


def median(timings: list[Timing], kind: str) -> float:
    return statistics.median(getattr(timing, kind) for timing in timings)


def _once(which: str, steps: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder)).create()
        pipeline = Pipeline(Options(home.root, {"mini": MINI}), embedded_faces)
        (stock(steps) if which == "stock" else ours(pipeline, home, ["woman", "man"], steps))()
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(kilobytes // (1024 * 1024 if sys.platform == "darwin" else 1024))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--only", choices=["ours", "stock"], help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main()
