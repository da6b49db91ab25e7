"""This machine: its models, what it can do, which version this is."""

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from core.cli.show import Column, JsonOption, console, json, listing, say
from core.errors import KnownError
from core.paths import Home

models_app = typer.Typer(invoke_without_command=True, help="List the models, or add one of your own.")

COLUMNS: list[Column] = [
    ("model", lambda m: m["name"]),
    ("size", lambda m: f"{m['size']} px"),
    ("on disk", lambda m: f"{m['bytes'] / 1e6:,.0f} MB"),
    ("methods", lambda m: ", ".join(m["methods"])),
    ("licence", lambda m: m["licence"]),
    ("folder", lambda m: m["path"]),
]
MARKS = {"good": "[green]✓[/]", "note": "[yellow]•[/]", "missing": "[red]✗[/]"}


@models_app.callback()
def models(context: typer.Context, as_json: JsonOption = False) -> None:
    """Lists the models: what each is, its adapters, its licence."""
    if context.invoked_subcommand:
        return
    from core import models, settings

    found = [told(model) for model in models.available(settings.load(context.obj))]
    listing(found, COLUMNS, as_json, "There are no models.")
    if not as_json:
        for model in found:
            say(f"\n{model['name']}: {model['description']}")


@models_app.command()
def add(
    context: typer.Context,
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="A Stable Diffusion 1.5 or SDXL folder in diffusers layout.")
    ],
    name: Annotated[str | None, typer.Option(help="What to call it; otherwise as the folder.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Adds a model folder where it lies; nothing is copied or downloaded."""
    from core import models, recorded

    added = models.add(context.obj, folder, name)
    recorded.record(context.obj, models.weight_files(added.path))
    model = told(added)
    if as_json:
        return json(model)
    say(f"{model['name']} can be used: likeness queue add --model {model['name']} PROMPT")
    say(f"Methods: {', '.join(model['methods'])}. Licence: {model['licence']}")


def told(model: Any) -> dict[str, Any]:
    """One model as plain data."""
    return {
        "name": model.name,
        "path": str(model.path),
        "pipeline": model.pipeline,
        "size": model.size,
        "bytes": model.bytes,
        "tokens": model.tokens,
        "prediction": model.prediction,
        "methods": list(model.methods()),
        "adapters": [adapter.name for adapter in model.adapters],
        "refused": list(model.refused),
        "licence": model.licence,
        "description": model.description,
    }


def doctor(
    context: typer.Context,
    bundle: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.zip", help="Write a file for somebody who helps, without names or photos."
        ),
    ] = None,
    with_prompts: Annotated[
        bool, typer.Option("--with-prompts", help="Prompts and failures' full texts go into it too.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Says what this machine has, what fits on it, what is missing, and the licences."""
    from core.doctor import examine

    if bundle:
        return _bundle(context.obj, bundle, with_prompts, as_json)
    if with_prompts:
        raise KnownError("--with-prompts goes with --bundle FILE.zip.")
    findings = examine(context.obj)
    if as_json:
        json(findings)
    else:
        report(findings)
    if any(finding.state == "missing" for finding in findings):
        raise typer.Exit(1)


def _bundle(home: Home, file: Path, with_prompts: bool, as_json: bool) -> None:
    from core.bundle import make

    made = make(home, file.expanduser().absolute(), with_prompts)
    if as_json:
        return json(made)
    say(f"{made.path} was written; only you can read it, and nothing was sent. In it:")
    for name, size in made.inside.items():
        say(f"  {name} ({size / 1000:.1f} kB)")
    say("Look through it before you send it to anybody.")


def log(
    context: typer.Context,
    lines: Annotated[int, typer.Option(min=1, help="How many of the newest.")] = 40,
    level: Annotated[
        Literal["info", "warning", "error"], typer.Option(help="Only what is as grave as this, or graver.")
    ] = "info",
    path: Annotated[bool, typer.Option("--path", help="Say only where it lies.")] = False,
) -> None:
    """Prints the program's log: what happened, without names, prompts or folders."""
    from core.log import last_lines
    from core.log_entries import LEVELS, at_least, entries

    if path:
        return say(str(context.obj.log))
    found = last_lines(context.obj.log, lines)
    if level != "info":
        graver = at_least(entries(found), LEVELS[("info", "warning", "error").index(level)])
        found = [line for entry in graver for line in entry.lines]
    for line in found or [
        "Nothing was logged yet." if level == "info" else "Nothing of this kind was logged."
    ]:
        say(line)


def report(findings: Any) -> None:
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, show_header=False, pad_edge=False)
    for finding in findings:
        advice = f"\n[yellow]{escape(finding.advice)}[/]" if finding.advice else ""
        table.add_row(
            MARKS[finding.state], f"[bold]{escape(finding.subject)}[/]", escape(finding.detail) + advice
        )
    console().print(table)


def version(as_json: JsonOption = False) -> None:
    """Says which version this is."""
    from core.doctor import program_version

    found = program_version()
    json({"version": found}) if as_json else say(f"likeness {found}")
