"""What a segmenter from the user's own folder says of itself."""

import hashlib
from pathlib import Path

LICENCE = "A model of your own, from {folder}: its licence is in that folder."


def short_hash(path: Path) -> str:
    """The first 12 digits of the file's SHA-256."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:12]
