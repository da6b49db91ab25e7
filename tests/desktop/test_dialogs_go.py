"""Every dialog of the program is opened and closed: nothing of it is left then, and no dialog is forgotten
here."""

import gc
import importlib
import pkgutil
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QDialog, QMessageBox, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid
from window_steps import enqueue, read, settle, subject

import desktop
from core import profile
from core.library import gallery, jobs, photos, subjects
from desktop.app import Application
from desktop.pages import compare, export_dialog, paint_dialog, profile_dialogs
from desktop.pages.about import AboutDialog, NewsDialog
from desktop.pages.consent_dialog import ConsentDialog
from desktop.pages.countdown import Countdown
from desktop.pages.dialogs import DeleteDialog, LicenceDialog
from desktop.pages.edit_job import Chosen, EditJobDialog
from desktop.pages.log_view import LogView
from desktop.pages.mask_dialog import MaskDialog
from desktop.pages.models_download import DownloadDialog
from desktop.pages.object_dialog import ObjectDialog
from desktop.pages.photo_dialog import PhotoDialog
from desktop.pages.preset_bar import NameDialog
from desktop.pages.region_dialog import RegionDialog
from desktop.pages.shortcuts import ShortcutsDialog
from desktop.pages.stored_dialog import StoredDialog
from desktop.pages.tries_dialog import TriesDialog
from desktop.pages.who_dialog import WhoDialog
from desktop.widgets.dialog import Dialog, Question


def every_dialog() -> set[type]:
    """Of our own, whoever made them."""
    for module in pkgutil.walk_packages(desktop.__path__, "desktop."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)

    def below(kind: type) -> set[type]:
        return {kind}.union(*(below(each) for each in kind.__subclasses__()))

    return {each for each in below(QDialog) if each.__module__.startswith("desktop.")} - {Dialog}


@pytest.fixture
def stage(qtbot: QtBot, named: Application, tmp_path: Any) -> dict[type, Callable[[QWidget], QDialog]]:
    """How each of them is made, for somebody who has made a picture of Ada."""
    enqueue(qtbot, named, "a photo of @ada")
    qtbot.waitUntil(lambda: read(named, gallery.count) == 1)
    settle(qtbot, named)
    studio, home = named.studio, named.home
    ada = subject(named, "Ada")
    card = read(named, lambda s: subjects.card(s, ada.id))
    (row,) = read(named, gallery.rows)
    spec = read(named, lambda s: jobs.spec_of(s, row.job_id))
    crop = read(named, lambda s: subjects.references(s, ada.id))[0]
    album = read(named, photos.paths)
    told = profile.export(studio.library, ada.id, tmp_path / "a.likeness")
    wanted = export_dialog.Wanted([row], frozenset(), export_dialog.Kept())
    opened = paint_dialog.Opened((120, 90), [], b"")
    return {
        AboutDialog: lambda w: AboutDialog(studio, w),
        NewsDialog: NewsDialog,
        compare.Compare: lambda w: compare.Compare(studio, [row], w),
        ConsentDialog: lambda w: ConsentDialog(card, w),
        Countdown: lambda w: Countdown("quit", 30, w),
        DeleteDialog: lambda w: DeleteDialog(card, w),
        LicenceDialog: lambda w: LicenceDialog("An adapter", "For research.", w),
        DownloadDialog: lambda w: DownloadDialog({}, None, w),
        EditJobDialog: lambda w: EditJobDialog(studio, Chosen({1: spec}, (card,), None, {}), w),
        export_dialog.ExportDialog: lambda w: export_dialog.ExportDialog(studio, wanted, w),
        LogView: lambda w: LogView(home.log, studio.background, w),
        MaskDialog: lambda w: MaskDialog(studio, crop.crop, crop.mask, w),
        NameDialog: lambda w: NameDialog("Name", "", w),
        ObjectDialog: lambda w: ObjectDialog(studio, w),
        paint_dialog.PaintDialog: lambda w: paint_dialog.PaintDialog(studio, album[0], opened, None, w),
        PhotoDialog: lambda w: PhotoDialog(album, studio.thumbnails, w),
        profile_dialogs.ExportDialog: lambda w: profile_dialogs.ExportDialog(card, w),
        profile_dialogs.ImportDialog: lambda w: profile_dialogs.ImportDialog(told, w),
        RegionDialog: lambda w: RegionDialog([card], {}, (256, 256), w),
        ShortcutsDialog: lambda w: ShortcutsDialog(studio, w),
        StoredDialog: lambda w: StoredDialog(studio, card, w),
        TriesDialog: lambda w: TriesDialog(1, w),
        WhoDialog: lambda w: WhoDialog(1, [card], w),
        Question: lambda w: Question(QMessageBox.Icon.Question, "Is it?", "Yes or no.", w),
    }


def test_nothing_is_left_of_a_dialog_that_was_closed(
    qtbot: QtBot, named: Application, stage: dict[type, Callable[[QWidget], QDialog]]
) -> None:
    assert set(stage) == every_dialog()
    for kind, make in stage.items():
        parts = opened_and_closed(qtbot, named, make)
        assert not [each for each in parts if isValid(each)], f"{kind.__name__} stays"


def opened_and_closed(
    qtbot: QtBot, application: Application, make: Callable[[QWidget], QDialog]
) -> list[QWidget]:
    """Every widget of it."""
    dialog = make(application.window)
    dialog.open()
    settle(qtbot, application)
    parts: list[QWidget] = [dialog, *dialog.findChildren(QWidget)]
    dialog.reject()
    del dialog
    gc.collect()
    qtbot.waitUntil(lambda: not application.busy)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return parts
