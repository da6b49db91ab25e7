"""People & objects: who the photos show, what they are called, and what stands for them."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QModelIndex, QRect, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMenu,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)
from sqlalchemy.orm import Session

from core.events import ChoreFailed, ChoreFinished, ChoreProgress, LibraryChanged
from core.library import photos, subjects
from core.library.subjects import SubjectCard
from core.paths import RESOURCES
from desktop import chores, shortcuts, theme, words
from desktop.later import LaterCall
from desktop.models.subjects import Section, SectionModel, SubjectModel, card_at
from desktop.pages.dialogs import ConsentDialog, DeleteDialog, ObjectDialog, photo_filter
from desktop.pages.subject_panel import SubjectPanel
from desktop.studio import Studio
from desktop.widgets.buttons import button
from desktop.widgets.cards import CardView
from desktop.widgets.empty import EmptyState

DEMO = RESOURCES / "demo" / "album"
HINTS = {
    Section.NAMED: "Ready for prompts once they agreed",
    Section.SUGGESTED: "Type a name under the face, or ignore the group",
    Section.OBJECTS: "Pets and things, by the word for them",
    Section.IGNORED: "Left out everywhere",
}


class PeoplePage(QWidget):
    """`import_asked` carries photos and folders."""

    import_asked = Signal(list)

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._studio = studio
        self.model = SubjectModel(studio.home, self)
        self.model.named.connect(self.name)
        self.panel = SubjectPanel(studio)
        self.panel.renamed.connect(self.name)
        self.panel.consent_asked.connect(self.ask_consent)
        self.panel.delete_asked.connect(self.ask_delete)
        self.panel.ignore_asked.connect(lambda card: self.ignore([card]))
        self.panel.references_asked.connect(self.make_references)
        self.panel.confirm_asked.connect(self.confirm)
        self._views: dict[Section, CardView] = {}
        self._lay_out()
        self._refresh = LaterCall(self.refresh, self, 60)
        studio.bridge.happened.connect(self._hear)
        self.refresh()

    # Reading

    def refresh(self) -> None:
        self._studio.read(
            lambda s: (subjects.cards(s), subjects.cards(s, ignored=True), photos.count(s)), self._fill
        )

    def _fill(self, found: tuple[list[SubjectCard], list[SubjectCard], int]) -> None:
        shown, ignored, photo_count = found
        self.model.replace(shown + ignored)
        for section, view in self._views.items():
            count = view.model().rowCount()
            self._sections[section].setVisible(count > 0)
            self._titles[section].setText(f"{section.value}  {count}")
        self._counts.setText(words.many(photo_count, "photo") if photo_count else "")
        self._stack.setCurrentIndex(1 if self.model.rows or photo_count else 0)
        self._nobody.setVisible(bool(photo_count) and not self.model.rows)
        self._show_selected()

    @Slot(object)
    def _hear(self, event: object) -> None:
        match event:
            case LibraryChanged("subjects" | "photos"):
                self._refresh.ask()
            case ChoreProgress(chores.IMPORT, done, total, detail):
                self._show_import(detail, done, total)
            case ChoreFinished(chores.IMPORT) | ChoreFailed(chores.IMPORT):
                self._invitation.show_invitation()

    def _show_import(self, detail: str, done: int, total: int) -> None:
        amount = f"{done} of {total}. " if total else ""
        self._invitation.show_work("Looking at your photos", f"{amount}{detail}", done, total)

    # What the user does

    @property
    def selected(self) -> list[SubjectCard]:
        return [
            card_at(index)
            for view in self._views.values()
            for index in view.selectionModel().selectedIndexes()
        ]

    def select(self, subject_id: int) -> None:
        """Selects one card, wherever it is."""
        for view in self._views.values():
            for row in range(view.model().rowCount()):
                index = view.model().index(row, 0)
                if card_at(index).id == subject_id:
                    view.setCurrentIndex(index)

    @Slot(int, str)
    def name(self, subject_id: int, name: str) -> None:
        """Names a subject, which confirms its faces; a person without references gets some in the
        background."""
        self._studio.write(lambda s: subjects.rename(s, subject_id, name), lambda _: self._named(subject_id))

    def _named(self, subject_id: int) -> None:
        def then(card: SubjectCard) -> None:
            if card.kind == "person" and not card.references:
                self.make_references(card)

        self._studio.read(lambda s: subjects.card(s, subject_id), then)

    @Slot(object)
    def confirm(self, card: SubjectCard) -> None:
        """The suggested faces of a named subject become confirmed."""
        self._studio.write(lambda s: subjects.rename(s, card.id, card.name))

    def merge(self) -> None:
        """The first named card takes in the others."""
        chosen = self.selected
        if len(chosen) < 2:
            return
        into = next((card for card in chosen if card.named), chosen[0])
        others = [card.id for card in chosen if card.id != into.id]
        self._studio.write(
            lambda s: subjects.merge(s, into.id, others), partial(self._merged, into, len(others))
        )

    def _merged(self, into: SubjectCard, count: int, note: str) -> None:
        self._studio.messages.say(note or f"Merged {count + 1} into one.", "warning" if note else "done")

    def ignore(self, cards: Sequence[SubjectCard]) -> None:
        """Ignores cards; those that are ignored come back."""

        def change(session: Session) -> None:
            for card in cards:
                subjects.set_ignored(session, card.id, not card.ignored)

        if cards:
            self._studio.write(change)

    @Slot(object)
    def ask_consent(self, card: SubjectCard) -> None:
        dialog = ConsentDialog(card, self.window())
        dialog.accepted.connect(lambda: self.record_consent(card, dialog))
        dialog.open()

    def record_consent(self, card: SubjectCard, noted: ConsentDialog) -> None:
        status, scope, when = noted.status, noted.scope, noted.when
        self._studio.write(lambda s: subjects.set_consent(s, card.id, status, scope, when), self._consented)

    def _consented(self, cancelled: int) -> None:
        if cancelled:
            pictures = "1 waiting picture was" if cancelled == 1 else f"{cancelled} waiting pictures were"
            self._studio.messages.say(f"{pictures} cancelled, as there is no consent any more.", "warning")

    @Slot(object)
    def ask_delete(self, card: SubjectCard) -> None:
        dialog = DeleteDialog(card, self.window())
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

    def add_object(self) -> None:
        dialog = ObjectDialog(self.window())
        dialog.accepted.connect(lambda: self.keep_object(dialog.name, dialog.noun, dialog.photos))
        dialog.open()

    def keep_object(self, name: str, noun: str, chosen: list[Path]) -> None:
        chore = chores.add_object(self._studio.library, self._studio.settings, name, noun, chosen)
        self._studio.runner.do(chores.OBJECT, chore)

    def choose_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "Add a folder of photos")
        if folder:
            self.import_asked.emit([Path(folder)])

    def choose_files(self) -> None:
        names, _ = QFileDialog.getOpenFileNames(self, "Add photos", "", photo_filter())
        if names:
            self.import_asked.emit([Path(name) for name in names])

    @Slot(object)
    def make_references(self, card: SubjectCard) -> None:
        chore = chores.make_references(self._studio.library, self._studio.settings, card.id)
        self._studio.runner.do(chores.REFERENCES, chore)

    # Selection over several sections

    def _chosen(self, view: CardView) -> None:
        several = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        if view.selectionModel().hasSelection() and not QGuiApplication.keyboardModifiers() & several:
            for other in self._views.values():
                if other is not view:
                    other.selectionModel().clear()
        self._show_selected()

    def _show_selected(self) -> None:
        chosen = self.selected
        self.panel.show_card(chosen[0] if len(chosen) == 1 else None)
        self._merge.setEnabled(len(chosen) > 1)
        self._ignore.setEnabled(bool(chosen))
        self._ignore.setText("Show again" if chosen and all(card.ignored for card in chosen) else "Ignore")

    def _confirm(self, view: CardView, index: QModelIndex) -> None:
        """Faces the grouping gave to a named person are theirs now; a group without a name is asked for
        one."""
        card = card_at(index)
        if card.named:
            self.confirm(card)
        else:
            view.edit(index)

    # Layout

    def _lay_out(self) -> None:
        self._stack = QStackedWidget()
        self._invitation = self._empty()
        self._stack.addWidget(self._invitation)
        self._stack.addWidget(self._filled())
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._stack)

    def _empty(self) -> EmptyState:
        return EmptyState(
            "people", "Start with your photos",
            "Add a folder, or drop one anywhere on this window. Likeness finds the faces and puts those of"
            " one person together; you say who they are. Your photos are read, never changed.",
            button("Add a folder…", self.choose_folder, "folder", "primary"),
            button("Try the demo album", self._import_demo, "sparkle"),
        )  # fmt: skip

    def _import_demo(self) -> None:
        self._show_import("", 0, 0)
        self.import_asked.emit([DEMO])

    def _filled(self) -> QWidget:
        page = QWidget()
        row = QHBoxLayout(page)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        left = QVBoxLayout()
        left.setContentsMargins(20, 16, 0, 0)
        left.setSpacing(8)
        left.addLayout(self._head())
        left.addWidget(self._scrolled(), 1)
        row.addLayout(left, 1)
        row.addWidget(self.panel)
        return page

    def _head(self) -> QHBoxLayout:
        self._counts = theme.text("", "muted")
        self._merge = button("Merge", self.merge, "merge", tip="Make one of the selected cards")
        shortcuts.of_button("people.merge", self._merge)
        self._ignore = button(
            "Ignore", lambda: self.ignore(self.selected), "ignore", tip="Leave out (Delete)"
        )
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 20, 0)
        row.setSpacing(8)
        row.addWidget(theme.text("People & objects", "title"))
        row.addSpacing(8)
        row.addWidget(self._counts)
        row.addStretch()
        row.addWidget(self._merge)
        row.addWidget(self._ignore)
        row.addWidget(button("Add object…", self.add_object, "object"))
        row.addWidget(self._import_button())
        return row

    def _import_button(self) -> QWidget:
        adding = button("Add photos", None, "import", "primary")
        menu = QMenu(adding)
        menu.addAction(theme.icon("folder"), "A folder…", self.choose_folder)
        menu.addAction(theme.icon("files"), "Photos…", self.choose_files)
        adding.setMenu(menu)
        return adding

    def _scrolled(self) -> QScrollArea:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 12, 20)
        column.setSpacing(6)
        self._nobody = theme.text(
            "No faces were found in these photos. Add others, or add an object.", "muted"
        )
        column.addWidget(self._nobody)
        self._sections: dict[Section, QWidget] = {}
        self._titles: dict[Section, QLabel] = {}
        for section in Section:
            self._sections[section] = self._section(section)
            column.addWidget(self._sections[section])
        column.addStretch()
        self._scroll = QScrollArea(widgetResizable=True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(inside)
        return self._scroll

    def _section(self, section: Section) -> QWidget:
        view = CardView(self._studio.thumbnails, section.value)
        view.setModel(SectionModel(section, self.model, view))
        view.chosen.connect(partial(self._chosen, view))
        view.confirmed.connect(partial(self._confirm, view))
        view.ignored.connect(lambda: self.ignore(self.selected))
        view.keep_visible.connect(partial(self._keep_visible, view))
        self._views[section] = view
        self._titles[section] = theme.text(section.value, "heading")
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self._titles[section])
        head.addWidget(theme.text(HINTS[section], "muted"), 1)
        part = QWidget()
        column = QVBoxLayout(part)
        column.setContentsMargins(0, 8, 0, 8)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(view)
        return part

    def _keep_visible(self, view: CardView, rect: QRect) -> None:
        inside = self._scroll.widget()
        corner = view.mapTo(inside, rect.center())
        self._scroll.ensureVisible(corner.x(), corner.y(), 0, rect.height())
