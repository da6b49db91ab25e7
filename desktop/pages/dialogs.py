"""Questions the pages ask: consent, a new object, whether to delete, a licence."""

from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QDate, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDateEdit,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from core.library.subjects import Consent, SubjectCard
from desktop import theme
from desktop.widgets.buttons import button

STATUS: dict[Consent, str] = {
    "granted": "They agreed",
    "unknown": "Not asked yet",
    "denied": "They refused",
    "withdrawn": "They agreed, and have withdrawn it",
}
WHY = (
    "A picture made from someone's face shows something that never happened, and it shows them. So Likeness"
    " makes pictures of a person only after you noted here that they agreed. The note stays on this computer;"
    " you can change it at any time, and pictures waiting in the queue stop with it."
)
NOUNS = ("woman", "man", "girl", "boy", "person")
OBJECT_NOUNS = ("dog", "cat", "guitar", "car", "teddy bear", "chair", "bicycle", "cup", "hat", "bag")


class ConsentDialog(QDialog):
    """`status`, `scope` and `when` are what the user noted."""

    def __init__(self, card: SubjectCard, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Consent of {card.name}")
        self.setMinimumWidth(480)
        self._status = QComboBox()
        for words in STATUS.values():
            self._status.addItem(words)
        self._status.setCurrentIndex(list(STATUS).index(card.consent))  # nobody agrees by default
        self._scope = QLineEdit(
            card.consent_scope, placeholderText="for example: our wedding album, family only"
        )
        self._date = QDateEdit(_date(card.consent_at), calendarPopup=True, displayFormat="d MMMM yyyy")
        self._date.setEnabled(card.consent != "unknown")
        self._status.currentIndexChanged.connect(
            lambda at: self._date.setEnabled(list(STATUS)[at] != "unknown")
        )
        for field, name in ((self._status, "Status"), (self._scope, "Scope"), (self._date, "Date")):
            field.setAccessibleName(name)
        form = QFormLayout()
        form.addRow(f"Did {card.name} agree?", self._status)
        form.addRow("To what", self._scope)
        form.addRow("When", self._date)
        _stack(
            self,
            theme.text(f"May pictures be made of {card.name}?", "heading"),
            theme.text(WHY, "muted", wrap=True),
            form,
            _buttons(self, "Save"),
        )

    @property
    def status(self) -> Consent:
        return list(STATUS)[self._status.currentIndex()]

    @property
    def scope(self) -> str:
        return self._scope.text().strip()

    @property
    def when(self) -> datetime | None:
        day = self._date.date()
        return None if self.status == "unknown" else datetime(day.year(), day.month(), day.day(), 12)


class ObjectDialog(QDialog):
    """`name`, `noun` and `photos` of a new object."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Add an object")
        self.setMinimumWidth(480)
        self.photos: list[Path] = []
        self._name = QLineEdit(placeholderText="Rex")
        self._noun = QComboBox(editable=True)
        self._noun.addItems(OBJECT_NOUNS)
        self._noun.setCurrentText("")
        self._noun.lineEdit().setPlaceholderText("dog, guitar, red car, …")
        self._name.setAccessibleName("Name")
        self._noun.setAccessibleName("What it is")
        self._chosen = theme.text("No photo chosen", "muted")
        choose = button("Choose photos…", self._choose, "files")
        form = QFormLayout()
        form.addRow("Name", self._name)
        form.addRow("What it is", self._noun)
        form.addRow(choose, self._chosen)
        self._box = _buttons(self, "Add")
        words = "Choose one to four photos that show it clearly, best on its own. It is cut out by itself."
        _stack(
            self,
            theme.text("Add an object", "heading"),
            theme.text(words, "muted", wrap=True),
            form,
            self._box,
        )
        self._name.textChanged.connect(self._check)
        self._noun.currentTextChanged.connect(self._check)
        self._check()

    @property
    def name(self) -> str:
        return self._name.text().strip()

    @property
    def noun(self) -> str:
        return self._noun.currentText().strip()

    def take(self, photos: list[Path]) -> None:
        self.photos = photos
        self._chosen.setText(", ".join(path.name for path in photos[:3]) + (" …" if len(photos) > 3 else ""))
        self._check()

    def _choose(self) -> None:
        names, _ = QFileDialog.getOpenFileNames(self, "Photos of the object", "", photo_filter())
        if names:
            self.take([Path(name) for name in names])

    def _check(self) -> None:
        _ok(self._box).setEnabled(bool(self.name and self.noun and self.photos))


class DeleteDialog(QDialog):
    """What goes and what stays, before it goes. `with_pictures`: the finished ones they are in go too."""

    def __init__(self, card: SubjectCard, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Delete {card.name}")
        self.setMinimumWidth(460)
        faces = "faces with what recognises them, " if card.kind == "person" else ""
        words = (
            f"Deleted for good: {faces}references, cut-outs, masks, thumbnails, waiting pictures, reports,"
            " and the library's backups, of which a new one is made. Kept: your photos, and the pictures"
            " already made, which carry the name. This cannot be undone."
        )
        self._pictures = QCheckBox(f"Also delete every finished picture {card.name} is in")
        box = _buttons(self, "Delete")
        theme.set_role(_ok(box), "danger")
        box.button(QDialogButtonBox.StandardButton.Cancel).setDefault(True)
        _stack(
            self,
            theme.text(f"Delete {card.name}?", "heading"),
            theme.text(words, "muted", wrap=True),
            self._pictures,
            box,
        )

    @property
    def with_pictures(self) -> bool:
        return self._pictures.isChecked()


class LicenceDialog(QDialog):
    """What an adapter for non-commercial use says of itself, before it is used."""

    def __init__(self, adapter: str, licence: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Licence of {adapter}")
        self.setMinimumWidth(460)
        words = (
            f"{licence} Pictures made with it are for the same use alone. You are asked once; the answer"
            " stays on this computer."
        ).strip()
        box, _ = ask_box(self, "Use it under this licence")
        box.button(QDialogButtonBox.StandardButton.Cancel).setDefault(True)
        _stack(
            self,
            theme.text(f"{adapter} is for non-commercial use only", "heading"),
            theme.text(words, "muted", wrap=True),
            box,
        )


def ask_box(dialog: QDialog, words: str) -> tuple[QDialogButtonBox, QPushButton]:
    """“Cancel” and a button that says what will be done, which is returned too."""
    box = _buttons(dialog, words)
    return box, _ok(box)


def close_box(dialog: QDialog) -> QDialogButtonBox:
    """“Done” alone, where every change applied at once."""
    box = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok)
    _ok(box).setIcon(QIcon())
    _ok(box).setText("Done")
    theme.set_role(_ok(box), "primary")
    box.accepted.connect(dialog.accept)
    return box


def photo_filter() -> str:
    from core import images  # with Pillow and numpy: not needed before somebody chooses files

    patterns = " ".join(f"*{suffix} *{suffix.upper()}" for suffix in sorted(images.SUFFIXES))
    return f"Photos ({patterns})"


def _date(when: datetime | None) -> QDate:
    return QDate(when.year, when.month, when.day) if when else QDate.currentDate()


def _buttons(dialog: QDialog, words: str) -> QDialogButtonBox:
    box = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
    for each in box.buttons():
        each.setIcon(QIcon())
    _ok(box).setText(words)
    theme.set_role(_ok(box), "primary")
    box.accepted.connect(dialog.accept)
    box.rejected.connect(dialog.reject)
    return box


def _ok(box: QDialogButtonBox) -> QPushButton:
    return box.button(QDialogButtonBox.StandardButton.Ok)


def _stack(dialog: QDialog, *parts: QWidget | QFormLayout) -> None:
    column = QVBoxLayout(dialog)
    column.setContentsMargins(20, 18, 20, 16)
    column.setSpacing(14)
    for part in parts:
        if isinstance(part, QFormLayout):
            part.setHorizontalSpacing(16)
            part.setVerticalSpacing(10)
            part.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
            column.addLayout(part)
        else:
            column.addWidget(part)
