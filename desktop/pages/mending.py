"""What stands in the way of a wish, and what each button beside it does."""

import difflib
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QUrl, SignalInstance
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from core import licences, prompt
from core.adapters import AdapterInfo
from core.errors import KnownError
from core.library.subjects import SubjectCard
from core.library.tries import NobodyToTry
from core.methods import METHODS, UnfitSubjects
from core.wildcards import MissingWildcard
from desktop.i18n import tr
from desktop.pages.answer import Checked
from desktop.pages.dialogs import LicenceDialog
from desktop.pages.problems import Problem, Way
from desktop.pages.render_settings import RenderSettings
from desktop.studio import Studio
from desktop.widgets.prompt_edit import PromptEdit

NEAR = 0.6
"""How much alike two handles are that one may be meant for the other."""


class Page(Protocol):
    """What of the Compose page is mended."""

    editor: PromptEdit
    settings: RenderSettings
    consent_asked: SignalInstance
    references_asked: SignalInstance

    def check(self) -> None: ...
    def window(self) -> QWidget: ...


class Mending:
    """`cards`: everybody who has a name, by handle; `handles`: whom the prompts name."""

    def __init__(self, studio: Studio, page: Page) -> None:
        self._studio, self._page = studio, page

    def problems(
        self, checked: Checked, cards: Mapping[str, SubjectCard], handles: Sequence[str]
    ) -> list[Problem]:
        """What the cards already tell comes with a button; the rest as compose says it."""
        named = [cards[handle] for handle in handles if handle in cards]
        found = [problem for card in named if (problem := self._problem_of(card))]
        if found or not checked.problem:
            return found
        if licence := checked.licence:
            words = tr("{name} is for non-commercial use only. Read its licence first.", name=licence.name)
            return [Problem(words, tr("Licence…"), lambda: self.ask_licence(licence))]
        return [self._told(checked.problem, cards, handles)]

    def _told(self, problem: KnownError, cards: Mapping[str, SubjectCard], handles: Sequence[str]) -> Problem:
        told = str(problem)
        match problem:
            case MissingWildcard(file=file):
                return Problem(told, tr("Write it…"), lambda: self._write_wildcard(file))
            case NobodyToTry():
                once = partial(self._page.settings.until.show_value, None)
                return Problem(told, tr("Make each once"), once)
            case UnfitSubjects():
                return Problem(told, others=self._fewer_or_otherwise(problem, cards))
        return self._misspelt(told, cards, handles) or self._seen(told, cards) or Problem(told)

    def _fewer_or_otherwise(
        self, problem: UnfitSubjects, cards: Mapping[str, SubjectCard]
    ) -> tuple[Way, ...]:
        """The methods there are that take them all; and leaving out those who are too many."""
        offered = self._page.settings.method.offered
        methods = [
            Way(
                tr("Use {method}", method=METHODS[name].title),
                partial(self._page.settings.method.choose, name),
            )
            for name in problem.others
            if name in offered
        ]
        if len(methods) > 1:
            methods = [Way(tr("Another method"), choices=tuple(methods))]
        extra = [handle for handle, card in cards.items() if card.uid in problem.extra]
        leave = partial(self._leave_out, extra, problem.most)
        return (*methods, Way(_leaving_out(extra), leave, tip=", ".join(f"@{each}" for each in extra)))

    def _leave_out(self, handles: Sequence[str], most: int) -> None:
        text = self._page.editor.toPlainText()
        self._page.editor.setPlainText(prompt.without(text, handles, most))

    def _problem_of(self, card: SubjectCard) -> Problem | None:
        if card.kind == "person" and card.consent != "granted":
            return self._asks_consent(_no_consent(card), card)
        if card.references or self._page.settings.effective == "text":
            return None
        words = tr("{name} has no references yet.", name=card.name)
        if card.kind != "person":
            return Problem(words)
        return Problem(words, tr("Make references"), lambda: self._page.references_asked.emit(card))

    def _asks_consent(self, words: str, card: SubjectCard) -> Problem:
        ask = tr("Consent of {name}…", name=card.name)
        return Problem(words, ask, lambda: self._page.consent_asked.emit(card))

    def _misspelt(
        self, problem: str, cards: Mapping[str, SubjectCard], handles: Sequence[str]
    ) -> Problem | None:
        """A handle that nobody has, and the one that looks like it."""
        for handle in handles:
            near = difflib.get_close_matches(handle, cards, 1, NEAR)
            if handle not in cards and near:
                mend = partial(self._respell, handle, near[0])
                return Problem(problem, tr("Use @{handle}", handle=near[0]), mend)
        return None

    def _respell(self, wrong: str, right: str) -> None:
        text = self._page.editor.toPlainText()
        spelt = prompt.HANDLE.sub(lambda each: f"@{right}" if each[1].lower() == wrong else each[0], text)
        self._page.editor.setPlainText(spelt)

    def _seen(self, problem: str, cards: Mapping[str, SubjectCard]) -> Problem | None:
        """Somebody on the start photo who has not agreed."""
        if not self._page.settings.start.path:
            return None
        asked = (card for card in cards.values() if card.kind == "person" and card.consent != "granted")
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
        home, dialog = self._studio.home, LicenceDialog(adapter.name, adapter.licence, self._page.window())

        def accept() -> None:
            self._studio.background.run(lambda: licences.accept(home, adapter), lambda _: self._page.check())

        dialog.accepted.connect(accept)
        dialog.open()


def _no_consent(card: SubjectCard) -> str:
    if card.consent == "unknown":
        return tr("Did {name} agree to pictures being made? Note it first.", name=card.name)
    if card.consent == "denied":
        return tr("{name} has refused: no pictures are made.", name=card.name)
    if card.consent == "expired":
        return tr("The consent of {name} has ended: ask again before making pictures.", name=card.name)
    return tr("{name} has withdrawn the consent: no pictures are made.", name=card.name)


def _leaving_out(handles: Sequence[str]) -> str:
    if len(handles) == 1:
        return tr("Leave {names} out", names=f"@{handles[0]}")
    return tr("Leave {count} of them out", count=len(handles))
