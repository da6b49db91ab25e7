"""From what the user chose to how an engine is made."""

from core import models
from core.engine import EngineOptions
from core.paths import RESOURCES, Home
from core.settings import Settings


def options_for(home: Home, settings: Settings) -> EngineOptions:
    """The embedded models and the folders the user added."""
    return EngineOptions(
        home=home.root,
        models=models.folders(settings),
        resources=RESOURCES / "models",
        faces=settings.faces,
        segmenter=settings.segmenter,
        device=settings.device,
        margin=settings.margin,
    )
