"""Compose: what shall be made. Everything it says (how many, how long, what is missing) is live."""

import difflib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from msgspec import structs
from PySide6.QtCore import Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QIcon
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget
from sqlalchemy.orm import Session

from core import compose, licences, models, prompt, wildcards
from core.adapters import AdapterInfo
from core.compose import Wish
from core.errors import KnownError
from core.events import JobFinished, LibraryChanged, SettingsChanged
from core.library import jobs, photos, subjects
from core.library.jobs import JobRow
from core.library.subjects import SubjectCard
from core.models import ModelInfo
from core.pace import Pace
from core.presets import Preset
from core.settings import Settings
from core.spec import RenderSpec
from core.wildcards import MissingWildcard
from desktop import shortcuts, theme, words
from desktop.i18n import noop, tr
from desktop.later import LaterCall
from desktop.models.subjects import cover
from desktop.pages import mask_dialog
from desktop.pages.cast import FACE, Cast, sharp
from desktop.pages.dialogs import LicenceDialog, photo_filter
from desktop.pages.draft import Draft
from desktop.pages.photo_dialog import PhotoDialog
from desktop.pages.preset_bar import PresetBar
from desktop.pages.problems import Problem, Problems
from desktop.pages.render_settings import RenderSettings
from desktop.studio import Studio
from desktop.thumbnails import PictureKey
from desktop.widgets.buttons import button
from desktop.widgets.prompt_edit import Offer, PromptEdit

EXAMPLE = noop(
    "One prompt per line. Type @ to name somebody, {{a|b}} for both, __place__ for a line of a file.\n\n"
    "a photo of {ada} on the beach\nan oil painting of {ben} in a library"
)
CHECK_MS = 150
NEAR = 0.6
"""How much alike two handles are that one may be meant for the other."""


