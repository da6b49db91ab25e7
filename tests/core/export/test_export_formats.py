"""The pixels of exported files: exact where nothing may be lost, converted by numbers that are published."""

import io
from pathlib import Path

import numpy as np
import pytest
import tifffile
from finished_pictures import HEIGHT, WIDTH, finished, pixels
from PIL import Image, ImageCms

from core.errors import KnownError
from core.export import ExportPreset, colours, formats, icc
from core.metadata.carried import Carried

NOTHING = Carried("<x/>", "<x/>")
SIZE = WIDTH, HEIGHT


def written(picture: np.ndarray | None = None, size: tuple[int, int] = SIZE, **preset: object) -> bytes:
    image = Image.fromarray(pixels() if picture is None else picture)
    return formats.encode(image, size, ExportPreset(**preset), NOTHING)


def read(data: bytes) -> Image.Image:
    with Image.open(io.BytesIO(data)) as image:
        image.load()
        return image


def shown(image: Image.Image) -> np.ndarray:
    """As a program shows it that honours the profile: in sRGB."""
    source = ImageCms.ImageCmsProfile(io.BytesIO(image.info["icc_profile"]))
    converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"))
    return np.asarray(converted, np.int16)


@pytest.mark.parametrize("format", ["png", "tiff"])
def test_nothing_is_lost(format: str) -> None:
    assert np.array_equal(np.asarray(read(written(format=format))), pixels())


def test_sixteen_bits_are_the_eight_times_257() -> None:
    values = tifffile.imread(io.BytesIO(written(format="tiff16")))
    assert values.dtype == np.uint16
    assert np.array_equal(values, pixels().astype(np.uint16) * 257)


@pytest.mark.parametrize("format", ["jpeg", "webp", "avif"])
def test_what_is_lost_is_little_and_quality_counts(format: str) -> None:
    difference = np.abs(np.asarray(read(written(format=format, quality=92)), np.int16) - pixels())
    assert difference.mean() < 2.5
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    sizes = [len(written(noise, (64, 64), format=format, quality=quality)) for quality in (30, 60, 92)]
    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[2] / 1.5


@pytest.mark.parametrize("format", list(formats.FORMATS))
def test_every_format_keeps_the_size_and_has_its_profile(format: str) -> None:
    data = written(format=format, size=(48, 32))
    if format == "tiff16":
        with tifffile.TiffFile(io.BytesIO(data)) as file:
            assert file.pages[0].shape == (32, 48, 3)
            assert file.pages[0].iccprofile == colours.profile("srgb")
    else:
        image = read(data)
        assert (image.size, image.mode) == ((48, 32), "RGB")
        assert image.info["icc_profile"] == colours.profile("srgb")


@pytest.mark.parametrize("space", ["display-p3", "adobe-rgb"])
@pytest.mark.parametrize("format", ["png", "jpeg", "webp", "avif", "tiff"])
def test_another_space_looks_the_same(space: str, format: str) -> None:
    image = read(written(format=format, colours=space, quality=97))
    assert np.abs(np.asarray(image, np.int16) - pixels()).max() > 10  # other numbers
    assert np.abs(shown(image) - pixels()).mean() < 3  # the same colours


@pytest.mark.parametrize(("space", "red"), [("display-p3", (234, 51, 35)), ("adobe-rgb", (219, 0, 0))])
def test_pure_red_has_its_known_numbers(space: str, red: tuple[int, int, int]) -> None:
    image = read(written(np.full((16, 16, 3), (255, 0, 0), np.uint8), (16, 16), colours=space))
    assert np.abs(np.asarray(image.getpixel((8, 8))) - red).max() <= 1
    fine = tifffile.imread(
        io.BytesIO(
            written(np.full((16, 16, 3), (255, 0, 0), np.uint8), (16, 16), colours=space, format="tiff16")
        )
    )
    assert np.abs(fine[8, 8] / 257 - red).max() <= 1


