"""Weights: pickles that hold programs, safetensors with wrong shapes, model folders as the pipeline loads
them, and the cache of what encoders said."""

import hashlib
import io
import json
import pickletools
import shutil
import struct
import zipfile
from collections.abc import Callable
from dataclasses import MISSING, fields
from pathlib import Path
from random import Random

import numpy as np
import torch
from _fuzz_kinds import Try
from _mutations import mutate
from _promise import Broken, promised
from PIL import Image
from safetensors.torch import load_file, save_file
from tiny_adapters import SD15, SD15_UNET, at, tensors, write_model, write_pickle
from tiny_models import no_faces, write_sd15

from core import models
from core.adapters import AdapterInfo
from core.diffusion import convert, load
from core.diffusion.convert import Added
from core.diffusion.load import Loaded
from core.diffusion.read import ReferenceReader
from core.paths import Home
from core.spec import Reference
from core.sums import files_hash

CALLS = (
    ("os", "system"),
    ("posix", "system"),
    ("builtins", "exec"),
    ("builtins", "eval"),
    ("builtins", "__import__"),
    ("subprocess", "Popen"),
    ("builtins", "getattr"),
    ("torch", "load"),
    ("torch.hub", "load"),
    ("shutil", "rmtree"),
    ("pathlib", "Path"),
    ("runpy", "run_path"),
    ("torch._utils", "_rebuild_tensor"),
    ("webbrowser", "open"),
    ("socket", "create_connection"),
    ("importlib", "import_module"),
    ("numpy.core.multiarray", "_reconstruct"),
    ("torch.serialization", "add_safe_globals"),
    ("torch.storage", "_load_from_bytes"),
    ("collections", "OrderedDict"),
)


def pickles(sources: Path) -> Try:
    """`convert.add`: code in every place of a pickle that may hold any, in the new format and the old."""
    torch.set_num_threads(1)
    base = at(SD15, write_model(sources / "model", SD15, SD15_UNET))
    layouts = ("ip-adapter", "fastcomposer")
    files = [write_pickle(tensors(layout, base), sources / f"{layout}.bin") for layout in layouts]
    small = write_pickle({"image_proj.norm.weight": np.ones(4, np.float32)}, sources / "small.bin")
    whole = [file.read_bytes() for file in (*files, small, small, small, small)]
    stream = io.BytesIO()
    torch.save({"a": torch.ones(3)}, stream, _use_new_zipfile_serialization=False)
    whole.append(stream.getvalue())

    def try_one(random: Random, folder: Path) -> None:
        file = folder / f"adapter{random.choice(models.PICKLES)}"
        file.write_bytes(_forged(random, random.choice(whole), folder))
        target = at(base, folder / "model")
        target.folder.mkdir()
        promised(lambda: convert.add(file, target), Added, file.name, "adapter")
        if (folder / "EXECUTED").exists():
            raise Broken("It ran what the file said.")
        if left := list(target.folder.rglob("*.part")):
            raise Broken(f"It left {left}.")

    return try_one


def _forged(random: Random, data: bytes, folder: Path) -> bytes:
    if not data.startswith(b"PK"):
        return _programmed(random, data, folder) if random.random() < 0.5 else mutate(random, data)
    if random.random() < 0.15:
        return mutate(random, data)
    out, change = io.BytesIO(), random.random()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for each in old.infolist():
            content, name = old.read(each), each.filename
            if name.endswith("data.pkl"):
                content = _programmed(random, content, folder) if change < 0.7 else mutate(random, content)
            elif change > 0.9:
                content = mutate(random, content)
            if random.random() < 0.02:
                name = random.choice(
                    (
                        "../../evil",
                        "/tmp/evil",
                        name + "x",
                        "archive/code/__torch__.py",
                        "archive/constants.pkl",
                    )
                )
            deflated = random.random() < 0.05
            new.writestr(name, content, zipfile.ZIP_DEFLATED if deflated else zipfile.ZIP_STORED)
    return out.getvalue()


