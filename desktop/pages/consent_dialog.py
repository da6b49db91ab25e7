"""What a person agreed to: to what, since when, until when, and what else is worth remembering of it."""

from datetime import datetime, timedelta

from PySide6.QtCore import QDate
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDateEdit,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)

from core.library.subjects import Consent, SubjectCard
from desktop import theme
from desktop.i18n import noop, tr
from desktop.pages.dialogs import ask_box, stack
from desktop.widgets.dialog import Dialog

STATUS: dict[Consent, str] = {
    "granted": noop("They agreed"),
    "unknown": noop("Not asked yet"),
    "denied": noop("They refused"),
    "withdrawn": noop("They agreed, and have withdrawn it"),
}
WHY = noop(
    "A picture made from someone's face shows something that never happened, and it shows them. So Likeness"
    " makes pictures of a person only after you noted here that they agreed. The note stays on this computer;"
    " you can change it at any time, and pictures waiting in the queue stop with it."
)
TRAINING = noop(
    "To be in pictures is one thing, to be learned from is another: what a model learned from someone's"
    " pictures stays in its file, also after they are deleted here. Ask for it by itself."
)
TrainingAnswer = tuple[bool, datetime | None, datetime | None]
Answer = tuple[Consent, str, datetime | None, datetime | None, str]


class ConsentDialog(Dialog):
    """`answer` is what the user noted; `training` what of their pictures being learned from."""

    def __init__(self, card: SubjectCard, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._card = card
        self.setWindowTitle(tr("Consent of {name}", name=card.name))
        self.setMinimumWidth(570)
        self._status = QComboBox()
        for words in STATUS.values():
            self._status.addItem(tr(words))
        recorded: Consent = "granted" if card.consent == "expired" else card.consent
        self._status.setCurrentIndex(list(STATUS).index(recorded))  # nobody agrees by default
        self._scope = QLineEdit(card.consent_scope)
        self._scope.setPlaceholderText(tr("for example: our wedding album, family only"))
        self._date, self._until = _date_edit(card.consent_at), _date_edit(card.consent_until, ahead=365)
        self._ends = QCheckBox(tr("It ends on"))
        self._ends.setChecked(card.consent_until is not None)
        self._train = QCheckBox(tr("May also be used to train"))
        self._train.setChecked(card.training == "granted")
        self._trained = _date_edit(card.training_at if card.training == "granted" else None)
        self._note = QPlainTextEdit(card.consent_note, tabChangesFocus=True)
        self._note.setPlaceholderText(tr("How they said so, where the signed form lies, …"))
        self._note.setTabChangesFocus(True)
        self._note.setFixedHeight(60)
        self._lay_out(card)
        self._status.currentIndexChanged.connect(self._fit)
        self._ends.toggled.connect(self._fit)
        self._train.toggled.connect(self._fit)
        self._fit()

    @property
    def status(self) -> Consent:
        return list(STATUS)[self._status.currentIndex()]

    @property
    def answer(self) -> Answer:
        when = None if self.status == "unknown" else _noon(self._date)
        return self.status, self._scope.text().strip(), when, self._end(), self._note.toPlainText().strip()

    @property
    def training(self) -> TrainingAnswer | None:
        """Whether they agreed to it, since when, and until when; None where that stays as it was."""
        before = self._card.training
        if self.status != "granted":
            return None  # it goes with the consent
        if self._train.isChecked():
            return True, _noon(self._trained), self._card.training_until if before == "granted" else None
        return (False, None, None) if before in ("granted", "expired") else None

    def _end(self) -> datetime | None:
        """The last day counts whole."""
        ends = self._ends.isChecked() and self.status == "granted"
        return _noon(self._until) + timedelta(hours=11, minutes=59) if ends else None

    def _fit(self) -> None:
        granted = self.status == "granted"
        self._date.setEnabled(self.status != "unknown")
        self._ends.setEnabled(granted)
        self._until.setEnabled(granted and self._ends.isChecked())
        self._train.setEnabled(granted)
        self._trained.setEnabled(granted and self._train.isChecked())

    def _lay_out(self, card: SubjectCard) -> None:
        for field, name in (
            (self._status, tr("Status")), (self._scope, tr("Scope")), (self._date, tr("Date")),
            (self._until, tr("Last day")), (self._note, tr("Note")),
            (self._trained, tr("Since when for training")),
        ):  # fmt: skip
            field.setAccessibleName(name)
        form = QFormLayout()
        form.addRow(tr("Did {name} agree?", name=card.name), self._status)
        form.addRow(tr("To what"), self._scope)
        form.addRow(tr("When"), self._date)
        form.addRow("", _row(self._ends, self._until))
        form.addRow(tr("Training"), _row(self._train, self._trained))
        form.addRow("", theme.text(tr(TRAINING), "small", wrap=True))
        form.addRow(tr("Note"), self._note)
        box, _ = ask_box(self, tr("Save"))
        title = theme.text(tr("May pictures be made of {name}?", name=card.name), "heading")
        stack(self, title, theme.text(tr(WHY), "muted", wrap=True), form, box)


def _row(box: QCheckBox, date: QDateEdit) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(10)
    row.addWidget(box, 1)
    row.addWidget(date)
    return row


def _date_edit(when: datetime | None, ahead: int = 0) -> QDateEdit:
    day = QDate(when.year, when.month, when.day) if when else QDate.currentDate().addDays(ahead)
    edit = QDateEdit(day)
    edit.setCalendarPopup(True)
    edit.setDisplayFormat(tr("d MMMM yyyy"))
    return edit


def _noon(field: QDateEdit) -> datetime:
    day = field.date()
    return datetime(day.year(), day.month(), day.day(), 12)
