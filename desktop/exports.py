"""Exports from the window: the question, the work off-thread, how far it is, and what came of it."""

import threading
from collections.abc import Sequence
from pathlib import Path

from msgspec import structs
from PySide6.QtCore import QObject, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QMessageBox, QWidget

from core.export import ExportPreset, choice, presets
from core.export.plan import Plan, plan
from core.export.write import Written, write
from core.library import gallery
from desktop import words
from desktop.i18n import noop, tr
from desktop.pages.export_dialog import ExportDialog, Wanted
from desktop.studio import Studio
from desktop.widgets.dialog import Question
from desktop.widgets.progress_line import ProgressLine

LANE = "export"
SHOWN = 3
ANSWERS = {
    "number": noop("Number the new files"),
    "overwrite": noop("Write over"),
    "skip": noop("Skip these pictures"),
}


class Exports(QObject):
    """One export at a time. `line` stands in the footer."""

    _moved = Signal(int, int, str)

    def __init__(self, studio: Studio, window: QWidget) -> None:
        super().__init__(window)
        self._studio = studio
        self._window = window
        self._stop = threading.Event()
        self.running = False
        self.dialog: ExportDialog | None = None
        self.question: QMessageBox | None = None
        self.line = ProgressLine(tr("Export"))
        self.line.stopped.connect(self._stop.set)
        self._moved.connect(self._show_progress)

    @Slot(list)
    def ask(self, ids: Sequence[int]) -> None:
        """Opens the dialog for these pictures."""
        if self.running:
            self._studio.messages.say(tr("An export is under way. It can be stopped below."), "warning")
            return
        home = self._studio.home
        self._studio.read(
            lambda s: Wanted(gallery.rows_of(s, sorted(ids)), frozenset(choice.files(s)), presets.read(home)),
            self._open,
        )

    def _open(self, wanted: Wanted) -> None:
        if not wanted.rows or self.dialog:
            return
        self.dialog = dialog = ExportDialog(self._studio, wanted, self._window)
        dialog.accepted.connect(lambda: self._start(wanted, dialog.preset, dialog.folder))
        dialog.finished.connect(self._closed)
        dialog.open()

    def _closed(self) -> None:
        self.dialog = None

    def _start(self, wanted: Wanted, preset: ExportPreset, folder: Path) -> None:
        self.running = True
        self._stop.clear()
        self.line.show_progress(tr("Exporting…"), 0, 0)
        home = self._studio.home
        self._run(
            lambda: (
                presets.remember(home, preset, str(folder)),
                plan(wanted.rows, preset, folder, wanted.files),
            ),
            lambda found: self._planned(found[1], wanted, preset, folder),
        )

    def _planned(self, made: Plan, wanted: Wanted, preset: ExportPreset, folder: Path) -> None:
        if preset.conflict == "ask" and made.taken:
            self._ask_about_names(made, wanted, preset, folder)
        else:
            self._write(made, preset, folder)

    def _ask_about_names(self, made: Plan, wanted: Wanted, preset: ExportPreset, folder: Path) -> None:
        """What is to happen to names that are taken; with Cancel, nothing at all."""
        taken = tr(
            "{names} taken already, the first is {first}.",
            names=words.many(len(made.taken), "name"), first=made.taken[0].name,
        )  # fmt: skip
        icon = QMessageBox.Icon.Question
        self.question = box = Question(icon, tr("Export"), taken, parent=self._window)
        role = QMessageBox.ButtonRole.ActionRole
        answers = {box.addButton(tr(said), role): key for key, said in ANSWERS.items()}
        box.addButton(QMessageBox.StandardButton.Cancel)

        def answered() -> None:
            answer = answers.get(box.clickedButton())
            if answer is None:
                self._end()
                return
            chosen = structs.replace(preset, conflict=answer)
            self._run(
                lambda: plan(wanted.rows, chosen, folder, wanted.files),
                lambda again: self._write(again, chosen, folder),
            )

        box.finished.connect(answered)
        box.open()

    def _write(self, made: Plan, preset: ExportPreset, folder: Path) -> None:
        background, device = self._studio.background, self._studio.settings.device

        def stop() -> bool:
            return self._stop.is_set() or background.closed

        self._run(
            lambda: write(made, preset, self._moved.emit, stop, device),
            lambda done: self._tell(done, made, folder),
        )

    def _run(self, work, then) -> None:  # type: ignore[no-untyped-def]
        self._studio.background.run(work, then, self._failed, LANE)

    @Slot(int, int, str)
    def _show_progress(self, done: int, total: int, name: str) -> None:
        if self.running:
            said = tr("Exporting {done} of {total}  {name}", done=done, total=total, name=name)
            self.line.show_progress(said.rstrip(), done, total)

    def _failed(self, error: Exception) -> None:
        self._end()
        self._studio.background.fail(error)

    def _end(self) -> None:
        self.running = False
        self.line.show_progress("", 0, 0)

    def _tell(self, done: Written, made: Plan, folder: Path) -> None:
        """What is there now, and the way to it."""
        self._end()
        failed = [f"{Path(path).name}: {reason}" for path, reason in done.failed]
        self._studio.messages.say(
            _outcome(done, made, folder, failed[:SHOWN]),
            "warning" if failed or done.stopped else "done",
            "\n".join(failed),
            action=(tr("Open folder"), lambda: open_folder(folder)) if done.files else None,
            stay=True,
        )


def _outcome(done: Written, made: Plan, folder: Path, failed: Sequence[str]) -> str:
    files = words.many(len(done.files), "file")
    size = words.size(done.bytes)
    said = [tr("{files} exported to {folder}, {size}.", files=files, folder=folder, size=size)]
    if done.stopped:
        here, total = len(done.files), len(made.files)
        stopped = noop("The export was stopped: {here} of {total} files are in {folder}.")
        said = [tr(stopped, here=here, total=total, folder=folder)]
    if made.skipped:
        said.append(tr("{pictures} skipped.", pictures=words.many(len(made.skipped), "picture")))
    if not failed:
        return " ".join(said)
    out = tr("{pictures} left out:", pictures=words.many(len(done.failed), "picture"))
    return "\n".join((" ".join(said), out, *failed))


def open_folder(folder: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
