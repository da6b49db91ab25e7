"""Every keyboard shortcut of the window, in one register: what the overlay shows is what the keys do.

Pages bind by name; the keys come from here, or from what the user chose instead. A bound button's tooltip
tells its keys.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractButton, QWidget

from desktop.i18n import noop

Bound = QShortcut | QAction
EVERYWHERE = noop("Everywhere")
WITHIN = Qt.ShortcutContext.WidgetWithChildrenShortcut
TIP = "tip without keys"


@dataclass(frozen=True)
class Entry:
    """`keys`: as the program comes; several do the same. `where` and `words` are in English, for `tr`."""

    name: str
    where: str
    words: str
    keys: tuple[str, ...]


def _entries(where: str, *rows: tuple[str, str, str]) -> list[Entry]:
    return [Entry(name, where, words, tuple(keys.split())) for name, words, keys in rows]


REGISTER: dict[str, Entry] = {
    entry.name: entry
    for entry in (
        *_entries(
            EVERYWHERE,
            ("page.people", noop("Open People"), "Ctrl+1"),
            ("page.compose", noop("Open Compose"), "Ctrl+2"),
            ("page.queue", noop("Open Queue"), "Ctrl+3"),
            ("page.gallery", noop("Open Gallery"), "Ctrl+4"),
            ("page.models", noop("Open Models"), "Ctrl+5"),
            ("page.preferences", noop("Open Preferences"), "Ctrl+,"),
            ("shortcuts", noop("Show the keyboard shortcuts"), "F1 ?"),
            ("quit", noop("Close Likeness"), "Ctrl+Q"),
        ),
        *_entries(
            noop("People"),
            ("people.merge", noop("Merge the selected cards"), "Ctrl+M"),
            ("people.find", noop("Search by name"), "Ctrl+F"),
            ("people.star", noop("Favourite, or not any more"), "Ctrl+D"),
            ("people.undo", noop("Take the last change back"), "Ctrl+Z"),
            ("people.redo", noop("Do again what was taken back"), "Ctrl+Shift+Z Ctrl+Y"),
        ),
        *_entries(
            noop("All faces of one person"),
            ("faces.who", noop("Somebody else: give the chosen faces away"), "M"),
            ("faces.cover", noop("The chosen face stands for them"), "C"),
            ("faces.reject", noop("The chosen faces are nobody's"), "Delete"),
            ("faces.confirm", noop("Confirm the new ones"), "Return Enter"),
            ("faces.back", noop("Back to all people"), "Escape"),
        ),
        *_entries(
            noop("Correcting a mask"),
            ("mask.undo", noop("Take the last stroke back"), "Ctrl+Z"),
        ),
        *_entries(
            noop("Compose"),
            ("compose.add", noop("Add to the queue"), "Ctrl+Return Ctrl+Enter"),
        ),
        *_entries(
            noop("Queue"),
            ("queue.pause", noop("Pause after this picture, or resume"), "Ctrl+P"),
            ("queue.edit", noop("Edit the settings of what waits"), "F2"),
            ("queue.duplicate", noop("Queue once more with a new seed"), "Ctrl+D"),
            ("queue.retry", noop("Retry what failed"), "Ctrl+R"),
            ("queue.cancel", noop("Cancel what is selected"), "Delete"),
            ("queue.undo", noop("Take the last change back"), "Ctrl+Z"),
            ("queue.redo", noop("Do again what was taken back"), "Ctrl+Shift+Z Ctrl+Y"),
            ("queue.first", noop("Move to the front"), "Alt+Home"),
            ("queue.earlier", noop("Move up"), "Alt+Up"),
            ("queue.later", noop("Move down"), "Alt+Down"),
            ("queue.last", noop("Move to the end"), "Alt+End"),
        ),
        *_entries(
            noop("Gallery"),
            ("gallery.find", noop("Find by words"), "Ctrl+F"),
            ("gallery.filter", noop("Show or hide the filters"), "Ctrl+Shift+F"),
            ("gallery.who", noop("Who is where in the picture"), "O"),
            ("gallery.compare", noop("Compare what is selected"), "C"),
            ("gallery.export", noop("Export what is selected"), "Ctrl+E"),
            ("gallery.undo", noop("Take the last change back"), "Ctrl+Z"),
            ("gallery.delete", noop("Delete what is selected"), "Delete"),
            ("gallery.stars.0", noop("No stars"), "0"),
            ("gallery.stars.1", noop("One star"), "1"),
            ("gallery.stars.2", noop("Two stars"), "2"),
            ("gallery.stars.3", noop("Three stars"), "3"),
            ("gallery.stars.4", noop("Four stars"), "4"),
            ("gallery.stars.5", noop("Five stars"), "5"),
            ("gallery.label.red", noop("Red label"), "6"),
            ("gallery.label.yellow", noop("Yellow label"), "7"),
            ("gallery.label.green", noop("Green label"), "8"),
            ("gallery.label.blue", noop("Blue label"), "9"),
            ("gallery.pick", noop("Pick"), "P"),
            ("gallery.reject", noop("Reject"), "X"),
            ("gallery.use.all", noop("Use all its settings again"), "Shift+A"),
            ("gallery.use.seed", noop("Use its seed again"), "Shift+S"),
            ("gallery.use.prompt", noop("Use its prompt again"), "Shift+P"),
            ("gallery.use.rest", noop("Use all but its seed again"), "Shift+R"),
            ("gallery.unmark", noop("Neither picked nor rejected"), "U"),
        ),
        *_entries(
            noop("Comparing pictures"),
            ("compare.whole", noop("See them whole"), "Ctrl+0"),
        ),
        *_entries(
            noop("Editing a picture that waits"),
            ("edit.save", noop("Keep the changes"), "Ctrl+Return Ctrl+Enter"),
        ),
    )
}
_chosen: dict[str, str] = {}
_bound: list[tuple[str, Bound]] = []
_tipped: list[tuple[str, QAbstractButton]] = []


def on(
    owner: QWidget, name: str, call: Callable[[], object], context: Qt.ShortcutContext = WITHIN
) -> QShortcut:
    """The keys of `name` call this wherever `owner` has the keyboard."""
    made = QShortcut(owner)
    made.setContext(context)
    made.activated.connect(lambda: call())
    _bind(name, made)
    return made


def of_action(name: str, action: QAction) -> QAction:
    """An action of a page, or of one of its menus."""
    action.setShortcutContext(WITHIN)
    _bind(name, action)
    return action


def of_button(name: str, button: QAbstractButton) -> QAbstractButton:
    """The keys press the button while it can be seen, and its tooltip tells them. Not by Qt's own way: a
    button forgets its shortcut with its next text."""
    on(button, name, button.click, Qt.ShortcutContext.WindowShortcut)
    return tell(name, button)


def tell(name: str, button: QAbstractButton) -> QAbstractButton:
    """A button whose keys are bound elsewhere: its tooltip tells them."""
    button.setProperty(TIP, button.toolTip())
    _tipped.append((name, button))
    _tell(name, button)
    return button


def in_menu(name: str, words: str) -> str:
    """The words of a menu's line with the keys that do the same, at its right."""
    keys = said(name)
    return f"{words}\t{keys}" if keys else words


