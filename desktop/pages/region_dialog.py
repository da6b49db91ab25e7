"""Who is where: a box, or a mask from a file, for each subject of the prompts."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import (
    QButtonGroup,
    QFileDialog,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from core.library.subjects import SubjectCard
from core.spec import Region
from desktop import theme
from desktop.i18n import noop, tr
from desktop.pages.dialogs import close_box, photo_filter
from desktop.widgets.buttons import button
from desktop.widgets.dialog import Dialog
from desktop.widgets.fields import form
from desktop.widgets.number_slider import NumberSlider
from desktop.widgets.region_canvas import Placed, RegionCanvas

WORDS = noop(
    "Choose somebody and drag a box where they belong; pull its edges to size it. Without one, the words of"
    " the prompt decide."
)
SOFT = 0.1


class RegionDialog(Dialog):
    """`regions`, by handle, is what was drawn; `changed` after every change. `mask_chosen` carries a handle
    and the file of a mask, to be kept and given back by `use_mask`."""

    changed = Signal()
    mask_chosen = Signal(str, object)

    def __init__(
        self,
        cards: Sequence[SubjectCard],
        regions: Mapping[str, Region],
        size: tuple[int, int],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Who is where"))
        self.regions = dict(regions)
        self._cards = list(cards)
        self.canvas = RegionCanvas(*size)
        self.soft = NumberSlider(0.5, SOFT)
        self._who = QButtonGroup(self)
        self._said = theme.text("", "muted", wrap=True)
        self._take = button(tr("Take away"), self._take_away, "cancel")
        self._mask = button(tr("Mask from a file…"), self._choose_mask, "files")
        self._lay_out()
        self.canvas.drawn.connect(self._drawn)
        self.canvas.picked.connect(self.choose)
        self._who.idClicked.connect(lambda number: self.choose(number))
        self.soft.changed.connect(self._soften)
        self.choose(0)

    def choose(self, number: int) -> None:
        """Whose box is drawn."""
        self._who.button(number).setChecked(True)
        region = self.regions.get(self._handle(number))
        boxes = [self.regions.get(card.handle) for card in self._cards]
        placed = [
            Placed(card.name, _colour(at), box.box if box else None)
            for at, (card, box) in enumerate(zip(self._cards, boxes, strict=True))
        ]
        self.canvas.show_placed(placed, number)
        self.soft.blockSignals(True)
        self.soft.value = region.soft if region else SOFT
        self.soft.blockSignals(False)
        self._say()

    def use_mask(self, handle: str, mask: str) -> None:
        """The mask that was kept for somebody."""
        self.regions[handle] = Region(mask=mask, soft=self.soft.value)
        self._told()

    def _handle(self, number: int) -> str:
        return self._cards[number].handle

    @property
    def _chosen(self) -> str:
        return self._handle(self.canvas.chosen)

    def _drawn(self, number: int) -> None:
        box = self.canvas.placed[number].box
        if box:
            self.regions[self._handle(number)] = Region(box=box, soft=self.soft.value)
        else:
            self.regions.pop(self._handle(number), None)
        self._say()
        self.changed.emit()

    def _soften(self) -> None:
        region = self.regions.get(self._chosen)
        if region:
            self.regions[self._chosen] = Region(box=region.box, mask=region.mask, soft=self.soft.value)
            self.changed.emit()

    def _take_away(self) -> None:
        self.regions.pop(self._chosen, None)
        self._told()

    def _choose_mask(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, tr("A picture that is white there"), "", photo_filter())
        if name:
            self.mask_chosen.emit(self._chosen, Path(name))

    def _told(self) -> None:
        self.choose(self.canvas.chosen)
        self.changed.emit()

    def _say(self) -> None:
        card, region = self._cards[self.canvas.chosen], self.regions.get(self._chosen)
        self._take.setEnabled(region is not None)
        self.soft.setEnabled(region is not None)
        if region is None:
            self._said.setText(tr("{name} may be anywhere.", name=card.name))
        elif region.mask:
            self._said.setText(tr("{name} belongs into a mask.", name=card.name))
        else:
            self._said.setText(tr("{name} belongs into the box.", name=card.name))

    # Layout

    def _lay_out(self) -> None:
        right = QVBoxLayout()
        right.setSpacing(8)
        for number, card in enumerate(self._cards):
            right.addWidget(self._person(number, card))
        right.addSpacing(6)
        right.addWidget(self._said)
        name = tr("Soft edge")
        soft = form((name, self.soft), tips={name: tr("How far the edge fades")})
        soft.setColumnMinimumWidth(0, 60)
        right.addLayout(soft)
        right.addWidget(self._mask)
        right.addWidget(self._take)
        right.addStretch()
        middle = QHBoxLayout()
        middle.setSpacing(16)
        middle.addWidget(self.canvas, 1)
        side = QWidget()
        side.setFixedWidth(210)
        right.setContentsMargins(0, 0, 0, 0)
        side.setLayout(right)
        middle.addWidget(side)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(14)
        column.addWidget(theme.text(tr(WORDS), "muted", wrap=True))
        column.addLayout(middle, 1)
        column.addWidget(close_box(self))
        self.resize(640, 520)

    def _person(self, number: int, card: SubjectCard) -> QPushButton:
        made = button(f"  {card.name}", role="choice")
        made.setCheckable(True)
        swatch = QPixmap(12, 12)
        swatch.fill(_colour(number))
        made.setIcon(QIcon(swatch))
        made.setAccessibleName(tr("Place {name}", name=card.name))
        self._who.addButton(made, number)
        return made


def _colour(number: int) -> QColor:
    return theme.colour(f"subject-{number % 8 + 1}")
