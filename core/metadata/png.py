"""PNG files with our metadata: written fast, read back with suspicion."""

import io
from pathlib import Path

from core.errors import KnownError
from core.metadata import LONGEST, Saved, parameters, xmp

KEY = "likeness"


class NotOurs(KnownError):
    """A whole PNG that another program made or saved."""


def encode(width: int, height: int, rgb: bytes, saved: Saved) -> bytes:
    """A PNG of width × height × 3 bytes `rgb`, with everything `saved` says in three forms."""
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_itxt(KEY, saved.to_json())
    info.add_text("parameters", parameters.text(saved))
    info.add_itxt("XML:com.adobe.xmp", xmp.packet(saved))
    buffer = io.BytesIO()
    # Level 1: the default costs half a second a megapixel and saves a few per cent.
    Image.frombytes("RGB", (width, height), rgb).save(buffer, "PNG", compress_level=1, pnginfo=info)
    return buffer.getvalue()


def read(path: Path) -> Saved:
    """What `encode` put into a picture. No pixel is decoded. Raises KnownError for a file that is not
    there, no PNG, damaged, or carries no settings of ours."""
    text = _text(path)
    if text is None:
        raise NotOurs(f"{path.name} carries no settings of Likeness: another program made or saved it.")
    return Saved.from_json(text)


def _text(path: Path) -> str | None:
    from PIL import Image

    try:
        with path.open("rb") as file, Image.open(file, formats=["PNG"]) as image:
            found = image.info.get(KEY)
    except OSError as error:
        raise KnownError(f"{path.name} cannot be read: {_why(error)}.") from error
    except Exception as error:  # a decoder fed with damaged bytes raises nearly anything
        raise KnownError(f"{path.name} is damaged: its settings cannot be read.") from error
    if found is not None and (not isinstance(found, str) or len(found) > LONGEST):
        raise KnownError(f"{path.name} carries settings this program never wrote.")
    return None if found is None else str(found)  # Pillow's own subclass of str is no str to msgspec


def _why(error: OSError) -> str:
    return error.strerror or "it is no PNG picture"
