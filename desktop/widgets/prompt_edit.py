"""The prompt editor: one prompt a line; @ offers people and objects with their pictures, __ wildcards with
their first lines."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QMimeData, QModelIndex, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QIcon,
    QKeyEvent,
    QStandardItem,
    QStandardItemModel,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QCompleter, QPlainTextEdit, QWidget

from core.prompt import HANDLE as HANDLES
from core.wildcards import NAME as WILDCARDS
from core.wildcards import Choices
from desktop import theme, words
from desktop.i18n import tr

HANDLE = Qt.ItemDataRole.UserRole
TEXTS = frozenset({".txt"})
PICTURES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff", ".heic", ".avif"})
ACCEPTING = {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab, Qt.Key.Key_Escape, Qt.Key.Key_Backtab}


LONGEST = 60
UNCLOSED = re.compile(r"__((?:[^\W_]|[-/]|_(?!_))*)$")


@dataclass(frozen=True)
class Offer:
    """Somebody @ can name. `icon` is asked when the list is shown."""

    handle: str
    name: str
    noun: str
    icon: Callable[[], QIcon]


class PromptEdit(QPlainTextEdit):
    """`file_dropped` tells a text file that was dropped on it, `picture_dropped` a picture."""

    file_dropped = Signal(object)
    picture_dropped = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("prompt")
        self.setAccessibleName(tr("Prompts, one per line"))
        self.setTabChangesFocus(True)
        self._offers = QStandardItemModel(self)
        self._wildcards = QStandardItemModel(self)
        self._known_wildcards: dict[str, Choices] = {}
        self._spaced_at = -1
        self._completer = _completer(self._offers, self)
        self._completer.activated[QModelIndex].connect(self._complete)
        self._highlighter = HandleHighlighter(self.document())

    @property
    def completer(self) -> QCompleter:
        return self._completer

    def offer(self, offers: Sequence[Offer]) -> None:
        """Whom @ completes to; also which handles are shown as known."""
        self._offers.clear()
        for offer in offers:
            item = QStandardItem(offer.icon(), f"@{offer.handle}   {offer.name}, {offer.noun}")
            item.setData(offer.handle, HANDLE)
            self._offers.appendRow(item)
        self._highlighter.know({offer.handle for offer in offers})

    def know_wildcards(self, known: Mapping[str, Choices]) -> None:
        """What __ completes to; also which wildcards are shown as known."""
        self._highlighter.know_wildcards(set(known))
        if known != self._known_wildcards:
            self._known_wildcards = dict(known)
            self._wildcards.clear()
            for name, choices in known.items():
                self._wildcards.appendRow(_wildcard(name, choices))

    def insert_handle(self, handle: str) -> None:
        cursor = self.textCursor()
        before = self.document().characterAt(cursor.position() - 1) if cursor.position() else " "
        cursor.insertText(("" if before.isspace() or before == "\u2029" else " ") + f"@{handle} ")
        self.setFocus()

    def add_lines(self, lines: Sequence[str]) -> None:
        """Below what is written; can be taken back."""
        cursor = self.textCursor()
        cursor.movePosition(QTextCursor.MoveOperation.End)
        between = "\n" if self.toPlainText() and not self.toPlainText().endswith("\n") else ""
        cursor.insertText(between + "\n".join(lines))
        self.setTextCursor(cursor)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return bool(_files(source, TEXTS | PICTURES)) or super().canInsertFromMimeData(source)

    def insertFromMimeData(self, source: QMimeData) -> None:
        texts, pictures = _files(source, TEXTS), _files(source, PICTURES)
        for file in texts:
            self.file_dropped.emit(file)
        for picture in pictures[:1]:
            self.picture_dropped.emit(picture)
        if not texts and not pictures:
            super().insertFromMimeData(source)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._completer.popup().isVisible() and event.key() in ACCEPTING:
            event.ignore()  # the list takes these
            return
        # The space that came with a completed handle is the one about to be typed.
        typed_already = event.text() == " " and self.textCursor().position() == self._spaced_at
        self._spaced_at = -1
        if not typed_already:
            super().keyPressEvent(event)
        self._suggest()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._completer.setWidget(self)
        super().focusInEvent(event)

    def _suggest(self) -> None:
        typed, offered = self._typed_handle(), self._offers
        if typed is None:
            typed, offered = self._typed_wildcard(), self._wildcards
        if typed is None:
            self._completer.popup().hide()
            return
        if self._completer.model() is not offered:
            self._completer.setModel(offered)
        self._completer.setCompletionPrefix(typed)
        if self._completer.completionCount() == 0:
            self._completer.popup().hide()
            return
        self._completer.popup().setCurrentIndex(self._completer.completionModel().index(0, 0))
        where = self.cursorRect()
        where.setWidth(320)
        where.translate(0, 6)  # below the letters' tails
        self._completer.complete(where)

    def _typed_wildcard(self) -> str | None:
        """What stands between a __ that nothing closes and the cursor; None away from one."""
        open_one = UNCLOSED.search(WILDCARDS.sub(" ", self._line_before()))
        return open_one[1] if open_one else None

    def _line_before(self) -> str:
        """What is written before the cursor. Qt counts UTF-16 units, Python letters."""
        cursor = self.textCursor()
        units = cursor.block().text().encode("utf-16-le")[: 2 * cursor.positionInBlock()]
        return units.decode("utf-16-le", "ignore")

    def _typed_handle(self) -> str | None:
        """What stands between the last @ and the cursor; None away from a handle."""
        before = self._line_before()
        at = before.rfind("@")
        typed = before[at + 1 :]
        if at < 0 or (at and (before[at - 1].isalnum() or before[at - 1] == "@")):
            return None
        return typed if all(c.isalnum() or c in "-_" for c in typed) else None

    def _complete(self, index: QModelIndex) -> None:
        cursor = self.textCursor()
        wildcard = self._completer.model() is self._wildcards
        typed = (self._typed_wildcard() if wildcard else self._typed_handle()) or ""
        cursor.movePosition(QTextCursor.MoveOperation.Left, QTextCursor.MoveMode.KeepAnchor, _units(typed))
        cursor.insertText(f"{index.data(HANDLE)}{'__' if wildcard else ''} ")
        self.setTextCursor(cursor)
        self._spaced_at = cursor.position()


class HandleHighlighter(QSyntaxHighlighter):
    """Known handles and wildcards in the accent's colour, unknown ones in the colour of a problem."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._known: set[str] = set()
        self._wildcards: set[str] = set()

    def know(self, handles: set[str]) -> None:
        if handles != self._known:
            self._known = handles
            self.rehighlight()

    def know_wildcards(self, names: set[str]) -> None:
        if names != self._wildcards:
            self._wildcards = names
            self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        for match in HANDLES.finditer(text):
            self._colour(text, match, match[1].lower() in self._known)
        for match in WILDCARDS.finditer(text):
            self._colour(text, match, match[1] in self._wildcards)

    def _colour(self, text: str, match: re.Match[str], known: bool) -> None:
        style = QTextCharFormat()
        style.setForeground(theme.colour("accent" if known else "bad"))
        self.setFormat(_units(text[: match.start()]), _units(match[0]), style)


