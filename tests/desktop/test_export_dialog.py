"""Exporting from the window: the question, the progress, the end, and the ways out."""

import errno
import gc
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QInputDialog, QMainWindow, QMessageBox
from pytestqt.qtbot import QtBot
from sqlalchemy import func, update
from window_steps import settle

from core import compose
from core.engine.fake import FakeEngine
from core.errors import KnownError
from core.export import icc, presets
from core.export import write as writing
from core.export.presets import BUILT_IN
from core.library import gallery, jobs, open_library
from core.library.tables import Picture
from core.paths import Home
from core.runner import Runner
from core.settings import Settings
from desktop import exports
from desktop.app import GALLERY, Application
from desktop.background import Background
from desktop.bridge import Bridge
from desktop.exports import Exports
from desktop.pages.export_dialog import ExportDialog
from desktop.studio import Studio
from desktop.widgets.message_bar import MessageBar

CLIENT = 1
"""The place of the client's preset in the list."""


class Stage:
    """The dialog and what it starts, on a library with three pictures, without the rest of the window."""

    def __init__(self, home: Home) -> None:
        self.window = QMainWindow()
        self.messages = MessageBar(self.window)
        self.background = Background(self._failed, self.window)
        self.library = open_library(home)
        self.studio = Studio(
            home, Settings(), self.library, None, Bridge(self.window), self.background, None, self.messages
        )  # type: ignore[arg-type]
        self.exports = Exports(self.studio, self.window)
        with self.library.read() as session:
            self.rows = gallery.rows(session)

    @property
    def busy(self) -> bool:
        return self.background.busy

    def _failed(self, error: Exception) -> None:
        assert isinstance(error, KnownError), error
        self.messages.say(str(error))

    def close(self) -> None:
        self.background.close()
        self.library.close()
        self.window.deleteLater()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, named_home: Home) -> Home:
    """Three pictures of Ada and Ben. To be copied, not used."""
    home = Home(tmp_path_factory.mktemp("made") / "home")
    shutil.copytree(named_home.root, home.root)
    library, engine = open_library(home), FakeEngine(references=home.references)
    with library.write() as session:
        wish = compose.Wish(text="@ada and @ben on the beach", count=3, seed=50)
        jobs.enqueue(session, compose.specs(session, home, Settings(), wish))
    Runner(library, lambda: engine, lambda event: None, home.pictures).run_until_idle()
    library.close()
    return home


@pytest.fixture
def at_home(home: Home, made: Home) -> Home:
    shutil.copytree(made.root, home.root)
    library = open_library(home)
    with library.write() as session:
        moved = func.replace(Picture.path, str(made.root), str(home.root))
        session.execute(update(Picture).values(path=moved))
    library.close()
    return home


@pytest.fixture
def stage(qtbot: QtBot, dressed: None, at_home: Home) -> Iterator[Stage]:
    # As the window does: a collection on a working thread would destroy widgets there.
    gc.disable()
    stage = Stage(at_home)
    yield stage
    stage.close()
    gc.enable()


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "for the client"


def ask(qtbot: QtBot, stage: Stage, folder: Path | None = None) -> ExportDialog:
    """For all pictures."""
    stage.exports.ask([row.id for row in stage.rows])
    qtbot.waitUntil(lambda: stage.exports.dialog is not None)
    dialog = stage.exports.dialog
    assert dialog is not None
    if folder:
        dialog.form.folder.setText(str(folder))
    settle(qtbot, stage)  # type: ignore[arg-type]
    return dialog


def export(qtbot: QtBot, stage: Stage, dialog: ExportDialog) -> None:
    dialog._export.click()
    qtbot.waitUntil(lambda: stage.exports.dialog is None)
    qtbot.waitUntil(lambda: not stage.exports.running)
    settle(qtbot, stage)  # type: ignore[arg-type]


def files(folder: Path) -> list[str]:
    return sorted(str(each.relative_to(folder)) for each in folder.rglob("*") if each.is_file())


