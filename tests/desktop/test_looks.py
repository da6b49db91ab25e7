"""Each page looks as it did when somebody last looked at it, in both themes: small grey pictures with a
tolerance that letters of another font keep within and a panel that is gone does not.

LIKENESS_KEEP_LOOKS=1 keeps the looks of now in place of the old ones; look at them first with
packaging/screenshots.py.
"""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from window_steps import settle

from core.library import jobs, open_library, subjects
from core.paths import Home
from core.spec import RenderSpec
from desktop import app, theme
from desktop.app import Application
from desktop.looks import redraw

LOOKS = Path(__file__).parent / "looks"
SIZE = (1024, 640)
CELL = 16
MEAN, MOST = 4.0, 120.0
"""Grey levels of 255 by which the cells may differ, on average and one of them."""
PAGES = {
    "people": app.PEOPLE,
    "compose": app.COMPOSE,
    "queue": app.QUEUE,
    "gallery": app.GALLERY,
    "models": app.MODELS,
    "preferences": app.PREFERENCES,
}


@pytest.fixture
def lived_in(
    qtbot: QtBot, home: Home, named_home: Home, open_window: Callable[[], Application]
) -> Application:
    """People with names, and pictures that are finished."""
    shutil.copytree(named_home.root, home.root)
    library = open_library(home)
    with library.write() as session:
        ada = subjects.get(session, "Ada")
        specs = [RenderSpec(f"a red wall, {n}", "mini", 64, 64, n, 3, 3.0) for n in range(3)]
        jobs.enqueue(session, specs)
    library.close()
    application = open_window()
    application.window.resize(*SIZE)
    qtbot.waitUntil(lambda: application.gallery.model.rowCount() == len(specs))
    # The gallery keeps what was current when the first picture came: which one that was is a matter of time.
    application.gallery.open_picture(max(application.gallery.model.ids))
    application.people.select(ada.id)
    application.compose.editor.setPlainText("a photo of @ada on {the beach|a red wall}")
    settle(qtbot, application)
    return application


def test_each_page_looks_as_it_did(qtbot: QtBot, qapp: QApplication, lived_in: Application) -> None:
    wrong = {}
    try:
        for looks in (theme.LIGHT, theme.DARK):
            theme.apply(qapp, looks)
            redraw(qapp)
            seen = {name: _seen(qtbot, lived_in, number) for name, number in PAGES.items()}
            if os.environ.get("LIKENESS_KEEP_LOOKS"):
                _keep(looks, seen)
            wrong |= {f"{looks} {name}": _differs(looks, name, cells) for name, cells in seen.items()}
    finally:
        theme.apply(qapp, theme.DARK)
    assert not {name: told for name, told in wrong.items() if told}


def test_a_page_that_lacks_a_panel_is_noticed() -> None:
    cells = _kept(theme.DARK, "people").copy()
    cells[:, cells.shape[1] * 3 // 4 :] = cells[0, cells.shape[1] // 2]
    assert _differs(theme.DARK, "people", cells)


def _seen(qtbot: QtBot, application: Application, page: int) -> np.ndarray:
    """Rows of cells, each the mean grey of CELL × CELL pixels."""
    application.window.open_page(page)
    application.window.setFocus()
    settle(qtbot, application)
    picture = application.window.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    assert (picture.width(), picture.height()) == SIZE
    rows = np.frombuffer(picture.constBits(), np.uint8).reshape(SIZE[1], picture.bytesPerLine())
    grid = rows[:, : SIZE[0]].reshape(SIZE[1] // CELL, CELL, SIZE[0] // CELL, CELL)
    return grid.mean((1, 3))


def _differs(looks: str, name: str, cells: np.ndarray) -> str:
    """How a page differs from what was kept, "" when it does not."""
    away = np.abs(cells - _kept(looks, name))
    if away.mean() <= MEAN and away.max() <= MOST:
        return ""
    row, column = np.unravel_index(away.argmax(), away.shape)
    return f"{away.mean():.1f} on average, {away.max():.0f} at x {column * CELL}, y {row * CELL}"


def _kept(looks: str, name: str) -> np.ndarray:
    picture = QImage(str(LOOKS / f"{looks}-{name}.png")).convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(picture.constBits(), np.uint8).reshape(picture.height(), picture.bytesPerLine())
    return rows[:, : picture.width()].astype(float)


def _keep(looks: str, seen: dict[str, np.ndarray]) -> None:
    LOOKS.mkdir(exist_ok=True)
    for name, cells in seen.items():
        grey = np.ascontiguousarray(cells.round().astype(np.uint8))
        height, width = grey.shape
        QImage(grey.data, width, height, width, QImage.Format.Format_Grayscale8).copy().save(
            str(LOOKS / f"{looks}-{name}.png")
        )
