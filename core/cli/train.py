"""Training the embedded model and the four papers' adapters on this computer."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer

from core.cli import train_data
from core.cli.show import duration, say
from core.cli.work import ChoreBar, bars
from core.errors import KnownError
from core.paths import RESOURCES, Home
from core.training.config import StageName

if TYPE_CHECKING:
    from core.training.running.order import Message, Order

app = typer.Typer(
    no_args_is_help=True,
    help="Train the embedded model and the papers' adapters. Nothing leaves this computer; only people who "
    "agreed to it are learned from.",
)

app.add_typer(train_data.app, name="data")

RECIPE = RESOURCES / "training" / "mini.toml"
VIEW = 128
"""Side of the views on a sheet, in pixels."""
MORE = 3
"""Exit status when the time was up before everything was trained."""

OutOption = Annotated[
    Path, typer.Option(metavar="DIR", help="The run's folder; the same command goes on there.")
]
RecipeOption = Annotated[Path, typer.Option(metavar="FILE.toml", help="The stages and their settings.")]
ModelOption = Annotated[str, typer.Option(help="To begin with: a name from “likeness models”, or a folder.")]
FreshOption = Annotated[
    str,
    typer.Option(
        metavar="SIZES", help="Begin with a new model of random weights instead: “mini”, or a file of sizes."
    ),
]
PortraitsOption = Annotated[Path | None, typer.Option(metavar="FILE.npz", help="Portraits for scenes.")]
SpritesOption = Annotated[Path | None, typer.Option(metavar="FILE.npz", help="Things for scenes.")]
DataOption = Annotated[
    Path | None, typer.Option(metavar="DATA", help="A data set instead of scenes: its folder or name.")
]
MinutesOption = Annotated[
    float, typer.Option(min=0, help="End with a checkpoint in less than this; 0: when all is trained.")
]
ProcessesOption = Annotated[int, typer.Option(min=1, help="By accelerate's launcher, one for each GPU.")]
DeviceOption = Annotated[str, typer.Option(help="“auto” or “cpu”.")]
BufferOption = Annotated[int, typer.Option(min=0, help="Scenes kept on the device, refreshed bit by bit.")]


def everything(
    context: typer.Context,
    out: OutOption,
    recipe: RecipeOption = RECIPE,
    model: ModelOption = "mini",
    fresh: FreshOption = "",
    portraits: PortraitsOption = None,
    sprites: SpritesOption = None,
    data: DataOption = None,
    minutes: MinutesOption = 0.0,
    processes: ProcessesOption = 1,
    device: DeviceOption = "auto",
    buffer: BufferOption = 4096,
) -> None:
    """Trains all stages of a recipe, one after the other, each from the last checkpoint. Exits with 3 while
    there is more to do."""
    wanted = (context.info_name,) if context.info_name in get_args(StageName) else ()
    order = _order(
        context.obj, out, recipe, model, fresh, only=wanted, portraits=portraits, sprites=sprites, data=data,
        minutes=minutes, device=device, buffer=buffer,
    )  # fmt: skip
    if _watched(order, processes):
        say("There is more to do: the same command goes on from here.")
        raise typer.Exit(MORE)
    say(f"Trained. The model: {order.out / 'model'}; what was seen on the way: {order.out / 'index.html'}")


app.command("all")(everything)
for stage in get_args(StageName):
    app.command(stage, help=f"Trains the stage “{stage}” of a recipe alone.")(everything)


@app.command()
def card(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="The run's folder.")],
    evaluation: Annotated[
        Path, typer.Option(metavar="DIR", help="Where `likeness evaluate` left its report.")
    ],
) -> None:
    """Puts an evaluation's figures into the card of the trained model."""
    from core.evaluation import results
    from core.training.running import card as cards

    file = run / "model" / cards.NAME
    if not file.exists():
        raise KnownError(f"{file} is not there: no stage of this run is finished.")
    cards.measured(run / "model", results.load(evaluation / "results.json"))
    say(f"The figures are in {file}.")


