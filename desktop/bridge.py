"""The runner's events become one Qt signal: emitted on the worker's thread, received on the GUI thread."""

from PySide6.QtCore import QObject, Signal


class Bridge(QObject):
    """`happened` carries one of `core.events.Event`. Receivers are QObjects with `@Slot(object)`, so that Qt
    queues."""

    happened = Signal(object)
