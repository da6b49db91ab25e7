"""Model folders and adapter files as the window lists them: configurations and headers, no tensor."""

import shutil
import struct
from pathlib import Path
from random import Random

from _fuzz_kinds import Try
from _mutations import json_mutant, mutate
from _promise import Broken, check_words, promised
from tiny_adapters import SD15, SD15_UNET, SDXL, SDXL_UNET, at, write, write_model

from core.adapters import AdapterInfo, recognise
from core.methods import METHODS
from core.models import Advice, ModelInfo, inspect

LAYOUTS = (
    "ip-adapter",
    "ip-adapter-plus",
    "ip-adapter-full-face",
    "ip-adapter-faceid",
    "ip-adapter-faceid-plus",
    "mip-adapter",
    "photoverse",
    "fastcomposer",
)


def advice(sources: Path) -> Try:
    """`likeness.json`: how a model is best used."""
    model = write_model(sources / "model", SD15, SD15_UNET)
    plain = {
        "steps": 20,
        "guidance": 5.0,
        "scheduler": "ddim",
        "method": "text",
        "scale": 0.5,
        "begin": 0.1,
        "end": 0.9,
        "text_scale": 1.0,
        "alpha": 0.5,
        "merging": "uniform",
        "licence": "none",
        "description": "A model.",
    }

    def try_one(random: Random, folder: Path) -> None:
        copy = _copied(model, folder)
        (copy / "likeness.json").write_bytes(json_mutant(random, plain))
        info = promised(lambda: inspect("own", copy), ModelInfo, "likeness.json")
        if info and not isinstance(info.advice, Advice):
            raise Broken(f"Its advice is {info.advice}.")

    return try_one


def folders(sources: Path) -> Try:
    """Every configuration of a model folder, files that are gone or folders, weights that are none."""
    models = [write_model(sources / "sd15", SD15, SD15_UNET), write_model(sources / "sdxl", SDXL, SDXL_UNET)]
    for model, base in zip(models, (SD15, SDXL), strict=True):
        write("ip-adapter", at(base, model))

    def try_one(random: Random, folder: Path) -> None:
        copy = _copied(random.choice(models), folder)
        for _ in range(random.choice((1, 1, 2, 4))):
            _damage(random, copy)
        info = promised(lambda: inspect("own", copy), ModelInfo, *_names(copy))
        if info:
            for reason in info.refused:
                check_words(reason)
            _use(info)

    return try_one


def adapters(sources: Path) -> Try:
    """`core.adapters.recognise`: a safetensors header of every layout."""
    models = [at(SD15, sources / "sd15"), at(SDXL, sources / "sdxl")]
    files = [(write(layout, base), base) for base in models for layout in LAYOUTS]
    heads = [(file.name, _head(file), base) for file, base in files]

    def try_one(random: Random, folder: Path) -> None:
        name, head, base = random.choice(heads)
        file = folder / name
        body = mutate(random, head, [other for _, other, _ in heads])
        with file.open("wb") as out:
            out.write(body)
            out.truncate(max(len(body), random.choice((0, 10**6, 5 * 10**7))))  # the tensors, as a hole
        info = promised(lambda: recognise(file, base), AdapterInfo, file.name)
        if (
            info
            and info.layout not in LAYOUTS
            and info.layout != "mip-adapter-plus"
            and "plus" not in info.layout
        ):
            raise Broken(f"It is a {info.layout}.")

    return try_one


def _use(info: ModelInfo) -> None:
    """What the window asks of a model that was recognised."""
    assert isinstance(info.licence, str)
    assert isinstance(info.description, str)
    for method in info.methods():
        layout = METHODS[method].adapter
        if layout:
            promised(lambda layout=layout: info.adapter(layout), AdapterInfo)  # type: ignore[misc]


def _damage(random: Random, folder: Path) -> None:
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    file = random.choice(files)
    change = random.random()
    if (change < 0.75 and file.suffix == ".json") or change < 0.85:
        file.write_bytes(mutate(random, file.read_bytes()))
    elif change < 0.9:
        file.unlink()
    elif change < 0.93:
        file.unlink()
        file.mkdir()
    elif change < 0.96:
        file.unlink()
        file.symlink_to(random.choice((file.name, "/etc/passwd", "gone", "..")))
    else:
        (
            file.parent
            / random.choice(("evil.py", "modeling_x.py", "pytorch_model.bin", "a b\x1b[31m.safetensors"))
        ).touch()


def _copied(model: Path, folder: Path) -> Path:
    """Without its large files' bytes: those are links."""
    return Path(shutil.copytree(model, folder / "model"))


def _names(folder: Path) -> tuple[str, ...]:
    parts = [part.name for part in folder.iterdir()]
    return (folder.name, *parts, "UNet's configuration")


def _head(file: Path) -> bytes:
    with file.open("rb") as stream:
        length = stream.read(8)
        return length + stream.read(struct.unpack("<Q", length)[0])
