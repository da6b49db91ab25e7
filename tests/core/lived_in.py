"""A home in which everything happened that a photographer can do: two people of the demo album, found, named
and asked by the real engine, pictures of them, and all that piles up beside."""

import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from PIL import Image
from sqlalchemy import select

from core import album, compose, report
from core.engine import Engine
from core.engine.fake import FakeEngine
from core.library import Library, backup, data_sets, jobs, open_library, subjects
from core.library.tables import Face
from core.log import close_log, open_log
from core.paths import RESOURCES, Home
from core.runner import Runner
from core.settings import Settings, save
from core.spec import RenderSpec
from core.training.data.folder_writer import NewPicture, NewSubject, NewView, Writer
from core.training.data.lines import Agreed

PHOTOS = [RESOURCES / "demo" / "album" / f"IMG_000{number}.jpg" for number in (1, 7)]
"""A different person on each."""


@dataclass(frozen=True)
class Person:
    """Somebody, and all that must not be found any more once they are deleted."""

    id: int
    uid: str
    words: tuple[str, ...]
    secrets: tuple[bytes, ...]
    hashes: tuple[str, ...]


@dataclass(frozen=True)
class Lived:
    """`ada` and `ben` are in the library of `home`; `pictures` by who is in them."""

    home: Home
    ada: Person
    ben: Person


def fill(home: Home, engine: Engine) -> None:
    """Lives in `home`. The engine finds the people and makes the first picture, of both; the others are drawn
    at once."""
    open_log(home.log)
    try:
        with closing(open_library(home)) as library:
            save(home, Settings(accepted=("a" * 64,)))
            _people(library, engine)
            _queue(library, home, engine)
            _learn(library, home)
            _pile_up(library, home)
    finally:
        engine.close()
        close_log()


def seen(home: Home) -> Lived:
    """Who lives there now."""
    with closing(open_library(home)) as library:
        with library.read() as session:
            ada, ben = sorted(card.id for card in subjects.cards(session))
        return Lived(home, _person(library, home, ada), _person(library, home, ben))


def _people(library: Library, engine: Engine) -> None:
    album.import_photos(library, engine, PHOTOS)
    album.group_faces(library, engine)
    with library.read() as session:
        found = sorted(card.id for card in subjects.cards(session))
    for number, (name, noun) in zip(
        found, (("Adaora Quisp", "woman"), ("Benedikt Vlurg", "man")), strict=True
    ):
        with library.write() as session:
            subjects.rename(session, number, name, noun)
            subjects.set_notes(session, number, f"{name.split()[0]}-notes-7f3a")
            subjects.set_consent(session, number, "granted", f"{name.split()[0]}-scope-91c2")
            subjects.set_training(session, number, True)
        album.make_references(library, engine, number, 128)


def _queue(library: Library, home: Home, engine: Engine) -> None:
    """One picture by the engine that was given; a job in every state, and changes to take back."""
    both = wishes(
        library, home, "@adaora-quisp and @benedikt-vlurg on a pier", masks=("adaora-quisp", "benedikt-vlurg")
    )
    _make(library, home, engine, both)
    _make(library, home, FakeEngine(), wishes(library, home, "@benedikt-vlurg on a pier"))
    failing = wishes(library, home, "@adaora-quisp FAIL") + wishes(library, home, "@benedikt-vlurg FAIL")
    _make(library, home, FakeEngine(), failing)
    waiting = wishes(library, home, "@adaora-quisp in rain") + wishes(
        library, home, "@benedikt-vlurg in rain"
    )
    with library.write() as session:
        ids = jobs.enqueue(session, waiting)
        jobs.cancel(session, jobs.enqueue(session, waiting))
        jobs.move(session, ids[0], None)


def wishes(library: Library, home: Home, text: str, masks: tuple[str, ...] = ()) -> list[RenderSpec]:
    """The settings of a picture of one step; each handle in `masks` gets a region mask of its own."""
    wish = compose.Wish(text=text, steps=1, maps=True, regions={each: _mask(home, each) for each in masks})
    with library.read() as session:
        return compose.specs(session, home, Settings(), wish)


def _mask(home: Home, who: str) -> "compose.Region":
    file = home.root.parent / f"{who}.png"
    drawn = Image.effect_noise((64, 64), 90 + len(who)).point(lambda value: 255 if value > 128 else 0)
    drawn.save(file)
    return compose.Region(mask=compose.keep_mask(home, file))


def _make(library: Library, home: Home, engine: Engine, specs: list[RenderSpec]) -> None:
    with library.write() as session:
        jobs.enqueue(session, specs)
    Runner(library, lambda: _Open(engine), lambda event: None, home.pictures).run_until_idle()


