"""The log and the support bundle of a home in which everything carries unmistakable names: none of them comes
through, and what helps does."""

import json
import os
import stat
import zipfile
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path

import pytest
from lived_in import Lived, Person, fill, pieces, seen
from typer.testing import CliRunner

from core import album, compose, log, settings
from core.bundle import make
from core.cli.app import app
from core.engine import EngineDied, EngineFailed
from core.engine.fake import FakeEngine
from core.engine.options import options_for
from core.engine.process import ProcessEngine
from core.errors import KnownError
from core.faces import Face
from core.library import jobs, open_library, subjects
from core.paths import Home
from core.runner import ChoreResult, Runner
from core.settings import Settings
from core.spec import RenderSpec

MARKS = ((10.0, 10.0), (20.0, 10.0), (15.0, 15.0), (11.0, 20.0), (19.0, 20.0))
SECRETS = ("Zephyrine", "zephyrine", "Quackenbush", "quackenbush", "Wedding", "gondola", "Adaora", "adaora",
           "Benedikt", "Vlurg", "Quisp", "IMG_000", "notes-7f3a", "scope-91c2")  # fmt: skip


class TwoFaces(FakeEngine):
    """Somebody else on each photo."""

    def __init__(self, home: Home) -> None:
        import numpy as np

        vectors = np.random.default_rng(7).standard_normal((2, 128)).astype(np.float32)
        faces = {
            f"IMG_000{number}.jpg": [Face((60.0, 60.0, 200.0, 210.0), MARKS, 0.9, 0.8, vector.tobytes())]
            for number, vector in zip((1, 7), vectors, strict=True)
        }
        super().__init__(faces=faces, references=home.references)


def troubles(specs: Sequence[RenderSpec]) -> None:
    """A failure of every kind, each saying more than it should."""
    words = specs[0].prompt
    if "known" in words:
        raise KnownError(f"No picture could be written to /home/zephyrine/Wedding: {words}.")
    if "bug" in words:
        raise RuntimeError(f"Zephyrine Quackenbush in a gondola: {words}")
    if "dies" in words:
        raise EngineDied(-9, f"Zephyrine died in {words}")
    if "sent" in words:
        frame = '  File "/home/zephyrine/likeness/attach.py", line 7, in mix'
        raise EngineFailed("Zephyrine", f"Traceback\n{frame}\nValueError: Zephyrine in a gondola")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Lived, Path]:
    """A lived-in home, and then every stage failing, in folders that name people."""
    folder = tmp_path_factory.mktemp("Zephyrine Quackenbush Wedding")
    home = Home(folder / "home")
    fill(home, TwoFaces(home))
    log.open_log(home.log)
    log.log_start("test")
    with closing(open_library(home)) as library:
        _every_chore(home, folder)
        _every_failure(home)
        subjects.stored(library, 1)
    log.close_log()
    settings.save(home, Settings(models={"Zephyrine": str(folder / "gondola")}, output=""))
    return seen(home), folder


def _every_failure(home: Home) -> None:
    engine = FakeEngine(trouble=troubles)
    with closing(open_library(home)) as library:
        with library.write() as session:
            jobs.clear(session)
            for kind in ("known", "bug", "dies", "sent", "fine"):
                wish = compose.Wish(text=f"@adaora-quisp {kind} in a gondola", steps=1)
                jobs.enqueue(session, compose.specs(session, home, Settings(), wish))
        runner = Runner(library, lambda: engine, lambda event: None, home.pictures)
        runner.run_until_idle()
        child = ProcessEngine(options_for(home, Settings()), "fake")
        with suppress(EngineDied):
            (spec,) = [job.spec for job in _all(library) if "fine" in job.spec.prompt][:1]
            child.render([_dying(spec)], lambda step: None)
        child.close()


def _dying(spec: RenderSpec) -> RenderSpec:
    return RenderSpec(f"DIE {spec.prompt}", "mini", 64, 64, 1, 1, 3.0)


def _all(library: object) -> list[jobs.ClaimedJob]:
    with library.read() as session:  # type: ignore[attr-defined]
        return [job for row in jobs.rows(session) if (job := jobs.get(session, row.id))]


def _every_chore(home: Home, folder: Path) -> None:
    """Photos that cannot be read, a chore that fails as the world's fault, and one that fails as a bug."""
    (folder / "Zephyrine.jpg").write_bytes(b"no photo of Zephyrine")

    def fails(engine: object, progress: object) -> ChoreResult:
        raise KnownError(f"{folder} is not there.")

    def breaks(engine: object, progress: object) -> ChoreResult:
        raise ValueError(f"gondola of Zephyrine in {folder}")

    with closing(open_library(home)) as library:
        engine = FakeEngine()

        def adds(engine: FakeEngine, progress: album.Progress) -> ChoreResult:
            report = album.import_photos(library, engine, [folder / "Zephyrine.jpg"], progress)
            return ChoreResult(str(report), tuple(report.skipped))

        runner = Runner(library, lambda: engine, lambda event: None, home.pictures)
        for chore in (adds, fails, breaks):
            runner.do("Adding photos", chore)  # type: ignore[arg-type]
        runner.run_until_idle()


