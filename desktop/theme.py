"""The window's looks: one token file, one style sheet, our own icons.

Greys are neutral (R = G = B) because photographers judge colour beside them.
"""

import json
from functools import cache, lru_cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from core.paths import RESOURCES

BEFORE_TEXT = QSize(22, 16)
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
    QPalette.ColorRole.PlaceholderText: "disabled",
    QPalette.ColorRole.ToolTipBase: "raised",
    QPalette.ColorRole.ToolTipText: "text",
    QPalette.ColorRole.Link: "accent",
}


def apply(app: QApplication) -> None:
    """Dresses the whole application."""
    app.setStyle("Fusion")
    palette = QPalette()
    for role, token in PALETTE.items():
        palette.setColor(role, colour(token))
    app.setPalette(palette)
    app.setStyleSheet(style_sheet())


@cache
def tokens() -> dict[str, str]:
    tokens: dict[str, str] = json.loads((RESOURCES / "styles" / "tokens.json").read_text("utf-8"))
    return tokens


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
    return made


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
