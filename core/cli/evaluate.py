"""Measuring the methods: on the demo album, and by the papers' own protocols on the user's data."""

import datetime
import shlex
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from core.cli.show import JsonOption, console, json, say
from core.cli.work import ChoreBar, bars, stop_when_told
from core.errors import KnownError
from core.paths import RESOURCES, Home
from core.spec import Method

if TYPE_CHECKING:
    from core.engine import Engine
    from core.evaluation.results import Results
    from core.evaluation.rows import Column, Line
    from core.evaluation.specs import Studio
    from core.evaluation.trials import Outcome
    from core.faces import FaceBackend

app = typer.Typer(no_args_is_help=True, help="Measure how well the methods keep identity and follow words.")

OutOption = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Pictures and report; the same command goes on there.")
]
TableOption = Annotated[
    Path | None, typer.Option(metavar="FILE.md", help="Also put the table into this file of tables.")
]
ModelOption = Annotated[str, typer.Option(help="A name from “likeness models”.")]
MethodsOption = Annotated[
    list[str] | None,
    typer.Option("--method", metavar="METHOD", help="Only this one; again for more. Otherwise all."),
]
StepsOption = Annotated[int | None, typer.Option(min=1, max=1000, help="Denoising steps.")]
ScaleOption = Annotated[float | None, typer.Option(min=0, max=3, help="How strongly references act.")]
SizeOption = Annotated[int | None, typer.Option(min=64, max=4096, help="Side of the pictures in pixels.")]
ClipOption = Annotated[
    Path, typer.Option(metavar="DIR", help="A CLIP model's folder, as transformers saves.")
]
DataArgument = Annotated[Path, typer.Argument(metavar="DATA", help="Your own copy of the data.")]

QUICK_PICTURES, QUICK_STEPS = 2, 8


@dataclass(frozen=True)
class Run:
    """One command's run: where it leaves things, and how it is told apart from others."""

    home: Home
    name: str
    command: str
    out: Path
    table: Path | None
    silent: bool


