"""Somebody without a plan: clicks, keys, drags and the wheel on whatever can be seen, a little each turn."""

import random
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QDesktopServices, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QPlainTextEdit, QWidget

from core.errors import KnownError
from core.power import LeftAlone
from desktop import trash

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
MOVES = (
    "Return",
    "Space",
    "Tab",
    "Backtab",
    "Up",
    "Down",
    "Left",
    "Right",
    "Home",
    "End",
    "PageDown",
    "PageUp",
)
KEYS = (*"0123456789pxuocPX", *(Qt.Key[f"Key_{name}"] for name in (*MOVES, "Delete", "F1", "F2", "Menu")))
WITH_CTRL = (*"acdefmnprsz", Qt.Key.Key_Return, Qt.Key.Key_Comma)
WORDS = ("@ada in the snow", "a photo of @ada", "{a|b} beach", "@", "{", "wedding", "0.5", "-", "")


class Monkey:
    """`acts` counts what it did by kind; `last` says what it did last."""

    def __init__(self, window: QWidget, seed: int) -> None:
        self._window, self._dice = window, random.Random(seed)
        self.acts: Counter[str] = Counter()
        self.last = ""
        self._top = window
        ways = {self._click: 10, self._key: 6, self._ctrl: 2, self._right: 1, self._double: 1, self._drag: 2,
                self._wheel: 3, self._type: 1, self._page: 1}  # fmt: skip
        self._ways = [way for way, often in ways.items() for _ in range(often)]

    def act(self) -> None:
        target = self._target()
        if target is None:
            return
        way: Callable[[QWidget], None] = self._dice.choice(self._ways)
        self.acts[way.__name__] += 1
        name = target.accessibleName() or target.objectName()
        self.last = f"{way.__name__} on {type(target).__name__} “{name}”"
        way(target)

    def rest(self) -> None:
        """Closes what is open over the window, so that times of rest can be compared."""
        while above := (QApplication.activePopupWidget() or QApplication.activeModalWidget()):
            above.close()
        self.last = "rest"
        QTest.keyClick(self._window, "1", Qt.KeyboardModifier.ControlModifier)

    def _target(self) -> QWidget | None:
        top = QApplication.activePopupWidget() or QApplication.activeModalWidget() or self._window
        self._top = top  # what stands for a dialog of Qt's own takes its children's with it
        inside = [each for each in top.findChildren(QWidget) if each.isVisible() and each.isEnabled()]
        return self._dice.choice([top, *inside]) if inside else top

    def _somewhere(self, widget: QWidget) -> QPoint:
        dice, size = self._dice, QWidget.size(widget)
        return QPoint(dice.randrange(max(1, size.width())), dice.randrange(max(1, size.height())))

    def _click(self, widget: QWidget) -> None:
        how = self._dice.choice([Qt.KeyboardModifier.NoModifier] * 4 + [Qt.KeyboardModifier.ControlModifier])
        QTest.mouseClick(widget, LEFT, how, self._somewhere(widget))

    def _right(self, widget: QWidget) -> None:
        QTest.mouseClick(widget, RIGHT, Qt.KeyboardModifier.NoModifier, self._somewhere(widget))

    def _double(self, widget: QWidget) -> None:
        QTest.mouseDClick(widget, LEFT, Qt.KeyboardModifier.NoModifier, self._somewhere(widget))

    def _key(self, widget: QWidget) -> None:
        QTest.keyClick(QApplication.focusWidget() or widget, self._dice.choice(KEYS))

    def _ctrl(self, widget: QWidget) -> None:
        key = self._dice.choice(WITH_CTRL)
        QTest.keyClick(QApplication.focusWidget() or widget, key, Qt.KeyboardModifier.ControlModifier)

    def _page(self, widget: QWidget) -> None:
        QTest.keyClick(self._window, self._dice.choice("12345"), Qt.KeyboardModifier.ControlModifier)

    def _drag(self, widget: QWidget) -> None:
        """Pressed and let go elsewhere in one widget: a drag that Qt runs in a loop of its own is none."""
        QTest.mousePress(widget, LEFT, Qt.KeyboardModifier.NoModifier, self._somewhere(widget))
        QTest.mouseRelease(widget, LEFT, Qt.KeyboardModifier.NoModifier, self._somewhere(widget))

    def _wheel(self, widget: QWidget) -> None:
        at = QPointF(self._somewhere(widget))
        turned = QPoint(0, self._dice.choice((-480, -120, 120, 480)))
        held = self._dice.choice((Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier))
        event = QWheelEvent(at, widget.mapToGlobal(at), QPoint(), turned, Qt.MouseButton.NoButton, held,
                            Qt.ScrollPhase.NoScrollPhase, False)  # fmt: skip
        QApplication.sendEvent(widget, event)

    def _type(self, widget: QWidget) -> None:
        for field in (QApplication.focusWidget(), widget):
            if isinstance(field, QLineEdit | QPlainTextEdit) and field.isEnabled():
                QTest.keyClicks(field, self._dice.choice(WORDS))
                return


@contextmanager
def fenced(folder: Path) -> Iterator[None]:
    """Nothing outside the window: no dialog of the system, no other program, trash, sleep or network."""
    bin = folder / "trash"
    bin.mkdir(exist_ok=True)

    def away(file: Path) -> Path:
        return Path(shutil.move(file, bin / file.name))

    def refuse(*_: Any, **__: Any) -> None:
        raise OSError(101, "Network is unreachable")

    def not_started(*_: Any) -> None:
        """A process of its own is out of the fence's reach."""
        raise KnownError("No other program is started here.")

    nothing = {"getOpenFileName": ("", ""), "getSaveFileName": ("", ""), "getOpenFileNames": ([], ""),
               "getExistingDirectory": ""}  # fmt: skip
    with (
        patch.multiple(QFileDialog, **{name: staticmethod(lambda *_, a=answer, **__: a)
                                       for name, answer in nothing.items()}),
        patch.object(QDesktopServices, "openUrl", staticmethod(lambda *_: True)),
        patch.object(trash, "away", away),
        patch("core.power.this_computer", lambda *_: LeftAlone()),
        patch("socket.socket.connect", refuse),
        patch("socket.create_connection", refuse),
        patch("desktop.pages.models_add.command", not_started),
        patch("core.downloads.fetch.download", not_started),
        # Another window in place of this one is for `desktop.app.run`, which is not here.
        patch("desktop.app.Application.begin_again", lambda *_: None),
    ):  # fmt: skip
        yield
