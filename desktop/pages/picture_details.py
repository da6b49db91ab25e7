"""One picture large, beside the references it was made from, with scores, stars and settings."""

from collections import deque
from dataclasses import dataclass
from datetime import UTC
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QPixmap, QShowEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from core.events import ChoreFailed, ChoreFinished, LibraryChanged
from core.library import gallery
from core.library.gallery import PictureRow
from core.spec import RenderSpec, SubjectSpec
from desktop import chores, overlays, theme, words
from desktop.arrivals import Arrivals
from desktop.i18n import noop, tr
from desktop.models.jobs import WAY
from desktop.models.pictures import Likeness, caption, likenesses, spec_of
from desktop.pages.gallery_menu import USES
from desktop.studio import Studio
from desktop.thumbnails import PictureKey
from desktop.widgets.buttons import button
from desktop.widgets.flow import FlowLayout, clear
from desktop.widgets.picture_view import PictureView
from desktop.widgets.reference_tile import Thumb
from desktop.widgets.stars import Stars
from desktop.widgets.who_is_where import WhoIsWhere

LARGE = 2048
CROP = 76
SCALE = noop(
    "Cosine similarity between the face in the picture and the person's references, by the same model that"
    " grouped your photos: 1 is the same photo, about 0 a stranger."
)


@dataclass(frozen=True)
class Judge:
    """The similarity from which two photos show the same person, as measured; None when nobody measured
    it."""

    threshold: float | None = None

    def tip(self) -> str:
        if self.threshold is None:
            return tr(SCALE)
        more = tr("From {score} on, two photos are taken for one person.", score=f"{self.threshold:.2f}")
        return f"{tr(SCALE)} {more}"

    def token(self, score: float | None) -> str:
        if score is None or self.threshold is None:
            return "muted"
        return "good" if score >= self.threshold else "warning"


