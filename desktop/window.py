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
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QMenu,
    QProgressBar,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop import motion, shortcuts, theme
from desktop.i18n import noop, tr
from desktop.widgets.buttons import icon_button
from desktop.widgets.message_bar import MessageBar


@dataclass(frozen=True)
class PageEntry:
    """`icon` is also what its keys are called: "page.people" (`desktop.shortcuts`)."""

    icon: str
    name: str


PAGES = (
    PageEntry("people", noop("People")),
    PageEntry("compose", noop("Compose")),
    PageEntry("queue", noop("Queue")),
    PageEntry("gallery", noop("Gallery")),
    PageEntry("models", noop("Models")),
)
BELOW = PageEntry("preferences", noop("Preferences"))
PREFERENCES = 100
"""The number of the page at the foot of the rail; those of PAGES count from 0."""
NOWHERE = -1


class Window(QMainWindow):
    """`painted` once the first frame is on the screen; `closing` before it goes; `dropped` with files and
    folders."""

    painted = Signal()
    closing = Signal()
    dropped = Signal(list)
    page_changed = Signal(int)
    shortcuts_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle("Likeness")
        self.setWindowIcon(theme.icon("sparkle", "accent"))
        self.setMinimumSize(1024, 640)
        self.resize(1280, 800)
        self.messages = MessageBar()
        self.footer = Footer()
        self._painted = False
        self.help = QMenu(self)
        self._pages: dict[int, QWidget] = {}
        self._late: dict[int, Callable[[], QWidget]] = {}
        self._stack = QStackedWidget()
        self._rail = QFrame(objectName="rail")
        self._choices = QButtonGroup(self)
        self._veil = QLabel(tr("Drop photos or a folder to add them"), self, objectName="dropping")
        self._veil.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._veil.hide()
        self._lay_out()

    def add_page(self, page: QWidget) -> None:
        """Pages come in the order of PAGES. A page's `first` is what gets the keyboard when it is opened."""
        self._add(len(self._pages), page)

    def add_late(self, number: int, make: Callable[[], QWidget]) -> None:
        """A page that is made when it is first opened."""
        self._late[number] = make

    def open_page(self, number: int) -> None:
        self._choices.button(number).setChecked(True)
        if number in self._late:
            self._add(number, self._late[number]())
            del self._late[number]
        if page := self._pages.get(number):
            self._stack.setCurrentWidget(page)
            # Not by a focus proxy: Tab then passes over all that stands before it on its page.
            getattr(page, "first", page).setFocus()
            self.page_changed.emit(number)

    def show_instead(self, page: QWidget) -> None:
        """There are no pages to go to: this one says why."""
        self._rail.setEnabled(False)
        self.footer.show_work("")
        self._stack.addWidget(page)
        self._stack.setCurrentWidget(page)
        getattr(page, "first", page).setFocus()

    @property
    def page(self) -> int:
        """The number of the open page, NOWHERE while nothing is loaded."""
        return next((at for at, page in self._pages.items() if page is self._stack.currentWidget()), NOWHERE)

    def _add(self, number: int, page: QWidget) -> None:
        self._pages[number] = page
        self._stack.addWidget(page)

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
        column.setContentsMargins(4, 10, 4, 10)
        column.setSpacing(4)
        for number, entry in enumerate(PAGES):
            column.addWidget(self._opener(number, entry))
        column.addStretch()
        column.addWidget(self._opener(PREFERENCES, BELOW))
        column.addWidget(self._helper())
        self._choices.idClicked.connect(self.open_page)

    def _opener(self, number: int, entry: PageEntry) -> QToolButton:
        button = _rail_button(entry.icon, tr(entry.name))
        button.setCheckable(True)
        self._choices.addButton(button, number)
        shortcuts.of_button(f"page.{entry.icon}", button)
        return button

    def _helper(self) -> QToolButton:
        button = _rail_button("help", tr("Help"))
        button.setMenu(self.help)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        shortcuts.on(self, "shortcuts", self.shortcuts_asked.emit, Qt.ShortcutContext.WindowShortcut)
        shortcuts.on(self, "quit", self.close, Qt.ShortcutContext.WindowShortcut)
        return button


class Footer(QFrame):
    """Where everything stays, what the worker does, and how far an import is."""

    stopped = Signal()
    report_asked = Signal()

    def __init__(self) -> None:
        super().__init__(objectName="footer")
        self._work = theme.text(tr("Opening the library…"), "small")
        self._work.setAccessibleName(tr("What the worker does"))
        self._elsewhere = theme.text(tr("Another Likeness makes the pictures"), "small")
        self._elsewhere.setToolTip(
            tr("Look, add and change here as ever; this window goes on when that one ends.")
        )
        self._chore = theme.text("", "small")
        self._bar = QProgressBar(textVisible=False)
        self._bar.setFixedWidth(160)
        self._bar.setAccessibleName(tr("Progress"))
        lock = theme.text()
        theme.draw_on(lock, "lock", "muted", 14)
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(14, 5, 14, 5)
        row.setSpacing(8)
        row.addWidget(lock)
        row.addWidget(theme.text(tr("Everything stays on this computer"), "small"))
        row.addStretch()
        row.addWidget(self._chore)
        row.addWidget(self._bar)
        row.addSpacing(16)
        row.addWidget(self._elsewhere)
        row.addWidget(self._work)
        row.addWidget(icon_button("files", tr("Save a report about this program…"), self.report_asked.emit))
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
        self._work.setHidden(bool(words) and self._work.text() == tr("Idle"))
        motion.show_on(self._bar, done, total)


def _rail_button(icon: str, name: str) -> QToolButton:
    button = icon_button(icon, name)
    button.setText(name)
    button.setIconSize(QSize(22, 22))
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
    button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    button.setFixedSize(80, 58)
    return button


def _waiting_page() -> QWidget:
    page = QWidget()
    column = QVBoxLayout(page)
    column.addWidget(theme.text(tr("Opening your library…"), "muted"), 0, Qt.AlignmentFlag.AlignCenter)
    return page


def _local(event: QDropEvent) -> list[Path]:
    """The files and folders of this computer that are being dragged; none for a drag of our own."""
    if event.source() is not None or not event.mimeData().hasUrls():
        return []
    return [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
