"""Nothing leaves the computer while photos are imported and pictures are made with the real engine."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.paths import RESOURCES

WHOLE_WAY = """
import json, os, socket, sys, threading, time
from pathlib import Path

calls = []
NET = ("socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "socket.gethostbyname",
       "socket.gethostbyaddr", "urllib.Request", "http.client.connect")

def watch(event, arguments):
    if event in NET:
        calls.append(f"{event} {arguments[1:]}")

def sockets():
    # Native code raises no audit events, but its sockets are open files of this process.
    for handle in os.listdir("/proc/self/fd"):
        try:
            target = os.readlink(f"/proc/self/fd/{handle}")
        except OSError:
            continue
        if target.startswith("socket:"):
            calls.append(f"open {target}")

def look():
    while True:
        sockets()
        time.sleep(0.01)

sys.addaudithook(watch)
if os.path.isdir("/proc/self/fd"):
    threading.Thread(target=look, daemon=True).start()

from core import album, compose
from core.engine.local import LocalEngine
from core.engine.options import options_for
from core.library import gallery, jobs, open_library, subjects
from core.paths import Home
from core.runner import ChoreResult, Runner
from core.settings import Settings

home, photos, settings = Home(Path(sys.argv[1])), [Path(p) for p in sys.argv[2:]], Settings()
library = open_library(home)

def people(engine, progress):
    report = album.import_photos(library, engine, photos, progress)
    album.group_faces(library, engine, progress)
    with library.read() as session:
        first = subjects.cards(session)[0].id
    with library.write() as session:
        subjects.rename(session, first, "Ada", "woman")
        subjects.set_consent(session, first, "granted")
    album.make_references(library, engine, first, 128)
    return ChoreResult(str(report))

told = []
runner = Runner(library, lambda: LocalEngine(options_for(home, settings)), told.append, home.pictures)
runner.do("people", people)
runner.run_until_idle()
with library.write() as session:
    wish = compose.Wish(text="@ada on the beach", steps=1)
    jobs.enqueue(session, compose.specs(session, home, settings, wish))
runner.run_until_idle()
with library.read() as session:
    made = len(gallery.rows(session))
seen, calls[:] = list(calls), []

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:  # the watch itself is awake
    probe.connect(("127.0.0.1", 9))
    time.sleep(0.05)
failed = [str(event) for event in told if "Failed" in type(event).__name__]
print(json.dumps({"made": made, "seen": seen, "probe": calls, "failed": failed}))
"""


@pytest.mark.slow
def test_no_connection_is_made_on_the_whole_way(tmp_path: Path) -> None:
    photos = [RESOURCES / "demo" / "album" / f"IMG_000{number}.jpg" for number in (1, 2)]
    ran = subprocess.run(
        [sys.executable, "-c", WHOLE_WAY, tmp_path / "home", *photos],
        capture_output=True, text=True, timeout=240, env=_without_offline_settings(),
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout.splitlines()[-1])
    assert found["failed"] == []
    assert found["made"] == 1
    assert found["seen"] == []
    assert any("socket.connect" in call for call in found["probe"])


def _without_offline_settings() -> dict[str, str]:
    """The engine must switch telemetry off by itself, whatever the shell says."""
    return {k: v for k, v in os.environ.items() if not k.startswith(("HF_", "TRANSFORMERS_", "ORT_"))}
