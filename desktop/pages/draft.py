"""A quick small picture of what is asked for now, beside the prompts."""

import contextlib
import secrets
from threading import Event

from msgspec import structs
from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QPushButton, QWidget

from core import compose, draft, licences
from core.compose import Wish
from core.engine import Engine
from core.events import ChoreProgress
from core.runner import ChoreResult, Progress
from core.spec import RenderSpec
from desktop import theme
from desktop.i18n import noop, tr
from desktop.later import LaterCall
from desktop.studio import Studio
from desktop.widgets.buttons import button, icon_button
from desktop.widgets.picture_view import PictureView

DRAFT = noop("Draft")
QUIET_MS = 700
SIDE = 200
TIP = noop(
    "One small picture in few steps, made after the picture the queue is at. It is shown here and kept"
    " nowhere."
)


class Draft(QWidget):
    """`look(wish)` says what could be drafted now, None when nothing can be. While it is live, every change
    is drafted once nothing changed for a moment; only the last one counts. `picture` is shown by the page
    beside the prompts."""

    _came = Signal(int, bytes)
    _over = Signal(int)

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._studio = studio
        self._wish: Wish | None = None
        self._drafted: Wish | None = None
        self._number = 0
        self._stop = Event()
        # One for all drafts: a change is seen beside the same noise.
        self._seed = secrets.randbelow(2**32)
        self._later = LaterCall(self._live_draft, self, QUIET_MS)
        self._lay_out()
        self._came.connect(self._show)
        self._over.connect(self._ended)
        studio.bridge.happened.connect(self._hear)

    def look(self, wish: Wish | None) -> None:
        self._wish = wish
        self.make.setEnabled(wish is not None)
        if wish is not None and self.live.isChecked() and wish != self._drafted:
            self._later.restart()

    def draft(self) -> None:
        """Stops the one before and asks the worker for this one."""
        if self._wish is None:
            return
        self.cancel()
        self._drafted = self._wish
        seed = self._seed if self._wish.seed is None else self._wish.seed
        wish = structs.replace(self._wish, count=1, seed=seed)
        number, studio = self._number, self._studio
        self._said.setText(tr("Waits for its turn…"))
        self._cancel.setVisible(True)
        studio.background.run(lambda: self._spec(wish), lambda spec: self._ask(number, spec), self._failed)

    def cancel(self) -> None:
        self._stop.set()
        self._stop = Event()
        self._number += 1
        self._end("")

    def _spec(self, wish: Wish) -> RenderSpec:
        home = self._studio.home
        settings = structs.replace(self._studio.settings, accepted=licences.accepted(home))
        with self._studio.library.read() as session:
            return draft.of(settings, compose.specs(session, home, settings, wish)[0])

    def _ask(self, number: int, spec: RenderSpec) -> None:
        if number != self._number:
            return
        made = draft.chore(self._studio.library, spec, lambda jpeg: self._came.emit(number, jpeg), self._stop)

        def chore(engine: Engine, progress: Progress) -> ChoreResult:
            try:
                return made(engine, progress)
            finally:
                with contextlib.suppress(RuntimeError):  # the window is gone
                    self._over.emit(number)

        self._studio.runner.do(DRAFT, chore)

    def _failed(self, error: Exception) -> None:
        self._end(str(error))

    def _live_draft(self) -> None:
        if self.live.isChecked():
            self.draft()

    @Slot(int, bytes)
    def _show(self, number: int, jpeg: bytes) -> None:
        if number != self._number:
            return
        picture = QPixmap()
        picture.loadFromData(jpeg)
        self.picture.show_picture(picture)
        self.picture.show()

    @Slot(int)
    def _ended(self, number: int) -> None:
        if number == self._number:
            self._end("")

    @Slot(object)
    def _hear(self, event: object) -> None:
        if isinstance(event, ChoreProgress) and event.chore == DRAFT and self._cancel.isVisibleTo(self):
            self._said.setText(tr("Step {done} of {total}", done=event.done, total=event.total))

    def _end(self, words: str) -> None:
        self._said.setText(words)
        self._cancel.setVisible(False)

    def _lay_out(self) -> None:
        self.make: QPushButton = button(tr(DRAFT), self.draft, "sparkle", tip=tr(TIP))
        self.make.setEnabled(False)
        self.live = QCheckBox(tr("Live"))
        self.live.setToolTip(tr("Makes a draft after every change"))
        self.live.toggled.connect(lambda _: self.look(self._wish))
        self._cancel = icon_button("cancel", tr("Stop the draft"), self.cancel)
        self._cancel.setVisible(False)
        self._said = theme.text("", "small")
        self.picture = PictureView(tr("The draft"))
        self.picture.setFixedSize(SIDE, SIDE)
        self.picture.hide()
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        for part in (self._said, self._cancel, self.make, self.live):
            line.addWidget(part)
