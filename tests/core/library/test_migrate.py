"""The schema: tables and migrations agree, and a migration that fails leaves the old file alone."""

import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from core.errors import KnownError
from core.library import migrate, open_library
from core.library.tables import Base
from core.paths import Home

HEAD = migrate.HEAD


def schema(file: Path) -> list[list[str]]:
    """Every statement's columns and constraints; their order is a matter of taste, and so are the quotes that
    SQLite puts around the name of a table that was built anew."""
    with closing(sqlite3.connect(file)) as raw:
        rows = raw.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    plain = [re.sub(r'^CREATE TABLE "(\w+)"', r"CREATE TABLE \1", " ".join(sql.split())) for (sql,) in rows]
    return sorted(sorted(re.split(r"\s*[(),]\s*", sql)) for sql in plain)


@pytest.fixture
def migrated(tmp_path: Path) -> Path:
    migrate.upgrade(tmp_path / "migrated.db")
    return tmp_path / "migrated.db"


def test_migrations_make_what_the_tables_say(migrated: Path) -> None:
    engine = create_engine(f"sqlite:///{migrated}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def test_a_new_library_has_the_same_schema_as_a_migrated_one(home: Home, migrated: Path) -> None:
    open_library(home).close()
    assert schema(home.database) == schema(migrated)


def test_head_is_the_newest_migration() -> None:
    scripts = ScriptDirectory(str(migrate.MIGRATIONS))
    assert scripts.get_heads() == [migrate.HEAD]


def test_an_up_to_date_library_opens_without_alembic(home: Home) -> None:
    open_library(home).close()
    program = (
        "import sys; from pathlib import Path\n"
        "from core.library import open_library; from core.paths import Home\n"
        f"open_library(Home(Path({str(home.root)!r}))).close()\n"
        "print(sorted({'alembic', 'filelock', 'torch', 'numpy', 'cv2'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_newer_library_is_told_and_kept(home: Home) -> None:
    open_library(home).close()
    with closing(sqlite3.connect(home.database)) as raw, raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
    before = home.database.read_bytes()
    with pytest.raises(KnownError, match="newer Likeness"):
        open_library(home)
    assert home.database.read_bytes() == before


@pytest.fixture
def next_version(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A library of today, and a program whose newest migration is one further: the file of that migration."""
    library = open_library(home)
    library.close()
    with closing(sqlite3.connect(home.database)) as raw, raw:
        raw.execute("INSERT INTO settings VALUES ('kept', 'yes')")
    folder = tmp_path / "migrations"
    (folder / "versions").mkdir(parents=True)
    for file in [Path("env.py"), *Path(migrate.MIGRATIONS / "versions").glob("*.py")]:
        source = migrate.MIGRATIONS / file
        (folder / source.relative_to(migrate.MIGRATIONS)).write_text(source.read_text())
    monkeypatch.setattr(migrate, "MIGRATIONS", folder)
    monkeypatch.setattr(migrate, "HEAD", "9000")
    return folder / "versions" / "9000_next.py"


def write_migration(file: Path, body: str) -> None:
    file.write_text(
        f"from alembic import op\nimport sqlalchemy as sa\nrevision = '9000'\ndown_revision = '{HEAD}'\n\n\n"
        f"def upgrade():\n    op.add_column('photos', sa.Column('extra', sa.String()))\n    {body}\n"
    )


def test_an_older_library_is_brought_up_to_date(home: Home, next_version: Path) -> None:
    write_migration(next_version, "pass")
    library = open_library(home)
    library.close()
    with closing(sqlite3.connect(home.database)) as raw:
        assert raw.execute("SELECT extra FROM photos").fetchall() == []
        assert raw.execute("SELECT value FROM settings WHERE key = 'kept'").fetchone() == ("yes",)
        assert raw.execute("PRAGMA application_id").fetchone() == (migrate.APPLICATION_ID,)
    assert not home.database.with_suffix(".new").exists()


def test_a_failing_migration_leaves_the_old_file(home: Home, next_version: Path) -> None:
    write_migration(next_version, "raise RuntimeError('power cut')")
    before = home.database.read_bytes()
    with pytest.raises(RuntimeError, match="power cut"):
        open_library(home)
    assert home.database.read_bytes() == before
    assert not home.database.with_suffix(".new").exists()


def test_a_migration_killed_midway_leaves_the_old_file(home: Home, next_version: Path) -> None:
    write_migration(next_version, "import os; os._exit(9)")
    before = home.database.read_bytes()
    program = (
        "from pathlib import Path\n"
        "from core.library import migrate, open_library; from core.paths import Home\n"
        f"migrate.HEAD = '9000'; migrate.MIGRATIONS = Path({str(migrate.MIGRATIONS)!r})\n"
        f"open_library(Home(Path({str(home.root)!r})))"
    )
    done = subprocess.run([sys.executable, "-c", program], check=False)
    assert done.returncode == 9
    assert home.database.read_bytes() == before
    write_migration(next_version, "pass")
    open_library(home).close()


def test_a_library_in_use_is_not_migrated(
    home: Home, next_version: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrate, "BUSY_SECONDS", 0.05)
    write_migration(next_version, "pass")
    with closing(sqlite3.connect(home.database)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(KnownError, match="Close that one"):
            open_library(home)