def keys_of(name: str) -> list[str]:
    """As they are now: the user's, else the program's."""
    return _chosen[name].split() if name in _chosen else list(REGISTER[name].keys)


def said(name: str) -> str:
    """The keys as this system writes them: “Ctrl+P”; "" for none."""
    kind = QKeySequence.SequenceFormat.NativeText
    return ", ".join(QKeySequence(keys).toString(kind) for keys in keys_of(name))


def choose(chosen: Mapping[str, str]) -> None:
    """The user's keys, name → keys; what they do not name has the program's. All that is bound follows."""
    _chosen.clear()
    _chosen.update({name: keys for name, keys in chosen.items() if name in REGISTER})
    _bound[:] = [(name, target) for name, target in _bound if shiboken6.isValid(target)]
    _tipped[:] = [(name, button) for name, button in _tipped if shiboken6.isValid(button)]
    for name, target in _bound:
        _set(name, target)
    for name, button in _tipped:
        _tell(name, button)


def conflicts(name: str, keys: str) -> list[Entry]:
    """What these keys do already where both could be meant."""
    wanted, here = QKeySequence(keys), REGISTER[name].where
    return [
        other
        for other in REGISTER.values()
        if other.name != name
        and (other.where == here or EVERYWHERE in (other.where, here))
        and any(QKeySequence(each) == wanted for each in keys_of(other.name))
    ]


def bound() -> list[tuple[str, Bound]]:
    """What has keys in the window now."""
    return [(name, target) for name, target in _bound if shiboken6.isValid(target)]


def _bind(name: str, target: Bound) -> None:
    _bound.append((name, target))
    _set(name, target)


def _set(name: str, target: Bound) -> None:
    sequences = [QKeySequence(keys) for keys in keys_of(name)]
    target.setKeys(sequences) if isinstance(target, QShortcut) else target.setShortcuts(sequences)


def _tell(name: str, button: QAbstractButton) -> None:
    tip, keys = button.property(TIP), said(name)
    button.setToolTip(f"{tip} ({keys})" if tip and keys else tip or keys)
