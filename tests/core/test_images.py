"""Every kind of photo opens upright, or says why it does not."""

import hashlib
import io
import os
import struct
import zlib
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageFile

from core.errors import KnownError
from core.images import open_photo, read_photo_facts, square_limit, thumbnail
from core.paths import RESOURCES

ALBUM = RESOURCES / "demo" / "album"


def quarters(width: int = 60, height: int = 40) -> Image.Image:
    """Red, green, blue and white quarters: every turn and mirror of it looks different."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[: height // 2, : width // 2] = (255, 0, 0)
    pixels[: height // 2, width // 2 :] = (0, 255, 0)
    pixels[height // 2 :, : width // 2] = (0, 0, 255)
    pixels[height // 2 :, width // 2 :] = (255, 255, 255)
    return Image.fromarray(pixels)


def corners(image: Image.Image) -> list[tuple[int, ...]]:
    w, h = image.size
    picked = [image.getpixel(p) for p in ((3, 3), (w - 4, 3), (3, h - 4), (w - 4, h - 4))]
    return [tuple(255 if c > 127 else 0 for c in pixel) for pixel in picked]


RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)
TURNED = {
    1: [RED, GREEN, BLUE, WHITE],
    2: [GREEN, RED, WHITE, BLUE],
    3: [WHITE, BLUE, GREEN, RED],
    4: [BLUE, WHITE, RED, GREEN],
    5: [RED, BLUE, GREEN, WHITE],
    6: [BLUE, RED, WHITE, GREEN],
    7: [WHITE, GREEN, BLUE, RED],
    8: [GREEN, WHITE, RED, BLUE],
}


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("suffix", ["jpg", "tif", "png", "webp"])
def test_orientation_is_applied(tmp_path: Path, orientation: int, suffix: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / f"turned.{suffix}"
    quarters().save(path, exif=exif, quality=95)
    photo, facts = open_photo(path), read_photo_facts(path)
    assert corners(photo.image) == TURNED[orientation]
    assert photo.orientation == facts.orientation == orientation
    assert photo.image.size == (facts.width, facts.height) == ((40, 60) if orientation >= 5 else (60, 40))
    assert corners(Image.open(io.BytesIO(thumbnail(path, 30)))) == TURNED[orientation]


def test_facts_are_those_of_the_bytes(tmp_path: Path) -> None:
    path = tmp_path / "übung 写真.jpg"
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = "2024:05:06 07:08:09"
    quarters().save(path, exif=exif)
    facts = read_photo_facts(path)
    assert facts.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert facts.bytes == path.stat().st_size
    assert facts.taken_at == datetime(2024, 5, 6, 7, 8, 9)
    assert (facts.orientation, facts.frames) == (1, 1)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_nonsense_in_exif_is_no_reason_to_refuse(tmp_path: Path) -> None:
    path = tmp_path / "odd.jpg"
    quarters().save(path, exif=b"Exif\0\0MM\0*\xff\xff\xff\xff garbage")
    assert read_photo_facts(path).taken_at is None
    assert corners(open_photo(path).image) == TURNED[1]


def test_album_sizes_are_the_truth() -> None:
    turned = [p for p in sorted(ALBUM.glob("*.jpg")) if read_photo_facts(p).orientation == 6]
    assert turned
    assert all(open_photo(p).image.size == (512, 512) for p in turned[:2])


@pytest.mark.parametrize("dtype", ["<u2", ">u2"])
def test_sixteen_bit_grey_is_scaled_not_clipped(tmp_path: Path, dtype: str) -> None:
    ramp = np.tile(np.linspace(0, 65535, 64).astype(dtype), (8, 1))
    path = tmp_path / "grey.tif"
    Image.fromarray(ramp).save(path)
    seen = np.asarray(open_photo(path).image)[0, :, 0]
    assert np.abs(seen.astype(int) - ramp[0].astype(int) / 257).max() <= 1


def test_sixteen_bit_png(tmp_path: Path) -> None:
    ramp = np.tile(np.linspace(0, 65535, 64).astype(np.uint16), (8, 1))
    Image.fromarray(ramp).save(tmp_path / "grey.png")
    seen = np.asarray(open_photo(tmp_path / "grey.png").image)[0, :, 1]
    assert np.abs(seen.astype(int) - ramp[0].astype(int) / 257).max() <= 1


def test_sixteen_bit_colour_png(tmp_path: Path) -> None:
    row = b"\0" + struct.pack(">6H", 65535, 32896, 0, 0, 257 * 100, 65535)
    (tmp_path / "deep.png").write_bytes(png(2, 1, depth=16, colour=2, data=zlib.compress(row)))
    assert np.asarray(open_photo(tmp_path / "deep.png").image).tolist() == [[[255, 128, 0], [0, 100, 255]]]


def test_float_and_32_bit_tiff(tmp_path: Path) -> None:
    Image.fromarray(np.array([[0.0, 0.5, 1.0, np.nan]], np.float32)).save(tmp_path / "f.tif")
    assert np.asarray(open_photo(tmp_path / "f.tif").image)[0, :, 0].tolist() == [0, 128, 255, 0]
    Image.fromarray(np.array([[0, 2**30, 2**31 - 1]], np.int32)).save(tmp_path / "i.tif")
    assert np.asarray(open_photo(tmp_path / "i.tif").image)[0, :, 0].tolist() == [0, 128, 255]


def test_cmyk_keeps_its_colours(tmp_path: Path) -> None:
    quarters().convert("CMYK").save(tmp_path / "press.jpg", quality=95)
    assert corners(open_photo(tmp_path / "press.jpg").image) == TURNED[1]
    quarters().convert("CMYK").save(tmp_path / "press.tif")
    assert corners(open_photo(tmp_path / "press.tif").image) == TURNED[1]


def test_embedded_profile_is_applied(tmp_path: Path) -> None:
    """A profile that swaps red and green proves that the profile decides."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = profile.replace(b"rXYZ", b"tmpX", 1).replace(b"gXYZ", b"rXYZ", 1).replace(b"tmpX", b"gXYZ", 1)
    swapped = swapped.replace("sRGB".encode("utf-16-be"), "odd!".encode("utf-16-be"))
    quarters().save(tmp_path / "wide.png", icc_profile=swapped)
    assert corners(open_photo(tmp_path / "wide.png").image)[:2] == [GREEN, RED]
    quarters().save(tmp_path / "broken.png", icc_profile=b"not a profile")
    assert corners(open_photo(tmp_path / "broken.png").image) == TURNED[1]


