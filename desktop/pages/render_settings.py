"""How pictures are made: model, method, size, steps and the rest, from the model's own defaults."""

import secrets
from collections.abc import Sequence
from typing import Any, TypeVar

from PySide6.QtCore import QRegularExpression, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QRegularExpressionValidator
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QDoubleSpinBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QSlider,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from core.compose import Wish
from core.models import ModelInfo
from core.spec import RenderSpec
from desktop import theme
from desktop.widgets.buttons import button, icon_button

AnySpinBox = TypeVar("AnySpinBox", bound=QAbstractSpinBox)
METHODS = {
    None: "Best for the prompt",
    "ip-adapter-plus": "IP-Adapter plus (fine)",
    "ip-adapter": "IP-Adapter (coarse)",
    "text": "Text alone, no references",
}
SCHEDULERS = {"ddim": "DDIM", "dpm++": "DPM-Solver++", "euler": "Euler"}
MERGING = {
    "relevance-mean": "By relevance",
    "relevance-across": "Shared by relevance",
    "uniform": "Everywhere alike",
}
TIPS = {
    "Method": "How the references reach the picture (arXiv 2308.06721)",
    "Strength": "How strongly the references act; 0 leaves the picture to the words",
    "Guidance": "How closely the picture follows the prompt",
    "Steps": "More steps take longer and show more detail",
    "Seed": "The same seed and settings give the same picture. Empty: a new one each time.",
    "Several people": "Where in the picture each of several subjects acts (arXiv 2409.17920)",
    "References act": "From which to which part of the steps: starting later leaves the layout to the words",
    "Not in it": "What the picture should not show",
}


