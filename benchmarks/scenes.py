"""Synthetic scenes: how fast they are made, what they take, and whether they are any good to learn from.

python -m benchmarks.scenes --portraits people.npz --sprites sprites.npz python -m benchmarks.scenes
--portraits people.npz --sprites sprites.npz --held-out --device cuda --batch 64

Prints scenes a second afresh and from a buffer, memory, the share of drawn faces that YuNet finds by style,
and SFace's cosines: two views of one person, a view and the scene, and strangers of one sex."""

import argparse
import resource
import time
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from PIL import Image, ImageOps

from core.faces import Face, FaceBackend, open_backend
from core.faces.boxes import iou
from core.paths import RESOURCES
from core.training.batch import Batch
from core.training.scenes import SceneSource
from core.training.scenes.vocabulary import STYLES

SAME_FACE = 0.4
"""A found box that shares this much of the drawn one (IoU) is that face."""


class Seen(NamedTuple):
    """One embedded face: whose, of which sex (“person” where the caption does not say), and whether in the
    scene or in a view."""

    who: int
    sex: str
    view: bool
    vector: np.ndarray


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--portraits", type=Path, required=True)
    parser.add_argument("--sprites", type=Path, required=True)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--buffer", type=int, default=256)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--judged", type=int, default=200, help="scenes that the face models look at")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--held-out", action="store_true")
    given = parser.parse_args()
    print(
        f"{given.device}, batches of {given.batch}, {'held out' if given.held_out else 'training'} portraits"
    )
    afresh = source(given, 0)
    measure_speed(afresh, "afresh", given)
    if given.buffer:
        name = f"buffer of {given.buffer}, a quarter of each batch new"
        measure_speed(source(given, given.buffer), name, given)
    measure_faces(afresh.batch(given.judged, 0).to("cpu"))


def source(given: argparse.Namespace, kept: int) -> SceneSource:
    return SceneSource(
        given.portraits, given.sprites, 256, 128, device=given.device, held_out=given.held_out, buffer=kept
    )


def measure_speed(scenes: SceneSource, name: str, given: argparse.Namespace) -> None:
    """The first batch, which fills the buffer, is not counted."""
    step = 1
    finished(scenes.batch(given.batch, 0))
    start = time.perf_counter()
    while (spent := time.perf_counter() - start) < given.seconds:
        finished(scenes.batch(given.batch, step))
        step += 1
    print(f"{name}: {(step - 1) * given.batch / spent:.1f} scenes/s, peak {memory(given.device):.2f} GB")


def finished(batch: Batch) -> None:
    if batch.pixels.is_cuda:
        torch.cuda.synchronize(batch.pixels.device)


def memory(device: str) -> float:
    """Of the GPU, or of this process."""
    if torch.device(device).type == "cuda":
        return torch.cuda.max_memory_allocated() / 1e9
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def measure_faces(batch: Batch) -> None:
    backend, seen = open_backend("embedded", RESOURCES / "models"), list[Seen]()
    found, boxes = defaultdict[str, list[bool]](list), list[float]()
    for row in range(len(batch)):
        style = next(
            name for name, each in STYLES.items() if batch.words[row].caption.startswith(each.said + " ")
        )
        faces = backend.find(picture((batch.pixels[row] + 1) / 2))
        for place in range(batch.subjects):
            if batch.faces[row, place].isnan().any():
                continue
            box = tuple(batch.faces[row, place].tolist())
            best = max(faces, key=lambda face: iou(face.box, box), default=None)
            share = iou(best.box, box) if best else 0.0
            found[style].append(share > SAME_FACE)
            if best and share > SAME_FACE and style == "photo":
                boxes.append(share)
                seen.append(embedded(batch, row, place, best, False))
            views = viewed(batch, row, place, backend)
            found["views"] += [face is not None for face in views]
            seen += [embedded(batch, row, place, face, True) for face in views if face]
    print_found(found, boxes)
    print_cosines(seen)


def viewed(batch: Batch, row: int, place: int, backend: FaceBackend) -> Iterable[Face | None]:
    """The face of each view; a face that fills its picture is found with room around it."""
    pictures = [ImageOps.expand(picture(view), 32, "gray") for view in batch.views[row, place]]
    return [next(iter(backend.find(each)), None) for each in pictures]


def embedded(batch: Batch, row: int, place: int, face: Face, view: bool) -> Seen:
    noun = batch.words[row].nouns[place]
    return Seen(int(batch.identities[row, place]), noun, view, np.frombuffer(face.embedding, np.float32))


def picture(rgb: torch.Tensor) -> Image.Image:
    return Image.fromarray((rgb.clamp(0, 1) * 255).round().byte().permute(1, 2, 0).numpy())


def print_found(found: dict[str, list[bool]], boxes: list[float]) -> None:
    for name, each in sorted(found.items(), key=lambda item: -len(item[1])):
        print(f"faces found, {name}: {sum(each)} of {len(each)} ({np.mean(each):.1%})")
    print(f"drawn and found boxes of photos: IoU {np.mean(boxes):.2f}")


def print_cosines(seen: list[Seen]) -> None:
    vectors = np.stack([each.vector for each in seen])
    cosines, kinds = vectors @ vectors.T, defaultdict[str, list[float]](list)
    for a, first in enumerate(seen):
        for b, second in enumerate(seen[:a]):
            if first.who == second.who:
                kinds[
                    "two views of one person" if first.view and second.view else "a view and the scene"
                ].append(cosines[a, b])
            elif first.sex == second.sex != "person" and first.view and second.view:
                kinds["strangers of one sex"].append(cosines[a, b])
    for name, values in kinds.items():
        low, middle, high = np.percentile(values, (5, 50, 95))
        print(f"{name}: cosine {np.mean(values):.2f} (5 % {low:.2f}, median {middle:.2f}, 95 % {high:.2f})")
    strangers = np.array(kinds["strangers of one sex"])
    print(f"strangers above the program's own threshold of 0.45: {(strangers > 0.45).mean():.1%}")


if __name__ == "__main__":
    main()
