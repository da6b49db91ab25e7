"""The queue's rows: what runs, what waits in its order, then what is over, newest first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QPixmap

from core.events import JobProgress
from core.library.jobs import JobRow
from core.methods import METHODS
from core.pace import Pace
from core.spec import Until
from desktop import words
from desktop.i18n import noop, tr
from desktop.later import LaterCall
from desktop.models.rows import RowModel
from desktop.widgets.cards import LOOK
from desktop.widgets.job_rows import JobLook

Index = QModelIndex | QPersistentModelIndex
STATES = {
    "queued": (noop("Waiting"), "muted"),
    "running": (noop("Rendering"), "accent"),
    "done": (noop("Done"), "good"),
    "failed": (noop("Failed"), "bad"),
    "quarantined": (noop("Set aside after two crashes"), "bad"),
    "cancelled": (noop("Cancelled"), "disabled"),
}
LANES = {"first": noop("Waiting, comes first"), "background": noop("Waiting, comes last")}
OVER = ("done", "failed", "quarantined", "cancelled")
ORDER = ("running", "queued", "failed", "quarantined", "done", "cancelled")
WAY: Mapping[str, str] = {name: info.title for name, info in METHODS.items()} | {"text": "text alone"}


@dataclass(frozen=True)
class Live:
    """What the worker told of a picture it is at."""

    step: int = 0
    steps: int = 0
    seconds_per_step: float = 0.0


class JobModel(RowModel[JobRow]):
    """`moved` with what the user put where, in one go: (job, before), None for the end."""

    moved = Signal(list)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(lambda row: row.id, parent)
        self.pace = Pace()
        self._live: dict[int, Live] = {}
        self._previews: dict[int, QPixmap] = {}
        self._paths: Mapping[int, str] = {}
        self._moves: list[tuple[int, int | None]] = []
        self._tell_moves = LaterCall(self._tell_moved, self, 0)

    def fill(self, rows: Sequence[JobRow], paths: Mapping[int, str]) -> None:
        """`paths`: where finished pictures lie, by picture."""
        self.pace = Pace.of(row for row in rows if row.state == "done")
        self._paths = paths
        running = {row.id for row in rows if row.state == "running"}
        self._live = {id: live for id, live in self._live.items() if id in running}
        self._previews = {id: preview for id, preview in self._previews.items() if id in running}
        self.replace(_in_order(rows))

    def progress(self, event: JobProgress) -> None:
        self._live[event.job_id] = Live(event.step, event.steps, event.seconds_per_step)
        self.touch(event.job_id)

    def preview(self, job_id: int, jpeg: bytes) -> None:
        picture = QPixmap()
        if picture.loadFromData(jpeg):
            self._previews[job_id] = picture
            self.touch(job_id)

    def left(self) -> float | None:
        """Seconds until the queue is done; None while nothing was measured."""
        waiting = self.pace.left(row for row in self.rows if row.state == "queued")
        running = [self._left_of(row) for row in self.rows if row.state == "running"]
        if waiting is None or None in running:
            return None
        return waiting + max((seconds for seconds in running if seconds is not None), default=0.0)

    def value(self, row: JobRow, role: int) -> Any:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{row.text}, {tr(STATES[row.state][0])}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{row.text}\n\n{row.error}" if row.error else row.text
        return self.look(row) if role == LOOK else super().value(row, role)

    def look(self, row: JobRow) -> JobLook:
        state, token = STATES[row.state]
        if row.state == "queued":
            state = LANES.get(row.lane, state)
        running = row.state == "running"
        live = self._live.get(row.id, Live())
        return JobLook(
            title=row.text, detail=_detail(row), state=tr(state), token=token, aside=self._aside(row),
            progress=live.step / max(1, live.steps or row.steps) if running else None,
            preview=self._previews.get(row.id), picture=self._paths.get(row.picture_id or 0, ""),
        )  # fmt: skip

    def _aside(self, row: JobRow) -> str:
        if row.state == "running":
            live, left = self._live.get(row.id), self._left_of(row)
            return _step(live, left)
        if row.state == "done" and row.seconds is not None:
            return tr("{seconds} s", seconds=f"{row.seconds:.1f}")
        if row.state == "queued":
            expected = self.pace.picture(row)
            return tr("about {time}", time=words.duration(expected)) if expected is not None else ""
        return ""

    def _left_of(self, row: JobRow) -> float | None:
        live = self._live.get(row.id)
        if live and live.seconds_per_step:
            return (live.steps - live.step) * live.seconds_per_step
        return self.pace.picture(row)

    # Order, by drag and by keys

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.ItemIsDropEnabled
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
        waiting = self.rows[index.row()].state == "queued"
        return flags | Qt.ItemFlag.ItemIsDragEnabled if waiting else flags

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction

    def moveRows(self, from_parent: Index, row: int, count: int, to_parent: Index, to: int) -> bool:
        """Moves waiting rows so that they stand before row `to`; only among those that wait."""
        chosen = self.rows[row : row + count]
        if (
            from_parent.isValid()
            or to_parent.isValid()
            or not chosen
            or any(r.state != "queued" for r in chosen)
        ):
            return False
        first, last = self._waiting_range()
        to = min(max(to, first), last)
        if not self.beginMoveRows(QModelIndex(), row, row + count - 1, QModelIndex(), to):
            return False
        del self.rows[row : row + count]
        at = to if to < row else to - count
        self.rows[at:at] = chosen
        self.endMoveRows()
        before = self.rows[at + count].id if at + count < last else None
        self._moves += [(job.id, before) for job in chosen]
        self._tell_moves.ask()  # the view moves several rows one after the other
        return True

    def _tell_moved(self) -> None:
        moves, self._moves = self._moves, []
        self.moved.emit(moves)

    def _waiting_range(self) -> tuple[int, int]:
        waiting = [at for at, row in enumerate(self.rows) if row.state == "queued"]
        return waiting[0], waiting[-1] + 1


def _in_order(rows: Sequence[JobRow]) -> list[JobRow]:
    """The library's order for what waits; what is over, newest first."""
    newest_first = {row.id: -at for at, row in enumerate(rows)}

    def place(row: JobRow) -> tuple[int, int]:
        return ORDER.index(row.state), newest_first[row.id] * (1 if row.state in OVER else -1)

    return sorted(rows, key=place)


def _detail(row: JobRow) -> str:
    if row.error and row.state in ("failed", "quarantined", "cancelled"):
        return row.error
    method = WAY.get(row.method, row.method)
    settings = tr(
        "{width} × {height}, {steps} steps, {method}, seed {seed}",
        width=row.width,
        height=row.height,
        steps=row.steps,
        method=tr(method),
        seed=row.seed,
    )
    return f"{_tried(row.until)}  ·  {settings}" if row.until else settings


def _tried(until: Until) -> str:
    return tr(
        "Try {number} of {tries}, until likeness {score}",
        number=until.number,
        tries=until.tries,
        score=f"{until.score:.2f}",
    )


def _step(live: Live | None, left: float | None) -> str:
    if live is None:
        return tr("starting")
    if left is None:
        return tr("step {step} of {steps}", step=live.step, steps=live.steps)
    time = words.duration(left)
    return tr("step {step} of {steps}, {time} left", step=live.step, steps=live.steps, time=time)
