"""One window for one home: a second start brings the first to the front and leaves.

A lock says which is the first, so that what a crash left stands in nobody's way. They speak through a socket
of this computer that only its owner may open; all that can be asked there is to come to the front.
"""

import getpass
import hashlib
import os
import sqlite3
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from core.lock import Lock
from core.paths import Home
from desktop.i18n import noop

if TYPE_CHECKING:
    from PySide6.QtNetwork import QLocalServer, QLocalSocket

ANSWER_SECONDS = 2.0
LONGEST_PATH = 80
"""Of a socket's path, which some systems cut at 104 characters; Qt binds it under a longer one first."""
SHOW, SHOWN = b"show", b"shown\n"
MOST_BYTES = 4096
TOKEN = "XDG_ACTIVATION_TOKEN"
"""The user's click on the second start, with which Wayland lets the first one's window come to the front."""
SILENT = noop(
    "Likeness is already open on this library, but it does not answer. Nothing was changed. Wait until it"
    " does, or end it, and start again."
)


class Instance(QObject):
    """This start of the window. `called`: another start asks it to come to the front."""

    called = Signal()

    def __init__(self, home: Home) -> None:
        super().__init__()
        self._lock = Lock(home.root / "window.lock")
        self._server: QLocalServer | None = None
        self.first = self._is_first(home.root)
        self._name = _socket(home)

    def listen(self) -> None:
        """From now on others can ask. Only the first may: what lies in its place is what a crash left."""
        from PySide6.QtNetwork import QLocalServer

        if self._server:
            self._server.close()
        QLocalServer.removeServer(self._name)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._greet)
        self._server.listen(self._name)

    def call_first(self) -> bool:
        """Asks the first to come to the front. False when it does not answer."""
        from PySide6.QtNetwork import QLocalSocket

        until = time.monotonic() + ANSWER_SECONDS
        while (left := _milliseconds(until)) > 0:
            socket = QLocalSocket()
            socket.connectToServer(self._name)
            if socket.waitForConnected(left):
                socket.write(b"%s %s\n" % (SHOW, os.environ.get(TOKEN, "").encode()))
                return _answered(socket, until)
            time.sleep(0.05)  # it has only just begun, and does not listen yet
        return False

    def release(self) -> None:
        """The next start is the first: this one is about to end."""
        if self._server:
            self._server.close()
        self._lock.release()

    def _is_first(self, root: Path) -> bool:
        try:
            root.mkdir(parents=True, exist_ok=True, mode=0o700)
            return self._lock.alone()
        except (OSError, sqlite3.Error):
            return True  # opening the library tells what is wrong with the folder

    @Slot()
    def _greet(self) -> None:
        while self._server and (socket := self._server.nextPendingConnection()):
            socket.setReadBufferSize(MOST_BYTES)
            socket.readyRead.connect(self._hear)
            socket.disconnected.connect(socket.deleteLater)

    @Slot()
    def _hear(self) -> None:
        socket: QLocalSocket = self.sender()  # type: ignore[assignment]
        if not socket.canReadLine():
            return
        word, _, token = bytes(socket.readLine(MOST_BYTES).data()).strip().partition(b" ")
        if word == SHOW:
            if (told := token.decode("ascii", "replace")).isprintable():
                os.environ[TOKEN] = told
            self.called.emit()
            socket.write(SHOWN)
        socket.disconnectFromServer()


def _answered(socket: "QLocalSocket", until: float) -> bool:
    while not socket.canReadLine():
        if not socket.waitForReadyRead(_milliseconds(until)):
            return False
    return bytes(socket.readLine(MOST_BYTES).data()) == SHOWN


def _milliseconds(until: float) -> int:
    return max(0, round(1000 * (until - time.monotonic())))


def _socket(home: Home) -> str:
    """Its name on Windows, its path elsewhere: in a folder of the user's, where the path is not too long."""
    user = getpass.getuser() if sys.platform == "win32" else os.getuid()
    whose = f"{user}\0{home.root.resolve()}".encode(errors="surrogateescape")
    name = f"likeness-{hashlib.sha256(whose).hexdigest()[:16]}"
    if sys.platform == "win32":
        return name
    for folder in (os.environ.get("XDG_RUNTIME_DIR", ""), str(home.root)):
        if folder and Path(folder).is_dir() and len(os.fsencode(f"{folder}/{name}")) <= LONGEST_PATH:
            return f"{folder}/{name}"
    return name  # in the system's folder for temporary files; the socket itself is its owner's
