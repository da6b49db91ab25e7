"""Opening the file, reading, writing, and every way a file can be wrong."""

import multiprocessing
import sqlite3
import stat
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select, text

from core.errors import KnownError
from core.library import Library, backup, open_library, photos
from core.library.restore import restore
from core.library.tables import Setting
from core.paths import Home


def put(library: Library, key: str, value: str = "x") -> None:
    with library.write() as session:
        session.add(Setting(key=key, value=value))


def keys(library: Library) -> list[str]:
    with library.read() as session:
        return list(session.scalars(select(Setting.key).order_by(Setting.key)))


def use(home: Home) -> None:
    with closing(open_library(home)) as library:
        keys(library)


def test_what_was_written_is_there_after_closing(home: Home) -> None:
    first = open_library(home)
    put(first, "a")
    first.close()
    again = open_library(home)
    assert keys(again) == ["a"]
    again.close()


def test_the_file_keeps_its_promises(library: Library) -> None:
    with library.read() as session:
        values = {
            name: session.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "foreign_keys", "synchronous", "busy_timeout", "secure_delete")
        }
    assert values == {
        "journal_mode": "wal",
        "foreign_keys": 1,
        "synchronous": 2,
        "busy_timeout": 5000,
        "secure_delete": 1,
    }


def test_an_exception_leaves_everything_as_it_was(library: Library) -> None:
    def fail() -> None:
        with library.write() as session:
            session.add(Setting(key="a", value="b"))
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert keys(library) == []


def test_a_reader_cannot_write(library: Library) -> None:
    with pytest.raises(KnownError, match="may not be written"), library.read() as session:
        session.execute(insert(Setting).values(key="a", value="b"))
    put(library, "b")
    assert keys(library) == ["b"]


def test_a_reader_sees_one_moment(library: Library) -> None:
    with library.read() as session:
        assert session.scalar(select(func.count()).select_from(Setting)) == 0
        put(library, "a")
        assert session.scalar(select(func.count()).select_from(Setting)) == 0


def test_writers_wait_for_each_other(library: Library) -> None:
    def count_up(times: int = 25) -> None:
        for _ in range(times):
            with library.write() as session:
                row = session.get(Setting, "n") or Setting(key="n", value="0")
                row.value = str(int(row.value) + 1)
                session.add(row)

    threads = [threading.Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with library.read() as session:
        assert session.get(Setting, "n").value == "100"  # type: ignore[union-attr]


def test_foreign_keys_hold(library: Library) -> None:
    from sqlalchemy.exc import IntegrityError

    with pytest.raises(IntegrityError), library.write() as session:
        session.execute(text("INSERT INTO job_subjects VALUES (1, 1)"))


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_only_the_owner_reads_the_home(library: Library) -> None:
    put(library, "a")
    for path in [library.home.root, *library.home.root.rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_a_file_of_something_else_is_kept(home: Home) -> None:
    home.create()
    home.database.write_bytes(b"my diary, not a database" * 200)
    with pytest.raises(KnownError, match="not a Likeness library"):
        open_library(home)
    assert home.database.read_bytes() == b"my diary, not a database" * 200


def test_a_database_of_another_program_is_kept(home: Home) -> None:
    home.create()
    with closing(sqlite3.connect(home.database)) as other:
        other.execute("CREATE TABLE bookmarks (url)")
    before = home.database.read_bytes()
    with pytest.raises(KnownError, match="another program"):
        open_library(home)
    assert home.database.read_bytes() == before


@pytest.mark.parametrize("keep", [1, 99, 100, 511, 4096, 5000])
def test_a_cut_file_is_told_and_kept(home: Home, keep: int) -> None:
    whole = open_library(home)
    put(whole, "a")
    whole.close()
    cut = home.database.read_bytes()[:keep]
    home.database.write_bytes(cut)
    with pytest.raises(KnownError, match=r"library|another program"):
        use(home)
    assert home.database.read_bytes()[:keep] == cut


def test_damage_found_while_reading_is_told(home: Home) -> None:
    library = open_library(home)
    with library.write() as session:
        session.add_all(Setting(key=f"{n}", value="x" * 500) for n in range(200))
    library.close()
    data = bytearray(home.database.read_bytes())
    data[-40960:] = b"\xa5" * 40960
    home.database.write_bytes(data)
    with pytest.raises(KnownError, match="damaged"), library.read() as session:
        list(session.scalars(select(Setting.value)))
    library.close()


def test_a_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")
    with pytest.raises(KnownError, match="cannot be used"):
        open_library(Home(tmp_path / "home"))


def test_a_full_disk_keeps_the_old_state(library: Library) -> None:
    put(library, "a")
    with library.write() as session:
        pages = session.scalar(text("PRAGMA page_count"))

    def fill() -> None:
        with library.write() as session:
            # SQLite's own limit gives the same error as a full disk.
            session.execute(text(f"PRAGMA max_page_count={pages}"))
            session.add_all(Setting(key=f"k{n}", value="x" * 5000) for n in range(100))

    with pytest.raises(KnownError, match="disk is full"):
        fill()
    assert keys(library) == ["a"]


def test_a_locked_library_is_told(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.library.db.BUSY_MS", 50)
    library = open_library(home)
    with closing(sqlite3.connect(home.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(KnownError, match="Another program"):
            put(library, "a")
        other.execute("ROLLBACK")
    put(library, "b")
    assert keys(library) == ["b"]
    library.close()


def _open_and_write(root: str, number: int) -> None:
    library = open_library(Home(Path(root)))
    put(library, str(number))
    library.close()


def test_processes_may_make_the_library_at_the_same_moment(home: Home) -> None:
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_open_and_write, args=(str(home.root), n)) for n in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0, 0]
    library = open_library(home)
    assert keys(library) == ["0", "1", "2"]
    with library.read() as session:
        assert photos.count(session) == 0
    library.close()


def test_a_library_that_could_not_be_opened_does_not_count_as_open(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or nobody could restore it, and it would be said that another program works on it."""
    open_library(home).close()

    def fail(self: Library) -> None:
        raise KnownError("The disk cannot be read.")

    with monkeypatch.context() as patch:
        patch.setattr(Library, "finish_wiping", fail)
        with pytest.raises(KnownError, match="cannot be read"):
            open_library(home)
    made = backup.make(home, "asked")
    assert restore(home, made).backup == made
