"""The window's looks, dark or light: one token file, one style sheet, our own icons.

Greys are neutral (R = G = B) because photographers judge colour beside them.
"""

import json
from collections.abc import Callable
from functools import cache, lru_cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from core.paths import RESOURCES

DARK, LIGHT = "dark", "light"
BEFORE_TEXT = QSize(22, 16)
DRAWN = "drawn"
"""The property of a label that shows one of our icons: which, in which token's colour, how large."""
PALETTE = {
    QPalette.ColorRole.Window: "window",
    QPalette.ColorRole.Base: "field",
    QPalette.ColorRole.AlternateBase: "panel",
    QPalette.ColorRole.Text: "text",
    QPalette.ColorRole.WindowText: "text",
    QPalette.ColorRole.ButtonText: "text",
    QPalette.ColorRole.Button: "raised",
    QPalette.ColorRole.Highlight: "selection",
    QPalette.ColorRole.HighlightedText: "text",
    QPalette.ColorRole.PlaceholderText: "hint",
    QPalette.ColorRole.ToolTipBase: "raised",
    QPalette.ColorRole.ToolTipText: "text",
    QPalette.ColorRole.Link: "accent",
}
_looks = [DARK]
_origins: dict[int, tuple[Callable[[str, str], QIcon], str, str]] = {}
"""Who made an icon, by its cache key: so that it can be made again in other colours."""


def apply(app: QApplication, looks: str = DARK) -> None:
    """Dresses the whole application, in DARK or LIGHT."""
    if looks != _looks[0]:
        _looks[0] = looks
        for kept in (tokens, colour, icon, icon_before_text, drawing):
            kept.cache_clear()
    app.setStyle("Fusion")
    palette = QPalette()
    for role, token in PALETTE.items():
        palette.setColor(role, colour(token))
    app.setPalette(palette)
    app.setStyleSheet(style_sheet())


def looks() -> str:
    """DARK or LIGHT, whichever the window wears."""
    return _looks[0]


def all_tokens() -> dict[str, dict[str, str]]:
    """Of "shared", DARK and LIGHT."""
    found: dict[str, dict[str, str]] = json.loads((RESOURCES / "styles" / "tokens.json").read_text("utf-8"))
    return found


@cache
def tokens() -> dict[str, str]:
    found = all_tokens()
    return found["shared"] | found[_looks[0]]


def style_sheet() -> str:
    """The style sheet with every @token in place."""
    sheet = (RESOURCES / "styles" / "window.qss").read_text("utf-8")
    sheet = sheet.replace("@icons", (RESOURCES / "icons").as_posix())
    for name in sorted(tokens(), key=len, reverse=True):
        sheet = sheet.replace(f"@{name}", tokens()[name])
    return sheet


@cache
def colour(token: str) -> QColor:
    return QColor(tokens()[token])


@lru_cache(maxsize=512)
def icon(name: str, token: str = "text") -> QIcon:
    """Our icon in a token's colour; sharp at every scale, greyed when its control is disabled."""
    made = QIcon()
    for side in (16, 20, 24, 32, 48, 64):
        made.addPixmap(drawing(name, token, side))
        made.addPixmap(drawing(name, "disabled", side), QIcon.Mode.Disabled)
    _origins[made.cacheKey()] = icon, name, token
    return made


@lru_cache(maxsize=128)
def icon_before_text(name: str, token: str = "text") -> QIcon:
    """An icon of BEFORE_TEXT logical pixels with room on its right: style sheets leave none between icon
    and text."""
    made = QIcon()
    for scale in (1, 2, 3):
        for mode, colour in ((QIcon.Mode.Normal, token), (QIcon.Mode.Disabled, "disabled")):
            wide = QPixmap(BEFORE_TEXT * scale)
            wide.fill(Qt.GlobalColor.transparent)
            painter = QPainter(wide)
            painter.drawPixmap(0, 0, drawing(name, colour, BEFORE_TEXT.height() * scale))
            painter.end()
            made.addPixmap(wide, mode)
    _origins[made.cacheKey()] = icon_before_text, name, token
    return made


def again(worn: QIcon) -> QIcon | None:
    """One of our icons in the colours of now; None for any other."""
    origin = _origins.get(worn.cacheKey())
    return origin[0](*origin[1:]) if origin else None


@lru_cache(maxsize=512)
def drawing(name: str, token: str, side: int) -> QPixmap:
    """An icon as a square of `side` device pixels."""
    from PySide6.QtSvg import QSvgRenderer

    source = (RESOURCES / "icons" / f"{name}.svg").read_text("utf-8")
    renderer = QSvgRenderer(QByteArray(source.replace("currentColor", tokens()[token]).encode()))
    picture = QPixmap(QSize(side, side))
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    renderer.render(painter, QRectF(0, 0, side, side))
    painter.end()
    return picture


def draw_on(label: QLabel, name: str, token: str, side: int) -> None:
    """Shows our icon on a label, `side` logical pixels large; it follows the window's looks."""
    label.setProperty(DRAWN, [name, token, side])
    label.setPixmap(icon(name, token).pixmap(QSize(side, side), label.devicePixelRatio()))


def text(words: str = "", role: str = "", *, wrap: bool = False) -> QLabel:
    """A label in one of the style sheet's roles. Its text is never read as markup."""
    label = QLabel(words)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(wrap)
    if role:
        label.setProperty("role", role)
    return label


def set_role(widget: QWidget, role: str) -> None:
    """Changes a widget's role and lets the style sheet see it."""
    if widget.property("role") == role:
        return
    widget.setProperty("role", role)
    widget.style().unpolish(widget)
    widget.style().polish(widget)
