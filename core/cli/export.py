"""Finished pictures as files for others."""

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer

from core.cli.faults import complain
from core.cli.show import Column, JsonOption, json, listing, say
from core.cli.work import ChoreBar, bars, opened, until_told
from core.errors import KnownError
from core.export import Conflict, Format, Metadata

if TYPE_CHECKING:
    from core.export import ExportPreset
    from core.export.plan import Plan
    from core.export.write import Written
    from core.library import Library

PRESETS = "presets"
WHICH, HOW = "Which pictures", "How they become files"
SHOWN = 10
"""How many names are shown; --json has all."""
COLUMNS: list[Column] = [
    ("preset", lambda p: p.name),
    ("format", lambda p: p.format),
    ("quality", lambda p: p.quality if p.format in ("jpeg", "webp", "avif") else ""),
    ("size", lambda p: p.size),
    ("colours", lambda p: p.colours),
    ("names", lambda p: p.names),
    ("metadata", lambda p: p.metadata + (", sidecar" if p.sidecar else "")),
]


def _which(words: str, name: str = "", **more: Any) -> Any:
    return typer.Option(*([name] if name else []), help=words, rich_help_panel=WHICH, **more)


def _how(words: str, name: str = "", **more: Any) -> Any:
    return typer.Option(*([name] if name else []), help=words, rich_help_panel=HOW, **more)


