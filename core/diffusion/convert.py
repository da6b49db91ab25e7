"""Adapter files from elsewhere → `<model>/adapters/<name>.safetensors`.

A `.bin` file is a Python pickle, which can hold programs: `torch.load(weights_only=True)` runs none. What
cannot be used with the model is refused before anything is written.
"""

import json
import pickle
import re
import shutil
import struct
import warnings
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import save_file
from torch import Tensor

from core.adapters import AdapterInfo, Base, Header, fit, read_header, recognise
from core.adapters.info import BUFFERS
from core.adapters.layouts import PREFIX
from core.disk import replacing
from core.errors import KnownError
from core.models import PICKLES
from core.sums import file_hash

DEEPEST = 4
"""Dictionaries inside dictionaries; the public files have two."""
VAE = "vae."
UNRUN = "Nothing of it was run."


@dataclass(frozen=True)
class Added:
    """`new`: whether anything was written. `left_out`: tensors of the source that no method has a use for."""

    info: AdapterInfo
    new: bool
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Checked:
    """A source that fits: its header as it will be written, its tensors if they had to be read."""

    source: Path
    header: Header
    tensors: Mapping[str, Tensor] | None
    left_out: tuple[str, ...] = ()


def add(
    source: Path, base: Base, name: str = "", agree: Callable[[AdapterInfo], None] = lambda _: None
) -> Added:
    """Writes the adapter in `source`, a `.safetensors` file or a pickle, for the model `base`; nothing when
    the same bytes were added before. `agree` is asked before anything is written and raises to stop.
    Raises KnownError for a file that holds anything but tensors, is no adapter, does not fit the model, or
    whose name is taken."""
    _check_source(source)
    target = base.folder / "adapters" / f"{_plain(name or source.stem)}.safetensors"
    total = file_hash(source)
    if target.exists():
        _check_same(target, total)
        return Added(recognise(target, base), new=False)
    checked = _check(source, total)
    agree(fit(checked.header, target, base))
    _write(checked, target)
    return Added(recognise(target, base), True, checked.left_out)


def _check_source(source: Path) -> None:
    if not source.is_file():
        raise KnownError(f"There is no file {source}.")
    if source.suffix not in (".safetensors", *PICKLES):
        raise KnownError(
            f"{source.name} is no adapter file: expected {', '.join(('.safetensors', *PICKLES))}."
        )


def _plain(name: str) -> str:
    return re.sub(r"[^\w.-]+", "-", name).strip("-.") or "adapter"


def _check_same(target: Path, total: str) -> None:
    if total not in (read_header(target).metadata.get("source_sha256"), file_hash(target)):
        raise KnownError(
            f"The model has another adapter called {target.stem} already, {target}. Choose another name with "
            "--name."
        )


def _check(source: Path, total: str) -> _Checked:
    stated = {"source": source.name, "source_sha256": total, "converted_by": f"likeness {_version()}"}
    # Only their name tells FaceID's PlusV2 files from Plus; the new file may have another.
    stated |= {"shortcut": "true"} if "plusv2" in source.stem.lower() else {}
    if source.suffix == ".safetensors":
        header = read_header(source)
        return _Checked(source, Header(header.shapes, {**header.metadata, **stated}, header.bytes), None)
    found = read_pickle(source)
    kept = {key: tensor for key, tensor in found.items() if not _useless(key, found)}
    shapes = {key: tuple(tensor.shape) for key, tensor in kept.items()}
    return _Checked(source, Header(shapes, stated), kept, tuple(sorted(found.keys() - kept.keys())))


def _useless(key: str, tensors: Mapping[str, Tensor]) -> bool:
    """Buffers of older libraries, and the autoencoder in FastComposer's own file, which was not tuned."""
    fused = any(other.startswith(PREFIX) for other in tensors)
    return key.endswith(BUFFERS) or (fused and key.startswith(VAE))


def read_pickle(source: Path) -> dict[str, Tensor]:
    """The tensors of a PyTorch file; dictionaries inside it become names with dots. Runs nothing. Raises
    KnownError for a file that holds anything but tensors."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about the format, before the refusal that follows
            content = torch.load(
                source, map_location="cpu", weights_only=True, mmap=zipfile.is_zipfile(source)
            )
    except Exception as error:  # whatever a damaged file makes PyTorch raise
        raise KnownError(_told(source, error)) from error
    return _owned(dict(_flat(content, source.name)))


def _told(source: Path, error: Exception) -> str:
    called = re.search(r"GLOBAL ([\w.]+)", str(error)) if isinstance(error, pickle.UnpicklingError) else None
    if called:
        return f"{source.name} was refused, because it calls {called[1]}: weights are numbers alone. {UNRUN}"
    return f"{source.name} is no PyTorch file, or it is damaged. {UNRUN}"


def _flat(content: Any, file: str, name: str = "", depth: int = 0) -> Iterator[tuple[str, Tensor]]:
    if isinstance(content, Tensor) and name and content.layout == torch.strided:
        yield name, content
    elif isinstance(content, Mapping) and depth < DEEPEST:
        for key, inner in content.items():
            yield from _flat(inner, file, f"{name}.{key}" if name else str(key), depth + 1)
    else:
        where = f" under {name[:80]}" if name else ""
        raise KnownError(f"{file} holds a {type(content).__name__}{where}; expected tensors by name.")


def _owned(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Each with memory of its own, as safetensors files need it."""
    seen: set[int] = set()
    for key, tensor in tensors.items():
        place = tensor.untyped_storage().data_ptr()
        tensors[key] = tensor.clone().contiguous() if place in seen else tensor.contiguous()
        seen.add(place)
    return tensors


def _write(checked: _Checked, target: Path) -> None:
    """Whole or not at all. Raises KnownError when there is no room."""
    try:
        target.parent.mkdir(exist_ok=True)
        with replacing(target) as temporary:
            if checked.tensors is None:
                _copy(checked.source, checked.header, temporary)
            else:
                save_file(dict(checked.tensors), temporary, metadata=dict(checked.header.metadata))
            if read_header(temporary).shapes != checked.header.shapes:
                raise OSError("what was written reads back differently")
    except (OSError, SafetensorError, ValueError, RuntimeError) as error:
        raise KnownError(f"{target} could not be written: {error}. Nothing was kept of it.") from error


def _copy(source: Path, header: Header, target: Path) -> None:
    """The same tensors under a header with more metadata: places in it count from its end."""
    with source.open("rb") as stream, target.open("wb") as out:
        (length,) = struct.unpack("<Q", stream.read(8))
        entries = json.loads(stream.read(length)) | {"__metadata__": dict(header.metadata)}
        body = json.dumps(entries).encode()
        body += b" " * (-len(body) % 8)
        out.write(struct.pack("<Q", len(body)) + body)
        shutil.copyfileobj(stream, out, 2**20)


def _version() -> str:
    try:
        return version("likeness")
    except PackageNotFoundError:
        return "from source"
