"""Dark or light while the window is open: what the user chose, or what the system says, as it says it."""

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QAction, QSyntaxHighlighter
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QWidget

from desktop import theme


class Looks(QObject):
    """`choose` takes "dark", "light" or "system"."""

    def __init__(self, app: QApplication, chosen: str) -> None:
        super().__init__(app)
        self._app, self._chosen = app, chosen
        app.styleHints().colorSchemeChanged.connect(self._follow)
        theme.apply(app, wanted(app, chosen))

    def choose(self, chosen: str) -> None:
        self._chosen = chosen
        self._follow()

    @Slot()
    def _follow(self) -> None:
        looks = wanted(self._app, self._chosen)
        if looks != theme.looks():
            theme.apply(self._app, looks)
            redraw(self._app)


def wanted(app: QApplication, chosen: str) -> str:
    """DARK or LIGHT. A system that does not say has no wish: dark, as colour work likes it."""
    if chosen != "system":
        return chosen
    return theme.LIGHT if app.styleHints().colorScheme() is Qt.ColorScheme.Light else theme.DARK


def redraw(app: QApplication) -> None:
    """Gives everything that is there its icons and colours of now."""
    for widget in app.allWidgets():
        _redraw(widget)
        for action in widget.actions():
            _draw_icon(action)
        widget.update()


def _redraw(widget: QWidget) -> None:
    match widget:
        case QAbstractButton():
            _draw_icon(widget)
        case QLabel() if drawn := widget.property(theme.DRAWN):
            theme.draw_on(widget, *drawn)
        case QComboBox():
            for at in range(widget.count()):
                if made := theme.again(widget.itemIcon(at)):
                    widget.setItemIcon(at, made)
    for highlighter in widget.findChildren(QSyntaxHighlighter):
        highlighter.rehighlight()


def _draw_icon(wearer: QAbstractButton | QAction) -> None:
    if made := theme.again(wearer.icon()):
        wearer.setIcon(made)
