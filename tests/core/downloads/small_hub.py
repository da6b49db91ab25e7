"""A repository server on this computer that answers as the public ones do: size and hash in the headers,
ranges of bytes, one revision. `cut`: after so many bytes of a large file it says no more until `release`;
`spoiled`: it sends other bytes of this file than it states."""

import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

COMMIT = "1" * 40


class SmallHub(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, files: dict[str, bytes]) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.files, self.cut, self.spoiled = files, 0, ""
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        self.release = threading.Event()
        self.release.set()
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def ranges(self) -> list[str]:
        """What was asked for in parts."""
        return [headers["Range"] for _, _, headers in self.asked if "Range" in headers]


class _Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: SmallHub

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def _answer(self, body: bool) -> None:
        self.server.asked.append((self.command, self.path, dict(self.headers)))
        name = self.path.partition("/resolve/")[2].partition("/")[2].partition("?")[0]
        data = self.server.files.get(name)
        if data is None:
            self.send_response(404)
            self.send_header("X-Error-Code", "EntryNotFound")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        begin = int(self.headers.get("Range", "bytes=0-")[6:].partition("-")[0])
        self.send_response(206 if begin else 200)
        self.send_header("X-Repo-Commit", COMMIT)
        self.send_header("ETag", f'"{_etag(name, data)}"')
        self.send_header("Content-Length", str(len(data) - begin))
        if begin:
            self.send_header("Content-Range", f"bytes {begin}-{len(data) - 1}/{len(data)}")
        self.end_headers()
        if body:
            self._send(name, data, begin)

    def _send(self, name: str, data: bytes, begin: int) -> None:
        if name == self.server.spoiled:
            data = bytes(len(data))
        if self.server.cut and len(data) > self.server.cut:
            self.wfile.write(data[begin : begin + self.server.cut])
            self.wfile.flush()
            self.server.release.wait(20)
            self.close_connection = True
            return
        self.wfile.write(data[begin:])

    def log_message(self, *arguments: Any) -> None: ...


def _etag(name: str, data: bytes) -> str:
    """As the public ones: SHA-256 of large files, git's hash of small ones."""
    if name.endswith(".safetensors"):
        return hashlib.sha256(data).hexdigest()
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()
