"""Whether things may move: what the user chose, or what the system says. Without motion a bar that knows no
end stands still, menus come at once and nothing blinks."""

import sys

from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QApplication, QProgressBar

EFFECTS = (
    Qt.UIEffect.UI_General,
    Qt.UIEffect.UI_AnimateMenu,
    Qt.UIEffect.UI_FadeMenu,
    Qt.UIEffect.UI_AnimateCombo,
    Qt.UIEffect.UI_AnimateTooltip,
    Qt.UIEffect.UI_FadeTooltip,
)
STILL = "still"
"""Of the application: whether it is without motion."""


def apply(app: QApplication, chosen: str) -> None:
    """`chosen`: "full", "reduced" or "system"."""
    still = chosen == "reduced" or (chosen == "system" and system_is_still())
    if still:
        for effect in EFFECTS:
            app.setEffectEnabled(effect, False)
        app.setCursorFlashTime(0)
    elif is_still():
        app.setCursorFlashTime(1000)
    app.setProperty(STILL, still)


def is_still() -> bool:
    app = QApplication.instance()
    return bool(app and app.property(STILL))


def show_on(bar: QProgressBar, done: int, total: int) -> None:
    """How far something is. Of an unknown total (0) the bar runs to and fro, or, without motion, is empty."""
    bar.setRange(0, total or (1 if is_still() else 0))
    bar.setValue(done if total else 0)


def system_is_still() -> bool:
    """Whether the system was told to reduce motion. False where it does not say."""
    if sys.platform == "win32":
        return _windows_is_still()
    if sys.platform == "darwin":
        return _as_bool(QSettings("com.apple.universalaccess", "").value("reduceMotion", False))
    return _portal_says("org.gnome.desktop.interface", "enable-animations") is False


def _windows_is_still() -> bool:
    import ctypes

    shown = ctypes.c_int(1)
    asked = 0x1042  # SPI_GETCLIENTAREAANIMATION
    ctypes.windll.user32.SystemParametersInfoW(asked, 0, ctypes.byref(shown), 0)  # type: ignore[attr-defined]
    return not shown.value


def _portal_says(group: str, name: str) -> object:
    """What the desktop portal of Linux knows; None where there is none or it does not answer at once."""
    from PySide6.QtDBus import QDBus, QDBusConnection, QDBusMessage

    bus = QDBusConnection.sessionBus()
    if not bus.isConnected():
        return None
    place = "org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop"
    ask = QDBusMessage.createMethodCall(*place, "org.freedesktop.portal.Settings", "ReadOne")
    ask.setArguments([group, name])
    answer = bus.call(ask, QDBus.CallMode.Block, 200)
    said = answer.arguments()
    if answer.type() is not QDBusMessage.MessageType.ReplyMessage or not said:
        return None
    return getattr(said[0], "variant", lambda: said[0])()


def _as_bool(value: object) -> bool:
    return str(value).lower() in ("1", "true")
