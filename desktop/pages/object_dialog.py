"""A new object: its photos, where it is on each, and what was cut out, corrected before it is kept."""

from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from core.album import ObjectPhoto, forget_cut_out
from core.events import ChoreFailed
from desktop import chores, theme
from desktop.i18n import tr
from desktop.pages.dialogs import OBJECT_NOUNS, ask_box, photo_filter, stack
from desktop.pages.mask_dialog import keep_mask, read_pictures
from desktop.studio import Studio
from desktop.thumbnails import PictureKey, decode
from desktop.widgets.buttons import button
from desktop.widgets.dialog import Dialog
from desktop.widgets.mask_editor import MaskEditor
from desktop.widgets.photo_box import PhotoBox
from desktop.widgets.zoom_bar import ZoomBar

SHOWN = 900
"""Pixels of the longer side of the photo one draws on."""


class ObjectDialog(Dialog):
    """`name`, `noun` and `photos` of a new object."""

    _found = Signal(object)

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self.setWindowTitle(tr("Add an object"))
        self.resize(760, 620)
        self.photos: list[ObjectPhoto] = []
        self._at = -1
        self._shown: tuple[int, bool] | None = None
        self._make_parts()
        self._lay_out()
        self._cutting = 0
        self._found.connect(self._cut)
        studio.bridge.happened.connect(self._hear)
        self._fit()

    @property
    def name(self) -> str:
        return self._name.text().strip()

    @property
    def noun(self) -> str:
        return self._noun.currentText().strip()

    def take(self, photos: list[Path]) -> None:
        """These photos from now on."""
        self._forget(self.photos)
        self.photos = [ObjectPhoto(path) for path in photos]
        self._list.clear()
        self._list.addItems([path.name for path in photos])
        self._list.setCurrentRow(0)
        self._fit()

    def accept(self) -> None:
        """A mask that was painted on is stored first."""
        self._keep_painted(lambda: QDialog.accept(self))

    def reject(self) -> None:
        super().reject()
        self._forget(self.photos)

    # One photo

    def _open(self, at: int) -> None:
        if at == self._at or not 0 <= at < len(self.photos):
            return
        self._keep_painted(lambda: None)
        self._at = at
        self._show()

    def _show(self) -> None:
        """The photo with its box, or what was cut out of it."""
        photo = self.photos[self._at]
        if photo.made:
            self._stack.setCurrentWidget(self.mask)
            read_pictures(self._studio, photo.made.crop, photo.made.mask, self.mask)
        else:
            self._stack.setCurrentWidget(self._photo_part)
            self.box.show_photo(QImage(), photo.box)
            key, at = PictureKey(str(photo.path), SHOWN), self._at
            self._studio.background.run(lambda: decode(key), partial(self._show_photo, at), lane="pictures")
        self._fit()

    def _show_photo(self, at: int, image: QImage) -> None:
        if at == self._at and not self.photos[at].made:
            self.box.show_photo(image, self.photos[at].box)

    def _boxed(self) -> None:
        if self._at >= 0:
            self.photos[self._at] = replace(self.photos[self._at], box=self.box.box)
        self._fit()

    def cut_out(self) -> None:
        """The engine's own process cuts it out; the mask can be corrected then."""
        photo = self.photos[self._at]
        self._cutting += 1
        self._cut_out.setEnabled(False)
        self._said.setText(tr("Cutting out… A picture that is being made ends first."))
        chore = chores.cut_out(self._studio.library, self._studio.settings, photo, self._found.emit)
        self._studio.runner.do(chores.CUT_OUT, chore)

    @Slot(object)
    def _cut(self, photo: ObjectPhoto) -> None:
        self._cutting -= 1
        places = [at for at, each in enumerate(self.photos) if each.path == photo.path]
        if not self.isVisible() or not places:
            # An object that is being added may take the very same files.
            if self.result() != QDialog.DialogCode.Accepted:
                self._forget([photo])
            self.gone()
            return
        self.photos[places[0]] = photo
        if places[0] == self._at:
            self._show()

    def gone(self) -> None:
        """What is still being cut out for a dialog that was closed must find it: nothing is left lying."""
        if not (self.isVisible() or self._cutting):
            self.deleteLater()

    def again(self) -> None:
        """Back to the photo: another box."""
        photo = self.photos[self._at]
        self._forget([photo])
        self.photos[self._at] = replace(photo, made=None)
        self._show()

    @Slot(object)
    def _hear(self, event: object) -> None:
        if isinstance(event, ChoreFailed) and event.chore == chores.CUT_OUT:
            self._cutting -= bool(self._cutting)
            self._fit()
            self._said.setText(event.reason)
            self.gone()

    def _keep_painted(self, then) -> None:  # type: ignore[no-untyped-def]
        at = self._at
        if not (0 <= at < len(self.photos) and self.photos[at].made and self.mask.canvas.can_undo):
            then()
            return

        def kept(mask: str) -> None:
            photo = self.photos[at]
            if photo.made:
                self.photos[at] = replace(photo, made=photo.made.__class__(photo.made.crop, mask))
            then()

        keep_mask(self._studio, self.mask.canvas.mask, kept)

    def _forget(self, photos: list[ObjectPhoto]) -> None:
        """What was cut out and is not kept leaves no file."""
        made, library = [each.made for each in photos if each.made], self._studio.library
        if made:
            self._studio.background.run(lambda: forget_cut_out(library, made))

    # Layout

    def _fit(self) -> None:
        photo = self.photos[self._at] if 0 <= self._at < len(self.photos) else None
        self._ok.setEnabled(bool(self.name and self.noun and self.photos))
        self._cut_out.setEnabled(photo is not None and photo.made is None)
        self._again.setEnabled(photo is not None and photo.made is not None)
        self._whole.setEnabled(photo is not None and photo.made is None and photo.box is not None)
        if photo is None:
            self._said.setText(tr("One to four photos that show it clearly, best on its own."))
        elif photo.made:
            self._said.setText(tr("What is red is not looked at. Correct it with brush and eraser."))
        elif photo.box:
            self._said.setText(tr("It is cut out of the box."))
        else:
            self._said.setText(tr("It is found by itself; or drag a box around it."))

    def _choose(self) -> None:
        names, _ = QFileDialog.getOpenFileNames(self, tr("Photos of the object"), "", photo_filter())
        if names:
            self.take([Path(name) for name in names])

    def _make_parts(self) -> None:
        self._name = QLineEdit()
        self._name.setPlaceholderText(tr("for example: Rex"))
        self._name.setAccessibleName(tr("Name"))
        self._noun = QComboBox(editable=True)
        self._noun.addItems(OBJECT_NOUNS)
        self._noun.setCurrentText("")
        self._noun.lineEdit().setPlaceholderText(tr("dog, guitar, red car, …"))
        self._noun.setAccessibleName(tr("What it is"))
        self._list = QListWidget()
        self._list.setAccessibleName(tr("Photos"))
        self._list.setFixedWidth(170)
        self.box, self.mask = PhotoBox(), MaskEditor()
        self._said = theme.text("", "muted", wrap=True)
        self._cut_out = button(tr("Cut out and look"), self.cut_out, "sparkle")
        self._whole = button(tr("No box"), self.box.clear_box, tip=tr("Have it found by itself"))
        self._again = button(tr("Back to the photo"), self.again, "retry")
        self._photo_part = QWidget()
        column = QVBoxLayout(self._photo_part)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.box, 1)
        column.addWidget(ZoomBar(self.box))
        self._stack = QStackedWidget()
        self._stack.addWidget(self._photo_part)
        self._stack.addWidget(self.mask)
        self._name.textChanged.connect(self._fit)
        self._noun.currentTextChanged.connect(self._fit)
        self._list.currentRowChanged.connect(self._open)
        self.box.changed.connect(self._boxed)

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.addRow(tr("Name"), self._name)
        form.addRow(tr("What it is"), self._noun)
        left, right, tools = QVBoxLayout(), QVBoxLayout(), QHBoxLayout()
        left.addWidget(button(tr("Choose photos…"), self._choose, "files"))
        left.addWidget(self._list, 1)
        for part in (self._cut_out, self._whole, self._again):
            tools.addWidget(part)
        tools.addStretch()
        right.addWidget(self._said)
        right.addWidget(self._stack, 1)
        right.addLayout(tools)
        middle = QWidget()
        row = QHBoxLayout(middle)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addLayout(left)
        row.addLayout(right, 1)
        box, self._ok = ask_box(self, tr("Add"))
        stack(self, theme.text(tr("Add an object"), "heading"), form, middle, box)
