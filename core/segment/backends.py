"""Segmenters by the names that settings use."""

from pathlib import Path

from core.errors import KnownError
from core.segment import Segmenter


def open_by_name(name: str, models: Path) -> Segmenter:
    """See `core.segment.open_segmenter`."""
    kind, _, folder = name.partition(":")
    if name == "embedded":
        from core.segment.embedded import EmbeddedSegmenter

        return EmbeddedSegmenter(models / "segmentation")
    if kind == "folder" and folder:
        from core.segment.folder import open_folder

        return open_folder(Path(folder).expanduser())
    raise KnownError(f"There is no segmenter “{name}”. Use “embedded” or “folder:DIR”.")
