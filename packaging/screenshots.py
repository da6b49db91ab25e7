"""Renders every page of the window to a PNG: `python packaging/screenshots.py --home DIR [--out
docs/images]`.

The library is shown as it is; nothing in it is changed. Run it on a home where people are named and
pictures made.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
PROMPT = "a photo of @{0} on {{the beach|a red wall}}\nan oil painting of @{0} and @{1} in a library"


def main() -> int:
    chosen = _parser().parse_args()
    os.environ["QT_SCALE_FACTOR"] = str(chosen.scale)
    from PySide6.QtCore import QTimer

    from core.paths import Home
    from desktop.app import Application, run

    def started(application: Application, app: object) -> None:
        application.window.resize(*chosen.size)
        # The geometry of the last use must not decide.
        application.window.restore = lambda geometry: None  # type: ignore[method-assign]
        application.when_ready(lambda: QTimer.singleShot(0, lambda: _take_all(application, chosen.out)))

    return run(Home(chosen.home.absolute()), started)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "images")
    parser.add_argument(
        "--size", type=lambda text: [int(side) for side in text.split("x")], default=[1280, 800]
    )
    parser.add_argument("--scale", type=float, default=1.0, help="device pixels for each pixel")
    return parser


def _take_all(application, out: Path) -> None:  # type: ignore[no-untyped-def]
    out.mkdir(parents=True, exist_ok=True)
    window = application.window
    for number, (name, prepare) in enumerate(_scenes(application).items()):
        window.open_page(number)
        _settle(application)
        prepare()
        _settle(application)
        window.grab().save(str(out / f"{name}.png"))
    window.close()


def _scenes(application) -> dict[str, Callable[[], None]]:  # type: ignore[no-untyped-def]
    """Each page's name, and what is done on it before its picture is taken."""
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

    return {"people": people, "compose": compose, "queue": queue, "gallery": gallery}


def _settle(application, seconds: float = 0.5, until: Callable[[], bool] = lambda: True) -> None:  # type: ignore[no-untyped-def]
    """Lets timers fire and pictures arrive."""
    from PySide6.QtWidgets import QApplication

    end = time.monotonic() + seconds
    while time.monotonic() < end or application.busy or not until():
        QApplication.processEvents()
        time.sleep(0.005)


if __name__ == "__main__":
    sys.exit(main())
