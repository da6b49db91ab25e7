"""How large a picture is shown that one paints on, with a button for each way of changing it."""

from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop import theme
from desktop.i18n import tr
from desktop.widgets.buttons import button, icon_button
from desktop.widgets.zoomed import STEP, Zoomed


class ZoomBar(QWidget):
    def __init__(self, view: Zoomed) -> None:
        super().__init__()
        self._view = view
        self.out = icon_button("minus", tr("Smaller (−)"), lambda: view.zoom_by(1 / STEP / STEP))
        self.closer = icon_button(
            "plus", tr("Larger (+, or Ctrl and the wheel)"), lambda: view.zoom_by(STEP * STEP)
        )
        tip = tr("Shows all of it (0). To move it, drag with the middle button or hold the space bar.")
        self.whole = button(tr("Show all"), view.viewport.whole, tip=tip)
        self._said = theme.text("", "small")
        self._said.setAccessibleName(tr("How often larger it is shown"))
        self._said.setMinimumWidth(36)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for part in (self.out, self.closer, self._said, self.whole):
            row.addWidget(part)
        row.addStretch()
        view.viewport.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        zoom = self._view.viewport.zoom
        self._said.setText(f"× {zoom:.1f}")
        self.out.setEnabled(zoom > 1)
        self.whole.setEnabled(zoom > 1)