@app.command()
def scenes(
    portraits: Annotated[Path, typer.Option(metavar="FILE.npz", help="Portraits for scenes.")],
    sprites: Annotated[Path, typer.Option(metavar="FILE.npz", help="Things for scenes.")],
    out: Annotated[Path, typer.Option(metavar="FILE.png", help="The sheet to write.")],
    count: Annotated[int, typer.Option(min=1, max=64)] = 12,
    size: Annotated[int, typer.Option(min=32, max=1024, help="Side of the scenes in pixels.")] = 256,
    seed: int = 0,
    held_out: Annotated[bool, typer.Option("--held-out", help="Of people nobody learns from.")] = False,
) -> None:
    """Draws a sheet of synthetic scenes: what training sees, with masks, boxes, captions and views."""
    from core.training.scenes import SceneSource
    from core.training.scenes.preview import contact_sheet

    source = SceneSource(portraits, sprites, size=size, view=VIEW, held_out=held_out, buffer=0, seed=seed)
    try:
        contact_sheet(source, count).save(out)
    except (OSError, ValueError) as error:
        raise KnownError(f"The sheet cannot be written to {out}: {error}.") from error
    say(f"{count} scenes: {out}")


def _order(home: Home, out: Path, recipe: Path, model: str, fresh: str, **more: Any) -> "Order":
    """Raises KnownError for a recipe, a model or files that cannot be read."""
    from core.training import config
    from core.training.running.order import Order
    from core.training.running.sources import NOTHING

    if more["data"] is None and None in (more["portraits"], more["sprites"]):
        raise KnownError(NOTHING)
    if more["data"] is not None:
        more["data"] = train_data.place_of(home, more["data"])
    paths: dict[str, Any] = {
        name: _there(value) if isinstance(value, Path) else value for name, value in more.items()
    }
    begin: dict[str, Any] = {"sizes": _sizes(fresh)} if fresh else {"base": _base(home, model)}
    out = out.expanduser().resolve()
    return Order(recipe=config.read(recipe), out=out, home=home.root, **begin, **paths)


def _sizes(fresh: str) -> Path:
    embedded = RESOURCES / "training" / "sizes" / f"{fresh}.toml"
    return embedded if embedded.exists() else _there(Path(fresh))


def _base(home: Home, model: str) -> Path:
    from core import models, settings

    folder = Path(model).expanduser()
    if folder.is_dir() and folder.name != model:
        return models.inspect(folder.name, folder.resolve()).path
    return models.find(settings.load(home), model).path


def _there(file: Path) -> Path:
    found = file.expanduser().resolve()
    if not found.exists():
        raise KnownError(f"{file} is not there.")
    return found


def _watched(order: "Order", processes: int) -> bool:
    """Whether there is more to do."""
    from core.training.running import launch

    more = False
    with bars() as progress:
        told = _Told(ChoreBar(progress, "Training"), quiet=not progress.disable)
        for message in launch.run(order, processes):
            more = told(message)
    return more


class _Told:
    """Messages as a bar on a terminal, and as lines where there is none."""

    def __init__(self, bar: ChoreBar, quiet: bool) -> None:
        self._bar, self._quiet = bar, quiet

    def __call__(self, message: "Message") -> bool:
        from core.training.running.order import Advanced, Began, Ended, Finished

        match message:
            case Began(stage, step, steps, device, precision):
                say(f"{stage}: from step {step:,} of {steps:,}, on {device}, {precision}")
            case Advanced():
                losses = ", ".join(f"{name} {value:.4g}" for name, value in message.terms.items())
                self._bar(message.step, message.steps, f"{message.stage}: {losses}")
                if not self._quiet:
                    speed = f"{message.speed:.1f} pictures/s, {duration(message.seconds)}"
                    say(f"{message.stage} {message.step:,} of {message.steps:,} · {losses} · {speed}")
            case Finished(stage, files):
                say(f"{stage}: finished, {', '.join(files)}")
            case Ended(more):
                return more
        return False