@pytest.mark.parametrize("mode", ["L", "1", "P", "LA", "RGBA", "PA"])
def test_every_mode_becomes_rgb(tmp_path: Path, mode: str) -> None:
    path = tmp_path / ("mode.tif" if mode == "PA" else "mode.png")
    try:
        quarters().convert(mode).save(path)
    except OSError:
        pytest.skip(f"Pillow writes no {mode}")
    image = open_photo(path).image
    assert image.mode == "RGB"
    assert image.size == (60, 40)


def test_transparency_lies_on_white(tmp_path: Path) -> None:
    Image.new("RGBA", (4, 4), (255, 0, 0, 0)).save(tmp_path / "clear.png")
    assert open_photo(tmp_path / "clear.png").image.getpixel((0, 0)) == WHITE


@pytest.mark.parametrize("suffix", ["gif", "png", "webp", "tif"])
def test_first_frame_of_an_animation(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"moving.{suffix}"
    frames = [Image.new("RGB", (8, 8), c) for c in ("red", "lime", "blue")]
    frames[0].save(path, save_all=True, append_images=frames[1:])
    photo = open_photo(path)
    assert corners(photo.image)[0] == RED
    assert "first of its 3 frames" in photo.note
    assert read_photo_facts(path).frames == 3


def test_thumbnail_fits(tmp_path: Path) -> None:
    quarters(900, 300).save(tmp_path / "wide.jpg")
    small = Image.open(io.BytesIO(thumbnail(tmp_path / "wide.jpg", 90)))
    assert (small.format, small.size) == ("JPEG", (90, 30))


def test_square_limit_keeps_proportions() -> None:
    assert square_limit(quarters(600, 300), 100).size == (100, 50)
    assert square_limit(quarters(60, 30), 100).size == (60, 30)


def png(width: int, height: int, depth: int = 8, colour: int = 2, data: bytes = b"") -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(20_000, 15_000), (100_000, 100_000)])
def test_a_bomb_is_refused_by_its_header(tmp_path: Path, size: tuple[int, int]) -> None:
    path = tmp_path / "bomb.png"
    path.write_bytes(png(*size, data=zlib.compress(b"\0" * 100)))
    for call in (open_photo, read_photo_facts, lambda p: thumbnail(p, 64)):
        with pytest.raises(KnownError, match=r"too large.*200"):
            call(path)


