"""Libraries as released programs wrote them, opened by this one: migrated and whole; killed on the way, the
old file or the new one."""

import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from picture_makers import states, work

from core.errors import KnownError
from core.library import backup, check, gallery, jobs, migrate, open_library, subjects
from core.paths import Home

STORED = Path(__file__).parent / "stored"
FILES = sorted(STORED.glob("*.db"))
NEXT = """from alembic import op
import sqlalchemy as sa
revision = "9000"
down_revision = {head!r}


def upgrade():
    op.add_column("photos", sa.Column("extra", sa.String()))
    {midway}
    with op.batch_alter_table("pictures") as pictures:
        pictures.add_column(sa.Column("note", sa.String(), nullable=False, server_default="none"))
"""


def contents(file: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, with the columns all versions have."""
    with closing(sqlite3.connect(file)) as raw:
        tables = [name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            name: sorted(raw.execute(f'SELECT * FROM "{name}"').fetchall(), key=repr)
            for name in tables
            if name not in ("alembic_version", "sqlite_sequence")
        }


def grown(before: dict[str, list[tuple[object, ...]]], after: dict[str, list[tuple[object, ...]]]) -> bool:
    """Whether every row is there as it was, with new columns at its end alone."""
    return all(
        [row[: len(old)] for row, old in zip(after[name], rows, strict=True)] == rows
        for name, rows in before.items()
    )


def put(stored: Path, home: Home) -> Path:
    """The library as a killed program would leave it: its last change is still in the log beside it."""
    home.create()
    with closing(sqlite3.connect(shutil.copy(stored, home.root / "source.db"))) as raw:
        raw.execute("PRAGMA journal_mode=WAL")
        raw.execute("INSERT INTO settings VALUES ('in the log', 'yes')")
        raw.commit()
        shutil.copy(home.root / "source.db", home.database)
        shutil.copy(home.root / "source.db-wal", home.database.with_name("library.db-wal"))
    (home.root / "source.db").unlink()
    assert home.database.with_name("library.db-wal").stat().st_size > 0
    return home.database


@pytest.fixture
def next_version(tmp_path: Path) -> Path:
    """The migrations of a program one version further than this one."""
    folder = tmp_path / "migrations"
    shutil.copytree(migrate.MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def write_next(folder: Path, midway: str = "pass") -> None:
    (folder / "versions" / "9000_next.py").write_text(NEXT.format(head=migrate.HEAD, midway=midway))


def test_every_released_schema_is_stored() -> None:
    scripts = ScriptDirectory(str(migrate.MIGRATIONS)).walk_revisions()
    older = {script.revision for script in scripts} - {migrate.HEAD}
    assert {file.stem for file in FILES} >= older | {"0001"}
    for file in FILES:
        assert check.whole(file) == ()
        assert check.revision(file) == file.stem
        assert all(contents(file).values()), f"{file.name} has an empty table"


@pytest.mark.parametrize("stored", FILES, ids=lambda file: file.stem)
def test_an_old_library_is_opened_migrated_whole_and_of_use(stored: Path, home: Home) -> None:
    before = contents(put(stored, home))
    library = open_library(home)
    after = contents(home.database)
    assert grown(before, after)
    assert ("in the log", "yes") in after["settings"]
    assert check.whole(home.database) == ()
    assert check.revision(home.database) == migrate.HEAD
    migrated = [each for each in backup.listed(home) if each.reason == "migration"]
    assert len(migrated) == (stored.stem != migrate.HEAD)
    with library.read() as session:
        assert [card.consent for card in subjects.cards(session, "person")] == ["granted", "withdrawn"]
        assert len(gallery.rows(session)) == 2
    with library.write() as session:
        jobs.resume(session)
    work(library)
    assert sorted(states(library).values()) == ["cancelled", "done", "done", "done", "done", "done", "failed",
                                                "quarantined"]  # fmt: skip
    library.close()


@pytest.mark.parametrize("stored", FILES, ids=lambda file: file.stem)
def test_the_next_version_migrates_and_keeps_a_backup(
    stored: Path, home: Home, next_version: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_next(next_version)
    before = contents(put(stored, home))
    monkeypatch.setattr(migrate, "HEAD", "9000")
    monkeypatch.setattr(migrate, "MIGRATIONS", next_version)
    open_library(home).close()
    assert grown(before, contents(home.database))
    assert {row[-1] for row in contents(home.database)["pictures"]} == {"none"}
    assert check.whole(home.database) == ()
    (kept,) = backup.listed(home)
    assert (kept.reason, check.revision(kept.path)) == ("migration", stored.stem)
    assert contents(kept.path) == before


def test_without_room_for_a_backup_nothing_is_migrated(
    home: Home, next_version: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_next(next_version)
    before = contents(put(FILES[0], home))
    monkeypatch.setattr(migrate, "HEAD", "9000")
    monkeypatch.setattr(migrate, "MIGRATIONS", next_version)
    monkeypatch.setattr(backup, "SPARE_BYTES", 10**18)
    with pytest.raises(KnownError, match="No backup of the library was made"):
        open_library(home)
    assert contents(home.database) == before


def test_a_migration_that_breaks_rows_is_refused(
    home: Home, next_version: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_next(next_version, 'op.execute("UPDATE faces SET photo_id = 99")')
    before = contents(put(FILES[0], home))
    monkeypatch.setattr(migrate, "HEAD", "9000")
    monkeypatch.setattr(migrate, "MIGRATIONS", next_version)
    with pytest.raises(KnownError, match="could not be brought up to date and was left as it is"):
        open_library(home)
    assert contents(home.database) == before
    assert not list(home.root.glob("library.new*"))


def test_a_newer_library_is_refused_in_words(home: Home) -> None:
    file = put(FILES[0], home)
    with closing(sqlite3.connect(file)) as raw, raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
    before = contents(file)
    with pytest.raises(KnownError, match=r"newer Likeness\. It was left as it is"):
        open_library(home)
    assert contents(file) == before
    assert backup.listed(home) == []


# Killed

MIGRATOR = """
import os, signal, sys
from pathlib import Path
from core.library import backup, check, migrate, open_library
from core.paths import Home

die = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
home, point = Home(Path(sys.argv[1])), sys.argv[3]
migrate.HEAD, migrate.MIGRATIONS = "9000", Path(sys.argv[2])
after = lambda function: lambda *a, **k: (function(*a, **k), die())
match point:
    case "before the backup": backup.make = die
    case "backup made": backup.make = after(backup.make)
    case "claimed": migrate._claim = after(migrate._claim)
    case "copied": migrate.upgrade = die
    case "migrated": migrate.upgrade = after(migrate.upgrade)
    case "looked through":
        looked = check.whole
        check.whole = lambda file: (looked(file), file.suffix == ".new" and die())[0]
    case "log emptied":
        replace = Path.replace
        Path.replace = lambda file, to: die() if file.suffix == ".new" else replace(file, to)
    case "in its place":
        replace = Path.replace
        Path.replace = lambda file, to: (replace(file, to), file.suffix == ".new" and die())[0]
print("ready", flush=True)
open_library(home)
"""
POINTS = ["before the backup", "backup made", "claimed", "copied", "half migrated", "migrated",
          "looked through", "log emptied", "in its place"]  # fmt: skip


def migrator(home: Home, migrations: Path, point: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", MIGRATOR, str(home.root), str(migrations), point]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def old_or_new(home: Home, before: dict[str, list[tuple[object, ...]]]) -> str:
    """Which of the two lies there after the kill; whole, with every row."""
    assert check.whole(home.database) == ()
    found, revision = contents(home.database), check.revision(home.database)
    if revision == "9000":
        assert grown(before, found)
    else:
        assert found == before
    return revision


def end_well(home: Home, migrations: Path, before: dict[str, list[tuple[object, ...]]]) -> None:
    """The next start migrates, and nothing is left lying about."""
    with migrator(home, migrations, "") as process:
        process.communicate(timeout=60)
    assert process.returncode == 0
    assert old_or_new(home, before) == "9000"
    assert not list(home.root.glob("library.new*"))
    assert all(check.whole(each.path) == () for each in backup.listed(home))


@pytest.mark.skipif(os.name == "nt", reason="kill -9")
@pytest.mark.parametrize("point", POINTS)
def test_killed_midway_the_file_is_the_old_one_or_the_new_one(
    home: Home, next_version: Path, point: str
) -> None:
    write_next(next_version, "import os; os.kill(os.getpid(), 9)" if point == "half migrated" else "pass")
    before = contents(put(FILES[0], home))
    with migrator(home, next_version, point) as process:
        process.communicate(timeout=60)
    assert process.returncode == -9
    assert old_or_new(home, before) == ("9000" if point == "in its place" else FILES[0].stem)
    write_next(next_version)
    end_well(home, next_version, before)


@pytest.mark.skipif(os.name == "nt", reason="kill -9")
def test_killed_at_random(home: Home, next_version: Path) -> None:
    chance = random.Random(20260102)
    write_next(next_version, "import time; time.sleep(0.05)")
    before = contents(put(FILES[0], home))
    for _ in range(5):
        with migrator(home, next_version, "") as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(chance.uniform(0.0, 0.5))
            process.kill()
        old_or_new(home, before)
    end_well(home, next_version, before)
