"""Compose: what shall be made. Everything it says (how many, how long, what is missing) is live."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from msgspec import structs
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget
from sqlalchemy.orm import Session

from core import compose, licences, models, prompt
from core.adapters import AdapterInfo
from core.compose import Wish
from core.errors import KnownError
from core.events import JobFinished, LibraryChanged, SettingsChanged
from core.library import jobs, photos, subjects
from core.library.jobs import JobRow
from core.library.subjects import SubjectCard
from core.models import ModelInfo
from core.pace import Pace
from core.settings import Settings
from core.spec import RenderSpec
from desktop import shortcuts, theme, words
from desktop.later import LaterCall
from desktop.models.subjects import cover
from desktop.pages import mask_dialog
from desktop.pages.cast import FACE, Cast, sharp
from desktop.pages.dialogs import LicenceDialog, photo_filter
from desktop.pages.photo_dialog import PhotoDialog
from desktop.pages.render_settings import RenderSettings
from desktop.studio import Studio
from desktop.thumbnails import PictureKey
from desktop.widgets.buttons import button
from desktop.widgets.flow import clear
from desktop.widgets.prompt_edit import Offer, PromptEdit

EXAMPLE = "a photo of @{} on the beach\nan oil painting of @{} in a library"
CHECK_MS = 150


@dataclass(frozen=True)
class Problem:
    """What stands in the way, and the button that mends it, if one does: for a subject's `card` or an
    adapter's `licence`."""

    words: str
    button: str = ""
    card: SubjectCard | None = None
    licence: AdapterInfo | None = None


@dataclass(frozen=True)
class Checked:
    """What the wish would make: `prompts` × `count` pictures, or what stands in the way; `licence`: of which
    adapter nobody accepted it yet."""

    prompts: int = 0
    pictures: int = 0
    seconds: float | None = None
    bytes: int = 0
    problem: str = ""
    licence: AdapterInfo | None = None


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
        self._pace = Pace()
        self._check_number = 0
        self._lay_out()
        self._check = LaterCall(self.check, self, CHECK_MS)
        self._refresh = LaterCall(self.refresh, self, 80)
        self.editor.textChanged.connect(self._typed)
        self.settings.changed.connect(self._settings_changed)
        self.settings.start.album_asked.connect(self._ask_album)
        self.settings.start.file_asked.connect(self._ask_file)
        self.settings.start.mask_asked.connect(self.ask_mask)
        self.cast.changed.connect(lambda: self._check.restart())
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
        self.editor.offer(
            [Offer(c.handle, c.name, c.noun, partial(self._icon, c)) for c in self._cards.values()]
        )
        names = list(self._cards)[:2] or ["ada"]
        self.editor.setPlaceholderText(
            f"One prompt per line. Type @ to name somebody.\n\n{EXAMPLE.format(names[0], names[-1])}"
        )
        self._show_people()
        self._check.ask()

    def _read_models(self) -> None:
        settings = self._studio.settings
        self._offered = settings.models, settings.model
        self._studio.background.run(lambda: models.available(settings), self._offer_models)

    def _offer_models(self, found: list[ModelInfo]) -> None:
        self.settings.offer(found, self._studio.settings)

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
        own = self._studio.settings
        try:
            own = self._own()
            wanted = compose.specs(session, self._studio.home, own, wish)
        except KnownError as error:
            return Checked(problem=str(error), licence=licences.missing(own, wish))
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

    def _own(self) -> Settings:
        """The window's settings, with what was accepted meanwhile."""
        accepted = licences.accepted(self._studio.home)
        return structs.replace(self._studio.settings, accepted=accepted)

    def _say(self, number: int, checked: Checked) -> None:
        if number != self._check_number:
            return  # the prompt has changed since
        self._line.setText(_amounts(checked, self.settings.wish.count))
        self._add.setEnabled(checked.pictures > 0)
        self._show_problems(self._problems(checked.problem, checked.licence))

    def _problems(self, problem: str, licence: AdapterInfo | None) -> list[Problem]:
        """What the cards already tell comes with a button; the rest as compose says it."""
        found = []
        for card in self._named():
            if card.kind == "person" and card.consent != "granted":
                found.append(Problem(_no_consent(card), f"Consent of {card.name}…", card))
            elif not card.references and self.settings.effective != "text":
                ready = "Make references" if card.kind == "person" else ""
                found.append(Problem(f"{card.name} has no references yet.", ready, card))
        if licence and not found:
            words = f"{licence.name} is for non-commercial use only. Read its licence first."
            return [Problem(words, "Licence…", licence=licence)]
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
            row.addWidget(button(problem.button, lambda: self._mend(problem)))
        return part

    def _mend(self, problem: Problem) -> None:
        if problem.licence:
            self.ask_licence(problem.licence)
        elif problem.button.startswith("Consent"):
            self.consent_asked.emit(problem.card)
        else:
            self.references_asked.emit(problem.card)

    def ask_licence(self, adapter: AdapterInfo) -> None:
        """Once for each file: what was accepted is kept."""
        home, dialog = self._studio.home, LicenceDialog(adapter.name, adapter.licence, self.window())

        def accept() -> None:
            self._studio.background.run(lambda: licences.accept(home, adapter), lambda _: self.check())

        dialog.accepted.connect(accept)
        dialog.open()

    # A photo to start from

    def _ask_album(self) -> None:
        self._studio.read(photos.paths, self._show_album)

    def _show_album(self, found: Sequence[str]) -> None:
        dialog = PhotoDialog(found, self._studio.thumbnails, self.window())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.photo_chosen.connect(self.settings.start.show_photo)
        dialog.open()

    def _ask_file(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "Start from a photo", "", photo_filter())
        if name:
            self.settings.start.show_photo(name)

    def ask_mask(self) -> None:
        """Opens the photo to paint on it what is made anew."""
        start = self.settings.start
        photo, inside = start.path, start.inside

        def show(found: mask_dialog.Opened) -> None:
            dialog = mask_dialog.MaskDialog(self._studio, photo, found, inside, self.window())
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.chosen.connect(start.show_inside)
            dialog.open()

        self._studio.read(lambda s: mask_dialog.opened(self._studio, s, photo, inside), show)

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
        if key in self._face_keys():
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
        self._problem_rows = QVBoxLayout()
        self._problem_rows.setSpacing(6)
        left = QVBoxLayout()
        left.setContentsMargins(20, 16, 20, 16)
        left.setSpacing(12)
        left.addWidget(theme.text("Compose", "title"))
        left.addWidget(self.editor, 1)
        left.addWidget(self.cast)
        left.addLayout(self._problem_rows)
        left.addLayout(self._foot())
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(left, 1)
        whole.addWidget(self.settings)
        self.first: QWidget = self.editor

    def _foot(self) -> QHBoxLayout:
        self._line: QLabel = theme.text("", "heading", wrap=True)
        self._line.setAccessibleName("What will be made")
        self._add: QPushButton = button("Add to queue", self.add_to_queue, "plus", "primary")
        self._add.setEnabled(False)
        shortcuts.of_button("compose.add", self._add)
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
