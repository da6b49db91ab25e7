"""A whole life of a home with the real engine: nothing leaves the computer, only the owner reads what is
kept, and who is deleted cannot be found any more."""

import json
import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from lived_in import Lived, Person, seen, traces

from core.library import open_library, subjects
from core.paths import Home

WHOLE_WAY = """
import json, os, socket, sys, threading, time
from pathlib import Path

import psutil

calls = []
NET = ("socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "socket.gethostbyname",
       "socket.gethostbyaddr", "urllib.Request", "http.client.connect")

def watch(event, arguments):
    if event in NET:
        calls.append(f"{event} {arguments[1:]}")

def sockets(process):
    # Native code raises no audit events, but its sockets are open files of its process.
    for handle in os.listdir(f"/proc/{process}/fd"):
        try:
            target = os.readlink(f"/proc/{process}/fd/{handle}")
        except OSError:
            continue
        if target.startswith("socket:"):
            calls.append(f"open {target}")

def look():
    while True:
        for each in (psutil.Process(), *psutil.Process().children()):
            try:
                sockets(each.pid)
            except OSError:
                pass  # it ended
        time.sleep(0.02)

os.umask(0)
sys.addaudithook(watch)
if os.path.isdir("/proc/self/fd"):
    threading.Thread(target=look, daemon=True).start()

from core.engine.options import options_for
from core.engine.process import ProcessEngine
from core.paths import Home
from core.settings import Settings
from lived_in import fill

home = Home(Path(sys.argv[1]))
fill(home, ProcessEngine(options_for(home, Settings())))
found, calls[:] = list(calls), []

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:  # the watch itself is awake
    probe.connect(("127.0.0.1", 9))
    time.sleep(0.2)
print(json.dumps({"found": found, "probe": calls}))
"""


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> tuple[Lived, dict[str, list[str]]]:
    """The home, under a shell that keeps nobody out; and what its programs tried to reach."""
    home = tmp_path_factory.mktemp("lived") / "home"
    ran = subprocess.run(
        [sys.executable, "-c", WHOLE_WAY, home],
        capture_output=True,
        text=True,
        timeout=240,
        env=_bare_environment(),
    )
    assert ran.returncode == 0, ran.stderr
    return seen(Home(home)), json.loads(ran.stdout.splitlines()[-1])


def _bare_environment() -> dict[str, str]:
    """The engine must switch telemetry off by itself, whatever the shell says."""
    ours = {
        k: v for k, v in os.environ.items() if not k.startswith(("HF_", "TRANSFORMERS_", "ORT_", "DO_NOT"))
    }
    root = Path(__file__).resolve().parents[2]
    return ours | {
        "PYTHONPATH": os.pathsep.join(map(str, (root, root / "tests" / "core", ours["PYTHONPATH"])))
    }


@pytest.mark.slow
def test_no_connection_is_made_on_the_whole_way(lived: tuple[Lived, dict[str, list[str]]]) -> None:
    here, reached = lived
    assert reached["found"] == []
    assert any("socket.connect" in call for call in reached["probe"])
    if Path("/proc/self/fd").is_dir():
        assert any("open socket" in call for call in reached["probe"])
    made = [file for file in here.home.pictures.glob("*.png") if ".relevance" not in file.name]
    assert len(made) == 2


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")
def test_only_the_owner_reads_what_is_kept(lived: tuple[Lived, dict[str, list[str]]]) -> None:
    home = lived[0].home
    kept = [home.root, *home.root.rglob("*")]
    assert {file.name for file in kept} >= {
        "library.db",
        "settings.json",
        "likeness.log",
        "hashes.json",
        "runner.lock",
    }
    assert {file.suffix for file in kept} >= {".html", ".safetensors", ".reference", ".png", ".db"}
    assert [str(file) for file in kept if stat.S_IMODE(file.stat().st_mode) & 0o077] == []


@pytest.mark.slow
def test_nothing_can_be_found_of_who_was_deleted(lived: tuple[Lived, dict[str, list[str]]]) -> None:
    here, _ = lived
    home, ada, ben = here.home, here.ada, here.ben
    assert len(traces(home, ada, ben)) > 20
    with closing(open_library(home)) as library:
        receipt = subjects.delete(library, ada.id)
        assert (receipt.faces, receipt.references, receipt.jobs) == (1, 1, 4)
        assert (receipt.left, receipt.wiped, receipt.backed_up) == ((), True, True)
        assert (receipt.photos_kept, receipt.pictures_kept, receipt.pictures) == (1, 1, 0)
    _only_the_picture_says(home, ada, ben)
    assert {"library.db", "reports"} & {file.split("/")[0] for file in traces(home, ben, ada)} == {
        "library.db"
    }
    with closing(open_library(home)) as library:
        receipt = subjects.delete(library, ben.id, with_pictures=True)
        assert (receipt.jobs, receipt.pictures, receipt.pictures_kept, receipt.left) == (4, 2, 0, ())
    assert traces(home, ben) == {}
    assert traces(home, ada) == {}
    assert [file for file in home.pictures.iterdir() if file.is_file()] == []


def _only_the_picture_says(home: Home, gone: Person, others: Person) -> None:
    """What stays names them in three places: the finished picture, its row, and the row in the new backup."""
    left = traces(home, gone, others)
    (made,) = [file for file in left if file.startswith("pictures")]
    copies = [file for file in left if file.endswith(".db")]
    assert sorted(left) == sorted([made, *copies])
    assert len(copies) == 2
    assert all("bytes" not in held for held in left.values())
    for copy in copies:
        rows = _dump(home.root / copy)
        assert {table for table, text in rows if any(word in text for word in gone.words)} == {"pictures"}


def _dump(file: Path) -> list[tuple[str, str]]:
    """Every row of every table, as text."""
    with closing(sqlite3.connect(file)) as raw:
        tables = [name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return [(table, repr(row)) for table in tables for row in raw.execute(f'SELECT * FROM "{table}"')]


WINDOW = """
import os, sys, threading, time

def look():
    while True:
        for table in ("tcp", "tcp6", "udp", "udp6", "raw", "raw6"):
            with open(f"/proc/self/net/{table}") as lines:
                remote = {line.split()[9] for line in list(lines)[1:]}
            for handle in os.listdir("/proc/self/fd"):
                try:
                    target = os.readlink(f"/proc/self/fd/{handle}")
                except OSError:
                    continue
                if target.startswith("socket:[") and target[8:-1] in remote:
                    print("OUT", table, flush=True)
        time.sleep(0.02)

os.umask(0)
threading.Thread(target=look, daemon=True).start()
from desktop.__main__ import main
code = main(["--home", sys.argv[1], "--quit-after-start"])
switches = ("ORT_DISABLE_TELEMETRY", "HF_HUB_OFFLINE", "DO_NOT_TRACK")
assert all(os.environ[switch] == "1" for switch in switches)
sys.exit(code)
"""


@pytest.mark.skipif(not Path("/proc/self/net/tcp").exists(), reason="Linux tells which sockets a process has")
def test_the_window_opens_no_socket_but_local_ones(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", WINDOW, tmp_path / "home"], capture_output=True, text=True, timeout=120,
        env=_bare_environment(),
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert "shown_at" in ran.stdout
    assert "OUT" not in ran.stdout
    assert [str(file) for file in Home(tmp_path / "home").exposed()] == []
    assert (tmp_path / "home" / "window.ini").is_file()