def _programmed(random: Random, pickled: bytes, folder: Path) -> bytes:
    """A call of something that must not be called, between two opcodes of the pickle."""
    try:
        places = [place for _, _, place in pickletools.genops(pickled) if place]
    except ValueError:
        return mutate(random, pickled)
    module, name = random.choice(CALLS)
    said = f"touch {folder / 'EXECUTED'}"
    text = f"X{''}".encode() + struct.pack("<I", len(said)) + said.encode()
    found = random.choice(
        (
            f"c{module}\n{name}\n".encode(),
            b"X"
            + struct.pack("<I", len(module))
            + module.encode()
            + b"X"
            + struct.pack("<I", len(name))
            + name.encode()
            + b"\x93",
        )
    )
    call = random.choice(
        (
            found + b"(" + text + b"tR",
            found + text + b"\x85R",
            b"(" + found + text + b"o",
            b"(" + text + f"i{module}\n{name}\n".encode(),
            found + b")" + b"\x81",
            found + text + b"\x85\x81",
            b"(" + text + b"Q",
            found,
            found + b")R}b",
        )
    )
    at_ = random.choice(places)
    after = random.choice((b"", b"0", b"."))
    return pickled[:at_] + call + after + pickled[at_:]


def adapters(sources: Path) -> Try:
    """`convert.add` for safetensors: the same tensors under another header, written whole or not at all."""
    base = at(SD15, write_model(sources / "model", SD15, SD15_UNET))
    file = sources / "plain.safetensors"
    save_file({key: torch.from_numpy(value) for key, value in tensors("ip-adapter", base).items()}, file)
    whole = file.read_bytes()
    (base.folder / "adapters").mkdir(exist_ok=True)

    def try_one(random: Random, folder: Path) -> None:
        source = folder / "own.safetensors"
        source.write_bytes(mutate(random, whole))
        target = at(base, folder / "model")
        target.folder.mkdir()
        added = promised(lambda: convert.add(source, target), Added, "own")
        if added is None:
            if left := [each for each in target.folder.rglob("*") if each.is_file()]:
                raise Broken(f"It was refused and left {left}.")
            return
        loaded = _loaded(target.folder)
        promised(lambda: loaded.adapter(added.info), load.Adapter, source.name)

    return try_one


def _loaded(folder: Path) -> Loaded:
    """What of a model an adapter needs to be read: nothing but a place."""
    given = {"device": torch.device("cpu"), "dtype": torch.float32}
    empty = {each.name: None for each in fields(Loaded) if each.default is each.default_factory is MISSING}
    return Loaded(**(empty | given))  # type: ignore[arg-type]


def models_(sources: Path) -> Try:
    """A whole model folder: recognised from its files, then loaded as for a picture."""
    torch.set_num_threads(1)
    model = sources / "tiny"
    write_sd15(model)

    def try_one(random: Random, folder: Path) -> None:
        copy = Path(shutil.copytree(model, folder / "model"))
        for _ in range(random.choice((1, 1, 2))):
            _spoil(random, copy)
        info = promised(lambda: models.inspect("own", copy), models.ModelInfo)
        if info is None:
            return
        cpu = torch.device("cpu")
        loaded = promised(lambda: load.load(info, cpu, torch.float32, files_hash), Loaded, str(copy))
        for part in ("unet", "vae", "text_encoders") if loaded else ():
            promised(lambda part=part: getattr(loaded, part), object, str(copy))  # type: ignore[misc]
        if loaded and info.encoder_size:
            promised(lambda: loaded.image_encoder, load.ImageEncoder, str(copy))
        for adapter in info.adapters if loaded else ():
            promised(lambda adapter=adapter: loaded.adapter(adapter), load.Adapter, adapter.path.name)  # type: ignore[misc,union-attr]
        (folder / "EXECUTED").exists() and _broken()

    return try_one


def _broken() -> None:
    raise Broken("It ran what the folder holds.")


