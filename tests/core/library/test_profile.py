"""One subject as one file: what comes out goes in, and nothing else does."""

import io
import json
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from core import profile, references
from core.errors import KnownError
from core.library import Library, known_faces, subjects
from core.paths import Home
from core.profile import KeptConsent, KeptFace, KeptReference, KeptTraining, Profile
from core.spec import Reference

AddPerson = Callable[..., int]


@pytest.fixture
def ada(library: Library, home: Home, add_person: AddPerson) -> int:
    """Two references whose files are pictures, a consent with an end, confirmed faces."""
    who = add_person("Ada", faces=2, references=0)
    with library.write() as session:
        for shade in (40, 90):
            crop = references.store(home.references, Image.new("RGB", (64, 64), (shade, 10, 20)))
            mask = references.store(home.references, Image.new("L", (32, 32), shade))
            subjects.add_reference(session, who, Reference(crop, mask, 1.5), None, None)
        subjects.set_notes(session, who, "my sister")
        until = datetime(2099, 1, 1)
        subjects.set_consent(session, who, "granted", "albums", datetime(2026, 1, 1), until, "by mail")
        for face in subjects.faces(session, who):
            subjects.set_face_state(session, face.id, "confirmed")
    return who


@pytest.fixture
def file(library: Library, ada: int, tmp_path: Path) -> Path:
    profile.export(library, ada, tmp_path / "ada.likeness")
    return tmp_path / "ada.likeness"


def rewritten(file: Path, change: Callable[[dict[str, Any]], object], **entries: bytes) -> Path:
    """The profile with another JSON and other entries, as somebody with a zip program makes it."""
    with zipfile.ZipFile(file) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    told = json.loads(held[profile.JSON])
    change(told)
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in (held | {profile.JSON: json.dumps(told).encode()} | entries).items():
            archive.writestr(name, data)
    return file


def test_what_goes_out_comes_in_and_consent_is_asked_for(library: Library, ada: int, file: Path) -> None:
    opened = profile.read(file)
    assert opened.profile.faces == ()
    copy = profile.take_in(library, opened)
    with library.read() as session:
        old, new = subjects.card(session, ada), subjects.card(session, copy)
        assert (new.name, new.noun, new.notes, new.references) == (old.name, old.noun, old.notes, 2)
        assert new.handle == "ada2"
        assert new.consent == "unknown"
        assert "The profile says: granted, for albums." in new.consent_note
        assert [(r.crop, r.weight) for r in subjects.references(session, copy)] == [
            (r.crop, r.weight) for r in subjects.references(session, ada)
        ]


def test_a_consent_counts_on_the_users_word_and_ends_when_it_ended(library: Library, file: Path) -> None:
    copy = profile.take_in(library, profile.read(file), agreed=True)
    with library.read() as session:
        card = subjects.card(session, copy)
    assert (card.consent, card.consent_scope) == ("granted", "albums")
    assert card.consent_until == datetime(2099, 1, 1)


def test_the_same_profile_is_the_same_file(library: Library, ada: int, file: Path, tmp_path: Path) -> None:
    profile.export(library, ada, tmp_path / "again.likeness")
    assert (tmp_path / "again.likeness").read_bytes() == file.read_bytes()


def test_what_recognises_faces_goes_along_only_when_asked_and_goes_with_them(
    library: Library, home: Home, ada: int, tmp_path: Path
) -> None:
    vector = np.ones(8, np.float32)
    with library.write() as session:
        from core.library.tables import Face

        for face in session.query(Face):
            face.embedding = vector.tobytes()
    profile.export(library, ada, tmp_path / "ada.likeness", with_faces=True)
    opened = profile.read(tmp_path / "ada.likeness")
    assert len(opened.profile.faces) == 2
    profile.take_in(library, opened)
    assert known_faces.found(library, "toy") == []
    subjects.delete(library, ada)
    copy = profile.take_in(library, opened, with_faces=True)
    (one, two) = known_faces.found(library, "toy")
    assert {one.subject_id, two.subject_id} == {copy}
    assert float(np.linalg.norm(np.frombuffer(one.embedding, np.float32))) == pytest.approx(1)
    assert known_faces.found(library, "other models") == []
    for card in list_people(library):
        subjects.delete(library, card)
    assert not list(home.encodings.glob("*.faces"))


