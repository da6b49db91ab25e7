"""Which models find faces and cut out subjects: the embedded ones, or a local folder of the user's own."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Protocol, TypeVar

import typer
from msgspec import structs

from core.cli.licence import YesOption, ask
from core.cli.show import JsonOption, json, say
from core.cli.work import ChoreBar, bars, engine, opened
from core.paths import RESOURCES, Home

if TYPE_CHECKING:
    from core.settings import Settings


class Described(Protocol):
    """What face models and segmenters have in common (core.faces.FaceBackend, core.segment.Segmenter)."""

    identity: str
    licence: str


Models = TypeVar("Models", bound=Described)
Choice = Annotated[
    str | None,
    typer.Argument(metavar="[embedded|DIR]", help="What to use from now on; nothing: say what is used."),
]


def faces(
    context: typer.Context, choice: Choice = None, yes: YesOption = False, as_json: JsonOption = False
) -> None:
    """Shows or chooses what finds and recognises faces: embedded, or the folder of an InsightFace pack."""
    from core.faces import open_backend

    found, changed = _choose(context.obj, "faces", "insightface", open_backend, choice, yes)
    if changed:
        _look_again(context.obj, found.identity)
    _tell(context.obj, "faces", found, as_json)


def segmenter(
    context: typer.Context, choice: Choice = None, yes: YesOption = False, as_json: JsonOption = False
) -> None:
    """Shows or chooses what cuts subjects out: embedded, or a folder with SAM 2 or an ONNX export."""
    from core.segment import open_segmenter

    found, changed = _choose(context.obj, "segmenter", "folder", open_segmenter, choice, yes)
    if changed:
        say("References made from now on are cut out by it; those that exist stay as they are.")
    _tell(context.obj, "segmenter", found, as_json)


def _choose(
    home: Home, what: str, kind: str, opened: Callable[[str, Path], Models], choice: str | None, yes: bool
) -> tuple[Models, bool]:
    """The models in use, or those of `choice` once they could be opened and their licence is accepted; and
    whether that changed anything."""
    from core import settings

    kept = settings.load(home)
    before = getattr(kept, what)
    name = before if choice is None else _name(choice, kind)
    found = opened(name, RESOURCES / "models")
    if name != before:
        if name != "embedded":
            ask(found.licence, yes)
        settings.save(home, structs.replace(kept, **{what: name}, **_remembered(kept, what, name)))
    return found, name != before


def _remembered(kept: "Settings", what: str, name: str) -> dict[str, tuple[str, ...]]:
    """Folders that were used stay on the list of what can be chosen."""
    field = {"faces": "packs", "segmenter": "segmenters"}[what]
    folder = name.partition(":")[2]
    known: tuple[str, ...] = getattr(kept, field)
    return {field: known if not folder or folder in known else (*known, folder)}


def _name(choice: str, kind: str) -> str:
    return choice if choice == "embedded" else f"{kind}:{Path(choice).expanduser().resolve()}"


def _look_again(home: Home, backend: str) -> None:
    """Embeddings of different models are never compared, so every photo is looked at by the new one."""
    from core import album

    with opened(home) as library, engine(home) as made, bars() as progress:
        report = album.rescan_photos(library, made, backend, ChoreBar(progress, "Finding faces"))
        people = album.group_faces(library, made, ChoreBar(progress, "Grouping"))
    say(f"Photos looked at again: {report.scanned}. Faces: {report.faces}. People: {people}.")
    for path, reason in report.skipped:
        say(f"{path}: {reason}")


def _tell(home: Home, what: str, found: Described, as_json: bool) -> None:
    from core import settings

    name = getattr(settings.load(home), what)
    facts = {"name": name, "identity": found.identity, "licence": found.licence}
    json(facts) if as_json else say(f"{name}: {found.identity}. {found.licence}")
