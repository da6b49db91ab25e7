"""The one place that builds everything: window first, then library, worker and pages, then what joins
them."""

import contextlib
import gc
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QSettings, Qt, QTimer, Slot
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget

from core.paths import Home
from desktop import i18n, shortcuts
from desktop.background import Background, GuiCollector
from desktop.bridge import Bridge
from desktop.errors import ErrorReporter, message, trace
from desktop.i18n import tr
from desktop.instance import SILENT, Instance
from desktop.looks import Looks
from desktop.support import SupportReport
from desktop.thumbnails import Thumbnails
from desktop.widgets.dialog import Question
from desktop.window import PREFERENCES, Window

if TYPE_CHECKING:
    from core.engine import Engine
    from core.library import Library
    from core.settings import Settings
    from core.wish import Wish
    from desktop.studio import Studio

GEOMETRY = "window.geometry"
PEOPLE, COMPOSE, QUEUE, GALLERY, MODELS = range(5)
MakeEngine = Callable[[Home, "Settings"], "Engine"]


class Application(QObject):
    """One window on one home. `show` returns at once; the library opens after the first frame.

    `make_engine` is called on the worker's thread. `instance`: what says that this is the home's window.
    `looks`: what dresses it, dark or light. `again`: it was closed for a new one in its place, and how it was
    `left`.
    """

    def __init__(
        self,
        home: Home,
        make_engine: MakeEngine | None = None,
        instance: Instance | None = None,
        looks: Looks | None = None,
    ) -> None:
        super().__init__()
        self.home = home
        self._looks = looks
        self._instance = instance
        if instance:
            instance.called.connect(self.come_to_front)
        self.exit_code = 0
        self.again = False
        self.left: tuple[int, Wish] | None = None
        self._failed = False
        self.studio: Studio | None = None  # once everything is there
        self._studio: Studio | None = None
        self.shown_at: float | None = None
        self._make_engine = make_engine or child_engine
        self.reporter = ErrorReporter(self)
        self.reporter.reported.connect(self._report)
        self._background = Background(self.reporter.report, self)
        self._bridge = Bridge(self)
        self._thumbnails = Thumbnails(self._background, self)
        self._collector = GuiCollector(self)
        self.window = Window()
        self.support = SupportReport(self.home, self._background, self.window)
        self.window.painted.connect(self._load)
        self.window.closing.connect(self.close)
        self._when_ready: list[Callable[[], None]] = []

    def show(self) -> None:
        self.window.restore(str(_window_settings(self.home).value(GEOMETRY, "")))
        self.window.show()

    def when_ready(self, call: Callable[[], None]) -> None:
        """Calls once the pages are there."""
        if self.studio:
            call()
        else:
            self._when_ready.append(call)

    @Slot()
    def come_to_front(self) -> None:
        """From behind other windows, or from the taskbar."""
        self.window.setWindowState(self.window.windowState() & ~Qt.WindowState.WindowMinimized)
        self.window.show()
        self.window.raise_()
        self.window.activateWindow()

    @property
    def busy(self) -> bool:
        """Whether something is still being read, written or decoded."""
        return self._background.busy

    @Slot()
    def _load(self) -> None:
        self.shown_at = time.time()
        if self._instance:
            self._instance.listen()
        self._open()

    def _open(self) -> None:
        build = partial(self._guarded, self._build)
        self._background.run(lambda: _open(self.home), build, self._cannot_open)

    def _build(self, opened: "tuple[Library, Settings]") -> None:
        """Worker and pages, and what joins them."""
        from core import settings as settings_file
        from core.errors import KnownError
        from core.power import this_computer
        from core.runner import Runner
        from desktop.studio import Studio

        library, settings = opened
        output = settings_file.pictures_folder(self.home, settings)
        runner = Runner(
            library,
            lambda: self._make_engine(self.home, self._studio.settings if self._studio else settings),
            self._bridge.happened.emit,
            output,
            this_computer(),
        )
        try:
            runner.start(patient=True)
        except KnownError as error:
            library.close()
            self._cannot_open(error)
            return
        self._studio = Studio(
            self.home,
            settings,
            library,
            runner,
            self._bridge,
            self._background,
            self._thumbnails,
            self.window.messages,
        )
        self._add_pages(self._studio)

    def _add_pages(self, studio: "Studio") -> None:
        """The first page at once, each other one when the window had its turn."""
        from desktop.pages.people import PeoplePage
        from desktop.work import Work

        self.work = Work(studio, self.window.footer, self)
        self.people = PeoplePage(studio)
        self.people.import_asked.connect(self.work.import_photos)
        self.window.add_page(self.people)
        self.window.open_page(PEOPLE)
        self._in_turn(
            self._add_compose,
            self._add_queue,
            self._add_gallery,
            self._add_night,
            self._add_preferences,
            self._join,
        )

    def _add_compose(self, studio: "Studio") -> None:
        from desktop.pages.compose import ComposePage

        self.compose = ComposePage(studio)
        self.window.add_page(self.compose)

    def _add_queue(self, studio: "Studio") -> None:
        from desktop.pages.queue import QueuePage

        self.queue = QueuePage(studio)
        self.queue.worked.connect(self.window.footer.show_work)
        self.window.add_page(self.queue)

    def _add_gallery(self, studio: "Studio") -> None:
        from desktop.pages.gallery import GalleryPage

        self.gallery = GalleryPage(studio)
        self.window.add_page(self.gallery)

    def _add_night(self, studio: "Studio") -> None:
        from core.power import this_computer
        from desktop.night import Night

        self.night = Night(studio, this_computer(), self.queue.night, self.window)
        self.night.left.connect(self.window.close)

    def _add_preferences(self, studio: "Studio") -> None:
        from desktop.choices import Choices
        from desktop.help import Help

        self.choices = Choices(studio, self._looks, self.queue.night, self)
        self.help = Help(studio, self.window, self.support)
        self.window.add_late(MODELS, lambda: self._make_models(studio))
        self.window.add_late(PREFERENCES, lambda: self._make_preferences(studio))

    def _make_models(self, studio: "Studio") -> QWidget:
        from desktop.pages.models import ModelsPage

        self.models = ModelsPage(studio)
        self.window.footer.add(self.models.work.line)
        return self.models

    def _make_preferences(self, studio: "Studio") -> QWidget:
        from desktop.pages.preferences import PreferencesPage

        self.preferences = PreferencesPage(studio)
        self.preferences.shortcuts_asked.connect(self.help.show_shortcuts)
        self.preferences.again_asked.connect(self.begin_again)
        return self.preferences

    def _in_turn(self, *steps: "Callable[[Studio], None]") -> None:
        """One step each time the event loop comes round; none after the window was closed."""
        if not steps or self._studio is None or self._failed:
            return
        self._guarded(steps[0], self._studio)
        QTimer.singleShot(0, self, lambda: self._in_turn(*steps[1:]))

    def _guarded(self, build: Callable[[Any], None], given: Any) -> None:
        """Builds a part. Where that fails there is no window to work in, and it says so."""
        try:
            build(given)
        except Exception as error:
            self._not_built(error)

    def _not_built(self, error: Exception) -> None:
        from core.log import log
        from desktop.pages.not_opened import NotOpened

        self._failed = True
        log("window").error("the window was not built", exc_info=error)
        print("".join(trace(error)), file=sys.stderr)
        page = NotOpened(message(error))
        page.log_asked.connect(self._show_log)
        page.again_asked.connect(self.begin_again)
        page.quit_asked.connect(self.window.close)
        self.window.show_instead(page)

    @Slot()
    def _show_log(self) -> None:
        from desktop.pages.log_view import LogView

        view = LogView(self.home.log, self._background, self.window)
        view.report_asked.connect(self.support.ask)
        view.open()

    @Slot()
    def begin_again(self) -> None:
        """Another window in place of this one, with nothing left over from it but the page that is open and
        what is asked for in Compose. A picture that is being made waits for the new one."""
        if self.studio:
            self.left = self.window.page, self.compose.wish
        self.again = True
        self.window.close()

    def _join(self, studio: "Studio") -> None:
        """What one page asks and another does."""
        from desktop.exports import Exports

        go = self.window.open_page
        self.window.dropped.connect(self.work.import_photos)
        self.work.first_asked.connect(self._offer_prompts)
        self.window.setAcceptDrops(True)
        self.compose.consent_asked.connect(self.people.ask_consent)
        self.compose.references_asked.connect(self.people.make_references)
        self.compose.queue_asked.connect(lambda: go(QUEUE))
        self.queue.compose_asked.connect(lambda: go(COMPOSE))
        self.gallery.compose_asked.connect(lambda: go(COMPOSE))
        self.exports = Exports(studio, self.window)
        self.window.footer.add(self.exports.line)
        self.gallery.export_asked.connect(self.exports.ask)
        self.queue.opened.connect(self.gallery.open_picture)
        self.queue.opened.connect(lambda picture: go(GALLERY))
        self.gallery.reuse_asked.connect(self.compose.load)
        self.gallery.reuse_asked.connect(lambda spec, part: go(COMPOSE))
        self.studio = studio
        self.help.tell_news()
        for call in self._when_ready:
            call()

    @Slot(list)
    def _offer_prompts(self, prompts: list[str]) -> None:
        """Into the editor, unless somebody writes there already."""
        if not self.compose.editor.toPlainText().strip():
            self.compose.editor.setPlainText("\n".join(prompts))
        self.window.open_page(COMPOSE)

    def go_on(self, left: "tuple[int, Wish]") -> None:
        """As the window before was left."""
        page, wish = left
        self.compose.take_over(wish)
        self.window.open_page(page)

    @Slot()
    def close(self) -> None:
        """Stops the worker after its current step; the picture it was at waits for the next start, which may
        come before this one is over."""
        if self._instance and not self.again:
            self._instance.release()
        _window_settings(self.home).setValue(GEOMETRY, self.window.geometry_text())
        studio, self.studio, self._studio = self._studio, None, None
        self.window.hide()
        if studio:
            if not self._failed:
                self.people.panel.keep_all()
            studio.runner.stop()
        self._background.close()
        if studio:
            studio.library.close()

    @Slot(str, str)
    def _report(self, words: str, details: str) -> None:
        self.window.messages.say(words, "error", details)

    def _cannot_open(self, error: Exception) -> None:
        """A damaged library may have a backup; otherwise there is no window to work in."""
        from core.errors import KnownError
        from core.library.check import DamagedLibrary
        from desktop.damaged import DamagedQuestion

        if isinstance(error, DamagedLibrary):
            question = DamagedQuestion(self.home, error, self._background, self.window)
            question.restored.connect(self._restored)
            question.left.connect(self._leave)
            question.ask()
        elif isinstance(error, KnownError):
            self._leave(error)
        else:
            self._not_built(error)

    @Slot(str)
    def _restored(self, words: str) -> None:
        self.when_ready(lambda: self.window.messages.say(words, "done"))
        self._open()

    @Slot(object)
    def _leave(self, error: Exception | None) -> None:
        """Says why, unless the user knows, and leaves."""
        self.exit_code = 1
        if error is None:
            self.window.close()
            return
        print(message(error), file=sys.stderr)
        box = Question(QMessageBox.Icon.Warning, "Likeness", message(error), parent=self.window)
        box.finished.connect(self.window.close)
        box.open()


