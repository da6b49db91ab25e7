"""One person or object in full: name, noun, consent, references, faces, notes. Every change applies at
once."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QPoint, QSize, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from core.library import subjects
from core.library.subjects import FaceRow, ReferenceRow, SubjectCard
from desktop import theme, words
from desktop.later import LaterCall
from desktop.models.subjects import CONSENT, around, cover
from desktop.pages.dialogs import NOUNS, OBJECT_NOUNS
from desktop.studio import Studio
from desktop.thumbnails import PictureKey
from desktop.widgets.buttons import button, icon_button
from desktop.widgets.flow import FlowLayout, clear
from desktop.widgets.reference_tile import SIDE, ReferenceTile, Thumb

SHOWN_FACES = 18
COVER = 72


class SubjectPanel(QFrame):
    """Signals carry the card, for the page to act on."""

    renamed = Signal(int, str)
    consent_asked = Signal(object)
    delete_asked = Signal(object)
    ignore_asked = Signal(object)
    references_asked = Signal(object)
    confirm_asked = Signal(object)

    def __init__(self, studio: Studio) -> None:
        super().__init__(objectName="panel")
        self._studio = studio
        self._card: SubjectCard | None = None
        self._shown: dict[PictureKey, Thumb] = {}
        self._notes_changed = False
        self._tiles: tuple[int, ...] = ()
        self._later: list[LaterCall] = []
        self.setFixedWidth(344)
        self._make_parts()
        self._lay_out()
        studio.thumbnails.ready.connect(self._arrived)

    @property
    def card(self) -> SubjectCard | None:
        return self._card

    def show_card(self, card: SubjectCard | None) -> None:
        """Fills the panel; with None it goes."""
        self.setVisible(card is not None)
        if card is None or self._card is None or card.id != self._card.id:
            self._keep_notes()
        before, self._card = self._card, card
        if card is None:
            return
        self._fill(card, same=before is not None and before.id == card.id)
        self._studio.read(
            lambda s: (subjects.references(s, card.id), subjects.faces(s, card.id)),
            partial(self._fill_pictures, card.id),
        )

    # Filling

    def _fill(self, card: SubjectCard, *, same: bool) -> None:
        person = card.kind == "person"
        for field, value in (
            (self._name, card.name if card.named else ""),
            (self._noun.lineEdit(), card.noun),
        ):
            if not (same and field.hasFocus()):
                field.setText(value)
        if not same:
            self._offer_nouns(NOUNS if person else OBJECT_NOUNS, card.noun)
        if not (same and (self._notes.hasFocus() or self._notes_changed)):
            self._notes.blockSignals(True)
            self._notes.setPlainText(card.notes)
            self._notes.blockSignals(False)
        self._handle.setText(f"@{card.handle}" if card.named else "Not named yet")
        self._favourite.setIcon(
            theme.icon(*(("star-full", "warning") if card.favourite else ("star", "muted")))
        )
        self._consent_part.setVisible(person and card.named)
        self._say_consent(card)
        self._ignore.setText("Show again" if card.ignored else "Ignore")
        self._show(self._cover, cover(card, self._studio.home, COVER))

    def _offer_nouns(self, nouns: Sequence[str], noun: str) -> None:
        self._noun.blockSignals(True)
        self._noun.clear()
        self._noun.addItems(nouns)
        self._noun.setCurrentText(noun)
        self._noun.blockSignals(False)

    def _say_consent(self, card: SubjectCard) -> None:
        icon, token, words = CONSENT[card.consent]
        self._consent_icon.setPixmap(theme.icon(icon, token).pixmap(QSize(18, 18), self.devicePixelRatio()))
        scope = f", for {card.consent_scope}" if card.consent_scope else ""
        day = f", {card.consent_at:%d %b %Y}" if card.consent_at else ""
        self._consent.setText(
            f"{card.name} {words}{scope}{day}"
            if card.consent != "unknown"
            else "No consent recorded: no pictures can be made yet"
        )

    def _fill_pictures(self, subject_id: int, found: tuple[list[ReferenceRow], list[FaceRow]]) -> None:
        if self._card is None or self._card.id != subject_id:
            return
        references, faces = found
        self._fill_references(references)
        self._fill_faces([face for face in faces if face.state != "ignored"])

    def _fill_references(self, references: list[ReferenceRow]) -> None:
        ids = tuple(row.id for row in references)
        card = self._card
        assert card is not None
        can_make = card.kind == "person" and card.named and not references
        self._make.setVisible(can_make)
        self._no_references.setVisible(not references)
        self._no_references.setText(
            "None yet." if card.named else "They are made when the person has a name."
        )
        if ids == self._tiles and ids:
            return
        self._tiles = ids
        self._keep_references()
        clear(self._references)
        for number, row in enumerate(references, 1):
            self._references.addWidget(self._tile(number, row))
        self._references_part.updateGeometry()

    def _tile(self, number: int, row: ReferenceRow) -> ReferenceTile:
        tile = ReferenceTile(f"reference {number}", row.weight, row.enabled)
        later = LaterCall(lambda: self._keep_reference(row.id, tile), self, 150)
        tile.switched.connect(lambda on: later.ask())
        tile.weighed.connect(lambda weight: later.restart())
        self._later.append(later)
        self._show(tile.picture, PictureKey(str(self._studio.home.reference(row.crop)), SIDE))
        return tile

    def _fill_faces(self, faces: list[FaceRow]) -> None:
        clear(self._faces)
        self._face_title.setText(f"IN YOUR PHOTOS ({len(faces)})")
        self._face_part.setVisible(bool(faces))
        new = sum(face.state == "suggested" for face in faces) if self._card and self._card.named else 0
        self._confirm.setVisible(new > 0)
        self._confirm.setText(f"Confirm {words.many(new, 'new face')}")
        for row in faces[:SHOWN_FACES]:
            thumb = Thumb(48, name=row.photo)
            thumb.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            thumb.customContextMenuRequested.connect(partial(self._face_menu, thumb, row))
            self._faces.addWidget(thumb)
            self._show(thumb, PictureKey(row.photo, 48, around(row.box)))

    def _show(self, thumb: Thumb, key: PictureKey | None) -> None:
        """Shows a picture now or when it comes."""
        thumb.show_picture(None)
        if key is None:
            return
        key = PictureKey(key.path, round(key.side * self.devicePixelRatio()), key.box)
        self._shown = {k: t for k, t in self._shown.items() if t is not thumb}
        self._shown[key] = thumb
        if (picture := self._studio.thumbnails.get(key)) is not None:
            thumb.show_picture(picture)

    @Slot(object)
    def _arrived(self, key: PictureKey) -> None:
        thumb = self._shown.get(key)
        if thumb is not None:
            thumb.show_picture(self._studio.thumbnails.get(key))

    # What the user does

    def keep_all(self) -> None:
        """Keeps what was typed or moved a moment ago."""
        for later in self._later:
            later.flush()
        self._keep_notes()

    def _keep_references(self) -> None:
        for later in self._later:
            later.flush()
            later.deleteLater()
        self._later.clear()

    def _keep_reference(self, reference_id: int, tile: ReferenceTile) -> None:
        enabled, weight = tile.values
        self._studio.write(lambda s: subjects.set_reference(s, reference_id, enabled=enabled, weight=weight))

    def _keep_name(self) -> None:
        name = self._name.text().strip()
        if self._card and name and (not self._card.named or name != self._card.name):
            self.renamed.emit(self._card.id, name)

    def _keep_noun(self) -> None:
        card, noun = self._card, self._noun.currentText().strip()
        if card and card.named and noun and noun != card.noun:
            self._studio.write(lambda s: subjects.rename(s, card.id, card.name, noun))

    def _keep_notes(self) -> None:
        card, notes, changed = self._card, self._notes.toPlainText(), self._notes_changed
        self._notes_changed = False
        if card and changed and notes != card.notes:
            self._studio.write(lambda s: subjects.set_notes(s, card.id, notes))

    def _notes_typed(self, later: LaterCall) -> None:
        self._notes_changed = True
        later.restart()

    def _toggle_favourite(self) -> None:
        if card := self._card:
            self._studio.write(lambda s: subjects.set_favourite(s, card.id, not card.favourite))

    def _face_menu(self, thumb: Thumb, row: FaceRow, at: QPoint) -> None:
        menu = QMenu(self)
        name = self._card.name if self._card and self._card.named else "this person"
        menu.addAction(theme.icon("cancel"), f"This is not {name}", lambda: self._not_them(row))
        menu.exec(thumb.mapToGlobal(at))

    def _not_them(self, row: FaceRow) -> None:
        self._studio.write(lambda s: subjects.set_face_state(s, row.id, "ignored"))

    # Layout

    def _make_parts(self) -> None:
        self._cover = Thumb(COVER, round=True)
        self._name = QLineEdit(placeholderText="Type a name")
        self._name.setAccessibleName("Name")
        self._name.editingFinished.connect(self._keep_name)
        self._handle = theme.text("", "small")
        self._favourite = icon_button("star", "Favourite", self._toggle_favourite)
        self._noun = QComboBox(editable=True)
        self._noun.setAccessibleName("Word that stands for them in a prompt")
        self._noun.setToolTip(
            "The word that takes the name's place in a prompt, so that the model understands it"
        )
        self._noun.lineEdit().editingFinished.connect(self._keep_noun)
        self._noun.activated.connect(self._keep_noun)
        self._consent_icon, self._consent = theme.text(), theme.text("", wrap=True)
        self._notes = QPlainTextEdit(placeholderText="Notes, for you alone")
        self._notes.setAccessibleName("Notes")
        self._notes.setFixedHeight(72)
        notes_later = LaterCall(self._keep_notes, self, 600)
        self._notes.textChanged.connect(lambda: self._notes_typed(notes_later))
        self._no_references = theme.text("", "muted", wrap=True)
        self._make = button("Make references", lambda: self.references_asked.emit(self._card), "sparkle")
        self._ignore = button("Ignore", lambda: self.ignore_asked.emit(self._card), "ignore")
        self._references_part, self._references = _flow()
        self._face_part, self._faces = _flow(6)
        self._face_title = theme.text("", "section")
        self._confirm = button("Confirm", lambda: self.confirm_asked.emit(self._card), "check")

    def _lay_out(self) -> None:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(18, 18, 18, 18)
        column.setSpacing(10)
        column.addLayout(self._head())
        _labelled(column, "IN A PROMPT, THE WORD FOR THEM", self._noun)
        self._consent_part = self._consent_row()
        column.addWidget(self._consent_part)
        _labelled(column, "REFERENCES", self._no_references, self._make, self._references_part)
        column.addWidget(self._face_title)
        column.addWidget(self._confirm)
        column.addWidget(self._face_part)
        _labelled(column, "NOTES", self._notes)
        column.addSpacing(6)
        ends = QHBoxLayout()
        ends.addWidget(self._ignore)
        ends.addWidget(button("Delete…", lambda: self.delete_asked.emit(self._card), "delete", "danger"))
        ends.addStretch()
        column.addLayout(ends)
        column.addStretch()
        scroll = QScrollArea(widgetResizable=True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scroll)

    def _head(self) -> QHBoxLayout:
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(self._name)
        words.addWidget(self._handle)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self._cover)
        row.addLayout(words, 1)
        row.addWidget(self._favourite, 0, Qt.AlignmentFlag.AlignTop)
        return row

    def _consent_row(self) -> QWidget:
        part = QFrame(objectName="tile")
        row = QHBoxLayout(part)
        row.setContentsMargins(10, 8, 8, 8)
        row.addWidget(self._consent_icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._consent, 1)
        row.addWidget(button("Consent…", lambda: self.consent_asked.emit(self._card)))
        return part


def _flow(spacing: int = 8) -> tuple[QWidget, FlowLayout]:
    part = QWidget()
    return part, FlowLayout(part, spacing)


def _labelled(column: QVBoxLayout, label: str, *parts: QWidget) -> None:
    column.addSpacing(4)
    column.addWidget(theme.text(label, "section"))
    for part in parts:
        column.addWidget(part)
