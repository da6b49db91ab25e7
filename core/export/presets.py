"""Ways of exporting that have a name: those that come with the program, and the user's own, in a small file
of the home folder."""

import msgspec
from msgspec import Struct, structs

from core.disk import write_whole
from core.errors import KnownError
from core.export import ExportPreset
from core.export.sizes import Size
from core.paths import Home

WEB = Size("longer", side=2048)
NUMBERED = "{date}-{number:3}"
MONTHS = "{year}/{month}/{original}"
BUILT_IN = (
    ExportPreset("Full size, PNG, everything inside"),
    ExportPreset("Client, JPEG 92, sRGB, share copy", "jpeg", names=NUMBERED, metadata="share"),
    ExportPreset("Web, 2048 px, WebP", "webp", 82, WEB, names=NUMBERED, metadata="share"),
    ExportPreset("Web, 2048 px, AVIF", "avif", 70, WEB, names=NUMBERED, metadata="share"),
    ExportPreset("Print, TIFF 16 bit, Adobe RGB", "tiff16", colours="adobe-rgb"),
    ExportPreset("Archive, PNG by month, sidecars", names=MONTHS, conflict="skip", sidecar=True),
)


class Kept(Struct, frozen=True):
    """The user's presets; `last`: what was exported with last, and `folder`: where to."""

    presets: tuple[ExportPreset, ...] = ()
    last: ExportPreset | None = None
    folder: str = ""


def read(home: Home) -> Kept:
    """Raises KnownError for a file that is not ours to read."""
    try:
        return msgspec.json.decode(home.export_presets.read_bytes(), type=Kept)
    except FileNotFoundError:
        return Kept()
    except (OSError, msgspec.DecodeError, UnicodeError) as error:
        told = f"The export presets in {home.export_presets} cannot be read: {error}."
        raise KnownError(f"{told} Mend or delete the file.") from error


def listed(home: Home) -> tuple[ExportPreset, ...]:
    """All with a name: the program's, then the user's."""
    return BUILT_IN + read(home).presets


def find(home: Home, name: str) -> ExportPreset:
    """By its name or its beginning, large and small letters alike. Raises KnownError."""
    known, wanted = listed(home), name.strip().casefold()
    exact = [each for each in known if each.name.casefold() == wanted]
    near = exact or [each for each in known if wanted and each.name.casefold().startswith(wanted)]
    if len(near) != 1:
        what = "There is no" if not near else "There are several"
        names = "; ".join(each.name for each in near or known)
        raise KnownError(f"{what} export preset “{name}”. There are: {names}.")
    return near[0]


def keep(home: Home, preset: ExportPreset) -> Kept:
    """Keeps a preset, in place of the user's own one of that name. Raises KnownError."""
    if not preset.name.strip():
        raise KnownError("A preset needs a name.")
    if preset.name.casefold() in {each.name.casefold() for each in BUILT_IN}:
        raise KnownError(f"“{preset.name}” comes with the program: choose another name.")
    before = read(home)
    others = tuple(each for each in before.presets if each.name.casefold() != preset.name.casefold())
    return _write(home, structs.replace(before, presets=(*others, preset)))


def remove(home: Home, name: str) -> Kept:
    """Forgets one of the user's presets. Raises KnownError."""
    before = read(home)
    others = tuple(each for each in before.presets if each.name != name)
    if len(others) == len(before.presets):
        raise KnownError(f"“{name}” is no preset of your own.")
    return _write(home, structs.replace(before, presets=others))


def remember(home: Home, preset: ExportPreset, folder: str) -> Kept:
    """What was chosen last, for the next time. Raises KnownError."""
    return _write(home, structs.replace(read(home), last=preset, folder=folder))


def _write(home: Home, kept: Kept) -> Kept:
    file = home.export_presets
    try:
        write_whole(file, msgspec.json.format(msgspec.json.encode(kept), indent=2))
    except OSError as error:
        raise KnownError(f"The export presets could not be saved to {file}: {error.strerror}.") from error
    return kept
