"""Which models find faces and cut out subjects: the embedded ones, or a local folder of the user's own."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec import structs

from core.cli.show import JsonOption, json, say
from core.cli.work import ChoreBar, bars, engine, opened
from core.errors import KnownError
from core.paths import RESOURCES, Home

if TYPE_CHECKING:
    from core.faces import FaceBackend
    from core.segment import Segmenter

Choice = Annotated[
    str | None,
    typer.Argument(metavar="[embedded|DIR]", help="What to use from now on; nothing: say what is used."),
]
YesOption = Annotated[bool, typer.Option("--yes", help="The licence is accepted; do not ask.")]


def faces(
    context: typer.Context, choice: Choice = None, yes: YesOption = False, as_json: JsonOption = False
) -> None:
    """Shows or chooses what finds and recognises faces: embedded, or the folder of an InsightFace pack."""
    from core import settings
    from core.faces import open_backend

    home, kept = context.obj, settings.load(context.obj)
    name = kept.faces if choice is None else _name(choice, "insightface")
    found = open_backend(name, RESOURCES / "models")
    if choice is not None and name != kept.faces:
        _accept(found.licence, name, yes)
        settings.save(home, structs.replace(kept, faces=name))
        _look_again(home, found.identity)
    _tell(found, name, as_json)


def segmenter(
    context: typer.Context, choice: Choice = None, yes: YesOption = False, as_json: JsonOption = False
) -> None:
    """Shows or chooses what cuts subjects out: embedded, or a folder with SAM 2 or an ONNX export."""
    from core import settings
    from core.segment import open_segmenter

    home, kept = context.obj, settings.load(context.obj)
    name = kept.segmenter if choice is None else _name(choice, "folder")
    found = open_segmenter(name, RESOURCES / "models")
    if choice is not None and name != kept.segmenter:
        _accept(found.licence, name, yes)
        settings.save(home, structs.replace(kept, segmenter=name))
        say("References made from now on are cut out by it; those that exist stay as they are.")
    _tell(found, name, as_json)


def _name(choice: str, kind: str) -> str:
    return choice if choice == "embedded" else f"{kind}:{Path(choice).expanduser().resolve()}"


def _accept(licence: str, name: str, yes: bool) -> None:
    if name == "embedded":
        return
    say(licence)
    if not yes and not (sys.stdin.isatty() and typer.confirm("Use it under this licence?")):
        raise KnownError("Nothing was changed. Accept the licence with --yes to use these models.")


def _look_again(home: Home, backend: str) -> None:
    """Embeddings of different models are never compared, so every photo is looked at by the new one."""
    from core import album

    with opened(home) as library, engine(home) as made, bars() as progress:
        report = album.rescan_photos(library, made, backend, ChoreBar(progress, "Finding faces"))
        people = album.group_faces(library, made, ChoreBar(progress, "Grouping"))
    say(f"Photos looked at again: {report.scanned}. Faces: {report.faces}. People: {people}.")
    for path, reason in report.skipped:
        say(f"{path}: {reason}")


def _tell(found: "FaceBackend | Segmenter", name: str, as_json: bool) -> None:
    facts = {"name": name, "identity": found.identity, "licence": found.licence}
    json(facts) if as_json else say(f"{name}: {found.identity}. {found.licence}")
