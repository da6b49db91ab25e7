"""Compose: what shall be made. Everything it says (how many, how long, what is missing) is live."""

import time
from functools import partial
from pathlib import Path

from msgspec import structs
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from core import compose, licences, models, prompt, wildcards
from core.compose import Wish
from core.events import JobFinished, LibraryChanged, SettingsChanged
from core.library import jobs, subjects
from core.library.jobs import JobRow
from core.library.subjects import SubjectCard
from core.models import ModelInfo
from core.pace import Pace
from core.presets import Preset
from core.settings import Settings
from core.spec import RenderSpec
from desktop import shortcuts, theme, words
from desktop.i18n import noop, tr
from desktop.later import LaterCall
from desktop.models.subjects import cover
from desktop.pages import answer
from desktop.pages.cast import FACE, Cast, sharp
from desktop.pages.draft import Draft
from desktop.pages.mending import Mending
from desktop.pages.preset_bar import PresetBar
from desktop.pages.problems import Problems
from desktop.pages.render_settings import RenderSettings
from desktop.pages.starting import Starting
from desktop.studio import Studio
from desktop.thumbnails import PictureKey
from desktop.widgets.buttons import button
from desktop.widgets.prompt_edit import Offer, PromptEdit
from desktop.widgets.start_photo import STRENGTH

EXAMPLE = noop(
    "One prompt per line. Type @ to name somebody, {{a|b}} for both, __place__ for a line of a file.\n\n"
    "a photo of {ada} on the beach\nan oil painting of {ben} in a library"
)
CHECK_MS = 150


