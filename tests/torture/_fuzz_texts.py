"""What the program itself wrote and reads again: metadata, weight maps, specs, settings, messages, caches;
and what the user writes."""

import hashlib
import io
import json
from pathlib import Path
from random import Random
from typing import Any

import msgspec
from _fuzz_kinds import Try
from _mutations import PNG, VALUES, chunk, json_mutant, mutate
from _promise import Broken, promised
from PIL import Image

from core.paths import Home
from core.spec import FaceId, FastComposer, PhotoVerse, Reference, Region, RenderSpec, StartPhoto, SubjectSpec

RGB = bytes(range(256)) * 12
SIDE = 32


def specs(_: Path) -> Try:
    """`RenderSpec.from_json`, as jobs and pictures carry it."""
    plain = json.loads(full_spec().to_json())

    def try_one(random: Random, _: Path) -> None:
        text = json_mutant(random, plain)
        spec = promised(lambda: RenderSpec.from_json(text), RenderSpec)
        if spec and RenderSpec.from_json(spec.to_json()) != spec:
            raise Broken("It does not survive writing and reading.")

    return try_one


def metadata(_: Path) -> Try:
    """`core.metadata.png.read`: the settings in a picture."""
    from core.metadata import Saved, png

    saved = Saved(full_spec(), {"likeness": "1", "seconds": 1.5})
    plain, picture = json.loads(saved.to_json()), png.encode(SIDE, SIDE, RGB, saved)

    def try_one(random: Random, folder: Path) -> None:
        file = folder / "picture.png"
        forged = random.random() < 0.5
        data = _with_text(random, json_mutant(random, plain)) if forged else mutate(random, picture, [PNG])
        file.write_bytes(data)
        read = promised(lambda: png.read(file), Saved)
        if read:
            png.encode(SIDE, SIDE, RGB, read)

    return try_one


def _with_text(random: Random, text: bytes) -> bytes:
    """A whole PNG whose settings are `text`."""
    import zlib

    head = Image.new("L", (2, 2))
    stream = io.BytesIO()
    head.save(stream, "PNG")
    whole = stream.getvalue()
    body = random.choice(
        (
            (b"iTXt", b"likeness\0\0\0\0\0" + text),
            (b"iTXt", b"likeness\0\1\0en\0\0" + zlib.compress(text)),
            (b"zTXt", b"likeness\0\0" + zlib.compress(text)),
            (b"tEXt", b"likeness\0" + text),
        )
    )
    return whole[:33] + chunk(*body) + whole[33:]


def maps(_: Path) -> Try:
    """`core.relevance_map.read`: the weights that lie beside a picture."""
    from core import relevance_map

    subjects = full_spec().subjects
    stream = io.BytesIO()
    Image.linear_gradient("L").resize((8, 8)).save(stream, "PNG")
    whole = relevance_map.encode({each.uid: stream.getvalue() for each in subjects}, subjects, RGB)

    def try_one(random: Random, folder: Path) -> None:
        picture = folder / "picture.png"
        relevance_map.path_of(picture).write_bytes(mutate(random, whole))
        found = promised(lambda: relevance_map.read(picture, RGB), tuple)
        for each in found or ():
            each.grey.resize((4, 4))
        promised(lambda: relevance_map.is_maps(relevance_map.path_of(picture)), bool)

    return try_one


def settings(_: Path) -> Try:
    """`settings.json`, and the first things the program does with it."""
    from core import models
    from core import settings as settings_file

    full = settings_file.Settings(models={"own": "/nowhere"}, output="/out", accepted=("0" * 64,))
    plain = json.loads(msgspec.json.encode(full))

    def try_one(random: Random, folder: Path) -> None:
        home = Home(folder)
        home.settings.write_bytes(json_mutant(random, plain))
        read = promised(lambda: settings_file.load(home), settings_file.Settings, "settings.json")
        if read is None:
            return
        promised(lambda: settings_file.pictures_folder(home, read), Path)
        promised(lambda: settings_file.save(home, read), type(None))
        if settings_file.load(home) != read:
            raise Broken("The settings do not survive writing and reading.")
        for name in models.folders(read):
            if name not in models.EMBEDDED:
                promised(lambda name=name: models.find(read, name), models.ModelInfo)  # type: ignore[misc]

    return try_one


def wire(_: Path) -> Try:
    """What crosses between the window and the engine: anything else ends the call, and runs nothing."""
    from core.engine import EngineOptions, Step
    from core.engine import wire as crossing

    whole: list[Any] = [
        crossing.Open("fake", EngineOptions(Path("/home"), {"mini": Path("/m")}, Path("/r"))),
        crossing.ScanCall(Path("/photo.jpg")),
        crossing.GroupCall([b"\0" * 8]),
        crossing.PrepareCall(Path("/p"), (0.0, 1.0, 2.0, 3.0), "person", 224),
        crossing.RenderCall([full_spec()], 2),
        crossing.Stop(),
        crossing.Stepped(Step(1, 2, (b"jpeg",))),
        crossing.Answer(msgspec.Raw(b"\x01")),
        crossing.Stopped(),
        crossing.Known("text."),
        crossing.Failed("text", "where", 28),
    ]
    streams = []
    for message in whole:
        stream = io.BytesIO()
        crossing.send(stream, message)
        streams.append(stream.getvalue())

    def try_one(random: Random, _: Path) -> None:
        pipe = io.BytesIO(mutate(random, random.choice(streams), streams))
        for kind in (crossing.ToEngine, crossing.FromEngine, crossing.Open):
            pipe.seek(0)
            try:
                got = crossing.receive(pipe, kind)
            except EOFError:
                continue
            if type(got) not in (types := getattr(kind, "__args__", (kind,))):
                raise Broken(f"It gave {type(got)}, not one of {types}.")

    return try_one


