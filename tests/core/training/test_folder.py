"""The data format: what is written is read, and nothing else is; batches are what the lines say."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
import torch
from data_makers import CAPTION, COLOURS, FACES, SIZE, SPANS, data_set, picture
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from toy_batches import toy_batch

from core.errors import KnownError
from core.library.data_sets import HEADER, LINES
from core.training.batch import Batch
from core.training.data import lines
from core.training.data.folder import FolderSource
from core.training.data.folder_writer import Writer
from core.training.data.framing import frame
from core.training.data.lines import Line, Subject, View
from core.training.data.storing import store

Change = Callable[[dict[str, Any]], object]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return data_set(tmp_path / "data")


def changed(folder: Path, change: Change, number: int = 1) -> None:
    """One line as somebody with a text editor makes it."""
    file = folder / LINES
    told = file.read_text("utf-8").splitlines()
    line = json.loads(told[number])
    change(line)
    told[number] = json.dumps(line)
    file.write_text("\n".join(told) + "\n", "utf-8")


def source(folder: Path, **more: Any) -> FolderSource:
    return FolderSource(folder, **({"size": (48, 32), "view": 16, "workers": 0} | more))


# Written and read


def test_what_is_written_is_read(folder: Path) -> None:
    found = lines.read(folder)
    assert (found.header.name, found.header.licence, found.header.people) == ("drawn", "CC0-1.0", {})
    first = found.lines[0]
    assert (len(found.lines), first.caption, first.size, first.source) == (3, CAPTION, SIZE, "drawn, CC0")
    assert [s.span for s in first.subjects] == [*SPANS]
    assert [s.face for s in first.subjects] == [*FACES]
    assert lines.open_image(folder, first).tobytes() == picture().image.tobytes()


def test_only_its_owner_reads_it(folder: Path) -> None:
    if os.name != "nt":
        inside = [folder, *folder.rglob("*")]
        assert not [file for file in inside if file.stat().st_mode & 0o077]


def test_a_picture_that_the_reader_would_refuse_is_not_added(folder: Path) -> None:
    writer = Writer(folder, "drawn", "", "")
    with pytest.raises(KnownError, match="span"):
        writer.add(picture(9, caption="something else entirely, as long as it is"))
    assert len(lines.read(folder).lines) == 3


def test_what_was_killed_in_the_middle_of_a_line_goes_on(folder: Path) -> None:
    whole = (folder / LINES).read_bytes()
    (folder / LINES).write_bytes(whole + whole[:50])
    with pytest.raises(KnownError, match=r"data\.jsonl, line 4: was not written to its end"):
        lines.read(folder)
    Writer(folder, "drawn", "", "").add(picture(7, photo="a" * 64))
    assert (folder / LINES).read_bytes().startswith(whole)
    assert len(lines.read(folder).lines) == 4
    assert Writer(folder, "", "", "").photos == {"a" * 64}


def test_a_full_disk_leaves_no_half_line(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = (folder / LINES).read_bytes()
    writer = Writer(folder, "drawn", "", "")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("core.training.data.folder_writer.os.fsync", full)
    with pytest.raises(KnownError, match="No space left"):
        writer._append(b"{}\n")
    assert (folder / LINES).read_bytes() == before


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(KnownError, match="not empty"):
        Writer(tmp_path, "drawn", "", "")
    assert [file.name for file in tmp_path.iterdir()] == ["letter.txt"]


# Refused


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda line: line.update(caption="x"), "span"),
        (lambda line: line["subjects"][1].update(span=[0, 3]), r"subjects\[1\].span"),
        (lambda line: line["subjects"][0].update(span=[-5, 3]), "span"),
        (lambda line: line["subjects"][0].update(box=[0, 0, 900, 9]), r"subjects\[0\].box: lies outside"),
        (lambda line: line["subjects"][0].update(box=[9, 0, 3, 9]), "box: needs left < right"),
        (lambda line: line["subjects"][0].update(face=[0, 9, 3, 9]), "face"),
        (lambda line: line["subjects"][0].update(references=[]), "references"),
        (lambda line: line.update(image="images/../../secret.png"), r"\$\.image"),
        (lambda line: line.update(image="/etc/passwd"), r"\$\.image"),
        (lambda line: line.update(image="images/C:x.png"), r"\$\.image"),
        (lambda line: line["subjects"][0].update(mask="masks/a\\..\\b.png"), r"mask"),
        (lambda line: line["subjects"][0]["references"][0].update(crop="masks/a.png"), "crop"),
        (lambda line: line.update(more=1), "more"),
        (lambda line: line.pop("caption"), "caption"),
        (lambda line: line.update(sha256="z" * 64), "sha256"),
    ],
)
def test_a_fault_names_its_line_and_its_field(folder: Path, change: Change, field: str) -> None:
    changed(folder, change)
    with pytest.raises(KnownError, match=rf"data\.jsonl, line 2: .*{field}"):
        lines.read(folder)


def test_a_newer_data_set_and_none_are_told(folder: Path, tmp_path: Path) -> None:
    told = json.loads((folder / HEADER).read_text())
    (folder / HEADER).write_text(json.dumps(told | {"version": 2}))
    with pytest.raises(KnownError, match="newer Likeness"):
        lines.read(folder)
    for bad in (b"[]", b"{", b"\xff", b'{"likeness": "profile"}'):
        (folder / HEADER).write_bytes(bad)
        with pytest.raises(KnownError, match=r"dataset\.json"):
            lines.read(folder)
    with pytest.raises(KnownError, match="no data set"):
        lines.read(tmp_path)


@pytest.mark.skipif(os.name == "nt", reason="links")
def test_a_link_that_leads_out_is_not_followed(folder: Path, tmp_path: Path) -> None:
    Image.new("RGB", SIZE).save(tmp_path / "secret.png")
    image = folder / lines.read(folder).lines[0].image
    image.unlink()
    image.symlink_to(tmp_path / "secret.png")
    with pytest.raises(KnownError, match="leads out of the data set"):
        lines.open_image(folder, lines.read(folder).lines[0])


def test_what_no_decoder_should_get_is_refused(folder: Path) -> None:
    first = lines.read(folder).lines[0]
    Image.new("1", (9_000, 9_000)).save(folder / first.image)
    with pytest.raises(KnownError, match="too large"):
        lines.open_image(folder, first)
    Image.new("RGB", (9, 9)).save(folder / first.image)
    with pytest.raises(KnownError, match="has 9 × 9 pixels, not 48 × 32"):
        lines.open_image(folder, first)
    (folder / first.image).write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(50))
    with pytest.raises(KnownError):
        source(folder).batch(16, 0)


words = st.text(min_size=1, max_size=20)
names = st.from_regex(r"\A[a-z0-9]{1,20}\.png\Z")


@st.composite
def good_lines(draw: st.DrawFn) -> Line:
    """Any line that may stand in a data set."""
    size = (draw(st.integers(2, 900)), draw(st.integers(2, 900)))
    nouns = draw(st.lists(words, max_size=3))
    caption, subjects = draw(words), []
    for noun in nouns:
        start = len(caption)
        caption += noun
        left, top = draw(st.integers(0, size[0] - 2)), draw(st.integers(0, size[1] - 2))
        box = (float(left), float(top), float(size[0]), float(size[1]))
        views = tuple(View(f"crops/{draw(names)}", draw(st.none() | names.map("masks/{}".format)))
                      for _ in range(draw(st.integers(1, 2))))  # fmt: skip
        face, uid, kind = (
            draw(st.none() | st.just(box)),
            draw(words),
            draw(st.sampled_from(["person", "object"])),
        )
        span, mask = (start, start + len(noun)), f"masks/{draw(names)}"
        subjects.append(Subject(uid, kind, noun, span, mask, box, views, face))
    return Line(f"images/{draw(names)}", "0" * 64, size, caption, tuple(subjects), draw(st.text(max_size=9)))


@given(good_lines())
def test_every_line_is_read_as_it_was_written(line: Line) -> None:
    assert lines.parse(msgspec.json.encode(line), "here") == line


@given(good_lines(), st.data())
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_damaged_lines_are_told_or_harmless(line: Line, data: st.DataObject) -> None:
    raw = bytearray(msgspec.json.encode(line))
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    said = ""
    try:
        found = lines.parse(bytes(raw), "data.jsonl, line 1")
        assert all(found.caption[slice(*each.span)] == each.noun for each in found.subjects)
        assert ".." not in found.image.split("/")
    except KnownError as error:
        said = str(error)
    assert said.startswith("data.jsonl, line 1: " if said else "")


# Batches


def shows_what_it_says(batch: Batch) -> None:
    """Red is the woman, blue the man: in the picture where the mask is, in the face's box, in the views."""
    for number, words in enumerate(batch.words):
        assert [words.caption[slice(*span)] for span in words.spans] == ["woman", "man"]
        for place, colour in enumerate(COLOURS):
            wanted = torch.tensor(colour)[:, None] / 255
            pixels = (batch.pixels[number] + 1) / 2
            inside = pixels[:, batch.masks[number, place] > 0.99]
            assert inside.shape[1] > 50
            assert (inside - wanted).abs().mean() < 0.05
            left, top, right, bottom = batch.faces[number, place].round().int().tolist()
            face = pixels[:, top + 1 : bottom - 1, left + 1 : right - 1].flatten(1)
            assert face.shape[1] > 4
            assert (face - wanted).abs().max() < 0.1
            assert ((batch.views[number, place, :, :, 4:] - wanted[:, :, None]).abs() < 0.02).all()


