"""Folders become photos, faces become people, faces become references: with a real library and a scripted
engine."""

import hashlib
import math
import os
import struct
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from PIL import Image

from core import album, scanning
from core.engine import EngineDied, Scan
from core.engine.fake import FakeEngine
from core.errors import KnownError
from core.faces import Face
from core.library import Library, open_library, photos, subjects
from core.paths import Home

POINTS = ((0.0, 0.0),) * 5


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    library = open_library(Home(tmp_path / "home"))
    yield library
    library.close()


def person(number: int, variation: float = 0.0, quality: float = 0.5, left: float = 0) -> Face:
    """A face of person `number`; two of different `variation` are alike, but not the same moment."""
    vector = [0.0] * 16
    vector[number], vector[8 + number] = math.cos(variation), math.sin(variation)
    return Face((left, 0, left + 20, 30), POINTS, 0.9, quality, struct.pack("16f", *vector))  # type: ignore[arg-type]


class Engine(FakeEngine):
    """Knows person k by the k-th number of an embedding; files in `bad` cannot be scanned."""

    backend = "toy"
    bad: tuple[str, ...] = ()
    deadly: tuple[str, ...] = ()
    broken = False
    """Whether it ends at whatever photo."""

    def scan(self, photo: Path) -> Scan:
        if photo.name in self.bad:
            raise KnownError(f"{photo.name} is cut short.")
        self.calls[photo.name] += 1
        if photo.name in self.deadly or self.broken:
            raise EngineDied(-11)
        return Scan(super().scan(photo).faces, self.backend)

    def group(self, embeddings: Sequence[bytes]) -> list[int]:
        self.calls["group"] += 1
        labels = []
        for embedding in embeddings:
            halves = struct.unpack("16f", embedding)
            strengths = [math.hypot(halves[k], halves[8 + k]) for k in range(8)]
            labels.append(-1 if strengths[7] > 0.5 else strengths.index(max(strengths)))
        return labels


def picture(path: Path, shade: int = 0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (40, 30), (shade, len(path.name), 7)).save(path)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number in range(4):
        picture(tmp_path / "album" / f"{number}.jpg", number * 9)
    picture(tmp_path / "album" / "sub" / "deep.PNG", 99)
    return tmp_path / "album"


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return Engine(
        references=tmp_path / "home" / "references",
        faces={
            "0.jpg": [person(0, 0.0, 0.9)],
            "1.jpg": [person(0, 0.6, 0.8), person(1, 0.0, 0.3, left=40)],
            "2.jpg": [person(0, 1.2, 0.7)],
            "3.jpg": [person(1, 0.6, 0.6)],
            "deep.PNG": [person(7)],
        },
    )


def names(library: Library) -> dict[str, int]:
    with library.read() as session:
        return {card.name: card.faces for card in subjects.cards(session)}


# Importing


def test_a_folder_is_imported_with_all_that_is_in_it(library: Library, engine: Engine, folder: Path) -> None:
    told: list[tuple[int, int, str]] = []
    report = album.import_photos(library, engine, [folder], lambda *each: told.append(each))
    assert (report.added, report.known, report.scanned, report.faces, report.skipped) == (5, 0, 5, 6, [])
    assert str(report) == "5 new photos, 6 faces."
    assert told[-1][:2] == (5, 5)
    assert any("deep.PNG" in detail for _, _, detail in told)


def test_importing_again_does_nothing(library: Library, engine: Engine, folder: Path) -> None:
    album.import_photos(library, engine, [folder])
    report = album.import_photos(library, engine, [folder, folder / "0.jpg"])
    assert (report.added, report.known, report.scanned) == (0, 6, 0)
    assert engine.calls["scan"] == 5


def test_an_interrupted_import_goes_on(library: Library, engine: Engine, folder: Path) -> None:
    def stop(done: int, total: int, detail: str) -> None:
        if "faces in 2.jpg" in detail:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        album.import_photos(library, engine, [folder], stop)
    assert engine.calls["scan"] == 2
    report = album.import_photos(library, engine, [])
    assert (report.scanned, engine.calls["scan"]) == (3, 5)


def test_a_copy_is_the_same_photo_and_a_moved_one_is_found_again(
    library: Library, engine: Engine, folder: Path
) -> None:
    album.import_photos(library, engine, [folder])
    (folder / "copy.jpg").write_bytes((folder / "0.jpg").read_bytes())
    moved = (folder / "1.jpg").rename(folder / "moved.jpg")
    report = album.import_photos(library, engine, [folder])
    assert (report.added, report.known) == (0, 6)
    with library.read() as session:
        assert photos.count(session) == 5
        paths = {row.path for row in photos.unscanned(session, "nobody")}
    assert str(moved) in paths
    assert str(folder / "0.jpg") in paths


