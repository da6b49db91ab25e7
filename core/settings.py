"""What the user chose, in one JSON file of the home folder."""

from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from core.disk import write_whole
from core.errors import UNREADABLE, KnownError
from core.paths import Home


class Settings(Struct, frozen=True):
    """`models`: name → folder of each model the user added. `faces`: "embedded" or "insightface:FOLDER".
    `segmenter`: "embedded" or "folder:DIR". `margin`: how much a face's box is enlarged (arXiv
    2309.05793). `accepted`: the SHA-256 of each adapter file whose non-commercial licence was accepted."""

    model: str = "mini"
    models: dict[str, str] = {}
    faces: str = "embedded"
    segmenter: str = "embedded"
    device: str = "auto"
    margin: Annotated[float, Meta(ge=1, le=3)] = 1.3
    output: str = ""
    accepted: tuple[str, ...] = ()


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


def pictures_folder(home: Home, settings: Settings) -> Path:
    """Where finished pictures go."""
    return Path(settings.output) if settings.output else home.pictures
