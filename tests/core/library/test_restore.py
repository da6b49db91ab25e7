"""A damaged library is noticed, a backup takes its place, and nothing that was made is lost."""

import os
import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from filelock import FileLock
from picture_makers import lines, queue, states, work
from PIL import Image
from sqlalchemy import select, update

from core.errors import KnownError
from core.library import (
    Library,
    backup,
    check,
    gallery,
    inventory,
    jobs,
    migrate,
    open_library,
    people_undo,
    subjects,
)
from core.library.restore import restore
from core.library.tables import Job, Setting
from core.paths import Home


def damage(home: Home) -> bytes:
    """Overwrites pages of tables; returns the damaged file."""
    data = bytearray(home.database.read_bytes())
    data[8192:-4096] = b"\xa5" * len(data[8192:-4096])
    home.database.write_bytes(data)
    return bytes(data)


def reopened(home: Home) -> Library:
    return open_library(home)


def test_a_damaged_library_is_noticed_with_the_way_out(library: Library, home: Home) -> None:
    queue(library, 3)
    made = backup.make(home, "batch")
    library.close()
    before = damage(home)
    with pytest.raises(check.DamagedLibrary) as told:
        open_library(home)
    assert "likeness library restore" in str(told.value)
    assert f"{made.made.astimezone():%Y-%m-%d %H:%M}" in str(told.value)
    assert home.database.read_bytes() == before


def test_a_file_as_it_was_closed_is_not_looked_through(
    library: Library, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue(library, 3)
    library.close()
    looked: list[Path] = []
    monkeypatch.setattr(check, "_faults", lambda file, pragma: looked.append(file) or ())
    open_library(home).close()
    assert looked == []
    os.utime(home.database)
    open_library(home).close()
    assert looked == [home.database]


def test_a_file_left_by_a_crash_is_looked_through(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    program = (
        "import os, sys; from pathlib import Path\n"
        "from core.library import open_library; from core.library.tables import Setting\n"
        "from core.paths import Home\n"
        "open_library(Home(Path(sys.argv[1]))).close()\n"
        "library = open_library(Home(Path(sys.argv[1])))\n"
        "with library.write() as session: session.add(Setting(key='a', value='b'))\n"
        "os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", program, str(home.root)], check=False)
    looked: list[Path] = []
    real = check._faults
    monkeypatch.setattr(check, "_faults", lambda file, pragma: (looked.append(file), real(file, pragma))[1])
    library = open_library(home)
    assert looked == [home.database]
    with library.read() as session:
        assert session.scalar(select(Setting.value)) == "b"
    library.close()


def test_damage_that_was_found_is_looked_for_until_it_is_gone(library: Library, home: Home) -> None:
    """A quick look does not see an index that lost a row; the daily backup does, and the next start too."""
    queue(library, 3)
    good = backup.make(home, "batch")
    library.close()
    with closing(sqlite3.connect(home.database)) as raw:
        (page,) = raw.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'ix_jobs_state_position'"
        ).fetchone()
        (size,) = raw.execute("PRAGMA page_size").fetchone()
    data = bytearray(home.database.read_bytes())
    at = data.index(b"queued", (page - 1) * size)
    assert at < page * size
    data[at : at + 6] = b"queueX"
    home.database.write_bytes(data)
    with pytest.raises(check.DamagedLibrary, match="jobs"):
        backup.make(home, "daily")
    for _ in range(2):
        with pytest.raises(check.DamagedLibrary):
            open_library(home)
    restore(home, good)
    library = reopened(home)
    assert list(states(library).values()) == ["queued"] * 3
    library.close()
    assert check._remembered(home) == check._stamp(home)


