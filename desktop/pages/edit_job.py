"""Other settings for pictures that wait, in the compose page's own controls."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from msgspec import structs
from PySide6.QtCore import QRegularExpression, Qt, Signal, Slot
from PySide6.QtGui import QIcon, QRegularExpressionValidator
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget
from shiboken6 import isValid
from sqlalchemy.orm import Session

from core import licences, method_settings, models
from core.edit import Edit, edits
from core.errors import KnownError
from core.events import JobCancelled, JobFailed, JobFinished, JobStarted, LibraryChanged
from core.library import jobs, subjects
from core.library.subjects import SubjectCard
from core.methods import METHODS
from core.models import ModelInfo
from core.offers import offers
from core.spec import Method, RenderSpec
from desktop import shortcuts, theme, words
from desktop.i18n import noop, tr
from desktop.later import LaterCall
from desktop.models.subjects import cover
from desktop.pages.cast import FACE, sharp
from desktop.pages.dialogs import ask_box
from desktop.pages.render_settings import SCHEDULERS, TIPS
from desktop.studio import Studio
from desktop.widgets import fields
from desktop.widgets.buttons import icon_button
from desktop.widgets.dialog import Dialog
from desktop.widgets.fields import Form
from desktop.widgets.number_slider import NumberSlider
from desktop.widgets.prompt_edit import Offer, PromptEdit

EVENTS = (JobStarted, JobFinished, JobFailed, JobCancelled)
OWN_WORDS = noop("Each picture keeps its own words. What you write here is for all of them.")
ONLY_CHANGES = noop("Only what you change here is changed; everything else stays as each picture has it.")


@dataclass(frozen=True)
class Chosen:
    """What the dialog needs to know of the jobs. `specs` by job, `cards` of those who are in all of them,
    `model` None where they are made by several."""

    specs: dict[int, RenderSpec]
    cards: tuple[SubjectCard, ...]
    model: ModelInfo | None
    methods: dict[Method, str]


def ask(studio: Studio, job_ids: Sequence[int], show: Callable[["EditJobDialog"], None]) -> None:
    """Makes the dialog once the library and the models' files have been read."""

    def read(session: Session) -> Chosen:
        specs = {job_id: jobs.spec_of(session, job_id) for job_id in job_ids}
        shown = set.intersection(*({each.uid for each in spec.subjects} for spec in specs.values()))
        cards = tuple(card for card in subjects.cards(session) if card.uid in shown)
        names = {spec.model for spec in specs.values()}
        model = models.find(studio.settings, names.pop()) if len(names) == 1 else None
        found = offers(model, studio.settings) if model else []
        possible = {offer.method: offer.title for offer in found if not offer.missing}
        return Chosen(specs, cards, model, possible)

    parent = studio.messages.window()
    studio.read(read, lambda chosen: show(EditJobDialog(studio, chosen, parent)))


