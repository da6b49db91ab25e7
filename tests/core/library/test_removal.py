"""Deleting a person: every byte of every file is looked at."""

import errno
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from library_makers import content_bytes, embedding, photo, sha, store
from sqlalchemy import func, select

from core import settings
from core.errors import KnownError
from core.library import Library, backup, inventory, jobs, open_library, people_undo, photos, subjects
from core.library.depicted import needed
from core.library.removal import NAMED
from core.library.tables import Face, Job, JobSubject, Picture, Reference, Setting
from core.paths import Home
from core.settings import Settings
from core.spec import Reference as Prepared
from core.spec import Region, RenderSpec, SubjectSpec


def traces(home: Home, *needles: bytes) -> list[str]:
    """The files that hold one of `needles`, or any 24 bytes from within one."""
    pieces = [needle[at : at + 24] for needle in needles for at in range(0, len(needle) - 24, 24)]
    found = []
    for file in filter(Path.is_file, home.root.rglob("*")):
        data = file.read_bytes()
        found += [str(file.relative_to(home.root)) for piece in pieces if piece in data]
    return sorted(set(found))


def queue(library: Library, subject: int, state: str, spec: str) -> None:
    with library.write() as session:
        job = Job(state=state, position=1, spec=spec, shape="", attempts=0, created_at=datetime(2026, 1, 1))
        session.add(job)
        session.flush()
        session.add(JobSubject(job_id=job.id, subject_id=subject))


def picture_row(file: Path, uid: str) -> Picture:
    spec = f'{{"subjects":[{{"uid":"{uid}"}}]}}'
    return Picture(path=str(file), sha256=sha(uid), spec=spec, seed=1, width=1, height=1, scores="{}",
                   created_at=datetime(2026, 1, 1))  # fmt: skip


def secrets(name: str) -> list[bytes]:
    crops = [content_bytes(f"{kind} {name}{n}") for kind in ("crop", "mask") for n in range(2)]
    return [embedding(f"{name}{n}") for n in range(40)] + crops


def test_not_a_byte_of_a_deleted_person_stays(
    library: Library, home: Home, add_person: Callable[..., int]
) -> None:
    ada = add_person("Ada", faces=40, references=2)
    ben = add_person("Ben", faces=40, references=2)
    with library.read() as session:
        crop = subjects.references(session, ada)[0].crop
    encoding = home.encodings / f"{crop}-0123.safetensors"
    encoding.write_bytes(content_bytes("encoding of ada"))
    thumbnail = home.thumbnails / f"{photo('/photos/Ada0.jpg').sha256}-96.jpg"
    thumbnail.write_bytes(content_bytes("thumbnail of ada"))
    queue(library, ada, "queued", "the queued prompt of Ada 0123456789 0123456789")
    assert {Path(file).name for file in traces(home, *secrets("Ada"))} >= {f"{crop}.png"}
    assert any("library.db" in file for file in traces(home, embedding("Ada7")))

    receipt = subjects.delete(library, ada)

    queued = b"the queued prompt of Ada 0123456789 0123456789"
    assert traces(home, *secrets("Ada"), content_bytes("encoding of ada"), queued) == []
    assert not encoding.exists()
    assert not thumbnail.exists()
    assert len(set(traces(home, *secrets("Ben")))) >= 4
    assert (receipt.faces, receipt.references, receipt.jobs, receipt.files) == (40, 2, 1, 6)
    assert (receipt.photos_kept, receipt.pictures_kept, receipt.left, receipt.wiped) == (40, 0, (), True)
    with library.read() as session:
        assert [card.id for card in subjects.cards(session)] == [ben]
        assert photos.count(session) == 80


def test_bytes_are_gone_after_the_library_was_reopened_and_used(
    library: Library, home: Home, add_person: Callable[..., int]
) -> None:
    ada = add_person("Ada", faces=5)
    library.close()  # everything moves from the log into the file
    subjects.delete(library, ada)
    library.close()
    assert traces(home, *secrets("Ada")) == []


