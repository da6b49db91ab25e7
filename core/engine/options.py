"""From what the user chose to how an engine is made."""

from pathlib import Path

from core.engine import EngineOptions
from core.paths import RESOURCES, Home
from core.settings import Settings


def options_for(home: Home, settings: Settings) -> EngineOptions:
    """The embedded models and the folders the user added; a folder of the user's wins over an embedded
    name."""
    added = {name: Path(folder) for name, folder in settings.models.items()}
    return EngineOptions(
        home=home.root,
        models=embedded_models() | added,
        resources=RESOURCES / "models",
        faces=settings.faces,
        segmenter=settings.segmenter,
        device=settings.device,
        margin=settings.margin,
    )


def embedded_models() -> dict[str, Path]:
    """The model folders that come with the program, by name."""
    folders = sorted(index.parent for index in (RESOURCES / "models").glob("*/model_index.json"))
    return {folder.name: folder for folder in folders}
