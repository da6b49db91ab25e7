"""Photos that ended the engine's process, by the hash of their bytes: the next import passes them by."""

from collections.abc import Mapping

import msgspec
from sqlalchemy.orm import Session

from core.errors import UNREADABLE
from core.library import facts

KEY = "deadly"
MOST = 1000


class _Kept(msgspec.Struct):
    """Of which version of the program: a newer one may know better."""

    version: str = ""
    photos: dict[str, str] = {}


def known(session: Session, version: str) -> Mapping[str, str]:
    """Why each photo was given up, by its hash."""
    text = facts.read(session, KEY)
    try:
        kept = msgspec.json.decode(text, type=_Kept) if text else _Kept()
    except UNREADABLE:
        return {}
    return kept.photos if kept.version == version else {}


def remember(session: Session, version: str, sha256: str, reason: str) -> None:
    _keep(session, version, {**known(session, version), sha256: reason})


def forget(session: Session, version: str, hashes: set[str]) -> None:
    """They are tried once more."""
    before = known(session, version)
    if hashes & before.keys():
        _keep(session, version, {sha256: why for sha256, why in before.items() if sha256 not in hashes})


def _keep(session: Session, version: str, photos: Mapping[str, str]) -> None:
    newest = dict(list(photos.items())[-MOST:])
    facts.keep(session, KEY, msgspec.json.encode(_Kept(version, newest)).decode())