def test_files_that_another_still_uses_stay(
    library: Library, home: Home, add_person: Callable[..., int]
) -> None:
    ada, ben = add_person("Ada"), add_person("Ben")
    shared = Prepared(crop=store(home, "shared crop"), mask=store(home, "shared mask"))
    with library.write() as session:
        for subject in (ada, ben):
            subjects.add_reference(session, subject, shared, None, None)
    subjects.delete(library, ada)
    assert home.reference(shared.crop).exists()
    assert shared.mask
    assert home.reference(shared.mask).exists()
    with library.read() as session:
        assert len(subjects.references(session, ben)) == 2


def test_finished_pictures_stay_and_are_counted(library: Library, add_person: Callable[..., int]) -> None:
    ada = add_person("Ada")
    queue(library, ada, "done", "{}")
    queue(library, ada, "running", "{}")
    queue(library, ada, "failed", "{}")
    with library.write() as session:
        uid = subjects.card(session, ada).uid
        session.add(picture_row(Path("/a.png"), uid))
    receipt = subjects.delete(library, ada)
    assert (receipt.jobs, receipt.pictures, receipt.pictures_kept) == (3, 0, 1)
    assert "Kept: 2 photos and 1 finished pictures, whose own metadata names them." in str(receipt)
    with library.read() as session:
        assert session.scalar(select(func.count()).select_from(Picture)) == 1
        assert list(session.scalars(select(Job.state))) == []
        assert session.scalar(select(func.count()).select_from(Face)) == 0
        assert session.scalar(select(func.count()).select_from(Reference)) == 0


def test_weight_maps_beside_the_pictures_go(
    library: Library, home: Home, add_person: Callable[..., int]
) -> None:
    ada, ben = add_person("Ada", faces=0), add_person("Ben", faces=0)
    home.pictures.mkdir(parents=True, exist_ok=True)
    with library.write() as session:
        for name, who in (("ada", ada), ("ben", ben)):
            uid = subjects.card(session, who).uid
            file = home.pictures / f"{name}.png"
            for each in (file, file.with_suffix(".relevance.png")):
                each.write_bytes(b"a picture")
            session.add(picture_row(file, uid))
    assert subjects.stored(library, ada)["weight_maps"] == [str(home.pictures / "ada.relevance.png")]
    assert subjects.delete(library, ada).files == 3  # with a crop and its mask
    left = sorted(file.name for file in home.pictures.iterdir())
    assert left == ["ada.png", "ben.png", "ben.relevance.png"]


