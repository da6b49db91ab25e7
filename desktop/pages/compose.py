"""Compose: what shall be made. Everything it says (how many, how long, what is missing) is live."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from msgspec import structs
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QIcon, QKeySequence, QPixmap, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget
from sqlalchemy.orm import Session

from core import compose, models, prompt
from core.compose import Wish
from core.errors import KnownError
from core.events import JobFinished, LibraryChanged
from core.library import jobs, subjects
from core.library.jobs import JobRow
from core.library.subjects import SubjectCard
from core.models import ModelInfo
from core.pace import Pace
from core.spec import RenderSpec
from desktop import theme, words
from desktop.later import LaterCall
from desktop.models.subjects import cover
from desktop.pages.render_settings import RenderSettings
from desktop.studio import Studio
from desktop.thumbnails import PictureKey
from desktop.widgets.buttons import button
from desktop.widgets.chip import SubjectChip
from desktop.widgets.flow import FlowLayout, clear
from desktop.widgets.prompt_edit import Offer, PromptEdit

FACE = 40
EXAMPLE = "a photo of @{} on the beach\nan oil painting of @{} in a library"
CHECK_MS = 150


@dataclass(frozen=True)
class Problem:
    """What stands in the way, and the button that mends it, if one does."""

    words: str
    button: str = ""
    card: SubjectCard | None = None


@dataclass(frozen=True)
class Checked:
    """What the wish would make: `prompts` × `count` pictures, or what stands in the way."""

    prompts: int = 0
    pictures: int = 0
    seconds: float | None = None
    bytes: int = 0
    problem: str = ""


@dataclass(frozen=True)
class _Asked:
    """A picture not yet made, as far as its time goes."""

    shape: str
    steps: int
    width: int
    height: int
    seconds: float | None = None


class ComposePage(QWidget):
    consent_asked = Signal(object)
    references_asked = Signal(object)
    queue_asked = Signal()

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._studio = studio
        self._cards: dict[str, SubjectCard] = {}
        self._chips: dict[str, tuple[str, SubjectChip]] = {}
        self._waiting: dict[PictureKey, Callable[[QPixmap], None]] = {}
        self._scales: dict[str, float] = {}
        self._pace = Pace()
        self._check_number = 0
        self._lay_out()
        self._check = LaterCall(self.check, self, CHECK_MS)
        self._refresh = LaterCall(self.refresh, self, 80)
        self.editor.textChanged.connect(self._typed)
        self.settings.changed.connect(self._settings_changed)
        studio.bridge.happened.connect(self._hear)
        studio.thumbnails.ready.connect(self._arrived)
        studio.background.run(lambda: models.available(studio.settings), self._offer_models)
        self.refresh()

    # Reading

    def refresh(self) -> None:
        self._studio.read(lambda s: (subjects.cards(s), jobs.rows(s, states=("done",))), self._fill)

    def _fill(self, found: tuple[list[SubjectCard], list[JobRow]]) -> None:
        cards, done = found
        if done:  # a cleared queue does not make us forget how fast this machine is
            self._pace = Pace.of(done)
        self._cards = {card.handle: card for card in cards if card.named}
        self.editor.offer(
            [Offer(c.handle, c.name, c.noun, partial(self._icon, c)) for c in self._cards.values()]
        )
        names = list(self._cards)[:2] or ["ada"]
        self.editor.setPlaceholderText(
            f"One prompt per line. Type @ to name somebody.\n\n{EXAMPLE.format(names[0], names[-1])}"
        )
        self._show_people()
        self._check.ask()

    def _offer_models(self, found: list[ModelInfo]) -> None:
        self.settings.offer(found, self._studio.settings.model)

    @Slot(object)
    def _hear(self, event: object) -> None:
        if isinstance(event, JobFinished) or (isinstance(event, LibraryChanged) and event.what == "subjects"):
            self._refresh.ask()

    # What the user asks for

    @property
    def wish(self) -> Wish:
        named = {handle: self._scales[handle] for handle in self._handles() if handle in self._scales}
        return structs.replace(self.settings.wish, text=self.editor.toPlainText(), scales=named)

    def load(self, spec: RenderSpec, *, seed: bool = True) -> None:
        """Takes over a picture's settings; without `seed`, a new one is drawn."""
        handles = {card.uid: card.handle for card in self._cards.values()}
        self._scales = {handles[s.uid]: s.scale for s in spec.subjects if s.uid in handles}
        self._chips.clear()
        self.settings.load(spec, seed=seed)
        self.editor.setPlainText(spec.template or spec.prompt)
        self._typed()

    def add_to_queue(self) -> None:
        wish, studio = self.wish, self._studio

        def enqueue() -> int:
            with studio.library.read() as session:
                wanted = compose.specs(session, studio.home, studio.settings, wish)
            with studio.library.write() as session:
                return len(jobs.enqueue(session, wanted))

        self._add.setEnabled(False)
        studio.background.run(enqueue, self._added, self._refused)

    def _added(self, count: int) -> None:
        self._studio.runner.wake()
        self._studio.bridge.happened.emit(LibraryChanged("jobs"))
        self._studio.messages.say(
            f"{words.many(count, 'picture')} added to the queue.",
            "done",
            action=("Show the queue", self.queue_asked.emit),
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
        if not wish.text.strip():
            self._say(number, Checked())
            return
        self._studio.read(lambda s: self._checked(s, wish), partial(self._say, number))

    def _checked(self, session: Session, wish: Wish) -> Checked:
        try:
            wanted = compose.specs(session, self._studio.home, self._studio.settings, wish)
        except KnownError as error:
            return Checked(problem=str(error))
        one_each = wanted[:: wish.count]
        each = [self._pace.picture(_Asked(jobs.shape(s), s.steps, s.width, s.height)) for s in one_each]
        known = [seconds for seconds in each if seconds is not None]
        cost = compose.estimate(wanted)
        return Checked(
            len(one_each),
            len(wanted),
            sum(known) * wish.count if len(known) == len(each) else None,
            cost.bytes,
        )

    def _say(self, number: int, checked: Checked) -> None:
        if number != self._check_number:
            return  # the prompt has changed since
        self._line.setText(_amounts(checked, self.settings.wish.count))
        self._add.setEnabled(checked.pictures > 0)
        self._show_problems(self._problems(checked.problem))

    def _problems(self, problem: str) -> list[Problem]:
        """What the cards already tell comes with a button; the rest as compose says it."""
        found = []
        for card in self._named():
            if card.kind == "person" and card.consent != "granted":
                found.append(Problem(_no_consent(card), f"Consent of {card.name}…", card))
            elif not card.references and self.settings.wish.method != "text":
                ready = "Make references" if card.kind == "person" else ""
                found.append(Problem(f"{card.name} has no references yet.", ready, card))
        return found or ([Problem(problem)] if problem else [])

    def _show_problems(self, problems: Sequence[Problem]) -> None:
        clear(self._problem_rows)
        for problem in problems:
            self._problem_rows.addWidget(self._problem_row(problem))

    def _problem_row(self, problem: Problem) -> QWidget:
        part = QFrame(objectName="tile")
        row = QHBoxLayout(part)
        row.setContentsMargins(10, 6, 6, 6)
        picture = theme.text()
        picture.setPixmap(theme.icon("warning", "warning").pixmap(18, 18))
        row.addWidget(picture)
        row.addWidget(theme.text(problem.words, wrap=True), 1)
        if problem.button:
            ask = self.consent_asked if problem.button.startswith("Consent") else self.references_asked
            row.addWidget(button(problem.button, lambda: ask.emit(problem.card)))
        return part

    # Who is in it

    def _handles(self) -> list[str]:
        return prompt.handles(self.editor.toPlainText())

    def _named(self) -> list[SubjectCard]:
        return [self._cards[handle] for handle in self._handles() if handle in self._cards]

    def _show_people(self) -> None:
        """One chip for each subject of the prompt; a chip that is being dragged stays the same."""
        wanted = {card.handle: (card, _short_problem(card)) for card in self._named()}
        current = {handle: problem for handle, (problem, _) in self._chips.items()}
        if current == {
            handle: problem for handle, (_, problem) in wanted.items()
        } and self._flow.count() == len(wanted):
            return
        clear(self._flow)
        self._chips = {h: (problem, self._chip(card, problem)) for h, (card, problem) in wanted.items()}
        self._people.setVisible(bool(wanted))
        self._people.updateGeometry()

    def _chip(self, card: SubjectCard, problem: str) -> SubjectChip:
        strength = self._scales.get(card.handle, self.settings.wish.scale or 0.0)
        chip = SubjectChip(card.name, card.noun, strength, problem)
        chip.strengthened.connect(partial(self._strengthen, card.handle))
        self._when_ready(cover(card, self._studio.home, FACE), chip.picture.show_picture)
        self._flow.addWidget(chip)
        return chip

    def _settings_changed(self) -> None:
        """Everybody without a strength of their own follows the common one."""
        common = self.settings.wish.scale or 0.0
        for handle, (_, chip) in self._chips.items():
            chip.show_strength(self._scales.get(handle, common))
        self._check.restart()

    def _strengthen(self, handle: str, strength: float) -> None:
        self._scales[handle] = strength
        self._check.restart()

    def _icon(self, card: SubjectCard) -> QIcon:
        key = cover(card, self._studio.home, FACE)
        picture = self._studio.thumbnails.get(_sharp(key, self.devicePixelRatio())) if key else None
        return (
            QIcon(picture)
            if picture
            else theme.icon("person" if card.kind == "person" else "object", "muted")
        )

    def _when_ready(self, key: PictureKey | None, show: Callable[[QPixmap], None]) -> None:
        if key is None:
            return
        key = _sharp(key, self.devicePixelRatio())
        picture = self._studio.thumbnails.get(key)
        if picture is None:
            self._waiting[key] = show
        else:
            show(picture)

    @Slot(object)
    def _arrived(self, key: PictureKey) -> None:
        show = self._waiting.pop(key, None)
        picture = self._studio.thumbnails.get(key)
        if show and picture:
            show(picture)
        if key in self._face_keys():
            self.editor.offer(
                [Offer(c.handle, c.name, c.noun, partial(self._icon, c)) for c in self._cards.values()]
            )

    def _face_keys(self) -> set[PictureKey]:
        keys = (cover(card, self._studio.home, FACE) for card in self._cards.values())
        return {_sharp(key, self.devicePixelRatio()) for key in keys if key}

    # Layout

    def _lay_out(self) -> None:
        self.editor = PromptEdit()
        self.settings = RenderSettings()
        self._people = QWidget()
        self._flow = FlowLayout(self._people)
        self._problem_rows = QVBoxLayout()
        self._problem_rows.setSpacing(6)
        left = QVBoxLayout()
        left.setContentsMargins(20, 16, 20, 16)
        left.setSpacing(12)
        left.addWidget(theme.text("Compose", "title"))
        left.addWidget(self.editor, 1)
        left.addWidget(self._people)
        left.addLayout(self._problem_rows)
        left.addLayout(self._foot())
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(left, 1)
        whole.addWidget(self.settings)
        self._people.hide()
        self.setFocusProxy(self.editor)

    def _foot(self) -> QHBoxLayout:
        self._line: QLabel = theme.text("", "heading", wrap=True)
        self._line.setAccessibleName("What will be made")
        self._add: QPushButton = button("Add to queue", self.add_to_queue, "plus", "primary", "Ctrl+Enter")
        self._add.setEnabled(False)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(
                QKeySequence(keys),
                self,
                self._add.click,
                context=Qt.ShortcutContext.WidgetWithChildrenShortcut,
            )
        row = QHBoxLayout()
        row.addWidget(self._line, 1)
        row.addWidget(self._add)
        return row


def _amounts(checked: Checked, count: int) -> str:
    """3 prompts × 4 seeds = 12 pictures, about 2 min, 1.5 MB"""
    if not checked.pictures:
        return ""
    made = words.many(checked.pictures, "picture")
    if checked.pictures > 1:
        made = f"{words.many(checked.prompts, 'prompt')} × {words.many(count, 'seed')} = {made}"
    time = f", about {words.duration(checked.seconds)}" if checked.seconds is not None else ""
    return f"{made}{time}, {words.size(checked.bytes)}"


def _no_consent(card: SubjectCard) -> str:
    if card.consent == "unknown":
        return f"Did {card.name} agree to pictures being made? Note it first."
    what = "refused" if card.consent == "denied" else "withdrawn the consent"
    return f"{card.name} has {what}: no pictures are made."


def _short_problem(card: SubjectCard) -> str:
    if card.kind == "person" and card.consent != "granted":
        return "no consent"
    return "" if card.references else "no references"


def _sharp(key: PictureKey, ratio: float) -> PictureKey:
    return replace(key, side=round(key.side * ratio))