def mutant(data: bytes, dice: random.Random) -> bytes:
    """The file with something wrong: bytes, zeros, an end too early, two pages in each other's place."""
    changed, at = bytearray(data), dice.randrange(len(data))
    size = dice.choice((1, 16, 512, 4096, 20_000))
    one, other = (dice.randrange(len(data) // 4096) * 4096 for _ in range(2))
    match dice.randrange(4):
        case 0:
            changed[at : at + size] = dice.randbytes(len(changed[at : at + size]))
        case 1:
            changed[at : at + size] = bytes(len(changed[at : at + size]))
        case 2:
            del changed[at:]
        case 3:
            changed[one : one + 4096], changed[other : other + 4096] = (
                changed[other : other + 4096],
                changed[one : one + 4096],
            )
    return bytes(changed)


def test_whatever_happened_to_the_file_it_opens_or_is_told_and_can_be_restored(
    library: Library, home: Home
) -> None:
    queue(library, 3)
    work(library)
    queue(library, 2, first_seed=50)
    made = backup.make(home, "asked")
    library.close()
    good, dice, told = home.database.read_bytes(), random.Random(20260103), 0
    for _ in range(25):
        home.database.write_bytes(mutant(good, dice))
        try:
            open_library(home).close()
        except KnownError:
            told += 1
        restore(home, made)
        library = reopened(home)
        assert sorted(states(library).values()) == ["done"] * 3 + ["queued"] * 2
        library.close()
    assert told >= 10


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [("spec", "CAST(x'ff00fe' AS TEXT)", "jobs has values"), ("created_at", "'12:7x'", "jobs has values")],
)
def test_values_that_cannot_be_read_are_damage(
    library: Library, home: Home, column: str, value: str, words: str
) -> None:
    """SQLite keeps any bytes as text, and any text as a date."""
    queue(library, 1)
    with closing(sqlite3.connect(home.database)) as raw, raw:
        raw.execute(f"UPDATE jobs SET {column} = {value}")
    with pytest.raises(check.DamagedLibrary, match=words):
        backup.make(home, "batch")
    if column == "spec":
        with pytest.raises(check.DamagedLibrary), library.read() as session:
            list(session.scalars(select(Job.spec)))
    library.close()
    with pytest.raises(check.DamagedLibrary, match=words):
        open_library(home)


@pytest.mark.parametrize("wrong", ["DROP TABLE alembic_version", "DELETE FROM alembic_version"])
def test_a_schema_that_lost_its_number_is_damage(library: Library, home: Home, wrong: str) -> None:
    backup.make(home, "asked")
    library.close()
    with closing(sqlite3.connect(home.database)) as raw, raw:
        raw.execute(wrong)
    with pytest.raises(check.DamagedLibrary, match="likeness library restore"):
        open_library(home)
    restore(home)
    open_library(home).close()


def test_an_emptied_file_is_damage_only_where_there_was_a_library(library: Library, home: Home) -> None:
    made = backup.make(home, "asked")
    library.close()
    home.database.write_bytes(b"")
    with pytest.raises(check.DamagedLibrary, match="it is empty"):
        open_library(home)
    assert home.database.read_bytes() == b""
    made.path.unlink()
    open_library(home).close()


def test_the_newest_whole_backup_takes_the_place_of_a_damaged_library(library: Library, home: Home) -> None:
    queue(library, 4)
    made = backup.make(home, "batch")
    broken = backup.make(home, "batch")
    broken.path.write_bytes(broken.path.read_bytes()[:9000])
    library.close()
    before = damage(home)
    done = restore(home)
    assert done.backup == made
    assert done.kept is not None
    assert done.kept.read_bytes() == before
    assert done.kept.name.startswith("library.damaged-")
    assert "damaged file is kept" in str(done)
    library = reopened(home)
    assert list(states(library).values()) == ["queued"] * 4
    library.close()
    assert check.whole(home.database) == ()
    assert made.path.exists()


def test_pictures_made_since_the_backup_come_back_and_do_not_run_twice(library: Library, home: Home) -> None:
    early = queue(library, 2)
    work(library)  # two pictures the backup knows,
    queue(library, 3, first_seed=10)
    made = backup.make(home, "asked")
    work(library)  # three it has waiting,
    later = queue(library, 2, first_seed=20)
    work(library)  # and two it has never heard of
    library.close()
    damage(home)
    done = restore(home, made)
    assert (done.rebuilt.added, done.rebuilt.done, done.rebuilt.known) == (5, 3, 2)
    library = reopened(home)
    assert set(states(library).values()) == {"done"}
    assert work(library).rendered == []
    with library.read() as session:
        seeds = [row.seed for row in gallery.rows(session)]
    assert sorted(seeds) == [0, 1, 10, 11, 12, 20, 21]
    assert queue(library, 1)[0] > max(later)
    assert {row.id for row in lines(library)} >= set(early)
    library.close()


def test_what_ran_when_the_backup_was_made_waits_without_an_attempt(library: Library, home: Home) -> None:
    ids = queue(library, 2)
    with library.write() as session:
        session.execute(update(Job).where(Job.id == ids[0]).values(state="running", attempts=1))
    backup.make(home, "daily")
    library.close()
    damage(home)
    restore(home)
    library = reopened(home)
    assert [(row.state, row.attempts) for row in lines(library)] == [("queued", 1), ("queued", 0)]
    assert len(work(library).rendered) == 2
    assert set(states(library).values()) == {"done"}
    library.close()


def test_a_picture_whose_row_was_lost_in_the_middle_of_a_batch_is_not_swept_away(
    library: Library, home: Home
) -> None:
    """The worker removes pictures of running jobs that no row knows: the row must be there first."""
    ids = queue(library, 1)
    with library.read() as session:
        name = jobs.get(session, ids[0]).name  # type: ignore[union-attr]
    with library.write() as session:
        session.execute(update(Job).values(state="running", started_at=lines(library)[0].created_at))
    backup.make(home, "daily")
    with library.write() as session:
        jobs.release(session)
    work(library)
    library.close()
    damage(home)
    restore(home)
    library = reopened(home)
    work(library)
    assert (home.pictures / f"{name}.png").exists()
    assert states(library) == {ids[0]: "done"}
    library.close()


def test_the_log_of_the_damaged_file_never_reaches_the_restored_one(home: Home) -> None:
    library = open_library(home)
    queue(library, 1)
    backup.make(home, "asked")
    library.close()
    program = (
        "import os, sys; from pathlib import Path\n"
        "from core.library import open_library; from core.library.tables import Setting\n"
        "from core.paths import Home\n"
        "library = open_library(Home(Path(sys.argv[1])))\n"
        "with library.write() as session: session.add(Setting(key='later', value='b'))\n"
        "os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", program, str(home.root)], check=False)
    assert home.database.with_name("library.db-wal").stat().st_size > 0
    home.database.write_bytes(b"not a database any more" * 500)
    done = restore(home)
    assert done.kept is not None
    library = reopened(home)
    with library.read() as session:
        assert session.get(Setting, "later") is None
    assert list(states(library).values()) == ["queued"]
    library.close()
    assert check.whole(home.database) == ()


