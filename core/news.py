"""The texts that come with the program: what is new in each version, and the licences of others."""

import re

from core.paths import RESOURCES

PLACES = (RESOURCES, RESOURCES.parent)
"""An installed program has them among its resources, the source beside them."""


def document(name: str) -> str:
    """A text of the program, in Markdown; "" where it was left out."""
    found = (folder / name for folder in PLACES if (folder / name).is_file())
    file = next(found, None)
    return file.read_text("utf-8") if file else ""


def newest(changelog: str) -> tuple[str, str]:
    """The version on top of a changelog, and what it says about it; two empty texts where there is none."""
    parts = re.split(r"^## +", changelog, flags=re.M)
    if len(parts) < 2:
        return "", ""
    title, _, body = parts[1].partition("\n")
    return title.split()[0], body.strip()


def shall_tell(seen: str, version: str) -> bool:
    """Whether `version` is one whose news were not shown yet; a first start has no news."""
    return bool(seen) and seen != version
