"""The models page: what there is, choosing, adding, verifying, downloading, taking off the list."""

import gc
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QMainWindow, QMessageBox
from pytestqt.qtbot import QtBot
from safetensors.numpy import load_file, save_file
from window_steps import settle

from core import settings as settings_file
from core.downloads import catalogue, fetch
from core.errors import Cancelled, KnownError
from core.library import open_library
from core.paths import RESOURCES, Home
from core.settings import Settings
from desktop.background import Background
from desktop.bridge import Bridge
from desktop.pages import models_add
from desktop.pages.dialogs import LicenceDialog
from desktop.pages.models import ModelsPage
from desktop.pages.models_download import DownloadDialog
from desktop.pages.models_words import memory
from desktop.pages.models_work import LicenceNeeded, command
from desktop.studio import Studio
from desktop.widgets.message_bar import MessageBar

MINI = RESOURCES / "models" / "mini"


class Worker:
    """Counts how often it was told to take a new engine."""

    renewed = 0

    def renew(self) -> None:
        self.renewed += 1


class Stage:
    """The page on a home of its own, without the rest of the window."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.window = QMainWindow()
        self.messages = MessageBar(self.window)
        self.background = Background(self._failed, self.window)
        self.library = open_library(home)
        self.worker = Worker()
        self.studio = Studio(
            home, settings_file.load(home), self.library, self.worker, Bridge(self.window),
            self.background, None, self.messages,
        )  # type: ignore[arg-type]  # fmt: skip
        self.page = ModelsPage(self.studio)
        self.window.setCentralWidget(self.page)
        self.window.show()

    @property
    def busy(self) -> bool:
        return self.background.busy

    @property
    def settings(self) -> Settings:
        return settings_file.load(self.home)

    def choose(self, kind: str, name: str) -> None:
        items = self.page.tree._items
        self.page.tree.choose(next(k for k, item in items.items() if (item.kind, item.name) == (kind, name)))

    def names(self) -> list[tuple[str, str]]:
        return [(item.kind, item.name) for item in self.page.tree._items.values()]

    def _failed(self, error: Exception) -> None:
        assert isinstance(error, KnownError), error
        self.messages.say(str(error))

    def close(self) -> None:
        self.background.close()
        self.library.close()
        self.window.deleteLater()


@pytest.fixture
def stage(qtbot: QtBot, dressed: None, home: Home) -> Iterator[Stage]:
    # As the window does: a collection on a working thread would destroy widgets there.
    gc.disable()
    stage = Stage(home)
    settle(qtbot, stage)  # type: ignore[arg-type]
    yield stage
    stage.close()
    gc.enable()


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A small model of somebody's own: the embedded one without its adapters."""
    folder = tmp_path / "portrait"
    shutil.copytree(MINI, folder, ignore=shutil.ignore_patterns("adapters"))
    return folder


@pytest.fixture
def still(qtbot: QtBot, stage: Stage) -> Callable[[], None]:
    return lambda: settle(qtbot, stage)  # type: ignore[arg-type]


def answer(box: Any, words: str) -> None:
    next(each for each in box.buttons() if each.text().replace("&", "") == words).click()


def test_what_comes_with_the_program_is_there_and_in_use(stage: Stage) -> None:
    assert ("base", "mini") in stage.names()
    assert ("adapter", "ip-adapter-plus") in stage.names()
    assert ("faces", "YuNet and SFace") in stage.names()
    panel = stage.page.panel
    assert stage.page.tree.item is not None
    assert stage.page.tree.item.name == "mini"
    assert panel.used.isVisible()
    assert not panel.use.isVisible()
    assert not panel.remove.isVisible()
    said = " ".join(value.text() for label, value in panel._rows.values())
    assert "about 1.5 GB of" in said
    assert "trained from scratch" in said


def test_a_model_is_added_and_used_without_a_restart(
    stage: Stage, own: Path, still: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(own))
    stage.page.adding.ask_for_base()
    still()
    assert stage.settings.models == {"portrait": str(own)}
    assert stage.worker.renewed == 1
    assert "on the list" in stage.messages.words
    stage.choose("base", "portrait")
    stage.page.panel.use.click()
    still()
    assert stage.studio.settings.model == "portrait"
    assert "keep their model" in stage.messages.words
    assert stage.page.panel.used.isVisible()
    assert not stage.page.panel.remove.isEnabled()


