"""What every page works with: library, worker, settings, and the two ways to reach them without blocking."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from core import settings as settings_file
from core.events import LibraryChanged, SettingsChanged
from core.library import Library
from core.paths import Home
from core.runner import Runner
from core.settings import Settings
from desktop.background import Background
from desktop.bridge import Bridge
from desktop.thumbnails import Thumbnails
from desktop.widgets.message_bar import MessageBar

ENGINE = ("models", "faces", "segmenter", "device", "margin")
"""Settings that an engine is made with: the next picture gets another one."""


@dataclass(eq=False)
class Studio:
    """`settings`: as they are saved; they change while the window is open, so ask for them each time."""

    home: Home
    settings: Settings
    library: Library
    runner: Runner
    bridge: Bridge
    background: Background
    thumbnails: Thumbnails
    messages: MessageBar

    def read(self, ask: Callable[[Session], Any], then: Callable[[Any], None]) -> None:
        """Asks the library off-thread; `then` gets the answer on the GUI thread."""
        self.background.run(lambda: self._asked(ask), then)

    def write(
        self,
        change: Callable[[Session], Any],
        then: Callable[[Any], None] | None = None,
        changed: str = "subjects",
    ) -> None:
        """Changes the library off-thread; once it is kept, everybody hears that `changed` changed."""

        def kept(result: Any) -> None:
            if then:
                then(result)
            self.bridge.happened.emit(LibraryChanged(changed))

        self.background.run(lambda: self._changed(change), kept)

    def choose(self, then: Callable[[], None] | None = None, /, **changes: Any) -> None:
        """Saves other settings off-thread; once they are kept everybody hears SettingsChanged. Without names
        it tells that they could not be: whoever shows them shows the old ones again."""

        def kept(settings: Settings) -> None:
            before, self.settings = self.settings, settings
            if any(getattr(before, name) != getattr(settings, name) for name in ENGINE):
                self.runner.renew()
            self.bridge.happened.emit(SettingsChanged(tuple(changes)))
            if then:
                then()

        def refused(error: Exception) -> None:
            self.bridge.happened.emit(SettingsChanged(()))
            self.background.fail(error)

        self.background.run(lambda: settings_file.change(self.home, **changes), kept, refused)

    def _asked(self, ask: Callable[[Session], Any]) -> Any:
        with self.library.read() as session:
            return ask(session)

    def _changed(self, change: Callable[[Session], Any]) -> Any:
        with self.library.write() as session:
            return change(session)
