"""Cards with a round picture, a name that is typed in place, a count and a badge."""

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from PySide6.QtCore import (
    QAbstractItemModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFont, QKeyEvent, QMouseEvent, QPainter, QPen, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from desktop import theme
from desktop.i18n import tr
from desktop.thumbnails import PictureKey, Thumbnails
from desktop.widgets.drawn import drawn
from desktop.widgets.sectioned_view import SectionedView

LOOK = Qt.ItemDataRole.UserRole + 1
"""The role under which a model says how a row's card looks."""
CARD = QSize(148, 186)
FACE = 96
AROUND = QPoint(4, 4)
"""So far marks may reach beyond the picture."""
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class Card:
    """`ring`: a token for the picture's border, or "". `hint`: what stands in for a name nobody gave yet."""

    title: str
    subtitle: str
    cover: PictureKey | None = None
    round: bool = True
    badge: str = ""
    badge_token: str = ""
    ring: str = ""
    hint: str = ""
    star: bool = False


class Marks(NamedTuple):
    """What lies over a card's picture."""

    radius: float
    ring: str
    badge: str
    badge_token: str
    star: bool


class CardDelegate(QStyledItemDelegate):
    def __init__(self, view: SectionedView) -> None:
        super().__init__(view)
        self._pictures = view.pictures

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return CARD

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        card: Card = index.data(LOOK)
        painter.save()
        tile = _tile(option.rect)
        _ground(painter, tile, option)
        self._face(painter, _face_rect(tile), card, index)
        _words(painter, tile, card, option)
        painter.restore()

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        editor = QLineEdit(parent)
        editor.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        editor.setPlaceholderText(index.data(LOOK).hint or tr("Name"))
        editor.setAccessibleName(tr("Name"))
        editor.setStyleSheet("padding: 1px 4px; min-height: 16px;")
        return editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        assert isinstance(editor, QLineEdit)
        if not editor.text():
            editor.setText(index.data(Qt.ItemDataRole.EditRole))
            editor.selectAll()

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        assert isinstance(editor, QLineEdit)
        if editor.text().strip():
            model.setData(index, editor.text().strip(), Qt.ItemDataRole.EditRole)

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        tile = _tile(option.rect)
        editor.setGeometry(tile.left() + 6, tile.top() + FACE + 20, tile.width() - 12, 28)

    def _face(self, painter: QPainter, where: QRect, card: Card, index: Index) -> None:
        ratio = painter.device().devicePixelRatioF()
        radius = FACE / 2 if card.round else 10
        cut = self._pictures.get(_cut_out(card.cover, radius, ratio), index) if card.cover else None
        if cut:
            painter.drawPixmap(where, cut)
        else:
            painter.drawPixmap(where, _no_face(radius, ratio, theme.looks()))
        if card.ring or card.badge or card.star:
            marks = Marks(radius, card.ring, card.badge, card.badge_token, card.star)
            painter.drawPixmap(where.topLeft() - AROUND, _marked(marks, ratio, theme.looks()))


def draw_covering(painter: QPainter, where: QRect, picture: QPixmap | None) -> None:
    """Fills `where` with the middle of a picture; nothing while it is not there."""
    if picture is None or picture.isNull():
        return
    side = min(picture.width(), picture.height())
    source = QRect((picture.width() - side) // 2, (picture.height() - side) // 2, side, side)
    painter.drawPixmap(where, picture, source)


class CardView(SectionedView):
    """Typing starts naming; F2 renames; Return confirms; Delete ignores; a double click on the picture
    opens."""

    confirmed = Signal(QModelIndex)
    ignored = Signal()
    opened = Signal(QModelIndex)
    edited = Signal()

    def __init__(self, thumbnails: Thumbnails, name: str, parent: QWidget | None = None) -> None:
        super().__init__(CARD, name, thumbnails, parent)
        trigger = QAbstractItemView.EditTrigger
        self.setEditTriggers(trigger.EditKeyPressed | trigger.AnyKeyPressed)
        self.delegate = CardDelegate(self)
        self.setItemDelegate(self.delegate)
        # After the view's own: only then it edits no more, and who hears `edited` may change what it shows.
        self.delegate.closeEditor.connect(lambda: self.edited.emit())

    @property
    def editing(self) -> bool:
        """Whether a name is being typed."""
        return self.state() == QAbstractItemView.State.EditingState

    def keyPressEvent(self, event: QKeyEvent) -> None:
        here = self.currentIndex()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and here.isValid():
            self.confirmed.emit(here)
        elif event.key() == Qt.Key.Key_Delete:
            self.ignored.emit()
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click on “Type a name” lets the user type it."""
        super().mouseReleaseEvent(event)
        index = self._titled(event)
        if index.isValid() and not event.modifiers() and not index.data(LOOK).title:
            self.edit(index)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if self._titled(event).isValid():
            self.edit(index)
        elif index.isValid():
            self.opened.emit(index)

    def _titled(self, event: QMouseEvent) -> QModelIndex:
        """The card on whose name the mouse is."""
        at = event.position().toPoint()
        index = self.indexAt(at)
        inside = index.isValid() and title_rect(_tile(self.visualRect(index))).contains(at)
        return index if inside else QModelIndex()


def _ground(painter: QPainter, tile: QRect, option: QStyleOptionViewItem) -> None:
    selected = bool(option.state & QStyle.StateFlag.State_Selected)
    hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("selection" if selected else "hover" if hovered else "panel"))
    painter.drawRoundedRect(tile, 8, 8)
    if option.state & QStyle.StateFlag.State_HasFocus and selected:
        painter.setPen(QPen(theme.colour("accent"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(tile, 8, 8)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)  # pictures go ten times as fast without it


def _tile(cell: QRect) -> QRect:
    return cell.adjusted(4, 4, -4, -4)


def title_rect(tile: QRect) -> QRect:
    """Where a card's name stands."""
    return QRect(tile.left() + 8, tile.top() + FACE + 22, tile.width() - 16, 22)


def _face_rect(tile: QRect) -> QRect:
    return QRect(tile.center().x() - FACE // 2, tile.top() + 14, FACE, FACE)


def _words(painter: QPainter, tile: QRect, card: Card, option: QStyleOptionViewItem) -> None:
    title = title_rect(tile)
    font = QFont(option.font)
    font.setWeight(QFont.Weight.DemiBold if card.title else QFont.Weight.Normal)
    painter.setFont(font)
    painter.setPen(theme.colour("text" if card.title else "accent"))
    painter.drawText(
        title, Qt.AlignmentFlag.AlignCenter, _fit(painter, card.title or card.hint, title.width())
    )
    painter.setFont(option.font)
    painter.setPen(theme.colour("muted"))
    below = title.translated(0, 22)
    painter.drawText(below, Qt.AlignmentFlag.AlignCenter, _fit(painter, card.subtitle, below.width()))


def _fit(painter: QPainter, words: str, width: int) -> str:
    return painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, width)


@lru_cache(maxsize=16)
def _no_face(radius: float, ratio: float, looks: str) -> QPixmap:
    """What stands in for a picture that is on its way, in the colours of these looks."""
    with drawn(QSize(FACE, FACE), ratio) as (picture, painter):
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("picture"))
        painter.drawRoundedRect(QRectF(0, 0, FACE, FACE), radius, radius)
    return picture


@lru_cache(maxsize=64)
def _marked(marks: Marks, ratio: float, looks: str) -> QPixmap:
    """What lies over a picture: cards differ by it in a few ways only, and drawing it takes longer than all
    else of a card."""
    where = QRect(AROUND, QSize(FACE, FACE))
    with drawn(where.adjusted(-AROUND.x(), -AROUND.y(), AROUND.x(), AROUND.y()).size(), ratio) as (
        picture,
        painter,
    ):
        if marks.ring:
            painter.setPen(QPen(theme.colour(marks.ring), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(where), marks.radius, marks.radius)
        if marks.badge:
            _badge(painter, where, marks)
        if marks.star:
            star = QRect(where.left() - 2, where.bottom() - 20, 18, 18)
            theme.icon("star-full", "warning").paint(painter, star)
    return picture


def _badge(painter: QPainter, where: QRect, marks: Marks) -> None:
    spot = QRect(where.right() - 24, where.bottom() - 24, 26, 26)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("panel"))
    painter.drawEllipse(spot)
    theme.icon(marks.badge, marks.badge_token).paint(painter, spot.adjusted(4, 4, -4, -4))


def _cut_out(key: PictureKey, radius: float, ratio: float) -> PictureKey:
    return PictureKey(key.path, round(FACE * ratio), key.box, radius * ratio)
