"""Named settings for new pictures, in a small file of the home folder.

A preset holds how pictures are made. What is in them comes along only when the user says so: the prompts, and
how strongly the people they name act. No photo, mask or region is ever kept in one, and a preset that names
somebody goes with them.
"""

import re
from typing import Any

import msgspec
from msgspec import Struct, structs

from core import prompt
from core.disk import write_whole
from core.errors import KnownError
from core.paths import Home
from core.wish import Wish

NEVER = ("start", "start_strength", "inside", "regions")
PROMPTS = ("text", "scales", "text_scales", "seed")


class Preset(Struct, frozen=True):
    """`wish` holds only what was set; its text is "" where prompts are not part of the preset."""

    name: str
    wish: Wish

    @property
    def has_prompts(self) -> bool:
        return bool(self.wish.text)

    @property
    def told(self) -> dict[str, Any]:
        """The fields of a wish that this preset decides."""
        plain = Wish(text="")
        return {
            name: value for name, value in structs.asdict(self.wish).items() if value != getattr(plain, name)
        }


class _Kept(Struct, frozen=True):
    presets: tuple[Preset, ...] = ()


def of(name: str, wish: Wish, with_prompts: bool) -> Preset:
    """A preset of what is asked for now."""
    plain = Wish(text="")
    left_out = NEVER if with_prompts else NEVER + PROMPTS
    bare = structs.replace(wish, **{field: getattr(plain, field) for field in left_out})
    return Preset(name.strip(), bare)


def listed(home: Home) -> tuple[Preset, ...]:
    """By name. Raises KnownError for a file that is not ours to read."""
    try:
        found = msgspec.json.decode(home.compose_presets.read_bytes(), type=_Kept).presets
    except FileNotFoundError:
        return ()
    except (OSError, msgspec.DecodeError, UnicodeError, RecursionError) as error:
        told = f"The presets in {home.compose_presets} cannot be read: {error}."
        raise KnownError(f"{told} Mend or delete the file.") from error
    return tuple(sorted(found, key=lambda each: each.name.casefold()))


def find(home: Home, name: str) -> Preset:
    """By its name, large and small letters alike. Raises KnownError."""
    known = listed(home)
    for each in known:
        if each.name.casefold() == name.strip().casefold():
            return each
    there = f" There are: {'; '.join(each.name for each in known)}." if known else " None was saved yet."
    raise KnownError(f"There is no preset “{name}”.{there}")


def keep(home: Home, preset: Preset) -> None:
    """In place of the one of that name. Raises KnownError."""
    if not preset.name:
        raise KnownError("A preset needs a name.")
    _write(home, [*_others(home, preset.name), preset])


def rename(home: Home, name: str, new: str) -> None:
    """Raises KnownError when it is gone, or the new name is taken."""
    preset, new = find(home, name), new.strip()
    if not new:
        raise KnownError("A preset needs a name.")
    others = _others(home, preset.name)
    if new.casefold() in {each.name.casefold() for each in others}:
        raise KnownError(f"There is a preset “{new}” already: choose another name, or delete that one first.")
    _write(home, [*others, structs.replace(preset, name=new)])


def remove(home: Home, name: str) -> None:
    """Raises KnownError when it is gone."""
    _write(home, _others(home, find(home, name).name))


def forget(home: Home, handle: str, name: str) -> int:
    """Removes every preset that names somebody; how many there were. A file that cannot be read goes whole:
    nobody could say whom it names."""
    try:
        known = listed(home)
    except KnownError:
        home.compose_presets.unlink(missing_ok=True)
        return 1
    kept = [each for each in known if not _names(each, handle, name)]
    if len(kept) < len(known):
        _write(home, kept)
    return len(known) - len(kept)


def _names(preset: Preset, handle: str, name: str) -> bool:
    wish = preset.wish
    handles = {*prompt.handles(wish.text), *wish.scales, *wish.text_scales}
    words = " ".join((preset.name, wish.text, wish.negative_prompt))
    return handle in handles or bool(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", words, re.IGNORECASE))


def _others(home: Home, name: str) -> list[Preset]:
    return [each for each in listed(home) if each.name.casefold() != name.casefold()]


def _write(home: Home, presets: list[Preset]) -> None:
    file = home.create().compose_presets
    plain = [{"name": each.name, "wish": {"text": each.wish.text} | each.told} for each in presets]
    try:
        write_whole(file, msgspec.json.format(msgspec.json.encode({"presets": plain}), indent=2))
    except OSError as error:
        raise KnownError(f"The presets could not be saved to {file}: {error.strerror}.") from error
