"""What the queue itself costs: jobs queued, claimed, saved and finished per second, and a step through the
child process. Run: python benchmarks/queue_bench.py
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from core.engine import EngineOptions, Step
from core.engine.fake import FakeEngine
from core.engine.process import ProcessEngine
from core.library import Library, jobs, open_library
from core.paths import Home
from core.runner import Runner
from core.spec import RenderSpec

QUEUED, MADE, STEPS = 50_000, 200, 500


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        library = open_library(Home(Path(folder) / "home"))
        measure(f"queue {QUEUED:,} jobs", lambda: enqueue(library, QUEUED), QUEUED)
        measure("list them", lambda: listed(library), QUEUED)
        measure("cancel and clear them", lambda: cancelled(library), QUEUED)
        enqueue(library, MADE)
        measure("claim, save a 64 px picture, finish", lambda: worked_off(library), MADE)
        library.close()
        engine = ProcessEngine(EngineOptions(Path(folder), {}, Path(folder)), "fake")
        measure("start the child process", lambda: engine.batch_size(spec(1)), 1)
        measure("one step through the child process", lambda: stepped(engine), STEPS)
        engine.close()


def measure(what: str, work: Callable[[], object], count: int) -> None:
    began = time.perf_counter()
    work()
    print(f"{what:40} {(time.perf_counter() - began) / count * 1000:10.3f} ms each")


def spec(seed: int, steps: int = 1) -> RenderSpec:
    return RenderSpec("a beach", "mini", 64, 64, seed, steps, 3.0)


def enqueue(library: Library, count: int) -> None:
    with library.write() as session:
        jobs.enqueue(session, [spec(seed) for seed in range(count)])


def listed(library: Library) -> None:
    with library.read() as session:
        jobs.rows(session)


def cancelled(library: Library) -> None:
    with library.write() as session:
        jobs.cancel(session)
        jobs.clear(session)


def worked_off(library: Library) -> None:
    Runner(library, FakeEngine, lambda event: None, library.home.pictures).run_until_idle()


def stepped(engine: ProcessEngine) -> None:
    def nothing(step: Step) -> None: ...

    engine.render([spec(1, STEPS)], nothing)


if __name__ == "__main__":
    main()
