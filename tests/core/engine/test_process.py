"""The engine's own process, for real: started, asked, stopped, killed, orphaned."""

import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from msgspec import structs
from PIL import Image

from core import album
from core.economy import LOWEST
from core.engine import (
    EngineCannotStart,
    EngineDied,
    EngineFailed,
    EngineHung,
    EngineOptions,
    Rendered,
    Scan,
    Step,
    process,
    wire,
)
from core.engine.fake import FakeEngine, picture
from core.engine.growth import Growth, Limits, resident_bytes
from core.engine.process import ProcessEngine
from core.engine.silence import Patience
from core.errors import Cancelled, KnownError, PartlyDone
from core.faces import Face
from core.library import open_library
from core.paths import Home
from core.spec import Reference, RenderSpec, SubjectSpec

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals")


def spec(prompt: str = "a beach", seed: int = 1, steps: int = 3) -> RenderSpec:
    return RenderSpec(prompt, "mini", 64, 64, seed, steps, 3.0)


def options(home: Path, device: str = "auto") -> EngineOptions:
    return EngineOptions(home, {"mini": home}, home, device=device)


def ignore(_: Step) -> None: ...


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProcessEngine]:
    made = ProcessEngine(options(tmp_path_factory.mktemp("home"), "fake:0.01"), "fake")
    yield made
    made.close()


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"


def until_gone(pid: int) -> bool:
    for _ in range(100):
        if not alive(pid):
            return True
        time.sleep(0.05)
    return False


def test_it_answers_as_the_engine_in_this_process_does(engine: ProcessEngine) -> None:
    steps: list[Step] = []
    specs = [spec(seed=1), spec(seed=2)]
    pictures = engine.render(specs, steps.append)
    here = FakeEngine(step_seconds=0.01).render(specs, ignore)
    assert pictures == here
    assert pictures[1].rgb == picture(specs[1]).tobytes()
    assert [step.step for step in steps] == [1, 2, 3]
    assert steps[0].previews[1].startswith(b"\xff\xd8")


def test_pictures_cross_though_others_of_their_batch_failed(engine: ProcessEngine) -> None:
    with pytest.raises(PartlyDone, match="1 of 3 pictures") as caught:
        engine.render([spec(seed=1), spec("SPOILT"), spec(seed=3)], ignore)
    assert set(caught.value.reasons) == {1}
    assert caught.value.made[2].rgb == picture(spec(seed=3)).tobytes()
    assert len(engine.render([spec()], ignore)) == 1


def test_how_memory_is_saved_crosses(engine: ProcessEngine) -> None:
    (made,) = engine.render([spec("HUNGRY")], ignore, 1, LOWEST)
    assert made.made["economy"] == LOWEST.text


def test_which_deaths_speak_of_memory() -> None:
    assert [EngineDied(code).for_memory for code in (-9, 137, -11, 1)] == [True, True, False, False]
    assert EngineDied(-6, "terminate called after throwing an instance of 'std::bad_alloc'").for_memory
    assert not EngineHung(300).for_memory


def test_maps_cross(engine: ProcessEngine) -> None:
    ada = SubjectSpec("u1", "Ada", "person", "beach", (Reference("a" * 64),), ((2, 7),))
    mapped = structs.replace(spec(), subjects=(ada,), maps=True)
    (there,), (here,) = engine.render([mapped], ignore), FakeEngine().render([mapped], ignore)
    assert there.maps == here.maps
    assert there.maps["u1"].startswith(b"\x89PNG")


def test_every_call_crosses(engine: ProcessEngine, tmp_path: Path) -> None:
    photo = tmp_path / "été \udcff.png"
    Image.new("RGB", (40, 30), "red").save(photo)
    assert engine.scan(photo) == Scan((), "fake")
    assert engine.group([b"a", b"b", b"a"]) == [0, 1, 0]
    assert engine.batch_size(spec()) == 1
    assert engine.prepare(photo, (1.0, 2.0, 9.0, 9.0), "person", 16) == FakeEngine().prepare(
        photo, (1.0, 2.0, 9.0, 9.0), "person", 16
    )


def test_a_known_error_crosses_and_the_child_goes_on(engine: ProcessEngine, tmp_path: Path) -> None:
    engine.batch_size(spec())
    pid = engine.pid
    with pytest.raises(KnownError, match=r"gone\.jpg is not there"):
        engine.scan(tmp_path / "gone.jpg")
    with pytest.raises(KnownError, match="told to fail"):
        engine.render([spec("FAIL")], ignore)
    assert engine.pid == pid


def test_a_bug_crosses_with_its_traceback_and_the_child_is_replaced(engine: ProcessEngine) -> None:
    engine.batch_size(spec())
    pid = engine.pid
    with pytest.raises(EngineFailed, match="RuntimeError") as caught:
        engine.render([spec("BUG")], ignore)
    assert "_as_the_prompt_says" in caught.value.traceback
    assert engine.batch_size(spec()) == 1
    assert engine.pid != pid


