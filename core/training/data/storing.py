"""Pictures of any source as a data set, to be looked at, shared, and learned from again."""

from collections.abc import Callable
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor

from core.library.data_sets import LINES
from core.training.batch import Batch
from core.training.data.folder_writer import NewPicture, NewSubject, NewView, Writer
from core.training.data.lines import Box
from core.training.source import Source

AT_ONCE = 16
Progress = Callable[[int, int, str], None]


def store(
    source: Source, count: int, folder: Path, name: str = "", progress: Progress = lambda *_: None
) -> int:
    """Writes `count` pictures of the source, from its first step on, and returns how many are in the folder.
    Done again after it was stopped, it goes on where it ended. Raises KnownError."""
    told = source.describe()
    licence = next((value for key, value in told.items() if key.lower().startswith("licence")), "")
    made = "; ".join(f"{key}: {value}" for key, value in told.items())
    writer = Writer(folder, name or folder.name, licence, made[:1900])
    there = _count(folder)
    while there < count:
        step, begin = divmod(there, AT_ONCE)
        progress(there, count, "")
        batch = source.batch(AT_ONCE, step).to("cpu")
        for number in range(begin, min(AT_ONCE, begin + count - there)):
            writer.add(_picture(batch, number, licence))
        there = _count(folder)
    return there


def _count(folder: Path) -> int:
    with (folder / LINES).open("rb") as lines:
        return sum(1 for _ in lines)


def _picture(batch: Batch, number: int, licence: str) -> NewPicture:
    words = batch.words[number]
    there = batch.present[number].nonzero().flatten().tolist()
    subjects = [_subject(batch, number, place, order) for order, place in enumerate(there)]
    return NewPicture(image((batch.pixels[number] + 1) / 2), words.caption, subjects, licence, exact=True)


def _subject(batch: Batch, number: int, place: int, order: int) -> NewSubject:
    words, mask = batch.words[number], batch.masks[number, place]
    views = [
        NewView(image(view), image(view_mask))
        for view, view_mask in zip(batch.views[number, place], batch.view_masks[number, place], strict=True)
    ]
    identity, face = int(batch.identities[number, place]), batch.faces[number, place]
    seen = not bool(face.isnan().any())
    return NewSubject(
        f"scene-{identity}", "person" if seen else "object", words.nouns[order], words.spans[order],
        image(mask[None]), _box(mask), views, _inside(face, mask) if seen else None,
    )  # fmt: skip


def image(values: Tensor) -> Image.Image:
    """(3 or 1, H, W) in [0, 1] → a picture."""
    levels = (values.detach().float().clamp(0, 1) * 255).round().to(torch.uint8).permute(1, 2, 0).contiguous()
    mode = "RGB" if levels.shape[2] == 3 else "L"
    return Image.frombytes(mode, (levels.shape[1], levels.shape[0]), levels.numpy().tobytes())


def _box(mask: Tensor) -> Box:
    """Around what the mask covers; the whole picture where that is nothing."""
    rows, columns = (mask > 0.5).any(1).nonzero().flatten(), (mask > 0.5).any(0).nonzero().flatten()
    if not len(rows):
        return 0.0, 0.0, float(mask.shape[1]), float(mask.shape[0])
    return float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1)


def _inside(face: Tensor, mask: Tensor) -> Box | None:
    """As far as the picture shows it."""
    left, top, right, bottom = face.tolist()
    height, width = mask.shape
    seen = (max(0.0, left), max(0.0, top), min(float(width), right), min(float(height), bottom))
    return seen if seen[0] < seen[2] and seen[1] < seen[3] else None
