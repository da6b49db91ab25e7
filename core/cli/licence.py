"""A licence is shown, and used only when it was accepted."""

import sys
from typing import Annotated

import typer

from core.cli.show import say
from core.errors import KnownError

YesOption = Annotated[bool, typer.Option("--yes", help="The licence is accepted; do not ask.")]


def ask(licence: str, yes: bool) -> None:
    """Raises KnownError when it is not accepted: without `yes` and without somebody to ask, too."""
    say(licence)
    if not yes and not (sys.stdin.isatty() and typer.confirm("Use it under this licence?")):
        raise KnownError("Nothing was changed. Accept the licence with --yes to use this.")
