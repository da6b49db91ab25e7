"""The mask of one reference, seen and corrected. Read and written off the window's thread."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QDialog, QWidget
from shiboken6 import isValid

from desktop import theme
from desktop.i18n import tr
from desktop.pages.dialogs import ask_box, stack
from desktop.studio import Studio
from desktop.widgets.dialog import Dialog
from desktop.widgets.mask_editor import MaskEditor


class MaskDialog(Dialog):
    """`kept` tells the hash of the corrected mask, once it is stored."""

    kept = Signal(str)

    def __init__(self, studio: Studio, crop: str, mask: str | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self.setWindowTitle(tr("Mask"))
        self.resize(560, 640)
        self.editor = MaskEditor()
        box, self._ok = ask_box(self, tr("Keep this mask"))
        self._ok.setEnabled(False)
        self.editor.canvas.changed.connect(lambda: self._ok.setEnabled(self.editor.canvas.can_undo))
        words = tr(
            "What is red is not looked at. Paint over what belongs to the subject, erase what does not."
        )
        stack(self, theme.text(words, "muted", wrap=True), self.editor, box)
        read_pictures(studio, crop, mask, self.editor)

    def accept(self) -> None:
        super().accept()
        keep_mask(self._studio, self.editor.canvas.mask, self._stored)

    def gone(self) -> None:
        """What was painted is stored first."""
        if self.result() != QDialog.DialogCode.Accepted:
            self.deleteLater()

    def _stored(self, mask: str) -> None:
        self.kept.emit(mask)
        self.deleteLater()


def read_pictures(studio: Studio, crop: str, mask: str | None, editor: MaskEditor) -> None:
    """A crop and its mask from the home's references into an editor."""

    def read() -> tuple[QImage, QImage]:
        found = QImage(str(studio.home.reference(mask))) if mask else QImage()
        return QImage(str(studio.home.reference(crop))), found

    def show(both: tuple[QImage, QImage]) -> None:
        if isValid(editor):  # the dialog may be closed by now
            editor.canvas.show_pictures(*both)

    studio.background.run(read, show, lane="pictures")


def keep_mask(studio: Studio, mask: QImage, then) -> None:  # type: ignore[no-untyped-def]
    """Stores a mask as references are stored; `then` gets its hash."""
    folder = studio.home.references
    studio.background.run(lambda: _store(folder, mask), then)


def _store(folder: Path, mask: QImage) -> str:
    from PIL import Image

    from core import references

    plain = mask.convertToFormat(QImage.Format.Format_Grayscale8)
    data = plain.constBits()
    picture = Image.frombuffer(
        "L", (plain.width(), plain.height()), bytes(data), "raw", "L", plain.bytesPerLine(), 1
    )
    return references.store(folder, picture)
