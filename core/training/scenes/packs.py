"""Reads the two files scenes are made from: portraits with landmarks and masks, and sprites."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from core.errors import KnownError

MARKS = 70
"""36 face oval, 6 brows, 12 eyes, 6 nose, 10 lips."""
HELD_OUT_FROM = 90
"""Portraits whose index is this or more are never trained on."""

Arrays = dict[str, np.ndarray[Any, Any]]


@dataclass(frozen=True)
class Portraits:
    """`rgb` (P, 3, s, s) uint8, `person` and `oval` (P, s, s) uint8 masks, `marks` (P, 70, 2) in [−1, 1] of
    the picture, `man` (P,) bool, `age` (P,) years, `row` (P,) where each stands in the file."""

    rgb: Tensor
    person: Tensor
    oval: Tensor
    marks: Tensor
    man: Tensor
    age: Tensor
    row: Tensor

    def __len__(self) -> int:
        return len(self.rgb)


@dataclass(frozen=True)
class Sprites:
    """`rgba` (n, 4, s, s) uint8, not premultiplied; `names`; the places of things to wear and of objects."""

    rgba: Tensor
    names: tuple[str, ...]
    objects: tuple[int, ...]
    worn: tuple[int, ...]


def read_portraits(file: Path, held_out: bool) -> Portraits:
    """The portraits on one side of the line between training and judging. Raises KnownError."""
    try:
        arrays = _arrays(file, ("marks", "meta"), lambda meta: _kept(meta, held_out))
        return _portraits(arrays, file)
    except KnownError:
        raise
    except Exception as error:  # whatever a foreign file makes NumPy, Pillow or a reshape say
        _refuse(file, "portraits", error)


def read_sprites(file: Path) -> Sprites:
    """Raises KnownError."""
    try:
        arrays = _arrays(file, ("rgba", "names", "kinds"))
        return _sprites(arrays)
    except KnownError:
        raise
    except Exception as error:
        _refuse(file, "sprites", error)


def _kept(meta: np.ndarray[Any, Any], held_out: bool) -> list[int]:
    return np.flatnonzero((meta[:, 2] >= HELD_OUT_FROM) == held_out).tolist()


def _arrays(
    file: Path, names: tuple[str, ...], rows: Callable[[np.ndarray[Any, Any]], list[int]] | None = None
) -> Arrays:
    """The named arrays; with `rows`, also the pictures of the rows it picks from `meta`."""
    # Opened here: NumPy leaves a damaged file open.
    with file.open("rb") as stream, np.load(stream, allow_pickle=False) as archive:
        arrays = {name: archive[name] for name in names}
        if rows is not None:
            arrays["rows"] = np.asarray(rows(arrays["meta"]), np.int64)
            arrays |= {
                f"{letter}{row}": archive[f"{letter}{row}"] for row in arrays["rows"] for letter in "imo"
            }
    return arrays


def _portraits(arrays: Arrays, file: Path) -> Portraits:
    rows = arrays["rows"]
    marks, meta = arrays["marks"][rows].astype(np.float32), arrays["meta"][rows]
    for sex in (0, 1):
        if np.count_nonzero(meta[:, 0] == sex) < 2:
            raise KnownError(
                f"{file.name} holds fewer than two women or two men on this side of the line between "
                "training and judging. A person is made of two portraits of one sex."
            )
    if marks.shape != (len(rows), MARKS, 2) or not np.isfinite(marks).all():
        raise ValueError(f"the landmarks are {marks.shape}")
    return Portraits(
        torch.stack([_picture(arrays[f"i{row}"], "RGB").permute(2, 0, 1) for row in rows]),
        torch.stack([_picture(arrays[f"m{row}"], "L") for row in rows]),
        torch.stack([_picture(arrays[f"o{row}"], "L") for row in rows]),
        torch.from_numpy(marks), torch.from_numpy(meta[:, 0] == 1),
        torch.from_numpy(meta[:, 1].astype(np.float32)), torch.from_numpy(rows),
    )  # fmt: skip


def _picture(data: np.ndarray[Any, Any], mode: str) -> Tensor:
    with Image.open(io.BytesIO(data.tobytes()), formats=("JPEG", "PNG")) as image:
        return torch.from_numpy(np.array(image.convert(mode)))


def _sprites(arrays: Arrays) -> Sprites:
    rgba, kinds = arrays["rgba"], arrays["kinds"]
    names = tuple(str(name) for name in arrays["names"])
    if (
        rgba.dtype != np.uint8
        or rgba.ndim != 4
        or rgba.shape[3] != 4
        or len({len(rgba), len(names), len(kinds)}) > 1
    ):
        raise ValueError(f"the sprites are {rgba.dtype} {rgba.shape}")
    objects, worn = (tuple(np.flatnonzero(kinds == kind).tolist()) for kind in (0, 1))
    if len(objects) < 2:
        raise KnownError("The sprites' file holds fewer than two objects. Choose the file of sprites.")
    return Sprites(torch.from_numpy(rgba).permute(0, 3, 1, 2).contiguous(), names, objects, worn)


def _refuse(file: Path, what: str, error: Exception) -> NoReturn:
    """In the user's words what is wrong with a file that could not be read."""
    if isinstance(error, OSError) and not isinstance(error, zipfile.BadZipFile) and error.strerror:
        raise KnownError(f"The {what} cannot be read from {file}: {error.strerror}.") from error
    raise KnownError(
        f"{file.name} is not a file of {what} (.npz) for training scenes, or it is damaged. Nothing was "
        f"changed; choose the file that came as {what}."
    ) from error
