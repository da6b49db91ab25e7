"""Face backends by the names that settings use."""

from pathlib import Path

from core.errors import KnownError
from core.faces import FaceBackend


def open_by_name(name: str, models: Path) -> FaceBackend:
    """See `core.faces.open_backend`."""
    kind, _, folder = name.partition(":")
    if name == "embedded":
        from core.faces.embedded import EmbeddedFaces

        return EmbeddedFaces(models / "faces")
    if kind == "insightface" and folder:
        from core.faces.insight import InsightFaces

        return InsightFaces(Path(folder).expanduser())
    raise KnownError(f"There is no face backend “{name}”. Use “embedded” or “insightface:FOLDER”.")
