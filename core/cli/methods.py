"""Which methods there are, which of them a model offers now, and what is missing for the others."""

from typing import Annotated

import typer

from core.cli.show import Column, JsonOption, json, listing, say

COLUMNS: list[Column] = [
    ("method", lambda offer: offer["method"]),
    ("title", lambda offer: offer["title"]),
    ("paper", lambda offer: offer["source"]),
    ("now", lambda offer: "yes" if not offer["missing"] else ""),
    ("adapters", lambda offer: ", ".join(offer["adapters"])),
    ("missing", lambda offer: offer["missing"]),
]


def methods(
    context: typer.Context,
    model: Annotated[
        str | None, typer.Argument(metavar="[MODEL]", help="A name from “likeness models”.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Says which methods a model offers now, with which adapter files, and what is missing for the others."""
    from core import models, settings
    from core.methods import METHODS
    from core.offers import offers

    own = settings.load(context.obj)
    found = models.find(own, model or own.model)
    told = [
        {
            "method": offer.method,
            "title": offer.title,
            "source": METHODS[offer.method].source,
            "missing": offer.missing,
            "adapters": [
                adapter.name
                for adapter in found.adapters
                if adapter.layout in (METHODS[offer.method].adapter, METHODS[offer.method].fusion)
            ],
        }
        for offer in offers(found, own)
    ]
    if as_json:
        return json(told)
    listing(told, COLUMNS, False, "")
    for reason in found.refused:
        say(f"\n{reason}")
