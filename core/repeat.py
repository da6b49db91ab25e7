"""Making a picture again from what its file says: the same pixels on the same machine."""

from pathlib import Path

from msgspec import structs
from PIL import Image

from core import start_photo
from core.economy import Economy
from core.engine import Engine, OnStep, Rendered
from core.errors import KnownError
from core.library import Library, consent, files
from core.metadata import Made, Saved, png
from core.spec import RenderSpec

SUFFIX = "-repeat"


def repeat(
    picture: Path,
    engine: Engine,
    output: Path | None = None,
    library: Library | None = None,
    photo: Path | None = None,
) -> tuple[Path, bool]:
    """Renders the settings in `picture` once more, with the precision, the batch size and the way
    memory was saved recorded there.
    Returns where the new picture lies, and whether every pixel is the same.

    `output`: a folder, or a file's name; None writes beside the picture. The picture itself is never written
    over.
    `library`: asked whether the people in it still agree, and where the photo lies that it started from, if
    it did; `photo` says so otherwise. Raises KnownError for a picture without our settings, a model,
    references or a start photo that are gone, and a missing consent.
    """
    saved = png.read(picture)
    if library:
        check_consent(library, saved.spec)
    folder, name = _target(picture, output)
    before = pixels(picture)
    located = structs.replace(saved, spec=start_photo.located(saved.spec, library, photo))
    rendered = render_again(engine, located)
    path = files.save_picture(folder, name, rendered, saved.spec).path
    return path, before == (rendered.width, rendered.height, rendered.rgb)


def differences(picture: Path, repeated: Path) -> list[str]:
    """What was not the same when `repeated` was made, as recorded in both: why pixels may differ."""
    return differing(png.read(picture).made, png.read(repeated).made)


def differing(before: Made, now: Made) -> list[str]:
    return [
        f"{key}: {before.get(key, '–')} then, {now.get(key, '–')} now"
        for key in sorted(before.keys() | now.keys())
        if before.get(key) != now.get(key)
    ]


def render_again(
    engine: Engine, saved: Saved, on_step: OnStep = lambda _: None, *, maps: bool = False
) -> Rendered:
    """The settings of `saved` once more, exactly as they were used. `maps` asks for the weight maps also
    where the picture was made without."""
    precision = saved.made.get("precision", saved.spec.precision)
    exact = structs.replace(saved.spec, precision=precision, maps=maps or saved.spec.maps)
    size = saved.made.get("batch_size")
    # Through JSON once more: the file may hold a precision that there is not.
    spec = RenderSpec.from_json(exact.to_json())
    economy = Economy.read(str(saved.made.get("economy", "")))
    (rendered,) = engine.render([spec], on_step, int(size) if size else None, economy)
    return rendered


def _target(picture: Path, output: Path | None) -> tuple[Path, str]:
    beside = f"{picture.stem.removesuffix(SUFFIX)}{SUFFIX}"
    if output is None:
        return picture.parent, beside
    if output.suffix.lower() != ".png":
        return output, beside
    if output.exists():
        raise KnownError(f"{output} is there already; nothing was written. Choose another name.")
    return output.parent, output.stem


def pixels(picture: Path) -> tuple[int, int, bytes]:
    """Width, height and RGB bytes. Raises KnownError for a file that cannot be read (any more)."""
    try:
        with Image.open(picture) as image:
            rgb = image.convert("RGB")
            return rgb.width, rgb.height, rgb.tobytes()
    except (OSError, SyntaxError) as error:
        raise KnownError(f"{picture} cannot be read: {error}.") from error


def check_consent(library: Library, spec: RenderSpec) -> None:
    """Raises KnownError when a person of the picture does not agree (any more)."""
    with library.read() as session:
        people = [row for row in consent.listed(session, [spec]).values() if row.kind == "person"]
        names = [row.name for row in people if row.consent != "granted"]
        shown = consent.start_refusal(session, spec.start.sha256) if spec.start else None
    if names:
        raise KnownError(f"There is no consent from {' and '.join(names)}: the picture was not made again.")
    if shown:
        raise KnownError(f"{shown} It was not made again.")
