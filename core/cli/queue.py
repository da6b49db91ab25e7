"""The queue: prompts in, pictures out."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from core.cli import queue_changes as changes
from core.cli import wishes, work
from core.cli.eta import Eta
from core.cli.faults import complain
from core.cli.show import Column, JsonOption, duration, json, listing, say
from core.cli.work import QueueBar, bars, opened, stop_when_told
from core.errors import KnownError
from core.paths import Home

if TYPE_CHECKING:
    from core.library import Library
    from core.overnight import Then
    from core.power import Power

COUNTDOWN_SECONDS = 60

app = typer.Typer(no_args_is_help=True, help="Add prompts, make the pictures, look after the queue.")

State = Literal["queued", "running", "done", "failed", "cancelled", "quarantined"]

COLUMNS: list[Column] = [
    ("job", lambda j: j.id),
    ("state", lambda j: j.state if j.lane == "normal" else f"{j.state}, {j.lane}"),
    ("prompt", lambda j: j.text),
    ("seed", lambda j: j.seed),
    ("method", lambda j: j.method),
    ("seconds", lambda j: "" if j.seconds is None else f"{j.seconds:.1f}"),
    ("note", lambda j: j.error or (wishes.tried(j.until) if j.until else "")),
]


@app.command()
def add(
    context: typer.Context,
    prompts: Annotated[
        list[str] | None,
        typer.Argument(metavar="PROMPT…", help="Like “@ada and @ben {on the beach|in __place__}”."),
    ] = None,
    prompts_from: wishes.From = None, wildcards: wishes.Wildcards = None, preset: wishes.Preset = None,
    save_preset: wishes.SavePreset = None, count: wishes.CountOrPreset = None, seed: wishes.Seed = None,
    model: wishes.Model = None, size: wishes.Size = None, steps: wishes.Steps = None,
    guidance: wishes.Guidance = None, scheduler: wishes.Scheduler = None, negative: wishes.Negative = None,
    precision: wishes.Numbers = None, method: wishes.How = None, adapter: wishes.Adapter = None,
    fusion: wishes.Fusion = None, scale: wishes.Scale = None, strength: wishes.Strength = None,
    text_strength: wishes.TextStrength = None, joining: wishes.JoiningOption = None,
    merging: wishes.MergingOption = None, relevance_text: wishes.Relevance = None,
    region: wishes.RegionOption = None, soft: wishes.Soft = None, maps: wishes.Maps = False,
    begin: wishes.Begin = None, end: wishes.End = None, layer: wishes.Layer = None,
    alpha: wishes.Alpha = None, words: wishes.Words = None, gamma: wishes.Gamma = None,
    sigma: wishes.Sigma = None, lora: wishes.Lora = None, s_scale: wishes.SScale = None,
    start: wishes.Start = None, start_strength: wishes.StartStrength = None, mask: wishes.Mask = None,
    feather: wishes.Feather = None, around: wishes.Around = None, until_score: wishes.UntilScore = None,
    tries: wishes.Tries = None, keep: wishes.Keep = None,
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Queues prompts. @handles name people and objects; {a|b} makes a picture of each, __place__ draws a line
    of place.txt in the home's wildcards folder. What is not said is as the model does best."""
    said = [*(prompts or []), *wishes.listed(prompts_from or [])]
    chosen = wishes.preset(context.obj, preset) | wishes.wished(context.obj, context.params)
    if said:
        chosen.pop("text", None)
    ids = enqueue(context.obj, said, chosen)
    if save_preset:
        wishes.save_preset(context.obj, save_preset, chosen)
    queued = "1 picture is" if len(ids) == 1 else f"{len(ids)} pictures are"
    json(ids) if as_json else say(f"{queued} queued. Make them with: likeness queue run")


def enqueue(home: Home, prompts: list[str], chosen: dict[str, Any]) -> list[int]:
    """All prompts or, when one of them cannot be, none."""
    from core import compose, settings
    from core.library import jobs

    own = settings.load(home)
    with opened(home) as library, library.write() as session:
        wish = compose.Wish(**({"text": "\n".join(prompts)} | chosen))
        specs = compose.specs(session, home, own, wish)
        return jobs.enqueue(session, specs)


