"""How pictures are made: model, method, size, steps and the rest, from the model's own defaults."""

import secrets
from collections.abc import Sequence

from PySide6.QtCore import QRegularExpression, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QRegularExpressionValidator
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QFrame,
    QLayout,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from core.compose import Wish
from core.methods import METHODS
from core.models import ModelInfo
from core.settings import Settings
from core.spec import Method, RenderSpec
from desktop import theme
from desktop.i18n import noop, tr
from desktop.pages.method_choice import MethodChoice
from desktop.thumbnails import Thumbnails
from desktop.widgets import fields
from desktop.widgets.buttons import button, icon_button
from desktop.widgets.fields import Form
from desktop.widgets.start_photo import StartPhotoField
from desktop.widgets.try_again import TryAgain

DRAWING = {None: noop("One by chance"), "all": noop("All of them")}
SCHEDULERS = {"ddim": "DDIM", "dpm++": "DPM-Solver++", "euler": "Euler"}
PRECISIONS = {
    "auto": noop("As fast as is safe"),
    "fp32": noop("32 bits"),
    "bf16": noop("16 bits (bf16)"),
    "fp16": noop("16 bits (fp16)"),
}
TIPS = {
    "Guidance": noop("How closely the picture follows the prompt"),
    "Steps": noop("More steps take longer and show more detail"),
    "Seed": noop("The same seed and settings give the same picture. Empty: a new one each time."),
    "Wildcards": noop(
        "What __name__ in a prompt becomes: one line of its file for each picture, or every line"
    ),
    "Not in it": noop("What the picture should not show"),
    "Numbers": noop("With which numbers the picture is computed: 32 bits are slower and the same everywhere"),
}