class _Open:
    """An engine that the worker does not close: it is used once more."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def __getattr__(self, name: str) -> Callable[..., object]:
        return (lambda: None) if name == "close" else getattr(self._engine, name)


def _learn(library: Library, home: Home) -> None:
    """A data set of both, by themselves and together, a model that learned from it, and a crop that a builder
    left behind."""
    writer = Writer(home.training / "people", "people", "", "")
    with library.read() as session:
        cards = sorted(subjects.cards(session), key=lambda card: card.id)
        kept = {card.uid: subjects.references(session, card.id)[0] for card in cards}
    shown = {uid: _learned(home, uid, row) for uid, row in kept.items()}
    writer.agreed({uid: Agreed() for uid in shown})
    for who in ([cards[0]], [cards[1]], cards):
        image = Image.effect_noise((64, 64), 60).convert("RGB")
        writer.add(NewPicture(image, "somebody", [shown[card.uid] for card in who], exact=True))
    for row in kept.values():
        shutil.copy(home.reference(row.crop), writer.folder / "crops")
    data_sets.note_trained(home, home.root / "trained", shown)


def _learned(home: Home, uid: str, row: subjects.ReferenceRow) -> NewSubject:
    crop, mask = Image.open(home.reference(row.crop)), Image.new("L", (64, 64), 255)
    view = NewView(crop.convert("RGB"))
    return NewSubject(uid, "person", "somebody", (0, 8), mask, (0.0, 0.0, 64.0, 64.0), [view])


def _pile_up(library: Library, home: Home) -> None:
    """Copies of the library, a report, what killed programs left half written, a mask nobody queued."""
    for reason in ("batch", "daily", "asked"):
        backup.make(home, reason)  # type: ignore[arg-type]
    report.write(library, datetime(2026, 1, 1).astimezone())
    (copy, *_) = backup.listed(home)
    shutil.copy(copy.path, home.root / "library.damaged-20260101-000000-000000.db")
    shutil.copy(copy.path, home.backups / ".99999999-q1w2e3r4.part")
    for number, crop in enumerate(sorted(home.references.rglob("*.png"))):
        shutil.copy(crop, crop.with_name(f".99999999-abcdefg{number}.part"))
    for encoding in sorted(home.encodings.iterdir()):
        shutil.copy(encoding, encoding.with_name(f"{encoding.stem}.99999999.tmp"))
    picture = next(home.pictures.glob("*.png"))
    shutil.copy(picture, picture.with_name(".99999999-zyxwvuts.part"))


def _person(library: Library, home: Home, number: int) -> Person:
    with library.read() as session:
        card = subjects.card(session, number)
        vectors = list(session.scalars(select(Face.embedding).where(Face.subject_id == number)))
    kept = [Path(file) for file in subjects.stored(library, number)["files"]]
    hashes = {file.name[:64] for file in kept}
    whole = [file.read_bytes() for file in kept if file.suffix in (".png", ".safetensors")]
    words = (card.name, card.name.split()[1], card.handle, card.uid, card.notes, card.consent_scope)
    return Person(number, card.uid, words, (*vectors, *whole), tuple(hashes))


def traces(home: Home, gone: Person, others: Person | None = None) -> dict[str, set[str]]:
    """For each file of the home that holds anything of a person, what: every 32 bytes of an embedding (so
    any 64 in a row are noticed), pieces of crops, masks and encodings (but those that `others` have too),
    hashes as text and as bytes, words in two encodings."""
    needles = {
        "word": [word.encode(code) for word in gone.words for code in ("utf-8", "utf-16-le")],
        "hash": [each.encode() for each in gone.hashes] + [bytes.fromhex(each) for each in gone.hashes],
        "bytes": pieces(gone, others),
    }
    found: dict[str, set[str]] = {}
    for file in filter(Path.is_file, home.root.rglob("*")):
        data, name = file.read_bytes(), str(file.relative_to(home.root))
        held = {what for what, each in needles.items() if any(needle in data for needle in each)}
        held |= {
            what for what in ("word", "hash") if any(needle in name.encode() for needle in needles[what])
        }
        if held:
            found[name] = held
    return found


def pieces(gone: Person, others: Person | None = None) -> list[bytes]:
    """32 bytes in a row that would tell of somebody."""
    theirs = b"\0".join(others.secrets) if others else b""
    found = []
    for secret in gone.secrets:
        whole = [secret[at : at + 32] for at in range(0, len(secret) - 31, 32)]
        telling = [piece for piece in whole if len(set(piece)) > 12 and piece not in theirs]
        found += telling[:: max(1, len(telling) // 40)]
    return found