PIECES = (
    "@ada",
    "@ben",
    "{a|b}",
    "{",
    "}",
    "|",
    "@",
    "\n",
    " ",
    "写真",
    "🎈",
    "\ud800",
    "\0",
    "a\u0301",
    "@@ada",
    "{{{",
    "}}}",
    "x" * 500,
    "{a|{b|{c|d}}}",
    "@ada-",
    "\u202e",
    "\x1b[2J",
    "and",
    "@hindiनाम",
    "{|}",
    "’s",
)
"""What prompts are made of, well formed or not."""
NOUNS = {"ada": "woman", "ben": "old man", "hindiनाम": "नाम"}


def prompts(_: Path) -> Try:
    """What the user writes: any text at all."""
    from core.library.names import clean_name, clean_noun
    from core.prompt import Prompt, expand, handles, resolve

    def try_one(random: Random, _: Path) -> None:
        pieces = random.choices(PIECES, k=random.choice((1, 3, 8, 30, 200)))
        text = "".join(pieces) * random.choice((1, 1, 1, 1, 50))
        if random.random() < 0.05:
            text = random.choice(
                ("{" * 10**5, "{a|b}" * 40, "{" * 30 + "}" * 30, "x" * 10**6, "@" * 10**5, "@a" * 10**4)
            )
        promised(lambda: handles(text), list)
        promised(lambda: clean_name(text), str)
        promised(lambda: clean_noun(text), str)
        for variant in (promised(lambda: expand(text), list) or [])[:20]:
            prompt = promised(lambda variant=variant: resolve(variant, NOUNS), Prompt)  # type: ignore[misc]
            for each in prompt.mentions if prompt else ():
                if prompt and prompt.text[each.start : each.end] != NOUNS[each.handle]:
                    raise Broken(f"{each} is not where it should be in {prompt.text[:200]!r}.")

    return try_one


def sums(_: Path) -> Try:
    """The cache of files' sums: damage costs time, never a wrong sum, unless it was forged."""
    from core.sums import RECENT, files_hash

    forged = hashlib.sha256(b"0" * 64).hexdigest()

    def try_one(random: Random, folder: Path) -> None:
        file, cache = folder / "weights", folder / "cache" / "hashes.json"
        file.write_bytes(random.randbytes(50))
        RECENT.clear()
        true = files_hash([file], cache)
        sums = json.loads(cache.read_bytes())
        for stamp in sums:
            sums[stamp] = random.choice([each for each in VALUES if each != "0" * 64])  # which could be true
        cache.write_bytes(
            json_mutant(random, sums)
            if random.random() < 0.3
            else json.dumps(sums).encode("utf-8", "replace")
        )
        RECENT.clear()
        found = promised(lambda: files_hash([file], cache), str)
        if found not in (true, forged):  # a sum that could be one is believed
            raise Broken(f"The sum is {found}, not {true}.")

    return try_one


def prepared(_: Path) -> Try:
    """The notes of references prepared before: a damaged one costs the time to prepare it again."""
    from core.engine import prepared as notes

    def try_one(random: Random, folder: Path) -> None:
        home, wanted = Home(folder / "home").create(), hashlib.sha256(b"wanted").hexdigest()
        crop = hashlib.sha256(b"crop").hexdigest()
        home.reference(crop).parent.mkdir(parents=True)
        home.reference(crop).write_bytes(b"crop")
        notes.keep(home, wanted, Reference(crop))
        [note] = home.encodings.iterdir()
        note.write_bytes(json_mutant(random, json.loads(note.read_bytes())))
        found = promised(lambda: notes.find(home, wanted), (Reference, type(None)))
        if found and (found.crop != crop or (found.mask and not home.reference(found.mask).is_file())):
            raise Broken(f"It found {found}.")

    return try_one


def full_spec() -> RenderSpec:
    """A spec with something in every field."""
    region = Region(box=(0.1, 0.1, 0.5, 0.9), soft=0.2)
    ada = SubjectSpec(
        "a" * 32, "Ada", "person", "woman", (Reference("1" * 64, "2" * 64, 2.0),), ((2, 7),), region=region
    )
    ball = SubjectSpec("b" * 32, "Ball", "object", "ball", (Reference("3" * 64),), ((14, 18),))
    return RenderSpec(
        "a woman and a ball",
        "mini",
        64,
        64,
        7,
        3,
        5.0,
        method="photoverse",
        adapter="x",
        subjects=(ada, ball),
        template="@ada and @ball",
        negative_prompt="blur",
        layers=(("down", 0.5),),
        photoverse=PhotoVerse(2),
        fastcomposer=FastComposer(0.5),
        faceid=FaceId(0.5),
        start=StartPhoto("photo.jpg", "4" * 64),
        maps=True,
    )
