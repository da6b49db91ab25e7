"""The stages by name, each imported when it is asked for."""

from importlib import import_module
from typing import Any

import msgspec

from core.errors import KnownError
from core.training.config import StageName
from core.training.stage import Stage

WHERE: dict[StageName, str] = {
    "autoencoder": "autoencoder:AutoencoderStage",
    "base": "base:BaseStage",
    "image-encoder": "image_encoder:ImageEncoderStage",
    "ip-adapter": "ip_adapter:IpAdapterStage",
    "ip-adapter-plus": "ip_adapter:IpAdapterPlusStage",
    "mip": "mip:MipStage",
    "fastcomposer": "fastcomposer:FastComposerStage",
    "photoverse": "photoverse:PhotoVerseStage",
}


def stage_class(name: StageName) -> type[Stage]:
    module, _, found = WHERE[name].partition(":")
    kind: type[Stage] = getattr(import_module(f"{__name__}.{module}"), found)
    return kind


def options(name: StageName, written: dict[str, Any]) -> Any:
    """A stage's own settings. Raises KnownError for one it does not have."""
    try:
        return msgspec.convert(written, stage_class(name).Options)
    except msgspec.ValidationError as error:
        raise KnownError(f"The options of the stage {name} do not fit: {error}.") from error