@dataclass(frozen=True)
class Checked:
    """What the wish would make: `prompts` × `count` pictures, or what stands in the way; `licence`: of which
    adapter nobody accepted it yet; `wildcard`: the file that is missing or empty."""

    prompts: int = 0
    pictures: int = 0
    seconds: float | None = None
    bytes: int = 0
    problem: str = ""
    licence: AdapterInfo | None = None
    wildcard: Path | None = None


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
        self._asked = Wish(text="")
        self._lay_out()
        self._check = LaterCall(self.check, self, CHECK_MS)
        self._refresh = LaterCall(self.refresh, self, 80)
        self.editor.textChanged.connect(self._typed)
        self.settings.changed.connect(self._settings_changed)
        self.settings.start.album_asked.connect(self._ask_album)
        self.settings.start.file_asked.connect(self._ask_file)
        self.settings.start.mask_asked.connect(self.ask_mask)
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
        self.editor.offer(
            [Offer(c.handle, c.name, c.noun, partial(self._icon, c)) for c in self._cards.values()]
        )
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
            self._say(number, Checked())
            return
        self._studio.read(lambda s: self._checked(s, wish), partial(self._say, number))

    def _read_wildcards(self) -> None:
        """One that cannot be read is told once a prompt names it."""
        folder = self._studio.home.wildcards
        self._studio.background.run(
            lambda: wildcards.available(folder), self.editor.know_wildcards, lambda _: None
        )

    def _checked(self, session: Session, wish: Wish) -> Checked:
        own = self._studio.settings
        try:
            own = self._own()
            wanted = compose.specs(session, self._studio.home, own, wish)
        except KnownError as error:
            file = error.file if isinstance(error, MissingWildcard) else None
            return Checked(problem=str(error), licence=licences.missing(own, wish), wildcard=file)
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
        self.problems.show_problems(self._problems(checked))
        self.draft.look(self._asked if checked.pictures else None)

    def _problems(self, checked: Checked) -> list[Problem]:
        """What the cards already tell comes with a button; the rest as compose says it."""
        found = [problem for card in self._named() if (problem := self._problem_of(card))]
        if found or not checked.problem:
            return found
        if licence := checked.licence:
            words = tr("{name} is for non-commercial use only. Read its licence first.", name=licence.name)
            return [Problem(words, tr("Licence…"), lambda: self.ask_licence(licence))]
        if file := checked.wildcard:
            return [Problem(checked.problem, tr("Write it…"), lambda: self._write_wildcard(file))]
        return [self._misspelt(checked.problem) or self._seen(checked.problem) or Problem(checked.problem)]

    def _problem_of(self, card: SubjectCard) -> Problem | None:
        if card.kind == "person" and card.consent != "granted":
            return self._asks_consent(_no_consent(card), card)
        if card.references or self.settings.effective == "text":
            return None
        words = tr("{name} has no references yet.", name=card.name)
        if card.kind != "person":
            return Problem(words)
        return Problem(words, tr("Make references"), lambda: self.references_asked.emit(card))

    def _asks_consent(self, words: str, card: SubjectCard) -> Problem:
        ask = tr("Consent of {name}…", name=card.name)
        return Problem(words, ask, lambda: self.consent_asked.emit(card))

    def _misspelt(self, problem: str) -> Problem | None:
        """A handle that nobody has, and the one that looks like it."""
        for handle in self._handles():
            near = difflib.get_close_matches(handle, self._cards, 1, NEAR)
            if handle not in self._cards and near:
                mend = partial(self._respell, handle, near[0])
                return Problem(problem, tr("Use @{handle}", handle=near[0]), mend)
        return None

    def _respell(self, wrong: str, right: str) -> None:
        text = self.editor.toPlainText()
        spelt = prompt.HANDLE.sub(lambda each: f"@{right}" if each[1].lower() == wrong else each[0], text)
        self.editor.setPlainText(spelt)

    def _seen(self, problem: str) -> Problem | None:
        """Somebody on the start photo who has not agreed."""
        if not self.settings.start.path:
            return None
        asked = (card for card in self._cards.values() if card.kind == "person" and card.consent != "granted")
        card = next((each for each in asked if each.name in problem), None)
        return self._asks_consent(problem, card) if card else None

    def _write_wildcard(self, file: Path) -> None:
        """Opens the file in the editor for texts, with a line that says what belongs there."""

        def begin() -> None:
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            if not file.exists():
                file.write_text(f"# {tr('One choice a line')}\n", "utf-8")

        url = QUrl.fromLocalFile(str(file))
        self._studio.background.run(begin, lambda _: QDesktopServices.openUrl(url))

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
        name, _ = QFileDialog.getOpenFileName(self, tr("Start from a photo"), "", photo_filter())
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
        self.problems = Problems()
        self.presets, self.draft = PresetBar(self._studio), Draft(self._studio)
        self.settings.put_first(tr("PRESET"), self.presets)
        self.editor.file_dropped.connect(self.add_prompts)
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


def _amounts(checked: Checked, count: int) -> str:
    """3 prompts × 4 seeds = 12 pictures, about 2 min, 1.5 MB"""
    if not checked.pictures:
        return ""
    told = {"pictures": words.many(checked.pictures, "picture"), "size": words.size(checked.bytes)}
    if checked.pictures > 1:
        several = {"prompts": words.many(checked.prompts, "prompt"), "seeds": words.many(count, "seed")}
        told["pictures"] = tr("{prompts} × {seeds} = {pictures}", **several, pictures=told["pictures"])
    if checked.seconds is None:
        return tr("{pictures}, {size}", **told)
    return tr("{pictures}, about {time}, {size}", time=words.duration(checked.seconds), **told)


def _no_consent(card: SubjectCard) -> str:
    if card.consent == "unknown":
        return tr("Did {name} agree to pictures being made? Note it first.", name=card.name)
    if card.consent == "denied":
        return tr("{name} has refused: no pictures are made.", name=card.name)
    return tr("{name} has withdrawn the consent: no pictures are made.", name=card.name)
