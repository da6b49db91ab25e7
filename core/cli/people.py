"""People: who is in the photos, what they are called, what they agreed to."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal

import typer

from core.cli.show import Column, JsonOption, json, listing, say
from core.cli.work import opened
from core.errors import KnownError

app = typer.Typer(no_args_is_help=True, help="Name, merge, ask for consent, delete a person.")

Who = Annotated[str, typer.Argument(metavar="WHO", help="The @handle, name or uid.")]
Status = Literal["unknown", "granted", "denied", "withdrawn"]

TRAINING = {
    "unknown": "Their pictures may not be used to train: nobody noted that they agreed to it.",
    "granted": "Their pictures may be used to train.",
    "withdrawn": "Their pictures may not be used to train any more.",
    "expired": "Their pictures may not be used to train any more: that has ended.",
}

COLUMNS: list[Column] = [
    ("handle", lambda c: f"@{c.handle}"),
    ("name", lambda c: c.name if c.named else f"{c.name} (no name yet)"),
    ("is a", lambda c: c.noun),
    ("faces", lambda c: c.faces),
    ("references", lambda c: c.references),
    ("consent", lambda c: f"{c.consent} ({c.consent_scope})" if c.consent_scope else c.consent),
]


def people(
    context: typer.Context,
    as_json: JsonOption = False,
    ignored: Annotated[
        bool, typer.Option("--ignored", help="Those you ignore, instead of the others.")
    ] = False,
) -> None:
    """Lists the people found in the photos."""
    from core.library import subjects

    with opened(context.obj) as library, library.read() as session:
        rows = subjects.cards(session, "person", ignored)
    listing(rows, COLUMNS, as_json, "No people yet. Begin with: likeness import FOLDER")


@app.command()
def name(
    context: typer.Context,
    who: Who,
    new_name: Annotated[str, typer.Argument(metavar="NAME", help="What to call them.")],
    noun: Annotated[
        str | None, typer.Option("--class", help="Their class noun, such as woman or man.")
    ] = None,
) -> None:
    """Names a person; the @handle follows the name, and suggested faces are confirmed."""
    from core.library import subjects

    with opened(context.obj) as library, library.write() as session:
        card = subjects.get(session, who)
        subjects.rename(session, card.id, new_name, noun)
        card = subjects.card(session, card.id)
    say(f"{card.name} is @{card.handle} in prompts.")


@app.command()
def merge(
    context: typer.Context,
    who: Who,
    others: Annotated[list[str], typer.Argument(metavar="OTHER…", help="Those who are the same person.")],
) -> None:
    """Makes one person of several groups."""
    from core.library import subjects

    with opened(context.obj) as library, library.write() as session:
        into = subjects.get(session, who).id
        note = subjects.merge(session, into, [subjects.get(session, other).id for other in others])
        card = subjects.card(session, into)
    say(f"{card.name} (@{card.handle}) has {card.faces} faces now. {note}".strip())


@app.command()
def consent(
    context: typer.Context,
    who: Who,
    status: Annotated[Status, typer.Argument(help="What they said.")],
    scope: Annotated[str, typer.Option(help="What for, such as “family album”.")] = "",
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The last day on which it holds.")
    ] = None,
    note: Annotated[str | None, typer.Option(help="Worth remembering: where the form lies.")] = None,
    training: Annotated[
        bool | None,
        typer.Option("--training/--no-training", help="Whether their pictures may also be used to train."),
    ] = None,
) -> None:
    """Records what a person agreed to. Without “granted” no picture of them is made. Training is asked for by
    itself: it counts only with --training, and as long as the rest does."""
    from core.library import subjects

    ends = until + timedelta(hours=23, minutes=59) if until else None
    with opened(context.obj) as library, library.write() as session:
        card = subjects.get(session, who)
        cancelled = subjects.set_consent(session, card.id, status, scope, until=ends, note=note)
        if training is not None:
            subjects.set_training(session, card.id, training, until=ends)
        card = subjects.card(session, card.id)
    say(
        f"Consent of {card.name}: {status}{f', for {scope}' if scope else ''}. {TRAINING[card.training]}"
        + (f" {cancelled} waiting pictures were cancelled." if cancelled else "")
    )


@app.command()
def split(
    context: typer.Context,
    photo: Annotated[str, typer.Argument(metavar="PHOTO", help="The file's name, or its path.")],
    who: Annotated[str, typer.Option("--of", metavar="WHO", help="Whose face it was taken for.")],
    to: Annotated[
        str | None, typer.Option("--to", metavar="WHO", help="Who it is; otherwise somebody new.")
    ] = None,
) -> None:
    """Says that the faces on a photo are somebody else's. “person undo” takes it back."""
    from core.library import subjects

    with opened(context.obj) as library, library.write() as session:
        card = subjects.get(session, who)
        faces = [
            each.id for each in subjects.faces(session, card.id) if photo in (each.photo, _file(each.photo))
        ]
        if not faces:
            raise KnownError(f"No face of {card.name} is on a photo called {photo}.")
        if to is None:
            made = subjects.card(session, subjects.split(session, faces))
        else:
            made = subjects.get(session, to)
            subjects.move_faces(session, faces, made.id)
    say(f"{len(faces)} faces are {made.name}'s (@{made.handle}) now.")


