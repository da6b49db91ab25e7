"""What the gallery shows: words, and behind one button everything else that can be asked for."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import structs
from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QMenu, QPushButton, QVBoxLayout, QWidget

from core.library.picture_albums import AlbumRow
from core.library.search import Wanted
from desktop import shortcuts, theme
from desktop.i18n import noop, tr
from desktop.later import LaterCall
from desktop.models.jobs import WAY
from desktop.widgets.buttons import button, icon_button
from desktop.widgets.fields import choices, choose, offer
from desktop.widgets.flow import FlowLayout

TYPING_MS = 250
SORTS = {
    "newest": noop("Newest first"),
    "oldest": noop("Oldest first"),
    "rating": noop("Best rated first"),
    "score": noop("Most alike first"),
}
FLAGS = {"": noop("Picked or not"), "picked": noop("Picked"), "not rejected": noop("Not rejected"),
         "rejected": noop("Rejected")}  # fmt: skip
COLOURS = {"": noop("Any colour"), "red": noop("Red"), "yellow": noop("Yellow"), "green": noop("Green"),
           "blue": noop("Blue"), "purple": noop("Purple")}  # fmt: skip
DAYS = {None: noop("Any time"), 1: noop("Last 24 hours"), 7: noop("Last 7 days"),
        30: noop("Last 30 days"), 365: noop("Last year")}  # fmt: skip
ALIKE = (0.1, 0.2, 0.3, 0.45)


@dataclass(frozen=True)
class Offer:
    """What there is to choose from: people as uid and name."""

    people: Sequence[tuple[str, str]] = ()
    albums: Sequence[AlbumRow] = ()
    methods: Sequence[str] = ()
    models: Sequence[str] = ()


class FilterBar(QWidget):
    """`changed`: `wanted` or `stacked` is another now. `opened`: somebody is about to choose."""

    changed = Signal()
    opened = Signal()

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        super().__init__()
        self._now = now
        self._prompt = ""
        self._people: dict[str, QAction] = {}
        self._boxes = {
            "album": choices({None: tr("Any album")}),
            "rating": choices(_stars()),
            "flag": choices(_told(FLAGS)),
            "label": choices(_told(COLOURS)),
            "score": choices(_alike()),
            "days": choices(_told(DAYS)),
            "method": choices({"": tr("Any method")}),
            "model": choices({"": tr("Any model")}),
        }
        self._lay_out()
        self._typed = LaterCall(self._tell, self, TYPING_MS)
        self.words.textEdited.connect(lambda: self._typed.restart())
        for box in (*self._boxes.values(), self.sort):
            box.currentIndexChanged.connect(self._tell)

    @property
    def wanted(self) -> Wanted:
        chosen = {name: box.currentData() for name, box in self._boxes.items()}
        days, label = chosen.pop("days"), chosen.pop("label")
        return Wanted(
            words=self.words.text(),
            prompt=self._prompt,
            people=tuple(uid for uid, action in self._people.items() if action.isChecked()),
            labels=(label,) if label else (),
            since=self._now() - timedelta(days=days) if days else None,
            sort=self.sort.currentData(),
            **chosen,
        )

    @property
    def stacked(self) -> bool:
        return self._stacks.isChecked()

    def offer(self, found: Offer) -> None:
        """Renews what there is to choose from. Somebody is told only when what was chosen is gone."""
        albums = {each.id: f"{each.name} ({each.pictures})" for each in found.albums}
        methods = {name: WAY.get(name, name) for name in found.methods}
        before = self._chosen
        self._renew("album", {None: tr("Any album"), **albums})
        self._renew("method", {"": tr("Any method"), **methods})
        self._renew("model", {"": tr("Any model"), **{name: name for name in found.models}})
        self._offer_people(found.people)
        self._say()
        if self._chosen != before:
            self.changed.emit()

    @property
    def _chosen(self) -> list[object]:
        people = [uid for uid, action in self._people.items() if action.isChecked()]
        return [people, *(box.currentData() for box in self._boxes.values())]

    def _renew(self, name: str, values: dict[Any, str]) -> None:
        with QSignalBlocker(self._boxes[name]):
            offer(self._boxes[name], values)

    def show_prompt(self, prompt: str) -> None:
        """Shows every picture of one prompt, for itself."""
        self._prompt = prompt
        self._stacks.setChecked(False)
        self._tell()

    def show_album(self, album: int) -> None:
        choose(self._boxes["album"], album)

    def clear(self) -> None:
        """Asks for nothing any more; order and stacks stay."""
        self._prompt = ""
        self.words.clear()
        for action in self._people.values():
            action.setChecked(False)
        for box in self._boxes.values():
            with QSignalBlocker(box):
                box.setCurrentIndex(0)
        self._tell()

    def _offer_people(self, people: Sequence[tuple[str, str]]) -> None:
        chosen = {uid for uid, action in self._people.items() if action.isChecked()}
        self._menu.clear()
        self._people = {}
        for uid, name in people:
            action = self._menu.addAction(name.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(uid in chosen)
            action.toggled.connect(self._tell)
            self._people[uid] = action
        self._who.setEnabled(bool(people))

    def _tell(self) -> None:
        self._say()
        self.changed.emit()

    def _say(self) -> None:
        """The buttons say what is asked for while the choices are folded away."""
        names = [action.text().replace("&&", "&") for action in self._people.values() if action.isChecked()]
        self._who.setText(", ".join(names) or tr("Anybody"))
        asked = structs.replace(self.wanted, words="", prompt="")
        count = sum(
            bool(getattr(asked, name))
            for name in ("people", "album", "rating", "flag", "labels", "score", "since", "method", "model")
        )
        self._filter.setText(tr("Filter ({count})", count=count) if count else tr("Filter"))
        self._clear.setVisible(not self.wanted.everything)
        self._one_prompt.setVisible(bool(self._prompt))
        self._one_prompt.setText(tr("Only “{prompt}”", prompt=_short(self._prompt)))

    # Layout

    def _lay_out(self) -> None:
        self.words = QLineEdit(placeholderText=tr("Search the prompts"), clearButtonEnabled=True)
        self.words.addAction(theme.icon("search", "muted"), QLineEdit.ActionPosition.LeadingPosition)
        self.words.setAccessibleName(tr("Search the prompts"))
        self.words.setMinimumWidth(140)
        self.sort = choices(_told(SORTS))
        self.sort.setAccessibleName(tr("Order"))
        self._filter = button(
            tr("Filter"),
            icon="filter",
            role="toggle",
            tip=tr("People, stars, colours, dates, methods"),
        )
        self._filter.setCheckable(True)
        shortcuts.of_button("gallery.filter", self._filter)
        self._stacks = icon_button("stack", tr("Stacks: one picture for each prompt, the best on top"))
        self._stacks.setProperty("role", "button")
        self._stacks.setCheckable(True)
        self._stacks.toggled.connect(self._tell)
        self._clear = button(tr("Show all"), self.clear, role="link", tip=tr("Takes every filter away"))
        self._one_prompt = theme.text("", "muted")
        first = QHBoxLayout()
        first.setSpacing(8)
        first.addWidget(self.words, 1)
        for part in (self._filter, self._stacks, self.sort):
            first.addWidget(part)
        second = QHBoxLayout()
        second.addWidget(self._one_prompt)
        second.addWidget(self._clear)
        second.addStretch()
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(8)
        whole.addLayout(first)
        whole.addWidget(self._choices())
        whole.addLayout(second)
        self._clear.hide()
        self._one_prompt.hide()

    def _choices(self) -> QWidget:
        names = {
            "album": tr("Album"), "rating": tr("Stars"), "flag": tr("Picked"), "label": tr("Colour"),
            "score": tr("Likeness"), "days": tr("When"), "method": tr("Method"), "model": tr("Model"),
        }  # fmt: skip
        self._who = QPushButton(tr("Anybody"))
        self._who.setAccessibleName(tr("People in the picture"))
        self._who.setEnabled(False)
        self._menu = QMenu(self._who)
        self._who.setMenu(self._menu)
        inside = QWidget()
        flow = FlowLayout(inside, 6)
        flow.addWidget(self._who)
        for name, box in self._boxes.items():
            box.setAccessibleName(names[name])
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
            flow.addWidget(box)
        inside.hide()
        self._filter.toggled.connect(inside.setVisible)
        self._filter.toggled.connect(lambda shown: self.opened.emit() if shown else None)
        return inside


def _told(values: Mapping[Any, str]) -> dict[Any, str]:
    return {value: tr(title) for value, title in values.items()}


def _stars() -> dict[Any, str]:
    more = {count: tr("{stars} or more", stars="★" * count) for count in range(1, 5)}
    return {0: tr("Any rating"), **more, 5: "★★★★★"}


def _alike() -> dict[Any, str]:
    scores = {score: tr("Likeness from {score}", score=f"{score:.2f}") for score in ALIKE}
    return {None: tr("Any likeness"), **scores}


def _short(words: str, most: int = 60) -> str:
    return words if len(words) <= most else f"{words[: most - 1]}…"
