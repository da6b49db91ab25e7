"""Who is in the prompts: a chip for each subject, with their strengths, and where they belong."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from core import compose
from core.compose import Wish
from core.library.subjects import SubjectCard
from core.methods import METHODS
from core.spec import Method, Region, RenderSpec
from desktop.arrivals import Arrivals
from desktop.i18n import tr
from desktop.later import LaterCall
from desktop.models.subjects import cover
from desktop.pages.region_dialog import RegionDialog
from desktop.studio import Studio
from desktop.thumbnails import PictureKey
from desktop.widgets.buttons import button
from desktop.widgets.chip import SubjectChip
from desktop.widgets.flow import FlowLayout, clear

FACE = 40
MOST = 190
"""Pixels: three lines of chips."""


class Cast(QWidget):
    """`changed` after every change; `values` are fields of a `Wish`."""

    changed = Signal()

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._studio = studio
        self._cards: list[SubjectCard] = []
        self.chips: dict[str, SubjectChip] = {}
        self._shown: dict[str, tuple[SubjectCard, str]] = {}
        self._scales: dict[str, float] = {}
        self._text_scales: dict[str, float] = {}
        self._regions: dict[str, Region] = {}
        self._method: Method = "text"
        self._common, self._common_words = 0.0, 1.0
        self._size = (512, 512)
        self._refit = LaterCall(self._fit, self, 0)
        self._lay_out()
        self._arrivals = Arrivals(studio.thumbnails, self)

    # What is asked for

    @property
    def values(self) -> dict[str, Any]:
        """Only of those whom the prompts name, and only what the method has a use for."""
        info = METHODS[self._method]
        asked: dict[str, dict[str, Any]] = {}
        if self._method != "text":
            asked["scales"] = self._scales
        if info.visual:
            asked["regions"] = self._regions
        if info.words and info.visual:
            asked["text_scales"] = self._text_scales
        named = [card.handle for card in self._cards]
        return {name: {h: each[h] for h in named if h in each} for name, each in asked.items()}

    def load(self, spec: RenderSpec, handles: dict[str, str]) -> None:
        """Takes over a picture's strengths and regions; `handles` by uid."""
        known = [(handles[each.uid], each) for each in spec.subjects if each.uid in handles]
        visual = METHODS[spec.method].visual
        self._scales = {handle: each.scale if visual else each.text_scale for handle, each in known}
        self._text_scales = {handle: each.text_scale for handle, each in known}
        self._regions = {handle: each.region for handle, each in known if each.region}
        self._follow()

    def apply(self, wish: Wish) -> None:
        """Takes over strengths, by handle."""
        self._scales, self._text_scales = dict(wish.scales), dict(wish.text_scales)
        self._follow()

    def take_over(self, wish: Wish) -> None:
        """Strengths and places."""
        self._regions = dict(wish.regions)
        self.apply(wish)

    # Showing

    def show_cards(self, cards: Sequence[SubjectCard]) -> None:
        """One chip each; a chip that is being dragged stays the same."""
        self._cards = list(cards)
        wanted = {card.handle: (card, short_problem(card)) for card in cards}
        told = {handle: problem for handle, (_, problem) in self._shown.items()}
        if told != {handle: problem for handle, (_, problem) in wanted.items()} or not self.chips:
            clear(self._flow)
            self._arrivals.forget()
            self._shown = wanted
            self.chips = {handle: self._chip(card, problem) for handle, (card, problem) in wanted.items()}
        self.setVisible(bool(wanted))
        self._follow()

    def follow(self, method: Method, common: tuple[float, float], size: tuple[int, int]) -> None:
        """The settings of the whole picture. `common`: the strengths, of look and words, of everybody who has
        none of their own."""
        self._method, self._size = method, size
        self._common, self._common_words = common
        self._follow()

    def _follow(self) -> None:
        info = METHODS[self._method]
        for handle, chip in self.chips.items():
            acts = self._method != "text"
            chip.show_strength(self._scales.get(handle, self._common) if acts else None)
            chip.show_words(
                self._text_scales.get(handle, self._common_words) if info.visual and info.words else None
            )
            placed = info.visual and handle in self._regions
            chip.show_detail(tr("placed") if placed else self._shown[handle][0].noun)
        self._where.setVisible(info.visual)
        self._refit.ask()  # once the chips know their new sizes

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """As high as the chips need; beyond a few lines they scroll, and the prompt keeps its room."""
        height = self._flow.heightForWidth(self.width())
        policy = Qt.ScrollBarPolicy
        # A bar that comes and goes by itself would take the room that makes it needless.
        self._scroll.setVerticalScrollBarPolicy(
            policy.ScrollBarAlwaysOn if height > MOST else policy.ScrollBarAlwaysOff
        )
        self._scroll.setFixedHeight(min(MOST, height))

    def _chip(self, card: SubjectCard, problem: str) -> SubjectChip:
        chip = SubjectChip(card.name, card.noun, self._scales.get(card.handle, self._common), problem)
        chip.strengthened.connect(partial(self._strengthen, self._scales, card.handle))
        chip.text_strengthened.connect(partial(self._strengthen, self._text_scales, card.handle))
        key = cover(card, self._studio.home, FACE)
        self._arrivals.show(chip.picture, sharp(key, self.devicePixelRatio()) if key else None)
        self._flow.addWidget(chip)
        return chip

    def _strengthen(self, strengths: dict[str, float], handle: str, strength: float) -> None:
        strengths[handle] = strength
        self.changed.emit()

    # Who is where

    def ask_where(self) -> RegionDialog:
        """Opens the canvas; what is drawn applies at once."""
        dialog = RegionDialog(self._cards, self._regions, self._size, self.window())
        dialog.changed.connect(lambda: self._place(dialog.regions))
        dialog.mask_chosen.connect(partial(self._keep_mask, dialog))
        dialog.open()
        return dialog

    def _place(self, regions: dict[str, Region]) -> None:
        self._regions = dict(regions)
        self._follow()
        self.changed.emit()

    def _keep_mask(self, dialog: RegionDialog, handle: str, file: Path) -> None:
        home = self._studio.home
        self._studio.background.run(lambda: compose.keep_mask(home, file), partial(dialog.use_mask, handle))

    def _lay_out(self) -> None:
        self._chips = QWidget()
        self._flow = FlowLayout(self._chips)
        self._where = button(
            tr("Who is where…"),
            self.ask_where,
            "where",
            tip=tr("Draw where in the picture each of them belongs"),
        )
        self._scroll = QScrollArea(widgetResizable=True, focusPolicy=Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self._chips)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._scroll)
        column.addWidget(self._where, 0, Qt.AlignmentFlag.AlignLeft)
        self.hide()


def short_problem(card: SubjectCard) -> str:
    if card.kind == "person" and card.consent != "granted":
        return tr("no consent")
    return "" if card.references else tr("no references")


def sharp(key: PictureKey, ratio: float) -> PictureKey:
    return key._replace(side=round(key.side * ratio))