@pytest.mark.parametrize("size", [(48, 32), (32, 32), (20, 40), (64, 24)])
def test_masks_boxes_and_views_stay_true_whatever_part_is_seen(folder: Path, size: tuple[int, int]) -> None:
    found = source(folder, size=size, views=3)
    for step in range(6):
        batch = found.batch(4, step)
        assert batch.pixels.shape == (4, 3, size[1], size[0])
        assert batch.views.shape == (4, 2, 3, 3, 16, 16)
        assert batch.view_masks.shape == (4, 2, 3, 1, 16, 16)
        assert batch.present.all()
        assert batch.identities.tolist() == [[0, 1]] * 4
        shows_what_it_says(batch)


def test_some_are_mirrored_but_never_against_their_caption(tmp_path: Path) -> None:
    folder = data_set(tmp_path / "data", 1)

    def mirrored(step: int) -> bool:
        woman, man = source(folder).batch(1, step).masks[0].sum(1).argmax(1).tolist()
        return bool(man < woman)

    assert 3 < sum(map(mirrored, range(24))) < 21
    changed(folder, lambda line: line.update(caption=f"{CAPTION}, him on the right"), 0)
    assert not any(map(mirrored, range(24)))


def same(one: Batch, other: Batch) -> bool:
    return one.words == other.words and all(
        torch.equal(torch.nan_to_num(value, 7.0), torch.nan_to_num(getattr(other, name), 7.0))
        for name, value in vars(one).items()
        if isinstance(value, torch.Tensor)
    )


