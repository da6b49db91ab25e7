"""Faces on the demo album, against its truth: `python -m benchmarks.faces`. Writes nothing.

Prints detection recall and precision, the sweep that chose the detector's score, similarities of equal and of
different people, the sweep that chose the grouping threshold, and photos per second and core. "Hard" is
the album again, each photo spoiled in one of eight ways; "crowd" is 60 small faces in one photo.
"""

import argparse
import io
import itertools
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageEnhance, ImageFilter

from core.faces import Box, Face, FaceBackend, open_backend
from core.faces.boxes import iou
from core.faces.cluster import ALONE, average_linkage, group_faces
from core.faces.embedded import EmbeddedFaces
from core.faces.opencv import load_cv2
from core.images import open_photo
from core.paths import RESOURCES

ALBUM = RESOURCES / "demo" / "album"
GOOD_IOU = 0.4


@dataclass(frozen=True)
class Photo:
    image: Image.Image
    truth: tuple[tuple[str, Box], ...]


@dataclass(frozen=True)
class Seen:
    """All faces found in a set of photos, each with the name of the truth it covers, or None."""

    faces: list[tuple[Face, str | None]]
    truths: int

    def at(self, score: float) -> tuple[float, float]:
        """Recall and precision when only faces of at least this score count."""
        kept = [name for face, name in self.faces if face.score >= score]
        right = sum(name is not None for name in kept)
        return right / self.truths, right / max(1, len(kept))

    def known(self, score: float) -> list[tuple[Face, str]]:
        return [(face, name) for face, name in self.faces if name is not None and face.score >= score]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--faces", default="embedded", help='"embedded" or "insightface:FOLDER"')
    backend = open_backend(parser.parse_args().faces, RESOURCES / "models")
    album = read_album()
    sets = {"album": album, "hard": spoiled(album), "crowd": [crowd(album)]}
    print(f"backend {backend.identity}, grouping threshold {backend.threshold}\n")
    seen = {name: look(low(backend), photos) for name, photos in sets.items()}
    say_detection({name: look(backend, photos) for name, photos in sets.items()}, seen)
    say_similarity({name: s.known(0.7) for name, s in seen.items() if name != "crowd"})
    say_grouping({name: s.known(0.7) for name, s in seen.items() if name != "crowd"}, backend.threshold)
    say_speed(backend, album)


def read_album() -> list[Photo]:
    entries = json.loads((ALBUM / "album.json").read_text("utf-8"))["photos"]
    return [
        Photo(
            open_photo(ALBUM / entry["file"]).image,
            tuple((s["name"], tuple(s["face_box"])) for s in entry["subjects"] if s["kind"] == "person"),
        )
        for entry in entries
    ]


def low(backend: FaceBackend) -> FaceBackend:
    """The same detector with a low bar, for the sweep."""
    is_embedded = isinstance(backend, EmbeddedFaces)
    return EmbeddedFaces(RESOURCES / "models" / "faces", score=0.3) if is_embedded else backend


def spoiled(album: Sequence[Photo]) -> list[Photo]:
    ways = itertools.cycle(SPOILERS)
    return [Photo(way(photo.image), photo.truth) for photo, way in zip(album, ways, strict=False)]


def _noisy(image: Image.Image) -> Image.Image:
    noise = np.random.default_rng(0).normal(0, 30, (image.height, image.width, 3))
    return Image.fromarray((np.asarray(image) + noise).clip(0, 255).astype(np.uint8))


def _compressed(image: Image.Image) -> Image.Image:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=8)
    return Image.open(buffer).convert("RGB")