Pictures = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[PICTURE…|presets]",
        help="Numbers from “likeness pictures”, or files; all when left out. “presets” lists the presets.",
    ),
]
To = Annotated[Path | None, typer.Option(metavar="DIR", help="The folder to write into.")]
Rating = Annotated[int, _which("With at least so many stars.", min=0, max=5)]
Person = Annotated[str | None, _which("That show this person or object.", metavar="WHO")]
Since = Annotated[datetime | None, _which("Made on this day or later.", formats=["%Y-%m-%d"])]
Best = Annotated[bool, _which("Of each prompt the best: most stars, then the likest faces.", "--best")]
Preset = Annotated[str | None, _how("From “export presets”: its name or its beginning.", metavar="NAME")]
FormatOption = Annotated[Format | None, _how("The format of the files.")]
Quality = Annotated[int | None, _how("Of JPEG, WebP and AVIF.", min=1, max=100)]
SizeOption = Annotated[
    str | None, _how("whole, 2048 (longer side), 1920x1080 (fits into it) or 50%.", metavar="SIZE")
]
Print = Annotated[
    str | None,
    _how("As large as paper, made larger where needed: 30x40cm@300dpi.", "--print", metavar="PAPER"),
]
Upscale = Annotated[
    Path | None, _how("A network that makes pictures larger, of your own.", metavar="MODEL.safetensors")
]
Enlarge = Annotated[bool, _how("Make small pictures larger too.", "--enlarge")]
Colours = Annotated[
    str | None, _how("srgb, display-p3, adobe-rgb, or an RGB profile of your own.", metavar="SPACE|FILE")
]
Name = Annotated[
    str | None, _how("With fields: {date}-{number:3}, {person}/{original} …", metavar="TEMPLATE")
]
ConflictOption = Annotated[Conflict | None, _how("What happens to a name that is taken.")]
MetadataOption = Annotated[
    Metadata | None, _how("share: no names, no prompt, no settings; marked as made by AI all the same.")
]
Sidecar = Annotated[bool | None, _how("The XMP in a file of its own as well.", "--sidecar/--no-sidecar")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would be written.")]


def export(
    context: typer.Context,
    pictures: Pictures = None,
    to: To = None,
    rating: Rating = 0,
    person: Person = None,
    since: Since = None,
    best: Best = False,
    preset: Preset = None,
    format: FormatOption = None,
    quality: Quality = None,
    size: SizeOption = None,
    enlarge: Enlarge = False,
    paper: Print = None,
    upscale: Upscale = None,
    colours: Colours = None,
    name: Name = None,
    conflict: ConflictOption = None,
    metadata: MetadataOption = None,
    sidecar: Sidecar = None,
    dry_run: DryRun = False,
    as_json: JsonOption = False,
) -> None:
    """Writes finished pictures as files for others. The pictures themselves stay as they are."""
    typed = dict(locals())
    if pictures == [PRESETS]:
        return _list_presets(context, as_json)
    if to is None:
        raise KnownError("Say where the files go, with --to DIR.")
    with opened(context.obj) as library:
        made, chosen = _planned(library, typed, _chosen(context, typed), to.expanduser().absolute())
        if dry_run:
            return _tell_plan(made, as_json)
        _warn(chosen)
        _write(context, made, chosen, as_json)


def _chosen(context: typer.Context, typed: dict[str, Any]) -> "ExportPreset":
    """The preset, changed in what was typed."""
    from msgspec import structs

    from core.export import presets
    from core.export.sizes import Size

    base = presets.find(context.obj, typed["preset"]) if typed["preset"] else presets.BUILT_IN[0]
    fields = ("format", "quality", "colours", "conflict", "metadata", "sidecar")
    changes = {field: typed[field] for field in fields if typed[field] is not None}
    if typed["colours"] and Path(typed["colours"]).suffix:
        changes["colours"] = str(Path(typed["colours"]).expanduser().absolute())
    if typed["name"] is not None:
        changes["names"] = typed["name"]
    if typed["size"] is not None:
        changes["size"] = Size.read(typed["size"])
    if typed["enlarge"]:
        changes["enlarge"] = True
    if typed["paper"] is not None:
        if typed["size"] is not None:
            raise KnownError("Say --size or --print, not both.")
        changes |= {"size": Size.paper(typed["paper"]), "enlarge": True}
    if typed["upscale"] is not None:
        changes |= _upscaled(typed["upscale"], "size" in changes)
    return structs.replace(base, **changes)


def _upscaled(file: Path, sized: bool) -> dict[str, Any]:
    """By the network's own factor where no size was typed."""
    from core import upscalers
    from core.export.sizes import Size

    found = upscalers.recognise(file.expanduser().resolve())
    whole = {} if sized else {"size": Size("percent", percent=100.0 * found.scale)}
    return {"upscaler": str(found.path), "enlarge": True, **whole}


def _planned(
    library: "Library", typed: dict[str, Any], preset: "ExportPreset", folder: Path
) -> "tuple[Plan, ExportPreset]":
    """The plan, and the preset with the answer where names are taken and it was to ask."""
    from msgspec import structs

    from core import settings
    from core.export import choice, colours
    from core.export.plan import plan

    choice.check_folder(library.home, settings.load(library.home), folder)
    colours.profile(preset.colours)  # a profile that cannot be used is said before anything is written
    which = {each: typed[each] for each in ("rating", "person", "since", "best")}
    with library.read() as session:
        rows = choice.chosen(session, pictures=typed["pictures"] or (), **which)
        kept = choice.files(session)
    if not rows:
        raise KnownError("No picture is like that: nothing was exported. See “likeness pictures”.")
    made = plan(rows, preset, folder, kept)
    if preset.conflict == "ask" and made.taken:
        preset = structs.replace(preset, conflict=_ask(made))
        made = plan(rows, preset, folder, kept)
    return made, preset


def _ask(made: "Plan") -> str:
    """On a terminal; elsewhere it must be said before. Raises KnownError."""
    question = f"{len(made.taken)} names are taken, the first is {made.taken[0].name}"
    answers = [each for each in get_args(Conflict) if each != "ask"]
    answer = ""
    if sys.stdin.isatty():
        answer = str(typer.prompt(f"{question} ({', '.join(answers)})", default="number"))
    if answer not in answers:
        raise KnownError(f"{question}. Say what to do: --conflict {'|'.join(answers)}. Nothing was written.")
    return answer


def _warn(preset: "ExportPreset") -> None:
    from core.export import names

    telling = names.telling(preset.names) if preset.metadata == "share" else ()
    if telling:
        fields = ", ".join(f"{{{field}}}" for field in telling)
        complain(f"The files tell nothing, but their names do: {fields}.")


def _write(context: typer.Context, made: "Plan", preset: "ExportPreset", as_json: bool) -> None:
    from core import settings
    from core.export.write import write

    device = settings.load(context.obj).device
    with bars() as progress, until_told() as stop:
        done = write(made, preset, ChoreBar(progress, "Exporting"), stop, device)
    _tell(done, made, as_json)
    if done.stopped:
        raise typer.Exit(130)
    if done.failed:
        raise KnownError(f"{len(done.failed)} pictures could not be exported.")


def _list_presets(context: typer.Context, as_json: bool) -> None:
    from core.export import presets

    listing(presets.listed(context.obj), COLUMNS, as_json, "")


def _tell_plan(made: "Plan", as_json: bool) -> None:
    if as_json:
        files = [{"picture": each.source.id, "file": each.target, "size": each.size} for each in made.files]
        return json({"files": files, "skipped": made.skipped})
    for each in made.files[:SHOWN]:
        replaced = " (written over)" if each.replaces else ""
        say(f"{each.target}  {each.size[0]} × {each.size[1]}{replaced}")
    if len(made.files) > SHOWN:
        say(f"… and {len(made.files) - SHOWN} more (--json lists all)")
    say(f"{_files(len(made.files))} would be written, {len(made.skipped)} left as they are.")


def _tell(done: "Written", made: "Plan", as_json: bool) -> None:
    if as_json:
        failed = [{"picture": picture, "reason": reason} for picture, reason in done.failed]
        return json({"files": done.files, "bytes": done.bytes, "skipped": made.skipped, "failed": failed})
    where = f", the first is {done.files[0]}" if done.files else ""
    say(f"{_files(len(done.files))} written, {done.bytes / 1e6:.1f} MB{where}.")
    if made.skipped:
        say(f"{_files(len(made.skipped))} left as they are: their names are taken.")
    for picture, reason in done.failed:
        say(f"  {Path(picture).name}: {reason}")
    if done.stopped:
        say(f"Stopped: {len(made.files) - len(done.files)} were not begun.")


def _files(count: int) -> str:
    return "1 file" if count == 1 else f"{count} files"
