"""How fast the window starts and how much memory its process takes.

`python benchmarks/window.py [--runs 7] [--home DIR]` starts the window in fresh processes, offscreen, and
prints the median time from starting the process to the first painted frame and to the pages being there,
and the memory.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GOAL = 0.6


def main() -> None:
    chosen = _parser().parse_args()
    with tempfile.TemporaryDirectory() as empty:
        home = chosen.home or Path(empty)
        start_once(home)  # fills the caches of the disk and of Python
        runs = [start_once(home) for _ in range(chosen.runs)]
    for name, words in (("shown", "first frame"), ("ready", "pages ready")):
        times = [run[name] for run in runs]
        print(
            f"{words:12} {statistics.median(times):.3f} s median of {len(runs)},"
            f" {min(times):.3f} to {max(times):.3f}"
        )
    print(f"{'memory':12} {max(run['memory'] for run in runs) / 1e6:.0f} MB peak resident")
    print(f"{'goal':12} first frame in {GOAL} s, without torch in the process: {_verdict(runs)}")


def start_once(home: Path) -> dict[str, float]:
    """Seconds from starting a fresh process until it showed its window and its pages; its memory in bytes."""
    command = [sys.executable, "-m", "desktop", "--home", str(home), "--quit-after-start"]
    began = time.time()
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=True,
    )
    told = json.loads(done.stdout.splitlines()[-1])
    if told["heavy"]:
        raise SystemExit(f"The window's process imported {', '.join(told['heavy'])}.")
    return {"shown": told["shown_at"] - began, "ready": told["ready_at"] - began, "memory": told["memory"]}


def _verdict(runs: list[dict[str, float]]) -> str:
    return "reached" if statistics.median(run["shown"] for run in runs) <= GOAL else "missed"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--home", type=Path, help="a library to open; an empty one otherwise")
    return parser


if __name__ == "__main__":
    main()
