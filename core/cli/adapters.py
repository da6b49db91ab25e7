"""Adapter files: what a model has, adding one, accepting its licence."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from msgspec import structs

from core.adapters import AdapterInfo
from core.cli.licence import YesOption, ask
from core.cli.show import Column, JsonOption, json, listing, say
from core.errors import KnownError
from core.models import ModelInfo
from core.paths import Home

ModelOption = Annotated[
    str | None, typer.Option("--model", help="For which model; otherwise the one in use.", show_default=False)
]
COLUMNS: list[Column] = [
    ("model", lambda a: a["model"]),
    ("adapter", lambda a: a["name"]),
    ("layout", lambda a: a["layout"]),
    ("methods", lambda a: ", ".join(a["methods"])),
    ("tokens", lambda a: a["tokens"]),
    ("licence", lambda a: _licence(a)),
    ("sha256", lambda a: a["sha256"][:12]),
]


def adapters(
    context: typer.Context,
    model: Annotated[str | None, typer.Argument(help="Of this model alone.", show_default=False)] = None,
    as_json: JsonOption = False,
) -> None:
    """Lists the adapters: what each is for, its licence, and why a file cannot be used."""
    from core import models, settings

    kept = settings.load(context.obj)
    found = [models.find(kept, model)] if model else models.available(kept)
    rows = [row for each in found for row in _rows(context.obj, each, kept.accepted)]
    if as_json:
        return json({"adapters": rows, "refused": {each.name: each.refused for each in found}})
    listing(rows, COLUMNS, False, "There are no adapters.")
    for each in found:
        for reason in each.refused:
            say(f"\n{each.name}: {reason}")


def add_adapter(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A .safetensors or .bin file.")],
    model: ModelOption = None,
    name: Annotated[str | None, typer.Option(help="What to call it; otherwise as the file.")] = None,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Checks an adapter file and copies it to a model; a .bin file is converted, and nothing in it is run."""
    from core import models, recorded
    from core.diffusion import convert

    found = _model(context.obj, model)
    source = file.expanduser().resolve()
    done = convert.add(
        source, models.base(found.path), name or "", lambda info: _agree(context.obj, info, yes)
    )
    if not done.new:
        _agree(context.obj, done.info, yes)
    _remember(context.obj, done.info)
    recorded.record(context.obj, [done.info.path])
    facts = {"name": done.info.name, "model": found.name, "layout": done.info.layout, "new": done.new}
    if as_json:
        return json(facts | {"path": done.info.path, "left_out": done.left_out})
    say(
        f"{done.info.name} can be used with {found.name}: {', '.join(_methods(done.info))}."
        if done.new
        else f"{found.name} has it already, as {done.info.name}. Nothing was done."
    )
    if done.left_out:
        say(f"Left out, because nothing uses them: {len(done.left_out)} tensors ({done.left_out[0]}, …).")


def accept(
    context: typer.Context,
    adapter: Annotated[str, typer.Argument(help="Its name, as `likeness models adapters` shows it.")],
    model: ModelOption = None,
    yes: YesOption = False,
) -> None:
    """Shows the licence of an adapter for non-commercial use, and remembers that it was accepted."""
    found = _model(context.obj, model)
    info = next((each for each in found.adapters if each.name == adapter), None)
    if info is None:
        known = ", ".join(each.name for each in found.adapters) or "none"
        raise KnownError(f"Model {found.name} has no adapter called {adapter}. It has: {known}.")
    if not info.non_commercial:
        return say(f"{adapter} needs no acceptance. {info.licence}".strip())
    _agree(context.obj, info, yes)
    _remember(context.obj, info)
    say(f"{adapter} can be used.")


def _model(home: Home, name: str | None) -> ModelInfo:
    from core import models, settings

    kept = settings.load(home)
    return models.find(kept, name or kept.model)


def _rows(home: Home, model: ModelInfo, accepted: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    from core.sums import file_hash

    for info in model.adapters:
        total = file_hash(info.path, home.sums)
        yield {
            "model": model.name,
            "name": info.name,
            "layout": info.layout,
            "methods": _methods(info),
            "tokens": info.tokens,
            "licence": info.licence,
            "non_commercial": info.non_commercial,
            "accepted": total in accepted,
            "sha256": total,
            "path": info.path,
        }


def _methods(info: AdapterInfo) -> list[str]:
    """Those that a file of its layout has a part in."""
    from core.methods import METHODS

    return [name for name, method in METHODS.items() if info.layout in (method.adapter, method.fusion)]


def _licence(row: dict[str, Any]) -> str:
    if not row["non_commercial"]:
        return row["licence"] or "not stated"
    return f"{row['licence']} {'Accepted.' if row['accepted'] else 'Not accepted yet.'}"


def _agree(home: Home, info: AdapterInfo, yes: bool) -> None:
    """Asks for what was not accepted before. Raises KnownError when it is not accepted."""
    from core import settings
    from core.sums import file_hash

    known = info.path.exists() and file_hash(info.path) in settings.load(home).accepted
    if info.non_commercial and not known:
        ask(info.licence, yes)


def _remember(home: Home, info: AdapterInfo) -> None:
    from core import settings
    from core.sums import file_hash

    kept, total = settings.load(home), file_hash(info.path)
    if info.non_commercial and total not in kept.accepted:
        settings.save(home.create(), structs.replace(kept, accepted=(*kept.accepted, total)))
