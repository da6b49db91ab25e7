"""One subject as one file, to be used with another library: a zip with a versioned JSON, the crops and masks
of their references, and what recognises their faces only where the user asked for it.

What arrives is a stranger's file. Its sizes are looked at before anything is unpacked, the JSON is held to
these types, every picture is decoded and written anew, and a consent comes along as what somebody else noted:
it counts only when the user says so.
"""

import contextlib
import hashlib
import io
import json
import zipfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.disk import write_whole
from core.errors import UNREADABLE, KnownError
from core.library import cards, known_faces, subjects
from core.library.tables import Face, Subject
from core.spec import Kind
from core.spec import Reference as Prepared

if TYPE_CHECKING:
    from core.library.db import Library

VERSION = 1
SUFFIX = ".likeness"
JSON = "profile.json"
MOST_FILE, MOST_JSON, MOST_PICTURE = 200_000_000, 4_000_000, 8_000_000
MOST_REFERENCES = 200
MOST_SIDE = 2048
EPOCH = (1980, 1, 1, 0, 0, 0)
Hash = Annotated[str, Meta(pattern=r"\A[0-9a-f]{64}\Z")]
Short = Annotated[str, Meta(max_length=200)]
Long = Annotated[str, Meta(max_length=20_000)]


class KeptReference(Struct, frozen=True, forbid_unknown_fields=True):
    crop: Hash
    mask: Hash | None = None
    weight: Annotated[float, Meta(gt=0, le=10)] = 1.0
    enabled: bool = True


class KeptTraining(Struct, frozen=True, forbid_unknown_fields=True):
    """Whether pictures of them may be learned from, as it was recorded there."""

    status: Literal["granted", "withdrawn"]
    when: datetime | None = None
    until: datetime | None = None