def test_the_limit_can_be_lower(tmp_path: Path) -> None:
    quarters().save(tmp_path / "a.png")
    with pytest.raises(KnownError, match="too large: 60 × 40"):
        open_photo(tmp_path / "a.png", limit_pixels=1000)


@pytest.mark.parametrize("suffix", ["jpg", "png", "tif", "webp", "gif"])
def test_truncated_files_are_named(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"short.{suffix}"
    noise = np.random.default_rng(0).integers(0, 255, (200, 200, 3), dtype=np.uint8)
    Image.fromarray(noise).save(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(KnownError, match=r"short\.\w+ (is cut short|is damaged|is not a photo)"):
        open_photo(path)


def test_things_that_are_no_photo(tmp_path: Path) -> None:
    (tmp_path / "text.jpg").write_text("I am a letter.")
    (tmp_path / "empty.jpg").touch()
    (tmp_path / "phone.heic").write_bytes(b"\0\0\0\x18ftypheic" + b"\0" * 40)
    (tmp_path / "page.eps").write_text("%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n")
    os.mkfifo(tmp_path / "pipe.jpg") if hasattr(os, "mkfifo") else (tmp_path / "pipe.jpg").mkdir()
    expected = {
        "text.jpg": "is not a photo",
        "empty.jpg": "is empty",
        "phone.heic": "HEIC",
        "page.eps": "is not a photo",
        "pipe.jpg": "not an ordinary file|folder",
        "gone.jpg": "not there any more",
        "": "is a folder",
    }
    for name, reason in expected.items():
        for call in (open_photo, read_photo_facts, lambda p: thumbnail(p, 64)):
            with pytest.raises(KnownError, match=reason):
                call(tmp_path / name)


def test_forbidden_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secret.jpg"
    quarters().save(path)
    path.chmod(0)
    if os.access(path, os.R_OK):  # the superuser may read everything
        real = Path.open

        def refuse(file: Path, *rest: str, **more: str) -> object:
            if file == path:
                raise PermissionError(13, "Permission denied")
            return real(file, *rest, **more)

        monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(KnownError, match=r"secret\.jpg may not be read"):
        open_photo(path)


def _samples() -> list[bytes]:
    made = []
    for kind in ("JPEG", "PNG", "TIFF", "WEBP", "GIF", "BMP", "AVIF", "JPEG2000", "PPM"):
        buffer = io.BytesIO()
        quarters().save(buffer, kind)
        made.append(buffer.getvalue())
    return made


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.sampled_from(_samples()),
    st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 255)), min_size=1, max_size=12),
    st.integers(0, 4000),
)
def test_fuzzed_bytes_give_pixels_or_a_named_error(
    tmp_path_factory: pytest.TempPathFactory, sample: bytes, changes: list[tuple[int, int]], cut: int
) -> None:
    damaged = bytearray(sample)
    for place, value in changes:
        damaged[place % len(damaged)] = value
    path = tmp_path_factory.getbasetemp() / "fuzz.bin"
    path.write_bytes(damaged[: max(1, len(damaged) - (cut if cut < 200 else 0))])
    for call in (open_photo, read_photo_facts, lambda p: thumbnail(p, 16)):
        with suppress(KnownError):  # anything else is a bug, and fails here
            call(path)


