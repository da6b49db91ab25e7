"""Questions the pages ask: whether to delete, a licence; and what dialogs are built of."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from core.library.subjects import SubjectCard
from desktop import theme
from desktop.i18n import noop, tr
from desktop.widgets.button_box import ButtonBox
from desktop.widgets.dialog import Dialog

NOUNS = ("woman", "man", "girl", "boy", "person")
OBJECT_NOUNS = ("dog", "cat", "guitar", "car", "teddy bear", "chair", "bicycle", "cup", "hat", "bag")


PERSON_GOES = noop(
    "Deleted for good: faces with what recognises them, references, cut-outs, masks, thumbnails, waiting"
    " pictures, reports, data to train with, and the library's backups, of which a new one is made. Kept:"
    " your photos, the pictures already made, which carry the name, and models that learned from them. This"
    " cannot be undone."
)
OBJECT_GOES = noop(
    "Deleted for good: references, cut-outs, masks, thumbnails, waiting pictures, reports, data to train"
    " with, and the library's backups, of which a new one is made. Kept: your photos, the pictures already"
    " made, which carry the name, and models that learned from them. This cannot be undone."
)


class DeleteDialog(Dialog):
    """What goes and what stays, before it goes. `with_pictures`: the finished ones they are in go too."""

    def __init__(self, card: SubjectCard, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Delete {name}", name=card.name))
        self.setMinimumWidth(460)
        words = tr(PERSON_GOES if card.kind == "person" else OBJECT_GOES)
        self._pictures = QCheckBox(tr("Also delete every finished picture {name} is in", name=card.name))
        box = _buttons(self, tr("Delete"))
        theme.set_role(_ok(box), "danger")
        box.button(QDialogButtonBox.StandardButton.Cancel).setDefault(True)
        stack(
            self,
            theme.text(tr("Delete {name}?", name=card.name), "heading"),
            theme.text(words, "muted", wrap=True),
            self._pictures,
            box,
        )

    @property
    def with_pictures(self) -> bool:
        return self._pictures.isChecked()


class LicenceDialog(Dialog):
    """What an adapter for non-commercial use says of itself, before it is used."""

    def __init__(self, adapter: str, licence: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Licence of {adapter}", adapter=adapter))
        self.setMinimumWidth(460)
        words = tr(
            "{licence} Pictures made with it are for the same use alone. You are asked once; the answer"
            " stays on this computer.", licence=licence,
        ).strip()  # fmt: skip
        box, _ = ask_box(self, tr("Use it under this licence"))
        box.button(QDialogButtonBox.StandardButton.Cancel).setDefault(True)
        stack(
            self,
            theme.text(tr("{adapter} is for non-commercial use only", adapter=adapter), "heading"),
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
    _ok(box).setText(tr("Done"))
    theme.set_role(_ok(box), "primary")
    box.accepted.connect(dialog.accept)
    return box


def photo_filter() -> str:
    from core import images  # with Pillow and numpy: not needed before somebody chooses files

    patterns = " ".join(f"*{suffix} *{suffix.upper()}" for suffix in sorted(images.SUFFIXES))
    return tr("Photos ({patterns})", patterns=patterns)


def _buttons(dialog: QDialog, words: str) -> QDialogButtonBox:
    box = ButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
    for each in box.buttons():
        each.setIcon(QIcon())
    _ok(box).setText(words)
    theme.set_role(_ok(box), "primary")
    box.accepted.connect(dialog.accept)
    box.rejected.connect(dialog.reject)
    return box


def _ok(box: QDialogButtonBox) -> QPushButton:
    return box.button(QDialogButtonBox.StandardButton.Ok)


def stack(dialog: QDialog, *parts: QWidget | QFormLayout) -> None:
    """Under each other, with the room a dialog has."""
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
