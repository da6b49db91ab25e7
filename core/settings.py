"""What the user chose, in one JSON file of the home folder."""

from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct, structs

from core.disk import write_whole
from core.errors import UNREADABLE, KnownError
from core.paths import Home


class Settings(Struct, frozen=True):
    """`models`: name → folder of each model the user added. `faces`: "embedded" or "insightface:FOLDER".
    `segmenter`: "embedded" or "folder:DIR". `margin`: how much a face's box is enlarged (arXiv
    2309.05793). `accepted`: the SHA-256 of each adapter file whose non-commercial licence was accepted.
    `packs`, `segmenters`: folders of face models and segmenters that were used once and can be again;
    `upscalers`: files that enlarge pictures for print.

    Of the window: `language`, empty for the system's; `then`: what is done after a queue; `previews`:
    pictures are shown while they are made; `thumbnails`: how many small pictures stay in memory; `motion`:
    whether things may move; `keys`: shortcut → keys, where the user chose others; `seen`: the version whose
    news were read."""

    model: str = "mini"
    models: dict[str, str] = {}
    faces: str = "embedded"
    segmenter: str = "embedded"
    device: str = "auto"
    margin: Annotated[float, Meta(ge=1, le=3)] = 1.3
    output: str = ""
    accepted: tuple[str, ...] = ()
    packs: tuple[str, ...] = ()
    segmenters: tuple[str, ...] = ()
    upscalers: tuple[str, ...] = ()
    language: Literal["", "en", "zh_CN"] = ""
    theme: Literal["dark", "light", "system"] = "dark"
    then: Literal["nothing", "quit", "sleep", "shutdown"] = "nothing"
    previews: bool = True
    thumbnails: Annotated[int, Meta(ge=100, le=10_000)] = 800
    motion: Literal["system", "full", "reduced"] = "system"
    keys: dict[str, str] = {}
    seen: str = ""


CHOICES = ("language", "theme", "motion", "output", "margin", "device", "then", "previews", "thumbnails")
"""What is chosen by one word or number; models, faces and licences have commands of their own."""
YES_NO = {"yes": "true", "no": "false"}


def load(home: Home) -> Settings:
    """The saved settings, or the defaults. Raises KnownError for a file that is not ours to read."""
    try:
        return msgspec.json.decode(home.settings.read_bytes(), type=Settings)
    except FileNotFoundError:
        return Settings()
    except (OSError, *UNREADABLE) as error:
        told = f"The settings in {home.settings} cannot be read: {error}. Mend or delete the file."
        raise KnownError(told) from error


def save(home: Home, settings: Settings) -> None:
    """Written whole or not at all. Raises KnownError when it cannot be written; the old file stays."""
    try:
        write_whole(home.settings, msgspec.json.format(msgspec.json.encode(settings), indent=2))
    except OSError as error:
        told = f"The settings could not be saved to {home.settings}: {error.strerror or error}."
        raise KnownError(f"{told} The old ones are kept.") from error


def change(home: Home, **changes: Any) -> Settings:
    """Changes these on what is saved now, which another program may have changed meanwhile; the whole of it.
    Raises KnownError like `load` and `save`."""
    changed = structs.replace(load(home), **changes)
    save(home, changed)
    return changed


def parse(name: str, text: str) -> Any:
    """The value of one of CHOICES from what somebody typed; "" is its default. Raises KnownError with what
    would be taken."""
    if name not in CHOICES:
        raise KnownError(f"There is no setting “{name}”. There are: {', '.join(CHOICES)}.")
    if not text:
        return getattr(Settings(), name)
    try:
        return msgspec.convert(YES_NO.get(text, text), _type(name), strict=False)
    except msgspec.ValidationError as error:
        raise KnownError(f"{name} cannot be “{text}”: it is {allowed(name)}. Nothing was changed.") from error


def words(name: str) -> tuple[str, ...]:
    """The words one of CHOICES takes; none where it takes a number or any text."""
    kind = _type(name)
    return tuple(kind.__args__) if getattr(kind, "__origin__", None) is Literal else ()


def allowed(name: str) -> str:
    """What one of CHOICES takes, said to people."""
    kind = _type(name)
    if found := words(name):
        return f"one of {', '.join(word or 'empty' for word in found)}"
    if kind is bool:
        return "yes or no"
    limits = next(iter(getattr(kind, "__metadata__", ())), None)
    return f"a number from {limits.ge} to {limits.le}" if limits else "a text"


def _type(name: str) -> Any:
    return next(each.type for each in structs.fields(Settings) if each.name == name)


def pictures_folder(home: Home, settings: Settings) -> Path:
    """Where finished pictures go."""
    return Path(settings.output) if settings.output else home.pictures
