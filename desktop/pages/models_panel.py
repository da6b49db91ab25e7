"""One file of weights in full: what it is for, its licence, whether it fits and is what it was, and what can
be done with it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from core.fits import Machine
from core.shelf import Item
from desktop import theme, words
from desktop.i18n import tr
from desktop.pages import models_words
from desktop.widgets.buttons import button

WIDTH = 330
BREAKABLE = "\u200b"
"""Lets a long path break after a folder."""


class ModelPanel(QFrame):
    """Each signal is what the user wants done with the shown item."""

    use_asked = Signal()
    verify_asked = Signal()
    folder_asked = Signal()
    licence_asked = Signal()
    remove_asked = Signal()

    def __init__(self) -> None:
        super().__init__(objectName="panel")
        self.setFixedWidth(WIDTH)
        self._rows: dict[str, tuple[QLabel, QLabel]] = {}
        self._make_parts()
        self._lay_out()
        self.show_item(None, None, False)

    def show_item(self, item: Item | None, machine: Machine | None, busy: bool) -> None:
        """`busy`: something long is under way, which must end first."""
        self._inner.setVisible(item is not None)
        if item is None or machine is None:
            return
        self._title.setText(item.name)
        self._purpose.setText(models_words.purpose(item))
        self._trouble.setText(" ".join(filter(None, (item.trouble, *item.notes))))
        self._trouble.setVisible(bool(self._trouble.text()))
        self._tell(tr("Kind"), item.what if item.kind == "base" else "")
        self._tell(tr("For"), item.model)
        self._tell(tr("Size"), words.size(item.bytes) if item.bytes else "")
        fits = models_words.memory(item, machine) if item.needs else ""
        self._tell(
            tr("Memory"), fits, "" if not fits or models_words.fits_at_all(item, machine) else "warning"
        )
        self._tell(tr("Licence"), models_words.licence(item))
        self._tell(tr("Verified"), models_words.checked(item), models_words.ROLES.get(item.state, ""))
        self._tell(tr("Place"), str(item.path).replace("/", f"/{BREAKABLE}").replace("\\", f"\\{BREAKABLE}"))
        self._offer(item, busy)

    def _offer(self, item: Item, busy: bool) -> None:
        chosen = item.kind in ("base", "faces", "segmenter")
        self.used.setVisible(chosen and item.in_use)
        self.use.setVisible(chosen and not item.in_use)
        self.use.setEnabled(not item.trouble and not busy)
        self.accept.setVisible(item.kind == "adapter" and not item.accepted)
        self.verify.setEnabled(bool(item.files) and not busy)
        self.remove.setVisible(item.own)
        self.remove.setEnabled(not busy and (not item.in_use or item.kind == "upscaler"))
        self.remove.setToolTip(tr("In use: choose another first") if item.in_use else "")

    def _tell(self, name: str, said: str, role: str = "") -> None:
        label, value = self._rows[name]
        value.setText(said)
        theme.set_role(value, role)
        label.setVisible(bool(said))
        value.setVisible(bool(said))

    # Layout

    def _make_parts(self) -> None:
        self._title = theme.text("", "heading", wrap=True)
        self._purpose = theme.text("", "muted", wrap=True)
        self._trouble = theme.text("", "bad", wrap=True)
        self.used = theme.text(tr("In use"), "good")
        self.use = button(tr("Use this"), self.use_asked.emit, role="primary")
        self.accept = button(tr("Read and accept the licence…"), self.licence_asked.emit)
        self.verify = button(
            tr("Verify now"),
            self.verify_asked.emit,
            "check",
            tip=tr("Reads every byte and compares its SHA-256"),
        )
        self.folder = button(tr("Show in folder"), self.folder_asked.emit, "folder")
        self.remove = button(tr("Remove…"), self.remove_asked.emit, "delete", "danger")
        self.buttons = (self.use, self.accept, self.verify, self.folder, self.remove)

    def _facts(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        names = (tr("Kind"), tr("For"), tr("Size"), tr("Memory"), tr("Licence"), tr("Verified"), tr("Place"))
        for at, name in enumerate(names):
            label, value = theme.text(name, "muted"), theme.text("", wrap=True)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            value.setAccessibleName(name)
            grid.addWidget(label, at, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(value, at, 1)
            self._rows[name] = (label, value)
        return grid

    def _lay_out(self) -> None:
        self._inner = QWidget()
        column = QVBoxLayout(self._inner)
        column.setContentsMargins(18, 18, 18, 18)
        column.setSpacing(12)
        for part in (self._title, self._purpose, self._trouble):
            column.addWidget(part)
        column.addLayout(self._facts())
        column.addSpacing(4)
        for part in (self.used, *self.buttons):
            column.addWidget(part)
        column.addStretch()
        scroll = QScrollArea(widgetResizable=True, focusPolicy=Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(self._inner)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scroll)
