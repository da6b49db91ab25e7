"""The watch itself: no process that a test starts reaches out of this computer unseen."""

import os
import subprocess
import sys
from pathlib import Path

import no_network
import pytest

from core.engine.process import _command as engine_command

OUTSIDE = "203.0.113.7"
"""Nobody's address: kept for documents (RFC 5737)."""
TRY = f"""
import socket
with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
    for attempt in (lambda: tcp.connect(("{OUTSIDE}", 443)), lambda: udp.sendto(b"", ("{OUTSIDE}", 53)),
                    lambda: socket.getaddrinfo("example.org", 443)):
        try:
            attempt()
        except OSError as error:
            assert "no network" in str(error), error
        else:
            raise SystemExit("it went out")
"""
AGAIN = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {TRY!r}], check=True)"
STARTS = {
    "a program": [sys.executable, "-c", TRY],
    "the engine": [*engine_command()[:-1], TRY],
    "a program of a program": [sys.executable, "-c", AGAIN],
}


@pytest.mark.parametrize("start", STARTS)
def test_what_a_test_starts_is_watched(strangers: Path, start: str) -> None:
    subprocess.run(STARTS[start], check=True, timeout=60)
    tried = strangers.read_text().splitlines()
    strangers.write_text("")
    assert [line.split()[1] for line in tried] == ["socket.connect", "socket.sendto", "socket.getaddrinfo"]
    assert str(os.getpid()) not in [line.split()[0] for line in tried]


def test_this_process_is_watched(strangers: Path) -> None:
    exec(TRY, {})
    assert len(strangers.read_text().splitlines()) == 3
    strangers.write_text("")


@pytest.mark.skipif(os.name == "nt", reason="POSIX sockets")
def test_sockets_of_this_computer_are_its_own_matter(tmp_path: Path) -> None:
    import socket

    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind(str(tmp_path / "s"))
        server.listen()
        client.connect(str(tmp_path / "s"))
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()


def test_every_program_of_the_tests_inherits_the_watch() -> None:
    assert str(Path(no_network.__file__).parent) in os.environ["PYTHONPATH"].split(os.pathsep)