def test_pictures_become_files_for_a_client(
    qtbot: QtBot, stage: Stage, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    dialog = ask(qtbot, stage, out)
    dialog._list.setCurrentRow(CLIENT)
    settle(qtbot, stage)
    assert dialog._said.text().startswith("3 files, about ")
    example = dialog.form.example.text()
    export(qtbot, stage, dialog)
    assert len(files(out)) == 3
    assert files(out)[0] == example
    with Image.open(out / example) as image:
        assert image.format == "JPEG"
    assert "Ada" not in (out / example).read_bytes().decode("latin-1")
    assert stage.messages.words.startswith(f"3 files exported to {out}, ")
    stage.messages._action.click()
    assert opened == [str(out)]
    assert stage.exports.line.words == ""


def test_the_last_choice_is_there_the_next_time(qtbot: QtBot, stage: Stage, out: Path) -> None:
    dialog = ask(qtbot, stage, out)
    dialog._list.setCurrentRow(CLIENT)
    dialog.form.quality.setValue(71)
    settle(qtbot, stage)
    export(qtbot, stage, dialog)
    again = ask(qtbot, stage)
    assert (again.preset.format, again.preset.quality, again.folder) == ("jpeg", 71, out)
    assert again._chosen == -1
    again.reject()


def test_the_fields_say_what_a_preset_says_and_back(qtbot: QtBot, stage: Stage) -> None:
    dialog = ask(qtbot, stage)
    for at, preset in enumerate(BUILT_IN):
        dialog._list.setCurrentRow(at)
        assert dialog.preset == presets.structs.replace(preset, name="")
        assert dialog.form.quality.isVisible() == (preset.format in ("jpeg", "webp", "avif"))
        assert dialog._chosen == at
    dialog.reject()


def test_an_example_and_what_is_wrong_are_said_while_typing(qtbot: QtBot, stage: Stage, out: Path) -> None:
    dialog = ask(qtbot, stage, out)
    dialog.form.names.setText("{person}/")
    dialog.form.add_field("number")
    assert dialog.form.example.text() == "Ada, Ben / 001.png"
    settle(qtbot, stage)
    assert dialog._export.isEnabled()
    dialog.form.names.setText("{who}")
    settle(qtbot, stage)
    assert "There is no field {who}" in dialog._said.text()
    assert not dialog._export.isEnabled()
    dialog.reject()


def test_a_share_copy_whose_names_tell_is_warned_of(qtbot: QtBot, stage: Stage) -> None:
    dialog = ask(qtbot, stage)
    dialog._list.setCurrentRow(CLIENT)
    assert not dialog._warning.isVisible()
    dialog.form.names.setText("{person} {number}")
    assert "{person}" in dialog._warning.text()
    dialog.reject()


def test_without_a_folder_or_in_the_librarys_own_nothing_can_be_exported(qtbot: QtBot, stage: Stage) -> None:
    dialog = ask(qtbot, stage)
    assert "Choose the folder" in dialog._said.text()
    assert not dialog._export.isEnabled()
    dialog.form.folder.setText(str(stage.studio.home.pictures))
    settle(qtbot, stage)
    assert "Choose another folder" in dialog._said.text()
    assert not dialog._export.isEnabled()
    dialog.reject()


def test_folder_and_profile_are_chosen_from_the_disk(
    qtbot: QtBot, stage: Stage, out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, wrong = tmp_path / "mine.icc", tmp_path / "wrong.icc"
    own.write_bytes(icc.profile(icc.ADOBE_RGB))
    wrong.write_bytes(b"nothing")
    dialog = ask(qtbot, stage)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(out))
    dialog.form.choose_folder()
    for name, usable in (("", True), (str(own), True), (str(wrong), False)):
        monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_, name=name: (name, ""))
        dialog.form.colours.setCurrentIndex(dialog.form.colours.count() - 1)
        dialog.form.colours.activated.emit(dialog.form.colours.currentIndex())
        settle(qtbot, stage)
        assert dialog.preset.colours == (name or "srgb")
        assert dialog._export.isEnabled() == usable
    assert "wrong.icc" in dialog._said.text()
    dialog.reject()