def test_a_reader_of_old_pages_is_told(
    library: Library, add_person: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.library.db.BUSY_MS", 50)
    ada = add_person("Ada")
    with closing(sqlite3.connect(library.home.database, isolation_level=None)) as other:
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM faces").fetchone()
        receipt = subjects.delete(library, ada)
    assert not receipt.wiped
    assert "could not be wiped yet" in str(receipt)
    assert library.vacuum()


def test_a_power_cut_while_files_go_keeps_the_person_listed(
    library: Library, home: Home, add_person: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = add_person("Ada", faces=2, references=2)
    real, gone = Path.unlink, []

    def cut(path: Path, missing_ok: bool = False) -> None:
        if gone:
            raise KeyboardInterrupt
        gone.append(path)
        real(path, missing_ok)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", cut)
        with pytest.raises(KeyboardInterrupt):
            subjects.delete(library, ada)
    with library.read() as session:
        assert subjects.card(session, ada).faces == 2
    assert subjects.delete(library, ada).files == 3
    assert traces(home, *secrets("Ada")) == []


def test_a_file_that_cannot_be_deleted_is_named(
    library: Library, add_person: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = add_person("Ada", references=1)

    def locked(path: Path, missing_ok: bool = False) -> None:
        raise PermissionError(13, "in use", str(path))

    monkeypatch.setattr(Path, "unlink", locked)
    receipt = subjects.delete(library, ada)
    assert (receipt.files, len(receipt.left)) == (0, 2)
    assert "could not be deleted" in str(receipt)


def test_deleting_nobody_changes_nothing(library: Library, add_person: Callable[..., int]) -> None:
    add_person("Ada")
    with pytest.raises(KnownError, match="no longer in the library"):
        subjects.delete(library, 99)
    with library.read() as session:
        assert len(subjects.cards(session)) == 1


KILLED = """
import os, signal, sys
from pathlib import Path
from core.library import backup, leftovers, open_library, removal, subjects
from core.library.db import Library
from core.paths import Home

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

point = sys.argv[2]
if point == "rows gone, files there":
    leftovers.of = die
if point == "some files gone":
    unlink = Path.unlink
    gone = []
    Path.unlink = lambda path, missing_ok=False: gone.append(unlink(path, True)) if len(gone) < 3 else die()
if point == "files gone, copies there":
    backup.copies = die
if point == "all but committed":
    Library.owe_wiping = die
if point == "committed, not wiped":
    Library.wipe = die
if point == "wiped, no new backup":
    backup.make = die
subjects.delete(open_library(Home(Path(sys.argv[1]))), 1)
"""
STILL_LISTED = ("rows gone, files there", "some files gone", "files gone, copies there", "all but committed")
GONE = ("committed, not wiped", "wiped, no new backup")


@pytest.mark.skipif(os.name == "nt", reason="kill -9")
@pytest.mark.parametrize("point", [*STILL_LISTED, *GONE])
def test_killed_at_any_point_they_are_still_listed_or_nothing_of_them_is_left(
    library: Library, home: Home, add_person: Callable[..., int], point: str
) -> None:
    ada = add_person("Ada", faces=20, references=3)
    queue(library, ada, "queued", "{}")
    backup.make(home, "asked")
    library.close()
    killed = subprocess.run([sys.executable, "-c", KILLED, str(home.root), point], timeout=60)
    assert killed.returncode == -signal.SIGKILL
    with closing(open_library(home)) as again:
        with again.read() as session:
            listed = [card.id for card in subjects.cards(session)]
        if point in STILL_LISTED:
            assert listed == [ada]
            assert subjects.delete(again, ada).wiped
        else:
            assert listed == []
            assert traces(home, *secrets("Ada")) == []
    assert traces(home, *secrets("Ada")) == []


class TestAFolderThatCannotBeRead:
    """What lies in it would be taken for gone."""

    @pytest.fixture
    def refuse(self, monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], None]:
        def refuse(folder: Path) -> None:
            scan = os.scandir

            def scandir(path: Any = ".") -> Any:
                if Path(path) == folder:
                    raise PermissionError(errno.EACCES, "Permission denied", str(path))
                return scan(path)

            monkeypatch.setattr(os, "scandir", scandir)

        return refuse

    def test_keeps_the_person_listed(
        self,
        library: Library,
        home: Home,
        add_person: Callable[..., int],
        refuse: Callable[[Path], None],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        ada = add_person("Ada", faces=2, references=2)
        refuse(home.references)
        with pytest.raises(KnownError, match=r"still listed.*references cannot be read: Permission denied"):
            subjects.delete(library, ada)
        monkeypatch.undo()
        assert subjects.delete(library, ada).wiped
        assert traces(home, *secrets("Ada")) == []

    def test_of_somebody_else_beside_the_pictures_is_left_alone(
        self,
        library: Library,
        home: Home,
        add_person: Callable[..., int],
        refuse: Callable[[Path], None],
        tmp_path: Path,
    ) -> None:
        """A whole drive may have been chosen for pictures."""
        drive = tmp_path / "drive"
        (drive / "lost+found").mkdir(parents=True)
        settings.save(home, Settings(output=str(drive)))
        refuse(drive / "lost+found")
        assert subjects.delete(library, add_person("Ada")).wiped


def test_what_a_reader_held_up_is_made_good_at_the_next_start(
    library: Library, home: Home, add_person: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another program looks at an older state meanwhile, and this one is killed after the deletion: old pages
    are still in the log, and go when the library is opened."""
    monkeypatch.setattr("core.library.db.BUSY_MS", 50)
    ada = add_person("Ada", faces=40)
    with closing(sqlite3.connect(home.database, isolation_level=None)) as other:
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM faces").fetchone()
        assert not subjects.delete(library, ada).wiped
        assert traces(home, *secrets("Ada")) != []
        with closing(sqlite3.connect(home.database)) as raw:
            assert raw.execute("SELECT count(*) FROM settings WHERE key = 'unwiped'").fetchone() == (1,)
    with closing(open_library(home)) as again, again.read() as session:
        assert traces(home, *secrets("Ada")) == []
        assert session.get(Setting, "unwiped") is None


def test_region_masks_go_too_and_those_of_others_stay(
    library: Library, home: Home, add_person: Callable[..., int]
) -> None:
    people = {name: add_person(name) for name in ("Ada", "Ben")}
    masks = {name: store(home, f"region of {name}") for name in people}
    with library.write() as session:
        for name, number in people.items():
            subjects.set_consent(session, number, "granted")
            (reference,) = subjects.references(session, number)
            shown = SubjectSpec(
                subjects.card(session, number).uid, name, "person", "woman", (reference.prepared,), ((0, 5),),
                region=Region(mask=masks[name]),
            )  # fmt: skip
            jobs.enqueue(session, [RenderSpec("woman", "mini", 64, 64, 1, 2, 3.0, subjects=(shown,))])
    subjects.delete(library, people["Ada"])
    assert not home.reference(masks["Ada"]).exists()
    assert home.reference(masks["Ben"]).exists()


def test_reasons_that_name_them_go_and_others_stay(library: Library, add_person: Callable[..., int]) -> None:
    ada = add_person("Ada")
    reasons = ("The photo to start from shows Ada, without whose consent no picture is made.", "Adapters.")
    with library.write() as session:
        for place, reason in enumerate(reasons):
            job = Job(state="failed", position=place, spec="{}", shape="", attempts=0, error=reason,
                      created_at=datetime(2026, 1, 1))  # fmt: skip
            session.add(job)
        jobs.pause(session, "Ask Ada first.")
    subjects.delete(library, ada)
    with library.read() as session:
        assert list(session.scalars(select(Job.error).order_by(Job.position))) == [NAMED, "Adapters."]
        assert jobs.paused(session) == NAMED


def test_what_nothing_needs_is_listed_and_removed_on_request(
    library: Library, home: Home, add_person: Callable[..., int]
) -> None:
    """A mask nobody queued, an encoding of a crop that left, a half-written file; not what came just now."""
    add_person("Ada")
    lost, young = store(home, "a mask nobody queued"), store(home, "a crop whose row comes in a moment")
    encoding = home.encodings / f"{sha('gone')}-0123.safetensors"
    half = home.references / ".99999999-abcdefgh.part"
    for file in (encoding, half):
        file.write_bytes(b"somebody")
    for file in (encoding, half, home.reference(lost)):
        os.utime(file, (1e9, 1e9))
    library.close()
    orphans = {str(file) for file in (encoding, half, home.reference(lost))}
    assert set(inventory.take(home).orphans) == orphans
    assert inventory.remove_orphans(home) == 3
    assert inventory.take(home).orphans == ()
    assert home.reference(young).exists()
    assert inventory.take(home).crops_gone == ()


def test_a_rejected_face_makes_no_pictures_and_its_crop_is_an_orphan(
    library: Library, home: Home, add_person: Callable[..., int]
) -> None:
    """“This is not Ada”: it is somebody else's face, and must not stand for her."""
    ada = add_person("Ada", faces=2, references=1)
    with library.write() as session:
        (face, other) = subjects.faces(session, ada)
        wrong = Prepared(crop=store(home, "somebody else"))
        subjects.add_reference(session, ada, wrong, face.photo_id, face.box)
        subjects.set_face_state(session, other.id, "confirmed")
        assert len(subjects.references(session, ada)) == 2
        subjects.set_face_state(session, face.id, "ignored")
        assert wrong.crop not in [row.crop for row in subjects.references(session, ada)]
        assert len(subjects.references(session, ada)) == 1
    os.utime(home.reference(wrong.crop), (1e9, 1e9))
    with library.write() as session:
        assert wrong.crop in needed(session), "it can be taken back"
        people_undo.forget(session)
    library.close()
    assert inventory.take(home).orphans == (str(home.reference(wrong.crop)),)
    assert inventory.remove_orphans(home) == 1
