"""Everything the program works with that is a file of weights: base models, their adapters, what finds faces,
what cuts subjects out, what enlarges. What each is, whose it is, and whether it is what it was.

Looks at folders and headers alone: nothing is loaded.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from core import fits, models, recorded, upscalers
from core import settings as settings_file
from core.adapters import AdapterInfo, read_header
from core.errors import KnownError
from core.models import PICKLES, ModelInfo
from core.paths import RESOURCES, Home
from core.recorded import State, Sums
from core.settings import Settings
from core.sums import file_hash

Kind = Literal["base", "adapter", "faces", "segmenter", "upscaler"]
EMBEDDED = "embedded"
WEIGHTS = (".safetensors", ".onnx")


@dataclass(frozen=True)
class Item:
    """One of them. `what`: more exactly ("SDXL", an adapter's layout); `model`: whose adapter it is;
    `forbids`: its licence forbids commercial use, `accepted`: and that was accepted; `state`, `checked`: see
    `core.recorded`; `choice`: as settings name it; `own`: it can be taken off the list; `needs`: bytes of
    memory for a picture, `on_card`: of a graphics card's; `notes`: why files in it cannot be used; `trouble`:
    why it cannot be used itself."""

    kind: Kind
    name: str
    path: Path
    files: tuple[Path, ...] = ()
    bytes: int = 0
    what: str = ""
    model: str = ""
    licence: str = ""
    forbids: bool = False
    accepted: bool = True
    state: State = "unknown"
    checked: datetime | None = None
    in_use: bool = False
    choice: str = ""
    own: bool = True
    needs: int = 0
    on_card: int = 0
    notes: tuple[str, ...] = ()
    trouble: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """The same for the same thing whenever it is looked at."""
        return self.kind, self.model, str(self.path)


def items(home: Home, settings: Settings) -> list[Item]:
    """All of them: base models with their adapters first."""
    sums = recorded.read(home)
    return [
        *_bases(home, settings, sums),
        *_faces(settings, sums),
        *_segmenters(settings, sums),
        *_upscalers(settings, sums),
    ]


def find(home: Home, settings: Settings, name: str) -> Item:
    """By its name. Raises KnownError when there is none, or several."""
    found = [item for item in items(home, settings) if item.name == name]
    if len(found) == 1:
        return found[0]
    if found:
        where = "; ".join(f"{item.kind} {item.path}" for item in found)
        raise KnownError(f"There are several called {name}: {where}.")
    raise KnownError(f"There is nothing called {name}: see “likeness models files”.")


def kind_of(path: Path) -> Kind:
    """What somebody's file or folder is, by its names and header: whether it can be used is found out when it
    is added. Raises KnownError for what is none of these."""
    if path.is_dir():
        return _kind_of_folder(path)
    if path.suffix in PICKLES:
        return "adapter"
    if path.suffix != ".safetensors":
        raise KnownError(f"{path.name} is no model file: expected .safetensors, or {', '.join(PICKLES)}.")
    try:
        upscalers.recognise(path)
    except KnownError:
        return "adapter"
    return "upscaler"


def _kind_of_folder(folder: Path) -> Kind:
    if (folder / "model_index.json").is_file():
        return "base"
    if (folder / "config.json").is_file() or (folder / "onnx").is_dir() or (folder / "model.onnx").is_file():
        return "segmenter"
    if any(folder.glob("*.onnx")):
        return "faces"
    raise KnownError(
        f"{folder} is no model folder: expected model_index.json (a base model), config.json or model.onnx "
        "(a segmenter), or the .onnx files of an InsightFace pack."
    )


def remove(home: Home, item: Item, delete: bool = False) -> None:
    """Takes it off the list; its files stay unless `delete`. An adapter is a file of its model's folder and
    leaves the list only with that. Raises KnownError for what comes with the program or is in use."""
    _check_removable(item, delete)
    settings = settings_file.load(home)
    match item.kind:
        case "base":
            kept = {name: folder for name, folder in settings.models.items() if name != item.name}
            settings_file.change(home, models=kept)
        case "faces":
            settings_file.change(home, packs=_without(settings.packs, item.path))
        case "segmenter":
            settings_file.change(home, segmenters=_without(settings.segmenters, item.path))
        case "upscaler":
            settings_file.change(home, upscalers=_without(settings.upscalers, item.path))
    recorded.forget(home, item.files)
    if delete:
        _delete(item)


def deletable(home: Home, item: Item) -> bool:
    """Whether the files are the program's own copies: what it downloaded or copied itself."""
    return item.kind == "adapter" or home.models in item.path.parents


def _check_removable(item: Item, delete: bool) -> None:
    if not item.own:
        raise KnownError(f"{item.name} comes with the program and stays.")
    if item.in_use and item.kind != "upscaler":
        raise KnownError(f"{item.name} is in use. Choose another first.")
    if item.kind == "adapter" and not delete:
        raise KnownError(
            f"{item.name} is a file of its model: it leaves the list when {item.path} is deleted."
        )


def _delete(item: Item) -> None:
    import shutil

    try:
        if item.path.is_dir():
            shutil.rmtree(item.path)
        else:
            item.path.unlink(missing_ok=True)
    except OSError as error:
        raise KnownError(f"{item.path} could not be deleted: {error.strerror or error}.") from error


def _without(paths: tuple[str, ...], path: Path) -> tuple[str, ...]:
    return tuple(each for each in paths if each != str(path))


# Base models and adapters


def _bases(home: Home, settings: Settings, sums: Sums) -> Iterator[Item]:
    for name, folder in models.folders(settings).items():
        own, used = name not in models.EMBEDDED, name == settings.model
        try:
            model = models.inspect(name, folder)
        except KnownError as error:
            yield Item("base", name, folder, in_use=used, own=own, trouble=str(error))
            continue
        yield _base(model, sums, own, used)
        for adapter in model.adapters:
            yield _adapter(home, model, adapter, settings, sums, own)


def _base(model: ModelInfo, sums: Sums, own: bool, used: bool) -> Item:
    files = tuple(models.weight_files(model.path))
    state, checked = recorded.state(sums, files)
    return Item(
        "base", model.name, model.path, files, model.bytes, models.PIPELINES[model.pipeline],
        licence=model.licence, state=state, checked=checked, in_use=used, own=own,
        needs=fits.memory_needed(model), on_card=fits.card_needed(model), notes=model.refused,
    )  # fmt: skip


def _adapter(
    home: Home, model: ModelInfo, adapter: AdapterInfo, settings: Settings, sums: Sums, own: bool
) -> Item:
    state, checked = recorded.state(sums, [adapter.path])
    accepted = not adapter.non_commercial or file_hash(adapter.path, home.sums) in settings.accepted
    licence = adapter.licence or ("" if own else model.licence)
    return Item(
        "adapter", adapter.name, adapter.path, (adapter.path,), _size([adapter.path]), adapter.layout,
        model.name, licence, adapter.non_commercial, accepted, state, checked, own=own,
    )  # fmt: skip


# Faces, cutting out, enlarging


def _faces(settings: Settings, sums: Sums) -> Iterator[Item]:
    from core.faces.embedded import EmbeddedFaces
    from core.faces.insight import InsightFaces

    used = settings.faces == EMBEDDED
    yield _come_with("faces", "YuNet and SFace", RESOURCES / "models" / "faces", EmbeddedFaces, used, sums)
    for folder in _known(settings.packs, settings.faces):
        yield _folder("faces", folder, "insightface", InsightFaces.licence, True, settings.faces, sums)


def _segmenters(settings: Settings, sums: Sums) -> Iterator[Item]:
    from core.segment.embedded import EmbeddedSegmenter
    from core.segment.identity import LICENCE

    used, place = settings.segmenter == EMBEDDED, RESOURCES / "models" / "segmentation"
    yield _come_with("segmenter", "U²-Net-p", place, EmbeddedSegmenter, used, sums)
    for folder in _known(settings.segmenters, settings.segmenter):
        licence = LICENCE.format(folder=folder)
        yield _folder("segmenter", folder, "folder", licence, False, settings.segmenter, sums)


def _known(kept: tuple[str, ...], used: str) -> list[Path]:
    """Those that were added, and the one in use."""
    _, _, folder = used.partition(":")
    return [Path(each) for each in dict.fromkeys((*kept, *([folder] if folder else [])))]


def _come_with(kind: Kind, name: str, folder: Path, part: type, used: bool, sums: Sums) -> Item:
    files = _weights(folder)
    state, checked = recorded.state(sums, files)
    licence: str = part.licence  # type: ignore[attr-defined]
    return Item(
        kind, name, folder, files, _size(files), licence=licence, state=state, checked=checked,
        in_use=used, choice=EMBEDDED, own=False,
    )  # fmt: skip


def _folder(
    kind: Kind, folder: Path, scheme: str, licence: str, forbids: bool, used: str, sums: Sums
) -> Item:
    files, choice = _weights(folder), f"{scheme}:{folder}"
    state, checked = recorded.state(sums, files)
    trouble = "" if files else f"{folder} is not there, or holds no weights any more. Connect its disk."
    return Item(
        kind, folder.name, folder, files, _size(files), licence=licence, forbids=forbids, state=state,
        checked=checked, in_use=choice == used, choice=choice, trouble=trouble,
    )  # fmt: skip


def _upscalers(settings: Settings, sums: Sums) -> Iterator[Item]:
    for name in settings.upscalers:
        file, trouble, licence = Path(name), "", ""
        state, checked = recorded.state(sums, [file])
        try:
            licence = read_header(file).metadata.get("license", "")
        except KnownError as error:
            trouble = str(error)
        yield Item(
            "upscaler", file.stem, file, (file,), _size([file]), licence=licence, state=state,
            checked=checked, choice=name, trouble=trouble,
        )  # fmt: skip


def _weights(folder: Path) -> tuple[Path, ...]:
    return tuple(sorted(file for file in folder.rglob("*") if file.suffix in WEIGHTS and file.is_file()))


def _size(files: "tuple[Path, ...] | list[Path]") -> int:
    return sum(file.stat().st_size for file in files if file.is_file())
