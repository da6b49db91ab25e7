"""Photos: through the import's readers, the window's own decoder, a region's mask and a start photo."""

from collections.abc import Callable
from pathlib import Path
from random import Random

from _fuzz_kinds import Try
from _mutations import mutate
from _promise import Broken, promised
from _tiny_photos import every

STRANGE = (
    b"<svg xmlns='http://www.w3.org/2000/svg' width='20' height='20'><image href='file:///etc/passwd'/></svg>",
    b"/* XPM */\nstatic char *x[] = {\n\"2 2 1 1\",\n\"a c #ffffff\",\n\"aa\",\n\"aa\"\n};",
    b"#define x_width 8\n#define x_height 2\nstatic char x_bits[] = {0x01, 0x02};",
    b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage\n",
    b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF",
    b"\0\0\0\x18ftypheic" + b"\0" * 40,
    b"\0\0\1\0\1\0\x10\x10\0\0\1\0\x18\0\x30\0\0\0\x16\0\0\0" + b"\0" * 60,
    b"\xff\x0a" + b"\0" * 30, b"GIF89a", b"BM", b"RIFF\0\0\0\0WEBP", b"P6\n99999 99999\n255\n", b"\0" * 30,
)  # fmt: skip
NAMES = (
    "photo.jpg",
    "photo.png",
    "写真 ünï 🎈.webp",
    "photo.tif",
    "photo",
    "phóto.JPEG",
    "photo.svg",
    "a b'\"&%.png",
)


def images(_: Path) -> Try:
    """`core.images`: the facts, the pixels and the small picture of one file."""
    from PIL import Image

    from core.images import PhotoFile, PhotoImage, open_photo, read_photo_facts, thumbnail

    made = _maker()

    def try_one(random: Random, folder: Path) -> None:
        file = made(random, folder)
        promised(lambda: read_photo_facts(file), PhotoFile, file.name)
        photo = promised(lambda: open_photo(file), PhotoImage, file.name)
        if photo and (
            photo.image.mode != "RGB" or min(photo.image.size) < 1 or not isinstance(photo.image, Image.Image)
        ):
            raise Broken(f"It gave {photo.image}")
        small = promised(lambda: thumbnail(file, random.choice((16, 256))), bytes, file.name)
        if small and not small.startswith(b"\xff\xd8"):
            raise Broken("Its small picture is no JPEG.")

    return try_one


def thumbnails(_: Path) -> Try:
    """`desktop.thumbnails`: what the window's own process decodes."""
    from PySide6.QtGui import QImage

    from desktop.thumbnails import PictureKey, decode

    made = _maker()

    def try_one(random: Random, folder: Path) -> None:
        file, side = made(random, folder), random.choice((1, 16, 256, 2048))
        box = random.choice((None, (2.0, 2.0, 9.0, 11.0), (-5.0, -5.0, 1e6, 1e6), (9.0, 9.0, 2.0, 2.0)))
        image = promised(lambda: decode(PictureKey(str(file), side, box)), QImage)
        if image and box is None and max(image.width(), image.height()) > side:
            raise Broken(f"It is {image.width()} × {image.height()}, larger than {side}.")

    return try_one


def masks(folder: Path) -> Try:
    """A region's mask from a file, kept among the references."""
    from core.compose import keep_mask
    from core.paths import Home

    made = _maker()

    def try_one(random: Random, folder: Path) -> None:
        file, home = made(random, folder), Home(folder / "home")
        kept = promised(lambda: keep_mask(home, file), str, file.name)
        if kept and not home.reference(kept).is_file():
            raise Broken("The mask was not kept.")

    return try_one


def starts(folder: Path) -> Try:
    """A photo to start from: chosen for a job, then read by the pipeline's own hash; and a file that says
    which part of one is made anew."""
    from core import start_photo
    from core.library import open_library
    from core.paths import Home
    from core.spec import StartPhoto
    from core.wish import Wish

    home, made = Home(folder / "home"), _maker()
    library = open_library(home)

    def try_one(random: Random, folder: Path) -> None:
        file = made(random, folder)
        wish = Wish("a red wall", start=str(file), start_strength=0.5)
        with library.read() as session:
            promised(lambda: start_photo.chosen(session, home, wish), StartPhoto, file.name)
        kept = promised(lambda: start_photo.keep_mask(home, file), str, file.name)
        if kept and not home.reference(kept).is_file():
            raise Broken("The mask was not kept.")

    return try_one


def _maker() -> Callable[[Random, Path], Path]:
    """Writes one mutant of a tiny picture, under a name that need not tell its kind."""
    sources = every()
    known, others = list(sources.items()), list(sources.values())

    def make(random: Random, folder: Path) -> Path:
        name, data = random.choice(known)
        if random.random() < 0.04:
            data = random.choice(STRANGE)
        file = folder / (name if random.random() < 0.5 else random.choice(NAMES))
        file.write_bytes(mutate(random, data, others))
        return file

    return make
