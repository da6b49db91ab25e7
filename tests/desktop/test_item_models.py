"""Every item model under Qt's own tester, through every kind of change; and the least change for a
refresh."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from core.events import JobProgress
from core.library.gallery import PictureRow
from core.library.jobs import JobRow
from core.library.subjects import Cover, FaceRow, SubjectCard
from core.paths import Home
from desktop.models.faces import PAGE, FaceModel
from desktop.models.jobs import JobModel
from desktop.models.pictures import PictureModel, caption
from desktop.models.rows import ROW, RowModel
from desktop.models.subjects import MANY, Section, SubjectModel, arranged
from desktop.widgets.cards import LOOK

NOW = datetime(2026, 1, 2, 3, 4)
CARD = SubjectCard(
    1, "u1", "person", "Person 1", "person1", "person", False, False, False, "", "unknown", "", None, 3, 0,
    Cover("a.jpg", (0, 0, 10, 10), 0.5),
)  # fmt: skip
JOB = JobRow(
    1, "queued", "a prompt", (), "text", "mini", 1, 20, 256, 256, "shape", 0, None, NOW, None, None, None,
    None,
)  # fmt: skip
PICTURE = PictureRow(1, 1, "a.png", "0" * 64, "{}", 1, 256, 256, "{}", 0, "", NOW)
FATAL = QAbstractItemModelTester.FailureReportingMode.Fatal


class Plain(NamedTuple):
    key: int
    value: int


def watched(model: QAbstractItemModel) -> QAbstractItemModelTester:
    return QAbstractItemModelTester(model, FATAL)


def jobs(*states: str) -> list[JobRow]:
    return [replace(JOB, id=at, state=state, text=f"job {at}") for at, state in enumerate(states, 1)]


lists = st.lists(st.builds(Plain, st.integers(0, 12), st.integers(0, 2)), unique_by=lambda row: row.key)


@given(lists, lists, lists)
def test_a_model_always_holds_what_it_was_given(
    first: list[Plain], second: list[Plain], third: list[Plain]
) -> None:
    model: RowModel[Plain] = RowModel(lambda row: row.key)
    tester = watched(model)
    for rows in (first, second, third):
        model.replace(rows)
        assert model.rows == rows
    del tester


def test_a_refresh_moves_nothing_that_stayed(qtbot: QtBot) -> None:
    model: RowModel[Plain] = RowModel(lambda row: row.key)
    model.replace([Plain(1, 0), Plain(2, 0), Plain(3, 0)])
    kept = QPersistentModelIndex(model.index(2))
    resets: list[int] = []
    model.modelReset.connect(lambda: resets.append(1))
    model.replace([Plain(9, 0), Plain(2, 1), Plain(3, 0), Plain(4, 0)])
    assert resets == []
    assert kept.row() == 2
    assert kept.data(ROW) == Plain(3, 0)


def test_subjects_and_their_sections(qtbot: QtBot) -> None:
    model = SubjectModel(Home(Path("home")))
    tester = watched(model)
    named = replace(CARD, id=2, named=True, name="Ada", handle="ada", consent="granted")
    thing = replace(CARD, id=3, kind="object", named=True, name="Rex", handle="rex", noun="dog")

    def shown(*cards: SubjectCard) -> list[int]:
        model.show_cards(arranged(cards))
        return [model.counts().get(section, 0) for section in Section]

    assert shown(thing, CARD, named) == [1, 1, 1, 0]
    assert [row.id for row in model.rows] == [2, 1, 3]
    assert shown(replace(thing, ignored=True), replace(CARD, named=True, name="Ben"), named) == [2, 0, 0, 1]
    for words, found in (("ad", [2]), ("@rex", [3]), ("DOG", [3]), ("nobody", []), ("", [1, 2, 3])):
        model.seek(words)
        assert sorted(row.id for row in model.rows) == found
    many = [replace(CARD, id=number) for number in range(4, 4 + 2 * MANY)]
    assert shown(named, *many) == [1, 2 * MANY, 0, 0]
    model.seek("ada")
    assert [row.id for row in model.rows] == [2]
    assert shown() == [0, 0, 0, 0]
    del tester


def test_faces_are_asked_for_a_page_at_a_time(qtbot: QtBot) -> None:
    model, asked = FaceModel(), []
    tester = watched(model)
    model.rows_wanted.connect(asked.append)
    model.show_ids(range(1, 500))
    qtbot.waitUntil(lambda: asked != [])
    assert model.index(130).data(ROW) is None
    qtbot.waitUntil(lambda: any(131 in ids for ids in asked))
    assert all(len(ids) % PAGE == 0 or 499 in ids for ids in asked)
    row = FaceRow(131, 1, "/a/b.jpg", "0" * 64, (0, 0, 9, 9), 0.9, 0.5, "suggested")
    model.put([row])
    assert model.index(130).data(ROW) is row
    assert "not confirmed" in model.index(130).data(Qt.ItemDataRole.AccessibleTextRole)
    model.show_ids([])
    del tester


def test_a_typed_name_is_told_and_an_empty_one_is_not(qtbot: QtBot) -> None:
    model = SubjectModel(Home(Path("home")))
    tester = watched(model)
    model.replace([CARD])
    told: list[tuple[int, str]] = []
    model.named.connect(lambda id, name: told.append((id, name)))
    assert model.setData(model.index(0), "Ada")
    assert not model.setData(model.index(0), "   ")
    assert told == [(1, "Ada")]
    del tester


def test_the_queue_shows_what_runs_first_and_what_is_over_last(qtbot: QtBot) -> None:
    model = JobModel()
    tester = watched(model)
    model.fill(jobs("done", "failed", "running", "queued", "queued", "done"), {})
    assert [(row.state, row.id) for row in model.rows] == [
        ("running", 3), ("queued", 4), ("queued", 5), ("failed", 2), ("done", 6), ("done", 1),
    ]  # fmt: skip
    model.progress(JobProgress(3, 5, 20, 2.0))
    look = model.index(0).data(LOOK)
    assert look.progress == 0.25
    assert look.aside == "step 5 of 20, 30 s left"
    model.fill(jobs("done", "failed", "done", "running", "queued", "done"), {})
    assert model.rows[0].id == 4
    del tester


@pytest.mark.parametrize(
    ("row", "to", "order", "told"),
    [
        (1, 4, [1, 3, 4, 2, 5], [(2, None)]),
        (3, 1, [1, 4, 2, 3, 5], [(4, 2)]),
        (3, 0, [1, 4, 2, 3, 5], [(4, 2)]),  # never before what runs
        (1, 5, [1, 3, 4, 2, 5], [(2, None)]),  # never behind what is over
    ],
)
def test_moving_stays_among_what_waits(
    qtbot: QtBot, row: int, to: int, order: list[int], told: list[tuple[int, int | None]]
) -> None:
    model = JobModel()
    tester = watched(model)
    model.fill(jobs("running", "queued", "queued", "queued", "done"), {})
    with qtbot.waitSignal(model.moved) as heard:
        assert model.moveRows(QModelIndex(), row, 1, QModelIndex(), to)
    assert [job.id for job in model.rows] == order
    assert heard.args == [told]
    del tester


def test_several_that_are_moved_are_told_in_one_go(qtbot: QtBot) -> None:
    """As the view does it after a drop: one after the other."""
    model = JobModel()
    model.fill(jobs("queued", "queued", "queued", "queued"), {})
    with qtbot.waitSignal(model.moved) as heard:
        assert model.moveRows(QModelIndex(), 0, 1, QModelIndex(), 4)
        assert model.moveRows(QModelIndex(), 0, 1, QModelIndex(), 4)
    assert heard.args == [[(1, None), (2, None)]]
    assert [job.id for job in model.rows] == [3, 4, 1, 2]


def test_what_runs_or_is_over_does_not_move(qtbot: QtBot) -> None:
    model = JobModel()
    model.fill(jobs("running", "queued", "done"), {})
    assert not model.moveRows(QModelIndex(), 0, 1, QModelIndex(), 2)
    assert not model.moveRows(QModelIndex(), 2, 1, QModelIndex(), 1)


def test_the_time_left_is_that_of_the_waiting_and_the_running(qtbot: QtBot) -> None:
    model = JobModel()
    done = replace(JOB, id=9, state="done", seconds=4.0)
    model.fill([done, *jobs("running", "queued", "queued")], {})
    model.progress(JobProgress(1, 10, 20, 0.1))
    assert model.left() == pytest.approx(9.0)


def test_rows_of_pictures_are_asked_for_when_they_are_looked_at(qtbot: QtBot) -> None:
    model = PictureModel()
    tester = watched(model)
    wanted: list[list[int]] = []
    model.rows_wanted.connect(wanted.append)
    model.show_ids(range(50_000, 0, -1))
    wanted.clear()  # the tester looked
    assert model.index(30_123).data(LOOK) is None
    assert model.index(30_124).data(LOOK) is None
    ((first, *others),) = wanted  # once for both
    assert (50_000 - first) // 200 == 30_123 // 200
    assert len(others) == 199
    model.put([replace(PICTURE, id=first)])
    assert model.rows == [replace(PICTURE, id=first)]
    assert model.index(50_000 - first).data(LOOK).caption == "Made by another version"
    del tester


def test_only_so_many_rows_of_pictures_are_kept(qtbot: QtBot) -> None:
    model = PictureModel()
    model.show_ids(range(20_000))
    for first in range(0, 20_000, 200):
        model.put([replace(PICTURE, id=number) for number in range(first, first + 200)])
    assert len(model.rows) == 5000
    assert model.row(19_999)
    assert model.row(0) is None
    assert caption(model.rows[0]) == "Made by another version"


def test_new_pictures_at_the_top_move_nothing(qtbot: QtBot) -> None:
    model = PictureModel()
    tester = watched(model)
    resets: list[int] = []
    model.show_ids([3, 2, 1])
    model.modelReset.connect(lambda: resets.append(1))
    kept = QPersistentModelIndex(model.index(1))
    model.show_ids([5, 4, 3, 2, 1])
    assert resets == []
    assert kept.row() == 3
    model.show_ids([5, 3, 1], {5: 2, 3: 1, 1: 4})
    assert resets == [1]
    assert [model.stack_of(number) for number in (5, 1, 9)] == [2, 4, 1]
    model.show_ids([])
    assert model.rowCount() == 0
    del tester


def test_a_refresh_costs_as_much_as_the_list_is_long_not_its_square() -> None:
    looked = 0

    class Key(int):
        def __hash__(self) -> int:
            nonlocal looked
            looked += 1
            return hash(int(self))

    model: RowModel[int] = RowModel(Key)
    model.replace(range(500))
    model.replace(range(1, 501))
    assert model.rows == list(range(1, 501))
    assert looked <= 20 * 500
