"""Files that would keep a decoder busy for hours, or fill the memory, are refused by their own lengths."""

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import psutil
import pytest
from PIL import Image

from core import bombs, images
from core.errors import KnownError
from core.images import open_photo, read_photo_facts, thumbnail


def saved(path: Path, **options: object) -> Path:
    Image.linear_gradient("L").convert("RGB").save(path, **options)
    return path


def refused(path: Path, reason: str) -> None:
    for call in (open_photo, read_photo_facts, images.upright_size, lambda file: thumbnail(file, 64)):
        with pytest.raises(KnownError, match=reason) as told:
            call(path)
        assert path.name in str(told.value)


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def test_a_small_file_cannot_hold_a_huge_picture(tmp_path: Path) -> None:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 14_000, 14_000, 8, 2, 0, 0, 0))
    data = b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(10**6))) + chunk(b"IEND", b"")
    (tmp_path / "hollow.png").write_bytes(data)
    refused(tmp_path / "hollow.png", "cut short: .* bytes cannot hold 14000 × 14000 pixels")
    jpeg = saved(tmp_path / "hollow.jpg").read_bytes()
    place = jpeg.index(b"\xff\xc0") + 5
    (tmp_path / "hollow.jpg").write_bytes(jpeg[:place] + struct.pack(">HH", 9000, 9000) + jpeg[place + 4 :])
    refused(tmp_path / "hollow.jpg", "cannot hold 9000 × 9000")


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp", "gif"])
def test_a_picture_of_nothing_compresses_that_far(tmp_path: Path, suffix: str) -> None:
    Image.new("1" if suffix == "png" else "L", (3000, 3000)).save(tmp_path / f"white.{suffix}", optimize=True)
    assert open_photo(tmp_path / f"white.{suffix}").image.size == (3000, 3000)


def test_a_jpeg_of_endless_scans(tmp_path: Path) -> None:
    path = saved(tmp_path / "scans.jpg", progressive=True)
    data = path.read_bytes()
    last = data.rindex(b"\xff\xda")
    path.write_bytes(data[:-2] + data[last:-2] * 200 + data[-2:])
    refused(path, "more than 100 scans")


def test_scans_are_not_counted_beyond_the_picture(tmp_path: Path) -> None:
    """A phone keeps a film behind the photo, and any bytes occur in that."""
    path = saved(tmp_path / "motion.jpg", comment=b"\xff\xda" * 300)
    path.write_bytes(path.read_bytes() + b"\xff\xda\0\2" * 500)
    assert open_photo(path).image.size == (256, 256)


def test_a_jpeg_and_a_png_of_endless_parts(tmp_path: Path) -> None:
    data = saved(tmp_path / "parts.jpg").read_bytes()
    (tmp_path / "parts.jpg").write_bytes(data[:2] + b"\xff\xe5\0\2" * 20_000 + data[2:])
    refused(tmp_path / "parts.jpg", "more than 10000 parts")
    data = saved(tmp_path / "parts.png").read_bytes()
    (tmp_path / "parts.png").write_bytes(data[:33] + chunk(b"prIv", b"") * 20_000 + data[33:])
    refused(tmp_path / "parts.png", "more than 10000 parts")


def test_a_gif_whose_comment_does_not_end(tmp_path: Path) -> None:
    data = saved(tmp_path / "comment.gif").read_bytes()
    start = 13 + 3 * 2 ** ((data[10] & 7) + 1)
    (tmp_path / "comment.gif").write_bytes(
        data[:start] + b"!\xfe" + b"\xff" + b"x" * 255 + b"\xff" * 2_000_000
    )
    refused(tmp_path / "comment.gif", "comment without end")


def overlapping(values: int, length: int) -> bytes:
    """A TIFF directory of many values of `length` bytes, all in the same place."""
    entries = b"".join(struct.pack("<HHII", 40_000 + n, 7, length, 8) for n in range(values))
    start = 8 + length
    return (
        b"II*\0" + struct.pack("<I", start) + bytes(length) + struct.pack("<H", values) + entries + bytes(4)
    )


def test_values_that_lie_over_each_other(tmp_path: Path) -> None:
    (tmp_path / "values.tif").write_bytes(overlapping(2000, 100_000))
    refused(tmp_path / "values.tif", "lie over each other")
    saved(tmp_path / "values.png", exif=b"Exif\0\0" + overlapping(2000, 100_000))
    refused(tmp_path / "values.png", "lie over each other")


@pytest.mark.parametrize("pages", [1, 3])
def test_pages_and_frames_are_counted(tmp_path: Path, pages: int) -> None:
    shades = [Image.new("L", (8, 8), 60 * n) for n in range(pages)]
    for name in ("pages.tif", "big.tif", "frames.gif"):
        options = {"big_tiff": True} if name == "big.tif" else {}
        shades[0].save(tmp_path / name, save_all=True, append_images=shades[1:], **options)
        assert read_photo_facts(tmp_path / name).frames == pages


def test_pages_in_a_circle_end(tmp_path: Path) -> None:
    path = saved(tmp_path / "circle.tif")
    data = bytearray(path.read_bytes())
    (first,) = struct.unpack("<I", data[4:8])
    (count,) = struct.unpack("<H", data[first : first + 2])
    data[first + 2 + 12 * count : first + 6 + 12 * count] = struct.pack("<I", first)
    assert bombs.pages(io.BytesIO(bytes(data))) == 1


def test_a_photo_larger_than_any(tmp_path: Path) -> None:
    path = saved(tmp_path / "long.jpg")
    with path.open("r+b") as file:
        file.truncate(bombs.MOST_BYTES + 1)  # a hole: no disk is filled
    refused(path, "at most 4 GB")


def test_without_memory_nothing_is_decoded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Image.new("L", (6000, 6000)).save(tmp_path / "large.png")
    monkeypatch.setattr(psutil, "virtual_memory", lambda: type("Free", (), {"available": 10**8}))
    with pytest.raises(KnownError, match=r"large\.png needs about 0\.4 GB of memory .* 0\.1 GB are free"):
        open_photo(tmp_path / "large.png")
    assert read_photo_facts(tmp_path / "large.png").width == 6000


def test_a_deep_scan_is_scaled_in_bands(tmp_path: Path) -> None:
    ramp = np.tile(np.linspace(0, 65535, 1500).astype("<u2"), (3000, 1))
    Image.fromarray(ramp).save(tmp_path / "deep.tif", compression="tiff_lzw")
    seen = np.asarray(open_photo(tmp_path / "deep.tif").image)[:, :, 0]
    assert (seen == seen[0]).all()
    assert np.abs(seen[0].astype(int) - ramp[0].astype(int) / 257).max() <= 1


def test_what_a_file_says_of_itself_stays_in_it(tmp_path: Path) -> None:
    """The place where a photo was taken must not reach a kept crop; a forged profile ended its saving."""
    exif = Image.Exif()
    exif[0x010F] = "Camera"
    path = saved(tmp_path / "said.png", exif=exif, icc_profile=b"not a profile")
    assert open_photo(path).image.info == {}
