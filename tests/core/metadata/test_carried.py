"""What exported files tell, as an independent program reads it: exiftool, where it is there, or Pillow."""

import io
import json
import shutil
import subprocess
import xml.etree.ElementTree as ET
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from finished_pictures import ADA, PROMPT, finished, started
from msgspec import structs
from PIL import Image

from core.export import ExportPreset
from core.export.formats import FORMATS
from core.export.plan import plan
from core.export.write import write
from core.metadata import Saved, carried, png, xmp
from core.metadata.people import regions
from core.metadata.xmp import About

EXIFTOOL = shutil.which("exiftool")
needs_exiftool = pytest.mark.skipif(
    EXIFTOOL is None, reason="exiftool is not installed (libimage-exiftool-perl on Debian)"
)
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
ABOUT = About(
    "title", "words", 4, "red", datetime(2026, 11, 21, 22, 45, 3, tzinfo=timezone(timedelta(hours=1)))
)


@pytest.fixture
def saved(tmp_path: Path) -> Saved:
    return png.read(Path(finished(tmp_path).path))


def exported(folder: Path, format: str, what: Any = None, **preset: Any) -> Path:
    """One finished picture, exported; the picture's file with its sidecar beside it, if asked for."""
    row = finished(folder / "pictures", what=what)
    chosen = ExportPreset(format=format, names="out", **preset)
    done = write(plan([row], chosen, folder), chosen)
    assert not done.failed
    return done.files[0]


def told_by_exiftool(file: Path) -> dict[str, Any]:
    words = [EXIFTOOL, "-json", "-struct", "-G0", "-n", "-charset", "utf8", str(file)]
    done = subprocess.run(words, capture_output=True, check=True, timeout=60)
    (told,) = json.loads(done.stdout)
    return told


@needs_exiftool
@pytest.mark.parametrize("format", FORMATS)
def test_exiftool_reads_it_all(tmp_path: Path, format: str) -> None:
    told = told_by_exiftool(exported(tmp_path, format))
    assert "Warning" not in str(told)
    assert told["XMP:DigitalSourceType"] == xmp.AI_MADE
    assert told["XMP:AISystemUsed"] == "Likeness"
    assert told["XMP:AISystemVersionUsed"] == "9.8 (model mini c0ffeec0ff)"
    assert told["XMP:AIPromptInformation"] == PROMPT
    assert told["XMP:PersonInImage"] == ["Ada Åström"]
    assert told["XMP:Rating"] == 4
    assert told["XMP:Label"] == "Red"
    assert told["XMP:Description"] == PROMPT
    assert told["XMP:Title"].startswith("20261121-000001")
    (ada, stranger) = told["XMP:RegionInfo"]["RegionList"]
    assert (ada["Name"], ada["Type"]) == ("Ada Åström", "Face")
    assert ada["Area"] == {"X": 0.25, "Y": 0.25, "W": 0.5, "H": 0.5, "Unit": "normalized"}
    assert "Name" not in stranger
    assert told["XMP:RegionInfo"]["AppliedToDimensions"] == {"W": 96, "H": 64, "Unit": "pixel"}
    assert any(value == "sRGB" for name, value in told.items() if name == "ICC_Profile:ProfileDescription")


@needs_exiftool
@pytest.mark.parametrize("format", ["jpeg", "webp", "avif"])
def test_exiftool_reads_the_parameters_and_the_date(tmp_path: Path, format: str) -> None:
    told = told_by_exiftool(exported(tmp_path, format))
    assert told["EXIF:UserComment"].startswith(f"{PROMPT}\nNegative prompt: blurry\nSteps: 20, Sampler: DDIM")
    assert told["EXIF:Software"] == "Likeness 9.8"
    assert told["EXIF:DateTimeOriginal"] + told["EXIF:OffsetTimeOriginal"] == told["XMP:CreateDate"]


@needs_exiftool
def test_exiftool_reads_the_sidecar(tmp_path: Path) -> None:
    file = exported(tmp_path, "jpeg", sidecar=True)
    told = told_by_exiftool(file.with_name("out.jpg.xmp"))
    assert told["XMP:PersonInImage"] == ["Ada Åström"]
    assert told["XMP:Rating"] == 4


def packet_of(file: Path) -> str:
    """The XMP as Pillow reads it."""
    with Image.open(file) as image:
        info = image.info.get("xmp") or image.info["XML:com.adobe.xmp"]
    return info.decode() if isinstance(info, bytes) else str(info)


def fields(packet: str) -> dict[str, str]:
    """Each plain field by its name without a namespace."""
    (described,) = ET.fromstring(packet).iter(f"{RDF}Description")
    return {each.tag.split("}")[1]: each.text or "" for each in described}


