"""What goes along with a profile, and what of one that arrives counts here."""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QCheckBox, QWidget

from core.library.subjects import SubjectCard
from desktop import theme
from desktop.i18n import noop, tr
from desktop.pages.dialogs import ask_box, stack
from desktop.widgets.dialog import Dialog

if TYPE_CHECKING:
    from core.profile import Profile

GOES = noop(
    "The file holds the name, the word for them, notes, the record of consent, and the references with their"
    " masks. Whoever has the file can make pictures of {name}. Your photos stay here."
)


class ExportDialog(Dialog):
    """`with_faces`: what recognises them goes along too."""

    def __init__(self, card: SubjectCard, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Export {name}", name=card.name))
        self.setMinimumWidth(460)
        self._faces = QCheckBox(tr("Also what recognises their faces"))
        self._faces.setVisible(card.kind == "person")
        box, _ = ask_box(self, tr("Choose where…"))
        title = theme.text(tr("Export {name} as one file", name=card.name), "heading")
        hint = theme.text(
            tr("That is biometric data: another library then finds them in its own photos."),
            "small",
            wrap=True,
        )
        hint.setVisible(card.kind == "person")
        stack(self, title, theme.text(tr(GOES, name=card.name), "muted", wrap=True), self._faces, hint, box)

    @property
    def with_faces(self) -> bool:
        return self._faces.isChecked()


class ImportDialog(Dialog):
    """`agreed`: the consent in the file counts here; `training`: that to be learned from, too; `with_faces`:
    what recognises them is taken in."""

    def __init__(self, profile: "Profile", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Take in {name}", name=profile.name))
        self.setMinimumWidth(460)
        granted = profile.kind == "person" and profile.consent.status == "granted"
        self._agreed = QCheckBox(tr("{name} agreed to pictures made here", name=profile.name))
        self._agreed.setVisible(granted)
        self._training = QCheckBox(tr("{name} agreed to be used to train here, too", name=profile.name))
        trained = profile.consent.training
        self._training.setVisible(granted and trained is not None and trained.status == "granted")
        self._training.setEnabled(False)
        self._agreed.toggled.connect(self._training.setEnabled)
        self._faces = QCheckBox(tr("Find them in my photos too (biometric data in the file)"))
        self._faces.setVisible(bool(profile.faces))
        box, _ = ask_box(self, tr("Take in"))
        lines = [tr("{noun}, references: {count}", noun=profile.noun, count=len(profile.references))]
        if granted:
            scope = profile.consent.scope or tr("no scope noted")
            lines.append(
                tr("The file says that they agreed ({scope}). Ask them, and tick it then.", scope=scope)
            )
        elif profile.kind == "person":
            lines.append(tr("The file tells of no consent: ask them before making pictures."))
        title = theme.text(tr("Take in {name}?", name=profile.name), "heading")
        words = theme.text("\n".join(lines), "muted", wrap=True)
        stack(self, title, words, self._agreed, self._training, self._faces, box)

    @property
    def agreed(self) -> bool:
        return self._agreed.isChecked()

    @property
    def training(self) -> bool:
        return self.agreed and self._training.isChecked()

    @property
    def with_faces(self) -> bool:
        return self._faces.isChecked()