class RenderSettings(QFrame):
    """`changed` after every change; `wish` is what is set (its text is empty)."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__(objectName="panel")
        self.setFixedWidth(344)
        self._models: dict[str, ModelInfo] = {}
        self._make_parts()
        self._lay_out()

    def offer(self, found: Sequence[ModelInfo], chosen: str) -> None:
        """The models there are; the chosen one's defaults are set."""
        self._models = {model.name: model for model in found}
        with QSignalBlocker(self._model):
            self._model.clear()
            for model in found:
                self._model.addItem(model.name, model.name)
            self._model.setCurrentIndex(max(0, self._model.findData(chosen)))
        self.use_defaults()

    @property
    def wish(self) -> Wish:
        seed = self._seed.text().strip()
        return Wish(
            text="", count=self._count.value(), seed=int(seed) % 2**63 if seed else None,
            method=self._method.currentData(), model=self._model.currentData(),
            width=self._width.value(), height=self._height.value(), steps=self._steps.value(),
            guidance=self._guidance.value(), scale=self._strength.value() / 100,
            merging=self._merging.currentData(), begin=self._begin.value() / 100, end=self._end.value() / 100,
            negative_prompt=self._negative.text().strip(), scheduler=self._scheduler.currentData(),
        )  # fmt: skip

    def load(self, spec: RenderSpec, *, seed: bool) -> None:
        """Takes over a picture's settings."""
        at = self._model.findData(spec.model)
        if at >= 0:
            self._model.setCurrentIndex(at)
        self._set(spec.width, spec.height, spec.steps, spec.guidance, spec.scheduler, spec.merging)
        self._choose(self._method, spec.method)
        for subject in spec.subjects[:1]:
            self._set_references(subject.scale, subject.begin, subject.end)
        self._negative.setText(spec.negative_prompt)
        self._count.setValue(1)
        self._seed.setText(str(spec.seed) if seed else "")
        self.changed.emit()

    def use_defaults(self) -> None:
        """What the model does best."""
        model = self._models.get(self._model.currentData())
        if model is None:
            return
        has = {None, *model.methods()}
        with QSignalBlocker(self._method):
            self._method.clear()
            for method, words in METHODS.items():
                if method in has:
                    self._method.addItem(words, method)
        for side in (self._width, self._height):
            side.setSingleStep(max(64, model.scale_factor) if model.size > 256 else model.scale_factor * 4)
        advice = model.advice
        self._set(model.size, model.size, advice.steps, advice.guidance, advice.scheduler, advice.merging)
        self._set_references(advice.scale, advice.begin, advice.end)
        self._about.setText(model.description)
        self.changed.emit()

    def _set(
        self, width: int, height: int, steps: int, guidance: float, scheduler: str, merging: str
    ) -> None:
        self._width.setValue(width)
        self._height.setValue(height)
        self._steps.setValue(steps)
        self._guidance.setValue(guidance)
        self._choose(self._scheduler, scheduler)
        self._choose(self._merging, merging)

    def _set_references(self, scale: float, begin: float, end: float) -> None:
        self._strength.setValue(round(scale * 100))
        self._begin.setValue(round(begin * 100))
        self._end.setValue(round(end * 100))

    def _choose(self, box: QComboBox, value: Any) -> None:
        box.setCurrentIndex(max(0, box.findData(value)))

    def _draw_seed(self) -> None:
        self._seed.setText(str(secrets.randbelow(2**32)))

    # Layout

    def _make_parts(self) -> None:
        self._model, self._method = QComboBox(), QComboBox()
        self._scheduler, self._merging = _choices(SCHEDULERS), _choices(MERGING)
        self._count, self._steps = _whole(1, 999, 1), _whole(1, 200, 20)
        self._width, self._height = _whole(64, 4096, 512), _whole(64, 4096, 512)
        self._begin, self._end = _whole(0, 100, 0, " %"), _whole(0, 100, 100, " %")
        self._guidance = _indented(QDoubleSpinBox(minimum=0, maximum=30, singleStep=0.5, decimals=1))
        self._seed = QLineEdit(placeholderText="random", clearButtonEnabled=True)
        self._seed.setValidator(QRegularExpressionValidator(QRegularExpression(r"\d{0,18}"), self))
        self._negative = QLineEdit(placeholderText="for example: blurry")
        self._strength = QSlider(Qt.Orientation.Horizontal, minimum=0, maximum=150)
        self._strength_value = theme.text("0.00", "muted")
        self._about = theme.text("", "small", wrap=True)
        self._strength.valueChanged.connect(lambda at: self._strength_value.setText(f"{at / 100:.2f}"))
        self._model.currentIndexChanged.connect(self.use_defaults)
        for box in (self._model, self._method, self._scheduler, self._merging):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(8)
        for box in (self._method, self._scheduler, self._merging):
            box.currentIndexChanged.connect(lambda: self.changed.emit())
        for field in (
            self._count,
            self._steps,
            self._width,
            self._height,
            self._begin,
            self._end,
            self._guidance,
            self._strength,
        ):
            field.valueChanged.connect(lambda: self.changed.emit())
        for line in (self._seed, self._negative):
            line.textChanged.connect(lambda: self.changed.emit())

    def _lay_out(self) -> None:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(18, 18, 18, 18)
        column.setSpacing(8)
        for title, form in self._sections():
            column.addWidget(theme.text(title, "section"))
            column.addLayout(form)
            column.addSpacing(10)
        column.addWidget(self._about)
        defaults = button("Back to the model's defaults", self.use_defaults, role="link")
        column.addWidget(defaults, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch()
        scroll = QScrollArea(widgetResizable=True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scroll)
        self._name_pairs()

    def _sections(self) -> list[tuple[str, QGridLayout]]:
        how_many = _form(
            ("Per prompt", self._count),
            ("Seed", _row(self._seed, icon_button("dice", "Draw a seed", self._draw_seed))),
        )
        subjects = _form(
            ("Method", self._method),
            ("Strength", _row(self._strength, self._strength_value)),
            ("Several people", self._merging),
            ("References act", _row(self._begin, theme.text("to", "muted"), self._end)),
        )
        picture = _form(
            ("Model", self._model),
            ("Size", _row(self._width, theme.text("×", "muted"), self._height)),
            ("Steps", self._steps),
            ("Guidance", self._guidance),
            ("Scheduler", self._scheduler),
            ("Not in it", self._negative),
        )
        return [("HOW MANY", how_many), ("PEOPLE & OBJECTS", subjects), ("PICTURE", picture)]

    def _name_pairs(self) -> None:
        """For screen readers: two fields share one label."""
        self._width.setAccessibleName("Width")
        self._height.setAccessibleName("Height")
        self._begin.setAccessibleName("References act from")
        self._end.setAccessibleName("References act to")


def _choices(values: dict[str, str]) -> QComboBox:
    box = QComboBox()
    for value, words in values.items():
        box.addItem(words, value)
    return box


def _whole(least: int, most: int, value: int, suffix: str = "") -> QSpinBox:
    field = QSpinBox(minimum=least, maximum=most, value=value, suffix=suffix, keyboardTracking=False)
    field.setMinimumWidth(64)
    return _indented(field)


def _indented(field: AnySpinBox) -> AnySpinBox:
    """Style sheets cannot: a spin box ignores its left padding."""
    line = field.lineEdit()
    if line is not None:
        line.setTextMargins(6, 0, 0, 0)
    return field


def _row(*parts: QWidget) -> QWidget:
    whole = QWidget()
    row = QHBoxLayout(whole)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(6)
    for part in parts:
        row.addWidget(part, 1 if isinstance(part, QSpinBox | QSlider | QLineEdit) else 0)
    whole.setFocusProxy(parts[0])
    return whole


def _form(*fields: tuple[str, QWidget]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(7)
    grid.setColumnMinimumWidth(0, 96)
    grid.setColumnStretch(1, 1)
    for line, (name, field) in enumerate(fields):
        label = theme.text(name, "muted")
        label.setToolTip(TIPS.get(name, ""))
        field.setToolTip(TIPS.get(name, ""))
        (field.focusProxy() or field).setAccessibleName(name)
        grid.addWidget(label, line, 0)
        grid.addWidget(field, line, 1)
    return grid
