"""Renders every page of the window to a PNG: `python packaging/screenshots.py --home DIR [--out
docs/images]`; with `--every`, in each language and theme, at each size and scale, a folder each.

The library is shown as it is; nothing in it is changed. Run it on a home where people are named and
pictures made.
"""

import argparse
import itertools
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
PROMPT = "a photo of @{0} on {{the beach|a red wall}}\nan oil painting of @{0} and @{1} in a library"


SIZES, SCALES = ((1024, 640), (1280, 800), (2560, 1440)), (1, 2)
LANGUAGES, THEMES = ("en", "zh_CN"), ("dark", "light")


def main() -> int:
    chosen = _parser().parse_args()
    return _every(chosen.home, chosen.out) if chosen.every else _one(chosen)


def _every(home: Path, out: Path) -> int:
    """One process each: Qt's scale is chosen once for all. The largest at its plain scale alone."""
    for language, theme, size, scale in itertools.product(LANGUAGES, THEMES, SIZES, SCALES):
        if scale == 2 and size == SIZES[-1]:
            continue
        width, height = size
        folder = out / f"{language}-{theme}-{width}x{height}-{scale}x"
        command = [sys.executable, __file__, "--home", home, "--out", folder, "--size", f"{width}x{height}",
                   "--scale", scale, "--language", language, "--theme", theme]  # fmt: skip
        subprocess.run([str(part) for part in command], check=True)
        print(folder, flush=True)
    return 0


def _one(chosen: argparse.Namespace) -> int:
    os.environ["QT_SCALE_FACTOR"] = str(chosen.scale)
    from PySide6.QtCore import QTimer

    from core.paths import Home
    from desktop.app import Application, run

    _choose(chosen.language, chosen.theme)

    def started(application: Application, app: object) -> None:
        application.window.resize(*chosen.size)
        # The geometry of the last use must not decide.
        application.window.restore = lambda geometry: None  # type: ignore[method-assign]
        application.when_ready(lambda: QTimer.singleShot(0, lambda: _take_all(application, chosen.out)))

    return run(Home(chosen.home.absolute()), started)


def _choose(language: str, theme: str) -> None:
    """Whatever the home's own settings say; its news count as read."""
    from importlib.metadata import version

    from msgspec import structs

    from desktop import app

    kept = app._chosen
    wanted = {"language": language, "theme": theme, "seen": version("likeness")}
    app._chosen = lambda home: structs.replace(kept(home), **wanted)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "images")
    parser.add_argument(
        "--size", type=lambda text: [int(side) for side in text.split("x")], default=[1280, 800]
    )
    parser.add_argument("--scale", type=float, default=1.0, help="device pixels for each pixel")
    parser.add_argument("--language", choices=LANGUAGES, default="en")
    parser.add_argument("--theme", choices=THEMES, default="dark")
    parser.add_argument("--every", action="store_true", help="all languages, themes, sizes and scales")
    return parser


def _take_all(application, out: Path) -> None:  # type: ignore[no-untyped-def]
    out.mkdir(parents=True, exist_ok=True)
    window = application.window
    for name, (number, prepare) in _scenes(application).items():
        window.open_page(number)
        _settle(application)
        prepare()
        _settle(application)
        window.grab().save(str(out / f"{name}.png"))
    window.close()


def _scenes(application) -> dict[str, tuple[int, Callable[[], None]]]:  # type: ignore[no-untyped-def]
    """Each page's name and number, and what is done on it before its picture is taken."""
    from desktop import app
    from desktop.widgets.cards import LOOK

    def people() -> None:
        named = [row for row in application.people.model.rows if row.named]
        if named:
            application.people.select(named[0].id)

    def compose() -> None:
        ready = [
            row.handle for row in application.people.model.rows if row.references and row.consent == "granted"
        ]
        if ready:
            application.compose.editor.setPlainText(PROMPT.format(ready[0], ready[min(1, len(ready) - 1)]))
            application.compose.settings._count.setValue(4)

    def queue() -> None:
        model = application.queue.model
        open_jobs = [row for row in model.rows if row.state in ("queued", "running")]
        _settle(
            application,
            until=lambda: (
                not open_jobs
                or any(model.data(model.index(at), LOOK).preview for at in range(model.rowCount()))
            ),
        )

    def gallery() -> None:
        from desktop.models.pictures import likenesses

        several = [row for row in application.gallery.model.rows if len(likenesses(row)) > 1]
        if several:
            application.gallery.open_picture(max(several, key=lambda row: row.rating).id)

    return {
        "people": (app.PEOPLE, people),
        "compose": (app.COMPOSE, compose),
        "queue": (app.QUEUE, queue),
        "gallery": (app.GALLERY, gallery),
        "models": (app.MODELS, lambda: None),
        "preferences": (app.PREFERENCES, lambda: None),
    }


def _settle(application, seconds: float = 0.5, until: Callable[[], bool] = lambda: True) -> None:  # type: ignore[no-untyped-def]
    """Lets timers fire and pictures arrive."""
    from PySide6.QtWidgets import QApplication

    end = time.monotonic() + seconds
    while time.monotonic() < end or application.busy or not until():
        QApplication.processEvents()
        time.sleep(0.005)


if __name__ == "__main__":
    sys.exit(main())
