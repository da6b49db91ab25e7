"""Model folders: what is read from them, and what is refused in which words."""

import json
import shutil
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import tiny_adapters

from core import models
from core.errors import KnownError
from core.paths import Home
from core.settings import Settings, load

MINI = models.EMBEDDED["mini"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the embedded model with empty weights: only configuration and headers are read."""
    copy = tmp_path / "My Model"
    shutil.copytree(MINI, copy, copy_function=copy_small)
    return copy


def copy_small(source: str, target: str) -> None:
    if source.endswith(".safetensors"):
        content = Path(source).read_bytes()
        (length,) = struct.unpack("<Q", content[:8])
        with Path(target).open("wb") as file:
            file.write(content[: 8 + length])
            file.truncate(len(content))
    else:
        shutil.copyfile(source, target)


def change(file: Path, **values: Any) -> None:
    file.write_text(json.dumps(json.loads(file.read_text()) | values))


def test_the_embedded_model_is_read_from_its_files() -> None:
    model = models.find(Settings(), "mini")
    assert (model.size, model.scale_factor, model.tokens, model.latent_channels) == (256, 8, 48, 8)
    assert (model.prediction, model.encoder_size, model.width) == ("v_prediction", 128, 256)
    tokens = {adapter.layout: (adapter.tokens, adapter.width) for adapter in model.adapters}
    assert tokens == {
        "ip-adapter": (4, 256),
        "ip-adapter-plus": (16, 256),
        "fastcomposer": (1, 256),
        "photoverse": (5, 256),
    }
    assert model.refused == ()


def test_the_embedded_model_hides_nothing() -> None:
    model = models.find(Settings(), "mini")
    assert "no more often than by chance" in model.description
    assert "CC0" in model.licence


def test_reading_a_model_never_imports_torch() -> None:
    script = (
        "import sys; from core import models, settings; models.available(settings.Settings()); "
        "assert not {'torch', 'diffusers', 'safetensors'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True, cwd=Path(__file__).parents[2])


def test_a_folder_is_added_once_and_found_by_name(folder: Path, tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    assert models.add(home, folder).name == "my-model"
    assert models.add(home, folder).name == "my-model"
    assert models.find(load(home), "my-model").path == folder
    assert [model.name for model in models.available(load(home))] == ["mini", "my-model"]


def test_a_taken_name_is_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(KnownError, match="called mini is there already"):
        models.add(Home(tmp_path / "home"), folder, "mini")


def test_a_folder_that_went_away_leaves_the_others(folder: Path, tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    models.add(home, folder)
    shutil.rmtree(folder)
    assert [model.name for model in models.available(load(home))] == ["mini"]
    with pytest.raises(KnownError, match="There is no folder"):
        models.find(load(home), "my-model")


def test_an_unknown_model_is_named_with_the_known_ones() -> None:
    with pytest.raises(KnownError, match=r"no model called sdxl\. Known: mini"):
        models.find(Settings(), "sdxl")


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (
            lambda f: (f / "model_index.json").unlink(),
            "diffusers layout: expected model_index",
        ),
        (
            lambda f: change(f / "model_index.json", _class_name="FluxPipeline"),
            "holds a FluxPipeline; expected",
        ),
        (lambda f: (f / "model_index.json").write_text("["), "cannot be read"),
        (lambda f: (f / "unet" / "config.json").write_text("[]"), "is not a configuration"),
        (lambda f: (f / "scheduler" / "scheduler_config.json").unlink(), "the model folder is not complete"),
        (lambda f: change(f / "unet" / "config.json", sample_size="big"), "says sample_size = big"),
        (
            lambda f: change(f / "unet" / "config.json", in_channels=9),
            "takes 9 channels, its autoencoder gives 8",
        ),
        (lambda f: change(f / "vae" / "config.json", _class_name="VQModel"), "holds a VQModel; expected"),
        (lambda f: change(f / "vae" / "config.json", block_out_channels=[]), r"block_out_channels = \[\]"),
        (
            lambda f: (f / "unet" / "diffusion_pytorch_model.safetensors").rename(f / "unet" / "weights.bin"),
            r"no \.safetensors weights \(found config\.json, weights\.bin\)",
        ),
        (lambda f: (f / "likeness.json").write_text('{"steps": "many"}'), r"likeness\.json cannot be read"),
    ],
)
def test_what_is_no_model_is_refused_with_what_was_found(
    folder: Path, damage: Callable[[Path], object], words: str
) -> None:
    damage(folder)
    with pytest.raises(KnownError, match=words):
        models.inspect("mine", folder)


def test_an_adapter_for_another_kind_of_model_is_refused_but_the_model_stays(folder: Path) -> None:
    change(folder / "unet" / "config.json", cross_attention_dim=768)
    model = models.inspect("mine", folder)
    assert model.adapters == ()
    with pytest.raises(KnownError, match="its cross-attention is 256 wide, this model's 768"):
        model.adapter("ip-adapter")


def test_an_adapter_for_another_image_encoder_is_refused(folder: Path) -> None:
    change(folder / "image_encoder" / "config.json", hidden_size=1280)
    model = models.inspect("mine", folder)
    assert [adapter.name for adapter in model.adapters] == ["fastcomposer", "ip-adapter"]
    assert "reads 320 features of an image encoder; the one in image_encoder gives 1280" in model.refused[0]


def test_without_an_image_encoder_adapters_say_so(folder: Path) -> None:
    shutil.rmtree(folder / "image_encoder")
    model = models.inspect("mine", folder)
    assert (model.encoder_size, model.adapters) == (0, ())
    assert "needs an image encoder" in model.refused[0]


def test_files_of_other_kinds_are_named(folder: Path) -> None:
    write_header(folder / "adapters" / "lora.safetensors", {"lora_unet_down.weight": [4, 4]})
    (folder / "adapters" / "model_sdxl.bin").touch()
    (folder / "adapters" / "ip-adapter.bin").touch()
    model = models.inspect("mine", folder)
    assert [adapter.name for adapter in model.adapters] == [
        "fastcomposer",
        "ip-adapter-plus",
        "ip-adapter",
        "photoverse",
    ]
    assert [reason.split(": ", 1)[0] for reason in model.refused] == [
        "lora.safetensors is no adapter of a kind that is known here",
        "model_sdxl.bin can hold programs and is not read as it is. Convert it",
    ]
    assert model.refused[1].endswith('model_sdxl.bin" --model mine')


def write_header(file: Path, shapes: dict[str, list[int]]) -> None:
    entries = {key: {"dtype": "F16", "shape": size, "data_offsets": [0, 0]} for key, size in shapes.items()}
    body = json.dumps(entries).encode()
    file.write_bytes(struct.pack("<Q", len(body)) + body)


def test_methods_are_those_whose_files_are_all_there(folder: Path) -> None:
    assert models.inspect("mine", folder).methods() == (
        "text",
        "ip-adapter",
        "ip-adapter-plus",
        "photoverse",
        "photoverse+mip",
        "fastcomposer",
        "fastcomposer+ip-adapter",
        "fastcomposer+ip-adapter-plus",
    )
    for name in ("fastcomposer", "photoverse"):
        (folder / "adapters" / f"{name}.safetensors").unlink()
    assert models.inspect("mine", folder).methods() == ("text", "ip-adapter", "ip-adapter-plus")


def test_a_named_adapter_is_found(folder: Path) -> None:
    model = models.inspect("mine", folder)
    assert model.adapter("ip-adapter-plus", "ip-adapter-plus").tokens == 16
    with pytest.raises(KnownError, match="has no face adapter"):
        model.adapter("ip-adapter", "face")


def test_a_folder_name_that_no_disk_takes_is_known(tmp_path: Path) -> None:
    with pytest.raises(KnownError, match="cannot be read: File name too long"):
        models.inspect("own", tmp_path / ("a" * 5000))


@pytest.mark.parametrize("damage", [b"[" * 100_000, b'{"licence": "\xff"}'])
def test_advice_that_is_no_text_is_known(tmp_path: Path, damage: bytes) -> None:
    folder = tiny_adapters.write_model(tmp_path / "own", tiny_adapters.SD15, tiny_adapters.SD15_UNET)
    (folder / "likeness.json").write_bytes(damage)
    with pytest.raises(KnownError, match=r"likeness\.json cannot be read"):
        models.inspect("own", folder)
