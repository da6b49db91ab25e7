"""Which pictures are worth learning from: MIP-Adapter's rules for its data (arXiv 2409.17920 §3.3).

An object counts when its box covers 0.08 to 0.7 of the image, is at most three times as long as wide, and its
detector was surer than 0.3. Of what is left, pictures with the highest S_object = S_single + S_pair stay:
S_single is the mean of cos(g_text(o), g_img(o)) over the objects o, S_pair minus the mean of
cos(g_img(o'), g_img(o'')) over the pairs of them. g_text and g_img are CLIP's; g_img reads the object's box.
"""

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from core.disk import write_whole
from core.errors import KnownError
from core.evaluation.identity import Vectors
from core.library import backup
from core.library.data_sets import LEFT_OUT, LINES
from core.paths import Home
from core.training.data import lines
from core.training.data.lines import Line, Subject

if TYPE_CHECKING:
    from PIL import Image

AREA = (0.08, 0.7)
ASPECT = (1 / 3, 3.0)
SCORE = 0.3
Progress = Callable[[int, int, str], None]


class Encoder(Protocol):
    """CLIP (core.evaluation.clip.Clip): rows of length 1."""

    def images(self, images: "Sequence[Image.Image]") -> Vectors: ...
    def texts(self, texts: Sequence[str]) -> Vectors: ...


@dataclass(frozen=True)
class Selected:
    """How many pictures stay, and why others do not: `boxes` for a box, `lower` for S_object; `least`: of
    those that stay. `unread`: those that cannot be read, with the reason."""

    kept: int
    boxes: int
    lower: int
    least: float
    unread: tuple[str, ...] = ()

    def __str__(self) -> str:
        unread = f", {len(self.unread)} because they cannot be read" if self.unread else ""
        left = f"{self.boxes} because of a box, {self.lower} of lower quality{unread}"
        stay = f"{self.kept} pictures stay, with a quality from {self.least:.3f}"
        return f"{stay}. Left out: {left}. They lie in {LEFT_OUT}."


def good_box(subject: Subject, size: tuple[int, int]) -> bool:
    """A detector whose score was not kept is taken for sure."""
    left, top, right, bottom = subject.box
    wide, high = right - left, bottom - top
    area = wide * high / (size[0] * size[1])
    sure = subject.score is None or subject.score > SCORE
    return AREA[0] <= area <= AREA[1] and ASPECT[0] <= wide / high <= ASPECT[1] and sure


def quality(texts: Vectors, images: Vectors) -> float:
    """S_object of one picture from g_text and g_img of its objects, (O, E) each, rows of length 1. One object
    has no pairs: S_pair is 0."""
    objects = len(images)
    single = float((texts * images).sum(1).mean())
    if objects < 2:
        return single
    cosines = images @ images.T
    pair = -float(cosines[np.triu_indices(objects, 1)].mean())
    return single + pair


def select(
    folder: Path,
    clip: Encoder,
    keep: float = 0.8,
    home: Home | None = None,
    progress: Progress = lambda *_: None,
) -> Selected:
    """Leaves the best part (`keep`, above 0 to 1) of a data set in its list and puts the other lines aside,
    from where the next selection takes them again. `home`: of the library it was made from, so that nobody is
    deleted meanwhile. Raises KnownError."""
    if not 0 < keep <= 1:
        raise KnownError(f"The part that is kept is above 0 and at most 1; {keep} is not.")
    lines.read_header(folder)
    known = _known(folder)
    passed = {raw: line for raw, line in known.items() if _good(line)}
    scores, unread = _scores(folder, passed, clip, progress)
    best = sorted(scores, key=lambda raw: -scores[raw])[: round(keep * len(scores))]
    if not best:
        boxes = len(known) - len(passed)
        why = f"{boxes} have a box that is too small, too large or too long, {len(unread)} cannot be read"
        raise KnownError(f"No picture would stay ({why}): the data set was left as it was.")
    with backup.held(home) if home else nullcontext():
        _write(folder, frozenset(best))
    least = min(scores[raw] for raw in best)
    return Selected(len(best), len(known) - len(passed), len(scores) - len(best), least, unread)


def _known(folder: Path) -> dict[bytes, Line]:
    """Each line once, also those that were put aside."""
    return {
        raw: lines.parse(raw, f"{name}, line {number}")
        for name in (LINES, LEFT_OUT)
        if (folder / name).exists()
        for number, raw in lines.numbered(folder / name)
    }


def _good(line: Line) -> bool:
    return bool(line.subjects) and all(good_box(each, line.size) for each in line.subjects)


def _scores(
    folder: Path, known: dict[bytes, Line], clip: Encoder, progress: Progress
) -> tuple[dict[bytes, float], tuple[str, ...]]:
    nouns = sorted({subject.noun for line in known.values() for subject in line.subjects})
    vectors = dict(zip(nouns, clip.texts(nouns), strict=True)) if nouns else {}
    scores, unread = {}, []
    for number, (raw, line) in enumerate(known.items()):
        progress(number, len(known), line.image)
        try:
            image = lines.open_image(folder, line)
        except KnownError as error:
            unread.append(str(error))
            continue
        crops = [image.crop(_whole(each, line.size)) for each in line.subjects]
        texts = np.stack([vectors[each.noun] for each in line.subjects])
        scores[raw] = quality(texts, clip.images(crops))
    return scores, tuple(unread)


def _whole(subject: Subject, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """The box in whole pixels, never empty."""
    left, top = (min(side - 1, max(0, int(at))) for at, side in zip(subject.box[:2], size, strict=True))
    right, bottom = (min(side, -int(-at // 1)) for at, side in zip(subject.box[2:], size, strict=True))
    return left, top, max(left + 1, right), max(top + 1, bottom)


def _write(folder: Path, best: frozenset[bytes]) -> None:
    """Read once more: somebody may have been taken out meanwhile. A line is in one of the two lists at every
    moment; one that was in both when the power went is one line again the next time."""
    there = list(_known(folder))
    left = b"".join(raw for raw in there if raw not in best)
    try:
        write_whole(folder / LEFT_OUT, b"".join(there))
        write_whole(folder / LINES, b"".join(raw for raw in there if raw in best))
        write_whole(folder / LEFT_OUT, left)
    except OSError as error:
        raise KnownError(f"{folder} cannot be written: {error.strerror}. No picture was lost.") from error
