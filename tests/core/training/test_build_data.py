"""A data set from a library: who agreed, on photos that show nobody else; asked again where training begins;
and gone, to the last byte, with whom is deleted."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from album_makers import COLOURS, GREY, SIZE, Album, Greys, album
from filelock import FileLock
from PIL import Image

from core.errors import KnownError
from core.library import data_sets, subjects
from core.library.data_sets import LINES
from core.library.training import GONE
from core.training.data import lines
from core.training.data.agreed import check_agreed
from core.training.data.album_photos import AlbumPhoto, Shown, part_without
from core.training.data.build import STRANGERS, Built, Wanted, build
from core.training.data.folder import FolderSource
from core.training.data.own_captions import caption


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Homes to copy, one of them with a data set. Ada twice, Ben once, both together, Ada with Eve; Ada and
    Ben agreed, Eve was never asked."""
    folder = tmp_path_factory.mktemp("album")
    with album(folder) as found:
        found.add("ada1.png", {"Ada": 60})
        found.add("ada2.png", {"Ada": 90}, noise=9)
        found.add("ben.png", {"Ben": 80})
        found.add("both.png", {"Ada": 30, "Ben": 140}, noise=5)
        found.add("eve.png", {"Ada": 20, "Eve": 150}, noise=3)
        found.agree("Ada", "Ben")
        found.library.close()
        shutil.copytree(found.home.root, folder / "bare")
        built(found)
    return folder


@pytest.fixture
def made(template: Path, tmp_path: Path) -> Iterator[Album]:
    shutil.copytree(template / "bare", tmp_path / "home")
    with album(tmp_path) as found:
        yield found


@pytest.fixture
def ready(template: Path, tmp_path: Path) -> Iterator[Album]:
    """With a data set in `training/people`."""
    shutil.copytree(template / "home", tmp_path / "home")
    with album(tmp_path) as found:
        yield found


def built(made: Album, **more: object) -> Built:
    return build(made.library, Greys(), Wanted(view=32, **more))  # type: ignore[arg-type]


def folder_of(ready: Album) -> Path:
    return ready.home.training / "people"


def people_of(folder: Path) -> list[list[str]]:
    return [[subject.noun for subject in line.subjects] for line in lines.read(folder).lines]


def test_who_agreed_is_in_it_on_photos_without_others(made: Album) -> None:
    done = built(made)
    assert (done.folder, done.added) == (made.home.training / "people", 4)
    assert [(Path(file).name, why) for file, why in done.left_out] == [("eve.png", STRANGERS)]
    found = lines.read(done.folder)
    assert sorted(people_of(done.folder)) == [["man"], ["woman"], ["woman"], ["woman", "man"]]
    assert {*found.header.people} == {made.uid("Ada"), made.uid("Ben")}
    assert all(each.since for each in found.header.people.values())
    both = next(line for line in found.lines if len(line.subjects) == 2)
    assert both.caption == "a photo of a woman and a man"
    assert "4 pictures are in" in str(done)
    assert "1 photos were left out" in str(done)


def test_masks_boxes_and_references_are_theirs(ready: Album) -> None:
    folder = folder_of(ready)
    for line in lines.read(folder).lines:
        image = np.asarray(lines.open_image(folder, line)).astype(int)
        for subject in line.subjects:
            colour = COLOURS["Ada" if subject.noun == "woman" else "Ben"]
            mask = np.asarray(lines.open_picture(folder, subject.mask, "L")) > 250
            assert mask.sum() > 1500
            assert np.abs(image[mask] - colour).mean() < 25
            left, top, right, bottom = (round(at) for at in subject.face or ())
            assert np.abs(image[top + 6 : bottom - 6, left + 6 : right - 6] - colour).mean() < 15
            for view in subject.references:
                crop = np.asarray(lines.open_picture(folder, view.crop)).astype(int)
                assert crop.shape in ((31, 31, 3), (32, 32, 3))  # of a face of 24 pixels
                assert np.abs(crop[12:20, 12:20] - colour).mean() < 15
    assert FolderSource(folder, size=32, view=16, workers=0).batch(3, 0).present.any()


