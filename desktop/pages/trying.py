"""Pictures of the gallery made again, with other seeds, until everybody in them is alike enough."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget
from sqlalchemy.orm import Session

from core.edit import again
from core.library import jobs, tries
from core.library.gallery import PictureRow
from core.spec import RenderSpec
from desktop import words
from desktop.i18n import tr
from desktop.models.pictures import spec_of
from desktop.pages.tries_dialog import TriesDialog
from desktop.studio import Studio


class Trying(QObject):
    def __init__(self, studio: Studio, page: QWidget) -> None:
        super().__init__(page)
        self._studio, self._page = studio, page
        self.dialog: TriesDialog | None = None

    def ask(self, rows: Sequence[PictureRow]) -> None:
        """How alike, and how often."""
        specs = [spec for row in rows if (spec := spec_of(row.spec))]
        if specs:
            self.dialog = TriesDialog(len(specs), self._page)
            self.dialog.chosen.connect(partial(self._queue, specs))
            self.dialog.open()

    def _queue(self, specs: list[RenderSpec], wanted: tries.Wanted) -> None:
        fresh = [new for spec in specs for new in again(spec, 1, None)]

        def enqueue(session: Session) -> list[int]:
            return jobs.enqueue(session, tries.asked(fresh, *wanted))

        self._studio.write(enqueue, self._tell, changed="jobs")

    def _tell(self, ids: list[int]) -> None:
        self._studio.runner.wake()
        told = tr("{pictures} queued, to be tried again until they are alike.",
                  pictures=words.many(len(ids), "picture"))  # fmt: skip
        self._studio.messages.say(told, "done")
