"""In place of the pages when they could not be built: what happened, and the ways on from here."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.i18n import tr
from desktop.widgets.buttons import button
from desktop.widgets.empty import EmptyState


class NotOpened(QWidget):
    """`what`: the sentence for the user."""

    log_asked = Signal()
    again_asked = Signal()
    quit_asked = Signal()

    def __init__(self, what: str) -> None:
        super().__init__()
        kept = tr(
            "Photos, people and pictures are where they were. If it happens again, the log tells somebody"
            " who helps where to look."
        )
        self.again = button(tr("Try again"), self.again_asked.emit, "retry", "primary")
        self.log = button(tr("Show the log"), self.log_asked.emit, "files")
        self.quit = button(tr("Quit"), self.quit_asked.emit)
        title = tr("The window could not be opened")
        state = EmptyState("error", title, f"{what}\n\n{kept}", self.again, self.log, self.quit)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 20)
        column.addWidget(state)
        self.first: QWidget = self.again