def test_the_log_helps(told: tuple[Lived, Path]) -> None:
    lines = "\n".join(log.last_lines(told[0].home.log, 10_000))
    for wanted in (
        "likeness ", "Python 3.", "torch ",  # on what it stands
        "is begun, 1 steps", "is done after", "MB held", "MB free",  # each job: how long, how much memory
        "given up: No picture could be written to …: ….",  # why, in the program's own words
        "given up: Something unforeseen happened: …",
        "RuntimeError", "test_bundle.py", "attach.py:7 in mix", "ValueError",
        "engine died with code -9", "process ended with code 17",
        "the queue is done: ", "Adding photos is done", "1 left out: ", "Adding photos failed",
        "… is not there.", "ValueError",
    ):  # fmt: skip
        assert wanted in lines, wanted


def test_the_log_names_nobody(told: tuple[Lived, Path]) -> None:
    lived, folder = told
    text = "".join(file.read_text() for file in log.files(lived.home.log))
    assert [word for word in SECRETS if word in text] == []
    assert str(folder) not in text
    assert str(Path.home()) not in text
    for person in (lived.ada, lived.ben):
        assert not any(word in text for word in (*person.words, *person.hashes))


@pytest.mark.parametrize("prompts", [False, True])
def test_the_bundle_holds_what_helps_and_nobody(
    told: tuple[Lived, Path], tmp_path: Path, prompts: bool
) -> None:
    lived, folder = told
    made = make(lived.home, tmp_path / "bundle.zip", with_prompts=prompts)
    with zipfile.ZipFile(made.path) as packed:
        inside = {name: packed.read(name) for name in packed.namelist()}
    assert {name: len(data) for name, data in inside.items()} == made.inside
    wanted = {"about.txt", "doctor.json", "versions.json", "settings.json", "library.json", "likeness.log"}
    assert set(inside) == wanted | ({"prompts.json"} if prompts else set())
    if os.name != "nt":
        assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    asked = inside.pop("prompts.json", b"")
    assert (b"gondola" in asked) == prompts
    everything = b"\0".join([made.path.read_bytes() if not prompts else b"", *inside.values()])
    assert [word for word in SECRETS if word.encode() in everything] == []
    assert str(folder).encode() not in everything
    for person in (lived.ada, lived.ben):
        _holds_nothing(everything + asked, person, prompts)
    _says_enough(inside)


def _holds_nothing(data: bytes, person: Person, prompts: bool) -> None:
    """Never faces, crops, hashes, uids and notes; names only in prompts that the user asked for."""
    private = [person.uid, *person.words[-2:], *person.hashes] + ([] if prompts else list(person.words))
    assert not any(word.encode() in data for word in private)
    assert not any(piece in data for piece in pieces(person))


def _says_enough(inside: dict[str, bytes]) -> None:
    library = json.loads(inside["library.json"])
    assert (library["faults"], library["rows"]["subjects"], library["jobs"]["failed"]) == ([], 2, 3)
    assert "No picture could be written to …: …." in library["failures"]
    assert library["seconds a picture"]["pictures"] >= 1
    own = json.loads(inside["settings.json"])
    assert (own["models"], own["model"], own["output"], own["margin"]) == (1, "mini", "", 1.3)
    subjects_found = {each["subject"] for each in json.loads(inside["doctor.json"])}
    assert {"Likeness", "Processor", "Memory", "Privacy"} <= subjects_found
    assert "torch" in json.loads(inside["versions.json"])


def test_the_command_says_what_is_in_it_and_that_nothing_was_sent(
    told: tuple[Lived, Path], tmp_path: Path
) -> None:
    root = str(told[0].home.root)
    done = CliRunner().invoke(app, ["--home", root, "doctor", "--bundle", str(tmp_path / "b.zip")])
    assert done.exit_code == 0, done.output
    assert "nothing was sent" in done.output
    assert "library.json" in done.output
    alone = CliRunner().invoke(app, ["--home", root, "doctor", "--with-prompts"])
    assert alone.exit_code == 1
    lost = CliRunner().invoke(app, ["--home", root, "doctor", "--bundle", str(tmp_path / "no" / "b.zip")])
    assert "could not be written" in lost.output


def test_a_damaged_library_is_told_of(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    open_library(home).close()
    data = bytearray(home.database.read_bytes())
    data[4096:8192] = b"Zephyrine" * 455 + b"\0"
    home.database.write_bytes(data)
    made = make(home, tmp_path / "b.zip")
    with zipfile.ZipFile(made.path) as packed:
        told_of = json.loads(packed.read("library.json"))
    assert told_of["faults"]
    assert "Zephyrine" not in json.dumps(told_of)


def test_the_log_is_printed(told: tuple[Lived, Path]) -> None:
    home = told[0].home
    shown = CliRunner().invoke(app, ["--home", str(home.root), "log", "--lines", "3"])
    assert len(shown.output.splitlines()) == 3
    where = CliRunner().invoke(app, ["--home", str(home.root), "log", "--path"])
    assert where.output.strip() == str(home.log)