def child_engine(home: Home, settings: "Settings") -> "Engine":
    """The real engine, in a process of its own."""
    from core.engine.options import options_for
    from core.engine.process import ProcessEngine

    return ProcessEngine(options_for(home, settings))


def run(home: Home, started: Callable[[Application, QApplication], None] = lambda *_: None) -> int:
    """Shows the window and returns the exit code when it was closed. Where this home has its window already,
    that one comes to the front: 0 at once."""
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setApplicationName("Likeness")
    instance = Instance(home)
    if not instance.first:
        return 0 if instance.call_first() else _say_and_leave(tr(SILENT))
    looks: Looks | None = None
    left: tuple[int, Wish] | None = None
    while True:
        chosen = _chosen(home)
        i18n.install(chosen.language)
        shortcuts.choose(chosen.keys)
        looks = looks or Looks(app, chosen.theme)
        application = Application(home, instance=instance, looks=looks)
        application.reporter.install()
        application.when_ready(gc.freeze)  # what the window is made of: looking at it takes 20 ms
        if left:
            application.when_ready(partial(application.go_on, left))
        started(application, app)
        application.show()
        code = app.exec()
        if not application.again:
            return application.exit_code or code
        left = application.left
        _forget(application)


def _forget(application: Application) -> None:
    """With all that heard of anything: the next one is alone."""
    gc.unfreeze()
    application.window.deleteLater()
    application.deleteLater()


def _chosen(home: Home) -> "Settings":
    """Needed before the first frame; what is wrong with the file is told when the library is opened."""
    from core import settings
    from core.errors import KnownError

    try:
        return settings.load(home)
    except KnownError:
        return settings.Settings()


def _say_and_leave(words: str) -> int:
    print(words, file=sys.stderr, flush=True)
    Question(QMessageBox.Icon.Warning, "Likeness", words).exec()
    return 1


def _open(home: Home) -> "tuple[Library, Settings]":
    """Also imports what the pages will need, so that it does not hold up the window."""
    from core import compose, runner, settings  # noqa: F401
    from core.library import open_library
    from core.log import log_start, open_log

    library = open_library(home)
    open_log(home.log)
    log_start("window")
    return library, settings.load(home)


def _window_settings(home: Home) -> QSettings:
    file = home.root / "window.ini"
    # Qt would let everybody read a new one; of one that is there it keeps the permissions.
    with contextlib.suppress(OSError):
        file.touch(mode=0o600)
    return QSettings(str(file), QSettings.Format.IniFormat)
