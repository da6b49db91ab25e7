"""Writing planned files: each whole or not at all, the pictures themselves only read."""

import contextlib
import errno
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from core import enlarging
from core.disk import is_abandoned, write_whole
from core.enlarging import Enlarger
from core.errors import Cancelled, KnownError
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
    device: str = "auto",
) -> Written:
    """Writes the planned files, one after the other. A picture that cannot be read is told and the others go
    on. `stop` is asked before each file, and while a network enlarges one, on `device` (as in settings).
    Raises KnownError when the disk is full or a folder cannot be written, with what is written by then."""
    done = Written()
    for folder in {planned.target.parent for planned in plan.files}:
        _tidy(folder)
    try:
        with _enlarger(preset, device, stop) as enlarge:
            for number, planned in enumerate(plan.files):
                progress(number, len(plan.files), planned.target.name)
                if stop():
                    raise Cancelled
                _write_or_tell(planned, preset, done, len(plan.files), enlarge)
    except Cancelled:
        done.stopped = True
        return done
    progress(len(plan.files), len(plan.files), "")
    return done


@contextlib.contextmanager
def _enlarger(preset: ExportPreset, device: str, stop: Callable[[], bool]) -> Iterator[Enlarger | None]:
    if not preset.upscaler:
        yield None
        return
    with enlarging.opened(Path(preset.upscaler), device, stop) as enlarge:
        yield enlarge


def _write_or_tell(
    planned: Planned, preset: ExportPreset, done: Written, total: int, enlarge: Enlarger | None
) -> None:
    try:
        _write_one(planned, preset, done, enlarge)
    except Unwritable as error:
        raise KnownError(_reason(planned, error, done, total)) from error
    except KnownError as error:
        done.failed.append((planned.source.path, str(error)))


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


def _write_one(planned: Planned, preset: ExportPreset, done: Written, enlarge: Enlarger | None) -> None:
    data, told = _encoded(planned, preset, enlarge)
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


def _encoded(
    planned: Planned, preset: ExportPreset, enlarge: Enlarger | None = None
) -> tuple[bytes, Carried]:
    """The file's bytes, and what it tells. Raises KnownError for a picture that cannot be read."""
    saved = _saved(planned.source)
    told = carried.for_sharing(saved)
    if preset.metadata == "all":
        told = carried.everything(saved, _about(planned), preset.format)
    return formats.encode(_pixels(_large_enough(planned, enlarge)), planned.size, preset, told), told


def _large_enough(planned: Planned, enlarge: Enlarger | None) -> Path:
    """The picture itself, or a larger one made of it where a network shall make it larger."""
    picture, row = Path(planned.source.path), planned.source
    if enlarge is None or planned.size[0] <= row.width:
        return picture
    _pixels(picture)  # what is wrong with it is said here as ever
    return enlarge(picture, planned.size)


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
