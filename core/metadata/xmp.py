"""XMP (IPTC Extension 2025.1): that a picture was made by an AI system, by which, and whom it shows."""

import re
from xml.sax.saxutils import escape

from core.metadata import Saved

AI_MADE = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
NOBODYS_NAME = re.compile(r"Person \d+")
"""What the grouping calls somebody whom the user has not named."""

PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
    xmlns:xmp="http://ns.adobe.com/xap/1.0/">
{fields}
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"""


def packet(saved: Saved) -> str:
    """The whole packet. `PersonInImage` holds only names the user gave."""
    likeness = f"Likeness {saved.made.get('likeness', '')}".strip()
    fields = [
        _element("xmp:CreatorTool", likeness),
        _element("Iptc4xmpExt:DigitalSourceType", AI_MADE),
        _element("Iptc4xmpExt:AISystemUsed", "Likeness"),
        _element("Iptc4xmpExt:AISystemVersionUsed", _version(saved)),
        _element("Iptc4xmpExt:AIPromptInformation", _plain(saved.spec.prompt)),
    ]
    names = (each.name for each in saved.spec.subjects if each.kind == "person")
    people = [name for name in dict.fromkeys(names) if _is_name(name)]
    if people:
        items = "".join(f"<rdf:li>{_escaped(name)}</rdf:li>" for name in people)
        fields.append(f"   <Iptc4xmpExt:PersonInImage><rdf:Bag>{items}</rdf:Bag></Iptc4xmpExt:PersonInImage>")
    return PACKET.format(fields="\n".join(fields))


def _version(saved: Saved) -> str:
    model = f"model {saved.spec.model} {str(saved.made.get('model_sha256', ''))[:10]}".strip()
    return f"{saved.made.get('likeness', '')} ({model})".strip()


def _is_name(name: str) -> bool:
    return bool(name) and not NOBODYS_NAME.fullmatch(name)


def _element(tag: str, value: str) -> str:
    return f"   <{tag}>{_escaped(value)}</{tag}>"


def _plain(value: str) -> str:
    return " ".join(value.split())


def _escaped(value: str) -> str:
    """XML 1.0 has no way to write most control characters: they are left out."""
    return escape(re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", value))
