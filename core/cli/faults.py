"""What the user reads when something goes wrong: one sentence; a bug's details go to the log."""

import contextlib
import sys
from typing import Any

import typer
from rich.console import Console
from rich.text import Text
from typer.core import TyperGroup
from typer.exceptions import Abort, Exit, TyperException

from core.errors import KnownError
from core.log import close_log, log, open_log
from core.paths import Home, default_home


class Sentences(TyperGroup):
    """A group whose commands end with a sentence instead of a traceback."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except KnownError as error:
            complain(str(error))
            raise typer.Exit(1) from error
        except KeyboardInterrupt as error:
            complain("Stopped. Nothing is lost: what was unfinished is still in the queue.")
            raise typer.Exit(130) from error
        except BrokenPipeError as error:
            # Whoever read us (head, less) has seen enough.
            sys.stderr.close()
            raise typer.Exit(0) from error
        except (Abort, Exit, TyperException):
            raise
        except Exception as error:
            _record(ctx.obj or default_home())
            if _is_engines_end(error):
                complain(f"{error} What was done so far is kept.")
                raise typer.Exit(1) from error
            complain(
                f"{type(error).__name__}: this is a fault of Likeness, not yours. Nothing was lost; "
                f"{(ctx.obj or default_home()).log} says where it happened."
            )
            raise typer.Exit(70) from error


def _is_engines_end(error: Exception) -> bool:
    from core.engine import EngineDied

    return isinstance(error, EngineDied)


def complain(sentence: str) -> None:
    """On the error output, so that --json stays clean."""
    Console(stderr=True, soft_wrap=True).print(Text.assemble(("✗ ", "bold red"), sentence))


def _record(home: Home) -> None:
    with contextlib.suppress(OSError):
        home.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        open_log(home.log)
        log("cli").exception("a command failed")
        close_log()
