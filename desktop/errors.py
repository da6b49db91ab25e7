"""What goes wrong is said where the user looks: a bar that stays until closed and can be copied.

A KnownError's text is the message. Anything else is a bug: it says so, and offers the whole trace to copy.
"""

import sys
import traceback
from types import TracebackType

from PySide6.QtCore import QObject, Signal

from core.errors import KnownError
from desktop.i18n import tr


class ErrorReporter(QObject):
    """Emits `reported(message, details)` on the GUI thread, whichever thread failed."""

    reported = Signal(str, str)

    def install(self) -> None:
        """Takes over sys.excepthook, which also hears what slots raise."""
        sys.excepthook = self._hook

    def report(self, error: BaseException) -> None:
        self.reported.emit(message(error), "" if isinstance(error, KnownError) else trace(error))

    def _hook(self, kind: type[BaseException], error: BaseException, tb: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, tb)
            return
        if not isinstance(error, KnownError):
            traceback.print_exception(kind, error, tb)
        self.report(error)


def message(error: BaseException) -> str:
    """The sentence for the user."""
    if isinstance(error, KnownError):
        return str(error)
    return tr(
        "Something went wrong inside Likeness ({what}). Your library is as it was.",
        what=f"{type(error).__name__}: {error}",
    )


def trace(error: BaseException) -> str:
    return "".join(traceback.format_exception(error))
