"""Adding and choosing models: from a folder or file of the user's own, or by download."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from core import models, recorded, upscalers
from core.downloads import fetch
from core.downloads.catalogue import Set
from core.models import PICKLES
from core.shelf import EMBEDDED, Item, kind_of
from desktop.i18n import tr
from desktop.pages.dialogs import LicenceDialog
from desktop.pages.models_work import LicenceNeeded, ModelWork, command
from desktop.studio import Studio
from desktop.widgets.dialog import Question


class ModelAdding(QObject):
    """Everything is checked before it is on the list; what is refused is said in words."""

    def __init__(self, studio: Studio, work: ModelWork, window: QWidget) -> None:
        super().__init__(window)
        self._studio, self._work, self._window = studio, work, window
        self.question: LicenceDialog | QMessageBox | None = None

    # What to add

    def ask_for_base(self) -> None:
        title = tr("A Stable Diffusion 1.5 or SDXL folder in diffusers layout")
        if folder := QFileDialog.getExistingDirectory(self._window, title):
            self.add_base(Path(folder))

    def ask_for_adapter(self) -> None:
        patterns = " ".join(f"*{suffix}" for suffix in (".safetensors", *PICKLES))
        title = tr("An adapter for {model}", model=self._studio.settings.model)
        files = tr("Adapters ({patterns})", patterns=patterns)
        name, _ = QFileDialog.getOpenFileName(self._window, title, "", files)
        if name:
            self.add_adapter(Path(name))

    def ask_for_faces(self) -> None:
        if folder := QFileDialog.getExistingDirectory(self._window, tr("The folder of an InsightFace pack")):
            self.choose_faces(folder)

    def ask_for_segmenter(self) -> None:
        title = tr("A folder with SAM 2, or with an ONNX export such as BiRefNet's")
        if folder := QFileDialog.getExistingDirectory(self._window, title):
            self.choose_segmenter(folder)

    def ask_for_upscaler(self) -> None:
        title, files = tr("An ESRGAN or Compact model"), tr("Upscalers (*.safetensors)")
        name, _ = QFileDialog.getOpenFileName(self._window, title, "", files)
        if name:
            self.add_upscaler(Path(name))

    # Adding

    def add(self, path: Path) -> None:
        """A file or folder of whichever kind."""
        ways = {
            "base": lambda: self.add_base(path),
            "adapter": lambda: self.add_adapter(path),
            "faces": lambda: self.choose_faces(str(path)),
            "segmenter": lambda: self.choose_segmenter(str(path)),
            "upscaler": lambda: self.add_upscaler(path),
        }
        self._studio.background.run(lambda: kind_of(path), lambda kind: ways[kind]())

    def add_base(self, folder: Path) -> None:
        home = self._studio.home

        def work() -> models.ModelInfo:
            added = models.add(home, folder)
            recorded.record(home, models.weight_files(added.path), self._work.progress)
            return added

        def then(added: models.ModelInfo) -> None:
            offers = ", ".join(added.methods())
            self._say(tr("{name} is on the list. It offers: {methods}.", name=added.name, methods=offers))

        self._work.run(tr("Adding {name}", name=folder.name), work, then)

    def add_adapter(self, file: Path) -> None:
        """To the base model in use. A .bin file is converted, and nothing in it is run."""
        model = self._studio.settings.model
        said = tr("{name} can be used with {model}.", name=file.stem, model=model)
        words = ("add-adapter", str(file), "--model", model)
        self._command(tr("Adding {name}", name=file.name), words, said, file.stem)

    def add_upscaler(self, file: Path) -> None:
        home = self._studio.home

        def work() -> upscalers.Upscaler:
            added = upscalers.add(home, file)
            recorded.record(home, [added.path], self._work.progress)
            return added

        def then(added: upscalers.Upscaler) -> None:
            said = tr(
                "{name} makes pictures {scale} times larger. Choose it when you export.",
                name=added.name, scale=added.scale,
            )  # fmt: skip
            self._say(said)

        self._work.run(tr("Adding {name}", name=file.name), work, then)

    def download(self, wanted: Set) -> None:
        home = self._studio.home
        self._work.run(
            tr("Downloading"),
            lambda: fetch.download(home, wanted, self._work.moved, self._work.stopped),
            lambda added: self._say(
                tr("{name} is here, checked, and on the list. “Use this” chooses it.", name=added.name)
            ),
        )

    # Choosing

    def choose(self, item: Item) -> None:
        """Another finder of faces, or segmenter."""
        folder = EMBEDDED if item.choice == EMBEDDED else str(item.path)
        (self.choose_faces if item.kind == "faces" else self.choose_segmenter)(folder)

    def choose_faces(self, folder: str) -> None:
        """Asks first: embeddings of different models are never compared, so every photo is looked at anew."""
        told = tr(
            "Every photo is looked at again by these models, which can take long. Names and references stay"
            " with the faces that are found in the same place."
        )
        self.question = box = Question(
            QMessageBox.Icon.Question, tr("Other face models"), told, parent=self._window
        )
        go = box.addButton(tr("Look again"), QMessageBox.ButtonRole.AcceptRole)
        box.addButton(QMessageBox.StandardButton.Cancel)

        def answered() -> None:
            if box.clickedButton() is go:
                said = tr("Faces are found and recognised by these models from now on.")
                self._command(tr("Looking at every photo again"), ("faces", folder), said, Path(folder).name)

        box.finished.connect(answered)
        box.open()

    def choose_segmenter(self, folder: str) -> None:
        said = tr("References made from now on are cut out by it; those that exist stay as they are.")
        words = ("segmenter", folder)
        self._command(tr("Opening the segmenter"), words, said, Path(folder).name)

    # By the command line's words

    def _command(self, title: str, words: tuple[str, ...], said: str, name: str) -> None:
        home, stopped = self._studio.home, self._work.stopped

        def failed(error: Exception) -> None:
            if isinstance(error, LicenceNeeded):
                again: Callable[[], Any] = partial(self._command, title, (*words, "--yes"), said, name)
                ask = self._ask_plainly if words[0] == "segmenter" else self._ask_licence
                ask(name, error.licence, again)
            else:
                self._studio.background.fail(error)

        self._work.run(title, lambda: command(home, stopped, *words), lambda _: self._say(said), failed)

    def _ask_licence(self, name: str, licence: str, again: Callable[[], Any]) -> None:
        self.question = dialog = LicenceDialog(name, licence, self._window)
        dialog.accepted.connect(again)
        dialog.open()

    def _ask_plainly(self, name: str, licence: str, again: Callable[[], Any]) -> None:
        """For what may be for any use: its own words, and no more."""
        title = tr("Licence of {name}", name=name)
        self.question = box = Question(QMessageBox.Icon.Question, title, licence, parent=self._window)
        go = box.addButton(tr("Use it under this licence"), QMessageBox.ButtonRole.AcceptRole)
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
        box.finished.connect(lambda: again() if box.clickedButton() is go else None)
        box.open()

    def _say(self, said: str) -> None:
        self._studio.messages.say(said, "done")
