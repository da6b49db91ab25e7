"""What every test gets: no network, no telemetry, no screen, a home of its own."""

import ipaddress
import os
import sys
from pathlib import Path

import pytest
from PIL import Image

from core.environment import set_environment

set_environment()
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

STRANGERS: list[str] = []
"""Addresses outside this computer that something tried to reach."""


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = arguments[1]
        if isinstance(address, tuple) and not _is_local(str(address[0])):
            _refuse(f"{event} {address}")
    elif event in ("socket.getaddrinfo", "socket.gethostbyname") and not _is_local(str(arguments[0])):
        _refuse(f"{event} {arguments[0]}")


def _refuse(what: str) -> None:
    STRANGERS.append(what)
    raise OSError(f"The tests use no network: {what}")


def _is_local(host: str) -> bool:
    if host in ("", "localhost", "None", os.uname().nodename if hasattr(os, "uname") else "localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


sys.addaudithook(_watch)


@pytest.fixture(autouse=True)
def _no_network():
    STRANGERS.clear()
    yield
    assert not STRANGERS, f"Something wanted to leave this computer: {STRANGERS}"


@pytest.fixture(autouse=True)
def _computer_left_alone(monkeypatch):
    """No test keeps this computer awake, puts it to sleep or shuts it down."""
    from core import power

    monkeypatch.setattr(power, "this_computer", lambda use_battery=False: power.LeftAlone())


@pytest.fixture
def home(tmp_path):
    """An empty home folder."""
    from core.paths import Home

    return Home(tmp_path / "home").create()


@pytest.fixture
def photo(tmp_path):
    """Makes a small photo file: `photo("a.jpg", colour=(200, 10, 10), size=(64, 48))`."""

    def make(name: str = "photo.jpg", colour=(120, 90, 60), size=(64, 48), **options) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", size, colour).save(path, **options)
        return path

    return make
