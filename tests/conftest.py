"""What every test gets: no network, no telemetry, no screen, a home of its own."""

import os
import sys
from pathlib import Path

import pytest
from PIL import Image

from core.environment import set_environment

set_environment()
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

OFFLINE = Path(__file__).resolve().parent / "offline"
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(OFFLINE), os.environ.get("PYTHONPATH"))))
sys.path.insert(0, str(OFFLINE))

import no_network  # noqa: E402

no_network.watch()


@pytest.fixture(scope="session")
def strangers(tmp_path_factory):
    """What this process and all that it starts tried to reach outside this computer, a line each."""
    notes = tmp_path_factory.mktemp("network") / "strangers.txt"
    os.environ[no_network.NOTES] = str(notes)
    return notes


@pytest.fixture(autouse=True)
def _no_network(strangers):
    strangers.write_text("")
    yield
    tried = strangers.read_text()
    assert not tried, f"Something wanted to leave this computer:\n{tried}"


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
