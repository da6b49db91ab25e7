"""Models: what there is, what each is for, whether it fits and is what it was; adding, choosing,
downloading."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QMessageBox,
    QVBoxLayout,
    QWidget,
)

from core import fits, licences, models, recorded, shelf
from core import settings as settings_file
from core.downloads import catalogue, fetch
from core.events import SettingsChanged
from core.fits import Machine
from core.shelf import Item
from desktop import theme
from desktop.i18n import tr
from desktop.later import LaterCall
from desktop.pages import models_words
from desktop.pages.dialogs import LicenceDialog
from desktop.pages.models_add import ModelAdding
from desktop.pages.models_download import DownloadDialog
from desktop.pages.models_panel import ModelPanel
from desktop.pages.models_tree import ModelTree
from desktop.pages.models_work import ModelWork
from desktop.studio import Studio
from desktop.widgets.buttons import button
from desktop.widgets.dialog import Question


class ModelsPage(QWidget):
    """`work` is what is under way; its line belongs into the footer."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._studio = studio
        self._machine: Machine | None = None
        self.work = ModelWork(studio, self)
        self.adding = ModelAdding(studio, self.work, self)
        self.dialog: LicenceDialog | DownloadDialog | None = None
        self.question: QMessageBox | None = None
        self.tree, self.panel = ModelTree(), ModelPanel()
        self._lay_out()
        self._refresh = LaterCall(self.refresh, self, 50)
        self.tree.chosen.connect(self._show_chosen)
        self.work.changed.connect(self._show_chosen)
        self.panel.use_asked.connect(self.use)
        self.panel.verify_asked.connect(self.verify)
        self.panel.folder_asked.connect(self.show_folder)
        self.panel.licence_asked.connect(self.accept_licence)
        self.panel.remove_asked.connect(self.ask_to_remove)
        studio.bridge.happened.connect(self._hear)
        self.tree.itemActivated.connect(lambda: _press(self.panel.use))
        self.tree.customContextMenuRequested.connect(self._show_menu)
        self.tree.removal_asked.connect(lambda: _press(self.panel.remove))
        self.setAcceptDrops(True)
        self.first: QWidget = self.tree
        self.refresh()

    def refresh(self) -> None:
        home, settings = self._studio.home, self._studio.settings
        self._studio.background.run(
            lambda: (shelf.items(home, settings), fits.this_machine(home)), lambda found: self._fill(*found)
        )

    def _fill(self, items: list[Item], machine: Machine) -> None:
        self._machine = machine
        self._computer.setText(models_words.computer(machine))
        self.tree.show_items(items)

    @Slot(object)
    def _hear(self, event: object) -> None:
        if isinstance(event, SettingsChanged):
            self._refresh.ask()

    def _show_chosen(self) -> None:
        self.panel.show_item(self.tree.item, self._machine, self.work.busy)
        for each in (self._add, self._verify_all, self._download):
            each.setEnabled(not self.work.busy)

    # What the user asks for

    def use(self) -> None:
        """From now on, without a restart."""
        item = self.tree.item
        if item is None:
            return
        if item.kind == "base":
            said = tr(
                "New pictures are made with {name}. Pictures that wait in the queue keep their model.",
                name=item.name,
            )
            self._studio.choose(lambda: self._studio.messages.say(said, "done"), model=item.name)
        else:
            self.adding.choose(item)

    def verify(self) -> None:
        if item := self.tree.item:
            self._verify(item.files, tr("Verifying {name}", name=item.name))

    def verify_all(self) -> None:
        home, settings = self._studio.home, self._studio.settings

        def files() -> tuple[Path, ...]:
            return tuple(file for item in shelf.items(home, settings) for file in item.files)

        self._verify(files, tr("Verifying everything"))

    def _verify(self, files: "tuple[Path, ...] | Callable[[], tuple[Path, ...]]", title: str) -> None:
        home = self._studio.home

        def work() -> Any:
            listed = files() if callable(files) else files
            return recorded.verify(home, [file for file in listed if file.is_file()], self.work.progress)

        self.work.run(title, work, self._tell_verified)

    def _tell_verified(self, state: recorded.State) -> None:
        if state == "changed":
            said = tr("Files are not what they were when they were added. They are marked in the list.")
        elif state == "new":
            said = tr("Read whole and recorded: from now on every change is noticed.")
        else:
            said = tr("Read whole and compared: nothing has changed.")
        self._studio.messages.say(said, "warning" if state == "changed" else "done")

    def show_folder(self) -> None:
        if item := self.tree.item:
            folder = item.path if item.path.is_dir() else item.path.parent
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    def accept_licence(self) -> None:
        item = self.tree.item
        if item is None:
            return
        home = self._studio.home

        def accept() -> None:
            kept = settings_file.load(home)
            adapters = models.find(kept, item.model).adapters
            licences.accept(home, next(each for each in adapters if each.path == item.path))

        self._open(LicenceDialog(item.name, item.licence, self)).accepted.connect(
            lambda: self.work.run(tr("Accepting"), accept, lambda _: None)
        )

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files and folders of models: what the window itself takes are photos."""
        if event.source() is None and _local(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        if not self.work.busy:
            self.adding.add(_local(event.mimeData())[0])

    def _show_menu(self, at: QPoint) -> None:
        """What the panel offers, where the mouse is."""
        if self.tree.item is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for each in self.panel.buttons:
            if not each.isHidden():
                menu.addAction(each.icon(), each.text(), each.click).setEnabled(each.isEnabled())
        menu.popup(self.tree.viewport().mapToGlobal(at))

    def download(self) -> None:
        home = self._studio.home

        def ask(left: dict[str, int]) -> None:
            dialog = DownloadDialog(left, self._machine, self)
            self._open(dialog).accepted.connect(lambda: self.adding.download(dialog.chosen))

        self._studio.background.run(
            lambda: {each.name: fetch.left(home, each) for each in catalogue.sets()}, ask
        )

    def _open(self, dialog: Any) -> Any:
        self.dialog = dialog
        dialog.finished.connect(lambda: setattr(self, "dialog", None))
        dialog.open()
        return dialog

    def ask_to_remove(self) -> None:
        """Off the list, and its files too where they are the program's own copies."""
        item = self.tree.item
        if item is None:
            return
        deletes = shelf.deletable(self._studio.home, item)
        self.question = box = Question(
            QMessageBox.Icon.Question, tr("Remove"), _about_to_go(item, deletes), parent=self
        )
        role = QMessageBox.ButtonRole.DestructiveRole
        only = box.addButton(tr("Take off the list"), role) if item.kind != "adapter" else None
        delete = box.addButton(tr("Delete the files"), role) if deletes else None
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))

        def answered() -> None:
            clicked = box.clickedButton()
            if clicked is not None and clicked in (only, delete):
                home = self._studio.home
                self.work.run(
                    tr("Removing"), lambda: shelf.remove(home, item, clicked is delete), lambda _: None
                )

        box.finished.connect(answered)
        box.open()

    # Layout

    def _lay_out(self) -> None:
        self._computer = theme.text("", "small")
        left = QVBoxLayout()
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(0)
        left.addWidget(self._bar())
        inner = QVBoxLayout()
        inner.setContentsMargins(16, 10, 12, 8)
        inner.setSpacing(8)
        inner.addWidget(self.tree, 1)
        inner.addWidget(self._computer)
        inner.addWidget(_note())
        left.addLayout(inner, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addLayout(left, 1)
        row.addWidget(self.panel)

    def _bar(self) -> QFrame:
        bar = QFrame(objectName="bar")
        row = QHBoxLayout(bar)
        row.setContentsMargins(16, 10, 12, 10)
        row.setSpacing(8)
        row.addWidget(theme.text(tr("Models"), "title"))
        row.addStretch()
        self._verify_all = button(tr("Verify all"), self.verify_all, "check")
        self._add = button(tr("Add"), None, "plus")
        self._add.setMenu(self._add_menu())
        self._download = button(tr("Download…"), self.download, "download")
        for part in (self._verify_all, self._add, self._download):
            row.addWidget(part)
        return bar

    def _add_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.addAction(tr("A base model: its folder…"), self.adding.ask_for_base)
        menu.addAction(tr("An adapter: its file…"), self.adding.ask_for_adapter)
        menu.addAction(tr("An InsightFace pack: its folder…"), self.adding.ask_for_faces)
        menu.addAction(tr("A segmenter (SAM 2 or ONNX): its folder…"), self.adding.ask_for_segmenter)
        menu.addAction(tr("An upscaler for print: its file…"), self.adding.ask_for_upscaler)
        return menu


def _press(button: QAbstractButton) -> None:
    """By a key: only what could be pressed with the mouse."""
    if not button.isHidden():
        button.click()


def _local(dragged: QMimeData) -> list[Path]:
    return [Path(url.toLocalFile()) for url in dragged.urls() if url.isLocalFile()]


def _note() -> QLabel:
    return theme.text(
        tr(
            "What you choose here counts from the next picture on, without a restart. Your files stay where"
            " they are."
        ),
        "small",
        wrap=True,
    )


def _about_to_go(item: Item, deletes: bool) -> str:
    if item.kind == "adapter":
        return tr(
            "{name} is a file in its model's folder: {path}. Delete it?", name=item.name, path=item.path
        )
    if deletes:
        return tr(
            "{name} can be taken off the list, and its files in {path} can be deleted, too.",
            name=item.name, path=item.path,
        )  # fmt: skip
    return tr("Take {name} off the list? Its files in {path} stay.", name=item.name, path=item.path)
