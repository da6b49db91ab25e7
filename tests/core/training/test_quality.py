"""MIP-Adapter's rules for data, against literal loops; what is put aside comes back; a data set looked
through."""

import json
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from data_makers import CAPTION, Shades, data_set
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from core.errors import KnownError
from core.library.data_sets import LEFT_OUT, LINES
from core.training.data import lines
from core.training.data.checking import check
from core.training.data.lines import Subject, View
from core.training.data.quality import good_box, quality, select


def unit(rows: int, seed: int) -> "np.ndarray[tuple[int, int], np.dtype[np.float32]]":
    values = np.random.default_rng(seed).normal(size=(rows, 5)).astype(np.float32)
    return values / np.linalg.norm(values, axis=1, keepdims=True)


def cos(a: Sequence[float], b: Sequence[float]) -> float:
    dot = sum(x * y for x, y in zip(a, b, strict=True))
    return dot / math.sqrt(sum(x * x for x in a) * sum(y * y for y in b))


@pytest.mark.parametrize("objects", [1, 2, 3, 5])
def test_s_object_is_what_the_paper_says(objects: int) -> None:
    texts, images = unit(objects, objects), unit(objects, 10 + objects)
    single = 0.0
    for o in range(objects):
        single += cos(texts[o], images[o]) / objects
    pair, pairs = 0.0, objects * (objects - 1) / 2
    for o in range(objects):
        for other in range(o + 1, objects):
            pair -= cos(images[o], images[other]) / pairs
    assert quality(texts, images) == pytest.approx(single + pair, abs=1e-6)


@given(st.floats(0, 90), st.floats(0, 90), st.floats(0.5, 100), st.floats(0.5, 100),
       st.none() | st.floats(0, 1))  # fmt: skip
def test_boxes_pass_as_in_the_reference(
    left: float, top: float, wide: float, high: float, score: float
) -> None:
    box = (left, top, left + wide, top + high)
    shown = Subject("u", "object", "n", (0, 1), "masks/a", box, (View("crops/a"),), None, score)
    width, height = box[2] - box[0], box[3] - box[1]
    passes = width * height >= 0.08 * 200 * 150
    passes = passes and width * height <= 0.7 * 200 * 150
    passes = passes and width / height >= 1 / 3 and width / height <= 3
    passes = passes and (score is None or score > 0.3)
    if abs(width * height - 0.08 * 30000) > 1 and abs(width / height - 3) > 1e-6:
        assert good_box(shown, (200, 150)) is passes


def spoil(folder: Path, number: int, **changes: object) -> str:
    """The name of the image whose line was changed."""
    told = [json.loads(line) for line in (folder / LINES).read_text("utf-8").splitlines()]
    told[number]["subjects"][0] |= changes
    (folder / LINES).write_text("".join(f"{json.dumps(line)}\n" for line in told), "utf-8")
    return str(told[number]["image"])


def images_of(folder: Path) -> set[str]:
    return {line.image for line in lines.read(folder).lines}


def test_the_best_stay_and_the_others_are_put_aside(tmp_path: Path) -> None:
    folder = data_set(tmp_path / "data", 5)
    small = spoil(folder, 1, box=[4, 4, 8, 8])
    unsure = spoil(folder, 2, score=0.2)
    # Between two people the box shows both: less of a woman, and more like the man beside her.
    blurred = spoil(folder, 4, box=[12, 4, 40, 30])
    everything = images_of(folder)
    chosen = select(folder, Shades(), keep=2 / 3)
    assert (chosen.kept, chosen.boxes, chosen.lower, chosen.unread) == (2, 2, 1, ())
    assert images_of(folder) == everything - {small, unsure, blurred}
    assert len((folder / LEFT_OUT).read_bytes().splitlines()) == 3
    again = select(folder, Shades(), keep=1.0)
    assert (again.kept, again.lower) == (3, 0)
    assert images_of(folder) == everything - {small, unsure}
    assert "3 pictures stay" in str(again)
    assert again.least < chosen.least


def test_nothing_is_lost_where_the_power_goes_between_the_lists(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = data_set(tmp_path / "data", 4)
    everything, writes = images_of(folder), [0]
    from core.training.data import quality as module

    real = module.write_whole

    def dying(path: Path, data: bytes) -> None:
        writes[0] += 1
        if writes[0] == 3:
            raise OSError(28, "No space left on device")
        real(path, data)

    monkeypatch.setattr(module, "write_whole", dying)
    with pytest.raises(KnownError, match="No picture was lost"):
        select(folder, Shades(), keep=0.5)
    monkeypatch.undo()
    assert select(folder, Shades(), keep=1.0).kept == 4
    assert images_of(folder) == everything
    assert len(lines.read(folder).lines) == 4


def test_a_picture_that_cannot_be_read_is_put_aside(tmp_path: Path) -> None:
    folder = data_set(tmp_path / "data", 3)
    (folder / lines.read(folder).lines[0].image).write_bytes(b"gone")
    chosen = select(folder, Shades(), keep=1.0)
    assert (chosen.kept, len(chosen.unread)) == (2, 1)
    assert "1 because they cannot be read" in str(chosen)


@pytest.mark.parametrize("keep", [0, 1.1, float("nan")])
def test_a_part_is_a_part(tmp_path: Path, keep: float) -> None:
    with pytest.raises(KnownError, match="above 0 and at most 1"):
        select(data_set(tmp_path / "data", 1), Shades(), keep=keep)


def test_where_none_would_stay_nothing_is_changed(tmp_path: Path) -> None:
    folder = data_set(tmp_path / "data", 1)
    spoil(folder, 0, score=0.0)
    before = (folder / LINES).read_bytes()
    with pytest.raises(KnownError, match="left as it was"):
        select(folder, Shades())
    assert (folder / LINES).read_bytes() == before


# Looked through


def test_a_data_set_in_order_has_no_faults(tmp_path: Path) -> None:
    found = check(data_set(tmp_path / "data", 3))
    assert (found.pictures, found.subjects, found.together, found.faults) == (3, 2, {2: 3}, ())
    assert "3 pictures (3 with 2) of 2 people and things" in str(found)
    assert "No faults" in str(found)


def test_every_fault_is_told_with_its_line(tmp_path: Path) -> None:
    folder = data_set(tmp_path / "data", 4)
    found = lines.read(folder).lines
    Image.new("RGB", (48, 32)).save(folder / found[0].image)
    (folder / found[1].subjects[0].references[0].crop).unlink()
    raw = (folder / LINES).read_text("utf-8").splitlines()
    raw[2] = raw[2].replace(CAPTION, "nobody")
    (folder / LINES).write_text("\n".join([*raw, raw[3]]) + "\n", "utf-8")
    told = check(folder)
    assert told.pictures == 1
    assert [fault.split(":")[0] for fault in told.faults] == [f"data.jsonl, line {n}" for n in (1, 2, 3, 5)]
    for words in ("not the file that was written", "not there", "span", "twice"):
        assert words in str(told)
    (folder / LINES).write_bytes((folder / LINES).read_bytes()[:-9])
    assert "not written to its end" in str(check(folder))
