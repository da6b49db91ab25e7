"""`likeness library …`, as a user types it."""

import json
import shutil
from pathlib import Path

import pytest
from msgspec import structs
from typer.testing import CliRunner

from core.cli.app import app
from core.engine.fake import FakeEngine
from core.library import backup, gallery, jobs, migrate, open_library, subjects
from core.runner import Runner
from core.spec import Reference, RenderSpec, SubjectSpec


@pytest.fixture
def likeness(home):
    """Runs one command; `fails`: the exit code expected. Returns what it printed."""

    def run(*arguments: str, fails: int = 0) -> str:
        result = CliRunner().invoke(app, ["--home", str(home.root), *map(str, arguments)])
        assert result.exit_code == fails, f"{result.output}\n{result.exception!r}"
        assert "Traceback" not in result.output
        return result.output

    return run


def enqueue(library):
    """Three pictures of a guitar."""
    with library.write() as session:
        guitar = subjects.create(session, "object", "Guitar", "guitar")
        uid = subjects.card(session, guitar).uid
        subject = SubjectSpec(uid, "Guitar", "object", "guitar", (Reference("a" * 64),), ((2, 8),))
        spec = RenderSpec("a guitar", "mini", 64, 64, 0, 3, 3.0, subjects=(subject,))
        jobs.enqueue(session, [structs.replace(spec, seed=seed) for seed in range(3)])


@pytest.fixture
def pictures(home) -> list[Path]:
    """Three pictures of a library, the oldest first; the worker made a backup before."""
    library = open_library(home)
    enqueue(library)
    Runner(library, FakeEngine, lambda event: None, home.pictures).run_until_idle()
    with library.read() as session:
        made = [Path(row.path) for row in gallery.rows(session)]
    library.close()
    return made[::-1]


def damage(home) -> None:
    data = bytearray(home.database.read_bytes())
    data[8192:-4096] = b"\xa5" * len(data[8192:-4096])
    home.database.write_bytes(data)


def test_check_of_a_whole_library(likeness, home, pictures):
    said = likeness("library", "check")
    assert "The library is whole." in said
    assert "Backups: 1" in said
    assert "(daily)" in said
    found = json.loads(likeness("library", "check", "--json"))
    assert (found["schema"], found["faults"], len(found["backups"])) == (migrate.HEAD, [], 1)
    assert (
        "no library" in CliRunner().invoke(app, ["--home", str(home.root / "x"), "library", "check"]).output
    )


def test_check_names_what_is_missing_and_forgets_only_when_told(likeness, home, pictures):
    pictures[0].unlink()
    pictures[1].rename(home.pictures / "renamed.png")
    said = likeness("library", "check", fails=1)
    assert "Pictures whose file is gone: 2" in said
    assert str(pictures[0]) in said
    assert "Pictures the library does not know: 1" in said
    assert "--forget-missing" in said
    assert likeness("library", "check", fails=1) == said
    rebuilt = json.loads(likeness("library", "rebuild", "--json"))
    assert (rebuilt["moved"], rebuilt["known"], rebuilt["added"]) == (1, 1, 0)
    assert "1 pictures whose file is gone were taken off" in likeness("library", "check", "--forget-missing")
    assert "The library is whole." in likeness("library", "check")
    assert len(json.loads(likeness("pictures", "--json"))) == 2


def test_backup_damage_restore(likeness, home, pictures):
    made = json.loads(likeness("library", "backup", "--json"))
    assert Path(made["path"]).exists()
    damage(home)
    said = likeness("pictures", fails=1)
    assert "likeness library restore" in said
    assert "damaged" in likeness("library", "check", fails=1)
    assert "Add --yes" in likeness("library", "restore", fails=1)
    assert not list(home.root.glob("library.damaged-*"))
    assert "0 pictures made since were found" in likeness("library", "restore", "--yes")
    assert len(list(home.root.glob("library.damaged-*.db"))) == 1
    assert len(json.loads(likeness("pictures", "--json"))) == 3
    assert "Damaged libraries kept beside it: 1" in likeness("library", "check")


def test_restore_goes_back_to_the_one_that_was_named(likeness, home, pictures):
    before = backup.listed(home)[0]
    assert before.reason == "daily"
    done = json.loads(likeness("library", "restore", before.path.stem, "--yes", "--json"))
    assert (done["kept"], done["rebuilt"]["done"]) == (None, 3)
    assert {row["state"] for row in json.loads(likeness("queue", "list", "--json"))} == {"done"}
    assert before.path.stem in likeness("library", "restore", "yesterday", "--yes", fails=1)


def test_a_backup_that_cannot_be_made_is_said_while_the_pictures_are_made(likeness, home, monkeypatch):
    monkeypatch.setattr("core.cli.work.make_engine", lambda home: FakeEngine())
    library = open_library(home)
    enqueue(library)
    library.close()
    monkeypatch.setattr(backup, "SPARE_BYTES", 10**18)
    said = likeness("queue", "run")
    assert said.count("Backup: No backup of the library was made") == 1
    assert "3 pictures are ready" in said


def test_any_command_makes_the_days_backup(likeness, home, pictures):
    shutil.rmtree(home.backups)
    likeness("people")
    likeness("people")
    assert [each.reason for each in backup.listed(home)] == ["daily"]


def test_without_a_backup_restore_says_so(likeness, home, pictures):
    shutil.rmtree(home.backups)
    assert "no whole backup" in likeness("library", "restore", "--yes", fails=1)


def test_rebuild_of_a_folder_names_what_it_leaves_out(likeness, home, pictures, tmp_path):
    home.database.unlink()
    (home.pictures / "broken.png").write_bytes(b"no picture")
    said = likeness("library", "rebuild", home.pictures)
    assert "3 pictures were added" in said
    assert "broken.png" in said
    assert "no folder" in likeness("library", "rebuild", tmp_path / "nowhere", fails=1)
