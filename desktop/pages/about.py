"""About: versions and licences of the program, Qt, models and packages; and what is new."""

import re

from PySide6.QtCore import Qt, qVersion
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QTabWidget,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from core import log, models, news
from core.doctor import program_version
from core.models import ModelInfo
from core.settings import Settings
from desktop import theme
from desktop.i18n import tr
from desktop.studio import Studio
from desktop.widgets.dialog import Dialog


class AboutDialog(Dialog):
    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("About Likeness"))
        self.resize(720, 520)
        self._models = _page("")
        self._packages = _page("")
        tabs = QTabWidget()
        tabs.addTab(self._versions(), tr("Versions"))
        tabs.addTab(self._models, tr("Models"))
        tabs.addTab(self._packages, tr("Packages and data"))
        tabs.currentChanged.connect(self._fill)
        self._tabs = tabs
        _stack(self, self._head(), tabs)
        studio.background.run(lambda: licences(studio.settings), self._models.setMarkdown)

    def _head(self) -> QWidget:
        icon = theme.text()
        theme.draw_on(icon, "sparkle", "accent", 48)
        words = QVBoxLayout()
        words.addWidget(theme.text("Likeness", "title"))
        words.addWidget(theme.text(tr("Version {version}", version=program_version()), "muted"))
        about = tr("Personalised albums, made on your own computer. Nothing leaves it.")
        words.addWidget(theme.text(about, "muted", wrap=True))
        head = QWidget()
        row = QHBoxLayout(head)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addWidget(icon)
        row.addLayout(words, 1)
        return head

    def _versions(self) -> QWidget:
        page = QWidget()
        form = QFormLayout(page)
        form.setContentsMargins(16, 16, 16, 16)
        found = log.versions() | {"Qt": qVersion()}
        for name, version in found.items():
            value = theme.text(version)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            form.addRow(theme.text(name, "muted"), value)
        licence = tr(
            "Likeness: Apache-2.0. Qt and PySide6: LGPL-3.0, used as libraries that can be replaced."
        )
        form.addRow(theme.text(licence, "small", wrap=True))
        return page

    def _fill(self, at: int) -> None:
        """The long list when it is first looked at."""
        if self._tabs.widget(at) is self._packages and not self._packages.toPlainText():
            self._packages.setMarkdown(_without_links(news.document("THIRD_PARTY.md")))


class NewsDialog(Dialog):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("What is new"))
        self.resize(680, 520)
        version, body = news.newest(news.document("CHANGELOG.md"))
        title = tr("What is new in version {version}", version=version)
        _stack(self, theme.text(title, "title"), _page(_without_links(body)))


def licences(settings: Settings) -> str:
    """Each model that is there and its licence, in Markdown."""
    rows = [_row(model) for model in models.available(settings)]
    head = f"| {tr('Model')} | {tr('Licence')} | {tr('What it is')} |\n|---|---|---|\n"
    return head + "\n".join(rows)


def _row(model: ModelInfo) -> str:
    cells = (model.name, model.licence or tr("not stated"), model.description)
    return "| " + " | ".join(cell.replace("|", "/").replace("\n", " ") for cell in cells) + " |"


def _without_links(markdown: str) -> str:
    """Their targets are files of the source, or somewhere on the net: neither is opened from here."""
    return re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", markdown)


def _page(markdown: str) -> QTextBrowser:
    page = QTextBrowser(openLinks=False)
    page.setAccessibleName(tr("Text"))
    page.setMarkdown(markdown)
    return page


def _stack(dialog: QDialog, *parts: QWidget) -> None:
    box = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    box.rejected.connect(dialog.reject)
    column = QVBoxLayout(dialog)
    column.setContentsMargins(20, 20, 20, 16)
    column.setSpacing(14)
    for part in parts:
        column.addWidget(part, 1 if isinstance(part, QTabWidget | QTextBrowser) else 0)
    column.addWidget(box)
