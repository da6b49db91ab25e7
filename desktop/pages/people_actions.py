"""What the user does with people and objects: each change off the window's thread, told below the page with a
way back."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget
from sqlalchemy.orm import Session

from core.album import ObjectPhoto
from core.events import LibraryChanged
from core.library import people_undo, subjects
from core.library.steps import Title
from core.library.subjects import SubjectCard
from desktop import chores
from desktop.i18n import noop, tr
from desktop.pages.consent_dialog import ConsentDialog
from desktop.pages.dialogs import DeleteDialog
from desktop.pages.profile_dialogs import ExportDialog, ImportDialog
from desktop.studio import Studio

if TYPE_CHECKING:
    from core.profile import Opened

STEPS = {
    "name": noop("naming {name}"),
    "confirm": noop("confirming faces of {name}"),
    "ignore": noop("ignoring"),
    "show": noop("showing again"),
    "merge": noop("merging into {name}"),
    "split": noop("taking faces out"),
    "move": noop("moving faces to {name}"),
    "reject": noop("rejecting faces"),
    "cover": noop("the cover of {name}"),
    "favourite": noop("the star of {name}"),
}
"""What can be taken back, as it stands in “Taken back: …”."""


class PeopleActions(QObject):
    """`split` tells the new person's row."""

    split = Signal(int)

    def __init__(self, studio: Studio, window: QWidget) -> None:
        super().__init__(window)
        self._studio = studio
        self._window = window

    # Names and groups

    def name(self, subject_id: int, name: str) -> None:
        """Names a subject, which confirms its faces; a person without references gets some in the
        background."""
        self._studio.write(lambda s: subjects.rename(s, subject_id, name), lambda _: self._named(subject_id))

    def _named(self, subject_id: int) -> None:
        def then(card: SubjectCard) -> None:
            if card.kind == "person" and not card.references:
                self.make_references(card)

        self._studio.read(lambda s: subjects.card(s, subject_id), then)

    def confirm(self, card: SubjectCard) -> None:
        """The suggested faces of a named subject become confirmed."""
        self._studio.write(lambda s: subjects.rename(s, card.id, card.name))

    def merge(self, chosen: Sequence[SubjectCard]) -> None:
        """The first named card takes in the others."""
        if len(chosen) < 2:
            return
        into = next((card for card in chosen if card.named), chosen[0])
        others = [card.id for card in chosen if card.id != into.id]

        def merged(note: str) -> None:
            self._done(note or tr("Merged {count} into one.", count=len(chosen)), warning=bool(note))

        self._studio.write(lambda s: subjects.merge(s, into.id, others), merged)

    def ignore(self, cards: Sequence[SubjectCard]) -> None:
        """Ignores cards; when all are ignored, they come back."""
        back = all(card.ignored for card in cards)
        ids = [card.id for card in cards]
        words = (
            tr("Shown again: {count}.", count=len(ids)) if back else tr("Ignored: {count}.", count=len(ids))
        )
        if ids:
            self._studio.write(lambda s: subjects.ignore(s, ids, not back), lambda _: self._done(words))

    def star(self, cards: Sequence[SubjectCard]) -> None:
        """Favourites stand first; all are one already: none is any more."""
        on = not all(card.favourite for card in cards)

        def change(session: Session) -> None:
            for card in cards:
                subjects.set_favourite(session, card.id, on)

        if cards:
            self._studio.write(change)

    # Faces

    def move(self, face_ids: list[int], into: int) -> None:
        words = tr("Faces moved: {count}.", count=len(face_ids))
        self._studio.write(lambda s: subjects.move_faces(s, face_ids, into), lambda _: self._done(words))

    def take_out(self, face_ids: list[int], name: str = "") -> None:
        """These faces are somebody else, of this name if there is one."""

        def change(session: Session) -> int:
            made = subjects.split(session, face_ids)
            if name:
                subjects.rename(session, made, name)
            return made

        def then(made: int) -> None:
            self._done(tr("Faces that are somebody else now: {count}.", count=len(face_ids)))
            self.split.emit(made)
            if name:
                self._named(made)

        self._studio.write(change, then)

    def reject(self, face_ids: list[int]) -> None:
        words = tr("Faces that count no more: {count}.", count=len(face_ids))
        self._studio.write(lambda s: subjects.reject_faces(s, face_ids), lambda _: self._done(words))

    def cover(self, subject_id: int, face_id: int | None = None, crop: str | None = None) -> None:
        self._studio.write(lambda s: subjects.set_cover(s, subject_id, face_id, crop))

    # Taking back

    def undo(self) -> None:
        self._step(people_undo.undo, tr("Taken back: {what}."), tr("There is nothing to take back."))

    def redo(self) -> None:
        self._step(people_undo.redo, tr("Done again: {what}."), tr("There is nothing to do again."))

    def _step(self, go: Callable[[Session], Title | None], done: str, nothing: str) -> None:
        def then(title: Title | None) -> None:
            words = done.format(what=said(title)) if title else nothing
            self._studio.messages.say(words, "done" if title else "warning")

        self._studio.write(go, then)

    def _done(self, words: str, warning: bool = False) -> None:
        self._studio.messages.say(words, "warning" if warning else "done", action=(tr("Undo"), self.undo))

    # Consent, references, and going for good

    def ask_consent(self, card: SubjectCard) -> None:
        dialog = ConsentDialog(card, self._window.window())
        dialog.accepted.connect(lambda: self.record_consent(card, dialog))
        dialog.open()

    def record_consent(self, card: SubjectCard, noted: ConsentDialog) -> None:
        answer, training = noted.answer, noted.training

        def record(session: Session) -> int:
            cancelled = subjects.set_consent(session, card.id, *answer)
            if training:
                subjects.set_training(session, card.id, *training)
            return cancelled

        self._studio.write(record, self._consented)

    def _consented(self, cancelled: int) -> None:
        if cancelled == 1:
            words = tr("1 waiting picture was cancelled, as there is no consent any more.")
        else:
            words = tr(
                "{count} waiting pictures were cancelled, as there is no consent any more.", count=cancelled
            )
        if cancelled:
            self._studio.messages.say(words, "warning")

    def make_references(self, card: SubjectCard) -> None:
        chore = chores.make_references(self._studio.library, self._studio.settings, card.id)
        self._studio.runner.do(chores.REFERENCES, chore)

    def ask_delete(self, card: SubjectCard) -> None:
        dialog = DeleteDialog(card, self._window.window())
        dialog.accepted.connect(lambda: self.delete(card, dialog.with_pictures))
        dialog.open()

    def delete(self, card: SubjectCard, with_pictures: bool = False) -> None:
        library = self._studio.library
        self._studio.background.run(lambda: subjects.delete(library, card.id, with_pictures), self._deleted)

    def _deleted(self, receipt: object) -> None:
        self._studio.thumbnails.forget()
        self._studio.messages.say(str(receipt), "done", stay=True)
        for what in ("subjects", "jobs", "pictures"):
            self._studio.bridge.happened.emit(LibraryChanged(what))

    # Profiles

    def export(self, card: SubjectCard) -> None:
        """As one file, for the library of another computer."""
        dialog = ExportDialog(card, self._window.window())
        dialog.accepted.connect(lambda: self._export(card, dialog.with_faces))
        dialog.open()

    def _export(self, card: SubjectCard, with_faces: bool) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self._window, tr("Export {name}", name=card.name), f"{card.handle}.likeness", _filter()
        )
        if name:
            self.write_profile(card, Path(name), with_faces)

    def write_profile(self, card: SubjectCard, file: Path, with_faces: bool = False) -> None:
        from core import profile

        library = self._studio.library
        self._studio.background.run(
            lambda: profile.export(library, card.id, file, with_faces),
            lambda _: self._studio.messages.say(
                tr("{name} is in {file}.", name=card.name, file=file.name), "done", stay=True
            ),
        )

    def choose_profile(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self._window, tr("Take in a profile"), "", _filter())
        if name:
            self.read_profile(Path(name))

    def read_profile(self, file: Path) -> None:
        """Looked through first; then the user is asked what counts here."""
        from core import profile

        def ask(opened: "Opened") -> None:
            dialog = ImportDialog(opened.profile, self._window.window())
            dialog.accepted.connect(lambda: self.take_in(opened, dialog))
            dialog.open()

        self._studio.background.run(lambda: profile.read(file), ask)

    def take_in(self, opened: "Opened", noted: ImportDialog) -> None:
        from core import profile

        agreed, training, with_faces = noted.agreed, noted.training, noted.with_faces

        def taken(subject_id: int) -> None:
            self.split.emit(subject_id)
            self._studio.messages.say(tr("{name} was added.", name=opened.profile.name), "done")
            self._studio.bridge.happened.emit(LibraryChanged("subjects"))

        library = self._studio.library
        self._studio.background.run(
            lambda: profile.take_in(library, opened, agreed=agreed, training=training, with_faces=with_faces),
            taken,
        )

    def keep_object(self, name: str, noun: str, chosen: list[ObjectPhoto]) -> None:
        chore = chores.add_object(self._studio.library, self._studio.settings, name, noun, chosen)
        self._studio.runner.do(chores.OBJECT, chore)


def _filter() -> str:
    return tr("Profiles ({patterns})", patterns="*.likeness")


def said(title: Title) -> str:
    """A step in words."""
    values: dict[str, Any] = {"name": title.name or tr("somebody")}
    return tr(STEPS[title.what], **values) if "{name}" in STEPS[title.what] else tr(STEPS[title.what])
