"""A small home with everything in it (people, references, photos, pictures with weight maps, a queue,
backups, a report), which is put back before each trial, and what must hold in it whatever happened."""

import contextlib
import hashlib
import math
import re
import shutil
import sqlite3
import struct
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from PIL import Image

from core import album, holding, images, references, relevance_map, report, runner, settings
from core.engine import Scan
from core.engine.fake import FakeEngine
from core.faces import Box, Face
from core.library import Library, backup, check, jobs, open_library, subjects
from core.paths import Home
from core.runner import Runner
from core.settings import Settings
from core.spec import Kind, Reference, RenderSpec, SubjectSpec

START = datetime(2026, 1, 1, tzinfo=UTC)
VOLATILE = re.compile(r"id|uid|seconds|[a-z]+_id|[a-z]+_at|undo")
TEMPORARY = re.compile(r".*(\.part|\.tmp|\.new|-journal)|library\.new.*|.*\.part-(wal|shm)")
POINTS = ((0.0, 0.0),) * 5


class World:
    """`root` holds the home, the photos, and nothing else; a template beside it is what `reset` copies."""

    def __init__(self, folder: Path, pictures: Path | None = None) -> None:
        self.root = folder / "world"
        self._template = folder / "template"
        self.home = Home(self.root / "home")
        self.photos = self.root / "photos"
        self.pictures = pictures or self.home.pictures
        self.asked = ""
        self.first = Path()

    def make(self) -> "World":
        self.root.mkdir(parents=True)
        with quick():
            _photos(self.photos / "known", 5)
            _photos(self.photos / "new", 3, first=5)
            with closing(open_library(self.home)) as library:
                self._fill(library)
            settings.save(self.home, Settings(device="cpu"))
        for folder, template in self._copied():
            shutil.copytree(folder, template)
        return self

    def reset(self) -> None:
        """As it was made; paths are the same, because rows and metadata name them."""
        for folder, template in self._copied():
            shutil.rmtree(folder)
            shutil.copytree(template, folder)

    def _copied(self) -> list[tuple[Path, Path]]:
        chosen = self.pictures.with_name("template-pictures")
        elsewhere = [] if self.root in self.pictures.parents else [(self.pictures, chosen)]
        return [(self.root, self._template), *elsewhere]

    def _fill(self, library: Library) -> None:
        engine = self.engine()
        album.import_photos(library, engine, [self.photos / "known"])
        album.group_faces(library, engine)
        self._introduce(library, engine)
        album.add_object(library, engine, "Guitar", "guitar", [self.photos / "known" / "0.jpg"], 32)
        _queue(library, [picture_of(library, "Ada", seed, maps=True) for seed in (1, 2)])
        self.asked = backup.make(self.home, "asked").path.stem
        self.work(library)
        self.first = min(self.pictures.glob("*-1.png"))
        both = picture_of(library, "Ada and Ben", 5, maps=True)
        _queue(library, [picture_of(library, "Ada", 3, maps=True), picture_of(library, "Ada", 4), both])
        _queue(library, [RenderSpec("a beach", "mini", 64, 64, 6, 2, 3.0)])
        # Not of this second, or the next one would take its place.
        report.write(library, START, START)

    def _introduce(self, library: Library, engine: FakeEngine) -> None:
        with library.read() as session:
            people = sorted(subjects.cards(session, "person"), key=lambda card: -card.faces)
        for card, name in zip(people, ("Ada", "Ben"), strict=True):
            with library.write() as session:
                subjects.rename(session, card.id, name, "woman")
                subjects.set_consent(session, card.id, "granted")
            album.make_references(library, engine, card.id, 32, limit=2 if name == "Ada" else 1)

    def engine(self) -> FakeEngine:
        return Engine(references=self.home.references, faces=_faces(), batch=2)

    def work(self, library: Library, hear: Any = lambda event: None, patient: bool = True) -> Runner:
        made = Runner(library, self.engine, hear, self.pictures)
        made.run_until_idle(patient=patient)
        return made

    # What is there

    def facts(self) -> dict[str, Any]:
        """All that an operation can change, but for what differs from run to run."""
        files = {file.name: _pixels(file) for file in self.pictures.glob("*.png")}
        reports = len(list(self.home.reports.glob("*.html")))
        asked = sum(each.reason == "asked" for each in backup.listed(self.home))
        chosen = self.home.settings.read_text()
        return {**self.tables(), "files": files, "reports": reports, "asked": asked, "chosen": chosen}

    def tables(self) -> dict[str, list[Any]]:
        """Every row without what differs from run to run (numbers, dates)."""
        if not self.home.database.exists():
            return {}
        with closing(sqlite3.connect(self.home.database)) as raw:
            names = [name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            return {name: _rows(raw, name) for name in names if not name.startswith("sqlite_")}

    def faults(self, spared: Sequence[str] = (), maps_may_go: bool = False) -> list[str]:
        """What is wrong in the home, in words; `spared`: people whose crops may be gone."""
        if not self.home.database.exists():
            return self._temporary()
        if found := check.whole(self.home.database):
            return [f"the library: {found[0]}"]
        with closing(sqlite3.connect(self.home.database)) as raw:
            wrong = [*self._pictures(raw, maps_may_go), *self._crops(raw, spared), *_jobs(raw)]
        return wrong + self._temporary() + self._backups()

    def _pictures(self, raw: sqlite3.Connection, maps_may_go: bool) -> Iterator[str]:
        rows = raw.execute("SELECT path, sha256, spec FROM pictures").fetchall()
        expected = set()
        for path, sha256, spec in rows:
            expected.add(Path(path))
            if not Path(path).exists():
                yield f"a row without its picture: {path}"
            elif _sha256(Path(path)) != sha256:
                yield f"not the picture of its row: {path}"
            if RenderSpec.from_json(spec).maps:
                expected.add(relevance_map.path_of(Path(path)))
        there = {file for file in self.pictures.glob("*") if file.is_file() and _counts(file.name)}
        yield from (f"a file without a row: {file.name}" for file in sorted(there - expected))
        maps = sorted(file.name for file in expected - there if file.name.endswith(relevance_map.SUFFIX))
        yield from (f"a picture without its weight maps: {name}" for name in maps if not maps_may_go)

    def _crops(self, raw: sqlite3.Connection, spared: Sequence[str]) -> Iterator[str]:
        rows = raw.execute(
            "SELECT subjects.name, crop, mask FROM subject_references"
            " JOIN subjects ON subjects.id = subject_id"
        ).fetchall()
        named = {sha256 for _, *files in rows for sha256 in files if sha256}
        for name, *files in rows:
            for sha256 in filter(None, files):
                file = self.home.reference(sha256)
                if name not in spared and not (file.exists() and _sha256(file) == sha256):
                    yield f"a reference of {name} without its file"
        for file in self.home.references.rglob("*.png"):
            if file.stem not in named:
                yield f"a crop or mask without a row: {file.name[:12]}"

    def _temporary(self) -> list[str]:
        found = [file for file in self.root.rglob("*") if file.is_file() and TEMPORARY.fullmatch(file.name)]
        return [f"left behind: {file.relative_to(self.root)}" for file in found]

    def _backups(self) -> list[str]:
        return [f"not whole: {each.path.name}" for each in backup.listed(self.home) if backup.faults(each)]


class Engine(FakeEngine):
    """Opens photos and writes crops as the real one does; a person is the strongest pair of numbers."""

    def scan(self, photo: Path) -> Scan:
        images.open_photo(photo)
        return Scan(tuple(self.faces.get(photo.name, ())), "fake")

    def prepare(self, photo: Path, box: Box | None, kind: Kind, size: int) -> Reference:
        cut = images.open_photo(photo).image.crop(tuple(map(int, box or (0, 0, 30, 30))))
        assert self.references
        return Reference(
            *references.store_all(
                self.references, [cut.resize((size, size)), Image.new("L", (size, size), 255)]
            )
        )

    def group(self, embeddings: Sequence[bytes]) -> list[int]:
        vectors = [struct.unpack("16f", embedding) for embedding in embeddings]
        return [max(range(8), key=lambda k: math.hypot(vector[k], vector[8 + k])) for vector in vectors]


@contextlib.contextmanager
def quick() -> Iterator[None]:
    """The worker looks and tries again at once."""
    kept = runner.LOOK_SECONDS, holding.FIRST_TRY
    runner.LOOK_SECONDS, holding.FIRST_TRY = 0.002, 0.001
    try:
        yield
    finally:
        runner.LOOK_SECONDS, holding.FIRST_TRY = kept


def picture_of(library: Library, names: str, seed: int, maps: bool = False) -> RenderSpec:
    with library.read() as session:
        people = [subjects.get(session, name) for name in names.split(" and ")]
        shown, prompt = [], ""
        for person in people:
            start = len(prompt)
            prompt += f"{person.noun} "
            kept = tuple(each.prepared for each in subjects.references(session, person.id))
            span = ((start, start + len(person.noun)),)
            shown.append(SubjectSpec(person.uid, person.name, "person", person.noun, kept, span))
    return RenderSpec(prompt, "mini", 64, 64, seed, 2, 3.0, subjects=tuple(shown), maps=maps)


def _queue(library: Library, specs: Sequence[RenderSpec]) -> None:
    with library.write() as session:
        jobs.enqueue(session, specs)


def _photos(folder: Path, count: int, first: int = 0) -> None:
    folder.mkdir(parents=True)
    for number in range(first, first + count):
        Image.effect_noise((64, 48), 40 + number).convert("RGB").save(folder / f"{number}.jpg")


def _faces() -> dict[str, list[Face]]:
    """Ada is in three photos and a new one, Ben in two."""
    ada = {f"{number}.jpg": [_face(0, number)] for number in (0, 1, 2)}
    return ada | {f"{number}.jpg": [_face(1, number)] for number in (3, 4)} | {"5.jpg": [_face(0, 5)]}


def _face(who: int, variation: int) -> Face:
    """Two of one person are alike, and not the same moment."""
    vector = [0.0] * 16
    vector[who], vector[8 + who] = math.cos(variation * 0.6), math.sin(variation * 0.6)
    box = (4.0 + variation, 4.0, 40.0, 40.0)
    return Face(box, POINTS, 0.9, 0.9 - variation / 20, struct.pack("16f", *vector))  # type: ignore[arg-type]


def _rows(raw: sqlite3.Connection, table: str) -> list[Any]:
    cursor = raw.execute(f'SELECT * FROM "{table}"')
    # A picture's bytes say how many were made with it: its pixels are compared.
    spared = re.compile(VOLATILE.pattern + "|sha256") if table == "pictures" else VOLATILE
    kept = [n for n, column in enumerate(cursor.description) if not spared.fullmatch(column[0])]
    rows = [tuple(row[n] for n in kept) for row in cursor]
    return sorted((row for row in rows if row[:1] != ("undo",)), key=repr)


def _jobs(raw: sqlite3.Connection) -> Iterator[str]:
    for number, state, attempts in raw.execute("SELECT id, state, attempts FROM jobs"):
        pictures = raw.execute("SELECT COUNT(*) FROM pictures WHERE job_id = ?", (number,)).fetchone()[0]
        if attempts:
            yield f"job {number} had {attempts} attempts counted"
        if state in ("failed", "quarantined"):
            yield f"job {number} is {state}"
        if pictures != (state == "done"):
            yield f"job {number} is {state} with {pictures} pictures"


def _counts(name: str) -> bool:
    """Whether a file is one that a row must name: not what was made again by hand, not a temporary one."""
    return "-repeat" not in name and not name.startswith(".")


def _pixels(file: Path) -> str:
    try:
        with Image.open(file) as image:
            return hashlib.sha256(image.tobytes()).hexdigest()
    except (OSError, SyntaxError) as error:
        return f"unreadable: {error}"


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