def _spoil(random: Random, folder: Path) -> None:
    """A configuration, a tokenizer's file, a tensor of another shape or type, a file of code beside them."""
    file = random.choice(sorted(each for each in folder.rglob("*") if each.is_file()))
    if random.random() < 0.08:
        _bring_code(folder, file)
    elif file.suffix == ".json":
        file.write_bytes(mutate(random, file.read_bytes()))
    elif file.suffix == ".safetensors" and random.random() < 0.6:
        state = load_file(file)
        key = random.choice(sorted(state))
        state[key] = random.choice(
            (
                lambda t: t.to(torch.int64),
                lambda t: t.to(torch.float16),
                lambda t: t.flatten(),
                lambda t: t[..., :0],
                lambda t: torch.full_like(t, float("nan")),
                lambda t: torch.cat([t, t]),
            )
        )(state[key]).contiguous()
        if random.random() < 0.3:
            del state[key]
        save_file(state, file, metadata={"format": random.choice(("pt", "tf", "x"))})
    else:
        file.write_bytes(mutate(random, file.read_bytes()))


def _bring_code(folder: Path, beside: Path) -> None:
    code = f"open({str(folder.parent / 'EXECUTED')!r}, 'w').close()\n"
    for name in ("modeling_own.py", "pipeline.py", "custom.py", "__init__.py"):
        (beside.parent / name).write_text(code)
    config = beside.parent / "config.json"
    if config.is_file():
        auto = {"AutoModel": "modeling_own.Model", "AutoConfig": "modeling_own.Config"}
        try:
            content = json.loads(config.read_bytes())
        except ValueError:
            return
        if isinstance(content, dict):
            config.write_text(
                json.dumps({**content, "auto_map": auto, "_class_name": content.get("_class_name", "own")})
            )


def encodings(sources: Path) -> Try:
    """A damaged encoding in the cache is made again, and never used."""
    torch.set_num_threads(1)
    model = sources / "tiny"
    write_sd15(model)
    info = models.inspect("tiny", model)
    loaded = load.load(info, torch.device("cpu"), torch.float32, files_hash)
    stream = io.BytesIO()
    Image.linear_gradient("L").convert("RGB").resize((32, 32)).save(stream, "PNG")
    crop = hashlib.sha256(stream.getvalue()).hexdigest()
    kept: dict[str, tuple[bytes, dict[str, torch.Tensor]]] = {}

    def read(home: Home, kind: str) -> dict[str, torch.Tensor]:
        return ReferenceReader(loaded, home, no_faces).features(kind, Reference(crop))  # type: ignore[arg-type]

    def try_one(random: Random, folder: Path) -> None:
        home, kind = Home(folder / "home").create(), random.choice(("pooled", "patches", "layers"))
        home.reference(crop).parent.mkdir(parents=True)
        home.reference(crop).write_bytes(stream.getvalue())
        true = read(home, kind)
        [file] = home.encodings.iterdir()
        file.write_bytes(_respelt(random, file))
        found = promised(lambda: read(home, kind), dict)
        if found is None or found.keys() != true.keys():
            raise Broken(f"It gave {found and found.keys()}.")
        for key, value in found.items():
            if value.shape != true[key].shape or not torch.equal(value, true[key]):
                raise Broken(f"{key} is {tuple(value.shape)} and not what the encoder says.")

    kept.clear()
    return try_one


def _respelt(random: Random, file: Path) -> bytes:
    """Other shapes, types, names or values, in a whole file; or any damage."""
    state = load_file(file)
    [key] = state
    change: Callable[[torch.Tensor], torch.Tensor] = random.choice(
        (
            lambda t: t[..., : t.shape[-1] // 2],
            lambda t: t.half(),
            lambda t: torch.full_like(t, float("nan")),
            lambda t: t.to(torch.int32),
            lambda t: torch.cat([t, t]),
            lambda t: t[:0],
            lambda t: t.flatten(),
            lambda t: t + 1,
        )
    )
    if random.random() < 0.5:
        return mutate(random, file.read_bytes())
    save_file({key: change(state[key]).contiguous()}, file)
    return file.read_bytes()


assert AdapterInfo
