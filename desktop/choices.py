"""What the user chose in Preferences, carried to where it works: at the start and whenever it changes."""

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QApplication

from core.events import SettingsChanged
from desktop import motion, shortcuts
from desktop.looks import Looks
from desktop.studio import Studio
from desktop.widgets.night_bar import NightBar


class Choices(QObject):
    """`looks` is None where nobody dressed the application by the settings."""

    def __init__(self, studio: Studio, looks: Looks | None, night: NightBar, parent: QObject) -> None:
        super().__init__(parent)
        self._studio, self._looks, self._night = studio, looks, night
        studio.bridge.happened.connect(self._hear)
        self._apply({"keys", "motion", "thumbnails", "then"})

    @Slot(object)
    def _hear(self, event: object) -> None:
        if isinstance(event, SettingsChanged):
            self._apply(set(event.names))

    def _apply(self, names: set[str]) -> None:
        settings, app = self._studio.settings, QApplication.instance()
        assert isinstance(app, QApplication)
        if "theme" in names and self._looks:
            self._looks.choose(settings.theme)
        if "motion" in names:
            motion.apply(app, settings.motion)
        if "keys" in names:
            shortcuts.choose(settings.keys)
        if "thumbnails" in names:
            self._studio.thumbnails.keep(settings.thumbnails)
        if "then" in names:
            self._night.set_usual(settings.then)