def test_presets_of_ones_own_are_kept_and_deleted(
    qtbot: QtBot, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog = ask(qtbot, stage)
    dialog.form.names.setText("album-{number}")
    monkeypatch.setattr(QInputDialog, "getText", lambda *_: (" My album ", True))
    dialog.save_preset()
    settle(qtbot, stage)
    assert dialog._list.currentItem().text() == "My album"
    assert [each.names for each in presets.read(stage.studio.home).presets] == ["album-{number}"]
    assert dialog._remove.isEnabled()
    dialog._remove.click()
    settle(qtbot, stage)
    assert presets.read(stage.studio.home).presets == ()
    assert dialog._list.count() == len(BUILT_IN)
    dialog.reject()


class Slow:
    """Each file waits until it is let through."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.through = threading.Semaphore(0)
        self.begun = 0
        real = writing._put

        def put(*arguments: Any) -> None:
            self.begun += 1
            assert self.through.acquire(timeout=30)
            real(*arguments)

        monkeypatch.setattr(writing, "_put", put)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[Slow]:
    """Lets all through at the end, so that a test that fails leaves no thread waiting."""
    slow = Slow(monkeypatch)
    yield slow
    slow.through.release(1000)


def test_progress_is_in_the_footer_and_an_export_can_be_stopped(
    qtbot: QtBot, stage: Stage, out: Path, slow: Slow
) -> None:
    ask(qtbot, stage, out)._export.click()
    qtbot.waitUntil(lambda: slow.begun == 1)
    qtbot.waitUntil(lambda: "0 of 3" in stage.exports.line.words)
    slow.through.release()
    qtbot.waitUntil(lambda: "1 of 3" in stage.exports.line.words)
    stage.exports.ask([1])
    assert "under way" in stage.messages.words
    stage.exports.line.stop.click()
    slow.through.release()
    qtbot.waitUntil(lambda: not stage.exports.running)
    assert "stopped: 2 of 3 files" in stage.messages.words
    assert len(files(out)) == 2
    assert stage.exports.line.words == ""


@pytest.mark.parametrize(("answer", "count"), [("number", 6), ("skip", 3), ("overwrite", 3), (None, 3)])
def test_names_that_are_taken_are_asked_about(
    qtbot: QtBot, stage: Stage, out: Path, answer: str | None, count: int
) -> None:
    dialog = ask(qtbot, stage, out)
    dialog.form.names.setText("{number}")
    dialog.form.conflict.setCurrentIndex(dialog.form.conflict.findData("ask"))
    settle(qtbot, stage)
    export(qtbot, stage, dialog)
    assert files(out) == ["1.png", "2.png", "3.png"]
    before = [(out / name).stat().st_ino for name in files(out)]
    ask(qtbot, stage)._export.click()
    qtbot.waitUntil(lambda: stage.exports.question is not None)
    box = stage.exports.question
    assert isinstance(box, QMessageBox)
    assert "3 names taken already, the first is 1.png" in box.text()
    words = exports.ANSWERS[answer] if answer else "Cancel"
    next(each for each in box.buttons() if each.text().replace("&", "") == words).click()
    qtbot.waitUntil(lambda: not stage.exports.running)
    settle(qtbot, stage)
    assert len(files(out)) == count
    assert ([(out / f"{n}.png").stat().st_ino for n in (1, 2, 3)] == before) == (answer != "overwrite")


def test_a_folder_that_cannot_be_made_is_said(qtbot: QtBot, stage: Stage, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    dialog = ask(qtbot, stage, tmp_path / "file" / "inside")
    assert "cannot be read" in dialog._said.text()
    assert not dialog._export.isEnabled()
    dialog.reject()
    (tmp_path / "2026").write_text("no folder")
    dialog = ask(qtbot, stage, tmp_path)
    dialog.form.names.setText("{year}/{number}")
    settle(qtbot, stage)
    assert "cannot be read" in dialog._said.text()
    dialog.reject()


def test_a_disk_that_is_full_is_said(
    qtbot: QtBot, stage: Stage, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    dialog = ask(qtbot, stage, out)
    monkeypatch.setattr(writing, "write_whole", full)
    export(qtbot, stage, dialog)
    assert "The disk is full. 0 of 3 pictures" in stage.messages.words
    assert stage.exports.line.words == ""


def test_a_picture_that_is_gone_is_told_with_the_others(qtbot: QtBot, stage: Stage, out: Path) -> None:
    gone = Path(stage.rows[0].path)
    gone.unlink()
    export(qtbot, stage, ask(qtbot, stage, out))
    assert len(files(out)) == 2
    assert gone.name in stage.messages.words


def test_pictures_that_are_gone_ask_for_nothing(qtbot: QtBot, stage: Stage) -> None:
    stage.exports.ask([999])
    settle(qtbot, stage)
    assert stage.exports.dialog is None


# In the window


def test_ctrl_e_in_the_gallery_and_closing_the_window_midway(
    qtbot: QtBot,
    at_home: Home,
    open_window: Callable[[], Application],
    out: Path,
    slow: Slow,
) -> None:
    """A window that is closed ends an export after the file it is at."""
    application = open_window()
    application.window.open_page(GALLERY)
    settle(qtbot, application)
    application.gallery.view.clearSelection()
    application.gallery.export()
    settle(qtbot, application)
    assert application.exports.dialog is None
    application.gallery.view.selectAll()
    qtbot.keyClick(application.gallery.view, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: application.exports.dialog is not None)
    dialog = application.exports.dialog
    assert dialog is not None
    dialog.form.folder.setText(str(out))
    qtbot.waitUntil(dialog._export.isEnabled)
    assert "3 files" in dialog._said.text()
    dialog._export.click()
    qtbot.waitUntil(lambda: slow.begun == 1)
    qtbot.waitUntil(lambda: application.exports.line.isVisible())
    threading.Timer(0.1, lambda: slow.through.release(3)).start()
    application.window.close()
    assert len(files(out)) == 1
    with Image.open(out / files(out)[0]) as image:
        image.load()


def test_a_print_is_asked_for_in_centimetres(qtbot: QtBot, stage: Stage, tmp_path: Path, out: Path) -> None:
    stage.studio.settings = Settings(upscalers=(str(tmp_path / "x4.safetensors"),))
    dialog = ask(qtbot, stage, out)
    form = dialog.form
    form.way.setCurrentIndex(form.way.findData("print"))
    form.paper_width.setValue(13)
    form.paper_height.setValue(18)
    assert not form.upscaler.isEnabled()
    form.enlarge.setChecked(True)
    form.upscaler.setCurrentIndex(1)
    assert str(dialog.preset.size) == "13x18cm@300dpi"
    assert dialog.preset.upscaler.endswith("x4.safetensors")
    settle(qtbot, stage)  # type: ignore[arg-type]
    assert "There is no file" in dialog._said.text(), "a network that is gone is said before anything"
    assert not dialog._export.isEnabled()
    form.enlarge.setChecked(False)
    assert dialog.preset.upscaler == ""
    settle(qtbot, stage)  # type: ignore[arg-type]
    assert dialog._export.isEnabled()