class KeptConsent(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """As it was recorded where the profile comes from. `training` is written only where there was an answer:
    programs that know nothing of it read the others."""

    status: Literal["unknown", "granted", "denied", "withdrawn"] = "unknown"
    scope: Long = ""
    note: Long = ""
    when: datetime | None = None
    until: datetime | None = None
    training: KeptTraining | None = None


class KeptFace(Struct, frozen=True, forbid_unknown_fields=True):
    """What recognises one face: biometric. `vector`: float32 values of unit length."""

    backend: Short
    vector: Annotated[bytes, Meta(min_length=16, max_length=16_384)]
    quality: Annotated[float, Meta(ge=0, le=1)]


class Profile(Struct, frozen=True, forbid_unknown_fields=True):
    likeness: Literal["profile"]
    version: Literal[1]
    kind: Kind
    name: Short
    noun: Short
    references: Annotated[tuple[KeptReference, ...], Meta(max_length=MOST_REFERENCES)]
    notes: Long = ""
    consent: KeptConsent = KeptConsent()
    faces: Annotated[tuple[KeptFace, ...], Meta(max_length=2000)] = ()


@dataclass(frozen=True)
class Opened:
    """A profile that was read and found whole. `pictures`: decoded, by the hash they go by in the profile."""

    profile: Profile
    pictures: dict[str, Any]


def export(library: "Library", subject_id: int, path: Path, with_faces: bool = False) -> Profile:
    """Writes the subject's profile to `path`, whole or not at all; `with_faces`: with what recognises them.
    Raises KnownError when a picture is missing or the file cannot be written."""
    with library.read() as session:
        profile = _profile(session, subject_id, with_faces)
    hashes = {h for each in profile.references for h in (each.crop, each.mask) if h}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        _add(archive, JSON, msgspec.json.format(msgspec.json.encode(profile)))
        for each in sorted(hashes):
            _add(archive, f"{each}.png", _bytes_of(library, each))
    try:
        write_whole(path, packed.getvalue())
    except OSError as error:
        raise KnownError(f"{path} cannot be written: {error.strerror}. Nothing was exported.") from error
    return profile


def read(path: Path) -> Opened:
    """Raises KnownError, in words, for anything that is not a whole profile of a version known here."""
    try:
        size = path.stat().st_size
        if size > MOST_FILE:
            raise KnownError(f"{path.name} is larger than a profile can be ({size / 1e6:.0f} MB).")
        with zipfile.ZipFile(path) as archive:
            entries = _entries(archive, path.name)
            profile = _parsed(archive.read(entries[JSON]), path.name)
            return Opened(profile, _pictures(archive, entries, profile, path.name))
    except OSError as error:
        raise KnownError(f"{path.name} cannot be read: {error.strerror or error}.") from error
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        # An encrypted entry raises RuntimeError, an unknown compression NotImplementedError.
        raise KnownError(f"{path.name} is no profile of Likeness, or it is damaged.") from error
    except Exception as error:  # zlib.error, lzma.LZMAError, struct.error: what decoders raise for damage
        if type(error).__name__ not in ("error", "LZMAError"):
            raise
        raise KnownError(f"{path.name} is damaged: it cannot be unpacked.") from error


def take_in(
    library: "Library",
    opened: Opened,
    *,
    agreed: bool = False,
    training: bool = False,
    with_faces: bool = False,
) -> int:
    """A new subject from a profile. The consent in it is kept as a note; with `agreed`, the user's own word,
    it counts, and with `training` that to be learned from too. `with_faces`: what recognises them comes too,
    so that later groupings know them. Raises KnownError and adds nothing when the disk fails."""
    from core import references

    profile = opened.profile
    stored = {
        name: references.store(library.home.references, picture) for name, picture in opened.pictures.items()
    }
    if with_faces and profile.faces and profile.references:
        crop = stored[profile.references[0].crop]
        known_faces.keep(library.home, crop, [_known(face) for face in profile.faces])
    with library.write() as session:
        subject = subjects.create(session, profile.kind, profile.name, profile.noun)
        subjects.set_notes(session, subject, profile.notes)
        for each in profile.references:
            _add_reference(session, subject, each, stored)
        if profile.kind == "person":
            _note_consent(session, subject, profile.consent, agreed, training)
    return subject


def _known(face: KeptFace) -> known_faces.KnownFace:
    """Of unit length, whatever the file says. Raises KnownError for what are no numbers."""
    import numpy as np

    if len(face.vector) % 4:
        raise KnownError("What recognises the faces in this profile is damaged. Take it in without.")
    values = np.frombuffer(face.vector, "<f4").astype(np.float32)
    length = float(np.linalg.norm(values)) if np.isfinite(values).all() else 0.0
    if not 0 < length < float("inf"):
        raise KnownError("What recognises the faces in this profile is damaged. Take it in without.")
    return known_faces.KnownFace(face.backend, (values / length).astype(np.float32).tobytes(), face.quality)


def _add_reference(session: Session, subject: int, kept: KeptReference, stored: dict[str, str]) -> None:
    mask = stored[kept.mask] if kept.mask else None
    prepared = Prepared(crop=stored[kept.crop], mask=mask, weight=kept.weight)
    number = subjects.add_reference(session, subject, prepared, None, None)
    subjects.set_reference(session, number, enabled=kept.enabled)


def _note_consent(session: Session, subject: int, told: KeptConsent, agreed: bool, training: bool) -> None:
    """Not theirs to give: it is recorded as granted only on the user's own word, and with the profile's
    end."""
    said = f"The profile says: {told.status}" + (f", for {told.scope}" if told.scope else "")
    said += f"; to train: {told.training.status}" if told.training else ""
    note = "\n".join(filter(None, [f"{said}.", told.note]))
    status: cards.Consent = told.status
    if status == "granted" and not agreed:
        status = "unknown"
    try:
        subjects.set_consent(session, subject, status, told.scope, told.when, told.until, note)
    except KnownError:  # its dates contradict each other
        subjects.set_consent(session, subject, "unknown", told.scope, note=note)
        return
    if training and told.training and told.training.status == "granted" and status == "granted":
        # Where the consent has ended, or its dates contradict each other, nobody agreed to training.
        with contextlib.suppress(KnownError):
            subjects.set_training(session, subject, True, told.training.when, told.training.until)


# Packing


def _profile(session: Session, subject_id: int, with_faces: bool) -> Profile:
    me = cards.card(session, subject_id)
    columns = select(Subject.consent, Subject.training).where(Subject.id == subject_id)
    recorded, answer = session.execute(columns).one()
    training = None
    if answer != "unknown":
        training = KeptTraining(answer, me.training_at, me.training_until)  # type: ignore[arg-type]
    kept = tuple(
        KeptReference(each.crop, each.mask, each.weight, each.enabled)
        for each in cards.references(session, subject_id)[:MOST_REFERENCES]
    )
    consent = KeptConsent(
        recorded,  # type: ignore[arg-type]
        me.consent_scope, me.consent_note, me.consent_at, me.consent_until,
        training,
    )  # fmt: skip
    faces = _faces(session, subject_id) if with_faces else ()
    return Profile("profile", 1, me.kind, me.name, me.noun, kept, me.notes, consent, faces)


def _faces(session: Session, subject_id: int) -> tuple[KeptFace, ...]:
    """Those the user confirmed, the best first."""
    columns = select(Face.backend, Face.embedding, Face.quality)
    mine = columns.where(Face.subject_id == subject_id, Face.state == "confirmed")
    best = session.execute(mine.order_by(Face.quality.desc(), Face.id).limit(200))
    return tuple(KeptFace(*row) for row in best)


def _add(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    """The same profile is the same file: no date but a fixed one."""
    archive.writestr(zipfile.ZipInfo(name, EPOCH), data, zipfile.ZIP_DEFLATED)


def _bytes_of(library: "Library", sha256: str) -> bytes:
    try:
        data = library.home.reference(sha256).read_bytes()
    except OSError as error:
        raise KnownError(
            "A reference picture is missing: make this subject's references again. Nothing was exported."
        ) from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise KnownError(
            "A reference picture is damaged: make this subject's references again. Nothing was exported."
        )
    return data


# Unpacking


def _entries(archive: zipfile.ZipFile, name: str) -> dict[str, zipfile.ZipInfo]:
    """By name; only names a profile has are ever looked at, and only sizes it may have."""
    found: dict[str, zipfile.ZipInfo] = {}
    for entry in archive.infolist()[: 2 * MOST_REFERENCES + 2]:
        limit = MOST_JSON if entry.filename == JSON else MOST_PICTURE
        if entry.file_size > limit:
            raise KnownError(f"{name} holds something larger than a profile may: it was not opened.")
        if entry.filename in found:
            raise KnownError(f"{name} holds {entry.filename} twice: it was not opened.")
        found[entry.filename] = entry
    if len(archive.infolist()) > 2 * MOST_REFERENCES + 1 or JSON not in found:
        raise KnownError(f"{name} is no profile of Likeness.")
    return found


def _parsed(data: bytes, name: str) -> Profile:
    try:
        version = json.loads(data).get("version")
    except (ValueError, AttributeError, RecursionError) as error:
        raise KnownError(f"{name} is no profile of Likeness.") from error
    if isinstance(version, int) and version > VERSION:
        raise KnownError(f"{name} was made by a newer Likeness. Use that version, or export it again.")
    try:
        return msgspec.json.decode(data, type=Profile)
    except UNREADABLE as error:
        raise KnownError(f"{name} is no profile this version can read: {error}.") from error


def _pictures(
    archive: zipfile.ZipFile, entries: dict[str, zipfile.ZipInfo], profile: Profile, name: str
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for each in profile.references:
        for sha256, mode in ((each.crop, "RGB"), (each.mask, "L")):
            if sha256 is None:
                continue
            if f"{sha256}.png" not in entries:
                raise KnownError(f"{name} lacks a picture it names. Export it again.")
            data = archive.read(entries[f"{sha256}.png"])
            if hashlib.sha256(data).hexdigest() != sha256:
                raise KnownError(f"{name} is damaged: a picture is not the one that was exported.")
            found[sha256] = _decoded(data, mode, name)
    return found


def _decoded(data: bytes, mode: str, name: str) -> Any:
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data), formats=("PNG",)) as picture:
            if max(picture.size) > MOST_SIDE:
                raise KnownError(f"{name} holds a picture of {picture.width} × {picture.height}: too large.")
            return picture.convert(mode).copy()
    except KnownError:
        raise
    except Exception as error:  # decoders raise nearly anything for damaged bytes
        raise KnownError(f"{name} holds a picture that cannot be read.") from error