def test_a_whole_library_is_backed_up_before_another_takes_its_place(library: Library, home: Home) -> None:
    then = backup.make(home, "asked")
    queue(library, 2)
    library.close()
    done = restore(home, then)
    assert done.kept is None
    library = reopened(home)
    assert states(library) == {}
    library.close()
    undo = next(each for each in backup.listed(home) if each.reason == "restore")
    restore(home, undo)
    library = reopened(home)
    assert len(states(library)) == 2
    library.close()


# Consent


def person(library: Library, home: Home, consent: str) -> int:
    with library.write() as session:
        ada = subjects.create(session, "person", "Ada", "woman")
        subjects.set_consent(session, ada, consent)
    return ada


def consent(home: Home) -> str:
    with closing(sqlite3.connect(home.database)) as raw:
        return str(raw.execute("SELECT consent FROM subjects WHERE name = 'Ada'").fetchone()[0])


@pytest.mark.parametrize(
    ("then", "since", "now"),
    [
        ("granted", "withdrawn", "withdrawn"),
        ("granted", "denied", "denied"),
        ("granted", "granted", "granted"),
        ("unknown", "granted", "unknown"),
        ("denied", "granted", "denied"),
    ],
)
def test_no_backup_brings_a_consent_back(
    library: Library, home: Home, then: str, since: str, now: str
) -> None:
    ada = person(library, home, then)
    made = backup.make(home, "asked")
    with library.write() as session:
        subjects.set_consent(session, ada, since)
    library.close()
    done = restore(home, made)
    assert (consent(home), done.asked) == (now, ())


def test_no_backup_brings_back_a_consent_without_its_end_nor_what_could_be_undone(
    library: Library, home: Home
) -> None:
    ada = person(library, home, "granted")
    with library.write() as session:
        subjects.rename(session, ada, "Ada Lovelace")
    made = backup.make(home, "asked")
    with library.write() as session:
        subjects.set_consent(session, ada, "granted", until=datetime(2099, 5, 6))
    library.close()
    restore(home, made)
    with closing(open_library(home)) as restored, restored.write() as session:
        assert subjects.card(session, ada).consent_until == datetime(2099, 5, 6)
        assert people_undo.undo(session) is None


def test_consent_that_nobody_knows_any_more_is_asked_again(library: Library, home: Home) -> None:
    person(library, home, "granted")
    backup.make(home, "asked")
    library.close()
    home.database.write_bytes(b"nothing can be read of this" * 500)
    done = restore(home)
    assert (consent(home), done.asked) == ("unknown", ("Ada",))
    assert "Ask again for the consent of Ada" in str(done)
    library = reopened(home)
    with library.read() as session:
        assert "consent" in (jobs.paused(session) or "")
    library.close()


# What cannot be


def untouched(home: Home, call: Callable[[], object], match: str) -> None:
    before = home.database.read_bytes()
    with pytest.raises(KnownError, match=match):
        call()
    assert home.database.read_bytes() == before
    assert not list(home.root.glob("library.damaged-*"))


def test_without_a_whole_backup_nothing_is_changed(library: Library, home: Home) -> None:
    library.close()
    untouched(home, lambda: restore(home), "no whole backup")