def _file(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2]


@app.command()
def undo(context: typer.Context) -> None:
    """Takes the last change to people back: a name, a merging, faces moved, …"""
    _step(context, "undo", "Taken back", "There is nothing to take back.")


@app.command()
def redo(context: typer.Context) -> None:
    """Does again what “person undo” took back."""
    _step(context, "redo", "Done again", "There is nothing to do again.")


def _step(context: typer.Context, way: str, done: str, nothing: str) -> None:
    from core.library import people_undo

    with opened(context.obj) as library, library.write() as session:
        title = people_undo.undo(session) if way == "undo" else people_undo.redo(session)
    say(f"{done}: {title.what} {title.name}".strip() + "." if title else nothing)


@app.command()
def export(
    context: typer.Context,
    who: Who,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to; it ends in .likeness.")],
    with_faces: Annotated[
        bool, typer.Option("--with-faces", help="Also what recognises their faces: biometric data.")
    ] = False,
) -> None:
    """Writes a person or an object into one file, for the library of another computer."""
    from core import profile
    from core.library import subjects

    file = file if file.suffix else file.with_suffix(profile.SUFFIX)
    with opened(context.obj) as library:
        with library.read() as session:
            card = subjects.get(session, who)
        kept = profile.export(library, card.id, file, with_faces)
    faces = f", and what recognises {len(kept.faces)} faces" if kept.faces else ""
    say(f"{card.name} is in {file}, with {len(kept.references)} references{faces}.")


@app.command("import")
def import_profile(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What “person export” wrote.")],
    agreed: Annotated[
        bool, typer.Option("--agreed", help="They agreed to this use: the consent in the file counts here.")
    ] = False,
    training: Annotated[
        bool,
        typer.Option("--training", help="They agreed to be used to train here too: that in the file counts."),
    ] = False,
    with_faces: Annotated[
        bool, typer.Option("--with-faces", help="Take in what recognises their faces, if it is there.")
    ] = False,
) -> None:
    """Adds the person or object of a file. A consent in it counts only with --agreed."""
    from core import profile
    from core.library import subjects

    with opened(context.obj) as library:
        opened_file = profile.read(file)
        subject = profile.take_in(
            library, opened_file, agreed=agreed, training=training, with_faces=with_faces
        )
        with library.read() as session:
            card = subjects.card(session, subject)
    asked = (
        ""
        if card.kind == "object" or card.consent == "granted"
        else " Ask for their consent: none counts yet."
    )
    say(f"{card.name} is @{card.handle} in prompts, with {card.references} references.{asked}")


@app.command()
def stored(context: typer.Context, who: Who, as_json: JsonOption = False) -> None:
    """Shows all that is stored about a person: what deleting them takes away."""
    from core.library import subjects

    with opened(context.obj) as library:
        with library.read() as session:
            card = subjects.get(session, who)
        found = subjects.stored(library, card.id)
    if as_json:
        return json(found)
    for what, kept in found.items():
        say(f"{what.replace('_', ' ')}: {_counted(kept)}")
        for each in kept if isinstance(kept, list) else ():
            say(f"  {each if isinstance(each, str) else _in_words(each)}")


def _counted(kept: object) -> str:
    """A list's length; its lines follow."""
    if isinstance(kept, dict):
        return _in_words(kept) or "none"
    return str(len(kept)) if isinstance(kept, list) else str(kept)


def _in_words(fields: dict[str, object]) -> str:
    return ", ".join(f"{key} {value}" for key, value in fields.items() if value not in (None, ""))


@app.command()
def delete(
    context: typer.Context,
    who: Who,
    with_pictures: Annotated[
        bool, typer.Option("--with-pictures", help="Also every finished picture they are in.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Deletes all that is stored about a person: faces, crops, encodings, jobs, backups. Photos stay."""
    from core.library import subjects

    with opened(context.obj) as library:
        with library.read() as session:
            card = subjects.get(session, who)
        also = ", and every finished picture they are in" if with_pictures else ""
        asked = f"Delete all that is stored about {card.name} (@{card.handle}){also}? Your photos stay."
        confirm(asked, yes)
        receipt = subjects.delete(library, card.id, with_pictures)
    json(receipt) if as_json else say(str(receipt))


def confirm(question: str, yes: bool, kept: str = "Nothing was deleted.") -> None:
    """Asks on a terminal; elsewhere only --yes goes on. Raises KnownError when the answer is no."""
    import sys

    if not yes and not sys.stdin.isatty():
        raise KnownError(f"{question} Add --yes to say that you mean it. {kept}")
    if not yes and not typer.confirm(question):
        raise KnownError(kept)