def test_stopping_between_steps_keeps_the_child(engine: ProcessEngine) -> None:
    engine.batch_size(spec())
    pid, seen = engine.pid, []

    def stop_at_two(step: Step) -> None:
        seen.append(step.step)
        if step.step == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        engine.render([spec(steps=500)], stop_at_two)
    assert seen == [1, 2]
    assert engine.pid == pid
    assert len(engine.render([spec()], ignore)) == 1


def test_a_stop_that_comes_too_late_does_not_stop_the_next_call(engine: ProcessEngine) -> None:
    def stop_at_last(step: Step) -> None:
        if step.step == step.steps:
            raise Cancelled

    for _ in range(5):
        with pytest.raises(Cancelled):
            engine.render([spec(steps=1)], stop_at_last)
        assert len(engine.render([spec()], ignore)) == 1


def test_a_fault_of_the_listener_comes_back_as_it_was(engine: ProcessEngine) -> None:
    def full(_: Step) -> None:
        raise OSError(errno.ENOSPC, "full")

    with pytest.raises(OSError, match="full"):
        engine.render([spec()], full)
    assert engine.batch_size(spec()) == 1


def test_a_child_that_ends_by_itself_is_named_and_replaced(engine: ProcessEngine) -> None:
    with pytest.raises(EngineDied, match="exit code 17") as caught:
        engine.render([spec("DIE")], ignore)
    assert caught.value.code == 17
    assert len(engine.render([spec()], ignore)) == 1


def test_killed_in_the_middle_of_a_picture(engine: ProcessEngine) -> None:
    def kill(step: Step) -> None:
        if step.step == 2 and engine.pid:
            os.kill(engine.pid, signal.SIGKILL)

    with pytest.raises(EngineDied, match="SIGKILL"):
        engine.render([spec(steps=500)], kill)
    assert len(engine.render([spec()], ignore)) == 1


def test_the_last_words_of_a_dead_child_are_kept(engine: ProcessEngine) -> None:
    def crash(step: Step) -> None:
        if step.step == 1 and engine.pid:
            os.kill(engine.pid, signal.SIGSEGV)

    with pytest.raises(EngineDied) as caught:
        engine.render([spec(steps=500)], crash)
    assert "Segmentation fault" in caught.value.stderr


HASTY = Patience(unknown=10, floor=0.8, factor=3, look=0.05)


def test_an_engine_that_hangs_is_noticed_by_its_silence_and_replaced(tmp_path: Path) -> None:
    engine = ProcessEngine(options(tmp_path), "fake", HASTY)
    engine.render([spec()], ignore)
    pid = engine.pid or 0
    with pytest.raises(EngineHung, match=r"said nothing for \d+ s and was ended") as caught:
        engine.render([spec("HANG")], ignore)
    assert 0.75 < caught.value.seconds < 10
    assert not alive(pid)
    assert len(engine.render([spec()], ignore)) == 1
    engine.close()


def test_a_photo_that_is_never_answered_is_passed_by(tmp_path: Path) -> None:
    """By the pace of the photos before it: no model has to be loaded any more."""
    engine = ProcessEngine(options(tmp_path), "fake", HASTY)
    for number, name in enumerate(("a.png", "b.png", "c HANG.png", "d HANG.png", "e.png")):
        Image.new("RGB", (20, 20), (number, 0, 0)).save(tmp_path / name)
    with closing(open_library(Home(tmp_path / "home"))) as library:
        report = album.import_photos(library, engine, [tmp_path])
    assert (report.added, report.scanned) == (3, 3)
    assert [Path(path).name for path, _ in report.skipped] == ["c HANG.png", "d HANG.png"]
    assert all("said nothing" in reason for _, reason in report.skipped)
    engine.close()


def test_a_child_that_has_grown_is_replaced_between_two_batches(tmp_path: Path) -> None:
    engine = ProcessEngine(options(tmp_path), "fake", limits=Limits(pictures=3, factor=1.0, bytes=50_000_000))
    children = []
    for seed in range(6):
        engine.batch_size(spec())
        children.append(engine.pid)
        (rendered,) = engine.render([spec("LEAK", seed)], ignore)
        assert rendered.rgb == picture(spec("LEAK", seed)).tobytes()
    engine.close()
    assert children == [children[0]] * 3 + [children[3]] * 3
    assert children[0] != children[3]


def test_a_child_that_does_not_grow_stays(tmp_path: Path) -> None:
    engine = ProcessEngine(options(tmp_path), "fake", limits=Limits(pictures=2, factor=1.0, bytes=50_000_000))
    engine.batch_size(spec())
    pid = engine.pid
    for seed in range(6):
        engine.render([spec(seed=seed)], ignore)
    assert engine.pid == pid
    engine.close()


