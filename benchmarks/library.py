"""How fast a large library answers: `python -m benchmarks.library`. 50,000 photos, 100,000 faces, 500 people
and 50,000 pictures in a temporary folder (half a minute, 150 MB); the best of three calls each."""

import hashlib
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlalchemy import insert

from core.library import Library, gallery, open_library, photos, subjects
from core.library.tables import Face, Photo, Picture, Reference, Subject
from core.paths import Home

PHOTOS, FACES_EACH, PEOPLE, PICTURES = 50_000, 2, 500, 50_000
NOW = datetime(2026, 1, 1)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder))
        library = open_library(home)
        _fill(library)
        print(f"library: {home.database.stat().st_size / 1e6:.0f} MB")
        _ask(library)
        library.close()
        _best("open an up-to-date library", lambda: open_library(home).close())
        _best("open a new library", lambda: open_library(Home(Path(tempfile.mkdtemp(dir=folder)))).close())
        library = open_library(home)
        _best("delete a person, VACUUM included", lambda: subjects.delete(library, _somebody(library)))
        library.close()
    _imports()


def _fill(library: Library) -> None:
    dice = random.Random(1)
    with library.write() as session:
        session.execute(insert(Subject), [_person(number) for number in range(1, PEOPLE + 1)])
        for start in range(1, PHOTOS + 1, 5000):
            some = range(start, start + 5000)
            session.execute(insert(Photo), [_photo(number) for number in some])
            session.execute(insert(Face), [_face(n, dice) for n in some for _ in range(FACES_EACH)])
        owned = [{"subject_id": n, "crop": _sha(f"{n}-{m}")} for n in range(1, PEOPLE + 1) for m in range(4)]
        session.execute(insert(Reference), owned)
        session.execute(insert(Picture), [_picture(number) for number in range(PICTURES)])


def _ask(library: Library) -> None:
    with library.read() as session:
        _best(f"cards of {PEOPLE} people", lambda: subjects.cards(session))
        _best("one person by handle", lambda: subjects.get(session, "@p7"))
        _best("one person's faces", lambda: subjects.faces(session, 7))
        _best("a gallery page of 200", lambda: gallery.rows(session, limit=200, before_id=PICTURES // 2))
        _best("the pictures of one person", lambda: gallery.rows(session, subject_uid=_uid(7)))
        _best("every embedding, for grouping", lambda: photos.embedded(session, "toy"))


def _imports() -> None:
    # Processor time: what a busy machine adds is not the library's.
    program = "import time; import core.library; print(time.process_time())"
    bare = "import time; print(time.process_time())"
    seconds = min(map(_run, [program] * 5)) - min(map(_run, [bare] * 5))
    print(f"{'import core.library (SQLAlchemy included)':42} {seconds * 1000:8.1f} ms of processor time")


def _run(program: str) -> float:
    return float(subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout)


def _best(what: str, call: Callable[[], object]) -> None:
    times = []
    for _ in range(3):
        started = time.perf_counter()
        call()
        times.append(time.perf_counter() - started)
    print(f"{what:42} {min(times) * 1000:8.1f} ms")


def _somebody(library: Library) -> int:
    with library.read() as session:
        return subjects.cards(session)[0].id


def _person(number: int) -> dict[str, object]:
    return {"id": number, "uid": _uid(number), "kind": "person", "name": f"P{number}", "handle": f"p{number}",
            "noun": "woman", "named": number % 2 == 0, "created_at": NOW}  # fmt: skip


def _photo(number: int) -> dict[str, object]:
    return {"id": number, "path": f"/photos/{number}.jpg", "sha256": _sha(str(number)), "bytes": 1,
            "width": 6000, "height": 4000, "imported_at": NOW, "backend": "toy"}  # fmt: skip


def _face(photo: int, dice: random.Random) -> dict[str, object]:
    return {"photo_id": photo, "subject_id": dice.randint(1, PEOPLE) if dice.random() < 0.8 else None,
            "left": 1, "top": 1, "right": 2, "bottom": 2, "landmarks": "[]", "score": 0.9,
            "quality": dice.random(), "embedding": os.urandom(512), "backend": "toy"}  # fmt: skip


def _picture(number: int) -> dict[str, object]:
    spec = f'{{"subjects":[{{"uid":"{_uid(number % PEOPLE)}"}}],"prompt":"{"x" * 900}"}}'
    return {"path": f"/pictures/{number}.png", "sha256": _sha(str(number)), "spec": spec, "seed": number,
            "width": 256, "height": 256, "scores": "{}", "created_at": NOW}  # fmt: skip


def _uid(number: int) -> str:
    return f"{number:032x}"


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


if __name__ == "__main__":
    main()