def list_people(library: Library) -> list[int]:
    with library.read() as session:
        return [card.id for card in subjects.cards(session)]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda told: told.update(version=2), "newer Likeness"),
        (lambda told: told.update(likeness="other"), "no profile this version can read"),
        (lambda told: told.update(extra="?"), "no profile this version can read"),
        (lambda told: told.update(name="x" * 300), "no profile this version can read"),
        (lambda told: told["references"][0].update(crop="../../etc/passwd"), "no profile this version"),
        (lambda told: told["references"][0].update(crop="a" * 64), "lacks a picture"),
        (lambda told: told["references"][0].update(weight=0), "no profile this version can read"),
    ],
)
def test_a_profile_that_lies_is_refused_in_words(
    library: Library, file: Path, change: Callable[[dict[str, Any]], object], said: str
) -> None:
    before = list_people(library)
    with pytest.raises(KnownError, match=said):
        profile.read(rewritten(file, change))
    assert list_people(library) == before


def test_a_bomb_is_not_unpacked(file: Path) -> None:
    big = io.BytesIO()
    with zipfile.ZipFile(big, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(profile.JSON, b"{" + b" " * (profile.MOST_JSON + 1))
    file.write_bytes(big.getvalue())
    with pytest.raises(KnownError, match="larger than a profile may"):
        profile.read(file)


def test_pictures_that_are_none_or_huge_are_refused(file: Path) -> None:
    crop = profile.read(file).profile.references[0].crop
    with pytest.raises(KnownError, match="not the one that was exported"):
        profile.read(rewritten(file, lambda told: None, **{f"{crop}.png": b"no picture"}))
    picture = io.BytesIO()
    Image.new("L", (profile.MOST_SIDE + 1, 8)).save(picture, "PNG")
    from hashlib import sha256

    name = sha256(picture.getvalue()).hexdigest()

    def point(told: dict[str, Any]) -> None:
        told["references"][0]["crop"] = name

    with pytest.raises(KnownError, match="too large"):
        profile.read(rewritten(file, point, **{f"{name}.png": picture.getvalue()}))


def test_missing_and_damaged_files_are_told(library: Library, home: Home, ada: int, tmp_path: Path) -> None:
    with pytest.raises(KnownError, match="cannot be read"):
        profile.read(tmp_path / "nothing.likeness")
    with library.read() as session:
        crop = subjects.references(session, ada)[0].crop
    home.reference(crop).write_bytes(b"other")
    with pytest.raises(KnownError, match="damaged"):
        profile.export(library, ada, tmp_path / "a.likeness")
    home.reference(crop).unlink()
    with pytest.raises(KnownError, match="missing"):
        profile.export(library, ada, tmp_path / "a.likeness")
    assert not list(tmp_path.glob("a.likeness"))


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300), st.floats(0, 1), st.booleans())
def test_damaged_bytes_are_a_named_error_or_the_same_profile(
    file: Path, garbage: bytes, where: float, longer: bool
) -> None:
    whole = file.read_bytes()
    at = int(where * len(whole))
    spoilt = file.with_suffix(".spoilt")
    spoilt.write_bytes(whole[:at] + garbage + whole[at if longer else at + len(garbage) :])
    try:
        found = profile.read(spoilt).profile
    except KnownError as error:
        said = str(error)
    else:
        said = "spoilt" if found == profile.read(file).profile else "something else"
    assert "spoilt" in said


short = st.text(max_size=40)
hashes = st.text("0123456789abcdef", min_size=64, max_size=64)
moments = st.none() | st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1))
consents = st.builds(
    KeptConsent,
    st.sampled_from(["unknown", "granted", "denied", "withdrawn"]),
    short,
    short,
    moments,
    moments,
    st.none() | st.builds(KeptTraining, st.sampled_from(["granted", "withdrawn"]), moments, moments),
)
kept = st.builds(KeptReference, hashes, st.none() | hashes, st.floats(0.01, 10), st.booleans())
faces = st.builds(KeptFace, short, st.binary(min_size=16, max_size=64), st.floats(0, 1))
profiles = st.builds(
    Profile, st.just("profile"), st.just(1), st.sampled_from(["person", "object"]), short, short,
    st.lists(kept, max_size=4).map(tuple), short, consents, st.lists(faces, max_size=3).map(tuple),
)  # fmt: skip


@given(profiles)
def test_the_json_says_all_of_it(one: Profile) -> None:
    assert msgspec.json.decode(msgspec.json.encode(one), type=Profile) == one
    assert profile._parsed(msgspec.json.encode(one), "a.likeness") == one
