"""The gallery's keys, which `desktop.shortcuts` lists: everything is done to what is chosen."""

from functools import partial
from typing import TYPE_CHECKING

from desktop import shortcuts

if TYPE_CHECKING:
    from desktop.pages.gallery import GalleryPage

COLOURS = ("red", "yellow", "green", "blue")
FLAGS = {"pick": "picked", "reject": "rejected", "unmark": ""}
USE = ("all", "seed", "prompt", "rest")


def add_keys(page: "GalleryPage") -> None:
    calls = {
        "who": page.details.who.toggle,
        "compare": page.compare,
        "export": page.export,
        "undo": page.ways.undo,
        "delete": page.delete,
        "find": page.filter.words.setFocus,
    }
    calls |= {f"stars.{stars}": partial(page.rate, stars) for stars in range(6)}
    calls |= {f"label.{colour}": partial(page.label, colour) for colour in COLOURS}
    calls |= {name: partial(page.flag, flag) for name, flag in FLAGS.items()}
    calls |= {f"use.{part}": partial(page.use_again, part) for part in USE}
    for name, call in calls.items():
        shortcuts.on(page, f"gallery.{name}", call)
