"""The picture with its subjects' colours over it, drawn off the GUI thread."""

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtGui import QImage

from desktop.widgets.who_is_where import Entry


@dataclass(frozen=True)
class Overlay:
    """`picture`: to be shown in place of the picture; `legend`: whose colours are in it."""

    path: str
    picture: QImage
    legend: tuple[Entry, ...]


def read(path: str) -> Overlay | None:
    """From the maps beside the picture at `path`; None when there are none, or the picture is gone."""
    from PIL import Image

    from core import explain, relevance_view
    from core.repeat import pixels

    try:
        maps = explain.stored(Path(path))
        width, height, rgb = pixels(Path(path)) if maps else (0, 0, b"")
    except OSError:
        return None
    if not maps:
        return None
    shown = relevance_view.shown(maps, width, height)
    drawn = relevance_view.overlay(Image.frombytes("RGB", (width, height), rgb), shown)
    image = QImage(drawn.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888)
    legend = tuple(Entry(each.name, each.colour, relevance_view.whereabouts(each)) for each in shown)
    # A copy, because Qt does not hold the bytes.
    return Overlay(path, image.copy(), legend)