class PictureDetails(QFrame):
    rated = Signal(int)
    reuse_asked = Signal(object, str)
    folder_asked = Signal(object)

    def __init__(self, studio: Studio) -> None:
        super().__init__(objectName="panel")
        self._studio = studio
        self._row: PictureRow | None = None
        self._judge = Judge()
        self._asked: deque[str] = deque()  # pictures whose maps the worker was told to work out, in order
        self.setMinimumWidth(500)
        self._lay_out()
        self._arrivals = Arrivals(studio.thumbnails, self)
        studio.bridge.happened.connect(self._hear)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._judge.threshold is None:
            self._studio.background.run(lambda: threshold(self._studio.settings.faces), self._measured)

    def show_row(self, row: PictureRow | None) -> None:
        self._inside.setVisible(row is not None)
        before, self._row = self._row, row
        if row is None:
            return
        self._stars.show_rating(row.rating)
        if before is None or before.id != row.id:
            self._fill(row)

    def _measured(self, measured: float | None) -> None:
        self._judge = Judge(measured)
        if self._row:
            self._fill(self._row)

    def _fill(self, row: PictureRow) -> None:
        spec = spec_of(row.spec)
        self._arrivals.forget()
        self._picture.show_over(None)
        self._show(self._picture, PictureKey(row.path, LARGE), sharp=False)
        self._picture.setAccessibleDescription(caption(row))
        self._prompt.setText(caption(row))
        self._fill_references(spec, {each.uid: each for each in likenesses(row)})
        self._fill_facts(row, spec)
        self.who.offer(spec is not None and bool(spec.subjects) and spec.method != "text")
        self._read_overlay()

    # Who is where

    @Slot()
    def _read_overlay(self) -> None:
        """What lies beside the picture, if it is wanted; drawn off-thread."""
        if not self.who.on:
            self._picture.show_over(None)
        elif self._row:
            path = self._row.path
            self._studio.background.run(
                lambda: overlays.read(path), lambda found: self._show_overlay(path, found), lane="pictures"
            )

    def _show_overlay(self, path: str, found: overlays.Overlay | None) -> None:
        if self._row is None or self._row.path != path or not self.who.on:
            return
        self._picture.show_over(QPixmap.fromImage(found.picture) if found else None)
        if found:
            self.who.show_legend(found.legend)
        elif path in self._asked:
            self.who.show_working()
        else:
            self.who.show_missing()

    @Slot()
    def _work_out(self) -> None:
        if self._row:
            self._asked.append(self._row.path)
            self.who.show_working()
            chore = chores.work_out(self._studio.library, Path(self._row.path))
            self._studio.runner.do(chores.WHO, chore)

    @Slot(object)
    def _hear(self, event: object) -> None:
        if isinstance(event, ChoreFinished | ChoreFailed) and event.chore == chores.WHO and self._asked:
            # The worker does one after the other.
            self._asked.popleft()
            self._read_overlay()
        elif isinstance(event, LibraryChanged) and event.what == "subjects":
            # Whoever was deleted is no longer shown.
            self._read_overlay()

    # Filling

    def _fill_references(self, spec: RenderSpec | None, found: dict[str, Likeness]) -> None:
        clear(self._references)
        self._side.setVisible(spec is not None and bool(spec.subjects))
        for subject in spec.subjects if spec else ():
            self._references.addWidget(self._subject(subject, found.get(subject.uid)))

    def _subject(self, subject: SubjectSpec, likeness: Likeness | None) -> QWidget:
        """A subject's name, score and crops, under each other."""
        part = QWidget()
        column = QVBoxLayout(part)
        column.setContentsMargins(0, 0, 0, 8)
        column.setSpacing(6)
        head = QHBoxLayout()
        head.addWidget(theme.text(subject.name))
        head.addStretch()
        if likeness is not None:
            score = theme.text(likeness.said, self._judge.token(likeness.score))
            score.setToolTip(self._judge.tip())
            score.setAccessibleName(tr("Similarity of {name}", name=subject.name))
            head.addWidget(score)
        column.addLayout(head)
        crops = QWidget()
        flow = FlowLayout(crops, 4)
        for reference in subject.references:
            thumb = Thumb(CROP, name=tr("Reference of {name}", name=subject.name))
            self._show(thumb, PictureKey(str(self._studio.home.reference(reference.crop)), CROP))
            flow.addWidget(thumb)
        column.addWidget(crops)
        return part

    def _fill_facts(self, row: PictureRow, spec: RenderSpec | None) -> None:
        facts = [(tr("Seed"), str(row.seed)), (tr("Size"), f"{row.width} × {row.height}")]
        if spec:
            facts += [
                (tr("Method"), WAY.get(spec.method, spec.method)),
                (tr("Model"), spec.model),
                (tr("Steps"), f"{spec.steps}, {spec.scheduler}"),
                (tr("Guidance"), f"{spec.guidance:g}"),
            ]
            facts += (
                [(tr("Strength"), ", ".join(f"{s.scale:g}" for s in spec.subjects))] if spec.subjects else []
            )
        facts.append((tr("Made"), _when(row)))
        self._show_facts(facts)
        self._studio.read(
            lambda session: gallery.took(session, row.job_id), lambda took: self._add_took(row, facts, took)
        )

    def _add_took(self, row: PictureRow, facts: list[tuple[str, str]], took: float | None) -> None:
        if took is not None and self._row is not None and self._row.id == row.id:
            self._show_facts([*facts, (tr("Took"), tr("{seconds} s", seconds=f"{took:.1f}"))])

    def _show_facts(self, facts: list[tuple[str, str]]) -> None:
        clear(self._facts)
        for number, (name, value) in enumerate(facts):
            line, column = divmod(number, 2)
            shown = theme.text(value)
            shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._facts.addWidget(theme.text(name, "muted"), line, column * 2)
            self._facts.addWidget(shown, line, column * 2 + 1)

    def _show(self, where: "Thumb | PictureView", key: PictureKey, *, sharp: bool = True) -> None:
        if sharp:
            key = PictureKey(key.path, round(key.side * self.devicePixelRatio()))
        self._arrivals.show(where, key)

    # Layout

    def _lay_out(self) -> None:
        self._picture = PictureView(tr("Large picture"))
        self.who = WhoIsWhere()
        self.who.switched.connect(self._read_overlay)
        self.who.work_asked.connect(self._work_out)
        self._prompt = theme.text("", "heading", wrap=True)
        self._prompt.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._stars = Stars()
        self._stars.rated.connect(self.rated)
        self._facts = QGridLayout()
        self._facts.setHorizontalSpacing(14)
        self._facts.setVerticalSpacing(4)
        self._facts.setColumnStretch(1, 1)
        self._facts.setColumnStretch(3, 1)
        side = self._side = QWidget()
        side.setFixedWidth(2 * CROP + 8)
        self._references = QVBoxLayout()
        references = QVBoxLayout(side)
        references.setContentsMargins(0, 0, 0, 0)
        references.addWidget(theme.text(tr("REFERENCES"), "section"))
        references.addLayout(self._references)
        references.addStretch()
        top = QHBoxLayout()
        top.setSpacing(16)
        top.addWidget(self._picture, 1)
        top.addWidget(side)
        self._inside = QWidget()
        column = QVBoxLayout(self._inside)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addLayout(top, 1)
        column.addWidget(self.who)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self._prompt, 1)
        head.addWidget(self.who.switch, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(head)
        column.addLayout(self._facts)
        column.addLayout(self._foot())
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._inside)

    def _use(self, part: str) -> None:
        self.reuse_asked.emit(self._row, part)

    def _foot(self) -> QHBoxLayout:
        again = button(tr("Use these settings again"), None, "reuse")
        menu = QMenu(again)
        for part, title in USES.items():
            menu.addAction(tr(title), partial(self._use, part))
        again.setMenu(menu)
        row = QHBoxLayout()
        row.addWidget(self._stars)
        row.addStretch()
        row.addWidget(again)
        row.addWidget(button(tr("Open folder"), lambda: self.folder_asked.emit(self._row), "folder"))
        return row


def _when(row: PictureRow) -> str:
    """By this computer's clock."""
    made = row.created_at if row.created_at.tzinfo else row.created_at.replace(tzinfo=UTC)
    return words.moment(made.astimezone())


def threshold(faces: str) -> float:
    """The measured same-person threshold of a face backend, without loading its models."""
    if faces == "embedded":
        from core.faces.embedded import THRESHOLD
    else:
        from core.faces.insight import THRESHOLD
    return THRESHOLD