def test_a_damaged_backup_is_refused(library: Library, home: Home) -> None:
    made = backup.make(home, "asked")
    library.close()
    made.path.write_bytes(made.path.read_bytes()[:5000])
    untouched(home, lambda: restore(home, made), "damaged itself")


def test_a_newer_backup_is_refused(library: Library, home: Home) -> None:
    made = backup.make(home, "asked")
    library.close()
    with closing(sqlite3.connect(made.path)) as raw, raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
    untouched(home, lambda: restore(home, made), "newer Likeness")


def test_an_older_backup_is_brought_up_to_date(
    library: Library, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = backup.make(home, "asked")
    library.close()
    brought: list[Path] = []
    monkeypatch.setattr(migrate, "bring_up_to_date", lambda home: brought.append(home.database))
    restore(home, made)
    assert brought == [home.database]


def test_nothing_is_restored_beside_a_worker(library: Library, home: Home) -> None:
    backup.make(home, "asked")
    library.close()
    with FileLock(home.root / "runner.lock"):
        untouched(home, lambda: restore(home), "Close it first")


def test_a_full_disk_leaves_the_library(
    library: Library, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup.make(home, "asked")
    library.close()
    damage(home)

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    before = home.database.read_bytes()
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(KnownError, match="The library is as it was"):
        restore(home)
    assert home.database.read_bytes() == before
    assert not list(home.root.glob(".*.part"))


KILLED = """
import os, signal, sys
from pathlib import Path
from core.library import restore
from core.paths import Home

die = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
match sys.argv[2]:
    case "nothing copied": restore.shutil.copyfile = die
    case "copied": restore._keep_consents = die
    case "set aside":
        real = restore._set_aside
        restore._set_aside = lambda database: (real(database), die())
    case "on the disk": Path.replace = die
    case "in its place": restore._settle = die
restore.restore(Home(Path(sys.argv[1])))
"""


@pytest.mark.skipif(os.name == "nt", reason="kill -9")
@pytest.mark.parametrize("point", ["nothing copied", "copied", "set aside", "on the disk", "in its place"])
def test_a_killed_restore_leaves_the_old_file_or_the_new_one(
    library: Library, home: Home, point: str
) -> None:
    queue(library, 3)
    backup.make(home, "asked")
    library.close()
    before = damage(home)
    done = subprocess.run([sys.executable, "-c", KILLED, str(home.root), point], check=False)
    assert done.returncode == -9
    if point == "in its place":
        assert check.whole(home.database) == ()
    else:
        assert home.database.read_bytes() == before
        restore(home)
    library = reopened(home)
    assert list(states(library).values()) == ["queued"] * 3
    library.close()
    assert any(file.read_bytes() == before for file in home.root.glob("library.damaged-*.db"))


# What is there


def test_an_inventory_names_what_is_missing_on_either_side(
    library: Library, home: Home, add_person: Callable[..., int]
) -> None:
    add_person("Ada", faces=0, references=1)
    queue(library, 3)
    work(library)
    backup.make(home, "asked")
    assert inventory.take(home).whole
    with library.read() as session:
        newest, older, oldest = gallery.rows(session)
        crop = subjects.references(session, 1)[0].crop
    shutil.copy(older.path, home.pictures / "copy.png")
    Image.new("RGB", (8, 8)).save(home.pictures / "holiday.png")
    assert inventory.take(home).whole
    Path(newest.path).unlink()
    Path(oldest.path).rename(home.pictures / "renamed.png")
    home.reference(crop).unlink()
    found = inventory.take(home)
    assert not found.whole
    assert found.pictures_gone == (oldest.path, newest.path)
    assert found.pictures_unknown == (str(home.pictures / "renamed.png"),)
    assert found.crops_gone == (crop,)
    assert (found.faults, found.schema) == ((), migrate.HEAD)
    assert any("on request" in each.what and not each.faults for each in found.backups)
    Path(newest.path).write_bytes(b"back again")
    assert inventory.forget(library, found.pictures_gone) == 1
    with library.read() as session:
        assert {row.path for row in gallery.rows(session)} == {newest.path, older.path}


def test_an_inventory_of_a_damaged_library_lists_its_backups(library: Library, home: Home) -> None:
    queue(library, 1)
    made = backup.make(home, "asked")
    library.close()
    damage(home)
    found = inventory.take(home)
    assert found.faults
    assert [each.name for each in found.backups] == [made.path.stem]


def test_an_inventory_of_nothing_says_so(home: Home) -> None:
    with pytest.raises(KnownError, match="no library"):
        inventory.take(home)