class RenderSettings(QFrame):
    """`changed` after every change; `wish` is what is set (its text is empty)."""

    changed = Signal()

    def __init__(self, thumbnails: Thumbnails) -> None:
        super().__init__(objectName="panel")
        self.setFixedWidth(344)
        self._models: dict[str, ModelInfo] = {}
        self._settings = Settings()
        self.start = StartPhotoField(thumbnails)
        self._make_parts()
        self._lay_out()

    def offer(self, found: Sequence[ModelInfo], settings: Settings) -> None:
        """The models there are; the chosen one's defaults are set."""
        self._models, self._settings = {model.name: model for model in found}, settings
        with QSignalBlocker(self._model):
            self._model.clear()
            for model in found:
                self._model.addItem(model.name, model.name)
            self._model.setCurrentIndex(max(0, self._model.findData(settings.model)))
        self._model_chosen()

    @property
    def ready(self) -> bool:
        """Whether it is known which models there are."""
        return bool(self._models)

    @property
    def wish(self) -> Wish:
        seed = self._seed.text().strip()
        start = self.start
        started = {"start": start.path, "start_strength": start.strength.value, "inside": start.inside}
        return Wish(
            text="", count=self._count.value(), seed=int(seed) % 2**63 if seed else None,
            model=self._model.currentData(), width=self._width.value(), height=self._height.value(),
            steps=self._steps.value(), guidance=self._guidance.value(),
            negative_prompt=self._negative.text().strip(), scheduler=self._scheduler.currentData(),
            precision=self._precision.currentData(), wildcards=self.drawing.currentData(),
            until=self.until.value,
            **self.method.values,
            **(started if self.start.path else {}),
        )  # fmt: skip

    @property
    def effective(self) -> Method:
        """The method that makes a picture of somebody."""
        return self.method.effective

    def load(self, spec: RenderSpec, *, seed: bool) -> None:
        """Takes over a picture's settings; it is made once."""
        at = self._model.findData(spec.model)
        if at >= 0:
            self._model.setCurrentIndex(at)
        self._set(spec.width, spec.height, spec.steps, spec.guidance, spec.scheduler)
        self.method.load(spec)
        self.start.load(spec.start)
        fields.choose(self._precision, spec.precision)
        self._negative.setText(spec.negative_prompt)
        self._count.setValue(1)
        self.until.show_value(None)
        self.show_seed(spec.seed if seed else None)
        self.changed.emit()

    def apply(self, wish: Wish) -> None:
        """What a wish decides; the model's own defaults for the rest. The start photo stays."""
        fields.choose(self._model, wish.model or self._settings.model)
        self.use_defaults()
        for name, field in self._by_name.items():
            if (value := getattr(wish, name)) is not None:
                field.setValue(value)
        for name, box in (("scheduler", self._scheduler), ("precision", self._precision)):
            if (chosen := getattr(wish, name)) is not None:
                fields.choose(box, chosen)
        self.method.apply(wish)
        self._negative.setText(wish.negative_prompt)
        fields.choose(self.drawing, wish.wildcards)
        self.until.show_value(wish.until)
        self.show_seed(wish.seed)
        self.changed.emit()

    def show_seed(self, seed: int | None) -> None:
        """None: one is drawn by chance."""
        self._seed.setText("" if seed is None else str(seed))

    def use_defaults(self) -> None:
        """What the model does best."""
        model = self._models.get(self._model.currentData())
        if model is None:
            return
        advice = model.advice
        self._set(model.size, model.size, advice.steps, advice.guidance, advice.scheduler)
        self.method.use_defaults()
        fields.choose(self._precision, "auto")
        self.changed.emit()

    def _model_chosen(self) -> None:
        model = self._models.get(self._model.currentData())
        if model is None:
            return
        for side in (self._width, self._height):
            side.setSingleStep(max(64, model.scale_factor) if model.size > 256 else model.scale_factor * 4)
        self._about.setText(model.description)
        self.method.offer(model, self._settings)
        self.use_defaults()

    def _set(self, width: int, height: int, steps: int, guidance: float, scheduler: str) -> None:
        self._width.setValue(width)
        self._height.setValue(height)
        self._steps.setValue(steps)
        self._guidance.setValue(guidance)
        fields.choose(self._scheduler, scheduler)

    def _draw_seed(self) -> None:
        self._seed.setText(str(secrets.randbelow(2**32)))

    def _method_changed(self) -> None:
        self._source.setText(METHODS[self.effective].source)
        self._source.setVisible(bool(self._source.text()))
        self.changed.emit()

    def put_first(self, title: str, part: QWidget) -> None:
        """A section above the others."""
        self._column.insertWidget(0, theme.text(title, "section"))
        self._column.insertWidget(1, part)
        self._column.insertSpacing(2, 10)

    # Layout

    def _make_parts(self) -> None:
        self.method = MethodChoice()
        self._model = fields.choices()
        self._scheduler = fields.choices(SCHEDULERS)
        self._precision = fields.choices({each: tr(told) for each, told in PRECISIONS.items()})
        self._count, self._steps = fields.whole(1, 999, 1), fields.whole(1, 200, 20)
        self._width, self._height = fields.whole(64, 4096, 512), fields.whole(64, 4096, 512)
        self._guidance = fields.indented(QDoubleSpinBox(minimum=0, maximum=30, singleStep=0.5, decimals=1))
        self.drawing = fields.choices({each: tr(words) for each, words in DRAWING.items()})
        self.until = TryAgain()
        self._by_name = {
            "count": self._count, "steps": self._steps, "width": self._width, "height": self._height,
            "guidance": self._guidance,
        }  # fmt: skip
        self._seed = QLineEdit(placeholderText=tr("random"), clearButtonEnabled=True)
        self._seed.setValidator(QRegularExpressionValidator(QRegularExpression(r"\d{0,18}"), self))
        self._negative = QLineEdit(placeholderText=tr("for example: blurry"))
        self._about, self._source = theme.text("", "small", wrap=True), theme.text("", "small")
        self._model.currentIndexChanged.connect(self._model_chosen)
        for box in (self._scheduler, self._precision, self.drawing):
            box.currentIndexChanged.connect(lambda: self.changed.emit())
        for field in (self._count, self._steps, self._width, self._height, self._guidance):
            field.valueChanged.connect(lambda: self.changed.emit())
        for line in (self._seed, self._negative):
            line.textChanged.connect(lambda: self.changed.emit())
        self.method.changed.connect(self._method_changed)
        self.start.changed.connect(self.changed)
        self.until.changed.connect(self.changed)

    def _lay_out(self) -> None:
        inside = QWidget()
        column = self._column = QVBoxLayout(inside)
        column.setContentsMargins(18, 18, 18, 18)
        column.setSpacing(8)
        for title, part in self._sections():
            column.addWidget(theme.text(title, "section"))
            column.addLayout(part) if isinstance(part, QLayout) else column.addWidget(part)
            column.addSpacing(10)
        column.addWidget(self._about)
        defaults = button(tr("Back to the model's defaults"), self.use_defaults, role="link")
        column.addWidget(defaults, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch()
        scroll = QScrollArea(widgetResizable=True, focusPolicy=Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scroll)
        self._width.setAccessibleName(tr("Width"))
        self._height.setAccessibleName(tr("Height"))

    def _sections(self) -> list[tuple[str, QLayout | QWidget]]:
        dice = icon_button("dice", tr("Draw a seed"), self._draw_seed)
        how_many = QVBoxLayout()
        how_many.setSpacing(7)
        how_many.addLayout(_form(
            (noop("Per prompt"), self._count),
            (noop("Seed"), fields.row(self._seed, dice)),
            (noop("Wildcards"), self.drawing),
        ))  # fmt: skip
        how_many.addWidget(self.until)
        subjects = QVBoxLayout()
        subjects.setSpacing(6)
        subjects.addWidget(self.method)
        subjects.addWidget(self._source)
        picture = _form(
            (noop("Model"), self._model),
            (noop("Size"), fields.row(self._width, theme.text("×", "muted"), self._height)),
            (noop("Steps"), self._steps),
            (noop("Guidance"), self._guidance),
            (noop("Scheduler"), self._scheduler),
            (noop("Numbers"), self._precision),
            (noop("Not in it"), self._negative),
        )
        return [
            (tr("HOW MANY"), how_many),
            (tr("PEOPLE & OBJECTS"), subjects),
            (tr("START FROM"), self.start),
            (tr("PICTURE"), picture),
        ]


def _form(*lines: tuple[str, QWidget]) -> Form:
    """By names in English, which find their tips."""
    made = Form()
    for name, field in lines:
        made.add(tr(name), field, tr(TIPS[name]) if name in TIPS else "")
    return made
