"""Finished pictures as files for others: format, colours, size, names, and what a file tells of itself.

`plan` decides every name before anything is written; `write` writes whole files or none. The library's own
pictures are only read.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from core.export.sizes import Size

Format = Literal["png", "jpeg", "webp", "avif", "tiff", "tiff16"]
Conflict = Literal["number", "overwrite", "skip", "ask"]
Metadata = Literal["all", "share"]


class ExportPreset(Struct, frozen=True, forbid_unknown_fields=True):
    """All that decides how pictures become files.

    `quality`: 1 to 100, of formats that lose something. `upscaler`: the file of the network that makes
    pictures larger (`core.upscalers`), "" for resampling. `colours`: a key of
    `core.export.colours.SPACES`, or the path of an RGB profile. `names`: a template (`core.export.names`);
    its slashes make subfolders. `conflict`: what happens to a name that is taken. `metadata`: "share" leaves
    out names, prompt and settings and keeps the mark of AI pictures. `sidecar`: the XMP in a file of its own
    as well.
    """

    name: str = ""
    format: Format = "png"
    quality: Annotated[int, Meta(ge=1, le=100)] = 92
    size: Size = Size()
    enlarge: bool = False
    colours: Annotated[str, Meta(min_length=1)] = "srgb"
    names: Annotated[str, Meta(min_length=1, max_length=500)] = "{original}"
    upscaler: Annotated[str, Meta(max_length=4000)] = ""
    conflict: Conflict = "number"
    metadata: Metadata = "all"
    sidecar: bool = False
