"""Writing planned files: each whole or not at all, the pictures themselves only read."""

import contextlib
import errno
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from core.disk import is_abandoned, write_whole
from core.errors import KnownError
from core.export import ExportPreset, formats, names
from core.export.plan import Plan, Planned
from core.library.gallery import PictureRow
from core.metadata import Saved, Scores, carried, png, portable
from core.metadata.carried import Carried
from core.metadata.xmp import About
from core.spec import RenderSpec

if TYPE_CHECKING:
    from PIL import Image

TRIED = 3
Progress = Callable[[int, int, str], None]
"""Files done, of how many, the name of the next."""


@dataclass
class Written:
    """What became of a plan. `failed`: pictures that could not be read, with the reason; `stopped`: the rest
    was not begun."""

    files: list[Path] = field(default_factory=list)
    bytes: int = 0
    failed: list[tuple[str, str]] = field(default_factory=list)
    stopped: bool = False


class Unwritable(OSError):
    """The target's fault, not the picture's."""


def write(
    plan: Plan,
    preset: ExportPreset,
    progress: Progress = lambda *_: None,
    stop: Callable[[], bool] = lambda: False,
) -> Written:
    """Writes the planned files, one after the other. A picture that cannot be read is told and the others go
    on. `stop` is asked before each file. Raises KnownError when the disk is full or a folder cannot be
    written, with what is written by then."""
    done = Written()
    for folder in {planned.target.parent for planned in plan.files}:
        _tidy(folder)
    for number, planned in enumerate(plan.files):
        progress(number, len(plan.files), planned.target.name)
        if stop():
            done.stopped = True
            return done
        try:
            _write_one(planned, preset, done)
        except Unwritable as error:
            raise KnownError(_reason(planned, error, done, len(plan.files))) from error
        except KnownError as error:
            done.failed.append((planned.source.path, str(error)))
    progress(len(plan.files), len(plan.files), "")
    return done


def estimate(plan: Plan, preset: ExportPreset) -> int | None:
    """About how many bytes all files have together, judged by one of them, which is made and not kept. None
    where none of the first can be read."""
    for planned in plan.files[:TRIED]:
        try:
            data, told = _encoded(planned, preset)
        except KnownError:
            continue
        sidecars = len(told.sidecar.encode()) * len(plan.files) if preset.sidecar else 0
        width, height = planned.size
        return round(len(data) * plan.pixels / (width * height)) + sidecars
    return None


def _tidy(folder: Path) -> None:
    """Removes what an export that was killed left half written there: of ours, never of other programs."""
    with contextlib.suppress(OSError):
        for file in folder.glob(".*-*.part"):
            if is_abandoned(file):
                file.unlink(missing_ok=True)


def _write_one(planned: Planned, preset: ExportPreset, done: Written) -> None:
    data, told = _encoded(planned, preset)
    try:
        planned.target.parent.mkdir(parents=True, exist_ok=True)
        with _sidecar(planned, told) if preset.sidecar else contextlib.nullcontext():
            _put(planned.target, data, planned.replaces)
    except OSError as error:
        raise Unwritable(error.errno, error.strerror or str(error)) from error
    done.files.append(planned.target)
    done.bytes += len(data)


@contextlib.contextmanager
def _sidecar(planned: Planned, told: Carried) -> Iterator[None]:
    """It comes first: where the picture is, its sidecar is, whenever the program was killed. It goes again
    when the picture cannot be written."""
    _put(planned.sidecar, told.sidecar.encode(), planned.replaces)
    try:
        yield
    except BaseException:
        if not planned.replaces:
            planned.sidecar.unlink(missing_ok=True)
        raise


def _put(target: Path, data: bytes, replaces: bool) -> None:
    """What came to lie there since the plan stays."""
    if not replaces and target.exists():
        raise KnownError(f"{target} was put there meanwhile by another program, and is left as it is.")
    write_whole(target, data)


def _encoded(planned: Planned, preset: ExportPreset) -> tuple[bytes, Carried]:
    """The file's bytes, and what it tells. Raises KnownError for a picture that cannot be read."""
    saved = _saved(planned.source)
    told = carried.for_sharing(saved)
    if preset.metadata == "all":
        told = carried.everything(saved, _about(planned), preset.format)
    return formats.encode(_pixels(Path(planned.source.path)), planned.size, preset, told), told


def _about(planned: Planned) -> About:
    row = planned.source
    spec = RenderSpec.from_json(row.spec)
    made = names.local(row.created_at)
    return About(Path(row.path).stem, spec.prompt, row.rating, row.label, made, planned.size)


def _saved(row: PictureRow) -> Saved:
    """From the picture's file; from the library where another program saved the file anew."""
    try:
        return png.read(Path(row.path))
    except png.NotOurs:
        spec = RenderSpec.from_json(row.spec)
        return Saved(portable(spec), {}, msgspec.json.decode(row.scores or "{}", type=Scores))


def _pixels(file: Path) -> "Image.Image":
    from PIL import Image

    try:
        with Image.open(file) as image:
            return image.convert("RGB")
    except OSError as error:
        raise KnownError(f"{file.name} cannot be read: {error.strerror or 'it is damaged'}.") from error
    except Exception as error:  # a decoder fed with damaged bytes raises nearly anything
        raise KnownError(f"{file.name} is damaged and cannot be read.") from error


def _reason(planned: Planned, error: OSError, done: Written, total: int) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        why, advice = "The disk is full", "Make room, then export again"
    else:
        why, advice = f"{planned.target} could not be written: {error.strerror}", "Choose another folder"
    kept = f"{len(done.files)} of {total} pictures were exported"
    last = f", the last one as {done.files[-1].name}" if done.files else ""
    return f"{why}. {kept}{last}; each of those files is whole. {advice}."
