"""How alike people must be, how often it is tried, and what becomes of the others."""

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QDoubleSpinBox, QVBoxLayout, QWidget

from core.spec import Until
from desktop.i18n import noop, tr
from desktop.widgets import fields
from desktop.widgets.fields import Form

USUAL = Until(score=0.45)
ABOUT = noop(
    "A picture is made again with another seed until everybody in it reaches this likeness. Of several people"
    " the one least alike counts; somebody without a face counts as not alike."
)


class TryFields(Form):
    """The three fields, in a form of their own. `changed` after every change."""

    def __init__(self) -> None:
        super().__init__()
        self.score = fields.indented(QDoubleSpinBox(minimum=0.05, maximum=0.95, singleStep=0.05, decimals=2))
        self.tries = fields.whole(1, 100, USUAL.tries)
        self.keep = fields.choices({"all": tr("Keep all of them"), "best": tr("Reject all but the best")})
        self.keep.setToolTip(tr("Those that are not the best are marked as rejected; none is deleted"))
        self.add(tr("Least likeness"), self.score)
        self.add(tr("Tries at most"), self.tries)
        self.add(tr("Then"), self.keep, self.keep.toolTip())
        self.show_values(USUAL)

    @property
    def value(self) -> Until:
        return Until(round(self.score.value(), 2), self.tries.value(), self.keep.currentData())

    def show_values(self, until: Until) -> None:
        self.score.setValue(until.score)
        self.tries.setValue(until.tries)
        fields.choose(self.keep, until.keep)


class TryAgain(QWidget):
    """Off at first, and its fields with it. `value` is None while it is off; `changed` after every change."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.on = QCheckBox(tr("Try again until they are alike"))
        self.on.setToolTip(tr(ABOUT))
        self._inner = QWidget()
        self.fields = TryFields()
        self.fields.setContentsMargins(0, 0, 0, 0)
        self._inner.setLayout(self.fields)
        self._inner.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(7)
        column.addWidget(self.on)
        column.addWidget(self._inner)
        self.on.toggled.connect(self._inner.setVisible)
        self.on.toggled.connect(lambda: self.changed.emit())
        for number in (self.fields.score, self.fields.tries):
            number.valueChanged.connect(lambda: self.changed.emit())
        self.fields.keep.currentIndexChanged.connect(lambda: self.changed.emit())

    @property
    def value(self) -> Until | None:
        return self.fields.value if self.on.isChecked() else None

    def show_value(self, until: Until | None) -> None:
        """Told once, however much of it changes."""
        with QSignalBlocker(self):
            self.on.setChecked(until is not None)
            self.fields.show_values(until or USUAL)
        self.changed.emit()