def _wildcard(name: str, choices: Choices) -> QStandardItem:
    """Its name, and below it what it may become."""
    more = ["…"] if choices.count > len(choices.first) else []
    first = [line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…" for line in choices.first]
    told = ", ".join([*first, *more]) or tr("nothing yet")
    item = QStandardItem(theme.icon("files", "muted"), f"__{name}__\n{told}")
    item.setData(name, HANDLE)
    item.setData(
        tr("{name}: {lines}. {first}", name=name, lines=words.many(choices.count, "line"), first=told),
        Qt.ItemDataRole.AccessibleTextRole,
    )
    return item


def _files(source: QMimeData, suffixes: Collection[str]) -> list[Path]:
    files = (Path(url.toLocalFile()) for url in source.urls() if url.isLocalFile())
    return [file for file in files if file.suffix.lower() in suffixes]


def _units(text: str) -> int:
    """Qt counts UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def _completer(offers: QStandardItemModel, parent: QPlainTextEdit) -> QCompleter:
    completer = QCompleter(offers, parent)
    completer.setWidget(parent)
    completer.setCompletionRole(HANDLE)
    completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
    completer.setFilterMode(Qt.MatchFlag.MatchContains)
    completer.popup().setObjectName("offers")
    completer.popup().setIconSize(QSize(32, 32))
    completer.popup().setAccessibleName(tr("What can be named here"))
    return completer
