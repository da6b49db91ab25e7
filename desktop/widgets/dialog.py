"""What every dialog of the window is: once it is closed, nothing of it is left."""

from PySide6.QtWidgets import QDialog, QMessageBox, QWidget


class Dialog(QDialog):
    """What it says it says before it goes: by its signals, or to who asks as soon as it is closed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.finished.connect(self.gone)

    def gone(self) -> None:
        """It was closed. Whoever must still hear of something lets it stay until then."""
        self.deleteLater()


class Question(QMessageBox):
    """A few words and some buttons."""

    def __init__(self, icon: QMessageBox.Icon, title: str, words: str, parent: QWidget | None = None) -> None:
        super().__init__(icon, title, words, parent=parent)
        self.finished.connect(self.deleteLater)
