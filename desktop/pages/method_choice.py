"""The method and its own settings: only what the chosen one has a use for is shown, and asked for."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from core import method_settings
from core.compose import Wish
from core.methods import METHODS, uses
from core.models import ModelInfo
from core.offers import Offer, offers
from core.settings import Settings
from core.spec import FaceId, Method, PhotoVerse, RenderSpec
from desktop import theme
from desktop.i18n import noop, tr
from desktop.widgets import fields
from desktop.widgets.buttons import button
from desktop.widgets.fields import Form
from desktop.widgets.number_slider import NumberSlider

MERGING = {
    "relevance-trained": noop("By the file's training"),
    "relevance-mean": noop("By relevance"),
    "relevance-across": noop("Shared by relevance"),
    "uniform": noop("Everywhere alike"),
}
FOUND_BY = {"prompt": noop("Words in the prompt"), "class": noop("What they are")}
JOINING = {"mean": noop("Their mean"), "concatenated": noop("One after another")}
GROUPS = {"down": noop("Coarse layers"), "mid": noop("Middle layers"), "up": noop("Fine layers")}
TIPS = {
    "Method": noop("How the references reach the picture"),
    "File": noop("Which of the model's adapter files"),
    "Second file": noop("Which FastComposer file changes the words"),
    "Strength": noop("How strongly the references act; 0 leaves the picture to the words"),
    "Several people": noop("Where in the picture each of several subjects acts (arXiv 2409.17920)"),
    "Identity share": noop(
        "For which part of the steps, at the end, the words carry the subject (α of arXiv"
        " 2305.10431). Less leaves the layout to the prompt; more looks more like them."
    ),
    "Pseudo-words": noop("How many words stand for each subject (m of arXiv 2309.05793)"),
    "Text LoRA": noop("How much of the file's own reading of the prompt is used (α of arXiv 2309.05793)"),
    "Words": noop("How strongly the words act (γ of arXiv 2309.05793)"),
    "Look": noop("How strongly the references' look acts (σ of arXiv 2309.05793)"),
    "Face's look": noop("How much of the face's look is added to what recognises it (s of FaceID PlusV2)"),
    "LoRA": noop("How much of the file's own fine-tuning is used"),
    "Keep maps": noop("Keeps, with each picture, a map of where each subject acted: the gallery shows it"),
    "References act": noop(
        "From which to which part of the steps: starting later leaves the layout to the words"
    ),
    "References": noop("Several references of one subject are mixed, or all of them are read"),
    "Found by": noop("Which words say where in the picture somebody is"),
    "Coarse layers": noop("Multiplies every strength in the layers that set the layout's details (down)"),
    "Middle layers": noop("Multiplies every strength in the layers that set the composition (mid)"),
    "Fine layers": noop("Multiplies every strength in the layers that set textures (up)"),
}


class MethodChoice(QWidget):
    """`changed` after every change. `values` are fields of a `Wish`; `effective` is the method that makes a
    picture of somebody; `offered`: what can be chosen now."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._model: ModelInfo | None = None
        self.offered: Sequence[Method] = ()
        self._make_parts()
        self._lay_out()
        self._connect()

    # What there is, and what is chosen

    def offer(self, model: ModelInfo, settings: Settings) -> None:
        """The methods of a model; its own best one is chosen, with its defaults."""
        self._model = model
        with QSignalBlocker(self.method):
            self._offer_methods(offers(model, settings))
        self.use_defaults()

    @property
    def effective(self) -> Method:
        chosen: Method | None = self.method.currentData()
        if chosen or self._model is None:
            return chosen or "text"
        return method_settings.method(self._model, Wish(text=""), True)

    def choose(self, method: Method) -> None:
        fields.choose(self.method, method)

    @property
    def text_strength(self) -> float:
        """How much of a subject's changed words is taken when nobody says."""
        return method_settings.text_strength(self._model, self.effective) if self._model else 1.0

    @property
    def values(self) -> dict[str, Any]:
        """Only what the method has a use for."""
        values = {name: value for name, value in self._values().items() if uses(self.effective, name)}
        if values.get("merging") == "uniform" and not values.get("maps"):
            values.pop("relevance_text", None)  # nobody looks for anybody then
        return {"method": self.method.currentData()} | values

    def _values(self) -> dict[str, Any]:
        numbers = {name: field.value for name, field in self._numbers.items()}
        chosen = {name: box.currentData() for name, box in self._boxes.items()}
        chosen |= {name: None for name in ("adapter", "fusion") if self._boxes[name].count() < 2}
        layers = {group: field.value for group, field in self._layers.items()}
        return (
            numbers
            | chosen
            | {
                "words": self._words.value(),
                "begin": self._begin.value() / 100,
                "end": self._end.value() / 100,
                "layers": {group: value for group, value in layers.items() if value != 1.0},
                "maps": self._maps.isChecked() or None,
            }
        )

    # Setting

    def use_defaults(self) -> None:
        """The model's best method, as it is best used."""
        with QSignalBlocker(self.method):
            fields.choose(self.method, None)
        self._method_chosen()

    def load(self, spec: RenderSpec) -> None:
        """Takes over a picture's method and settings."""
        fields.choose(self.method, spec.method)
        for subject in spec.subjects[:1]:
            visual = METHODS[spec.method].visual
            self._numbers["scale"].value = subject.scale if visual else subject.text_scale
            self._set_time(subject.begin, subject.end)
        lora = spec.photoverse.alpha if uses(spec.method, "words") else spec.faceid.lora
        self._set_own(spec.fastcomposer.alpha, spec.photoverse, lora, spec.faceid.s_scale)
        for name, box in self._boxes.items():
            fields.choose(box, getattr(spec, name))
        for group, field in self._layers.items():
            field.value = dict(spec.layers).get(group, 1.0)
        self._maps.setChecked(spec.maps)
        self._tell()

    def apply(self, wish: Wish) -> None:
        """What a wish decides; the method's own settings for the rest."""
        with QSignalBlocker(self.method):
            fields.choose(self.method, wish.method)
        self._method_chosen()
        for name, number in self._numbers.items():
            if (value := getattr(wish, name)) is not None:
                number.value = value
        for name, box in self._boxes.items():
            if (chosen := getattr(wish, name)) is not None:
                fields.choose(box, chosen)
        self._words.setValue(self._words.value() if wish.words is None else wish.words)
        begin = self._begin.value() / 100 if wish.begin is None else wish.begin
        self._set_time(begin, self._end.value() / 100 if wish.end is None else wish.end)
        for group, field in self._layers.items():
            field.value = wish.layers.get(group, 1.0)
        self._maps.setChecked(bool(wish.maps))
        self._tell()

    def _method_chosen(self) -> None:
        """The settings of another method mean something else: they start from its own."""
        model, method = self._model, self.effective
        if model is None:
            return
        self._numbers["scale"].value = method_settings.strength(model, method)
        self._set_time(model.advice.begin, model.advice.end)
        self._set_own(model.advice.alpha, PhotoVerse(), 1.0, FaceId().s_scale)
        self._offer_files(model, method)
        for box in (self._boxes["relevance_text"], self._boxes["joining"]):
            box.setCurrentIndex(0)
        for field in self._layers.values():
            field.value = 1.0
        self._maps.setChecked(False)
        self._tell()

    def _set_time(self, begin: float, end: float) -> None:
        self._begin.setValue(round(begin * 100))
        self._end.setValue(round(end * 100))

    def _set_own(self, alpha: float, photoverse: PhotoVerse, lora: float, s_scale: float) -> None:
        own = {"alpha": alpha, "gamma": photoverse.gamma, "sigma": photoverse.sigma, "lora": lora}
        for name, value in (own | {"s_scale": s_scale}).items():
            self._numbers[name].value = value
        self._words.setValue(photoverse.words)

    def _offer_methods(self, found: Sequence[Offer]) -> None:
        """What is missing for a method is said by its line."""
        self.offered = [offer.method for offer in found if not offer.missing]
        model = QStandardItemModel(self.method)
        for offer in (Offer("text", tr("Best for the prompt")), *found):
            item = QStandardItem(offer.title)
            item.setData(offer.method if model.rowCount() else None, Qt.ItemDataRole.UserRole)
            item.setEnabled(not offer.missing)
            item.setToolTip(offer.missing)
            model.appendRow(item)
        self.method.setModel(model)

    def _offer_files(self, model: ModelInfo, method: Method) -> None:
        """Which of several files, where the method was chosen; and what the file in use can do."""
        info, asked = METHODS[method], self.method.currentData() is not None
        for name, layout in (("adapter", info.adapter), ("fusion", info.fusion)):
            files = [each.name for each in model.adapters if asked and each.layout == layout]
            fields.offer(self._boxes[name], {file: file for file in files})
            self._boxes[name].setCurrentIndex(0 if files else -1)
        first = next((each for each in model.adapters if each.layout == info.adapter), None)
        self._words.setMaximum(max(1, first.words) if first else 1)
        fields.offer(self._boxes["merging"], {each: tr(MERGING[each]) for each in info.merging})
        fields.choose(self._boxes["merging"], method_settings.merging(model, method, first))

    # Showing

    def _tell(self) -> None:
        """Shows what the method has a use for, and says that something changed."""
        method, more = self.effective, self._more.isChecked()
        for name, form, field in self._lines:
            box = self._boxes.get(name)
            useful = uses(method, name) and (box is None or box.count() > 1)
            form.show_line(field, useful and (form is self._first or more))
        name = noop("Text LoRA") if uses(method, "words") else noop("LoRA")
        self._first.rename(self._numbers["lora"], tr(name), tr(TIPS[name]))
        self._more.setVisible(METHODS[method].visual)
        self._more.setText(tr("Less") if more else tr("More…"))
        self.changed.emit()

    # Layout

    def _make_parts(self) -> None:
        self.method = fields.choices()
        self._boxes = {
            "adapter": fields.choices(), "fusion": fields.choices(),
            "merging": fields.choices(_said(MERGING)),
            "relevance_text": fields.choices(_said(FOUND_BY)), "joining": fields.choices(_said(JOINING)),
        }  # fmt: skip
        most = {"scale": 1.5, "alpha": 1.0, "gamma": 2.0, "sigma": 2.0, "lora": 1.5, "s_scale": 2.0}
        self._numbers = {name: NumberSlider(value) for name, value in most.items()}
        self._layers = {group: NumberSlider(2.0, 1.0) for group in GROUPS}
        self._words = fields.whole(1, 16, 1)
        self._begin, self._end = fields.whole(0, 100, 0, " %"), fields.whole(0, 100, 100, " %")
        self._maps = QCheckBox(tr("of who is where"))
        self._more = button(tr("More…"), role="link")
        self._more.setCheckable(True)

    def _lay_out(self) -> None:
        self._first, self._second = Form(), Form()
        self._first.add_wide(tr("Method"), self.method, tr(TIPS["Method"]))
        time = fields.row(self._begin, theme.text(tr("to"), "muted"), self._end)
        numbers, boxes = self._numbers, self._boxes
        first: list[tuple[str, str, QWidget]] = [
            ("adapter", noop("File"), boxes["adapter"]), ("fusion", noop("Second file"), boxes["fusion"]),
            ("scale", noop("Strength"), numbers["scale"]),
            ("alpha", noop("Identity share"), numbers["alpha"]),
            ("words", noop("Pseudo-words"), self._words), ("gamma", noop("Words"), numbers["gamma"]),
            ("sigma", noop("Look"), numbers["sigma"]), ("s_scale", noop("Face's look"), numbers["s_scale"]),
            ("lora", noop("LoRA"), numbers["lora"]), ("merging", noop("Several people"), boxes["merging"]),
            ("maps", noop("Keep maps"), self._maps),
        ]  # fmt: skip
        second: list[tuple[str, str, QWidget]] = [
            ("begin", noop("References act"), time), ("joining", noop("References"), boxes["joining"]),
            ("relevance_text", noop("Found by"), boxes["relevance_text"]),
            *(("layers", words, self._layers[group]) for group, words in GROUPS.items()),
        ]  # fmt: skip
        self._lines = [(setting, self._first, field) for setting, _, field in first]
        self._lines += [(setting, self._second, field) for setting, _, field in second]
        for form, lines in ((self._first, first), (self._second, second)):
            for _, name, field in lines:
                form.add(tr(name), field, tr(TIPS[name]))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(7)
        column.addLayout(self._first)
        column.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)
        column.addLayout(self._second)
        self._begin.setAccessibleName(tr("References act from"))
        self._end.setAccessibleName(tr("References act to"))

    def _connect(self) -> None:
        self.method.currentIndexChanged.connect(lambda: self._method_chosen())
        self._more.toggled.connect(lambda: self._tell())
        for box in self._boxes.values():
            box.currentIndexChanged.connect(lambda: self.changed.emit())
        for number in (*self._numbers.values(), *self._layers.values()):
            number.changed.connect(self.changed)
        for field in (self._words, self._begin, self._end):
            field.valueChanged.connect(lambda: self.changed.emit())
        self._maps.toggled.connect(lambda: self.changed.emit())


def _said(words: Mapping[str, str]) -> dict[str, str]:
    return {value: tr(each) for value, each in words.items()}
