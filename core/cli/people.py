"""People: who is in the photos, what they are called, what they agreed to."""

from typing import Annotated, Literal

import typer

from core.cli.show import Column, JsonOption, json, listing, say
from core.cli.work import opened
from core.errors import KnownError

app = typer.Typer(no_args_is_help=True, help="Name, merge, ask for consent, delete a person.")

Who = Annotated[str, typer.Argument(metavar="WHO", help="The @handle, name or uid.")]
Status = Literal["unknown", "granted", "denied", "withdrawn"]

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
) -> None:
    """Records what a person agreed to. Without “granted” no picture of them is made."""
    from core.library import subjects

    with opened(context.obj) as library, library.write() as session:
        card = subjects.get(session, who)
        cancelled = subjects.set_consent(session, card.id, status, scope)
    say(
        f"Consent of {card.name}: {status}{f', for {scope}' if scope else ''}."
        + (f" {cancelled} waiting pictures were cancelled." if cancelled else "")
    )


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
