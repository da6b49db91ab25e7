"""XMP (IPTC Extension 2025.1, MWG regions): that a picture was made by an AI system, by which, from which
words, and whom it shows where."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from xml.sax.saxutils import escape

from core.metadata import Saved
from core.metadata.people import Region, named_people, regions

SOURCE_TYPES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
AI_MADE = SOURCE_TYPES + "trainedAlgorithmicMedia"
AI_AND_PHOTO = SOURCE_TYPES + "compositeWithTrainedAlgorithmicMedia"
"""Of a picture that a photo was the start of."""

PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about=""{spaces}>
{fields}
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"""

SPACES = {
    "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "mwg-rs": "http://www.metadataworkinggroup.com/schemas/regions/",
    "stDim": "http://ns.adobe.com/xap/1.0/sType/Dimensions#",
    "stArea": "http://ns.adobe.com/xmp/sType/Area#",
    "likeness": "urn:likeness:xmp:1/",
}


@dataclass(frozen=True)
class About:
    """What an exported picture tells besides. `rating`: 0 to 5; `made`: with its zone; `size`: the exported
    pixels, where they are others than the picture's own; `settings`: our own JSON too; `longest`: so many
    letters of the prompt."""

    title: str = ""
    description: str = ""
    rating: int | None = None
    label: str = ""
    made: datetime | None = None
    size: tuple[int, int] | None = None
    settings: bool = False
    longest: int | None = None


def packet(saved: Saved, about: About | None = None) -> str:
    """The whole packet. `PersonInImage` and regions hold only names the user gave."""
    about = about or About()
    return _packet(
        _element("xmp:CreatorTool", creator(saved)),
        *_for_the_file(about),
        _element("Iptc4xmpExt:DigitalSourceType", source_type(saved)),
        _element("Iptc4xmpExt:AISystemUsed", "Likeness"),
        _element("Iptc4xmpExt:AISystemVersionUsed", _version(saved)),
        _element("Iptc4xmpExt:AIPromptInformation", _plain(saved.spec.prompt)[: about.longest]),
        _list("Iptc4xmpExt:PersonInImage", "Bag", named_people(saved.spec)),
        _regions(regions(saved), about.size or saved.size),
        _element("likeness:Settings", saved.to_json()) if about.settings else "",
    )


def share(saved: Saved) -> str:
    """What a copy for others says: that an AI system made it, and no more."""
    return _packet(
        _element("Iptc4xmpExt:DigitalSourceType", source_type(saved)),
        _element("Iptc4xmpExt:AISystemUsed", "Likeness"),
    )


def source_type(saved: Saved) -> str:
    return AI_AND_PHOTO if saved.spec.start else AI_MADE


def creator(saved: Saved) -> str:
    return f"Likeness {saved.made.get('likeness', '')}".strip()


def _for_the_file(about: About) -> Iterable[str]:
    if about.made:
        yield _element("xmp:CreateDate", about.made.isoformat(timespec="seconds"))
    if about.rating is not None:
        yield _element("xmp:Rating", str(about.rating))
    if about.label:
        yield _element("xmp:Label", about.label.capitalize())  # as Lightroom and digiKam write colours
    yield _list("dc:title", "Alt", filter(None, [about.title]))
    yield _list("dc:description", "Alt", filter(None, [_plain(about.description)]))


def _regions(faces: tuple[Region, ...], size: tuple[int, int]) -> str:
    if not faces:
        return ""
    width, height = size
    inside = (
        '<mwg-rs:AppliedToDimensions rdf:parseType="Resource">'
        f"<stDim:w>{width}</stDim:w><stDim:h>{height}</stDim:h><stDim:unit>pixel</stDim:unit>"
        "</mwg-rs:AppliedToDimensions>"
        f"<mwg-rs:RegionList><rdf:Bag>{''.join(map(_region, faces))}</rdf:Bag></mwg-rs:RegionList>"
    )
    return f'   <mwg-rs:Regions rdf:parseType="Resource">{inside}</mwg-rs:Regions>'


def _region(face: Region) -> str:
    name = f"<mwg-rs:Name>{_escaped(face.name)}</mwg-rs:Name>" if face.name else ""
    return (
        '<rdf:li rdf:parseType="Resource"><mwg-rs:Area rdf:parseType="Resource">'
        f"<stArea:x>{face.x:.5f}</stArea:x><stArea:y>{face.y:.5f}</stArea:y>"
        f"<stArea:w>{face.width:.5f}</stArea:w><stArea:h>{face.height:.5f}</stArea:h>"
        f"<stArea:unit>normalized</stArea:unit></mwg-rs:Area>{name}<mwg-rs:Type>Face</mwg-rs:Type></rdf:li>"
    )


def _packet(*fields: str) -> str:
    told = "\n".join(filter(None, fields))
    spaces = "".join(
        f'\n    xmlns:{prefix}="{uri}"' for prefix, uri in SPACES.items() if f"<{prefix}:" in told
    )
    return PACKET.format(spaces=spaces, fields=told)


def _version(saved: Saved) -> str:
    model = f"model {saved.spec.model} {str(saved.made.get('model_sha256', ''))[:10]}".strip()
    return f"{saved.made.get('likeness', '')} ({model})".strip()


def _element(tag: str, value: str) -> str:
    return f"   <{tag}>{_escaped(value)}</{tag}>"


def _list(tag: str, kind: str, values: Iterable[str]) -> str:
    language = ' xml:lang="x-default"' if kind == "Alt" else ""
    items = "".join(f"<rdf:li{language}>{_escaped(value)}</rdf:li>" for value in values)
    return f"   <{tag}><rdf:{kind}>{items}</rdf:{kind}></{tag}>" if items else ""


def _plain(value: str) -> str:
    return " ".join(value.split())


def _escaped(value: str) -> str:
    """XML 1.0 has no way to write most control characters: they are left out."""
    return escape(re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", value))