def test_growth_counts_from_the_first_picture_and_needs_some(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = iter([1000, 5000, 2599, 2601])
    monkeypatch.setattr("core.engine.growth.resident_bytes", lambda pid: next(sizes))
    growth = Growth(1, Limits(pictures=3, factor=1.6, bytes=1000))
    assert [growth.made(1) for _ in range(4)] == [False, False, False, True]


def test_the_memory_of_a_process_that_is_gone_is_none() -> None:
    assert resident_bytes(os.getpid()) > 10_000_000
    assert resident_bytes(2**22 + 1) == 0


def test_closing_ends_the_child_and_a_later_call_starts_another(tmp_path: Path) -> None:
    engine = ProcessEngine(options(tmp_path), "fake")
    assert engine.batch_size(spec()) == 1
    pid = engine.pid or 0
    engine.close()
    assert not alive(pid)
    assert engine.batch_size(spec()) == 1
    engine.close()
    engine.close()


def test_ctrl_c_does_not_reach_the_child(engine: ProcessEngine) -> None:
    engine.batch_size(spec())
    pid = engine.pid or 0
    os.kill(pid, signal.SIGINT)
    assert os.getpgid(pid) != os.getpgid(0)
    assert engine.batch_size(spec()) == 1
    assert engine.pid == pid


PARENT = """
import sys
from pathlib import Path
from core.engine import EngineOptions
from core.engine.process import ProcessEngine
from core.library import open_library
from core.paths import Home
from core.spec import Reference, RenderSpec, SubjectSpec
home = Path(sys.argv[1])
engine = ProcessEngine(EngineOptions(home, {}, home, device="fake:0.05"), "fake")
engine.render([RenderSpec("x", "m", 64, 64, 1, 1000, 1.0)], lambda step: print(engine.pid, flush=True))
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_the_child_ends_with_its_parent(tmp_path: Path, number: signal.Signals) -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT, str(tmp_path)], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert alive(pid)
        parent.send_signal(number)
    assert until_gone(pid)


NOISY_MAIN = """
import sys
from pathlib import Path
print("the program began")
from core.engine import EngineOptions
from core.engine.process import ProcessEngine
from core.library import open_library
from core.paths import Home
from core.spec import Reference, RenderSpec, SubjectSpec
engine = ProcessEngine(EngineOptions(Path("."), {}, Path(".")), "fake")
engine.batch_size(RenderSpec("x", "m", 64, 64, 1, 1, 1.0))
print(Path(f"/proc/{engine.pid}/maps").exists() and "PySide" in Path(f"/proc/{engine.pid}/maps").read_text())
engine.close()
"""


def test_the_child_never_runs_the_program_that_started_it(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text("import PySide6.QtCore\n" + NOISY_MAIN)
    (tmp_path / "msgspec.py").write_text("raise SystemExit('a file of the current folder was imported')")
    root = f"{Path(wire.__file__).parent.parent.parent}{os.pathsep}{os.environ['PYTHONPATH']}"
    ran = subprocess.run(
        [sys.executable, "-P", program], cwd=tmp_path, env=os.environ | {"PYTHONPATH": root},
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert ran.stdout.splitlines() == ["the program began", "False"]


def test_what_crosses_survives_the_way_unchanged() -> None:
    face = Face((1.0, 2.0, 3.0, 4.0), ((0.0, 1.0),) * 5, 0.9, 0.5, b"\x00\xff")
    scan = Scan((face,), "x")
    assert wire.unpack(wire.pack(scan), Scan) == scan
    (rendered,) = FakeEngine().render([spec()], ignore)
    assert wire.unpack(wire.pack(rendered), Rendered) == rendered


def test_kinds_of_text_and_numbers_cross_as_what_they_are() -> None:
    import torch

    made = wire.unpack(wire.pack({"torch": torch.__version__}), dict[str, str])
    assert made == {"torch": str(torch.__version__)}


def test_numbers_of_numpy_cross_as_numbers() -> None:
    import numpy as np

    face = Face((np.float32(1.5),) * 4, ((np.float64(0.0), 1.0),) * 5, np.float32(0.5), 0.5, b"")
    assert wire.unpack(wire.pack(face), Face).box == (1.5, 1.5, 1.5, 1.5)


class TestAnEngineThatCannotStart:
    """Missing libraries, a device that is not there: no picture is at fault."""

    def test_says_why(self, tmp_path: Path) -> None:
        with closing(ProcessEngine(options(tmp_path, "cuda:99"), "local")) as broken:
            for _ in range(2):  # also when it is asked again
                with pytest.raises(EngineCannotStart, match=r"cannot start: .*cuda.*Nothing is lost"):
                    broken.render([spec()], ignore)

    def test_whose_process_ends_at_once(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        dying = [sys.executable, "-c", "raise SystemExit('no libc for you')"]
        monkeypatch.setattr(process, "_command", lambda: dying)
        with (
            closing(ProcessEngine(options(tmp_path), "fake")) as broken,
            pytest.raises(EngineCannotStart, match=r"ended by itself \(exit code 1\) no libc for you"),
        ):
            broken.batch_size(spec())

    def test_whose_process_cannot_be_made(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(process, "_command", lambda: [str(tmp_path / "nothing")])
        broken = ProcessEngine(options(tmp_path), "fake")
        with pytest.raises(EngineCannotStart, match="No such file"):
            broken.render([spec()], ignore)

    def test_looks_at_photos_all_the_same(self, tmp_path: Path) -> None:
        photo = tmp_path / "photo.png"
        Image.new("RGB", (32, 32)).save(photo)
        with closing(ProcessEngine(options(tmp_path, "fake:0"), "fake")) as engine:
            assert engine.scan(photo)
