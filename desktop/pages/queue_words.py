"""What became of the queue's changes when they were taken back, in the window's language."""

from core.library.undo import Change, Taken, What
from desktop import words
from desktop.i18n import noop, tr

DOING: dict[What, str] = {
    "cancel": noop("cancelling {pictures}"),
    "move": noop("moving {pictures}"),
    "edit": noop("editing {pictures}"),
    "retry": noop("retrying {pictures}"),
    "clear": noop("clearing {pictures}"),
    "add": noop("adding {pictures}"),
}
BACK: dict[What, tuple[str, str]] = {
    "cancel": (noop("{pictures} waits again."), noop("{pictures} wait again.")),
    "move": (noop("{pictures} is where it was."), noop("{pictures} are where they were.")),
    "edit": (
        noop("{pictures} has its earlier settings again."),
        noop("{pictures} have their earlier settings again."),
    ),
    "retry": (noop("{pictures} does not wait any more."), noop("{pictures} do not wait any more.")),
    "clear": (noop("{pictures} is on the list again."), noop("{pictures} are on the list again.")),
    "add": (noop("{pictures} is taken out of the queue."), noop("{pictures} are taken out of the queue.")),
}
AGAIN: dict[What, tuple[str, str]] = {
    "cancel": (noop("{pictures} is cancelled again."), noop("{pictures} are cancelled again.")),
    "move": (noop("{pictures} is moved again."), noop("{pictures} are moved again.")),
    "edit": (
        noop("{pictures} has its later settings again."),
        noop("{pictures} have their later settings again."),
    ),
    "retry": (noop("{pictures} waits again."), noop("{pictures} wait again.")),
    "clear": (noop("{pictures} is cleared again."), noop("{pictures} are cleared again.")),
    "add": (noop("{pictures} is queued again."), noop("{pictures} are queued again.")),
}
"""Of one picture, and of more."""


def doing(change: Change) -> str:
    """cancelling 3 pictures"""
    return tr(DOING[change.what], pictures=words.many(change.count, "picture"))


def done(taken: Taken) -> str:
    """3 pictures wait again."""
    one, more = (AGAIN if taken.again else BACK)[taken.what]
    pictures = words.many(taken.count, "picture")
    told = [tr(one if taken.count == 1 else more, pictures=pictures)] if taken.count else []
    if taken.refused:
        left, why = words.many(len(taken.refused), "picture"), " ".join(dict.fromkeys(taken.refused))
        told.append(tr("{pictures} could not be taken along: {why}", pictures=left, why=why))
    return " ".join(told) or tr("Nothing was left of that change.")