def test_a_folder_that_is_no_model_is_refused_in_words(
    stage: Stage, tmp_path: Path, still: Callable[[], None]
) -> None:
    (tmp_path / "no").mkdir()
    stage.page.adding.add_base(tmp_path / "no")
    still()
    assert "not a model in diffusers layout" in stage.messages.words
    assert stage.settings.models == {}
    assert not stage.page.work.busy


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """What the page had the command line do; its licences want to be accepted first. (The commands themselves
    are tested as such: they load what takes seconds.)"""
    said: list[tuple[str, ...]] = []

    def run(home: Home, stopped: Any, *words: str) -> str:
        said.append(words)
        if "--yes" not in words:
            raise LicenceNeeded("For research only.")
        return ""

    monkeypatch.setattr(models_add, "command", run)
    return said


def test_an_adapter_with_a_licence_asks_before_anything_is_written(
    stage: Stage, still: Callable[[], None], commands: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("/files/closed.bin", ""))
    stage.page.adding.ask_for_adapter()
    still()
    words = ("add-adapter", "/files/closed.bin", "--model", "mini")
    question = stage.page.adding.question
    assert isinstance(question, LicenceDialog)
    assert commands == [words]
    question.accept()
    still()
    assert commands == [words, (*words, "--yes")]
    assert stage.messages.words == "closed can be used with mini."


def test_a_licence_is_accepted_on_the_page(
    stage: Stage, own: Path, still: Callable[[], None], tmp_path: Path
) -> None:
    (own / "adapters").mkdir()
    tensors = load_file(MINI / "adapters" / "ip-adapter.safetensors")
    save_file(tensors, own / "adapters" / "nc.safetensors", metadata={"license": "non-commercial"})
    stage.page.adding.add_base(own)
    still()
    stage.choose("adapter", "nc")
    panel = stage.page.panel
    assert panel.accept.isVisible()
    panel.accept.click()
    assert isinstance(stage.page.dialog, LicenceDialog)
    stage.page.dialog.accept()
    still()
    assert len(stage.settings.accepted) == 1
    stage.choose("adapter", "nc")
    assert not panel.accept.isVisible()


def test_a_changed_file_is_found_by_verifying(stage: Stage, own: Path, still: Callable[[], None]) -> None:
    stage.page.adding.add_base(own)
    still()
    file = own / "vae" / "diffusion_pytorch_model.safetensors"
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    stage.choose("base", "portrait")
    stage.page.panel.verify.click()
    still()
    assert "not what they were" in stage.messages.words
    item = stage.page.tree.item
    assert item is not None
    assert item.state == "changed"
    stage.page.verify_all()
    still()
    assert "not what they were" in stage.messages.words


def test_another_segmenter_that_is_none_is_refused(
    stage: Stage, tmp_path: Path, still: Callable[[], None]
) -> None:
    (tmp_path / "seg").mkdir()
    stage.page.adding.choose_segmenter(str(tmp_path / "seg"))
    still()
    assert "neither SAM 2 nor an ONNX segmenter" in stage.messages.words
    assert stage.settings.segmenter == "embedded"


def test_another_segmenter_shows_its_licence_and_claims_nothing_of_it(
    stage: Stage, still: Callable[[], None], commands: list[tuple[str, ...]]
) -> None:
    stage.page.adding.choose_segmenter("/models/birefnet")
    still()
    question = stage.page.adding.question
    assert isinstance(question, QMessageBox)
    assert "non-commercial" not in question.text()
    answer(question, "Use it under this licence")
    still()
    assert commands[-1] == ("segmenter", "/models/birefnet", "--yes")
    assert "cut out by it" in stage.messages.words


def test_face_models_are_changed_only_after_a_question(
    stage: Stage, still: Callable[[], None], commands: list[tuple[str, ...]]
) -> None:
    stage.page.adding.choose_faces("/packs/buffalo")
    assert isinstance(stage.page.adding.question, QMessageBox)
    assert commands == []
    answer(stage.page.adding.question, "Look again")
    still()
    assert isinstance(stage.page.adding.question, LicenceDialog)
    stage.page.adding.question.accept()
    still()
    assert commands == [("faces", "/packs/buffalo"), ("faces", "/packs/buffalo", "--yes")]


def test_something_is_taken_off_the_list_and_its_files_stay(
    stage: Stage, own: Path, still: Callable[[], None]
) -> None:
    stage.page.adding.add_base(own)
    still()
    stage.choose("base", "portrait")
    stage.page.panel.remove.click()
    assert stage.page.question is not None
    answer(stage.page.question, "Take off the list")
    still()
    assert ("base", "portrait") not in stage.names()
    assert (own / "unet").is_dir()