class EditJobDialog(Dialog):
    """`edited` with what was done, in words."""

    edited = Signal(str)

    def __init__(self, studio: Studio, chosen: Chosen, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio, self._chosen = studio, chosen
        self._waiting = set(chosen.specs)
        self._first = next(iter(chosen.specs.values()))
        self._make_parts()
        self._fill(self._first)
        self._lay_out()
        self._shown = self._values()
        self._look = LaterCall(self._ask_states, self, 50)
        studio.bridge.happened.connect(self._hear)

    # What is asked for

    @property
    def edit(self) -> Edit:
        """What the user changed."""
        now = self._values()
        changed = {name: value for name, value in now.items() if value != self._shown[name]}
        if changed.get("method"):
            changed["scale"] = now["scale"] if self._strengthened else None
        if changed.get("seed", "") is None:
            changed["seed"] = secrets.randbelow(2**32)
        return Edit(**changed)

    def _values(self) -> dict[str, Any]:
        seed = self._seed.text().strip()
        method: Method | None = self._method.currentData()
        return {
            "text": self.prompt.toPlainText().strip(),
            "negative_prompt": self._negative.text().strip(),
            "seed": int(seed) % 2**63 if seed else None,
            "steps": self._steps.value(), "guidance": self._guidance.value(),
            "scheduler": self._scheduler.currentData(),
            "width": self._width.value(), "height": self._height.value(),
            "method": method, "scale": None if method in (None, "text") else self._scale.value,
        }  # fmt: skip

    def save(self) -> None:
        """Changes what still waits; once nothing does, queues new pictures with these settings."""
        edit, waiting = self.edit, sorted(self._waiting)
        if waiting and edit == Edit():
            self.accept()
            return
        self._box.setEnabled(False)
        call = partial(self._changed, waiting, edit) if waiting else partial(self._made_anew, edit)
        self._studio.background.run(call, self._saved, self._refused)

    def _changed(self, waiting: list[int], edit: Edit) -> str:
        with self._studio.library.write() as session:
            jobs.edit_all(session, edits(session, self._settings(), waiting, edit))
        return tr("{pictures} edited.", pictures=words.many(len(waiting), "picture"))

    def _made_anew(self, edit: Edit) -> str:
        with self._studio.library.write() as session:
            specs = self._chosen.specs
            if edit != Edit():
                specs = edits(session, self._settings(), list(specs), edit)
            made = jobs.enqueue(session, list(specs.values()))
        return tr("{pictures} queued.", pictures=words.many(len(made), "picture"))

    def _settings(self) -> Any:
        """The window's, with what was accepted meanwhile."""
        accepted = licences.accepted(self._studio.home)
        return structs.replace(self._studio.settings, accepted=accepted)

    def _saved(self, told: str) -> None:
        self._studio.bridge.happened.emit(LibraryChanged("jobs"))
        self.edited.emit(told)
        self.accept()

    def reject(self) -> None:
        """Not between saving and its answer."""
        if self._box.isEnabled():
            super().reject()

    def _refused(self, error: Exception) -> None:
        self._box.setEnabled(True)
        if isinstance(error, KnownError):
            self._say(str(error))
        else:
            self._studio.background.fail(error)

    # What happens to the pictures meanwhile

    @Slot(object)
    def _hear(self, event: object) -> None:
        about_jobs = isinstance(event, LibraryChanged) and event.what == "jobs"
        if about_jobs or (isinstance(event, EVENTS) and event.job_id in self._chosen.specs):
            self._look.ask()

    def _ask_states(self) -> None:
        self._studio.read(lambda s: jobs.waiting(s, self._chosen.specs), self._show_waiting)

    def _show_waiting(self, waiting: set[int]) -> None:
        if not isValid(self) or waiting == self._waiting:
            return
        self._waiting = waiting
        self._say(_no_longer(len(self._chosen.specs), len(waiting)))
        self._ok.setText(tr("Save") if waiting else tr("Queue as new"))

    def _say(self, told: str) -> None:
        self._told.setText(told)
        self._told.setVisible(bool(told))

    # Filling

    def _fill(self, spec: RenderSpec) -> None:
        several = len(self._chosen.specs) > 1
        texts = {each.template or each.prompt for each in self._chosen.specs.values()}
        self.prompt.setPlainText(texts.pop() if len(texts) == 1 else "")
        self.prompt.setPlaceholderText(tr(OWN_WORDS))
        self.prompt.offer(
            [Offer(c.handle, c.name, c.noun, partial(self._icon, c)) for c in self._chosen.cards]
        )
        self._negative.setText(spec.negative_prompt)
        self._seed.setText("" if several else str(spec.seed))
        self._seed.setPlaceholderText(tr("each its own") if several else tr("random"))
        self._steps.setValue(spec.steps)
        self._width.setValue(spec.width)
        self._height.setValue(spec.height)
        self._guidance.setValue(spec.guidance)
        fields.choose(self._scheduler, spec.scheduler)
        self._fill_method(spec)

    def _fill_method(self, spec: RenderSpec) -> None:
        known = self._chosen.methods | {spec.method: METHODS[spec.method].title}
        alike = len({each.method for each in self._chosen.specs.values()}) == 1 and self._chosen.model
        offered = known if alike else {}
        fields.offer(self._method, {None: tr("Each its own")} | offered if not alike else offered)
        fields.choose(self._method, spec.method if alike else None)
        if spec.subjects:
            shown = spec.subjects[0]
            self._scale.value = shown.scale if METHODS[spec.method].visual else shown.text_scale
        self._strengthened = False
        self._method.currentIndexChanged.connect(lambda: self._method_chosen())
        self._scale.changed.connect(self._strength_changed)

    def _strength_changed(self) -> None:
        self._strengthened = True

    def _method_chosen(self) -> None:
        """Another method's strength means something else: it starts from its own."""
        method = self._method.currentData()
        if method and self._chosen.model:
            self._scale.value = method_settings.strength(self._chosen.model, method)
        self._strengthened = False
        self._form.show_line(self._scale, method not in (None, "text"))

    def _icon(self, card: SubjectCard) -> QIcon:
        key = cover(card, self._studio.home, FACE)
        picture = self._studio.thumbnails.get(sharp(key, self.devicePixelRatio())) if key else None
        plain = theme.icon("person" if card.kind == "person" else "object", "muted")
        return QIcon(picture) if picture else plain

    # Layout

    def _make_parts(self) -> None:
        self.prompt = PromptEdit()
        self.prompt.setAccessibleName(tr("Prompt"))
        self._scheduler, self._method = fields.choices(SCHEDULERS), fields.choices()
        self._steps = fields.whole(1, 1000, 20)
        self._width, self._height = fields.whole(64, 4096, 512), fields.whole(64, 4096, 512)
        step = self._chosen.model.scale_factor if self._chosen.model else 8
        for side, name in ((self._width, tr("Width")), (self._height, tr("Height"))):
            side.setSingleStep(step * 4)
            side.setAccessibleName(name)
        self._guidance = fields.indented(QDoubleSpinBox(minimum=0, maximum=50, singleStep=0.5, decimals=1))
        self._seed = QLineEdit(clearButtonEnabled=True)
        self._seed.setValidator(QRegularExpressionValidator(QRegularExpression(r"\d{0,18}"), self))
        self._negative = QLineEdit(placeholderText=tr("for example: blurry"))
        self._scale = NumberSlider(1.5)
        self._told = theme.text("", "warning", wrap=True)
        self._told.setAccessibleName(tr("What stands in the way"))
        self._told.hide()

    def _lay_out(self) -> None:
        count = len(self._chosen.specs)
        several = tr("Edit {pictures} that wait", pictures=words.many(count, "picture"))
        title = tr("Edit a picture that waits") if count == 1 else several
        self.setWindowTitle(title)
        self.resize(640, 460)
        self._box, self._ok = ask_box(self, tr("Save"))
        self._box.accepted.disconnect(self.accept)
        self._box.accepted.connect(self.save)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(12)
        column.addWidget(theme.text(title, "heading"))
        if count > 1:
            column.addWidget(theme.text(tr(ONLY_CHANGES), "muted", wrap=True))
        column.addWidget(self.prompt, 1)
        column.addLayout(self._two_columns())
        column.addWidget(self._told)
        column.addWidget(self._box)
        shortcuts.of_button("edit.save", self._ok)
        self.prompt.setFocus()

    def _draw_seed(self) -> None:
        self._seed.setText(str(secrets.randbelow(2**32)))

    def _two_columns(self) -> QHBoxLayout:
        draw = icon_button(
            "dice", tr("Draw a seed"), lambda: self._seed.setText(str(secrets.randbelow(2**32)))
        )
        left, self._form = Form(), Form()
        seed = fields.row(self._seed, draw)
        left.add(tr("Seed"), seed, tr("The same seed and settings give the same picture"))
        left.add(tr("Size"), fields.row(self._width, theme.text("×", "muted"), self._height))
        left.add(tr("Steps"), self._steps, tr(TIPS["Steps"]))
        left.add(tr("Not in it"), self._negative, tr(TIPS["Not in it"]))
        self._form.add(tr("Guidance"), self._guidance, tr(TIPS["Guidance"]))
        self._form.add(tr("Scheduler"), self._scheduler)
        self._form.add(tr("Method"), self._method, tr("How the references reach the picture"))
        self._form.add(tr("Strength"), self._scale, tr("How strongly the references act, for everybody"))
        shown = all(spec.subjects for spec in self._chosen.specs.values())
        self._form.show_line(self._method, shown)
        self._form.show_line(self._scale, shown and self._method.currentData() not in (None, "text"))
        row = QHBoxLayout()
        row.setSpacing(24)
        row.addLayout(left, 1)
        row.addLayout(self._form, 1)
        for form in (left, self._form):
            row.setAlignment(form, Qt.AlignmentFlag.AlignTop)
        return row


def _no_longer(many: int, waiting: int) -> str:
    """What became of pictures that waited when the dialog was opened."""
    if waiting == many:
        return ""
    if waiting:
        told = tr(
            "Of these {count} pictures {waiting} still wait and can be changed.", count=many, waiting=waiting
        )
        one = tr("Of these {count} pictures one still waits and can be changed.", count=many)
        return one if waiting == 1 else told
    if many == 1:
        return tr(
            "This picture does not wait any more, so it stays as it is. You can queue a new one like this."
        )
    return tr("None of these pictures waits any more. You can queue new ones like this.")
