"""Photos by their bytes, faces by their boxes."""

from pathlib import Path

from library_makers import embedding, face, photo
from sqlalchemy import func, select

from core.library import Library, photos, subjects
from core.library.tables import Face, Photo


def test_the_same_bytes_are_the_same_photo(library: Library, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").touch()
    with library.write() as session:
        first, new = photos.add(session, photo(tmp_path / "a.jpg", "content"))
        again, new_again = photos.add(session, photo(tmp_path / "copy.jpg", "content"))
        assert (first, new, new_again) == (again, True, False)
        assert session.scalar(select(Photo.path)) == str(tmp_path / "a.jpg")
        assert photos.count(session) == 1


def test_a_moved_photo_is_known_by_its_new_place(library: Library, tmp_path: Path) -> None:
    with library.write() as session:
        photos.add(session, photo(tmp_path / "gone.jpg", "content"))
        photos.add(session, photo(tmp_path / "here.jpg", "content"))
        assert session.scalar(select(Photo.path)) == str(tmp_path / "here.jpg")


def test_a_photo_waits_until_it_is_scanned_by_this_backend(library: Library) -> None:
    with library.write() as session:
        one, _ = photos.add(session, photo("/one.jpg"))
        two, _ = photos.add(session, photo("/two.jpg"))
        photos.save_scan(session, one, [], "old")
        assert [row.id for row in photos.unscanned(session)] == [two]
        assert [row.id for row in photos.unscanned(session, "old")] == [two]
        assert [row.id for row in photos.unscanned(session, "new")] == [one, two]
        assert photos.current_backend(session) == "old"


def test_another_backend_keeps_who_somebody_is(library: Library) -> None:
    with library.write() as session:
        photo_id, _ = photos.add(session, photo("/one.jpg"))
        photos.save_scan(session, photo_id, [face("ada"), face("ben", box=(200, 10, 260, 70))], "old")
        ada = subjects.create(session, "person", "Ada", "woman")
        photos.assign(session, {photos.embedded(session, "old")[0].id: ada})
        subjects.rename(session, ada, "Ada")
        found = [face("ada by new", box=(12, 11, 61, 69)), face("somebody else", box=(400, 10, 460, 70))]
        photos.save_scan(session, photo_id, found, "new")
        rows = session.execute(select(Face.subject_id, Face.state, Face.backend, Face.embedding)).all()
    assert rows == [
        (ada, "confirmed", "new", embedding("ada by new")),
        (None, "suggested", "new", embedding("somebody else")),
    ]


def test_ignored_people_are_settled_and_ignored_faces_are_left_out(library: Library) -> None:
    with library.write() as session:
        photo_id, _ = photos.add(session, photo("/one.jpg"))
        found = [face(str(n), box=(n * 100, 0, n * 100 + 50, 50)) for n in range(3)]
        photos.save_scan(session, photo_id, found, "toy")
        first, second, third = photos.embedded(session, "toy")
        hidden = subjects.suggest(session)
        subjects.set_ignored(session, hidden, True)
        photos.assign(session, {first.id: hidden})
        subjects.set_face_state(session, second.id, "ignored")
        left = photos.embedded(session, "toy")
    assert [(f.id, f.settled) for f in left] == [(first.id, True), (third.id, False)]


def test_removing_a_photo_removes_its_faces(library: Library) -> None:
    with library.write() as session:
        photo_id, _ = photos.add(session, photo("/one.jpg"))
        photos.save_scan(session, photo_id, [face("ada")], "toy")
        photos.remove(session, photo_id)
        assert session.scalar(select(func.count()).select_from(Face)) == 0
