"""All commands under one name, `likeness`."""

from pathlib import Path
from typing import Annotated

import typer

from core.cli import (
    adapters,
    albums,
    backends,
    evaluate,
    explain,
    export,
    library,
    machine,
    methods,
    models,
    objects,
    people,
    pictures,
    preferences,
    presets,
    queue,
    train,
)
from core.cli.faults import Sentences
from core.paths import Home, default_home

HomeOption = Annotated[
    Path | None,
    typer.Option(
        "--home", metavar="DIR", help="The folder of the library; otherwise LIKENESS_HOME or your own."
    ),
]

app = typer.Typer(
    name="likeness",
    cls=Sentences,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Personalised albums, made on your own computer: people and objects from your photos, "
    "a queue of prompts, pictures in the morning. Everything stays on this computer.",
)


@app.callback()
def likeness(context: typer.Context, home: HomeOption = None) -> None:
    context.obj = Home(home.expanduser().resolve()) if home else default_home()


app.command("import")(albums.import_photos)
app.command()(people.people)
app.add_typer(people.app, name="person")
app.add_typer(objects.app, name="object")
app.add_typer(queue.app, name="queue")
app.add_typer(presets.app, name="presets")
app.add_typer(pictures.app, name="pictures")
app.command()(pictures.repeat)
app.command()(explain.explain)
app.command()(export.export)
app.command()(albums.demo)
app.add_typer(evaluate.app, name="evaluate")
app.add_typer(machine.models_app, name="models")
machine.models_app.command()(methods.methods)
machine.models_app.command()(adapters.adapters)
machine.models_app.command("add-adapter")(adapters.add_adapter)
machine.models_app.command()(adapters.accept)
machine.models_app.command()(backends.faces)
machine.models_app.command()(backends.segmenter)
for command in (models.files, models.use, models.remove, models.verify, models.catalogue, models.download):
    machine.models_app.command()(command)
machine.models_app.command("add-upscaler")(models.add_upscaler)
app.add_typer(train.app, name="train")
app.add_typer(library.app, name="library")
app.command()(preferences.settings)
app.command()(machine.doctor)
app.command()(machine.log)
app.command()(machine.version)
