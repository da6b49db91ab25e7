"""The library's file: is it whole, a copy of it, going back to one, and finding what it has forgotten."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from core.cli.people import confirm
from core.cli.show import JsonOption, json, say
from core.cli.work import ChoreBar, bars, opened
from core.errors import KnownError

if TYPE_CHECKING:
    from core.library.inventory import BackupState, Inventory
    from core.library.rebuild import Rebuilt

app = typer.Typer(no_args_is_help=True, help="Check the library, back it up, restore it, rebuild it.")

Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
SHOWN = 10
"""How many names a list shows; --json has all."""


@app.command()
def check(
    context: typer.Context,
    forget: Annotated[
        bool, typer.Option("--forget-missing", help="Take pictures whose file is gone off the library.")
    ] = False,
    remove_orphans: Annotated[
        bool, typer.Option("--remove-orphans", help="Delete crops and encodings that nothing needs any more.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Looks through the library, its backups and the pictures' folder. Changes nothing unless told to; exits
    with 1 when something is wrong."""
    from core.library import backup as backups
    from core.library import inventory

    found = inventory.take(context.obj)
    if forget and found.pictures_gone:
        backups.make(context.obj, "asked")  # their stars and labels: the disk they are on may come back
        with opened(context.obj) as library:
            gone = inventory.forget(library, found.pictures_gone)
        found = inventory.take(context.obj)
        if not as_json:
            say(f"{gone} pictures whose file is gone were taken off the library.")
    if remove_orphans and found.orphans:
        removed = inventory.remove_orphans(context.obj)
        found = inventory.take(context.obj)
        if not as_json:
            say(f"{removed} files that nothing needs any more were deleted.")
    json(found) if as_json else _show(found)
    if not found.whole:
        raise KnownError(_advice(found))


@app.command()
def backup(context: typer.Context, as_json: JsonOption = False) -> None:
    """Makes a backup now. One is made by itself as a batch begins and once a day."""
    from core.library import backup as backups

    with opened(context.obj):
        made = backups.make(context.obj, "asked")
    json(made) if as_json else say(f"The library is backed up: {made.path}")


@app.command()
def restore(
    context: typer.Context,
    name: Annotated[
        str | None,
        typer.Argument(metavar="BACKUP", help="From “library check”; otherwise the newest whole one."),
    ] = None,
    yes: Yes = False,
    as_json: JsonOption = False,
) -> None:
    """Puts a backup in the library's place. A damaged library is kept beside it; pictures made since are
    found again."""
    from core.library import backup as backups
    from core.library.restore import restore as put_back

    home = context.obj
    chosen = backups.find(home, name) if name else backups.newest_whole(home)
    if chosen is None:
        raise KnownError(f"There is no whole backup of the library in {home.backups}.")
    confirm(f"Go back to the library as it was at {chosen}?", yes, "Nothing was changed.")
    done = put_back(home, chosen)
    json(done) if as_json else say(str(done))


@app.command()
def rebuild(
    context: typer.Context,
    folders: Annotated[
        list[Path] | None, typer.Argument(metavar="FOLDER…", help="Otherwise where the pictures go.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Finds pictures that are missing from the library and adds them from their own metadata."""
    from core.library.rebuild import rebuild as find

    chosen = [folder.expanduser().absolute() for folder in folders or ()]
    for folder in chosen:
        if not folder.is_dir():
            raise KnownError(f"There is no folder {folder}.")
    with opened(context.obj) as library, bars() as progress:
        done = find(library, chosen or None, ChoreBar(progress, "Pictures"))
    json(done) if as_json else _tell(done)


def _show(found: "Inventory") -> None:
    schema = f", schema {found.schema}" if found.schema else ""
    say(f"{found.file}: {found.bytes / 1e6:.1f} MB{schema}")
    _list("Damage", found.faults)
    _list("Backups", tuple(map(_line, found.backups)))
    _list("Damaged libraries kept beside it", found.set_aside)
    _list("Pictures whose file is gone", found.pictures_gone)
    _list("Pictures the library does not know", found.pictures_unknown)
    _list("References whose crop is gone", found.crops_gone)
    _list("Crops and encodings that nothing needs any more (--remove-orphans)", found.orphans)
    if found.whole:
        say("The library is whole.")


def _line(state: "BackupState") -> str:
    wrong = f" · damaged: {state.faults[0]}" if state.faults else ""
    return f"{state.name} · {state.what} · {state.bytes / 1e6:.1f} MB{wrong}"


def _list(title: str, lines: tuple[str, ...]) -> None:
    if lines:
        say(f"{title}: {len(lines)}")
        for line in lines[:SHOWN]:
            say(f"  {line}")
        if len(lines) > SHOWN:
            say(f"  … and {len(lines) - SHOWN} more (--json lists all)")


def _advice(found: "Inventory") -> str:
    """What can be done about each fault."""
    advice = []
    if found.faults:
        advice.append("The library is damaged: likeness library restore.")
    if found.pictures_unknown:
        advice.append("Pictures are missing from the library: likeness library rebuild.")
    if found.pictures_gone:
        advice.append(
            "Pictures were moved or deleted: likeness library rebuild FOLDER finds moved ones, "
            "check --forget-missing forgets the others."
        )
    if found.crops_gone:
        advice.append("References have lost their crops: import the photos again, or delete the person.")
    return " ".join(advice)


def _tell(done: "Rebuilt") -> None:
    say(
        f"{done.added} pictures were added and {done.moved} found again; {done.known} were known. "
        f"{done.done} waiting jobs had their picture already. "
        f"{done.copies} copies and {done.foreign} pictures of other programs were left alone."
    )
    _list("Could not be read", tuple(f"{path}: {why}" for path, why in done.unreadable))
