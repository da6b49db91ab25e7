"""Model files: everything there is, checking it, choosing what is used, downloading."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from core.cli.licence import YesOption, ask
from core.cli.show import Column, JsonOption, console, json, listing, say
from core.cli.work import until_told
from core.errors import Cancelled, KnownError

if TYPE_CHECKING:
    from core.recorded import State
    from core.shelf import Item

STATES: "dict[State, str]" = {
    "stated": "as its source states",
    "same": "as when it was added",
    "new": "recorded, nothing to compare with yet",
    "unknown": "not verified",
    "changed": "CHANGED since it was added",
}
COLUMNS: list[Column] = [
    ("kind", lambda item: item.kind),
    ("name", lambda item: item.name),
    ("of", lambda item: item.model),
    ("on disk", lambda item: f"{item.bytes / 1e6:,.0f} MB"),
    ("verified", lambda item: item.trouble or STATES[item.state]),
    ("used", lambda item: "yes" if item.in_use else ""),
    ("file", lambda item: item.path),
]
SETS: list[Column] = [
    ("set", lambda each: each.name),
    ("what", lambda each: each.title),
    ("for", lambda each: f"{each.memory_gb} GB cards"),
    ("pictures", lambda each: f"{each.size} px"),
    ("download", lambda each: f"{each.bytes / 1e9:.1f} GB"),
    ("pinned", lambda each: "yes" if each.pinned else "not pinned"),
    ("licence", lambda each: each.licence),
]
Name = Annotated[str, typer.Argument(help="Its name, as `likeness models files` shows it.")]


def files(context: typer.Context, as_json: JsonOption = False) -> None:
    """Lists every file of weights: models, adapters, what finds faces, cuts out and enlarges."""
    from core import settings, shelf

    listing(shelf.items(context.obj, settings.load(context.obj)), COLUMNS, as_json, "There are none.")


def use(context: typer.Context, name: Name) -> None:
    """Chooses the base model that new pictures are made with."""
    from core import models, settings

    model = models.find(settings.load(context.obj), name)
    settings.change(context.obj, model=model.name)
    say(f"{model.name} makes new pictures from now on. Pictures that wait keep their model.")


def remove(
    context: typer.Context,
    name: Name,
    delete: Annotated[bool, typer.Option("--delete", help="Delete its files as well.")] = False,
) -> None:
    """Takes something off the list. Its files stay where they are, unless --delete."""
    from core import shelf

    item = _find(context, name)
    if delete and not shelf.deletable(context.obj, item):
        raise KnownError(f"{item.path} is a folder of yours: delete it yourself. Nothing was changed.")
    shelf.remove(context.obj, item, delete)
    say(f"{name} is off the list. {'Its files are deleted.' if delete else f'{item.path} stays as it is.'}")


def verify(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(help="One of them; all when left out.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Reads files whole and compares them with what their source states, or with what they were when they
    were added. Exits with 1 when something changed."""
    from core import recorded, settings, shelf

    home = context.obj
    chosen = [_find(context, name)] if name else shelf.items(home, settings.load(home))
    found: dict[str, State] = {}
    with _bytes_bar("Verifying") as progress:
        for item in (each for each in chosen if not each.trouble):
            found[f"{item.model}/{item.name}".lstrip("/")] = recorded.verify(home, item.files, progress)
    if as_json:
        json(found)
    else:
        for each, state in found.items():
            say(f"{each}: {STATES[state]}")
    if "changed" in found.values():
        raise typer.Exit(1)


def add_upscaler(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE.safetensors", help="An ESRGAN or Compact model.")],
) -> None:
    """Adds a model that enlarges pictures for print, where it lies."""
    from core import upscalers

    found = upscalers.add(context.obj, file)
    say(f"{found.name} enlarges {found.scale} times: likeness export --upscale {found.path} --to DIR")


def catalogue(context: typer.Context, as_json: JsonOption = False) -> None:
    """Lists what can be downloaded. Nothing is downloaded and nobody is asked."""
    from core.downloads import catalogue

    listing(catalogue.sets(), SETS, as_json, "The catalogue is empty.")


def download(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="A set, as `likeness models catalogue` shows it.")],
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Downloads a set and adds it. Only the request for its files leaves this computer; an interrupted
    download goes on where it stopped."""
    from core.downloads import catalogue, fetch

    wanted = catalogue.find(name)
    ask(wanted.licence, yes)
    with _bytes_bar("Downloading") as progress, until_told() as stop:
        try:
            model = fetch.download(context.obj, wanted, progress, stop)
        except Cancelled as error:
            raise KnownError(f"The download was stopped. {fetch.KEPT}") from error
    if as_json:
        return json({"name": model.name, "path": model.path, "methods": model.methods()})
    say(f"{model.name} is here, checked and ready: likeness models use {model.name}")


def _find(context: typer.Context, name: str) -> "Item":
    from core import settings, shelf

    return shelf.find(context.obj, settings.load(context.obj), name)


@contextmanager
def _bytes_bar(title: str) -> "Iterator[Callable[[int, int, str], None]]":
    """Progress in bytes, on a terminal alone."""
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    screen = console()
    columns: list[Any] = [
        TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn(),
        TextColumn("{task.fields[detail]}", style="dim"),
    ]  # fmt: skip
    with Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal) as progress:
        task = progress.add_task(title, total=None, detail="")
        yield lambda done, total, detail: progress.update(task, completed=done, total=total, detail=detail)
