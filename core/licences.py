"""Licences of adapters for non-commercial use: asked once for each file, and remembered."""

from msgspec import structs

from core import method_settings, models
from core import settings as settings_file
from core.adapters import AdapterInfo, check_licence
from core.errors import KnownError
from core.paths import Home
from core.settings import Settings
from core.sums import file_hash
from core.wish import Wish


def accepted(home: Home) -> tuple[str, ...]:
    """The hashes of the files whose licence was accepted, in whichever window or terminal."""
    return settings_file.load(home).accepted


def accept(home: Home, adapter: AdapterInfo) -> None:
    """Remembers that the adapter's licence was accepted. Raises KnownError when it cannot be kept."""
    kept = settings_file.load(home)
    total = file_hash(adapter.path)
    if total not in kept.accepted:
        settings_file.save(home.create(), structs.replace(kept, accepted=(*kept.accepted, total)))


def missing(settings: Settings, wish: Wish) -> AdapterInfo | None:
    """The first adapter the wish needs whose licence nobody accepted yet."""
    try:
        model = models.find(settings, wish.model or settings.model)
        files = method_settings.files(model, wish, method_settings.method(model, wish, True))
    except KnownError:
        return None
    return next((adapter for adapter in files if adapter and _is_closed(adapter, settings)), None)


def _is_closed(adapter: AdapterInfo, settings: Settings) -> bool:
    try:
        check_licence(adapter, settings.accepted)
    except KnownError:
        return True
    return False