@app.command("list")
def list_jobs(
    context: typer.Context,
    state: Annotated[State | None, typer.Option(help="Only these.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Lists the queue in its order."""
    from core.library import jobs
    from core.pace import Pace

    with opened(context.obj) as library, library.read() as session:
        rows, paused = jobs.rows(session), jobs.paused(session)
    listing([row for row in rows if state in (None, row.state)], COLUMNS, as_json, "The queue is empty.")
    left = Pace.of(rows).left([row for row in rows if row.state == "queued"])
    if left and not as_json:
        say(f"\nAbout {duration(left)} for what is queued.")
    if paused is not None and not as_json:
        say(f"\nThe queue is paused: {paused}")


@app.command()
def run(
    context: typer.Context,
    at: Annotated[
        str | None,
        typer.Option(metavar="HH:MM", help="Waits until it is that late; the computer stays awake."),
    ] = None,
    then: Annotated[
        Literal["nothing", "sleep", "shutdown"],
        typer.Option(help="What this computer does when all is done, after a countdown."),
    ] = "nothing",
    countdown: Annotated[
        int, typer.Option(min=5, max=3600, metavar="SECONDS", help="How long that can be cancelled.")
    ] = COUNTDOWN_SECONDS,
    on_battery: Annotated[
        bool, typer.Option("--on-battery", help="Goes on without mains power too.")
    ] = False,
) -> None:
    """Makes the queued pictures. Waits for room on the disk and for mains power, and goes on by itself.
    Ctrl-C stops; nothing is lost."""
    from core.power import this_computer

    power = this_computer(on_battery)
    with opened(context.obj) as library:
        total = ready(library, at)
        if not total:
            return say("Nothing is queued. Add something with: likeness queue add “@ada on the beach”")
        bar = render(context.obj, library, total, power)
        written = reported(library, bar)
    count = "1 picture is" if bar.made == 1 else f"{bar.made} pictures are"
    say(f"{count} ready: likeness pictures")
    if written:
        say(f"What was made, and what was not: {written}")
    if then != "nothing" and not bar.paused:
        leave(then, countdown, power)
    if bar.paused:
        raise KnownError(f"The queue stopped: {bar.paused}")
    if bar.failed:
        raise KnownError(f"{bar.failed} failed: likeness queue list --state failed")


def ready(library: "Library", at: str | None) -> int:
    """Resumes the queue, or has it wait for its time; how many pictures there are to make."""
    from core import overnight
    from core.library import jobs
    from core.runner import check_alone

    check_alone(library.home)
    now = datetime.now(UTC)
    hold = overnight.start_at(overnight.next_time(at, now), now) if at else None
    with library.write() as session:
        jobs.resume(session)
        waiting = jobs.counts(session)
        total = waiting["queued"] + waiting["running"]
        if hold and total:
            jobs.pause(session, *hold)
    return total


def render(home: Home, library: "Library", total: int, power: "Power") -> QueueBar:
    """Works the queue off and says what came of it."""
    from core import settings
    from core.library import jobs
    from core.runner import Runner

    stop_when_told()
    output = settings.pictures_folder(home, settings.load(home))
    with library.read() as session:
        eta = Eta(jobs.rows(session))
    with bars(with_time=False) as progress:
        bar = QueueBar(progress, total, eta=eta)
        runner = Runner(library, lambda: work.make_engine(home), bar, output, power)
        runner.run_until_idle(patient=True)
    return bar


def reported(library: "Library", bar: QueueBar) -> Path | None:
    """Where the report of a queue lies that came to its end."""
    from core import report

    if bar.ended is None:
        return None
    try:
        return report.write(library, bar.ended.since)
    except KnownError as error:
        complain(str(error))
        return None


@app.command("report")
def write_report(
    context: typer.Context,
    hours: Annotated[float, typer.Option(min=0.01, max=8760, help="Of the last so many hours.")] = 24,
    show: Annotated[bool, typer.Option("--open", help="Opens it in the browser.")] = False,
) -> None:
    """Writes a page about what was made, what failed and why, and the best of each prompt."""
    from core import report

    with opened(context.obj) as library:
        written = report.write(library, datetime.now(UTC) - timedelta(hours=hours))
    say(f"The report: {written}")
    if show:
        typer.launch(str(written))


def leave(then: "Then", countdown: int, power: "Power") -> None:
    """Sleep or the end, unless Ctrl-C is pressed while it counts down."""
    from core import overnight

    what = "goes to sleep" if then == "sleep" else "is shut down"
    say(f"This computer {what} in {countdown} s. Ctrl-C cancels that.")
    try:
        with bars() as progress:
            task = progress.add_task(f"This computer {what}", total=countdown, detail="Ctrl-C cancels")
            overnight.count_down(countdown, lambda left: progress.update(task, completed=countdown - left))
    except KeyboardInterrupt:
        return say("Cancelled: this computer stays on.")
    overnight.leave(then, power)


for command in (
    changes.pause,
    changes.resume,
    changes.cancel,
    changes.retry,
    changes.clear,
    changes.edit,
    changes.duplicate,
    changes.move,
    changes.priority,
    changes.undo,
    changes.redo,
):
    app.command()(command)