@pytest.mark.parametrize("format", ["jpeg", "webp", "avif", "tiff"])
def test_pillow_reads_our_own_settings_back(tmp_path: Path, format: str) -> None:
    file = exported(tmp_path, format)
    told = fields(packet_of(file))
    assert Saved.from_json(told["Settings"]) == png.read(next((tmp_path / "pictures").glob("*.png")))
    assert told["Rating"] == "4"


def test_a_png_stays_a_picture_of_ours(tmp_path: Path) -> None:
    file = exported(tmp_path, "png")
    assert png.read(file) == png.read(next((tmp_path / "pictures").glob("*.png")))
    with Image.open(file) as image:
        assert str(image.info["parameters"]).startswith(PROMPT)
    assert "Settings" not in fields(packet_of(file))  # in a chunk of its own


def test_a_photo_that_was_the_start_is_told_but_not_its_folder(tmp_path: Path) -> None:
    file = exported(tmp_path, "jpeg", started("/home/ada/secret place/wedding.jpg"), sidecar=True)
    assert fields(packet_of(file))["DigitalSourceType"] == xmp.AI_AND_PHOTO
    for each in (file, file.with_name("out.jpg.xmp")):
        assert b"secret place" not in each.read_bytes()


# Share copies

SECRETS = (
    "Ada",
    "Åström",
    "umbrella",
    "naïve",
    "blurry",
    "4711",
    ADA,
    "cd" * 32,
    "c0ffee",
    "mini",
    "wedding",
)


def every_form(secret: str) -> list[bytes]:
    return [secret.encode(form) for form in ("utf-8", "utf-16-le", "utf-16-be", "latin-1")]


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("what", [None, started()], ids=["from words", "from a photo"])
def test_a_share_copy_holds_nothing_but_the_mark(tmp_path: Path, format: str, what: Any) -> None:
    file = exported(tmp_path, format, what, metadata="share", sidecar=True)
    sidecar = file.with_name(file.name + ".xmp")
    for each in (file, sidecar):
        data = each.read_bytes()
        assert not [secret for secret in SECRETS for form in every_form(secret) if form in data]
    told = fields(sidecar.read_text("utf-8"))
    assert set(told) == {"DigitalSourceType", "AISystemUsed"}
    assert told["DigitalSourceType"] == (xmp.AI_AND_PHOTO if what else xmp.AI_MADE)
    if format != "tiff16":
        assert fields(packet_of(file)) == told
        with Image.open(file) as image:
            assert not dict(image.getexif()).keys() & {0x010E, 0x0131, 0x0132, 0x8769}


@pytest.mark.parametrize("format", FORMATS)
def test_the_same_words_are_found_where_all_is_told(tmp_path: Path, format: str) -> None:
    """Else the test above could not fail."""
    data = exported(tmp_path, format).read_bytes()
    for secret in ("Ada", "umbrella", "4711", ADA):
        assert any(form in data for form in every_form(secret)), secret


@needs_exiftool
@pytest.mark.parametrize("format", FORMATS)
def test_exiftool_finds_only_the_mark_in_a_share_copy(tmp_path: Path, format: str) -> None:
    told = told_by_exiftool(exported(tmp_path, format, metadata="share"))
    assert {name for name in told if name.startswith("XMP:")} == {
        "XMP:DigitalSourceType", "XMP:AISystemUsed", *(["XMP:XMPToolkit"] if "XMP:XMPToolkit" in told else [])
    }  # fmt: skip
    assert not [name for name in told if name.startswith(("EXIF:User", "EXIF:Date", "EXIF:Softw", "PNG:Par"))]


# What does not fit


@pytest.mark.parametrize("length", [20_000, 200_000])
def test_a_jpeg_takes_what_one_segment_holds(saved: Saved, length: int) -> None:
    long = structs.replace(saved, spec=structs.replace(saved.spec, prompt=PROMPT + " x" * (length // 2)))
    told = carried.everything(long, ABOUT, "jpeg")
    stream = io.BytesIO()
    Image.new("RGB", (8, 8)).save(stream, "JPEG", xmp=told.xmp.encode(), exif=told.exif)
    assert fields(told.xmp)["AIPromptInformation"].startswith(PROMPT)
    assert ("Settings" in fields(told.xmp)) == (length < 30_000)
    assert Saved.from_json(fields(told.sidecar)["Settings"]) == long


def test_faces_outside_the_picture_are_cut_or_left_out(saved: Saved) -> None:
    boxes = ((-48.0, -32.0, 48.0, 32.0), (200.0, 0.0, 300.0, 50.0))
    faces = tuple(structs.replace(saved.scores.faces[0], box=box) for box in boxes)
    out = structs.replace(saved, scores=structs.replace(saved.scores, faces=faces))
    (only,) = regions(out)
    assert (only.x, only.y, only.width, only.height, only.name) == (0.25, 0.25, 0.5, 0.5, "Ada Åström")


def test_a_date_has_its_zone(saved: Saved) -> None:
    assert fields(xmp.packet(saved, ABOUT))["CreateDate"] == "2026-11-21T22:45:03+01:00"
