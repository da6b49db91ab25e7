"""Gallery: what was made, found again, chosen from and used again."""

from pathlib import Path

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QHBoxLayout,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from core.events import JobFinished, LibraryChanged
from core.library import gallery
from core.library.gallery import PictureRow
from desktop import shortcuts, theme, words
from desktop.i18n import tr
from desktop.later import LaterCall
from desktop.models.pictures import PictureModel, caption, spec_of
from desktop.pages import gallery_reading as reading
from desktop.pages.compare import MOST, Compare
from desktop.pages.discarding import Discarding
from desktop.pages.gallery_keys import add_keys
from desktop.pages.gallery_menu import PictureMenu
from desktop.pages.gallery_reading import Found
from desktop.pages.marks import Marking, WaysBack
from desktop.pages.picture_details import PictureDetails
from desktop.pages.trying import Trying
from desktop.studio import Studio
from desktop.widgets.buttons import button, icon_button
from desktop.widgets.empty import EmptyState
from desktop.widgets.filter_bar import FilterBar
from desktop.widgets.picture_grid import PictureGrid


class GalleryPage(QWidget):
    """`reuse_asked(spec, part)`: the Compose page shall take over all settings, the seed, the prompt, or the
    rest (all but the seed). `export_asked(ids)`: these pictures, as files."""

    reuse_asked = Signal(object, str)
    compose_asked = Signal()
    export_asked = Signal(list)

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._studio = studio
        self._wanted: int | None = None
        self.model = PictureModel(self)
        self.model.rows_wanted.connect(self._read_rows)
        self.details = PictureDetails(studio)
        self.details.rated.connect(self.rate)
        self.details.reuse_asked.connect(self._reuse)
        self.details.folder_asked.connect(self.open_folder)
        self.filter = FilterBar()
        self.filter.changed.connect(self.refresh)
        self.filter.opened.connect(self._read_offer)
        self.ways = WaysBack(studio, self)
        self.discarding = Discarding(studio, self.ways, self)
        self.trying = Trying(studio, self)
        self.marking = Marking(studio, self.model, self.ways)
        self.marking.changed.connect(self._show_current)
        self.menu = PictureMenu(self)
        self._lay_out()
        add_keys(self)
        self._refresh = LaterCall(self.refresh, self, 120)
        studio.bridge.happened.connect(self._hear)
        self.refresh()
        self._read_offer()

    # Reading

    def refresh(self) -> None:
        wanted, stacked = self.filter.wanted, self.filter.stacked
        self._studio.read(lambda session: reading.found(session, wanted, stacked), self._fill)

    def _read_offer(self) -> None:
        """What there is to choose from: it takes longer than the pictures, and changes less often."""
        self._studio.read(reading.offer, self.filter.offer)

    def _fill(self, read: Found) -> None:
        shown, count = read
        current, place = self.current_id, self.view.verticalScrollBar().value()
        at = self.view.currentIndex().row()
        self.model.show_ids([number for number, _ in shown], dict(shown))
        some = tr("{shown} of {pictures}", shown=f"{len(shown):,}", pictures=words.many(count, "picture"))
        self._count.setText(words.many(count, "picture") if len(shown) == count else some)
        self._stack.setCurrentIndex(1 if count else 0)
        self._grid_or_nothing.setCurrentIndex(0 if shown else 1)
        if self.current_id is None and shown:
            found = self.model.find(current) if current is not None else 0
            self._choose(found if found >= 0 else min(at, len(shown) - 1))
            self.view.verticalScrollBar().setValue(place)
        if self._wanted is not None:
            self.open_picture(self._wanted)
        self._show_current()

    def _read_rows(self, ids: list[int]) -> None:
        self._studio.read(lambda session: gallery.rows_of(session, ids), self._put)

    def _put(self, rows: list[PictureRow]) -> None:
        self.model.put(rows)
        if self.current_id in {row.id for row in rows}:
            self._show_current()

    @Slot(object)
    def _hear(self, event: object) -> None:
        if isinstance(event, JobFinished):
            self._refresh.ask()
        elif isinstance(event, LibraryChanged) and event.what in ("pictures", "subjects"):
            self.model.drop()
            self._refresh.ask()
            self._read_offer()

    # What is chosen

    @property
    def current_id(self) -> int | None:
        index = self.view.currentIndex()
        return self.model.ids[index.row()] if index.isValid() else None

    @property
    def selected_ids(self) -> list[int]:
        """In the order of the grid; without an index for each of 50,000."""
        ranges = sorted((each.top(), each.bottom()) for each in self.view.selectionModel().selection())
        return [number for top, bottom in ranges for number in self.model.ids[top : bottom + 1]]

    @property
    def selected(self) -> list[PictureRow]:
        """The rows of what is chosen, of those that are here."""
        return [row for number in self.selected_ids if (row := self.model.row(number))]

    @Slot(int)
    def open_picture(self, picture_id: int) -> None:
        """Shows one picture, now or when it is read; what hides it is no longer asked for."""
        at = self.model.find(picture_id)
        self._wanted = picture_id if at < 0 else None
        if at >= 0:
            self._choose(at)
            self.view.scrollTo(self.model.index(at))
        elif not self.filter.wanted.everything:
            self.filter.clear()

    def _choose(self, at: int) -> None:
        how = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.view.selectionModel().setCurrentIndex(self.model.index(at), how)

    # What the user does

    @Slot(int)
    def rate(self, rating: int) -> None:
        self.marking.mark(self.selected_ids, rating=rating)

    def label(self, label: str) -> None:
        """Gives what is chosen a colour, or takes it away where all have it."""
        chosen = self.selected
        same = bool(chosen) and all(row.label == label for row in chosen)
        self.marking.mark(self.selected_ids, label="" if same else label)

    def flag(self, flag: str) -> None:
        """Marks what is chosen, and goes on to the next one: choosing is done in a row."""
        self.marking.mark(self.selected_ids, flag=flag)
        here = self.view.currentIndex().row()
        if len(self.selected_ids) == 1 and here + 1 < len(self.model.ids):
            self._choose(here + 1)

    def compare(self) -> None:
        """What is chosen side by side; one alone is seen large."""
        rows = self.selected[:MOST]
        if not rows:
            return
        shown = Compare(self._studio, rows, self)
        shown.rated.connect(lambda number, stars: self.marking.mark([number], rating=stars))
        shown.flagged.connect(lambda number, flag: self.marking.mark([number], flag=flag))
        shown.open()

    def use_again(self, part: str) -> None:
        row = self.model.row(self.current_id) if self.current_id is not None else None
        if row is not None:
            self._reuse(row, part)

    def export(self) -> None:
        if self.selected_ids:
            self.export_asked.emit(self.selected_ids)

    def delete(self) -> None:
        """To the trash; Ctrl+Z brings it back."""
        self.discarding.discard(self.selected_ids)

    def delete_rejected(self) -> None:
        self.discarding.ask_rejected(self.filter.wanted)

    def try_again(self) -> None:
        """What is chosen, until everybody is alike enough."""
        self.trying.ask(self.selected)

    def open_folder(self, row: PictureRow) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(Path(row.path).parent)))

    def show_prompt_of(self, row: PictureRow) -> None:
        self.filter.show_prompt(caption(row))

    @Slot(object, str)
    def _reuse(self, row: PictureRow | None, part: str) -> None:
        spec = spec_of(row.spec) if row else None
        if row and spec is None:
            self._studio.messages.say(
                tr("This picture's settings were made by another version and cannot be read.")
            )
        elif spec:
            self.reuse_asked.emit(spec, part)

    def _open(self, index: QModelIndex) -> None:
        """A stack opens to its pictures, a picture to its full size."""
        row = self.model.row(self.model.ids[index.row()])
        if row and self.filter.stacked and self.model.stack_of(row.id) > 1:
            self.show_prompt_of(row)
        else:
            self.compare()

    def _show_current(self) -> None:
        number = self.current_id
        row = self.model.row(number) if number is not None else None
        if number is not None and row is None:
            self.model.want(self.model.find(number))
            return
        self.details.show_row(row)
        self._compare.setEnabled(1 < len(self.selected_ids) <= MOST)

    def _changed(self, current: QModelIndex, previous: QModelIndex) -> None:
        self._show_current()

    def _ask_menu(self, at: QPoint) -> None:
        if self.selected_ids:
            self.menu.show_at(self.view.viewport().mapToGlobal(at))

    # Layout

    def _lay_out(self) -> None:
        empty = EmptyState(
            "gallery", tr("No pictures yet"),
            tr("Finished pictures appear here, beside the references they were made from."),
            button(tr("Compose"), self.compose_asked.emit, "compose", "primary"),
        )  # fmt: skip
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(20, 16, 4, 0)
        column.setSpacing(10)
        column.addLayout(self._head())
        column.addWidget(self.filter)
        column.addWidget(self._grid_and_nothing(), 1)
        split = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False, handleWidth=1)
        split.addWidget(left)
        split.addWidget(self.details)
        split.setSizes([620, 572])  # three columns at 1280
        split.setStretchFactor(0, 1)
        self._stack = QStackedWidget()
        self._stack.addWidget(empty)
        self._stack.addWidget(split)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._stack)
        self.first: QWidget = self.view

    def _head(self) -> QHBoxLayout:
        self._count = theme.text("", "muted")
        self._compare = icon_button("compare", tr("Compare two to four, side by side"), self.compare)
        shortcuts.tell("gallery.compare", self._compare)
        self._compare.setProperty("role", "button")
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(theme.text(tr("Gallery"), "title"))
        head.addWidget(self._count)
        head.addStretch()
        head.addWidget(self._compare)
        export = button(tr("Export…"), self.export, "export", tip=tr("As files for others"))
        head.addWidget(shortcuts.tell("gallery.export", export))
        return head

    def _grid_and_nothing(self) -> QStackedWidget:
        self.view = self._grid()
        nothing = EmptyState(
            "search", tr("No picture matches"), tr("Nothing here is all of what you ask for."),
            button(tr("Show all"), self.filter.clear), width=320,
        )  # fmt: skip
        self._grid_or_nothing = QStackedWidget()
        self._grid_or_nothing.addWidget(self.view)
        self._grid_or_nothing.addWidget(nothing)
        return self._grid_or_nothing

    def _grid(self) -> PictureGrid:
        view = PictureGrid(self.model, self._studio.thumbnails)
        view.customContextMenuRequested.connect(self._ask_menu)
        view.selectionModel().currentChanged.connect(self._changed)
        view.selectionModel().selectionChanged.connect(lambda: self._show_current())
        view.activated.connect(self._open)
        return view