@app.command()
def demo(
    context: typer.Context,
    method: MethodsOption = None,
    pictures: Annotated[
        int | None, typer.Option(min=1, max=1000, help="Of one person, and of two, by each method.")
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Two pictures of few steps: to try it out.")] = False,
    portraits: Annotated[
        Path | None,
        typer.Option(metavar="FILE.npz", help="Instead of the album: the portraits training never sees."),
    ] = None,
    model: ModelOption = "mini",
    steps: StepsOption = None,
    scale: ScaleOption = None,
    out: OutOption = None,
    table: TableOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compares all methods on the demo album: identity, swapped people, words followed."""
    from core.evaluation import demo, specs, trials

    given = {"method": method, "pictures": pictures, "quick": quick, "portraits": portraits, "model": model,
             "steps": steps, "scale": scale, "table": table}  # fmt: skip
    shown = "held-out portraits" if portraits else "the demo album"
    run = begin(context.obj, "demo", [], given, out or _folder(context.obj, portraits), table, as_json)
    count = pictures or (QUICK_PICTURES if quick else demo.PICTURES)
    studio = studio_of(run.home, model, steps or (QUICK_STEPS if quick else None), scale)
    ways = specs.ways(studio.model, chosen(method))
    with engine(run) as made, following(run) as progress:
        faces = face_backend(run.home)
        cast = _cast(made, faces, studio, portraits, run, progress)
        firsts = demo.firsts(ways)
        todo, left_out = specs.planned(ways, lambda way: demo.trials(way, cast, studio, count, way in firsts))
        store = trials.Store(run.out, f"demo 1|{faces.identity}" + f"|{shown}" * bool(portraits))
        outcome = trials.work(todo, store, made, demo.Judge(cast, faces), progress)
    outcome.left_out.update(left_out)
    notes = (*demo.NOTES, demo.agreement_of_places(outcome.records, count))
    finish(run, f"All methods on {shown}", studio, demo.COLUMNS, demo.lines(ways), outcome, notes)


def _folder(home: Home, portraits: Path | None) -> Path | None:
    """None for the protocol's own: figures of other people lie elsewhere."""
    return home.root / "evaluation" / "portraits" if portraits else None


def _cast(
    made: "Engine", faces: "FaceBackend", studio: "Studio", portraits: Path | None, run: Run, progress: Any
) -> Any:
    """Everybody who is asked for: the album's people, or those of a portraits' file."""
    size = studio.model.encoder_size
    if portraits is None:
        from core.evaluation import album

        return album.gather(made, faces, size, progress)
    from core.training.data import judged

    return judged.gather(made, faces, portraits, run.out / "work" / "portraits", size, progress)


@app.command()
def relevance(
    context: typer.Context,
    pictures: Annotated[int | None, typer.Option(min=1, max=1000, help="How many scenes.")] = None,
    model: ModelOption = "mini",
    steps: StepsOption = None,
    out: OutOption = None,
    table: TableOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measures whether relevance weights know where a person is: the object relevance score."""
    from core.evaluation import spread, trials

    given = {"pictures": pictures, "model": model, "steps": steps, "table": table}
    run = begin(context.obj, "relevance", [], given, out, table, as_json)
    studio = studio_of(run.home, model, steps)
    faces = face_backend(run.home)
    scenes = spread.scenes(studio, pictures or spread.PICTURES)
    store = trials.Store(run.out, f"relevance 1|{faces.identity}")
    pipeline = make_pipeline(run)
    try:
        with following(run) as progress:
            outcome = spread.work(scenes, store, pipeline, faces, progress)
    finally:
        pipeline.close()
    finish(run, "Object relevance score", studio, spread.COLUMNS, spread.lines(), outcome, spread.NOTES)


@app.command()
def concept101(
    context: typer.Context,
    data: DataArgument,
    clip: ClipOption,
    dino: Annotated[Path, typer.Option(metavar="DIR", help="A DINO ViT's folder, as transformers saves.")],
    method: MethodsOption = None,
    model: ModelOption = "mini",
    pairs: Annotated[int | None, typer.Option(min=1, help="Only the first so many pairs.")] = None,
    steps: StepsOption = None,
    size: SizeOption = None,
    scale: ScaleOption = None,
    out: OutOption = None,
    table: TableOption = None,
    as_json: JsonOption = False,
) -> None:
    """The Concept101 protocol on your copy of CustomConcept101: 101 pairs × 12 prompts."""
    from core.evaluation import concept101, published, specs, trials
    from core.evaluation.clip import Clip
    from core.evaluation.dino import Dino

    given = {"clip": clip, "dino": dino, "method": method, "model": model, "pairs": pairs, "steps": steps,
             "size": size, "scale": scale, "table": table}  # fmt: skip
    run = begin(context.obj, "concept101", [data], given, out, table, as_json)
    combinations = concept101.read(data)[:pairs]
    studio = studio_of(run.home, model, steps or concept101.STEPS, scale, size)
    device = device_of(run.home)
    judge = concept101.Judge(combinations, Clip(clip, device), Dino(dino, device))
    ways = specs.ways(studio.model, chosen(method))
    with engine(run) as made, following(run) as progress:
        cast = concept101.members(combinations, made, studio.model.encoder_size, progress)
        todo, left_out = specs.planned(ways, lambda way: concept101.trials(way, combinations, cast, studio))
        store = trials.Store(run.out, f"concept101 1|{folder_name(clip)}|{folder_name(dino)}")
        outcome = trials.work(todo, store, made, judge, progress)
    outcome.left_out.update(left_out)
    lines = own_lines(ways)
    finish(run, f"Concept101: {len(combinations)} pairs", studio, concept101.COLUMNS, lines, outcome, (),
           published.CONCEPT101)  # fmt: skip


@app.command()
def fastcomposer(
    context: typer.Context,
    data: DataArgument,
    prompts: Annotated[
        Path,
        typer.Option(metavar="data.py", help="FastComposer's own list, from your copy; read, never run."),
    ],
    clip: ClipOption,
    method: MethodsOption = None,
    model: ModelOption = "mini",
    pictures: Annotated[int | None, typer.Option(min=1, help="Of each person and prompt.")] = None,
    steps: StepsOption = None,
    size: SizeOption = None,
    scale: ScaleOption = None,
    out: OutOption = None,
    table: TableOption = None,
    as_json: JsonOption = False,
) -> None:
    """FastComposer's single-subject protocol on your copy of its data: 15 people × 40 prompts × 4."""
    from core.evaluation import fastcomposer, specs, trials
    from core.evaluation.clip import Clip

    given = {"prompts": prompts, "clip": clip, "method": method, "model": model, "pictures": pictures,
             "steps": steps, "size": size, "scale": scale, "table": table}  # fmt: skip
    run = begin(context.obj, "fastcomposer", [data], given, out, table, as_json)
    found = fastcomposer.read(data, prompts)
    studio = studio_of(run.home, model, steps or fastcomposer.STEPS, scale, size)
    faces = face_backend(run.home)
    judge = fastcomposer.Judge(found, faces, Clip(clip, device_of(run.home)))
    ways = [specs.Way(each) for each in chosen(method) or studio.model.methods()]
    with engine(run) as made, following(run) as progress:
        cast = fastcomposer.members(found, made, studio.model.encoder_size, progress)
        count = pictures or fastcomposer.PICTURES
        todo, left_out = specs.planned(ways, lambda way: fastcomposer.trials(way, found, cast, studio, count))
        store = trials.Store(run.out, f"fastcomposer 1|{faces.identity}|{folder_name(clip)}")
        outcome = trials.work(todo, store, made, judge, progress)
    outcome.left_out.update(left_out)
    title = f"FastComposer's protocol: {len(found.nouns)} people × {len(found.prompts)} prompts × {count}"
    finish(run, title, studio, fastcomposer.COLUMNS, own_lines(ways), outcome)


def begin(
    home: Home, name: str, arguments: Sequence[Path], options: Mapping[str, Any], out: Path | None,
    table: Path | None, silent: bool,
) -> Run:  # fmt: skip
    """Where everything goes; ended by the system, the command stops as by Ctrl-C."""
    stop_when_told()
    folder = (out or home.root / "evaluation" / name).expanduser().resolve()
    return Run(home, name, written(name, arguments, options), folder, table, silent)


def written(name: str, arguments: Sequence[Path], options: Mapping[str, Any]) -> str:
    """The command line that does the same, without what changes no figure (where things are kept)."""
    words = ["likeness", "evaluate", name, *map(str, arguments)]
    for option, value in options.items():
        if value is True:
            words.append(f"--{option}")
        elif value not in (None, False):
            for each in value if isinstance(value, list) else [value]:
                words += [f"--{option}", str(each)]
    return shlex.join(words)


def chosen(names: Sequence[str] | None) -> "tuple[Method, ...]":
    """Raises KnownError for a name that is no method's."""
    from core.methods import METHODS

    known = {str(method): method for method in METHODS}
    if strangers := [name for name in names or () if name not in known]:
        raise KnownError(f"There is no method called {strangers[0]}. Known: {', '.join(known)}.")
    return tuple(known[name] for name in names or ())


def studio_of(
    home: Home, model: str, steps: int | None, scale: float | None = None, size: int | None = None
) -> "Studio":
    from core import models, settings
    from core.evaluation.specs import Studio

    own = settings.load(home)
    found = models.find(own, model)
    if size and size % found.scale_factor:
        raise KnownError(f"Model {model} makes sides that are multiples of {found.scale_factor}, not {size}.")
    return Studio(found, own, steps, size, scale=scale)


def face_backend(home: Home) -> "FaceBackend":
    from core import settings
    from core.faces import open_backend

    return open_backend(settings.load(home).faces, RESOURCES / "models")


@contextmanager
def engine(run: Run) -> Iterator["Engine"]:
    made = make_engine(run)
    try:
        yield made
    finally:
        made.close()


def make_engine(run: Run) -> "Engine":
    """References and encodings lie in the run's own folder: nothing of it enters the library."""
    from core.engine.local import LocalEngine

    return LocalEngine(_options(run))


def make_pipeline(run: Run) -> Any:
    from core.diffusion.engine import Pipeline

    return Pipeline(_options(run), lambda: face_backend(run.home))


def _options(run: Run) -> Any:
    from core import settings
    from core.engine.options import options_for

    return replace(options_for(run.home, settings.load(run.home)), home=Home(run.out / "work").create().root)


def device_of(home: Home) -> str:
    from core import settings
    from core.diffusion import load

    return str(load.choose_device(settings.load(home).device))


def folder_name(folder: Path) -> str:
    """Tells encoders apart without reading them."""
    return f"{folder.resolve().name}:{sum(file.stat().st_size for file in folder.glob('*.safetensors'))}"


def own_lines(ways: Sequence[Any]) -> "list[Line]":
    from core.evaluation.rows import Line

    return [Line(way.label, (way.label,)) for way in ways]


@contextmanager
def following(run: Run) -> Iterator[Any]:
    """A bar on a terminal, a line for each picture in a file, nothing for --json."""
    with bars() as progress:
        bar = ChoreBar(progress, "Evaluating")

        def follow(done: int, total: int, detail: str) -> None:
            bar(done, total, detail)
            if progress.disable and not run.silent and detail:
                say(f"{done} of {total} · {detail}")

        yield follow


def finish(
    run: Run, title: str, studio: "Studio", columns: "Sequence[Column]", lines: "Sequence[Line]",
    outcome: "Outcome", notes: Sequence[str] = (), published: Sequence[Any] = (),
) -> None:  # fmt: skip
    """Writes everything and says where it is. Raises KnownError when nothing could be made at all."""
    from core.evaluation import report, results, rows

    if not outcome.records:
        raise KnownError("Nothing could be made. " + " ".join(outcome.left_out.values()))
    used = results.facts(studio.model.name, outcome.records, datetime.date.today().isoformat())
    table = tuple(rows.filled(lines, columns, outcome.records))
    made = results.Results(
        run.name, title, run.command, used, tuple(columns), table, tuple(notes), outcome.left_out,
        tuple(published), tuple(outcome.records),
    )  # fmt: skip
    report.leave(run.out, made, run.table)
    json(made) if run.silent else show(made, run)


def show(made: "Results", run: Run) -> None:
    from rich.table import Table

    from core.evaluation.table import cell

    shown = Table(box=None, header_style="bold", pad_edge=False)
    shown.add_column("")
    for column in made.columns:
        shown.add_column(column.title, justify="right")
    for line in made.lines:
        shown.add_row(line.label, *(cell(line.figures.get(each.title), each) for each in made.columns))
    console().print(shown)
    for row, reason in made.left_out.items():
        say(f"Left out: {row}: {reason}")
    say(f"Report: {run.out / 'report.html'}")
