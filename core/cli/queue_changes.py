"""Changing what waits: other settings, another order, once more, and taking back."""

from typing import Annotated, Literal

import typer

from core.cli import wishes
from core.cli.show import JsonOption, json, say
from core.cli.work import opened
from core.errors import KnownError

Job = Annotated[int, typer.Argument(metavar="JOB", help="A number from “queue list”.")]
Several = Annotated[list[int], typer.Argument(metavar="JOB…", help="Numbers from “queue list”.")]


def edit(
    context: typer.Context,
    number: Job,
    prompt: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Other words, about those who are in the picture.")
    ] = None,
    negative: wishes.Negative = None,
    seed: wishes.Seed = None,
    size: wishes.Size = None,
    steps: wishes.Steps = None,
    guidance: wishes.Guidance = None,
    scheduler: wishes.Scheduler = None,
    scale: wishes.Scale = None,
) -> None:
    """Changes a picture that waits; what is not said stays."""
    from core import settings
    from core.edit import Edit, edited
    from core.library import jobs

    width, height = wishes.sides(size)
    wanted = Edit(prompt, negative, seed, steps, guidance, scheduler, width, height, scale)
    own = settings.load(context.obj)
    with opened(context.obj) as library, library.write() as session:
        jobs.edit(session, number, edited(session, own, jobs.spec_of(session, number), wanted))
    say(f"Job {number} is changed.")


def duplicate(
    context: typer.Context,
    numbers: Several,
    count: wishes.Count = 1,
    seed: wishes.Seed = None,
    as_json: JsonOption = False,
) -> None:
    """Queues pictures once more with other seeds; all else stays, also of those that are done or failed."""
    from core.edit import again
    from core.library import jobs

    with opened(context.obj) as library, library.write() as session:
        specs = [each for number in numbers for each in again(jobs.spec_of(session, number), count, seed)]
        ids = jobs.enqueue(session, specs)
    json(ids) if as_json else say(f"{len(ids)} pictures are queued. Make them with: likeness queue run")


def move(
    context: typer.Context,
    number: Job,
    before: Annotated[
        int | None, typer.Option(metavar="JOB", help="Before this one; otherwise to the end.")
    ] = None,
) -> None:
    """Makes a picture earlier or later. “queue undo” takes it back."""
    from core.library import jobs

    with opened(context.obj) as library, library.write() as session:
        jobs.move(session, number, before)
    say(f"Job {number} is {'last' if before is None else f'before job {before}'} now.")


def priority(
    context: typer.Context,
    numbers: Several,
    lane: Annotated[
        Literal["first", "normal", "background"],
        typer.Option("--as", help="background: made only when nothing else waits."),
    ] = "first",
) -> None:
    """Says what comes first, and what only when nothing else waits. “queue undo” takes it back."""
    from core.library import jobs

    with opened(context.obj) as library, library.write() as session:
        changed = jobs.set_lane(session, numbers, lane)
    if not changed:
        raise KnownError("None of these jobs waits: see “likeness queue list”.")
    say(f"{changed} {'comes' if changed == 1 else 'come'} {WORDS[lane]}.")


WORDS = {"first": "first", "normal": "in turn", "background": "when nothing else waits"}


def undo(context: typer.Context) -> None:
    """Takes back the last cancelling or reordering."""
    from core.library.undo import undo as take_back

    with opened(context.obj) as library, library.write() as session:
        done = take_back(session)
    say(done or "There is nothing to take back.")
