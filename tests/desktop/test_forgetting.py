"""What the window asks before somebody is deleted, and the report it saves for who helps."""

import zipfile
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from window_steps import enqueue, read, settle, subject

from core.library import gallery, subjects
from desktop import support
from desktop.app import Application
from desktop.pages.dialogs import DeleteDialog


def deleted(qtbot: QtBot, window: Application, with_pictures: bool) -> list[Path]:
    """The finished pictures there were before Ada was deleted."""
    card = subject(window, "Ada")
    with_consent(window, card.id)
    enqueue(qtbot, window, "@ada on a beach", 2)
    qtbot.waitUntil(lambda: len(read(window, gallery.rows)) == 2)
    settle(qtbot, window)
    made = [Path(row.path) for row in read(window, gallery.rows)]
    window.people.do.ask_delete(card)
    dialog = window.window.findChildren(DeleteDialog)[-1]
    assert not dialog.with_pictures
    dialog._pictures.setChecked(with_pictures)
    dialog.accept()
    qtbot.waitUntil(lambda: subject(window, "Ada") is None)
    settle(qtbot, window)
    return made


def with_consent(window: Application, person: int) -> None:
    assert window.studio is not None
    with window.studio.library.write() as session:
        subjects.set_consent(session, person, "granted")


@pytest.mark.parametrize("with_pictures", [False, True])
def test_finished_pictures_go_only_when_that_is_ticked(
    qtbot: QtBot, named: Application, with_pictures: bool
) -> None:
    made = deleted(qtbot, named, with_pictures)
    assert [file.exists() for file in made] == [not with_pictures] * 2
    assert len(read(named, gallery.rows)) == (0 if with_pictures else 2)
    kept = "0 finished pictures" if with_pictures else "2 finished pictures, whose own metadata names them"
    assert kept in named.window.messages.words


def test_a_report_for_who_helps_is_saved_where_the_user_says(
    qtbot: QtBot, named: Application, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = tmp_path / "report.zip"
    monkeypatch.setattr(support.QFileDialog, "getSaveFileName", lambda *_: (str(chosen), ""))
    named.window.footer.report_asked.emit()
    qtbot.waitUntil(lambda: "nothing was sent" in named.window.messages.words, timeout=120_000)
    with zipfile.ZipFile(chosen) as packed:
        assert "about.txt" in packed.namelist()


def test_a_report_that_cannot_be_saved_is_told(qtbot: QtBot, named: Application, tmp_path: Path) -> None:
    named.support.save(tmp_path / "missing" / "report.zip")
    qtbot.waitUntil(lambda: "could not be written" in named.window.messages.words, timeout=120_000)