def test_references_are_of_other_photos_where_there_are_any(ready: Album) -> None:
    found = lines.read(folder_of(ready))
    alone = next(line for line in found.lines if [s.noun for s in line.subjects] == ["woman"])
    ben = next(line for line in found.lines if [s.noun for s in line.subjects] == ["man"])
    crops = {view.crop for line in found.lines for s in line.subjects for view in s.references
             if s.noun == "woman"}  # fmt: skip
    assert len(crops) == 3
    assert len(alone.subjects[0].references) == 2
    assert len(ben.subjects[0].references) == 1


def test_only_confirmed_faces_count(made: Album) -> None:
    made.add("maybe.png", {"Ada": 100}, noise=20, confirmed=False)
    made.add("both2.png", {"Ada": 20, "Ben": 120}, noise=22, confirmed=False)
    assert built(made).added == 4


def test_others_can_be_cropped_away(made: Album) -> None:
    done = built(made, crop_others=True)
    assert (done.added, done.left_out) == (5, [])
    for line in lines.read(done.folder).lines:
        image = np.asarray(lines.open_image(done.folder, line)).astype(int)
        assert (np.abs(image[:40] - COLOURS["Eve"]).max(2) < 30).sum() == 0  # her face; a sleeve may stay
        for subject in line.subjects:
            assert subject.face is not None
            left, top, right, bottom = (round(at) for at in subject.face)
            assert np.abs(image[top + 6 : bottom - 6, left + 6 : right - 6] - GREY).max() > 60


def test_who_stands_too_close_to_be_cropped_away_leaves_the_photo_out() -> None:
    ada = Shown("a", "person", "Ada", "ada", "woman", (50, 20, 70, 44))
    photo = AlbumPhoto(1, Path("x"), "0" * 64, SIZE, (ada,), ((60, 20, 80, 44),))
    assert part_without(photo) is None
    far = AlbumPhoto(1, Path("x"), "0" * 64, SIZE, (ada,), ((150, 20, 170, 44),))
    assert part_without(far) == (0, 0, 145, 160)
    assert part_without(AlbumPhoto(1, Path("x"), "0" * 64, SIZE, (ada,), ())) == (0, 0, *SIZE)


def test_nobody_who_was_not_asked_and_nothing_is_made(made: Album) -> None:
    with made.library.write() as session:
        for name in ("Ada", "Ben"):
            subjects.set_training(session, made.people[name], False)
    with pytest.raises(KnownError, match="Nobody in the library has agreed to training"):
        built(made)
    assert not (made.home.training / "people").exists()


