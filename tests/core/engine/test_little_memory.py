"""A real engine in a real child whose memory is really limited: PyTorch's allocator fails, and what then."""

import contextlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.engine.options import options_for
from core.engine.process import ProcessEngine
from core.errors import KnownError
from core.paths import Home
from core.settings import Settings
from core.spec import RenderSpec

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the limit of another process is Linux's")

SIZE = 640
MB = 10**6


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ProcessEngine]:
    # One arena and one thread: memory that is mapped but not used counts too.
    monkeypatch.setenv("MALLOC_ARENA_MAX", "1")
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    made = ProcessEngine(options_for(Home(tmp_path).create(), Settings()))
    yield made
    made.close()


def spec(side: int, prompt: str = "a photo of a dog") -> RenderSpec:
    return RenderSpec(prompt, "mini", side, side, 1, 1, 5.0)


def held(engine: ProcessEngine) -> int:
    status = Path(f"/proc/{engine.pid}/status").read_text()
    return int(re.search(r"VmData:\s+(\d+)", status)[1]) * 1024  # type: ignore[index]


def allow(engine: ProcessEngine, most: int) -> None:
    """From now on the child may hold so many bytes."""
    import resource

    resource.prlimit(engine.pid or 0, resource.RLIMIT_DATA, (most, resource.RLIM_INFINITY))


def drawn_with_more_and_more(engine: ProcessEngine, least: int) -> str:
    """What the first picture that is made at all is made without. How much a process holds at rest is not the
    same twice, so no single limit will do."""
    for more in range(340, 460, 30):
        allow(engine, least + more * MB)
        with contextlib.suppress(KnownError):
            (made,) = engine.render([spec(SIZE)], lambda _: None)
            return str(made.made.get("economy", ""))
    return ""


def test_a_picture_that_does_not_fit_is_made_in_tiles_or_fails_alone(engine: ProcessEngine) -> None:
    (small,) = engine.render([spec(64)], lambda _: None)
    pid, least = engine.pid, held(engine)
    assert "tiled" in drawn_with_more_and_more(engine, least)
    allow(engine, least + 100 * MB)
    with pytest.raises(KnownError, match=rf"not enough memory for {SIZE} × {SIZE} px.*smaller size"):
        engine.render([spec(SIZE)], lambda _: None)
    allow(engine, least + 440 * MB)
    assert engine.render([spec(64)], lambda _: None)[0].rgb == small.rgb
    assert engine.pid == pid
