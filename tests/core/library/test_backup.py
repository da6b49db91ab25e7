"""Backups: whole, private, few, and in nobody's way."""

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import threading
from collections import namedtuple
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from library_makers import content_bytes, embedding
from sqlalchemy import select, text

from core.errors import KnownError
from core.library import Library, backup, check, open_library, subjects
from core.library.tables import Setting
from core.paths import Home


def values(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as raw:
        return [key for (key,) in raw.execute("SELECT key FROM settings ORDER BY key")]


def put(library: Library, key: str) -> None:
    with library.write() as session:
        session.add(Setting(key=key, value="x"))


def age(made: backup.Backup, by: timedelta) -> None:
    """As if the backup had been made earlier."""
    then = made.made - by
    made.path.rename(made.path.with_name(f"library-{then:%Y%m%d-%H%M%S-%f}-{made.reason}.db"))


def test_a_backup_holds_what_was_committed_even_in_the_log(library: Library, home: Home) -> None:
    put(library, "in the log")
    assert home.database.with_name("library.db-wal").stat().st_size > 0
    made = backup.make(home, "asked")
    assert values(made.path) == ["in the log"]
    assert check.whole(made.path) == ()
    assert check.revision(made.path) == check.revision(home.database)
    assert [file.name for file in home.backups.iterdir()] == [made.path.name]
    assert backup.listed(home) == [made]


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_only_the_owner_reads_backups(library: Library, home: Home) -> None:
    made = backup.make(home, "batch")
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(home.backups.stat().st_mode) == 0o700
    assert all(stat.S_IMODE(file.stat().st_mode) & 0o077 == 0 for file in home.root.rglob("*"))


def test_a_backup_is_one_moment_while_others_write(library: Library, home: Home) -> None:
    """Two rows are written together, always: no backup may hold one of them."""
    stopping = threading.Event()

    def write() -> None:
        for number in range(1000):
            if stopping.is_set():
                return
            with library.write() as session:
                session.add_all([Setting(key=f"a{number}", value="x"), Setting(key=f"b{number}", value="x")])

    writer = threading.Thread(target=write)
    writer.start()
    try:
        found = [values(backup.make(home, "batch").path) for _ in range(5)]
    finally:
        stopping.set()
        writer.join()
    for keys in found:
        assert {key[1:] for key in keys if key[0] == "a"} == {key[1:] for key in keys if key[0] == "b"}
    assert len(found[-1]) > len(found[0])


def test_the_oldest_of_a_kind_go_and_no_other(library: Library, home: Home) -> None:
    asked = backup.make(home, "asked")
    made = [backup.make(home, "batch") for _ in range(backup.KEPT["batch"] + 2)]
    assert backup.listed(home) == [*reversed(made[2:]), asked]


def test_the_first_batch_of_a_day_makes_the_daily_one(library: Library, home: Home) -> None:
    first = backup.before_batch(home)
    assert (first.reason, backup.before_batch(home).reason) == ("daily", "batch")
    age(first, timedelta(hours=25))
    assert backup.before_batch(home).reason == "daily"
    age(backup.make(home, "daily"), timedelta(days=-3))  # made while the clock was wrong
    assert backup.daily_is_due(home)


def test_a_full_disk_is_told_and_leaves_nothing(
    library: Library, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = backup.make(home, "asked")
    usage = namedtuple("usage", "total used free")
    with monkeypatch.context() as patched:
        patched.setattr(shutil, "disk_usage", lambda folder: usage(1, 1, 5_000_000))
        with pytest.raises(KnownError, match="5 MB left"):
            backup.make(home, "asked")

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(KnownError, match="No space left"):
        backup.make(home, "asked")
    assert list(home.backups.iterdir()) == [kept.path]


def test_a_damaged_library_makes_no_backup(home: Home) -> None:
    library = open_library(home)
    with library.write() as session:
        session.add_all(Setting(key=f"{n}", value="x" * 500) for n in range(200))
    good = backup.make(home, "batch")
    library.close()
    data = bytearray(home.database.read_bytes())
    data[-40960:] = b"\xa5" * 40960
    home.database.write_bytes(data)
    for reason in ("batch", "asked"):
        with pytest.raises(check.DamagedLibrary, match="likeness library restore"):
            backup.make(home, reason)  # type: ignore[arg-type]
    assert backup.listed(home) == [good]
    assert list(home.backups.iterdir()) == [good.path]


def test_a_whole_library_is_never_called_damaged(library: Library, home: Home) -> None:
    """SQLite calls a page damaged that the disk failed to read just now."""
    told = backup.damaged(home, ("Page 12: unable to get the page",))
    assert not isinstance(told, check.DamagedLibrary)
    assert "disk failed" in str(told)
    assert check._remembered(home) != check.DISTRUSTED


def test_a_lost_index_entry_is_found_by_the_daily_backup(library: Library, home: Home) -> None:
    """A copy would have a new index: the old one is what the program works with."""
    with library.write() as session:
        session.execute(text("PRAGMA writable_schema=ON"))
        session.add_all(Setting(key=f"{n}", value="x") for n in range(5))
        session.flush()
        session.execute(text("DELETE FROM sqlite_master WHERE name = 'ix_faces_photo_id'"))
    library.close()
    with closing(sqlite3.connect(home.database)) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchall() != [("ok",)]
    with pytest.raises(check.DamagedLibrary):
        backup.make(home, "daily")


def test_dangling_rows_are_no_backup(library: Library, home: Home) -> None:
    with closing(sqlite3.connect(home.database)) as raw, raw:
        raw.execute("INSERT INTO job_subjects VALUES (7, 7)")
    with pytest.raises(check.DamagedLibrary, match="row 1 of job_subjects has lost its row"):
        backup.make(home, "batch")


def test_what_a_killed_backup_left_goes_with_the_next(library: Library, home: Home) -> None:
    home.backups.mkdir()
    (home.backups / ".abc.part").write_bytes(backup.SQLITE + b"half a library")
    (home.backups / ".abc.part-journal").write_bytes(b"half a log")
    (home.backups / "notes.txt").write_text("mine")
    made = backup.make(home, "batch")
    assert {file.name for file in home.backups.iterdir()} == {made.path.name, "notes.txt"}


def test_an_unknown_backup_is_told_with_those_there_are(library: Library, home: Home) -> None:
    made = backup.make(home, "asked")
    assert backup.find(home, made.path.stem) == backup.find(home, str(made.path)) == made
    with pytest.raises(KnownError, match=made.path.stem):
        backup.find(home, "yesterday")


# Deleting somebody


def traces(home: Home, *needles: bytes) -> list[str]:
    """The files that hold one of `needles`, or any 24 bytes from within one."""
    pieces = [needle[at : at + 24] for needle in needles for at in range(0, len(needle) - 24, 24)]
    files = [(file, file.read_bytes()) for file in home.root.rglob("*") if file.is_file()]
    return sorted(file.name for file, data in files if any(piece in data for piece in pieces))


def secrets(name: str) -> list[bytes]:
    crops = [content_bytes(f"{kind} {name}{n}") for kind in ("crop", "mask") for n in range(2)]
    return [embedding(f"{name}{n}") for n in range(20)] + crops


def test_not_a_byte_of_a_deleted_person_stays_in_any_copy(
    library: Library, home: Home, add_person: Callable[..., int]
) -> None:
    ada = add_person("Ada", faces=20, references=2)
    add_person("Ben", faces=3)
    for reason in ("batch", "daily", "asked", "batch"):
        backup.make(home, reason)  # type: ignore[arg-type]
    killed = home.backups / ".q1w2e3r4.part"
    aside = home.root / "library.damaged-20260101-000000-000000.db"
    unfinished = home.root / "library.new-wal"
    restored = home.root / ".restored1.part"
    for copy in (killed, aside, aside.with_name(f"{aside.name}-wal"), unfinished, restored):
        shutil.copy(backup.listed(home)[0].path, copy)
    assert len(traces(home, embedding("Ada7"))) >= 9

    receipt = subjects.delete(library, ada)

    assert traces(home, *secrets("Ada")) == []
    assert (receipt.backups, receipt.backed_up, receipt.left) == (9, True, ())
    assert "9 older backups of the library were deleted with all they held; a new one was made" in str(
        receipt
    )
    (fresh,) = backup.listed(home)
    assert fresh.reason == "deletion"
    assert fresh.path.name in traces(home, embedding("Ben1"))
    assert not any(file.exists() for file in (killed, aside, unfinished, restored))


def test_a_deletion_without_backups_makes_none(library: Library, add_person: Callable[..., int]) -> None:
    receipt = subjects.delete(library, add_person("Ada"))
    assert (receipt.backups, receipt.backed_up, backup.listed(library.home)) == (0, False, [])
    assert "backup" not in str(receipt)


def test_a_deletion_on_a_full_disk_still_deletes_the_copies(
    library: Library, home: Home, add_person: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = add_person("Ada", faces=20, references=2)
    backup.make(home, "batch")
    monkeypatch.setattr(backup, "SPARE_BYTES", 10**18)
    receipt = subjects.delete(library, ada)
    assert (receipt.backups, receipt.backed_up) == (1, False)
    assert "could not be made yet" in str(receipt)
    assert traces(home, *secrets("Ada")) == []


def test_a_copy_that_cannot_be_deleted_is_named(
    library: Library, home: Home, add_person: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = add_person("Ada", references=0)
    made = backup.make(home, "batch")
    real = Path.unlink

    def locked(path: Path, missing_ok: bool = False) -> None:
        if path == made.path:
            raise PermissionError(13, "in use", str(path))
        real(path, missing_ok)

    monkeypatch.setattr(Path, "unlink", locked)
    receipt = subjects.delete(library, ada)
    assert receipt.left == (str(made.path),)
    assert made.path.name in str(receipt)


def test_no_backup_begins_while_somebody_is_deleted(
    library: Library, home: Home, add_person: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that began before the commit would hold the person and be kept."""
    ada = add_person("Ada", faces=20, references=2)
    backup.make(home, "batch")
    real, others = backup.copies, []

    def slowly(of: Home) -> list[Path]:
        others.append(threading.Thread(target=backup.make, args=(home, "asked")))
        others[0].start()
        others[0].join(0.3)
        assert others[0].is_alive()
        return real(of)

    monkeypatch.setattr(backup, "copies", slowly)
    subjects.delete(library, ada)
    others[0].join()
    assert len(backup.listed(home)) == 2
    assert traces(home, *secrets("Ada")) == []


KILLED = """
import os, signal, sys
from pathlib import Path
from core.library import backup, check
from core.paths import Home

die = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
match sys.argv[2]:
    case "copied": check.whole = die
    case "looked through": os.fsync = die
    case "on the disk": Path.replace = die
    case "in its place": backup._prune = die
backup.make(Home(Path(sys.argv[1])), "batch")
"""


@pytest.mark.skipif(os.name == "nt", reason="kill -9")
@pytest.mark.parametrize("point", ["copied", "looked through", "on the disk", "in its place"])
def test_a_killed_backup_is_none_or_a_whole_one(library: Library, home: Home, point: str) -> None:
    put(library, "a")
    first = backup.make(home, "batch")
    done = subprocess.run([sys.executable, "-c", KILLED, str(home.root), point], check=False)
    assert done.returncode == -9
    there = backup.listed(home)
    assert len(there) == (2 if point == "in its place" else 1)
    assert all(check.whole(each.path) == () for each in there)
    assert first in there
    second = backup.make(home, "batch")  # nobody holds the lock any more
    assert {file.name for file in home.backups.iterdir()} == {each.path.name for each in [*there, second]}
    with library.read() as session:
        assert list(session.scalars(select(Setting.key))) == ["a"]


def test_the_newest_whole_backup_is_the_one_to_restore(library: Library, home: Home) -> None:
    older = backup.make(home, "asked")
    newer = backup.make(home, "asked")
    assert backup.newest_whole(home) == newer
    newer.path.write_bytes(newer.path.read_bytes()[:5000])
    assert backup.faults(newer)
    assert backup.newest_whole(home) == older
    assert datetime.now(UTC) - older.made < timedelta(minutes=1)
