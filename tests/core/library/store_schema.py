"""Writes a small library of today's schema, with rows in every table, for the tests of later schemas:
`python tests/core/library/store_schema.py` before a release that changed the schema. Never run it for an old
one: stored/ holds what the released programs wrote."""

import sqlite3
import sys
import tempfile
from contextlib import closing
from pathlib import Path

TESTS = Path(__file__).resolve().parent
STORED = TESTS / "stored"
sys.path[:0] = [str(TESTS), str(TESTS.parents[2])]

from library_makers import face, photo  # noqa: E402
from picture_makers import queue  # noqa: E402
from sqlalchemy import update  # noqa: E402

from core.library import (  # noqa: E402
    Library,
    backup,
    jobs,
    migrate,
    open_library,
    photos,
    picture_albums,
    subjects,
)
from core.library.jobs import NewPicture  # noqa: E402
from core.library.tables import Job  # noqa: E402
from core.paths import Home  # noqa: E402
from core.spec import Reference  # noqa: E402


def main() -> None:
    target = STORED / f"{migrate.HEAD}.db"
    if target.exists():
        sys.exit(f"{target} is there already: a schema is stored once.")
    STORED.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder) / "home")
        with closing(open_library(home)) as library:
            fill(library)
        backup.make(home, "asked").path.replace(target)
    target.chmod(0o644)
    with closing(sqlite3.connect(target)) as raw:
        for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            print(name, raw.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0])


def fill(library: Library) -> None:
    """Two people, a guitar, four photos, jobs in every state, two pictures, an album of them,
    a queue that is paused."""
    with library.write() as session:
        for name, noun, said in (("Ada", "woman", "granted"), ("Ben", "man", "withdrawn")):
            who = subjects.create(session, "person", name, noun, named=True)
            subjects.set_consent(session, who, said, "family album")  # type: ignore[arg-type]
            for number in range(2):
                photo_id, _ = photos.add(session, photo(f"/photos/{name}{number}.jpg"))
                photos.save_scan(session, photo_id, [face(f"{name}{number}", 0.3)], "toy")
                photos.assign(session, {photos.embedded(session, "toy")[-1].id: who})
            crop = Reference(crop=str(who) * 64, mask="f" * 64)
            subjects.add_reference(session, who, crop, 1, (1, 2, 3, 4))
    ids = queue(library, 8)
    with library.write() as session:
        claimed = jobs.claim(session, lambda spec: 4).jobs
        for job in claimed[:2]:
            sha256 = f"{job.id:064x}"
            made = jobs.finish(
                session, job.id, NewPicture(f"/pictures/{job.name}.png", sha256, 64, 64, "{}", 1.5)
            )
            assert made is not None
            picture_albums.add(session, picture_albums.create(session, f"Album {made}"), [made])
        jobs.fail(session, claimed[2].id, "The model is gone.", retry=False)
        jobs.cancel(session, [ids[5]])
        session.execute(update(Job).where(Job.id == ids[6]).values(state="quarantined", attempts=2))
        jobs.pause(session, "Paused.")


if __name__ == "__main__":
    main()
