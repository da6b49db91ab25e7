"""Data sets to train with: from the library, from synthetic scenes; looked through, and the best of one."""

from pathlib import Path
from typing import Annotated

import typer

from core.cli.show import say
from core.cli.work import ChoreBar, bars, opened
from core.paths import Home

app = typer.Typer(
    no_args_is_help=True,
    help="Data sets to train with: of people who agreed to training, or of scenes nobody lived in.",
)

FolderArgument = Annotated[
    Path, typer.Argument(metavar="DATA", help="The data set's folder, or its name in the home.")
]
OutOption = Annotated[Path | None, typer.Option(metavar="DIR", help="Otherwise a folder in the home.")]


@app.command()
def build(
    context: typer.Context,
    name: Annotated[str, typer.Option(help="What it is called, and its folder in the home.")] = "people",
    out: OutOption = None,
    licence: Annotated[
        str, typer.Option(help="What others may do with it.")
    ] = "private: not to be given away",
    size: Annotated[
        int, typer.Option(min=64, max=4096, help="Longer side of the pictures in pixels.")
    ] = 1024,
    crop_others: Annotated[
        bool,
        typer.Option(
            "--crop-others", help="Crop photos until nobody else's face is on them; otherwise they go."
        ),
    ] = False,
) -> None:
    """Makes a data set of the people who agreed to training, or brings it up to date. Only confirmed faces
    count. Text beside a photo (IMG_1.txt) becomes its caption."""
    from core import settings
    from core.paths import RESOURCES
    from core.segment import open_segmenter
    from core.training.data.build import Wanted
    from core.training.data.build import build as make

    own = settings.load(context.obj)
    wanted = Wanted(name, licence, own.margin, size, crop_others=crop_others)
    segmenter = open_segmenter(own.segmenter, RESOURCES / "models")
    with opened(context.obj) as library, bars() as progress:
        place = out.expanduser().absolute() if out else None
        built = make(library, segmenter, wanted, place, ChoreBar(progress, "Photos"))
    for photo, why in [*built.left_out, *built.notes]:
        say(f"{photo}: {why}")
    say(str(built))


@app.command()
def check(context: typer.Context, folder: FolderArgument) -> None:
    """Looks through a data set: every line, picture, mask and crop. Exits with 1 when something is wrong."""
    from core.training.data.checking import check as look

    with bars() as progress:
        found = look(place_of(context.obj, folder), ChoreBar(progress, "Lines"))
    say(str(found))
    if found.faults:
        raise typer.Exit(1)


@app.command()
def select(
    context: typer.Context,
    folder: FolderArgument,
    clip: Annotated[
        Path, typer.Option(metavar="DIR", help="A folder with a CLIP model, as transformers saves it.")
    ],
    keep: Annotated[float, typer.Option(help="How much of what passes stays, above 0 to 1.")] = 0.8,
    device: Annotated[str, typer.Option(help="Where CLIP runs, such as cuda.")] = "cpu",
) -> None:
    """Keeps the best pictures by MIP-Adapter's rules; the others are put aside, and the next selection
    begins with all of them again."""
    from core.evaluation.clip import Clip
    from core.training.data.quality import select as choose

    encoder = Clip(clip.expanduser(), device)
    home = context.obj if context.obj.database.exists() else None
    with bars() as progress:
        chosen = choose(place_of(context.obj, folder), encoder, keep, home, ChoreBar(progress, "Pictures"))
    for why in chosen.unread:
        say(why)
    say(str(chosen))


@app.command()
def scenes(
    out: Annotated[Path, typer.Option(metavar="DIR", help="The data set's folder.")],
    portraits: Annotated[Path, typer.Option(metavar="FILE.npz", help="Portraits for scenes.")],
    sprites: Annotated[Path, typer.Option(metavar="FILE.npz", help="Things for scenes.")],
    count: Annotated[int, typer.Option(min=1)] = 1000,
    size: Annotated[int, typer.Option(min=32, max=1024, help="Side of the scenes in pixels.")] = 256,
    view: Annotated[int, typer.Option(min=16, max=1024, help="Side of the references.")] = 128,
    seed: int = 0,
    held_out: Annotated[bool, typer.Option("--held-out", help="Of people nobody learns from.")] = False,
) -> None:
    """Stores synthetic scenes as a data set, to be looked at and shared."""
    from core.training.data.storing import store
    from core.training.scenes.source import SceneSource

    source = SceneSource(portraits, sprites, size, view, seed=seed, held_out=held_out)
    with bars() as progress:
        there = store(source, count, out.expanduser(), progress=ChoreBar(progress, "Scenes"))
    say(f"{there} scenes are in {out}.")


def place_of(home: Home, given: Path) -> Path:
    """A folder as it was given, or the data set of that name in the home."""
    folder, named = given.expanduser(), home.training / given
    return named if not folder.exists() and named.is_dir() else folder