class ComposePage(QWidget):
    consent_asked = Signal(object)
    references_asked = Signal(object)
    queue_asked = Signal()

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._studio = studio
        self._cards: dict[str, SubjectCard] = {}
        self._faces: set[PictureKey] = set()
        self._pace = Pace()
        self._check_number = 0
        self._asked = Wish(text="")
        self._left: Wish | None = None
        self._lay_out()
        self._starting = Starting(self._studio, self.settings.start)
        self._mending = Mending(self._studio, self)
        self._check = LaterCall(self.check, self, CHECK_MS)
        self._refresh = LaterCall(self.refresh, self, 80)
        self._offering = LaterCall(self._offer, self, 200)
        self.editor.textChanged.connect(self._typed)
        self.settings.changed.connect(self._settings_changed)
        self.cast.changed.connect(lambda: self._check.restart())
        self.presets.chosen.connect(self.apply)
        studio.bridge.happened.connect(self._hear)
        studio.thumbnails.ready.connect(self._arrived)
        self._read_models()
        self.refresh()

    # Reading

    def refresh(self) -> None:
        began = time.monotonic()

        def fill(found: tuple[list[SubjectCard], list[JobRow]]) -> None:
            self._fill(found)
            self._refresh.pace(time.monotonic() - began)

        self._studio.read(lambda s: (subjects.cards(s), jobs.rows(s, states=("done",))), fill)

    def _fill(self, found: tuple[list[SubjectCard], list[JobRow]]) -> None:
        cards, done = found
        if done:  # a cleared queue does not make us forget how fast this machine is
            self._pace = Pace.of(done)
        self._cards = {card.handle: card for card in cards if card.named}
        self._faces = self._face_keys()
        self._offer()
        names = list(self._cards)[:2] or ["ada"]
        self.editor.setPlaceholderText(tr(EXAMPLE, ada=f"@{names[0]}", ben=f"@{names[-1]}"))
        self._show_people()
        self._check.ask()

    def _read_models(self) -> None:
        settings = self._studio.settings
        self._offered = settings.models, settings.model
        self._studio.background.run(lambda: models.available(settings), self._offer_models)

    def _offer_models(self, found: list[ModelInfo]) -> None:
        self.settings.offer(found, self._studio.settings)
        if self._left:
            self.take_over(self._left)

    @Slot(object)
    def _hear(self, event: object) -> None:
        if isinstance(event, JobFinished) or (isinstance(event, LibraryChanged) and event.what == "subjects"):
            self._refresh.ask()
        now = self._studio.settings
        if isinstance(event, SettingsChanged) and self._offered != (now.models, now.model):
            self._read_models()

    # What the user asks for

    @property
    def wish(self) -> Wish:
        return structs.replace(self.settings.wish, text=self.editor.toPlainText(), **self.cast.values)

    def load(self, spec: RenderSpec, part: str = "all") -> None:
        """Takes over a picture's settings: `all`, its `seed`, its `prompt`, or the `rest`, which is all but
        the seed."""
        if part == "seed":
            self.settings.show_seed(spec.seed)
        if part in ("all", "rest"):
            handles = {card.uid: card.handle for card in self._cards.values()}
            self.settings.load(spec, seed=part == "all")
            self.cast.load(spec, handles)
        if part != "seed":
            self.editor.setPlainText(spec.template or spec.prompt)
        self._typed()

    def apply(self, preset: Preset) -> None:
        """Takes over a preset; the prompts stay unless it has its own."""
        self.settings.apply(preset.wish)
        if preset.has_prompts:
            self.cast.apply(preset.wish)
            self.editor.setPlainText(preset.wish.text)
        self._typed()

    def take_over(self, wish: Wish) -> None:
        """All of it: what another window's page held when this one came in its place."""
        self._left = None if self.settings.ready else wish
        if self._left:
            return  # the models are not read yet
        self.settings.apply(wish)
        if wish.start:
            self.settings.start.take_over(wish.start, wish.start_strength or STRENGTH, wish.inside)
        self.cast.take_over(wish)
        self.editor.setPlainText(wish.text)
        self._typed()

    def ask_prompts(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, tr("Prompts, one a line"), "", tr("Text files (*.txt)"))
        if name:
            self.add_prompts(Path(name))

    def add_prompts(self, file: Path) -> None:
        """Puts the lines of a text file below what is written."""
        self._studio.background.run(lambda: wildcards.read_prompts(file), self.editor.add_lines)

    def add_to_queue(self) -> None:
        wish, studio = self.wish, self._studio

        def enqueue() -> int:
            with studio.library.read() as session:
                wanted = compose.specs(session, studio.home, self._own(), wish)
            with studio.library.write() as session:
                return len(jobs.enqueue(session, wanted))

        self._add.setEnabled(False)
        studio.background.run(enqueue, self._added, self._refused)

    def _added(self, count: int) -> None:
        self._studio.runner.wake()
        self._studio.bridge.happened.emit(LibraryChanged("jobs"))
        self._studio.messages.say(
            tr("{pictures} added to the queue.", pictures=words.many(count, "picture")),
            "done",
            action=(tr("Show the queue"), self.queue_asked.emit),
        )
        self.check()

    def _refused(self, error: Exception) -> None:
        self.check()
        self._studio.background.fail(error)

    # Live answers

    def _typed(self) -> None:
        self._show_people()
        self._check.restart()

    def check(self) -> None:
        """Finds out, off-thread, what the wish would make."""
        self._check_number += 1
        number, wish = self._check_number, self.wish
        self._asked = self.presets.wish = wish
        self._read_wildcards()
        if not wish.text.strip():
            self._say(number, answer.Checked())
            return
        studio, pace = self._studio, self._pace
        studio.read(
            lambda s: answer.find_out(s, studio.home, self._own(), pace, wish), partial(self._say, number)
        )

    def _read_wildcards(self) -> None:
        """One that cannot be read is told once a prompt names it."""
        folder = self._studio.home.wildcards
        self._studio.background.run(
            lambda: wildcards.available(folder), self.editor.know_wildcards, lambda _: None
        )

    def _own(self) -> Settings:
        """The window's settings, with what was accepted meanwhile."""
        accepted = licences.accepted(self._studio.home)
        return structs.replace(self._studio.settings, accepted=accepted)

    def _say(self, number: int, checked: answer.Checked) -> None:
        if number != self._check_number:
            return  # the prompt has changed since
        self._line.setText(answer.amounts(checked, self.settings.wish.count))
        self._add.setEnabled(checked.pictures > 0)
        self.problems.show_problems(self._mending.problems(checked, self._cards, self._handles()))
        self.draft.look(self._asked if checked.pictures else None)

    # Who is in it

    def _handles(self) -> list[str]:
        return prompt.handles(self.editor.toPlainText())

    def _named(self) -> list[SubjectCard]:
        return [self._cards[handle] for handle in self._handles() if handle in self._cards]

    def _show_people(self) -> None:
        self.cast.show_cards(self._named())

    def _settings_changed(self) -> None:
        wish = self.settings.wish
        common = wish.scale or 0.0, self.settings.method.text_strength
        self.cast.follow(self.settings.effective, common, (wish.width or 512, wish.height or 512))
        self._check.restart()

    def _icon(self, card: SubjectCard) -> QIcon:
        key = cover(card, self._studio.home, FACE)
        picture = self._studio.thumbnails.get(sharp(key, self.devicePixelRatio())) if key else None
        return (
            QIcon(picture)
            if picture
            else theme.icon("person" if card.kind == "person" else "object", "muted")
        )

    @Slot(object)
    def _arrived(self, key: PictureKey) -> None:
        if key in self._faces:
            self._offering.ask()

    def _offer(self) -> None:
        self.editor.offer(
            [Offer(c.handle, c.name, c.noun, partial(self._icon, c)) for c in self._cards.values()]
        )

    def _face_keys(self) -> set[PictureKey]:
        keys = (cover(card, self._studio.home, FACE) for card in self._cards.values())
        return {sharp(key, self.devicePixelRatio()) for key in keys if key}

    # Layout

    def _lay_out(self) -> None:
        self.editor = PromptEdit()
        self.settings = RenderSettings(self._studio.thumbnails)
        self.cast = Cast(self._studio)
        self.problems = Problems()
        self.presets, self.draft = PresetBar(self._studio), Draft(self._studio)
        self.settings.put_first(tr("PRESET"), self.presets)
        self.editor.file_dropped.connect(self.add_prompts)
        self.editor.picture_dropped.connect(lambda picture: self._starting.take(picture, self.load))
        left = QVBoxLayout()
        left.setContentsMargins(20, 16, 20, 16)
        left.setSpacing(12)
        left.addLayout(self._head())
        prompts = QHBoxLayout()
        prompts.setSpacing(12)
        prompts.addWidget(self.editor, 1)
        prompts.addWidget(self.draft.picture, 0, Qt.AlignmentFlag.AlignTop)
        left.addLayout(prompts, 1)
        left.addWidget(self.cast)
        left.addWidget(self.problems)
        left.addLayout(self._foot())
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(left, 1)
        whole.addWidget(self.settings)
        self.first: QWidget = self.editor

    def _head(self) -> QHBoxLayout:
        head = QHBoxLayout()
        head.addWidget(theme.text(tr("Compose"), "title"))
        head.setSpacing(8)
        head.addStretch()
        head.addWidget(self.draft)
        tip = tr("Adds the prompts of a text file, one a line; or drop the file on the prompts")
        head.addWidget(button(tr("Prompts from a file…"), self.ask_prompts, "files", tip=tip))
        return head

    def _foot(self) -> QHBoxLayout:
        self._line: QLabel = theme.text("", "heading", wrap=True)
        self._line.setAccessibleName(tr("What will be made"))
        self._add: QPushButton = button(tr("Add to queue"), self.add_to_queue, "plus", "primary")
        self._add.setEnabled(False)
        shortcuts.on(self, "compose.add", self._add.click)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self._line, 1)
        row.addWidget(self._add)
        return row
