"""How alike people must be, and how often it is tried."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QDoubleSpinBox, QSpinBox, QVBoxLayout, QWidget

from desktop import theme
from desktop.i18n import tr
from desktop.widgets.fields import choices, form, indented

SCORE, TRIES = 0.45, 8


class TriesDialog(QDialog):
    """`chosen` carries the likeness, how many tries, and what is kept, as `core.library.tries.asked` takes
    them."""

    chosen = Signal(object)

    def __init__(self, count: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Try again until they are alike"))
        self.score = QDoubleSpinBox(minimum=0.05, maximum=0.95, singleStep=0.05, decimals=2, value=SCORE)
        self.tries = QSpinBox(minimum=1, maximum=100, value=TRIES)
        for field in (self.score, self.tries):
            indented(field)
        self.keep = choices({"all": tr("Keep all of them"), "best": tr("Mark all but the best as rejected")})
        said = theme.text(
            tr(
                "A picture is made again with another seed until everybody in it reaches this likeness. Of"
                " several people the one least alike counts; somebody without a face counts as not alike."
            ),
            "muted",
            wrap=True,
        )
        self._most = theme.text("", "muted")
        self._count = count
        self.tries.valueChanged.connect(self._tell_most)
        fields = form(
            (tr("Likeness at least"), self.score), (tr("Tries at most"), self.tries), (tr("Then"), self.keep)
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(12)
        column.addWidget(said)
        column.addLayout(fields)
        column.addWidget(self._most)
        column.addWidget(self._buttons())
        self.setMinimumWidth(420)
        self._tell_most()

    def accept(self) -> None:
        super().accept()
        self.chosen.emit((round(self.score.value(), 2), self.tries.value(), self.keep.currentData()))

    def _tell_most(self) -> None:
        self._most.setText(tr("At most {count} pictures.", count=f"{self._count * self.tries.value():,}"))

    def _buttons(self) -> QDialogButtonBox:
        box = QDialogButtonBox()
        box.addButton(tr("Try again"), QDialogButtonBox.ButtonRole.AcceptRole)
        box.addButton(tr("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        box.accepted.connect(self.accept)
        box.rejected.connect(self.reject)
        return box
