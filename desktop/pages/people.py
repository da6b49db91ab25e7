"""People & objects: who the photos show, what they are called, and what stands for them."""

from pathlib import Path

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QPoint, Qt, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QMenu, QStackedWidget, QVBoxLayout, QWidget
from sqlalchemy.orm import Session

from core.events import ChoreFailed, ChoreFinished, ChoreProgress, LibraryChanged
from core.library import photos, subjects
from core.library.subjects import SubjectCard
from core.paths import RESOURCES
from desktop import chores, shortcuts, theme, words
from desktop.i18n import noop, tr
from desktop.later import LaterCall
from desktop.models.subjects import Section, SubjectModel, arranged, card_at, section_of
from desktop.pages.dialogs import photo_filter
from desktop.pages.faces import FacesPage
from desktop.pages.object_dialog import ObjectDialog
from desktop.pages.people_actions import PeopleActions
from desktop.pages.subject_panel import SubjectPanel
from desktop.studio import Studio
from desktop.widgets.buttons import button
from desktop.widgets.cards import CardView
from desktop.widgets.empty import EmptyState
from desktop.widgets.sections import Heading

DEMO = RESOURCES / "demo" / "album"
HINTS = {
    Section.NAMED: noop("Ready for prompts once they agreed"),
    Section.SUGGESTED: noop("Type a name under the face, or ignore the group"),
    Section.OBJECTS: noop("Pets and things, by the word for them"),
    Section.IGNORED: noop("Left out everywhere"),
}
EMPTY, CARDS, FACES = range(3)
Found = tuple[list[SubjectCard], int]


