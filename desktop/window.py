"""The frame around the pages: rail, message bar, pages, footer. It lays out and passes on; it decides
nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QByteArray, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QKeySequence,
    QPaintEvent,
    QResizeEvent,
    QShortcut,
)
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QProgressBar,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop import theme
from desktop.widgets.buttons import icon_button
from desktop.widgets.message_bar import MessageBar


@dataclass(frozen=True)
class PageEntry:
    icon: str
    name: str


PAGES = (
    PageEntry("people", "People"),
    PageEntry("compose", "Compose"),
    PageEntry("queue", "Queue"),
    PageEntry("gallery", "Gallery"),
)


class Window(QMainWindow):
    """`painted` once the first frame is on the screen; `closing` before it goes; `dropped` with files and
    folders."""

    painted = Signal()
    closing = Signal()
    dropped = Signal(list)
    page_changed = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle("Likeness")
        self.setWindowIcon(theme.icon("sparkle", "accent"))
        self.setMinimumSize(1024, 640)
        self.resize(1280, 800)
        self.messages = MessageBar()
        self.footer = Footer()
        self._painted = False
        self._stack = QStackedWidget()
        self._rail = QFrame(objectName="rail")
        self._choices = QButtonGroup(self)
        self._veil = QLabel("Drop photos or a folder to add them", self, objectName="dropping")
        self._veil.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._veil.hide()
        self._lay_out()

    def add_page(self, page: QWidget) -> None:
        """Pages come in the order of PAGES, after the waiting page."""
        self._stack.addWidget(page)

    def open_page(self, number: int) -> None:
        self._choices.button(number).setChecked(True)
        if self._stack.count() > number + 1:
            self._stack.setCurrentIndex(number + 1)
            self._stack.currentWidget().setFocus()
            self.page_changed.emit(number)

    @property
    def page(self) -> int:
        """The number of the open page, −1 while nothing is loaded."""
        return self._stack.currentIndex() - 1

    def geometry_text(self) -> str:
        return bytes(self.saveGeometry().toBase64().data()).decode("ascii")

    def restore(self, geometry: str) -> None:
        self.restoreGeometry(QByteArray.fromBase64(geometry.encode("ascii")))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self.painted.emit)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.closing.emit()
        event.accept()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._veil.setGeometry(self.rect().adjusted(24, 24, -24, -24))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _local(event):
            event.acceptProposedAction()
            self._veil.raise_()
            self._veil.show()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._veil.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        self._veil.hide()
        event.acceptProposedAction()
        self.dropped.emit(_local(event))

    def _lay_out(self) -> None:
        self._fill_rail()
        self._stack.addWidget(_waiting_page())
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self._stack, 1)
        # Below the page: what comes and goes must not move what the mouse is about to press.
        right.addWidget(self.messages)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self._rail)
        middle.addLayout(right, 1)
        whole = QVBoxLayout()
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(middle, 1)
        whole.addWidget(self.footer)
        centre = QWidget()
        centre.setLayout(whole)
        self.setCentralWidget(centre)

    def _fill_rail(self) -> None:
        column = QVBoxLayout(self._rail)
        column.setContentsMargins(6, 10, 6, 10)
        column.setSpacing(4)
        for number, entry in enumerate(PAGES):
            button = _rail_button(entry, number)
            self._choices.addButton(button, number)
            column.addWidget(button)
            QShortcut(QKeySequence(f"Ctrl+{number + 1}"), self, self._opener(number))
        column.addStretch()
        self._choices.idClicked.connect(self.open_page)

    def _opener(self, number: int) -> Callable[[], None]:
        return lambda: self.open_page(number)


class Footer(QFrame):
    """Where everything stays, what the worker does, and how far an import is."""

    stopped = Signal()
    report_asked = Signal()

    def __init__(self) -> None:
        super().__init__(objectName="footer")
        self._work = theme.text("Opening the library…", "small")
        self._work.setAccessibleName("What the worker does")
        self._elsewhere = theme.text("Another Likeness makes the pictures", "small")
        self._elsewhere.setToolTip(
            "Look, add and change here as ever; this window goes on when that one ends."
        )
        self._chore = theme.text("", "small")
        self._bar = QProgressBar(textVisible=False)
        self._bar.setFixedWidth(160)
        self._bar.setAccessibleName("Progress")
        lock = theme.text()
        lock.setPixmap(theme.icon("lock", "muted").pixmap(QSize(14, 14), self.devicePixelRatio()))
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(14, 5, 14, 5)
        row.setSpacing(8)
        row.addWidget(lock)
        row.addWidget(theme.text("Everything stays on this computer", "small"))
        row.addStretch()
        row.addWidget(self._chore)
        row.addWidget(self._bar)
        row.addSpacing(16)
        row.addWidget(self._elsewhere)
        row.addWidget(self._work)
        row.addWidget(icon_button("files", "Save a report about this program…", self.report_asked.emit))
        self.show_chore("", 0, 0)
        self.show_elsewhere(False)

    def show_elsewhere(self, elsewhere: bool) -> None:
        """Whether another program does the work."""
        self._elsewhere.setVisible(elsewhere)

    def add(self, part: QWidget) -> None:
        """Something else that may be under way, before all others."""
        self._row.insertWidget(self._row.indexOf(self._chore), part)

    def show_work(self, words: str) -> None:
        self._work.setText(words)

    def show_chore(self, words: str, done: int, total: int) -> None:
        """A chore's progress; with no words, none is under way."""
        self._chore.setText(words)
        self._chore.setVisible(bool(words))
        self._bar.setVisible(bool(words))
        self._work.setHidden(bool(words) and self._work.text() == "Idle")
        self._bar.setRange(0, total)
        self._bar.setValue(done)


def _rail_button(entry: PageEntry, number: int) -> QToolButton:
    button = icon_button(entry.icon, f"{entry.name} (Ctrl+{number + 1})")
    button.setText(entry.name)
    button.setIconSize(QSize(22, 22))
    button.setCheckable(True)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
    button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    button.setFixedSize(72, 58)
    return button


def _waiting_page() -> QWidget:
    page = QWidget()
    column = QVBoxLayout(page)
    column.addWidget(theme.text("Opening your library…", "muted"), 0, Qt.AlignmentFlag.AlignCenter)
    return page


def _local(event: QDropEvent) -> list[Path]:
    """The files and folders of this computer that are being dragged; none for a drag of our own."""
    if event.source() is not None or not event.mimeData().hasUrls():
        return []
    return [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
