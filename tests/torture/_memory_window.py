"""The night of `memory` in the real window, offscreen: events flow, pages are looked at in turn."""

import os
import sys

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from memory import Watch, enqueue, made_engine
from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication

from core.engine.process import ProcessEngine
from core.environment import set_environment
from core.events import JobFinished, QueueIdle
from core.library import open_library
from core.paths import Home
from core.settings import Settings
from desktop import theme
from desktop.app import GALLERY, QUEUE, Application

LOOK_MS = 2000


class Visitor(QObject):
    """Somebody who opens queue and gallery in turn, and there the newest picture."""

    def __init__(self, application: Application, engines: list[ProcessEngine], watch: Watch) -> None:
        super().__init__(application)
        self._application, self._engines, self._watch = application, engines, watch
        self._page = QUEUE
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._visit)
        application.studio.bridge.happened.connect(self._hear)
        self._timer.start(LOOK_MS)
        watch.more = self._held

    @Slot(object)
    def _hear(self, event: object) -> None:
        if isinstance(event, JobFinished):
            self._watch.picture(self._engines[-1] if self._engines else None)
        elif isinstance(event, QueueIdle):
            QTimer.singleShot(1000, self._application.window.close)

    @Slot()
    def _visit(self) -> None:
        self._page = GALLERY if self._page == QUEUE else QUEUE
        self._application.window.open_page(self._page)
        rows = self._application.gallery.model.rows
        if self._page == GALLERY and rows:
            self._application.gallery.open_picture(rows[0].id)

    def _held(self) -> dict[str, int]:
        """Rows of the two lists, and small pictures in memory."""
        one = self._application
        listed = {"queue_rows": len(one.queue.model.rows), "gallery_rows": len(one.gallery.model.rows)}
        return listed | {"thumbnails": len(one._thumbnails._kept)}


def in_the_window(home: Home, count: int, engine: str) -> Watch:
    set_environment()
    library = open_library(home)
    enqueue(library, count, engine)
    library.close()
    app = QApplication.instance() or QApplication(sys.argv[:1])
    theme.apply(app)
    watch, engines = Watch(count), []

    def make(of: Home, _: Settings) -> ProcessEngine:
        engines.append(made_engine(of, engine))
        return engines[-1]

    application = Application(home, make)
    application.reporter.install()
    application.when_ready(lambda: Visitor(application, engines, watch))
    application.show()
    app.exec()
    watch.more = dict
    return watch
