"""Everything that is stored about somebody, as a plain list with sizes: what deleting them takes away."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QTreeWidget, QTreeWidgetItem, QWidget

from core.library import subjects
from core.library.subjects import SubjectCard
from desktop import theme, words
from desktop.i18n import tr
from desktop.pages.dialogs import close_box, stack
from desktop.studio import Studio
from desktop.widgets.buttons import button
from desktop.widgets.dialog import Dialog

SHOWN = 500
"""Lines under one heading; the heading counts them all."""
Line = tuple[str, list[str], int | None]
"""What, each of it in words, and how many bytes; None where it is only counted."""


class StoredDialog(Dialog):
    delete_asked = Signal()

    def __init__(self, studio: Studio, card: SubjectCard, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Stored about {name}", name=card.name))
        self.resize(640, 520)
        self._tree = QTreeWidget()
        self._tree.setAccessibleName(tr("What is stored"))
        self._tree.setHeaderLabels([tr("What"), tr("How many"), tr("Size")])
        self._tree.setColumnWidth(0, 400)
        self._tree.setAlternatingRowColors(True)
        self._said = theme.text(tr("Reading…"), "muted", wrap=True)
        self._text = ""
        copy = button(tr("Copy as text"), self._copy, "copy")
        remove = button(tr("Delete…"), self._delete, "delete", "danger")
        box = close_box(self)
        ends = QWidget()
        row = QHBoxLayout(ends)
        row.setContentsMargins(0, 0, 0, 0)
        for part in (copy, remove):
            row.addWidget(part)
        row.addStretch()
        row.addWidget(box)
        title = theme.text(tr("Everything that is stored about {name}", name=card.name), "heading")
        stack(self, title, self._said, self._tree, ends)
        library = studio.library
        studio.background.run(lambda: gathered(subjects.stored(library, card.id)), self._fill)

    def _fill(self, lines: list[Line]) -> None:
        total = sum(size or 0 for _, _, size in lines)
        self._said.setText(
            tr(
                "{size} on this computer. Photos and pictures already made stay yours when it is deleted.",
                size=words.size(total),
            )
        )
        self._text = "\n".join(_as_text(line) for line in lines)
        for what, each, size in lines:
            top = QTreeWidgetItem([what, f"{len(each):,}", words.size(size) if size else ""])
            top.setTextAlignment(1, Qt.AlignmentFlag.AlignRight)
            top.addChildren([QTreeWidgetItem([text]) for text in each[:SHOWN]])
            if len(each) > SHOWN:
                top.addChild(QTreeWidgetItem([tr("… and {count} more", count=f"{len(each) - SHOWN:,}")]))
            self._tree.addTopLevelItem(top)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._text)

    def _delete(self) -> None:
        self.accept()
        self.delete_asked.emit()


def gathered(stored: dict[str, Any]) -> list[Line]:
    """What the library found, under headings a person asks for. Reads files' sizes."""
    photos = list(dict.fromkeys(face["photo"] for face in stored["faces"]))
    faces = [f"{Path(face['photo']).name}: {_state(face['state'])}" for face in stored["faces"]]
    crops = [each["crop"] for each in stored["references"]]
    masks = [each["mask"] for each in stored["references"] if each["mask"]]
    files, crop_size, mask_size = (
        stored["files"],
        _size(stored["files"], crops),
        _size(stored["files"], masks),
    )
    others = [file for file in files if Path(file).stem not in {*crops, *masks}]
    jobs = [f"{_job(state)}: {count}" for state, count in stored["jobs"].items()]
    return [
        (tr("Photos they are seen on"), photos, None),
        (tr("Faces"), faces, None),
        (tr("What recognises the faces"), _vectors(stored["embeddings"]), stored["embeddings"]["bytes"]),
        (tr("References: crops"), crops, crop_size),
        (tr("References: masks"), masks, mask_size),
        (tr("Encodings and other derived files"), others, _sizes(others)),
        (tr("Lines of the queue"), jobs, None),
        (tr("Pictures they are in"), stored["pictures"], _sizes(stored["pictures"])),
        (tr("Weight maps"), stored["weight_maps"], _sizes(stored["weight_maps"])),
        (tr("Reports, which may show them"), stored["reports"], _sizes(stored["reports"])),
        (tr("Backups of the library that hold them"), stored["backups"], _sizes(stored["backups"])),
        (tr("Consent"), _said(stored["consent"]), None),
        (tr("Consent to train"), _said(stored["training"]), None),
        (tr("Data sets to train with"), stored["data_sets"], _sizes(stored["data_sets"])),
        (tr("Models that learned from their pictures"), stored["trained"], None),
        (tr("Notes"), [stored["notes"]] if stored["notes"] else [], None),
    ]  # fmt: skip


def _said(answers: dict[str, str | None]) -> list[str]:
    return [f"{what}: {said}" for what, said in answers.items() if said]


def _vectors(embeddings: dict[str, int]) -> list[str]:
    count = embeddings["count"]
    each = embeddings["bytes"] // count if count else 0
    return [tr("numbers that describe a face, {bytes} bytes", bytes=each)] * count


def _state(state: str) -> str:
    return {"suggested": tr("suggested"), "confirmed": tr("confirmed"), "ignored": tr("rejected")}[state]


def _job(state: str) -> str:
    known = {
        "queued": tr("waiting"), "running": tr("being made"), "done": tr("done"), "failed": tr("failed"),
        "cancelled": tr("cancelled"), "quarantined": tr("given up"),
    }  # fmt: skip
    return known.get(state, state)


def _size(files: list[str], hashes: list[str]) -> int:
    return _sizes([file for file in files if Path(file).stem in hashes])


def _sizes(files: list[str]) -> int:
    total = 0
    for file in files:
        try:
            total += Path(file).stat().st_size
        except OSError:  # gone meanwhile
            continue
    return total


def _as_text(line: Line) -> str:
    what, each, size = line
    head = f"{what}: {len(each)}" + (f" ({words.size(size)})" if size else "")
    return "\n".join([head, *(f"  {text}" for text in each)])
