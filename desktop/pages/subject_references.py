"""The references of the subject in the panel: what each looks like, whether it is used, what may be wrong
with it."""

from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from core import hints
from core.library import subjects
from core.library.subjects import ReferenceRow, SubjectCard
from desktop import theme
from desktop.i18n import noop, tr
from desktop.later import LaterCall
from desktop.pages.mask_dialog import MaskDialog
from desktop.studio import Studio
from desktop.thumbnails import PictureKey
from desktop.widgets.buttons import button
from desktop.widgets.flow import FlowLayout, clear
from desktop.widgets.reference_tile import SIDE, ReferenceTile

HINTS: dict[str, str] = {
    "small": noop("too small"),
    "blurred": noop("blurred"),
    "profile": noop("in profile"),
    "crowded": noop("others near"),
    "missing": noop("file is gone"),
}


class ReferencesPart(QWidget):
    """`wanted` when there are none and some are to be made; `cover_asked` carries a crop's hash."""

    wanted = Signal()
    cover_asked = Signal(str)

    def __init__(self, studio: Studio, show) -> None:  # type: ignore[no-untyped-def]
        super().__init__()
        self._studio, self._show = studio, show
        self._tiles: tuple[tuple[int, tuple[str, ...] | None], ...] = ()
        self._later: list[LaterCall] = []
        self._none = theme.text("", "muted", wrap=True)
        self._make = button(tr("Make references"), self.wanted.emit, "sparkle")
        inside = QWidget()
        self.flow = FlowLayout(inside, 8)
        self._inside = inside
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        for part in (self._none, self._make, inside):
            column.addWidget(part)

    def fill(self, card: SubjectCard, rows: list[ReferenceRow]) -> None:
        self._make.setVisible(card.kind == "person" and card.named and not rows)
        self._none.setVisible(not rows)
        self._none.setText(tr("None yet.") if card.named else tr("They are made when the person has a name."))
        if any(row.hints is None for row in rows):
            self._look(card.id)
        shown = tuple((row.id, row.hints) for row in rows)
        if shown == self._tiles and rows:
            return
        self._tiles = shown
        self.keep_all()
        clear(self.flow)
        for number, row in enumerate(rows, 1):
            self.flow.addWidget(self._tile(number, row))
        self._inside.updateGeometry()

    def keep_all(self) -> None:
        """Keeps what was moved a moment ago, and forgets the tiles."""
        for later in self._later:
            later.flush()
            later.deleteLater()
        self._later.clear()

    def flush(self) -> None:
        for later in self._later:
            later.flush()

    def _look(self, subject_id: int) -> None:
        """Once for each reference; what is found is kept with it."""
        library = self._studio.library
        self._studio.background.run(lambda: hints.look(library, subject_id), self._looked)

    def _looked(self, count: int) -> None:
        if count:
            self._studio.write(lambda _: None)  # everybody reads again

    def _tile(self, number: int, row: ReferenceRow) -> ReferenceTile:
        warning = ", ".join(tr(HINTS[hint]) for hint in row.hints or () if hint in HINTS)
        tile = ReferenceTile(tr("reference {number}", number=number), row.weight, row.enabled, warning)
        later = LaterCall(lambda: self._keep(row.id, tile), self, 150)
        tile.switched.connect(lambda on: later.ask())
        tile.weighed.connect(lambda weight: later.restart())
        tile.looked_at.connect(lambda: self.show_mask(row))
        tile.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        tile.customContextMenuRequested.connect(partial(self._menu, tile, row))
        self._later.append(later)
        self._show(tile.picture, PictureKey(str(self._studio.home.reference(row.crop)), SIDE))
        return tile

    def show_mask(self, row: ReferenceRow) -> None:
        """What of the reference is the subject, to be corrected."""
        dialog = MaskDialog(self._studio, row.crop, row.mask, self.window())
        dialog.kept.connect(lambda mask: self._keep_mask(row.id, mask))
        dialog.open()

    def _keep_mask(self, reference_id: int, mask: str) -> None:
        self._studio.write(lambda s: subjects.set_mask(s, reference_id, mask))

    def _menu(self, tile: ReferenceTile, row: ReferenceRow, at: QPoint) -> None:
        menu = QMenu(self)
        menu.addAction(tr("Mask…"), lambda: self.show_mask(row))
        menu.addAction(tr("Use as cover"), lambda: self.cover_asked.emit(row.crop))
        menu.exec(tile.mapToGlobal(at))

    def _keep(self, reference_id: int, tile: ReferenceTile) -> None:
        enabled, weight = tile.values
        self._studio.write(lambda s: subjects.set_reference(s, reference_id, enabled=enabled, weight=weight))
