"""Taking pictures out of the gallery: to the system's trash with a way back, for good where there is none."""

from collections.abc import Callable, Sequence

from msgspec import structs
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMessageBox, QWidget

from core.events import LibraryChanged
from core.library import discard, search
from core.library.discard import Away, Gone, Outcome, Returned
from core.library.search import Wanted
from desktop import trash, words
from desktop.i18n import tr
from desktop.pages.marks import WaysBack
from desktop.studio import Studio
from desktop.widgets.dialog import Question


class Discarding(QObject):
    def __init__(self, studio: Studio, ways: WaysBack, page: QWidget) -> None:
        super().__init__(page)
        self._studio, self._ways, self._page = studio, ways, page
        self.question: QMessageBox | None = None

    def discard(self, ids: Sequence[int], away: Away = trash.away) -> None:
        """Rows and files together. Not asked before, where it can be taken back."""
        library, chosen = self._studio.library, list(ids)
        if chosen:
            self._studio.background.run(lambda: discard.discard(library, chosen, away), self._tell)

    def ask_rejected(self, shown: Wanted) -> None:
        """Those of what is shown that are rejected, after a question that says how many."""
        if shown.flag in ("", "rejected"):
            rejected = structs.replace(shown, flag="rejected")
            self._studio.read(lambda session: search.ids(session, rejected), self._ask)
        else:
            self._ask([])

    def _ask(self, ids: list[int]) -> None:
        if not ids:
            none = tr("None of the pictures shown is rejected: mark them with X first.")
            self._studio.messages.say(none, "done")
            return
        pictures = words.many(len(ids), "picture")
        self._show_question(
            tr("Delete the rejected pictures?"),
            tr("{pictures} of what is shown are rejected. They go to the trash, with their files.",
               pictures=pictures),
            tr("Move {pictures} to the trash", pictures=pictures),
            lambda: self.discard(ids),
        )  # fmt: skip

    def _tell(self, outcome: Outcome) -> None:
        if outcome.gone:
            gone = outcome.gone
            pictures = words.many(len(gone), "picture")
            told = tr("{pictures} deleted.", pictures=pictures)
            if any(each.can_return and each.files for each in gone):
                told = tr("{pictures} moved to the trash.", pictures=pictures)
                self._ways.keep(lambda: self._return(gone))
                self._studio.messages.say(told, "done", action=(tr("Undo"), self._ways.undo))
            else:
                self._studio.messages.say(told, "done")
            self._studio.bridge.happened.emit(LibraryChanged("pictures"))
        if outcome.left:
            self._tell_left(outcome)

    def _tell_left(self, outcome: Outcome) -> None:
        _, path, why = outcome.left[0]
        pictures = words.many(len(outcome.left), "picture")
        told = tr("{pictures} stayed as they are: {file} could not be moved, {why}.",
                  pictures=pictures, file=path.name, why=why)  # fmt: skip
        ids = [number for number, *_ in outcome.left]
        self._studio.messages.say(told, action=(tr("Delete for good…"), lambda: self._ask_for_good(ids)))

    def _ask_for_good(self, ids: list[int]) -> None:
        pictures = words.many(len(ids), "picture")
        self._show_question(
            tr("Delete for good?"),
            tr("{pictures} and their files would be gone. This cannot be taken back.", pictures=pictures),
            tr("Delete {pictures}", pictures=pictures),
            lambda: self.discard(ids, discard.remove),
        )

    def _return(self, gone: list[Gone]) -> None:
        library = self._studio.library

        def bring() -> Returned:
            returned = discard.put_back(library, gone)
            trash.forget_notes(now for each in gone for _, now in each.files if now is not None)
            return returned

        self._studio.background.run(bring, self._tell_returned)

    def _tell_returned(self, returned: Returned) -> None:
        if returned.refused:
            reasons = " ".join(dict.fromkeys(returned.refused))
            lost = words.many(len(returned.refused), "picture")
            self._studio.messages.say(
                tr("{pictures} could not be brought back: {why}", pictures=lost, why=reasons)
            )
        else:
            back = words.many(len(returned.ids), "picture")
            self._studio.messages.say(tr("{pictures} back in the gallery.", pictures=back), "done")
        self._studio.bridge.happened.emit(LibraryChanged("pictures"))

    def _show_question(self, title: str, said: str, yes: str, do: Callable[[], object]) -> None:
        box = Question(QMessageBox.Icon.Question, title, said, parent=self._page)
        accept = box.addButton(yes, QMessageBox.ButtonRole.AcceptRole)
        keep = box.addButton(tr("Keep them"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(keep)
        accept.clicked.connect(lambda: do())
        self.question = box
        box.open()
