"""Which methods a model offers now, and what is missing for the others."""

from dataclasses import dataclass

from core.errors import KnownError
from core.methods import METHODS, Layout
from core.models import ModelInfo
from core.settings import Settings
from core.spec import Method


@dataclass(frozen=True)
class Offer:
    """`missing`: what to do before the method can be chosen, "" when it can be now."""

    method: Method
    title: str
    missing: str = ""


def offers(model: ModelInfo, settings: Settings) -> list[Offer]:
    """Every method there is, in the order of `METHODS`."""
    return [Offer(name, info.title, _missing(model, settings, name)) for name, info in METHODS.items()]


def check_faces(settings: Settings, method: Method) -> None:
    """Raises KnownError for a method that reads an InsightFace embedding while faces are found by other
    models: their embeddings mean nothing to its file."""
    if METHODS[method].people_only and not settings.faces.startswith("insightface:"):
        raise KnownError(f"{METHODS[method].title}: {_NO_FACES}")


def _missing(model: ModelInfo, settings: Settings, method: Method) -> str:
    has = {adapter.layout for adapter in model.adapters}
    needed = [layout for layout in (METHODS[method].adapter, METHODS[method].fusion) if layout]
    gone = [layout for layout in needed if layout not in has]
    if gone:
        return f"Add {' and '.join(map(_file, gone))}: likeness models add-adapter FILE --model {model.name}"
    try:
        check_faces(settings, method)
    except KnownError:
        return _NO_FACES
    return ""


def _file(layout: Layout) -> str:
    title = METHODS[layout].title
    return f"{'an' if title[0] in 'AEIOU' else 'a'} {title} file"


_NO_FACES = (
    "it reads the face embedding of an InsightFace pack (such as buffalo_l), and faces are found by other "
    "models now. Choose the pack's folder first: likeness models faces DIR"
)
