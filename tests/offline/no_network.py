"""Refuses every connection that would leave this computer, and notes it in a file: for a test's own process
and, by `sitecustomize`, for every Python that a test starts."""

import os
import sys

NOTES = "LIKENESS_TEST_STRANGERS"
"""The variable that names the file: one line for each attempt, of whichever process."""
SENT = ("socket.connect", "socket.sendto", "socket.sendmsg")
ASKED = ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr")


def watch() -> None:
    """From now on, for as long as this process lives."""
    sys.addaudithook(_watch)


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if event in SENT:
        # A path is a socket of this computer; only a tuple names a host.
        address = arguments[1]
        if isinstance(address, tuple) and not _is_local(str(address[0])):
            _refuse(f"{event} {address}")
    elif event in ASKED and not _is_local(str(arguments[0])):
        _refuse(f"{event} {arguments[0]}")


def _refuse(what: str) -> None:
    if notes := os.environ.get(NOTES):
        with open(notes, "a", encoding="utf-8") as file:  # noqa: PTH123 (as early and as small as can be)
            file.write(f"{os.getpid()} {what}\n")
    raise OSError(f"The tests use no network: {what}")


def _is_local(host: str) -> bool:
    if host in ("", "localhost", "None", os.uname().nodename if hasattr(os, "uname") else "localhost"):
        return True
    import ipaddress

    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
