"""One person or object in full: name, noun, consent, references, faces, notes. Every change applies at
once."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QPoint, QSize, Qt, Signal
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
from sqlalchemy.orm import Session

from core.library import subjects
from core.library.subjects import FaceRow, ReferenceRow, SubjectCard
from desktop import theme, words
from desktop.arrivals import Arrivals
from desktop.i18n import tr
from desktop.later import LaterCall
from desktop.models.subjects import CONSENT, around, cover
from desktop.pages.dialogs import NOUNS, OBJECT_NOUNS
from desktop.pages.stored_dialog import StoredDialog
from desktop.pages.subject_references import ReferencesPart
from desktop.studio import Studio
from desktop.thumbnails import PictureKey
from desktop.widgets.buttons import button, icon_button
from desktop.widgets.flow import FlowLayout, clear
from desktop.widgets.reference_tile import Thumb

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
    star_asked = Signal(object)
    export_asked = Signal(object)
    faces_asked = Signal(object)
    cover_asked = Signal(object, str)

    def __init__(self, studio: Studio) -> None:
        super().__init__(objectName="panel")
        self._studio = studio
        self._card: SubjectCard | None = None
        self._notes_changed = False
        self.setFixedWidth(344)
        self._make_parts()
        self._lay_out()
        self._arrivals = Arrivals(studio.thumbnails, self)

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
            lambda s: (subjects.references(s, card.id), _some_faces(s, card.id)),
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
        self._handle.setText(f"@{card.handle}" if card.named else tr("Not named yet"))
        self._favourite.setIcon(
            theme.icon(*(("star-full", "warning") if card.favourite else ("star", "muted")))
        )
        self._consent_part.setVisible(person and card.named)
        self._say_consent(card)
        self._ignore.setText(tr("Show again") if card.ignored else tr("Ignore"))
        self._show(self._cover, cover(card, self._studio.home, COVER))

    def _offer_nouns(self, nouns: Sequence[str], noun: str) -> None:
        self._noun.blockSignals(True)
        self._noun.clear()
        self._noun.addItems(nouns)
        self._noun.setCurrentText(noun)
        self._noun.blockSignals(False)

    def _say_consent(self, card: SubjectCard) -> None:
        icon, token, said = CONSENT[card.consent]
        self._consent_icon.setPixmap(theme.icon(icon, token).pixmap(QSize(18, 18), self.devicePixelRatio()))
        if card.consent == "unknown":
            self._consent.setText(tr("No consent recorded: no pictures can be made yet"))
            return
        lines = [tr("{name}: {consent}", name=card.name, consent=tr(said))]
        lines += [tr("For {scope}", scope=card.consent_scope)] if card.consent_scope else []
        lines += [tr("Since {day}", day=words.day(card.consent_at))] if card.consent_at else []
        lines += [tr("Until {day}", day=words.day(card.consent_until))] if card.consent_until else []
        if card.training == "granted" and card.training_at:
            lines += [tr("May also be used to train, since {day}", day=words.day(card.training_at))]
        self._consent.setText("\n".join([*lines, *filter(None, [card.consent_note])]))

    def _fill_pictures(self, subject_id: int, found: tuple[list[ReferenceRow], list[FaceRow]]) -> None:
        card = self._card
        if card is None or card.id != subject_id:
            return
        self._references.fill(card, found[0])
        self._fill_faces(card, found[1])

    def _fill_faces(self, card: SubjectCard, faces: list[FaceRow]) -> None:
        clear(self._faces)
        self._face_title.setText(tr("IN YOUR PHOTOS ({count})", count=f"{card.faces:,}"))
        self._face_title.setVisible(card.kind == "person")
        self._face_part.setVisible(bool(faces))
        self._all_faces.setVisible(bool(faces))
        self._all_faces.setText(tr("All faces, and who is not {name}…", name=_called(card)))
        self._confirm.setVisible(card.named and card.new > 0)
        one = card.new == 1
        self._confirm.setText(
            tr("Confirm 1 new face") if one else tr("Confirm {count} new faces", count=f"{card.new:,}")
        )
        for row in faces:
            thumb = Thumb(48, name=row.photo)
            thumb.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            thumb.customContextMenuRequested.connect(partial(self._face_menu, thumb, row))
            thumb.clicked.connect(lambda: self.faces_asked.emit(self._card))
            self._faces.addWidget(thumb)
            self._show(thumb, PictureKey(row.photo, 48, around(row.box)))

    def _show(self, thumb: Thumb, key: PictureKey | None) -> None:
        """Shows a picture now or when it comes."""
        if key:
            key = key._replace(side=round(key.side * self.devicePixelRatio()))
        self._arrivals.show(thumb, key)

    # What the user does

    def keep_all(self) -> None:
        """Keeps what was typed or moved a moment ago."""
        self._references.flush()
        self._keep_notes()

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

    def _face_menu(self, thumb: Thumb, row: FaceRow, at: QPoint) -> None:
        card = self._card
        if card is None:
            return
        menu = QMenu(self)
        menu.addAction(tr("Use as cover"), lambda: self._use_as_cover(row))
        menu.addAction(
            theme.icon("cancel"), tr("This is not {name}", name=_called(card)), lambda: self._not_them(row)
        )
        menu.addAction(tr("All faces…"), lambda: self.faces_asked.emit(card))
        menu.exec(thumb.mapToGlobal(at))

    def _use_as_cover(self, row: FaceRow) -> None:
        if card := self._card:
            self._studio.write(lambda s: subjects.set_cover(s, card.id, row.id))

    def _not_them(self, row: FaceRow) -> None:
        self._studio.write(lambda s: subjects.set_face_state(s, row.id, "ignored"))

    def show_stored(self) -> None:
        """Everything that is kept of them, for the person who asks."""
        if card := self._card:
            dialog = StoredDialog(self._studio, card, self.window())
            dialog.delete_asked.connect(lambda: self.delete_asked.emit(card))
            dialog.open()

    # Layout

    def _make_parts(self) -> None:
        self._cover = Thumb(COVER, round=True)
        self._name = QLineEdit(placeholderText=tr("Type a name"))
        self._name.setAccessibleName(tr("Name"))
        self._name.editingFinished.connect(self._keep_name)
        self._handle = theme.text("", "small")
        self._favourite = icon_button("star", tr("Favourite"), lambda: self.star_asked.emit(self._card))
        self._noun = QComboBox(editable=True)
        self._noun.setAccessibleName(tr("Word that stands for them in a prompt"))
        self._noun.setToolTip(
            tr("The word that takes the name's place in a prompt, so that the model understands it")
        )
        self._noun.lineEdit().editingFinished.connect(self._keep_noun)
        self._noun.activated.connect(self._keep_noun)
        self._consent_icon, self._consent = theme.text(), theme.text("", wrap=True)
        self._notes = QPlainTextEdit(tabChangesFocus=True, placeholderText=tr("Notes, for you alone"))
        self._notes.setAccessibleName(tr("Notes"))
        self._notes.setFixedHeight(72)
        notes_later = LaterCall(self._keep_notes, self, 600)
        self._notes.textChanged.connect(lambda: self._notes_typed(notes_later))
        self._ignore = button(tr("Ignore"), lambda: self.ignore_asked.emit(self._card), "ignore")
        self._references = ReferencesPart(self._studio, self._show)
        self._references.wanted.connect(lambda: self.references_asked.emit(self._card))
        self._references.cover_asked.connect(lambda crop: self.cover_asked.emit(self._card, crop))
        self._face_part, self._faces = _flow(6)
        self._face_title = theme.text("", "section")
        self._all_faces = button("", lambda: self.faces_asked.emit(self._card), "people")
        self._confirm = button(tr("Confirm"), lambda: self.confirm_asked.emit(self._card), "check")

    def _lay_out(self) -> None:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(18, 18, 18, 18)
        column.setSpacing(10)
        column.addLayout(self._head())
        _labelled(column, tr("IN A PROMPT, THE WORD FOR THEM"), self._noun)
        self._consent_part = self._consent_row()
        column.addWidget(self._consent_part)
        _labelled(column, tr("REFERENCES"), self._references)
        column.addWidget(self._face_title)
        column.addWidget(self._confirm)
        column.addWidget(self._face_part)
        column.addWidget(self._all_faces)
        _labelled(column, tr("NOTES"), self._notes)
        _labelled(column, tr("PRIVACY"), self._privacy())
        column.addSpacing(6)
        ends = QHBoxLayout()
        ends.addWidget(self._ignore)
        ends.addWidget(button(tr("Delete…"), lambda: self.delete_asked.emit(self._card), "delete", "danger"))
        ends.addStretch()
        column.addLayout(ends)
        column.addStretch()
        scroll = QScrollArea(widgetResizable=True, focusPolicy=Qt.FocusPolicy.NoFocus)
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

    def _privacy(self) -> QWidget:
        part = QWidget()
        row = QVBoxLayout(part)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(button(tr("Show everything that is stored…"), self.show_stored, "files"))
        row.addWidget(button(tr("Export as one file…"), lambda: self.export_asked.emit(self._card), "export"))
        return part

    def _consent_row(self) -> QWidget:
        part = QFrame(objectName="tile")
        row = QHBoxLayout(part)
        row.setContentsMargins(10, 8, 8, 8)
        row.addWidget(self._consent_icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._consent, 1)
        row.addWidget(button(tr("Consent…"), lambda: self.consent_asked.emit(self._card)))
        return part


def _some_faces(session: Session, subject_id: int) -> list[FaceRow]:
    return subjects.face_rows(session, subjects.face_ids(session, subject_id)[:SHOWN_FACES])


def _called(card: SubjectCard) -> str:
    return card.name if card.named else tr("this person")


def _flow(spacing: int = 8) -> tuple[QWidget, FlowLayout]:
    part = QWidget()
    return part, FlowLayout(part, spacing)


def _labelled(column: QVBoxLayout, label: str, *parts: QWidget) -> None:
    column.addSpacing(4)
    column.addWidget(theme.text(label, "section"))
    for part in parts:
        column.addWidget(part)