def test_an_adapter_goes_with_its_file(stage: Stage, own: Path, still: Callable[[], None]) -> None:
    shutil.copytree(MINI / "adapters", own / "adapters")
    stage.page.adding.add_base(own)
    still()
    key = next(k for k, item in stage.page.tree._items.items() if item.model == "portrait")
    stage.page.tree.choose(key)
    stage.page.panel.remove.click()
    assert stage.page.question is not None
    answer(stage.page.question, "Delete the files")
    still()
    assert not Path(key[2]).exists()


def test_a_download_says_what_it_sends_and_waits_for_the_licence(
    stage: Stage, still: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def download(home: Home, wanted: catalogue.Set, moved: Any, stop: Any) -> Any:
        asked.append(wanted.name)
        moved(10**9, 3 * 10**9, "unet")
        raise Cancelled

    monkeypatch.setattr(fetch, "download", download)
    stage.page._download.click()
    still()
    dialog = stage.page.dialog
    assert isinstance(dialog, DownloadDialog)
    assert not dialog._go.isEnabled()
    words = " ".join(label.text() for label in dialog.findChildren(type(dialog._facts)))
    assert "no photo, name, prompt or account" in words
    assert "RAIL" in words
    dialog.list.setCurrentRow(2)
    dialog.agreed.setChecked(True)
    assert asked == []
    dialog._go.click()
    still()
    assert asked == ["sdxl"]
    assert "Stopped" in stage.messages.words
    assert not stage.page.work.busy


def test_one_work_at_a_time_and_it_can_be_stopped(
    qtbot: QtBot, stage: Stage, still: Callable[[], None]
) -> None:
    begun = threading.Event()

    def work() -> None:
        begun.set()
        while True:
            stage.page.work.progress(10**6, 2 * 10**6, "a file")

    stage.page.work.run("Verifying", work, lambda _: None)
    qtbot.waitUntil(begun.is_set)
    qtbot.waitUntil(lambda: "1.0 MB / 2.0 MB" in stage.page.work.line.words)
    assert not stage.page._add.isEnabled()
    stage.page.work.line.stop.click()
    still()
    assert "Stopped" in stage.messages.words
    assert stage.page._add.isEnabled()


def test_the_folder_is_shown(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    stage.choose("adapter", "ip-adapter")
    stage.page.panel.folder.click()
    assert opened == [str(MINI / "adapters")]


def test_what_does_not_fit_is_said(stage: Stage) -> None:
    machine, item = stage.page._machine, stage.page.tree.item
    assert machine is not None
    assert item is not None
    small = type(machine)(10**9, 10**9, "", 0, 10**9)
    assert memory(item, small).startswith("Too large for this computer")
    full = type(machine)(10**10, 10**9, "", 0, 10**9)
    assert "when other programs are closed" in memory(item, full)
    card = type(machine)(10**9, 10**9, "RTX", 12 * 10**9, 10**9)
    assert memory(item, card).startswith("Fits your graphics card")


def test_a_command_that_fails_says_what_it_said(home: Home) -> None:
    with pytest.raises(KnownError, match="There is no model called nobody"):
        command(home, lambda: False, "use", "nobody")
    with pytest.raises(Cancelled):
        command(home, lambda: True, "files")


def test_by_keyboard_and_by_drop(
    qtbot: QtBot, stage: Stage, own: Path, still: Callable[[], None], commands: list[tuple[str, ...]]
) -> None:
    drop(stage, own)
    still()
    assert ("base", "portrait") in stage.names()
    stage.choose("base", "portrait")
    qtbot.keyClick(stage.page.tree, Qt.Key.Key_Return)
    still()
    assert stage.settings.model == "portrait"
    stage.choose("base", "mini")
    qtbot.keyClick(stage.page.tree, Qt.Key.Key_Delete)
    assert stage.page.question is None, "what comes with the program stays"
    drop(stage, MINI / "adapters" / "ip-adapter.safetensors")
    still()
    assert commands[0][:2] == ("add-adapter", str(MINI / "adapters" / "ip-adapter.safetensors"))
    drop(stage, own / "vae")
    still()
    assert commands[-1][0] == "segmenter", "a folder with a config.json alone"
    drop(stage, own / "model_index.json")
    still()
    assert "is no model file" in stage.messages.words


def drop(stage: Stage, path: Path) -> None:
    carried = QMimeData()
    carried.setUrls([QUrl.fromLocalFile(str(path))])
    action, button = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    nothing = Qt.KeyboardModifier.NoModifier
    entered = QDragEnterEvent(QPoint(5, 5), action, carried, button, nothing)
    stage.page.dragEnterEvent(entered)
    assert entered.isAccepted()
    stage.page.dropEvent(QDropEvent(QPointF(5, 5), action, carried, button, nothing))