def _tiny(image: Image.Image) -> Image.Image:
    """A quarter of its size, so faces of about 40 pixels, then enlarged, so that the truth's boxes still
    hold."""
    return image.resize((image.width // 4, image.height // 4)).resize(image.size, Image.Resampling.BICUBIC)


SPOILERS: tuple[Callable[[Image.Image], Image.Image], ...] = (
    lambda image: image.filter(ImageFilter.GaussianBlur(4)),
    _noisy,
    lambda image: ImageEnhance.Brightness(image).enhance(0.25),
    lambda image: ImageEnhance.Contrast(image).enhance(2.5),
    lambda image: image.convert("L").convert("RGB"),
    _compressed,
    _tiny,
    lambda image: image.rotate(20, Image.Resampling.BICUBIC, fillcolor=(90, 90, 90)),
)


def crowd(album: Sequence[Photo]) -> Photo:
    people = [photo for photo in album if len(photo.truth) == 1]
    sheet, truth = Image.new("RGB", (2000, 1200), (120, 130, 140)), []
    for i in range(60):
        photo, left, top = people[i % len(people)], 20 + i % 10 * 196, 20 + i // 10 * 196
        sheet.paste(photo.image.resize((128, 128)), (left, top))
        name, box = photo.truth[0]
        place = (left, top, left, top)
        scale = 128 / photo.image.width
        truth.append((name, tuple(v * scale + o for v, o in zip(box, place, strict=True))))
    return Photo(sheet, tuple(truth))


def look(backend: FaceBackend, photos: Sequence[Photo]) -> Seen:
    faces = [(face, _name(face, photo)) for photo in photos for face in backend.find(photo.image)]
    return Seen(faces, sum(len(photo.truth) for photo in photos))


def _name(face: Face, photo: Photo) -> str | None:
    best = max(photo.truth, key=lambda truth: iou(truth[1], face.box), default=None)
    return best[0] if best and iou(best[1], face.box) >= GOOD_IOU else None


def say_detection(real: dict[str, Seen], swept: dict[str, Seen]) -> None:
    print(f"detection at IoU {GOOD_IOU} (recall / precision)")
    for name, seen in real.items():
        recall, precision = seen.at(0)
        print(f"  {name:6} {recall:.3f} / {precision:.3f}  ({seen.truths} faces)")
    print("  score " + "".join(f"{name:>18}" for name in swept))
    for score in (0.3, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9):
        cells = ("{:.3f} / {:.3f}".format(*seen.at(score)) for seen in swept.values())
        print(f"  {score:5} " + "".join(f"{cell:>18}" for cell in cells))


def say_similarity(sets: dict[str, list[tuple[Face, str]]]) -> None:
    print("\ncosine similarity, mean (1st … 99th percentile)")
    for name, known in sets.items():
        same, different = similarities(known)
        for words, values in (("same person", same), ("different people", different)):
            low_end, high_end = np.percentile(values, [1, 99])
            print(f"  {name:6} {words:17} {values.mean():.3f} ({low_end:.3f} … {high_end:.3f})")


def similarities(known: Sequence[tuple[Face, str]]) -> tuple[np.ndarray, np.ndarray]:
    vectors = np.stack([np.frombuffer(face.embedding, np.float32) for face, _ in known])
    names = np.array([name for _, name in known])
    upper = np.triu_indices(len(names), 1)
    values, same = (vectors @ vectors.T)[upper], (names[:, None] == names)[upper]
    return values[same], values[~same]


def say_grouping(sets: dict[str, list[tuple[Face, str]]], chosen: float) -> None:
    print("\ngrouping, pairwise precision / recall / F1 (groups, faces alone)")
    for threshold in (*np.arange(0.20, 0.66, 0.05), chosen):
        cells = (_grouped(known, float(threshold)) for known in sets.values())
        mark = "chosen" if threshold == chosen else ""
        print(f"  {threshold:.2f} " + "   ".join(f"{n} {c}" for n, c in zip(sets, cells, strict=True)), mark)


def _grouped(known: Sequence[tuple[Face, str]], threshold: float) -> str:
    labels = group_faces([f.embedding for f, _ in known], threshold)
    precision, recall, f1 = pairwise(labels, [name for _, name in known])
    return f"{precision:.3f} / {recall:.3f} / {f1:.3f} ({max(labels) + 1}, {labels.count(ALONE)})"


def pairwise(labels: Sequence[int], names: Sequence[str]) -> tuple[float, float, float]:
    together = right = same = 0
    for i, j in itertools.combinations(range(len(names)), 2):
        one, truth = labels[i] == labels[j] != ALONE, names[i] == names[j]
        together, same, right = together + one, same + truth, right + (one and truth)
    precision, recall = right / max(1, together), right / max(1, same)
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def say_speed(backend: FaceBackend, album: Sequence[Photo]) -> None:
    """Processor time of one thread, so that other work on the machine does not count."""
    load_cv2().setNumThreads(1)
    paths = sorted(ALBUM.glob("*.jpg"))
    seconds = _spent(lambda: [backend.find(open_photo(path).image) for path in paths])
    print(f"\n{len(paths) / seconds:.1f} photos of 0.26 megapixels a second and core, decoding included")
    large = album[40].image.resize((6000, 6000), Image.Resampling.BICUBIC)
    print(f"{_spent(lambda: backend.find(large)):.2f} s for one of 36 megapixels, decoding not included")
    vectors = invented(20_000, people=300, dimension=backend.dimension)
    seconds = _spent(lambda: average_linkage(vectors, 0.4))
    print(f"{seconds:.1f} s to group 20,000 invented faces of 300 people")


def _spent(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def invented(faces: int, people: int, dimension: int) -> np.ndarray:
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(people, dimension))[rng.integers(0, people, faces)]
    vectors = vectors + 0.8 * rng.normal(size=vectors.shape)
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


if __name__ == "__main__":
    main()
