"""Choosing a set to download: what it is, what it needs, its licence, and what leaves this computer."""

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from core.downloads import catalogue
from core.downloads.catalogue import Set
from core.fits import Machine
from desktop import theme, words
from desktop.i18n import noop, tr
from desktop.pages.dialogs import ask_box
from desktop.widgets.dialog import Dialog

WIDTH = 580
TITLES = {
    "sd15": noop("Stable Diffusion 1.5 with references"),
    "sd15-faces": noop("Stable Diffusion 1.5 with references and faces"),
    "sdxl": noop("Stable Diffusion XL with references"),
    "sdxl-faces": noop("Stable Diffusion XL with references and faces"),
}
SENT = noop(
    "Only the request for these files leaves this computer, as when you open a web page: no photo, name,"
    " prompt or account. The server sees your internet address. Every file is compared with its SHA-256"
    " before it is used. You can stop at any time; the same download goes on where it stopped."
)


class DownloadDialog(Dialog):
    """`chosen` is the set to download once the dialog is accepted. `left`: bytes still to come, by set."""

    def __init__(
        self, left: Mapping[str, int], machine: Machine | None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._left, self._machine = left, machine
        self.setWindowTitle(tr("Download models"))
        self.setMinimumWidth(WIDTH)
        self._make_parts()
        self._lay_out()
        self.list.setCurrentRow(self._best())
        self._show_chosen()
        self.list.currentRowChanged.connect(self._show_chosen)
        self.agreed.toggled.connect(self._show_chosen)

    @property
    def chosen(self) -> Set:
        return catalogue.sets()[max(0, self.list.currentRow())]

    def _best(self) -> int:
        """The largest set this computer's graphics card is made for; without one the smallest."""
        card = self._machine.card_memory if self._machine else 0
        fitting = [at for at, each in enumerate(catalogue.sets()) if each.memory_gb * 0.95e9 <= card]
        return max(fitting, default=0)

    def _show_chosen(self) -> None:
        chosen = self.chosen
        left = self._left.get(chosen.name, chosen.bytes)
        told = tr(
            "Download: {size}. Its pictures are {side} pixels wide.",
            size=words.size(chosen.bytes), side=chosen.size,
        )  # fmt: skip
        if left == 0:
            told = tr("All of its files are here already. They are checked again and listed.")
        if 0 < left < chosen.bytes:
            told = tr(
                "{left} of {size} are still to come.", left=words.size(left), size=words.size(chosen.bytes)
            )
        sources = ", ".join(dict.fromkeys(part.repository for part in chosen.files))
        pinned = (
            tr("Each file is pinned to one version.") if chosen.pinned else tr("Not pinned to one version.")
        )
        self._facts.setText("\n".join((told, tr("From huggingface.co: {sources}.", sources=sources), pinned)))
        self._licence.setText(chosen.licence)
        room = self._machine is None or left <= self._machine.disk
        self._room.setVisible(not room)
        self._go.setEnabled(self.agreed.isChecked() and room)
        # Labels that wrap do not make a dialog higher by themselves.
        self.setMinimumHeight(self.layout().totalHeightForWidth(max(self.width(), WIDTH)))

    def _make_parts(self) -> None:
        self.list = QListWidget(objectName="presets")
        self.list.setAccessibleName(tr("Sets of models"))
        for each in catalogue.sets():
            title = tr(TITLES.get(each.name, each.title))
            size = words.size(each.bytes)
            line = tr("{title} · {memory} GB cards · {size}", title=title, memory=each.memory_gb, size=size)
            self.list.addItem(QListWidgetItem(line))
        self.list.setFixedHeight(self.list.sizeHintForRow(0) * len(catalogue.sets()) + 14)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._facts = theme.text("", wrap=True)
        self._licence = theme.text("", wrap=True)
        self._room = theme.text(tr("There is not enough room on the disk for it."), "bad")
        self.agreed = QCheckBox(tr("I use it under this licence"))
        self._box, self._go = ask_box(self, tr("Download"))

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(12)
        column.addWidget(theme.text(tr("Download models"), "heading"))
        column.addWidget(
            theme.text(tr("On the processor alone the smallest works, slowly."), "muted", wrap=True)
        )
        for part in (
            self.list,
            self._facts,
            theme.text(tr("LICENCE"), "section"),
            self._licence,
            self.agreed,
        ):
            column.addWidget(part)
        column.addWidget(theme.text(tr("WHAT LEAVES THIS COMPUTER"), "section"))
        column.addWidget(theme.text(tr(SENT), "muted", wrap=True))
        column.addWidget(self._room)
        column.addWidget(self._box)