class PeoplePage(QWidget):
    """`import_asked` carries photos and folders."""

    import_asked = Signal(list)

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._studio = studio
        self.do = PeopleActions(studio, self)
        self.model = SubjectModel(studio.home, self)
        self.model.named.connect(self._name_typed)
        self.view = CardView(studio.thumbnails, tr("People and objects"))
        self.view.setModel(self.model)
        self._next: int | None = None
        self._late: Found | None = None
        self._photo_count = 0
        self._make_panel()
        self._lay_out()
        self._make_actions()
        self._refresh = LaterCall(self.refresh, self, 60)
        self._listen()
        self.refresh()

    def _make_panel(self) -> None:
        self.panel = panel = SubjectPanel(self._studio)
        panel.renamed.connect(self.do.name)
        panel.consent_asked.connect(self.do.ask_consent)
        panel.delete_asked.connect(self.do.ask_delete)
        panel.ignore_asked.connect(lambda card: self.do.ignore([card]))
        panel.export_asked.connect(self.do.export)
        panel.star_asked.connect(lambda card: self.do.star([card]))
        panel.references_asked.connect(self.do.make_references)
        panel.confirm_asked.connect(self.do.confirm)
        panel.faces_asked.connect(self.open_faces)
        panel.cover_asked.connect(lambda card, crop: self.do.cover(card.id, crop=crop))

    def _listen(self) -> None:
        self._studio.bridge.happened.connect(self._hear)
        self.do.split.connect(self._split)
        view = self.view
        view.chosen.connect(self._show_selected)
        view.confirmed.connect(self._confirm)
        view.ignored.connect(self._ignore_selected)
        view.opened.connect(lambda index: self.open_faces(card_at(index)))
        view.edited.connect(self._typed)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.customContextMenuRequested.connect(self._menu)

    # Reading

    def refresh(self) -> None:
        self._studio.read(_found, self._fill)

    def _fill(self, found: Found) -> None:
        if self.view.editing:  # nothing moves under the hands of who types a name
            self._late = found
            return
        chosen, here = {card.id for card in self.selected}, self._current()
        self._photo_count = found[1]
        self.model.show_cards(found[0])
        self._show_sections()
        wanted, self._next = self._next, None
        self._choose_again({wanted} if wanted else chosen, wanted or here)
        self._show_faces()

    def _show_sections(self) -> None:
        counts, cards = self.model.counts(), self.model.cards
        self.view.show_headings(
            tuple(Heading(tr(each.value), tr(HINTS[each]), counts.get(each, 0)) for each in Section)
        )
        self._counts.setText(words.many(self._photo_count, "photo") if self._photo_count else "")
        self._nobody.setVisible(not self.model.rows)
        self._nobody.setText(
            tr("Nobody's name, handle or word holds that.")
            if cards
            else tr("No faces were found in these photos. Add others, or add an object.")
        )
        if self._stack.currentIndex() != FACES:
            self._stack.setCurrentIndex(CARDS if cards or self._photo_count else EMPTY)

    def _choose_again(self, ids: set[int], here: int | None) -> None:
        """What was chosen is chosen still, wherever it stands now."""
        picked, model, current = QItemSelection(), self.view.selectionModel(), -1
        for at, card in enumerate(self.model.rows if ids or here else ()):
            if card.id in ids:
                picked.select(self.model.index(at), self.model.index(at))
            current = at if card.id == here else current
        if current >= 0 and current != self.view.currentIndex().row():
            model.setCurrentIndex(self.model.index(current), QItemSelectionModel.SelectionFlag.NoUpdate)
        model.select(picked, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self._show_selected()

    def _typed(self) -> None:
        """The editor is closed, and its name on its way: what came meanwhile is shown."""
        late, self._late = self._late, None
        if late:
            self._fill(late)

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
        said = tr("{done} of {total}. {what}", done=done, total=total, what=detail) if total else detail
        self._invitation.show_work(tr("Looking at your photos"), said, done, total)

    # What is chosen

    @property
    def selected(self) -> list[SubjectCard]:
        return [card_at(index) for index in self.view.selectionModel().selectedIndexes()]

    def select(self, subject_id: int) -> None:
        """Selects one card, wherever it is."""
        at = self.model.find(subject_id)
        if at >= 0:
            self.view.setCurrentIndex(self.model.index(at))

    def _current(self) -> int | None:
        index = self.view.currentIndex()
        return card_at(index).id if index.isValid() else None

    def _show_selected(self) -> None:
        chosen = self.selected
        self.panel.show_card(chosen[0] if len(chosen) == 1 else None)
        self._merge.setEnabled(len(chosen) > 1)
        self._ignore.setEnabled(bool(chosen))
        back = bool(chosen) and all(card.ignored for card in chosen)
        self._ignore.setText(tr("Show again") if back else tr("Ignore"))

    def _neighbour(self, gone: set[int]) -> int | None:
        """Who stands behind those that leave their section, for the next key."""
        rows = self.model.rows
        places = [at for at, card in enumerate(rows) if card.id in gone]
        if not places:
            return None
        section = section_of(rows[places[0]])
        around = [*rows[places[-1] + 1 : places[-1] + 2], *rows[max(0, places[0] - 1) : places[0]]]
        return next((card.id for card in around if section_of(card) is section), None)

    # What the user does

    def _name_typed(self, subject_id: int, name: str) -> None:
        """The next group is at hand: one name after the other can be typed."""
        card = self.model.card(subject_id)
        if card and not card.named:
            self._next = self._neighbour({subject_id})
        self.do.name(subject_id, name)

    def _confirm(self, index: QModelIndex) -> None:
        """Faces the grouping gave to a named person are theirs now; a group without a name is asked for
        one; otherwise there is nothing to confirm, and the faces are shown."""
        card = card_at(index)
        if not card.named:
            self.view.edit(index)
        elif card.new:
            self.do.confirm(card)
        else:
            self.open_faces(card)

    def _ignore_selected(self) -> None:
        chosen = self.selected
        self._next = self._neighbour({card.id for card in chosen})
        self.do.ignore(chosen)

    def _split(self, made: int) -> None:
        self._next = made if self._stack.currentIndex() == CARDS else None

    @Slot(object)
    def open_faces(self, card: SubjectCard) -> None:
        """All faces of one person; an object has none."""
        if card.kind == "person":
            self.faces.show_card(card)
            self._stack.setCurrentIndex(FACES)
            self.faces.setFocus()

    def close_faces(self) -> None:
        self._stack.setCurrentIndex(CARDS)
        self.view.setFocus()

    def _show_faces(self) -> None:
        """Who is looked at may have other faces now, or be gone."""
        shown = self.faces.card
        if self._stack.currentIndex() == FACES and shown:
            card = self.model.card(shown.id)
            self.faces.show_card(card) if card and card.faces else self.close_faces()

    def add_object(self) -> None:
        dialog = ObjectDialog(self._studio, self.window())
        dialog.accepted.connect(lambda: self.do.keep_object(dialog.name, dialog.noun, dialog.photos))
        dialog.open()

    def choose_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, tr("Add a folder of photos"))
        if folder:
            self.import_asked.emit([Path(folder)])

    def choose_files(self) -> None:
        names, _ = QFileDialog.getOpenFileNames(self, tr("Add photos"), "", photo_filter())
        if names:
            self.import_asked.emit([Path(name) for name in names])

    @Slot(object)
    def ask_consent(self, card: SubjectCard) -> None:
        self.do.ask_consent(card)

    @Slot(object)
    def make_references(self, card: SubjectCard) -> None:
        self.do.make_references(card)

    # Layout

    def _make_actions(self) -> None:
        shortcuts.on(self, "people.undo", self.do.undo)
        shortcuts.on(self, "people.redo", self.do.redo)
        shortcuts.on(self, "people.find", self._search.setFocus)
        shortcuts.on(self, "people.star", lambda: self.do.star(self.selected))

    def _menu(self, at: QPoint) -> None:
        index, chosen = self.view.indexAt(at), self.selected
        if not index.isValid() or not chosen:
            return
        card, menu = card_at(index), QMenu(self)
        if card.kind == "person":
            menu.addAction(tr("All faces…"), lambda: self.open_faces(card))
        menu.addAction(tr("Rename"), lambda: self.view.edit(index))
        menu.addAction(tr("Favourite"), lambda: self.do.star(chosen))
        if len(chosen) > 1:
            menu.addAction(tr("Merge"), lambda: self.do.merge(chosen))
        menu.addAction(self._ignore.text(), self._ignore_selected)
        if card.kind == "person" and card.named:
            menu.addAction(tr("Consent…"), lambda: self.do.ask_consent(card))
        menu.addSeparator()
        menu.addAction(tr("Delete…"), lambda: self.do.ask_delete(card))
        menu.exec(self.view.viewport().mapToGlobal(at))

    def _lay_out(self) -> None:
        self._stack = QStackedWidget()
        self._invitation = self._empty()
        self.faces = FacesPage(self._studio, self.do)
        self.faces.left.connect(self.close_faces)
        for part in (self._invitation, self._filled(), self.faces):
            self._stack.addWidget(part)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._stack)

    def _empty(self) -> EmptyState:
        return EmptyState(
            "people", tr("Start with your photos"),
            tr("Add a folder, or drop one anywhere on this window. Likeness finds the faces and puts those of"
               " one person together; you say who they are. Your photos are read, never changed."),
            button(tr("Add a folder…"), self.choose_folder, "folder", "primary"),
            button(tr("Try the demo album"), self._import_demo, "sparkle"),
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
        self._nobody = theme.text("", "muted")
        left.addWidget(self._nobody)
        left.addWidget(self.view, 1)
        row.addLayout(left, 1)
        row.addWidget(self.panel)
        self.first: QWidget = self.view
        return page

    def _head(self) -> QVBoxLayout:
        self._counts = theme.text("", "muted")
        self._merge = button(
            tr("Merge"), lambda: self.do.merge(self.selected), "merge",
            tip=tr("Make one of the selected cards"),
        )  # fmt: skip
        shortcuts.of_button("people.merge", self._merge)
        self._ignore = button(tr("Ignore"), self._ignore_selected, "ignore", tip=tr("Leave out (Delete)"))
        top, below = QHBoxLayout(), QHBoxLayout()
        for part in (theme.text(tr("People & objects"), "title"), self._counts):
            top.addWidget(part)
        top.addStretch()
        top.addWidget(button(tr("Add object…"), self.add_object, "object"))
        top.addWidget(self._import_button())
        below.addWidget(self._search_box(), 1)
        below.addStretch()
        below.addWidget(self._merge)
        below.addWidget(self._ignore)
        head = QVBoxLayout()
        head.setContentsMargins(0, 0, 20, 0)
        for row in (top, below):
            row.setSpacing(8)
            head.addLayout(row)
        return head

    def _search_box(self) -> QLineEdit:
        self._search = QLineEdit(clearButtonEnabled=True)
        self._search.setPlaceholderText(tr("Search by name"))
        self._search.setAccessibleName(tr("Search by name"))
        self._search.setToolTip(tr("Name, @handle or word"))
        self._search.setMinimumWidth(160)
        self._search.setMaximumWidth(280)
        later = LaterCall(self._seek, self, 120)
        self._search.textChanged.connect(lambda: later.restart())
        self._search.returnPressed.connect(self._found)
        return self._search

    def _seek(self) -> None:
        self.model.seek(self._search.text())
        self._show_sections()
        self._show_selected()

    def _found(self) -> None:
        """Return goes on to the first that was found."""
        self._seek()
        self.view.setFocus()
        if self.model.rows:
            self.view.setCurrentIndex(self.model.index(0))

    def _import_button(self) -> QWidget:
        adding = button(tr("Add photos"), None, "import", "primary")
        menu = QMenu(adding)
        menu.addAction(theme.icon("folder"), tr("A folder…"), self.choose_folder)
        menu.addAction(theme.icon("files"), tr("Photos…"), self.choose_files)
        menu.addAction(
            theme.icon("person"), tr("A person or object of another library…"), self.do.choose_profile
        )
        adding.setMenu(menu)
        return adding


def _found(session: Session) -> Found:
    """Who is shown, in the order of the page, and how many photos there are."""
    everybody = [*subjects.cards(session), *subjects.cards(session, ignored=True)]
    return arranged(everybody), photos.count(session)