@pytest.mark.parametrize("space", ["display-p3", "adobe-rgb"])
def test_sixteen_bits_are_converted_as_little_cms_does_but_finer(space: str) -> None:
    fine = tifffile.imread(io.BytesIO(written(format="tiff16", colours=space))) / 257
    coarse = np.asarray(colours.convert(Image.fromarray(pixels()), space), np.float64)
    assert np.abs(fine - coarse).max() < 1
    assert len(np.unique(fine)) > len(np.unique(coarse))


def test_sixteen_bits_are_resized_finely() -> None:
    fine = tifffile.imread(io.BytesIO(written(format="tiff16", size=(48, 32)))).astype(float) / 257
    coarse = np.asarray(read(written(size=(48, 32))), np.float64)
    assert np.abs(fine - coarse).max() < 1.01
    assert (fine % 1 != 0).any()


PRIMARIES = {
    # x, y of red, green, blue: IEC 61966-2-1, SMPTE EG 432-1, Adobe RGB (1998) 4.3.1.1.
    "srgb": ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06)),
    "display-p3": ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),
    "adobe-rgb": ((0.64, 0.33), (0.21, 0.71), (0.15, 0.06)),
}


@pytest.mark.parametrize("space", PRIMARIES)
def test_the_columns_follow_from_the_primaries(space: str) -> None:
    columns = np.array([(x / y, 1, (1 - x - y) / y) for x, y in PRIMARIES[space]]).T
    white = np.array([0.3127 / 0.3290, 1, (1 - 0.3127 - 0.3290) / 0.3290])
    under_d65 = columns * np.linalg.solve(columns, white)
    under_d50 = np.array(icc.BRADFORD) @ under_d65
    assert np.abs(under_d50.T - np.array(colours.SPACES[space].columns)).max() < 0.0005


@pytest.mark.parametrize("space", PRIMARIES)
def test_profiles_are_read_by_little_cms(space: str) -> None:
    told = ImageCms.ImageCmsProfile(io.BytesIO(colours.profile(space))).profile
    assert told.profile_description == colours.SPACES[space].name
    assert (told.xcolor_space.strip(), told.connection_space.strip()) == ("RGB", "XYZ")
    assert colours.profile(space) == icc.profile(colours.SPACES[space])


@pytest.mark.parametrize("format", ["jpeg", "tiff16"])
def test_a_profile_of_the_users_own(tmp_path: Path, format: str) -> None:
    own = tmp_path / "my display.icc"
    own.write_bytes(icc.profile(icc.Space("mine", icc.DISPLAY_P3.columns, icc.ADOBE_CURVE)))
    data = written(format=format, colours=str(own), quality=97)
    if format == "tiff16":
        values = tifffile.imread(io.BytesIO(data))
        assert (values % 257 == 0).all()  # Little CMS takes 8 bits
        with tifffile.TiffFile(io.BytesIO(data)) as file:
            assert file.pages[0].iccprofile == own.read_bytes()
    else:
        assert read(data).info["icc_profile"] == own.read_bytes()
        assert np.abs(shown(read(data)) - pixels()).mean() < 3


@pytest.mark.parametrize("content", [None, b"", b"no profile" * 50])
def test_a_file_that_is_no_profile_is_refused(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "broken.icc"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(KnownError, match=r"broken\.icc"):
        written(colours=str(file))


def test_a_profile_for_other_than_rgb_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "lab.icc"
    file.write_bytes(ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes())
    with pytest.raises(KnownError, match="Lab profile"):
        written(colours=str(file))


def test_an_opened_picture_brings_none_of_its_texts_along(tmp_path: Path) -> None:
    with Image.open(finished(tmp_path).path) as image:
        image.load()
        for format in formats.FORMATS:
            data = formats.encode(image, SIZE, ExportPreset(format=format), NOTHING)
            assert b"umbrella" not in data, format
