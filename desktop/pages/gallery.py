"""Gallery: what was made, how alike its people are, and the way back to its settings."""

from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListView,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)
from sqlalchemy.orm import Session

from core.events import JobFinished, LibraryChanged
from core.library import gallery, jobs
from core.library.gallery import PictureRow
from core.library.jobs import JobRow
from desktop import theme, words
from desktop.later import LaterCall
from desktop.models.pictures import PictureModel, spec_of
from desktop.models.rows import ROW
from desktop.pages.picture_details import PictureDetails
from desktop.studio import Studio
from desktop.widgets.buttons import button
from desktop.widgets.empty import EmptyState
from desktop.widgets.picture_cells import CELL, PictureDelegate

PAGE = 500


class GalleryPage(QWidget):
    """`reuse_asked(spec, with seed)`: the Compose page shall take over these settings. `export_asked(ids)`:
    these pictures, as files."""

    reuse_asked = Signal(object, bool)
    compose_asked = Signal()
    export_asked = Signal(list)

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._studio = studio
        self._wanted: int | None = None
        self.model = PictureModel(self)
        self.model.more_wanted.connect(self._read_more)
        self.details = PictureDetails(studio)
        self.details.rated.connect(self.rate)
        self.details.reuse_asked.connect(self._reuse)
        self.details.folder_asked.connect(self.open_folder)
        self._lay_out()
        self._refresh = LaterCall(self.refresh, self, 120)
        studio.bridge.happened.connect(self._hear)
        self.refresh()

    # Reading

    def refresh(self) -> None:
        wanted = max(PAGE, len(self.model.rows))
        self._studio.read(
            lambda s: (gallery.rows(s, limit=wanted), gallery.count(s), jobs.rows(s, states=("done",))),
            self._fill,
        )

    def _fill(self, found: tuple[list[PictureRow], int, list[JobRow]]) -> None:
        rows, count, done = found
        self.details.seconds |= {row.id: row.seconds for row in done if row.seconds is not None}
        self.model.replace(rows)
        self.model.complete = len(rows) >= count
        self._count.setText(words.many(count, "picture"))
        self._stack.setCurrentIndex(1 if rows else 0)
        if rows and not self.view.currentIndex().isValid():
            self.view.setCurrentIndex(self.model.index(0))
        if self._wanted is not None:
            self.open_picture(self._wanted)
        self._show_current()

    def _read_more(self) -> None:
        last = self.model.rows[-1].id if self.model.rows else None
        self.model.complete = True  # until this answer is here
        self._studio.read(lambda s: gallery.rows(s, limit=PAGE, before_id=last), self._append)

    def _append(self, rows: list[PictureRow]) -> None:
        self.model.append(rows)
        self.model.complete = len(rows) < PAGE

    @Slot(object)
    def _hear(self, event: object) -> None:
        if isinstance(event, JobFinished) or (isinstance(event, LibraryChanged) and event.what == "pictures"):
            self._refresh.ask()

    # What the user does

    @Slot(int)
    def open_picture(self, picture_id: int) -> None:
        """Shows one picture, now or when it is read."""
        at = self.model.find(picture_id)
        self._wanted = picture_id if at < 0 else None
        if at >= 0:
            index = self.model.index(at)
            self.view.selectionModel().setCurrentIndex(
                index, QItemSelectionModel.SelectionFlag.ClearAndSelect
            )
            self.view.scrollTo(index)

    @property
    def selected(self) -> list[PictureRow]:
        return [index.data(ROW) for index in self.view.selectionModel().selectedIndexes()]

    @Slot(int)
    def rate(self, rating: int) -> None:
        """Rates what is selected; shown at once, kept in the background."""
        chosen = [row.id for row in self.selected]

        def change(session: Session) -> None:
            gallery.mark(session, chosen, rating=rating)

        self.model.replace([replace(r, rating=rating) if r.id in chosen else r for r in self.model.rows])
        self._show_current()
        if chosen:
            self._studio.write(change, changed="pictures")

    def export(self) -> None:
        """Asks for files of what is chosen."""
        if self.selected:
            self.export_asked.emit([row.id for row in self.selected])

    def open_folder(self, row: PictureRow) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(Path(row.path).parent)))

    @Slot(object, bool)
    def _reuse(self, row: PictureRow, with_seed: bool) -> None:
        spec = spec_of(row.spec)
        if spec is None:
            self._studio.messages.say(
                "This picture's settings were made by another version and cannot be read."
            )
        else:
            self.reuse_asked.emit(spec, with_seed)

    def _show_current(self) -> None:
        index = self.view.currentIndex()
        self.details.show_row(index.data(ROW) if index.isValid() else None)

    # Layout

    def _lay_out(self) -> None:
        empty = EmptyState(
            "gallery", "No pictures yet",
            "Finished pictures appear here, beside the references they were made from.",
            button("Compose", self.compose_asked.emit, "compose", "primary"),
        )  # fmt: skip
        self.view = self._grid()
        self._count = theme.text("", "muted")
        head = QHBoxLayout()
        head.addWidget(theme.text("Gallery", "title"))
        head.addSpacing(8)
        head.addWidget(self._count)
        head.addStretch()
        head.addWidget(button("Export…", self.export, "export", tip="As files for others (Ctrl+E)"))
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(20, 16, 4, 0)
        column.setSpacing(10)
        column.addLayout(head)
        column.addWidget(self.view, 1)
        split = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False, handleWidth=1)
        split.addWidget(left)
        split.addWidget(self.details)
        split.setSizes([600, 608])
        split.setStretchFactor(0, 1)
        self._stack = QStackedWidget()
        self._stack.addWidget(empty)
        self._stack.addWidget(split)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._stack)
        self.setFocusProxy(self.view)

    def _grid(self) -> QListView:
        view = QListView()
        view.setAccessibleName("Pictures")
        view.setModel(self.model)
        view.setItemDelegate(PictureDelegate(self._studio.thumbnails, view))
        view.setViewMode(QListView.ViewMode.IconMode)
        view.setMovement(QListView.Movement.Static)
        view.setResizeMode(QListView.ResizeMode.Adjust)
        view.setUniformItemSizes(True)
        view.setGridSize(CELL)
        view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setMouseTracking(True)
        view.setMinimumWidth(2 * CELL.width() + 14)
        view.selectionModel().currentChanged.connect(self._changed)
        self._studio.thumbnails.ready.connect(lambda: view.viewport().update())
        within = Qt.ShortcutContext.WidgetWithChildrenShortcut
        for stars in range(6):
            QShortcut(QKeySequence(str(stars)), self, partial(self.rate, stars), context=within)
        QShortcut(QKeySequence("Ctrl+E"), self, self.export, context=within)
        QShortcut(QKeySequence("O"), self, self.details.who.toggle, context=within)
        return view

    def _changed(self, current: QModelIndex, previous: QModelIndex) -> None:
        self._show_current()
