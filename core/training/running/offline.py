"""Training never touches the network: its process cannot reach another computer, whatever library tries.
Several processes on this one may talk to each other."""

import ipaddress
import sys
from typing import Any

from core.errors import KnownError


def stay_offline() -> None:
    """For good: Python has no way to take such a hook off again."""
    sys.addaudithook(_hook)


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        _check(arguments[1])
    elif event == "socket.getaddrinfo" and not _is_here(arguments[0]):
        raise KnownError(f"Training stays on this computer; something asked for {arguments[0]}.")


def _check(address: object) -> None:
    """Addresses of other kinds than (host, port, …) are of this computer: sockets of files."""
    if isinstance(address, tuple) and not _is_here(address[0]):
        raise KnownError(f"Training stays on this computer; something tried to reach {address[0]}.")


def _is_here(host: object) -> bool:
    if host in (None, "", "localhost", b"localhost"):
        return True
    text = host.decode() if isinstance(host, bytes) else str(host)
    try:
        return ipaddress.ip_address(text.partition("%")[0]).is_loopback
    except ValueError:
        import socket

        return text == socket.gethostname()
