"""Changing what waits: pausing, cancelling, other settings, another order, once more, and taking back."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from core.cli import wishes
from core.cli.show import JsonOption, json, say
from core.cli.work import opened
from core.errors import KnownError
from core.paths import Home

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

Jobs = Annotated[list[int] | None, typer.Argument(metavar="JOB…", help="Numbers from “queue list”.")]
All = Annotated[bool, typer.Option("--all", help="All of them.")]
Several = Annotated[list[int], typer.Argument(metavar="JOB…", help="Numbers from “queue list”.")]


def pause(
    context: typer.Context,
    now: Annotated[
        bool, typer.Option("--now", help="In the middle of a picture: it is begun again.")
    ] = False,
    free: Annotated[bool, typer.Option("--free", help="Gives the model's memory back meanwhile.")] = False,
) -> None:
    """Stops the queue after the current picture, also in the window."""
    from core.library import jobs

    with opened(context.obj) as library, library.write() as session:
        jobs.pause(session, "Paused from the command line.", jobs.Hold(now=now, free=free))
    say(
        "The queue is paused. “likeness queue resume” goes on where pictures were made; “queue run” does too."
    )


def resume(context: typer.Context) -> None:
    """Goes on after a pause, in the window or in another “queue run”."""
    from core.library import jobs

    with opened(context.obj) as library, library.write() as session:
        jobs.resume(session)
    say("The queue is not paused any more.")


def cancel(
    context: typer.Context,
    numbers: Jobs = None,
    everything: All = False,
    waiting: Annotated[bool, typer.Option("--waiting", help="All but what is being made.")] = False,
    like: Annotated[
        int | None, typer.Option(metavar="JOB", help="All that wait for the same words as this one.")
    ] = None,
    along: Annotated[
        int | None, typer.Option("--with", metavar="JOB", help="What was queued in one go with this one.")
    ] = None,
) -> None:
    """Cancels queued and running pictures. “queue undo” takes it back."""
    from core.library import jobs

    if sum((bool(numbers), everything, waiting, like is not None, along is not None)) != 1:
        raise KnownError("Name the jobs by their numbers, or say --all, --waiting, --like JOB or --with JOB.")
    with opened(context.obj) as library, library.write() as session:
        chosen = numbers
        if waiting:
            chosen = [row.id for row in jobs.rows(session, ["queued"])]
        elif like is not None:
            chosen = jobs.like(session, like)
        elif along is not None:
            jobs.spec_of(session, along)
            chosen = jobs.together(session, [along])
        changed = jobs.cancel(session, chosen)
    report(changed, numbers, "cancelled")


def retry(context: typer.Context, numbers: Jobs = None, everything: All = False) -> None:
    """Queues failed pictures again. “queue undo” takes it back."""
    from core.library import jobs

    chosen = chosen_jobs(numbers, everything)
    with opened(context.obj) as library, library.write() as session:
        changed = jobs.retry(session, chosen)
    report(changed, numbers, "queued again")


def clear(context: typer.Context) -> None:
    """Takes finished, failed and cancelled lines off the list; the pictures stay. “queue undo” brings them
    back."""
    from core.library import jobs

    with opened(context.obj) as library, library.write() as session:
        changed = jobs.clear(session)
    say("1 line was taken off the list." if changed == 1 else f"{changed} lines were taken off the list.")


def chosen_jobs(numbers: list[int] | None, everything: bool) -> list[int] | None:
    """The jobs meant; None for all. Raises KnownError when nothing was said."""
    if bool(numbers) == everything:
        raise KnownError("Name the jobs by their numbers, or say --all.")
    return numbers or None


def report(changed: int, numbers: list[int] | None, verb: str) -> None:
    if numbers and not changed:
        raise KnownError(f"None of these jobs could be {verb}: see “likeness queue list”.")
    say(f"{changed} {verb}.")


def edit(
    context: typer.Context,
    numbers: Several,
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
    method: wishes.How = None,
) -> None:
    """Changes pictures that wait; what is not said stays. “queue undo” takes it back."""
    from core import settings
    from core.edit import Edit, edits
    from core.library import jobs

    width, height = wishes.sides(size)
    wanted = Edit(prompt, negative, seed, steps, guidance, scheduler, width, height, scale, method)
    own = settings.load(context.obj)
    with opened(context.obj) as library, library.write() as session:
        jobs.edit_all(session, edits(session, own, numbers, wanted))
    say(f"{jobs_named(numbers)} changed.")


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
    queued = "1 picture is" if len(ids) == 1 else f"{len(ids)} pictures are"
    json(ids) if as_json else say(f"{queued} queued. Make them with: likeness queue run")


def move(
    context: typer.Context,
    numbers: Several,
    before: Annotated[
        int | None, typer.Option(metavar="JOB", help="Before this one; otherwise to the end.")
    ] = None,
    first: Annotated[bool, typer.Option("--first", help="Before all that waits.")] = False,
) -> None:
    """Makes pictures earlier or later. “queue undo” takes it back."""
    from core.library import jobs

    if first and before is not None:
        raise KnownError("Say --first or --before JOB, not both.")
    with opened(context.obj) as library, library.write() as session:
        waiting = [row.id for row in jobs.rows(session, ["queued"]) if row.id not in numbers]
        target = waiting[0] if first and waiting else before
        jobs.rearrange(session, [(number, target) for number in numbers])
    where = "first" if first else "last" if before is None else f"before job {before}"
    say(f"{jobs_named(numbers)} {where} now.")


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


Steps = Annotated[int, typer.Option("--steps", min=1, metavar="NUMBER", help="So many changes.")]


def undo(context: typer.Context, steps: Steps = 1) -> None:
    """Takes back the last changes of the queue, here or in the window: cancelling, order, settings, retrying,
    clearing, adding."""
    from core.library import undo

    told(context.obj, undo.undo, steps, "There is nothing to take back.")


def redo(context: typer.Context, steps: Steps = 1) -> None:
    """Does again what “queue undo” took back."""
    from core.library import undo

    told(context.obj, undo.redo, steps, "Nothing was taken back that could be done again.")


def told(home: Home, step: Callable[["Session"], object], steps: int, nothing: str) -> None:
    """Takes the steps and says what each did."""
    with opened(home) as library:
        for taken in range(steps):
            with library.write() as session:
                done = step(session)
            if done is None:
                say("There is nothing more." if taken else nothing)
                break
            say(str(done))


def jobs_named(numbers: list[int]) -> str:
    if len(numbers) == 1:
        return f"Job {numbers[0]} is"
    return f"Jobs {', '.join(map(str, numbers[:-1]))} and {numbers[-1]} are"
