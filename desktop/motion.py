"""Whether things may move: what the user chose, or what the system says. Without motion a bar that knows no
end stands still, menus come at once and nothing blinks."""

import sys
import time

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
ON_LINUX: dict[tuple[str, str], tuple[object, ...]] = {
    ("org.freedesktop.appearance", "reduced-motion"): (1,),
    ("org.gnome.desktop.interface", "enable-animations"): (False,),
    ("org.kde.kdeglobals.KDE", "AnimationDurationFactor"): ("0", "0.0", 0, 0.0),
}
"""Settings of the desktop portal, and what they say where motion is to be reduced: the newer one of all
desktops, then GNOME's and those like it, then Plasma's."""
PORTAL_SECONDS = 0.2
"""For all of them: a portal that hangs must not hold up the window."""
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
    end = time.monotonic() + PORTAL_SECONDS
    return any(_portal_says(*asked, end) in still for asked, still in ON_LINUX.items())


def _windows_is_still() -> bool:
    import ctypes

    shown = ctypes.c_int(1)
    asked = 0x1042  # SPI_GETCLIENTAREAANIMATION
    ctypes.windll.user32.SystemParametersInfoW(asked, 0, ctypes.byref(shown), 0)  # type: ignore[attr-defined]
    return not shown.value


def _portal_says(group: str, name: str, end: float) -> object:
    """What the desktop portal of Linux knows; None where there is none or it does not answer until `end`."""
    from PySide6.QtDBus import QDBus, QDBusConnection, QDBusMessage

    bus, left = QDBusConnection.sessionBus(), round(1000 * (end - time.monotonic()))
    if not bus.isConnected() or left <= 0:
        return None
    place = "org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop"
    ask = QDBusMessage.createMethodCall(*place, "org.freedesktop.portal.Settings", "ReadOne")
    ask.setArguments([group, name])
    answer = bus.call(ask, QDBus.CallMode.Block, left)
    said = answer.arguments()
    if answer.type() is not QDBusMessage.MessageType.ReplyMessage or not said:
        return None
    return getattr(said[0], "variant", lambda: said[0])()


def _as_bool(value: object) -> bool:
    return str(value).lower() in ("1", "true")