def test_what_is_no_photo_is_skipped_with_its_reason(library: Library, engine: Engine, folder: Path) -> None:
    (folder / "empty.jpg").touch()
    (folder / "text.jpg").write_text("hello")
    (folder / "notes.txt").write_text("not asked for")
    picture(folder / ".hidden.jpg")
    picture(folder / ".trash" / "old.jpg")
    picture(folder / "broken.jpg", 50)
    engine.bad = ("broken.jpg",)
    report = album.import_photos(library, engine, [folder, folder / "missing.jpg"])
    assert {Path(path).name: reason for path, reason in report.skipped} == {
        "empty.jpg": "empty.jpg is empty: it has 0 bytes.",
        "text.jpg": "text.jpg is not a photo this program can read "
        "(JPEG, PNG, WebP, AVIF, TIFF, BMP, GIF, JPEG 2000).",
        "missing.jpg": "missing.jpg is not there any more.",
        "broken.jpg": "broken.jpg is cut short.",
    }
    assert report.added == 5
    with library.read() as session:
        assert photos.count(session) == 5


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="file names are text there")
def test_a_name_that_is_no_text_is_skipped(library: Library, engine: Engine, folder: Path) -> None:
    os.rename(os.fsencode(folder / "0.jpg"), os.fsencode(folder) + b"/caf\xe9.jpg")  # noqa: PTH104
    report = album.import_photos(library, engine, [folder])
    assert report.added == 4
    assert "Rename it" in report.skipped[0][1]
    assert report.skipped[0][0].endswith("caf?.jpg")


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_a_folder_that_may_not_be_read_is_reported(
    library: Library, engine: Engine, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.scandir

    def scandir(path: str) -> object:
        # Not by chmod: the tests may run as root, whom nothing is forbidden.
        if str(path).endswith("sub"):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    report = album.import_photos(library, engine, [folder])
    assert report.added == 4
    assert report.skipped == [(str(folder / "sub"), "The folder cannot be read: Permission denied.")]


def test_a_photo_that_ends_the_engine_is_skipped(library: Library, engine: Engine, folder: Path) -> None:
    engine.deadly = ("1.jpg",)
    report = album.import_photos(library, engine, [folder])
    assert (report.added, report.scanned, len(report.skipped)) == (4, 4, 1)


def test_an_engine_that_keeps_dying_stops_the_import(library: Library, engine: Engine, folder: Path) -> None:
    engine.broken = True
    with pytest.raises(KnownError, match="import stopped"):
        album.import_photos(library, engine, [folder])
    with library.read() as session:
        assert len(photos.unscanned(session)) == 5
    engine.broken = False
    assert album.import_photos(library, engine, [folder]).scanned == 5


def test_photos_that_end_the_engine_one_after_another_are_passed_by(
    library: Library, engine: Engine, folder: Path
) -> None:
    """However many there are, the import goes on; the next one does not meet them again."""
    engine.deadly = ("0.jpg", "1.jpg", "2.jpg", "3.jpg")
    report = album.import_photos(library, engine, [folder])
    assert (report.added, report.scanned, len(report.skipped)) == (1, 1, 4)
    picture(folder / "z.jpg", 201)
    report = album.import_photos(library, engine, [folder])
    assert (report.added, report.scanned, len(report.skipped)) == (1, 1, 4)
    assert [engine.calls[name] for name in (*engine.deadly, "z.jpg")] == [1] * 5
    assert all("not tried again" in reason for _, reason in report.skipped)


def test_a_photo_named_by_itself_is_tried_once_more(library: Library, engine: Engine, folder: Path) -> None:
    engine.deadly = ("1.jpg", "2.jpg")
    album.import_photos(library, engine, [folder])
    engine.deadly = ()
    report = album.import_photos(library, engine, [folder / "1.jpg"])
    assert (report.added, report.scanned, report.skipped) == (1, 1, [])
    report = album.import_photos(library, engine, [folder])
    assert [Path(path).name for path, _ in report.skipped] == ["2.jpg"]


def test_a_newer_version_tries_them_again(
    library: Library, engine: Engine, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.deadly = ("1.jpg",)
    album.import_photos(library, engine, [folder])
    engine.deadly = ()
    monkeypatch.setattr(scanning, "program_version", lambda: "99")
    assert album.import_photos(library, engine, [folder]).scanned == 1


def test_other_face_models_look_at_every_photo_again(library: Library, engine: Engine, folder: Path) -> None:
    album.import_photos(library, engine, [folder])
    engine.backend = "better"
    picture(folder / "new.jpg", 200)
    report = album.import_photos(library, engine, [folder])
    assert (report.added, report.scanned) == (1, 6)
    with library.read() as session:
        assert photos.unscanned(session, "better") == []


def test_a_photo_whose_disk_is_away_stays(library: Library, engine: Engine, folder: Path) -> None:
    album.import_photos(library, engine, [folder])
    (folder / "0.jpg").unlink()
    engine.backend = "better"
    picture(folder / "new.jpg", 200)
    report = album.import_photos(library, engine, [folder])
    assert [Path(path).name for path, _ in report.skipped] == ["0.jpg"]
    with library.read() as session:
        assert photos.count(session) == 6


# Grouping


def grouped(library: Library, engine: Engine, folder: Path) -> int:
    album.import_photos(library, engine, [folder])
    return album.group_faces(library, engine)


def test_groups_become_suggested_people(library: Library, engine: Engine, folder: Path) -> None:
    assert grouped(library, engine, folder) == 2
    assert names(library) == {"Person 1": 3, "Person 2": 2}
    with library.read() as session:
        [first, _] = subjects.cards(session)
        assert (first.handle, first.noun, first.named) == ("person1", "person", False)


def test_grouping_again_keeps_everybody(library: Library, engine: Engine, folder: Path) -> None:
    grouped(library, engine, folder)
    with library.read() as session:
        before = {card.uid: card.faces for card in subjects.cards(session)}
    assert album.group_faces(library, engine) == 2
    with library.read() as session:
        assert {card.uid: card.faces for card in subjects.cards(session)} == before


def test_confirmed_faces_stay_and_draw_new_ones(library: Library, engine: Engine, folder: Path) -> None:
    grouped(library, engine, folder)
    with library.write() as session:
        ada = subjects.get(session, "person1").id
        subjects.rename(session, ada, "Ada", "woman")
    picture(folder / "new.jpg", 123)
    engine.faces["new.jpg"] = [person(0, 0.3)]
    assert grouped(library, engine, folder) == 2
    assert names(library) == {"Ada": 4, "Person 2": 2}
    with library.read() as session:
        states = [row.state for row in subjects.faces(session, ada)]
    assert states == ["confirmed"] * 3 + ["suggested"]


def test_a_group_with_two_named_people_goes_to_the_nearest(
    library: Library, engine: Engine, folder: Path
) -> None:
    grouped(library, engine, folder)
    with library.write() as session:
        [best, _, other] = photos.candidates(session, subjects.get(session, "person1").id)
        faces = {face.embedding: face.id for face in photos.embedded(session, "toy")}
        twin = subjects.create(session, "person", "Twin", "woman")
        subjects.rename(session, subjects.get(session, "person1").id, "Ada")
        photos.assign(session, {faces[other.embedding]: twin})
    picture(folder / "new.jpg", 123)
    engine.faces["new.jpg"] = [person(0, 1.1)]
    grouped(library, engine, folder)
    assert names(library) == {"Ada": 2, "Twin": 2, "Person 2": 2}
    assert best.quality == 0.9


def test_an_ignored_group_stays_ignored(library: Library, engine: Engine, folder: Path) -> None:
    grouped(library, engine, folder)
    with library.write() as session:
        subjects.set_ignored(session, subjects.get(session, "person1").id, True)
    assert album.group_faces(library, engine) == 2
    assert names(library) == {"Person 2": 2}
    with library.read() as session:
        [hidden] = subjects.cards(session, ignored=True)
    assert hidden.faces == 3


def test_ignored_faces_join_nobody(library: Library, engine: Engine, folder: Path) -> None:
    grouped(library, engine, folder)
    with library.write() as session:
        for row in subjects.faces(session, subjects.get(session, "person2").id):
            subjects.set_face_state(session, row.id, "ignored")
    album.group_faces(library, engine)
    assert names(library)["Person 1"] == 3
    assert names(library).get("Person 2", 0) == 0


def test_a_group_that_falls_apart_keeps_its_name_on_the_larger_part(
    library: Library, engine: Engine, folder: Path
) -> None:
    grouped(library, engine, folder)
    with library.read() as session:
        uid = subjects.get(session, "person1").uid
    engine.group = lambda embeddings: [0, 1, 2, 1, 2, -1]  # type: ignore[method-assign]
    assert album.group_faces(library, engine) == 3
    with library.read() as session:
        assert uid in {card.uid for card in subjects.cards(session)}
        assert sorted(card.faces for card in subjects.cards(session)) == [1, 2, 2]


@pytest.mark.parametrize(("quality", "people"), [(0.9, 1), (0.3, 0)])
def test_a_clear_face_like_no_other_is_a_person(
    library: Library, engine: Engine, tmp_path: Path, quality: float, people: int
) -> None:
    engine.faces = {"only.png": (person(7, quality=quality),)}
    album.import_photos(library, engine, [picture(tmp_path / "only.png")])
    album.group_faces(library, engine)
    assert album.group_faces(library, engine) == people
    with library.read() as session:
        assert [card.faces for card in subjects.cards(session)] == [1] * people


def test_a_library_without_faces_has_nobody(library: Library, engine: Engine) -> None:
    assert album.group_faces(library, engine) == 0
    assert engine.calls["group"] == 0


# References


def references(library: Library, who: str) -> list[subjects.ReferenceRow]:
    with library.read() as session:
        return subjects.references(session, subjects.get(session, who).id)


def make(library: Library, engine: Engine, who: str, limit: int = 4) -> int:
    with library.read() as session:
        subject = subjects.get(session, who).id
    return album.make_references(library, engine, subject, 16, limit)


def test_the_best_faces_become_references(library: Library, engine: Engine, folder: Path) -> None:
    grouped(library, engine, folder)
    assert make(library, engine, "person1", limit=2) == 2
    rows = references(library, "person1")
    assert [Path(row.photo or "").name for row in rows] == ["0.jpg", "1.jpg"]
    assert all(library.home.reference(row.crop).exists() for row in rows)
    assert make(library, engine, "person1", limit=2) == 0
    assert make(library, engine, "person1") == 1
    assert make(library, engine, "person1") == 0


def test_a_moment_taken_twice_is_one_reference(library: Library, engine: Engine, folder: Path) -> None:
    engine.faces["2.jpg"] = [person(0, 0.05, 0.85)]
    grouped(library, engine, folder)
    assert make(library, engine, "person1") == 2
    assert [Path(row.photo or "").name for row in references(library, "person1")] == ["0.jpg", "1.jpg"]


def test_every_photo_gives_one_before_any_gives_two(library: Library, engine: Engine, folder: Path) -> None:
    engine.faces["0.jpg"] = [person(0, 0.0, 0.9), person(0, 1.5, 0.85, left=30)]
    grouped(library, engine, folder)
    make(library, engine, "person1")
    assert [Path(row.photo or "").name for row in references(library, "person1")] == [
        "0.jpg",
        "1.jpg",
        "2.jpg",
        "0.jpg",
    ]


def test_a_face_that_cannot_be_prepared_is_passed_over(
    library: Library, engine: Engine, folder: Path
) -> None:
    grouped(library, engine, folder)
    real = engine.prepare

    def prepare(photo: Path, *rest: object) -> object:
        if photo.name == "0.jpg":
            raise KnownError("0.jpg is cut short.")
        return real(photo, *rest)  # type: ignore[arg-type]

    engine.prepare = prepare  # type: ignore[method-assign, assignment]
    assert make(library, engine, "person1") == 2
    engine.prepare = lambda *_: prepare(Path("0.jpg"))  # type: ignore[method-assign, assignment, return-value]
    with pytest.raises(KnownError, match=r"No reference of Person 2 could be made. 0.jpg"):
        make(library, engine, "person2")


def test_an_object_comes_from_its_photos(library: Library, engine: Engine, folder: Path) -> None:
    subject = album.add_object(
        library, engine, "My guitar", "guitar", [folder / "0.jpg", folder / "1.jpg"], 16
    )
    with library.read() as session:
        card = subjects.card(session, subject)
        rows = subjects.references(session, subject)
    assert (card.kind, card.handle, card.noun, card.references) == ("object", "my-guitar", "guitar", 2)
    assert card.cover
    assert card.cover.crop == rows[0].crop
    assert {Path(row.photo or "").name for row in rows} == {"0.jpg", "1.jpg"}


def test_an_object_with_a_bad_photo_is_not_added(library: Library, engine: Engine, folder: Path) -> None:
    (folder / "bad.jpg").write_text("no photo")
    for pictures, said in [
        ([folder / "0.jpg", folder / "bad.jpg"], "not a photo"),
        ([], "at least one photo"),
    ]:
        with pytest.raises(KnownError, match=said):
            album.add_object(library, engine, "Ball", "ball", pictures, 16)
    assert names(library) == {}


def test_a_crop_is_named_by_its_bytes(library: Library, engine: Engine, folder: Path) -> None:
    grouped(library, engine, folder)
    make(library, engine, "person1")
    for row in references(library, "person1"):
        data = library.home.reference(row.crop).read_bytes()
        assert hashlib.sha256(data).hexdigest() == row.crop