def test_it_goes_on_where_it_stopped(ready: Album, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = folder_of(ready)
    whole = (folder / LINES).read_bytes()
    first, *_ = whole.splitlines(keepends=True)
    (folder / LINES).write_bytes(first + b'{"image')
    again = built(ready)
    assert (again.added, again.there) == (3, 1)
    assert (folder / LINES).read_bytes() == whole


def test_two_do_not_build_at_once(ready: Album) -> None:
    with FileLock(ready.home.training / "building.lock"), pytest.raises(KnownError, match="is building"):
        built(ready)
    assert built(ready).there == 4


def test_a_photo_that_changed_or_went_is_left_out_with_its_reason(made: Album) -> None:
    made.add("gone.png", {"Ada": 60}, noise=30).unlink()
    Image.new("RGB", SIZE).save(made.add("other.png", {"Ada": 60}, noise=31))
    why = {Path(file).name: said for file, said in built(made).left_out}
    assert "not there any more" in why["gone.png"]
    assert "has changed since" in why["other.png"]


def test_only_its_owner_reads_it(ready: Album) -> None:
    folder = folder_of(ready)
    assert ready.home.exposed() == []
    if os.name != "nt":
        (folder / LINES).chmod(0o644)
        assert ready.home.exposed() == [folder / LINES]


# Captions


@pytest.mark.parametrize(
    ("words", "text", "spans"),
    [
        ("@ada laughs with @ben", "a woman laughs with a man", ((2, 7), (22, 25))),
        ("Ada\n  and Ben, Ada again", "a woman and a man, a woman again", ((2, 7), (14, 17))),
        ("the man beside a Woman", "the man beside a Woman", ((17, 22), (4, 7))),
    ],
)
def test_own_words_are_found_in_the_caption(tmp_path: Path, words: str, text: str, spans: object) -> None:
    (tmp_path / "x.txt").write_text(words)
    found = caption(tmp_path / "x.jpg", SHOWN)
    assert (found.text.lower(), found.spans, found.note) == (text.lower(), spans, "")
    assert [found.text[a:b].lower() for a, b in found.spans] == ["woman", "man"]


@pytest.mark.parametrize("words", [b"a woman alone", b"@eve and a woman and a man", b"\xff\xfe", b"@ {"])
def test_words_that_do_not_fit_are_not_used_and_it_is_said(tmp_path: Path, words: bytes) -> None:
    (tmp_path / "x.txt").write_bytes(words)
    found = caption(tmp_path / "x.jpg", SHOWN)
    assert found.text == "a photo of a woman and a man"
    assert "x.txt" in found.note


SHOWN = (
    Shown("a", "person", "Ada", "ada", "woman", (0, 0, 1, 1)),
    Shown("b", "person", "Ben", "ben", "man", (0, 0, 1, 1)),
)


def test_three_of_a_kind_have_a_place_each(tmp_path: Path) -> None:
    three = (*SHOWN, Shown("c", "object", "Strat", "strat", "electric guitar", (0, 0, 1, 1)))
    found = caption(tmp_path / "none.jpg", three)
    assert found.text == "a photo of a woman, a man and an electric guitar"
    two = (SHOWN[0], Shown("d", "person", "Eve", "eve", "woman", (0, 0, 1, 1)))
    (tmp_path / "x.txt").write_text("a woman and another woman")
    assert caption(tmp_path / "x.jpg", two).spans == ((2, 7), (20, 25))


# Asked again


def test_training_is_refused_when_somebody_withdrew(ready: Album) -> None:
    folder, home = folder_of(ready), ready.home.root
    check_agreed(folder, home)
    with ready.library.write() as session:
        subjects.set_training(session, ready.people["Ben"], False)
    with pytest.raises(KnownError, match="shows Ben, without whose consent nothing is learned"):
        check_agreed(folder, home)
    again = built(ready)
    assert (again.taken_out, again.added) == (2, 0)
    check_agreed(folder, home)
    assert ready.uid("Ben").encode() not in (folder / "dataset.json").read_bytes()
    assert "2 were taken out" in str(again)


def test_who_is_unknown_here_and_who_is_not_listed_are_asked_for_too(ready: Album, tmp_path: Path) -> None:
    folder = folder_of(ready)
    with pytest.raises(KnownError, match="not in this library"):
        check_agreed(folder, tmp_path / "other")
    header = folder / "dataset.json"
    header.write_text(header.read_text().replace(ready.uid("Ben"), "0" * 32))
    with pytest.raises(KnownError, match=r"shows .*not in this library"):
        check_agreed(folder, ready.home.root)
    with ready.library.write() as session:
        subjects.set_training(session, ready.people["Ben"], False)
    with pytest.raises(KnownError, match=f"shows Ben and {GONE[:8]}"):
        check_agreed(folder, ready.home.root)


def test_a_photo_on_which_somebody_else_was_found_since_is_taken_out(ready: Album) -> None:
    with ready.library.write() as session:
        (face,) = [f for f in subjects.faces(session, ready.people["Ben"]) if f.photo.endswith("both.png")]
        subjects.set_face_state(session, face.id, "suggested")
    again = built(ready)
    assert (again.taken_out, again.added, again.there) == (1, 0, 3)


# Deleted


def traces(made: Album, *needles: bytes) -> set[str]:
    files = [file for file in made.home.root.rglob("*") if file.is_file()]
    return {file.name for file in files if any(each in file.read_bytes() for each in needles)}


def test_deleting_somebody_takes_them_out_to_the_last_byte(ready: Album) -> None:
    folder = folder_of(ready)
    check_agreed(folder, ready.home.root, ready.home.root / "my-model")
    uid, found = ready.uid("Ada"), lines.read(folder)
    theirs = [line for line in found.lines if any(each.uid == uid for each in line.subjects)]
    files = {line.image for line in theirs} | {name for line in theirs for s in line.subjects
             for name in (s.mask, *(v.crop for v in s.references)) if s.uid == uid}  # fmt: skip
    secrets = [(folder / file).read_bytes()[-60:] for file in files]
    stray = folder / "crops" / f"{'7' * 64}.png"
    stray.write_bytes(b"of a builder that was killed")
    look = ready.home.root / "stages" / "01-mip" / "looks" / "00000100.png"
    look.parent.mkdir(parents=True)
    look.write_bytes(b"everybody's views, and what is made of them")
    with ready.library.read() as session:
        kept = subjects.stored(ready.library, ready.people["Ada"])
        assert subjects.card(session, ready.people["Ada"]).training == "granted"
    assert {str(folder / file) for file in files} | {str(look)} <= {*kept["data_sets"]}
    assert kept["trained"] == [str(ready.home.root / "my-model")]
    assert traces(ready, uid.encode(), *secrets)

    receipt = subjects.delete(ready.library, ready.people["Ada"])

    assert traces(ready, uid.encode(), *secrets) == set()
    assert not stray.exists()
    assert not look.exists()
    assert (receipt.lines, receipt.left) == (3, ())
    assert receipt.models == (str(ready.home.root / "my-model"),)
    assert "cannot be taken out" in str(receipt)
    assert people_of(folder) == [["man"]]
    check_agreed(folder, ready.home.root)
    assert subjects.delete(ready.library, ready.people["Ben"]).models == receipt.models
    assert data_sets.read_notes(ready.home).trained == ()


def test_a_data_set_elsewhere_is_found_too_and_told_when_it_is_away(made: Album, tmp_path: Path) -> None:
    away, here = tmp_path / "disk" / "set", tmp_path / "here"
    for folder in (away, here):
        build(made.library, Greys(), Wanted(view=32), folder)
    (tmp_path / "disk").rename(tmp_path / "unplugged")
    receipt = subjects.delete(made.library, made.people["Ada"])
    assert people_of(here) == [["man"]]
    assert receipt.left == (str(away),)
    assert str(away) in str(receipt)


def test_who_was_merged_into_them_goes_with_them(ready: Album) -> None:
    folder = folder_of(ready)
    with ready.library.write() as session:
        subjects.merge(session, ready.people["Ada"], [ready.people["Ben"]])
    with pytest.raises(KnownError, match="not in this library"):
        check_agreed(folder, ready.home.root)
    subjects.delete(ready.library, ready.people["Ada"])
    assert (folder / LINES).read_bytes() == b""


def test_a_damaged_list_keeps_nobody_from_being_deleted(ready: Album) -> None:
    folder, uid = folder_of(ready), ready.uid("Ada")
    (folder / LINES).write_bytes(b"{{{" + uid.encode() + b"\n\xff\n")
    (folder / "dataset.json").write_bytes(b"[" + uid.encode())
    subjects.delete(ready.library, ready.people["Ada"])
    assert traces(ready, uid.encode()) == set()
    (ready.home.training / "notes.json").write_text("[")
    with pytest.raises(KnownError, match=r"notes\.json cannot be read"):
        subjects.delete(ready.library, ready.people["Ben"])
