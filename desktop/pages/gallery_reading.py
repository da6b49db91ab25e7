"""What the gallery asks the library for."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from core.library import gallery, picture_albums, search, subjects
from core.library.search import Wanted
from desktop.widgets.filter_bar import Offer

Found = tuple[list[tuple[int, int]], int]
"""Pictures with the sizes of their stacks, and how many there are at all."""


def found(session: Session, wanted: Wanted, stacked: bool) -> Found:
    shown = (
        search.stacks(session, wanted) if stacked else [(number, 1) for number in search.ids(session, wanted)]
    )
    return shown, gallery.count(session)


def offer(session: Session) -> Offer:
    """What there is to choose from."""
    cards: Sequence[subjects.SubjectCard] = subjects.cards(session)
    facets = search.facets(session)
    return Offer(
        people=[(card.uid, card.name) for card in cards if card.named],
        albums=picture_albums.listed(session),
        methods=facets["method"],
        models=facets["model"],
    )
