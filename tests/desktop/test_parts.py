"""The window's small parts: looks, thumbnails, background work, errors, words."""

import threading
from pathlib import Path

import pytest
import shiboken6
from PIL import Image
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from core.errors import KnownError
from core.paths import RESOURCES
from desktop import theme, thumbnails, words
from desktop.background import Background
from desktop.errors import ErrorReporter
from desktop.later import LaterCall
from desktop.thumbnails import PictureKey, decode
from desktop.widgets.message_bar import MessageBar


def test_greys_are_neutral_and_text_is_readable() -> None:
    for token in ("window", "panel", "raised", "hover", "field", "picture", "border", "text", "muted"):
        colour = theme.colour(token)
        assert colour.red() == colour.green() == colour.blue(), token
    for ground in ("window", "panel", "raised", "field"):
        assert contrast("text", ground) >= 7, ground
        for token in ("muted", "good", "warning", "bad", "accent"):
            assert contrast(token, ground) >= 4.5, (token, ground)
    assert contrast("on-accent", "accent") >= 4.5


def test_every_token_of_the_style_sheet_exists() -> None:
    assert "@" not in theme.style_sheet()


def test_every_icon_can_be_drawn(qtbot: QtBot) -> None:
    for file in (RESOURCES / "icons").glob("*.svg"):
        picture = theme.drawing(file.stem, "text", 40).toImage()
        assert any(picture.pixelColor(x, y).alpha() for x in range(40) for y in range(40)), file.name


def test_a_cut_is_upright_square_and_small(tmp_path: Path) -> None:
    photo = Image.new("RGB", (400, 200), "black")
    photo.paste("red", (300, 0, 400, 100))  # turned upright by orientation 6, the corner is bottom right
    exif = Image.Exif()
    exif[0x0112] = 6
    photo.save(tmp_path / "turned.jpg", exif=exif)
    whole = decode(PictureKey(str(tmp_path / "turned.jpg"), 100))
    assert whole.size().toTuple() == (50, 100)
    cut = decode(PictureKey(str(tmp_path / "turned.jpg"), 40, (110, 310, 190, 390)))
    assert cut.size().toTuple() == (40, 40)
    assert cut.pixelColor(20, 20).red() > 200


def test_a_box_beyond_the_edge_is_cut_to_the_picture(tmp_path: Path) -> None:
    Image.new("RGB", (100, 100), "red").save(tmp_path / "a.png")
    cut = decode(PictureKey(str(tmp_path / "a.png"), 60, (-20, -20, 60, 60)))
    assert not cut.isNull()
    assert max(cut.size().toTuple()) <= 60


@pytest.mark.parametrize("format", ["AVIF", "JPEG2000", "TIFF", "WEBP"])
def test_formats_beyond_qts_own_are_shown_too(tmp_path: Path, format: str) -> None:
    path = tmp_path / f"photo.{format.lower()}"
    Image.new("RGB", (64, 32), (200, 20, 20)).save(path, format)
    picture = decode(PictureKey(str(path), 32))
    assert picture.size().toTuple() == (32, 16)
    assert picture.pixelColor(10, 5).red() > 150


def test_what_cannot_be_read_is_an_empty_picture(tmp_path: Path) -> None:
    (tmp_path / "bad.jpg").write_bytes(b"no picture")
    assert decode(PictureKey(str(tmp_path / "bad.jpg"), 32)).isNull()
    assert decode(PictureKey(str(tmp_path / "absent.jpg"), 32)).isNull()


def test_thumbnails_come_later_once_each_and_newest_first(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = []
    for number in range(12):
        paths.append(str(tmp_path / f"{number}.png"))
        Image.new("RGB", (8, 8)).save(paths[-1])
    gate, order = threading.Event(), []
    real = thumbnails.decode

    def decode_slowly(key: PictureKey):  # type: ignore[no-untyped-def]
        order.append(key.path)
        gate.wait(5)
        return real(key)

    monkeypatch.setattr(thumbnails, "decode", decode_slowly)
    background = Background(_raise)
    store = thumbnails.Thumbnails(background)
    keys = [PictureKey(path, 8) for path in paths]
    assert [store.get(key) for key in keys + keys] == [None] * 24
    gate.set()
    qtbot.waitUntil(lambda: not background.busy)
    assert sorted(order) == sorted(paths)
    assert order[-1] in paths[:4]  # what was wished for first had to wait
    assert all(not store.get(key).isNull() for key in keys)
    background.close()


def test_work_happens_elsewhere_and_answers_come_here(qtbot: QtBot) -> None:
    threads, failures = [], []
    background = Background(failures.append)
    background.run(
        threading.current_thread, lambda worker: threads.extend([worker, threading.current_thread()])
    )
    background.run(lambda: 1 / 0)
    qtbot.waitUntil(lambda: not background.busy)
    assert threads[0] is not threading.main_thread()
    assert threads[1] is threading.main_thread()
    assert isinstance(failures[0], ZeroDivisionError)
    background.close()
    background.run(_raise)  # after the end nothing is taken on
    assert not background.busy


def test_many_asks_make_one_call(qtbot: QtBot) -> None:
    from PySide6.QtCore import QObject

    calls: list[int] = []
    owner = QObject()
    later = LaterCall(lambda: calls.append(1), owner, 20)
    for _ in range(50):
        later.ask()
    qtbot.wait(60)
    assert calls == [1]


def test_a_known_fault_is_said_as_it_stands_and_a_bug_with_its_trace(qtbot: QtBot) -> None:
    reporter = ErrorReporter()
    told: list[tuple[str, str]] = []
    reporter.reported.connect(lambda message, details: told.append((message, details)))
    reporter.report(KnownError("The disk is full."))
    try:
        raise ValueError("oops")
    except ValueError as error:
        reporter.report(error)
    assert told[0] == ("The disk is full.", "")
    assert "ValueError: oops" in told[1][0]
    assert "test_parts.py" in told[1][1]


def test_a_message_can_be_copied_with_its_details_and_closed(qtbot: QtBot) -> None:
    bar = MessageBar()
    qtbot.addWidget(bar)
    done: list[int] = []
    bar.say("It broke.", details="line 1", action=("Mend", lambda: done.append(1)))
    bar.copy()
    assert QGuiApplication.clipboard().text() == "It broke.\n\nline 1"
    bar._action.click()
    assert done == [1]
    assert bar.isHidden()


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.2, "1 s"), (42, "42 s"), (300, "5 min"), (7800, "2 h 10 min"), (3570, "1 h 0 min")],
)
def test_durations(seconds: float, said: str) -> None:
    assert words.duration(seconds) == said


@pytest.mark.parametrize(
    ("count", "said"), [(300, "1 kB"), (810_000, "810 kB"), (1.5e6, "1.5 MB"), (6e7, "60 MB")]
)
def test_sizes(count: float, said: str) -> None:
    assert words.size(count) == said


def contrast(a: str, b: str) -> float:
    """WCAG 2 contrast of two tokens."""
    light, dark = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(token: str) -> float:
    colour = theme.colour(token)
    parts = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in colour.getRgbF()[:3]]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def _raise(*_: object) -> None:
    raise AssertionError


def test_an_answer_for_somebody_who_is_gone_is_dropped(qtbot: QtBot) -> None:
    failures: list[Exception] = []
    background = Background(failures.append)
    asker = QLabel()
    background.run(lambda: "too late", asker.setText)
    shiboken6.delete(asker)
    qtbot.waitUntil(lambda: not background.busy)
    assert failures == []
    background.close()
