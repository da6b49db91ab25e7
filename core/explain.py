"""Who is where in a picture: its weight maps, read from beside it or worked out by making it again."""

import io
from dataclasses import dataclass
from pathlib import Path

from msgspec import structs
from PIL import Image

from core import relevance_map, start_photo
from core.disk import write_whole
from core.engine import Engine, OnStep
from core.errors import KnownError
from core.library import Library, files
from core.library.names import handle_for
from core.metadata import Saved, png, xmp
from core.methods import METHODS
from core.relevance_map import SubjectMap
from core.repeat import check_consent, differing, pixels, render_again

SUFFIX = relevance_map.EXPLAINED


@dataclass(frozen=True)
class Explained:
    """`path`: the overlay; `subjects`: whose colours it shows; `made_again`: whether the picture had to be
    made again for it."""

    path: Path
    subjects: tuple[str, ...]
    made_again: bool


def explain(
    picture: Path,
    engine: Engine,
    output: Path | None = None,
    subject: str = "",
    library: Library | None = None,
    photo: Path | None = None,
    on_step: OnStep = lambda _: None,
) -> Explained:
    """Writes a picture that shows where each subject acts in `picture`, or where one called `subject` does.

    `output`: a folder, or a file's name; None writes beside the picture. Where no maps are stored the
    picture is made again (`work_out`). Raises KnownError for a picture that is not ours or has no subjects,
    and for all that `work_out` refuses.
    """
    saved = explainable(picture)
    target = _target(picture, output)
    known = stored(picture)
    _refuse_unknown(saved, subject)
    maps = known or work_out(picture, engine, library, photo, on_step)
    path = _save(target, picture, saved, maps, subject)
    return Explained(path, tuple(each.name for each in maps if _is(each.name, subject)), not known)


def explainable(picture: Path) -> Saved:
    """What `picture` says of itself. Raises KnownError when nobody can be where in it."""
    saved = png.read(picture)
    if not saved.spec.subjects or saved.spec.method == "text":
        raise KnownError(
            f"{picture.name} was made from words alone: there are no references whose place could be shown."
        )
    return saved


def stored(picture: Path) -> tuple[SubjectMap, ...]:
    """The maps that lie beside `picture`; empty when there are none of these pixels."""
    if not relevance_map.path_of(picture).exists():
        return ()
    return relevance_map.read(picture, pixels(picture)[2])


def work_out(
    picture: Path,
    engine: Engine,
    library: Library | None = None,
    photo: Path | None = None,
    on_step: OnStep = lambda _: None,
) -> tuple[SubjectMap, ...]:
    """Makes `picture` again from its own metadata, this time with maps, and keeps them beside it. `photo`:
    where the photo lies that it started from, when the library does not hold it.

    Raises KnownError when somebody in it does not agree any more, its model or references are gone, and when
    the pixels come out otherwise: the maps would be those of another picture. Nothing is written then.
    """
    saved = explainable(picture)
    if library:
        check_consent(library, saved.spec)
    located = structs.replace(saved, spec=start_photo.located(saved.spec, library, photo))
    rendered = render_again(engine, located, on_step, maps=True)
    if not rendered.maps:
        title = METHODS[saved.spec.method].title
        raise KnownError(f"{title} does not weigh subjects by place: there is nothing to show.")
    if pixels(picture) != (rendered.width, rendered.height, rendered.rgb):
        made = Saved.of(saved.spec, rendered.made, rendered.scores).made
        raise KnownError(_other_pixels(picture, differing(saved.made, made)))
    files.save_maps(picture, rendered, saved.spec)
    return relevance_map.read(picture, rendered.rgb)


def _save(target: Path, picture: Path, saved: Saved, maps: tuple[SubjectMap, ...], subject: str) -> Path:
    from core import relevance_view

    width, height, rgb = pixels(picture)
    everybody = relevance_view.shown(maps, width, height)
    chosen = [each for each in everybody if _is(each.name, subject)]
    drawn = relevance_view.sheet(Image.frombytes("RGB", (width, height), rgb), chosen)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        write_whole(target, _png(drawn, saved))
    except OSError as error:
        raise KnownError(f"{target} could not be written: {error.strerror or error}.") from error
    return target


def _png(drawn: Image.Image, saved: Saved) -> bytes:
    """With the words that say an AI system made what it shows; without settings: it is no picture of ours
    to repeat."""
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_itxt("XML:com.adobe.xmp", xmp.packet(saved))
    stream = io.BytesIO()
    drawn.save(stream, "PNG", compress_level=6, pnginfo=info)
    return stream.getvalue()


def _target(picture: Path, output: Path | None) -> Path:
    beside = f"{picture.stem}{SUFFIX}.png"
    if output is None:
        return picture.with_name(beside)
    if output.suffix.lower() != ".png":
        return output / beside
    if output.exists():
        raise KnownError(f"{output} is there already; nothing was written. Choose another name.")
    return output


def _refuse_unknown(saved: Saved, subject: str) -> None:
    names = [each.name for each in saved.spec.subjects]
    if not any(_is(name, subject) for name in names):
        raise KnownError(f"Nobody called {subject} is in this picture. In it: {', '.join(names)}.")


def _is(name: str, wanted: str) -> bool:
    """Whether a subject of that name is meant: nobody in particular means everybody."""
    plain = wanted.strip().removeprefix("@").casefold()
    return not plain or plain in (name.casefold(), handle_for(name, ()))


def _other_pixels(picture: Path, reasons: list[str]) -> str:
    why = f" Different were {'; '.join(reasons)}." if reasons else ""
    return (
        f"Made again, {picture.name} has other pixels, so its weights would be those of another picture; "
        f"nothing was kept.{why}"
    )
