"""What goes into an exported file, in the forms its format can hold.

Every format holds XMP. PNG holds our own JSON and the `parameters` text in chunks of their own, as the
library's pictures do; the others hold the JSON inside the XMP, and `parameters` where other programs look for
it there: in EXIF's UserComment. A JPEG's segment ends at 64 kB: what does not fit is left out.
"""

from dataclasses import dataclass, replace

from core.metadata import Saved, parameters, xmp
from core.metadata.xmp import About

LONGEST_SEGMENT = 65_000
LONGEST_WORDS = 5_000
SOFTWARE, DATE_TIME, EXIF_IFD, USER_COMMENT = 0x0131, 0x0132, 0x8769, 0x9286
TAKEN = (0x9003, 0x9004)
ZONES = (0x9010, 0x9011, 0x9012)


@dataclass(frozen=True)
class Carried:
    """`texts`: PNG's text chunks by keyword. `exif`: a whole EXIF block, or empty. `sidecar`: the XMP for a
    file of its own, which is never too long."""

    xmp: str
    sidecar: str
    texts: tuple[tuple[str, str], ...] = ()
    exif: bytes = b""


def for_sharing(saved: Saved) -> Carried:
    """No names, no prompt, no settings, no dates: that an AI system made it."""
    told = xmp.share(saved)
    return Carried(told, told)


def everything(saved: Saved, about: About, format: str) -> Carried:
    """All that is known of a picture, for a file of one of `core.export.Format`."""
    whole = xmp.packet(saved, replace(about, settings=True))
    if format == "png":
        texts = (("likeness", saved.to_json()), ("parameters", parameters.text(saved)))
        return Carried(xmp.packet(saved, about), whole, texts)
    if format == "jpeg":
        return Carried(_fitting(saved, about), whole, exif=_fitting_exif(saved, about))
    return Carried(whole, whole, exif=_exif(saved, about))


def _fitting(saved: Saved, about: About) -> str:
    """Without our own JSON, then with shortened words, where one segment cannot hold all."""
    tries = (
        replace(about, settings=True),
        about,
        replace(about, description=about.description[:LONGEST_WORDS], longest=LONGEST_WORDS),
    )
    packets = [xmp.packet(saved, each) for each in tries]
    return next((each for each in packets if len(each.encode()) <= LONGEST_SEGMENT), xmp.share(saved))


def _fitting_exif(saved: Saved, about: About) -> bytes:
    block = _exif(saved, about)
    return block if len(block) <= LONGEST_SEGMENT else b""


def _exif(saved: Saved, about: About) -> bytes:
    from PIL import Image

    block = Image.Exif()
    block[SOFTWARE] = xmp.creator(saved)
    inside = block.get_ifd(EXIF_IFD)
    inside[USER_COMMENT] = b"UNICODE\0" + parameters.text(saved).encode("utf-16-be", "replace")
    if about.made:
        said, zone = about.made.strftime("%Y:%m:%d %H:%M:%S"), about.made.strftime("%z")
        block[DATE_TIME] = said
        inside.update(dict.fromkeys(TAKEN, said))
        inside.update(dict.fromkeys(ZONES, f"{zone[:3]}:{zone[3:5]}") if zone else {})
    return block.tobytes()
