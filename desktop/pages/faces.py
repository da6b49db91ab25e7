"""One person's faces, all of them: which are theirs, which are somebody else's, and which stands for them."""

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from core.library import subjects
from core.library.subjects import SubjectCard
from desktop import shortcuts, theme
from desktop.i18n import tr
from desktop.models.faces import FaceModel
from desktop.pages.people_actions import PeopleActions
from desktop.pages.who_dialog import WhoDialog
from desktop.studio import Studio
from desktop.widgets.buttons import button
from desktop.widgets.face_cells import FaceGrid
from desktop.widgets.sections import Heading


class FacesPage(QWidget):
    """`left` when the user goes back."""

    left = Signal()

    def __init__(self, studio: Studio, actions: PeopleActions) -> None:
        super().__init__()
        self._studio, self._actions = studio, actions
        self._card: SubjectCard | None = None
        self.model = FaceModel(self)
        self.model.rows_wanted.connect(self._read_rows)
        self.grid = FaceGrid(studio.thumbnails, tr("Faces"))
        self.grid.setModel(self.model)
        self.grid.chosen.connect(self._fit)
        self.grid.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.grid.customContextMenuRequested.connect(self._menu)
        self._make_actions()
        self._lay_out()
        self._fit()

    @property
    def card(self) -> SubjectCard | None:
        return self._card

    @property
    def selected(self) -> list[int]:
        return [self.model.ids[index.row()] for index in self.grid.selectionModel().selectedIndexes()]

    def show_card(self, card: SubjectCard) -> None:
        """Shows a person's faces; where it is the same person, those that are chosen stay."""
        kept = set(self.selected) if self._card and self._card.id == card.id else set()
        self._card = card
        self._title.setText(card.name if card.named else tr("Not named yet"))
        self._studio.read(lambda s: subjects.face_ids(s, card.id), lambda ids: self._fill(card, ids, kept))

    def _fill(self, card: SubjectCard, ids: list[int], kept: set[int]) -> None:
        if self._card is None or self._card.id != card.id:
            return
        self.model.show_ids(ids)
        new = min(card.new, len(ids))
        self.grid.show_headings((
            Heading(tr("New"), tr("Enter confirms all of them"), new),
            Heading(tr("Confirmed"), "", len(ids) - new),
        ))  # fmt: skip
        for at in (at for at, number in enumerate(ids) if number in kept):
            self.grid.selectionModel().select(
                self.model.index(at), self.grid.selectionModel().SelectionFlag.Select
            )
        if ids and not self.grid.currentIndex().isValid():
            self.grid.selectionModel().setCurrentIndex(
                self.model.index(0), self.grid.selectionModel().SelectionFlag.NoUpdate
            )
        self._fit()

    def _read_rows(self, ids: list[int]) -> None:
        self._studio.read(lambda s: subjects.face_rows(s, ids), self.model.put)

    # What the user does

    def confirm(self) -> None:
        if self._card and self._card.named:
            self._actions.confirm(self._card)

    def ask_who(self) -> None:
        """Whose the chosen faces are."""
        mine, chosen = self._card, self.selected
        if not chosen or mine is None:
            return

        def ask(cards: list[SubjectCard]) -> None:
            people = [card for card in cards if card.named and card.id != mine.id]
            dialog = WhoDialog(len(chosen), people, self.window())
            dialog.person_chosen.connect(lambda into: self._actions.move(chosen, into))
            dialog.new_chosen.connect(lambda name: self._actions.take_out(chosen, name))
            dialog.open()

        self._studio.read(lambda s: subjects.cards(s, "person"), ask)

    def reject(self) -> None:
        if chosen := self.selected:
            self._actions.reject(chosen)

    def use_as_cover(self) -> None:
        chosen = self.selected
        if self._card and len(chosen) == 1:
            self._actions.cover(self._card.id, chosen[0])

    def _menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.addActions([self._who, self._cover, self._reject])
        menu.exec(self.grid.viewport().mapToGlobal(at))

    def _fit(self) -> None:
        count, card = len(self.selected), self._card
        self._who.setEnabled(count > 0)
        self._reject.setEnabled(count > 0)
        self._cover.setEnabled(count == 1)
        for made, action in self._buttons:
            made.setEnabled(action.isEnabled())
        named = card is not None and card.named
        self._confirm.setVisible(bool(named and card and card.new))
        total = f"{len(self.model.ids):,}"
        self._count.setText(
            tr("{chosen} of {total} chosen", chosen=count, total=total)
            if count
            else tr("Faces: {total}", total=total)
        )

    # Layout

    def _make_actions(self) -> None:
        self._who = self._action("faces.who", tr("Somebody else…"), self.ask_who)
        self._cover = self._action("faces.cover", tr("Use as cover"), self.use_as_cover)
        self._reject = self._action("faces.reject", tr("Not a face of anybody"), self.reject)
        self._action("faces.confirm", tr("Confirm"), self.confirm)
        self._action("faces.back", tr("Back"), self.left.emit)

    def _action(self, name: str, words: str, call: Callable[[], object]) -> QAction:
        action = shortcuts.of_action(name, QAction(words, self))
        action.triggered.connect(lambda: call())
        self.addAction(action)
        return action

    def _lay_out(self) -> None:
        self._title, self._count = theme.text("", "title"), theme.text("", "muted")
        self._confirm = button(tr("Confirm the new ones"), self.confirm, "check")
        move = tr("Give the chosen faces to another person, or to a new one")
        reject = tr("No face of anybody you know: it never counts again")
        cover = tr("This face stands for them")
        self._buttons = [
            (button(tr("Somebody else…"), self.ask_who, "person", tip=move), self._who),
            (button(tr("Use as cover"), self.use_as_cover, "star", tip=cover), self._cover),
            (button(tr("Reject"), self.reject, "cancel", tip=reject), self._reject),
        ]
        back = button(tr("People"), self.left.emit, "back", tip=tr("Back to all people"))
        shortcuts.tell("faces.back", back)
        shortcuts.tell("faces.confirm", self._confirm)
        for name, (made, _) in zip(("who", "cover", "reject"), self._buttons, strict=True):
            shortcuts.tell(f"faces.{name}", made)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(back)
        head.addWidget(self._title)
        head.addWidget(self._count)
        head.addStretch()
        head.addWidget(self._confirm)
        for made, _ in self._buttons:
            head.addWidget(made)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 0, 0)
        column.setSpacing(8)
        head.setContentsMargins(0, 0, 20, 0)
        column.addLayout(head)
        column.addWidget(self.grid, 1)
        self.setFocusProxy(self.grid)
