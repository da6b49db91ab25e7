"""Amounts as people say them."""

from datetime import date, datetime

from PySide6.QtCore import QDate

from desktop.i18n import locale, noop, tr

NOUNS = {
    "entry": (noop("{count} entry"), noop("{count} entries")),
    "face": (noop("{count} face"), noop("{count} faces")),
    "file": (noop("{count} file"), noop("{count} files")),
    "line": (noop("{count} line"), noop("{count} lines")),
    "model": (noop("{count} model"), noop("{count} models")),
    "name": (noop("{count} name"), noop("{count} names")),
    "new face": (noop("{count} new face"), noop("{count} new faces")),
    "object": (noop("{count} object"), noop("{count} objects")),
    "old file": (noop("{count} old file"), noop("{count} old files")),
    "person": (noop("{count} person"), noop("{count} people")),
    "photo": (noop("{count} photo"), noop("{count} photos")),
    "picture": (noop("{count} picture"), noop("{count} pictures")),
    "prompt": (noop("{count} prompt"), noop("{count} prompts")),
    "reference": (noop("{count} reference"), noop("{count} references")),
    "seed": (noop("{count} seed"), noop("{count} seeds")),
}
"""What is counted, for one and for several; a language that makes no difference says the same twice."""


def duration(seconds: float) -> str:
    """42 s, 5 min, 2 h 10 min."""
    if seconds < 0.95:
        return tr("{seconds} s", seconds=1)
    if seconds < 90:
        return tr("{seconds} s", seconds=round(seconds))
    minutes = round(seconds / 60)
    if minutes < 60:
        return tr("{minutes} min", minutes=minutes)
    return tr("{hours} h {minutes} min", hours=minutes // 60, minutes=minutes % 60)


def day(when: date) -> str:
    """21 Nov 2026."""
    return locale().toString(QDate(when.year, when.month, when.day), tr("d MMM yyyy"))


def moment(when: datetime) -> str:
    """21 Nov 2026, 13:34. By the clock that `when` goes by."""
    return f"{day(when)}, {when:%H:%M}"


def size(count: float) -> str:
    """810 kB, 1.5 MB, 12 GB."""
    for unit, step in (("GB", 1e9), ("MB", 1e6)):
        if count >= step:
            value = count / step
            return f"{value:.1f} {unit}" if value < 10 else f"{value:.0f} {unit}"
    return f"{max(1, round(count / 1e3))} kB"


def many(count: int, word: str) -> str:
    """1 picture, 12 pictures. `word`: one of NOUNS."""
    one, several = NOUNS[word]
    return tr(one if count == 1 else several, count=f"{count:,}")
