"""An adapter file and a model: do they fit, and if not, what was expected and what was found?"""

import re
from collections.abc import Iterable
from pathlib import Path

from core.adapters import layouts
from core.adapters.header import Header, Shapes, read_header
from core.adapters.info import AdapterInfo, Base
from core.adapters.layouts import Reading
from core.errors import KnownError
from core.methods import FEATURES, Layout

KINDS = {768: "SD 1.5", 1024: "SD 2", 2048: "SDXL"}
FACE_LICENCE = (
    "IP-Adapter FaceID's weights and the InsightFace models they were trained with are for non-commercial "
    "research."
)
FORBIDDING = re.compile(r"non[- _]?commercial|\bnc\b", re.I)
LICENCES = ("licence", "license", "modelspec.license")
MOST_NAMES = 3


def recognise(file: Path, base: Base) -> AdapterInfo:
    """The adapter in a file. Raises KnownError, saying what was expected and what was found, for a file that
    is none or does not fit this model."""
    return fit(read_header(file), file, base)


def fit(header: Header, file: Path, base: Base) -> AdapterInfo:
    """`recognise` for a header already read, of a file that may not be there yet."""
    layout = layouts.find(header, file.stem)
    if layout is None:
        found = _names(sorted(header.shapes)) or "nothing"
        raise KnownError(f"{file.name} is no adapter of a kind that is known here: it holds {found}.")
    try:
        reading = layouts.read(layout, header, base)
    except (KeyError, IndexError, ValueError, ZeroDivisionError) as error:
        told = f"{file.name} is damaged: its tensors do not make an adapter of layout {layout} ({error})."
        raise KnownError(told) from error
    _check_kind(file, reading, base)
    _check_encoder(file, layout, header, reading, base)
    _check_tensors(file, layout, reading.expected, layouts.weights(header.shapes), base)
    licence, forbidding = _licence(layout, header)
    return AdapterInfo(
        file.stem, file, layout, reading.tokens, base.width, reading.features, reading.trained,
        reading.words, reading.replaces, forbidding, licence, header.metadata.get("source", ""),
    )  # fmt: skip


def _check_kind(file: Path, reading: Reading, base: Base) -> None:
    if reading.cross != base.width:
        raise KnownError(
            f"{file.name} was made for another kind of model: its cross-attention is {reading.cross} wide"
            f"{_kind(reading.cross)}, this model's {base.width}{_kind(base.width)}. Put it beside a model it "
            "was made for."
        )


def _kind(width: int) -> str:
    return f" ({KINDS[width]})" if width in KINDS else ""


def _check_encoder(file: Path, layout: Layout, header: Header, reading: Reading, base: Base) -> None:
    if not reading.reads:
        return
    given = base.encoder.get(reading.reads, 0)
    if not given:
        raise KnownError(
            f"{file.name} needs an image encoder: put one into the model's image_encoder folder."
        )
    if reading.features != given:
        raise KnownError(
            f"{file.name} reads {reading.features} features of an image encoder; the one in image_encoder "
            f"gives {given}. Use the image encoder the adapter was trained with."
        )
    if FEATURES[layout] == "layers":
        _check_read_layers(file, header, reading, base)


def _check_read_layers(file: Path, header: Header, reading: Reading, base: Base) -> None:
    """PhotoVerse has an adapter for each layer of the image encoder that its file names; 0 is the embedding
    before the first."""
    stated, form = header.metadata.get("encoder_layers", ""), header.metadata.get("format", "none")
    if form != layouts.PHOTOVERSE:
        raise KnownError(f"{file.name} states the format {form}; expected {layouts.PHOTOVERSE}.")
    layers = [int(number) for number in stated.split(",") if number.strip().isdecimal() and len(number) < 9]
    depth = base.encoder["num_hidden_layers"]
    if not all(layer <= depth for layer in layers) or {len(layers)} != {reading.words, reading.tokens}:
        raise KnownError(
            f"{file.name} says that it reads the layers “{stated[:80]}” of its image encoder. It has "
            f"{reading.words} text and {reading.tokens} image adapters, and the encoder in image_encoder has "
            f"the layers 0 to {depth}."
        )


def _check_tensors(file: Path, layout: Layout, expected: Shapes, found: Shapes, base: Base) -> None:
    missing = [key for key in expected if key not in found]
    strange = [key for key in found if key not in expected]
    other = [
        f"{key} is {_size(found[key])} instead of {_size(expected[key])}"
        for key in expected
        if key in found and found[key] != expected[key]
    ]
    told = [
        f"missing: {_names(missing)}" if missing else "",
        f"not known: {_names(strange)}" if strange else "",
        f"of another size: {_names(other)}" if other else "",
    ]
    if any(told):
        raise KnownError(
            f"{file.name} ({layout}) does not fit this {base.kind} model, which has {len(base.layers)} "
            f"cross-attention layers: {'; '.join(filter(None, told))}."
        )


def _names(names: Iterable[str]) -> str:
    """The first few, and how many more."""
    shown = list(names)
    more = f" and {len(shown) - MOST_NAMES} more" if len(shown) > MOST_NAMES else ""
    return ", ".join(name[:80] for name in shown[:MOST_NAMES]) + more


def _size(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape)) or "one number"


def _licence(layout: Layout, header: Header) -> tuple[str, bool]:
    """What is known of a file's licence, and whether it forbids commercial use."""
    if layout.startswith("ip-adapter-faceid"):
        return FACE_LICENCE, True
    stated = next((header.metadata[key] for key in LICENCES if key in header.metadata), "")
    return stated, bool(FORBIDDING.search(stated))
