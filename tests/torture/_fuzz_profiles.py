"""Profiles of people and objects: a zip that somebody sent, with a JSON and pictures in it."""

import io
import json
import zipfile
from pathlib import Path
from random import Random

from _fuzz_kinds import Try
from _mutations import json_mutant, mutate
from _promise import Broken, promised
from _tiny_photos import every
from PIL import Image

from core import profile
from core.library import open_library, subjects
from core.paths import Home
from core.profile import Opened
from core.spec import Reference

NAMES = ("profile.json", "../../escape.png", "/etc/passwd", "a/b.png", "é.png", "x" * 300)


def profiles(sources: Path) -> Try:
    """Read, and where it can be read taken in: a new subject, and nothing beside the home."""
    whole = _profile(sources)
    library = open_library(Home(sources / "home"))
    photos = list(every().values())

    def try_one(random: Random, folder: Path) -> None:
        file = folder / "ada.likeness"
        file.write_bytes(_mutant(random, whole, photos))
        opened = promised(lambda: profile.read(file), Opened, file.name)
        if opened is None:
            return
        with_faces = random.random() < 0.5
        taken = promised(lambda: profile.take_in(library, opened, with_faces=with_faces), int)
        with library.read() as session:
            if taken and subjects.card(session, taken).consent == "granted":
                raise Broken("A file granted consent by itself.")

    return try_one


def _mutant(random: Random, whole: bytes, photos: list[bytes]) -> bytes:
    if random.random() < 0.4:
        return mutate(random, whole, photos)
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as before, zipfile.ZipFile(made, "w") as after:
        for name in before.namelist():
            data = before.read(name)
            if name.endswith(".json"):
                data = json_mutant(random, json.loads(data)) if random.random() < 0.7 else data
            elif random.random() < 0.3:
                data = random.choice([random.choice(photos), mutate(random, data), b"\0" * 10_000_000])
            name = random.choice(NAMES) if random.random() < 0.05 else name
            compression = random.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA))
            after.writestr(name, data, compression)
    return made.getvalue()


def _profile(folder: Path) -> bytes:
    """Of a person with two references."""
    from core import references

    library = open_library(Home(folder / "from"))
    colours = ("red", "green")
    with library.write() as session:
        ada = subjects.create(session, "person", "Ada", "woman")
        for colour in colours:
            crop = references.store(library.home.references, Image.new("RGB", (32, 32), colour))
            mask = references.store(library.home.references, Image.new("L", (32, 32), 255))
            subjects.add_reference(session, ada, Reference(crop, mask), None, None)
        subjects.set_consent(session, ada, "granted", "album")
    profile.export(library, ada, folder / "whole")
    library.close()
    return (folder / "whole").read_bytes()