def test_the_same_step_and_rank_give_the_same_batch_with_threads_or_without(folder: Path) -> None:
    one, other = source(folder), source(folder, workers=2)
    for step in (0, 1, 2, 7, 1):
        assert same(one.batch(3, step, 1), other.batch(3, step, 1))
    assert not same(one.batch(3, 0, 0), one.batch(3, 0, 1))
    assert not same(one.batch(3, 0), source(folder, seed=1).batch(3, 0))
    other.close()


def test_fewer_subjects_are_padded_and_the_largest_are_kept(folder: Path) -> None:
    changed(folder, lambda line: line.update(subjects=[]))
    changed(folder, lambda line: line["subjects"].pop(1), 2)
    found = source(folder, subjects=3, vary=False)
    batch = found.batch(12, 0)
    counts = batch.present.sum(1).tolist()
    assert set(counts) == {0, 1, 2}
    absent = ~batch.present
    assert batch.faces[absent].isnan().all()
    assert not batch.faces[batch.present].isnan().any()
    assert (batch.identities[absent] == -1).all()
    for each in (batch.masks, batch.views, batch.view_masks):
        assert not each[absent].any()
    assert [len(words.nouns) for words in batch.words] == counts
    changed(folder, lambda line: line["subjects"][0].update(face=[1, 1, 3, 3]), 0)
    alone = [words.nouns for words in source(folder, subjects=1).batch(12, 0).words]
    assert ("man",) in alone


@given(
    st.tuples(st.integers(1, 300), st.integers(1, 300)), st.tuples(st.integers(1, 200), st.integers(1, 200)),
    st.lists(st.tuples(*[st.floats(0, 1)] * 4), max_size=3), st.none() | st.randoms(use_true_random=False),
)  # fmt: skip
def test_a_frame_shows_everybody(size: Any, wanted: Any, parts: Any, chance: Any) -> None:
    boxes = [(min(a, c) * size[0], min(b, d) * size[1], max(a, c) * size[0] + 0.1, max(b, d) * size[1] + 0.1)
             for a, b, c, d in parts]  # fmt: skip
    shown = [Subject("u", "person", "n", (0, 1), "masks/a", box, (View("crops/a"),)) for box in boxes]
    found = frame(size, wanted, shown, "somebody", chance)
    left, top, right, bottom = found.part
    assert (right - left) * wanted[1] == pytest.approx((bottom - top) * wanted[0])
    for box in boxes:
        assert left - 0.01 <= box[0]
        assert top - 0.01 <= box[1]
        assert right + 0.11 >= box[2]
        assert bottom + 0.11 >= box[3]


# Stored


class Toy:
    def batch(self, count: int, step: int, rank: int = 0) -> Batch:
        return toy_batch(count, 32, 16, seed=step)

    def describe(self) -> dict[str, str]:
        return {"Pictures": "random", "Licence": "CC0-1.0"}


def test_scenes_of_any_source_are_stored_and_read_again(tmp_path: Path) -> None:
    assert store(Toy(), 5, tmp_path / "scenes") == 5
    assert store(Toy(), 18, tmp_path / "scenes") == 18
    found = source(tmp_path / "scenes", size=32, views=2, vary=False)
    assert (len(found.data.lines), found.data.header.licence) == (18, "CC0-1.0")
    assert "random" in found.data.header.made_by
    found.data = lines.DataSet(found.data.folder, found.data.header, found.data.lines[3:4])
    again, given_batch = found.batch(1, 0), Toy().batch(16, 0)
    for name in ("pixels", "masks", "faces", "views", "view_masks"):
        assert torch.allclose(getattr(again, name)[0], getattr(given_batch, name)[3], atol=1.01 / 255), name
    assert again.words[0] == given_batch.words[3]
    assert len({*again.identities[0].tolist()}) == 2
