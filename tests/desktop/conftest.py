"""A window on a real library, with the fake engine: offscreen, no network, no model."""

import gc
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"

import numpy as np
import pytest
from PIL import Image
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from window_steps import settle

from core.album import group_faces, import_photos, make_references
from core.engine.fake import FakeEngine
from core.faces import Face
from core.library import open_library, subjects
from core.paths import Home
from desktop import theme
from desktop.app import Application

PEOPLE = {"ada": 3, "ben": 2, "cho": 1}
"""Who is in the album, and on how many photos."""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture(scope="session")
def album(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six photos of three people, one of a guitar, and a file that is no photo."""
    folder = tmp_path_factory.mktemp("album")
    shade = 0
    for name, count in PEOPLE.items():
        for number in range(count):
            shade += 30
            Image.new("RGB", (120, 90), (shade, 120, 90)).save(folder / f"{name}{number}.jpg")
    Image.new("RGB", (100, 100), "teal").save(folder / "guitar.jpg")
    (folder / "broken.jpg").write_bytes(b"no picture")
    return folder


class AlbumEngine(FakeEngine):
    """Groups by the largest number of an embedding, so that one person's faces may differ."""

    def group(self, embeddings: Sequence[bytes]) -> list[int]:
        return [int(np.frombuffer(each, np.float32).argmax()) for each in embeddings]


@pytest.fixture
def engine(home: Home) -> FakeEngine:
    return AlbumEngine(faces=faces(), references=home.references)


@pytest.fixture(scope="session")
def dressed(qapp: QApplication) -> None:
    """Our looks, once: they cost half a second."""
    theme.apply(qapp)


@pytest.fixture
def open_window(
    qtbot: QtBot, dressed: None, home: Home, engine: FakeEngine
) -> Iterator[Callable[[], Application]]:
    """Opens a window on the home; the second one replaces the first, as after a restart."""
    opened: list[Application] = []

    def open_one() -> Application:
        for before in opened:
            before.window.close()
        application = Application(home, lambda *_: engine)
        opened.append(application)
        application.show()
        application.window.activateWindow()
        qtbot.waitUntil(lambda: application.window.isActiveWindow())
        qtbot.waitUntil(lambda: application.studio is not None or application.exit_code != 0)
        settle(qtbot, application)
        return application

    yield open_one
    for each in opened:
        each.window.close()
        each.window.deleteLater()
        each.deleteLater()
    gc.enable()


@pytest.fixture
def application(open_window: Callable[[], Application]) -> Application:
    """A window on an empty home."""
    return open_window()


@pytest.fixture(scope="session")
def filled_home(tmp_path_factory: pytest.TempPathFactory, album: Path) -> Home:
    """The album imported: three groups nobody has named. To be copied, not used."""
    home = Home(tmp_path_factory.mktemp("filled"))
    library, engine = open_library(home), AlbumEngine(faces=faces(), references=home.references)
    import_photos(library, engine, [album])
    group_faces(library, engine)
    library.close()
    return home


@pytest.fixture(scope="session")
def named_home(tmp_path_factory: pytest.TempPathFactory, filled_home: Home) -> Home:
    """Ada and Ben are named, have references and have agreed. To be copied, not used."""
    home = Home(tmp_path_factory.mktemp("named") / "home")
    shutil.copytree(filled_home.root, home.root)
    library, engine = open_library(home), AlbumEngine(faces=faces(), references=home.references)
    with library.write() as session:
        for name, card in zip(("Ada", "Ben"), subjects.cards(session), strict=False):
            subjects.rename(session, card.id, name)
            subjects.set_consent(session, card.id, "granted")
    for name in ("Ada", "Ben"):
        with library.read() as session:
            card = subjects.get(session, name)
        make_references(library, engine, card.id, 64)
    library.close()
    return home


@pytest.fixture
def filled(home: Home, filled_home: Home, open_window: Callable[[], Application]) -> Application:
    shutil.copytree(filled_home.root, home.root)
    return open_window()


@pytest.fixture
def named(home: Home, named_home: Home, open_window: Callable[[], Application]) -> Application:
    shutil.copytree(named_home.root, home.root)
    return open_window()


def faces() -> dict[str, list[Face]]:
    """One face in every photo."""
    points = ((40.0, 40.0), (60.0, 40.0), (50.0, 50.0), (42.0, 60.0), (58.0, 60.0))
    return {
        f"{name}{number}.jpg": [
            Face((30, 20, 70, 70), points, 0.9, 0.5 + number / 10, _embedding(at, number))
        ]
        for at, (name, count) in enumerate(PEOPLE.items())
        for number in range(count)
    }


def _embedding(person: int, photo: int) -> bytes:
    """Of unit length; two of one person are alike, and yet no copies."""
    vector = np.zeros(8, np.float32)
    vector[person], vector[4 + photo] = 0.8, 0.6
    return vector.tobytes()