@pytest.mark.parametrize("size", [(1, 1), (1, 10_000), (10_000, 1)])
@pytest.mark.parametrize("suffix", ["jpg", "png", "tif", "webp", "gif", "bmp", "avif", "jp2", "ppm"])
def test_the_smallest_and_the_longest(tmp_path: Path, size: tuple[int, int], suffix: str) -> None:
    path = tmp_path / f"odd.{suffix}"
    Image.new("RGB", size, "red").save(path)
    facts = read_photo_facts(path)
    assert open_photo(path).image.size == (facts.width, facts.height) == size
    assert max(Image.open(io.BytesIO(thumbnail(path, 64))).size) <= 64


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="links and pipes of Unix")
def test_links_folders_and_pipes_with_a_photos_name(tmp_path: Path) -> None:
    (tmp_path / "folder.jpg").mkdir()
    os.mkfifo(tmp_path / "pipe.jpg")
    (tmp_path / "loop.jpg").symlink_to("loop.jpg")
    (tmp_path / "gone.jpg").symlink_to("nowhere.jpg")
    (tmp_path / "to-pipe.jpg").symlink_to("pipe.jpg")
    expected = {
        "folder.jpg": "is a folder",
        "pipe.jpg": "is not an ordinary file",
        "loop.jpg": "cannot be read: Too many levels",
        "gone.jpg": "not there any more",
        "to-pipe.jpg": "is not an ordinary file",
    }
    for name, reason in expected.items():
        for call in (open_photo, read_photo_facts, lambda p: thumbnail(p, 64)):
            with pytest.raises(KnownError, match=reason):
                call(tmp_path / name)
    quarters().save(tmp_path / "true.png")
    (tmp_path / "linked.png").symlink_to("true.png")
    assert open_photo(tmp_path / "linked.png").image.size == (60, 40)


@pytest.mark.skipif(os.name == "nt", reason="file names are text there")
def test_a_name_that_is_no_text(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.png"))
    try:
        quarters().save(path)
    except OSError:
        pytest.skip("this disk takes only names that are text")
    assert open_photo(path).image.size == (60, 40)
    path.write_bytes(b"no photo")
    with pytest.raises(KnownError, match="is not a photo") as told:
        open_photo(path)
    assert str(told.value).startswith("caf\ufffd.png is not")


@pytest.mark.parametrize("suffix", ["jpg", "png", "tif", "webp", "gif", "bmp"])
def test_a_file_that_is_cut_while_it_is_read(tmp_path: Path, suffix: str) -> None:
    """As a download or a copy in progress: pixels, or a named error."""
    path = tmp_path / f"growing.{suffix}"
    noise = np.random.default_rng(0).integers(0, 255, (300, 300, 3), dtype=np.uint8)
    Image.fromarray(noise).save(path)
    whole = path.read_bytes()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ImageFile.ImageFile, "load_prepare", _cutting(path, whole))
        with suppress(KnownError):
            assert open_photo(path).image.size == (300, 300)


def _cutting(path: Path, whole: bytes):  # type: ignore[no-untyped-def]
    """`load_prepare` of Pillow's files, which takes two thirds of the file away before a pixel is read."""
    real = ImageFile.ImageFile.load_prepare

    def prepare(image: ImageFile.ImageFile) -> None:
        path.write_bytes(whole[: len(whole) // 3])
        real(image)

    return prepare
