"""Saving memory changes hardly a pixel: guidance in two passes, the autoencoder on tiles, parts dropped."""

import io
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from methods_asked import NAMED, OneFace, Subject, asked, two
from msgspec import structs
from PIL import Image
from tiny_models import PipelineOptions, pixels, spec, unheard, vae_sizes

from core.diffusion import decode, start, tiles
from core.diffusion.engine import Pipeline
from core.economy import LOWEST, Economy
from core.methods import METHODS, Method
from core.paths import Home
from core.spec import FastComposer, Region

SEQUENTIAL = Economy(sequential=True)


def difference(one: Any, other: Any) -> int:
    return int(np.abs(pixels(one) - pixels(other)).max())


def grey(png: bytes) -> np.ndarray:  # type: ignore[type-arg]
    return np.asarray(Image.open(io.BytesIO(png)), int)


@pytest.mark.parametrize("model", ["sd", "xl"])
@pytest.mark.parametrize("method", ["text", *NAMED])
def test_the_halves_one_after_the_other_are_the_halves_together(
    pipelines: Pipeline,
    subject: Subject,
    model: str,
    method: Method,
) -> None:
    """With maps, regions, a step window, a change of text, a negative prompt and references that give one
    subject more tokens than the other; two pictures at once."""
    if method == "text":
        wanted = spec(model=model, negative_prompt="old dog", steps=2)
    else:
        woman, man = two(subject)
        joining = "concatenated" if METHODS[method].visual else "mean"
        left = Region(box=(0, 0, 0.5, 1)) if METHODS[method].visual else None
        placed = (
            structs.replace(woman, region=left, begin=0.5),
            structs.replace(man, scale=0.6, end=0.5),
        )
        wanted = asked(
            model, method, placed, maps=True, joining=joining, negative_prompt="old dog", steps=2,
            fastcomposer=FastComposer(alpha=0.5),
        )  # fmt: skip
    specs = [wanted, structs.replace(wanted, seed=9)]
    together = pipelines.render(specs, unheard, 2)
    in_turn = pipelines.render(specs, unheard, 2, SEQUENTIAL)
    for one, other in zip(together, in_turn, strict=True):
        assert difference(one, other) <= 1
        assert one.maps.keys() == other.maps.keys()
        assert all(np.abs(grey(one.maps[uid]) - grey(other.maps[uid])).max() <= 1 for uid in one.maps)
        assert other.made["economy"] == "sequential"
        assert "economy" not in one.made


@pytest.mark.parametrize("method", ["ip-adapter-faceid", "fastcomposer+ip-adapter", "photoverse"])
def test_with_only_what_computes_in_memory_the_picture_is_the_same(
    pipelines: Pipeline,
    subject: Subject,
    method: Method,
) -> None:
    wanted = asked("sd", method, two(subject))
    offloaded = pipelines.render([wanted], unheard, 1, Economy(offloaded=True))[0]
    assert set(vars(pipelines.loaded)) & {"unet", "text_encoders", "image_encoder"} == set()
    plain = pipelines.render([wanted], unheard, 1)[0]
    assert offloaded.rgb == plain.rgb
    assert set(vars(pipelines.loaded)) >= {"unet", "text_encoders", "vae"}


def test_text_encoders_unet_and_autoencoder_are_never_in_memory_together(
    home: Home, sd15_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline, seen = Pipeline(PipelineOptions(home.root, {"sd": sd15_folder}), OneFace), []
    from core.diffusion.load import ALWAYS, Loaded

    read = Loaded._filled

    def reading(self: Loaded, model: Any, name: str) -> Any:
        seen.append((name, sorted(set(vars(self)) & set(ALWAYS))))
        return read(self, model, name)

    monkeypatch.setattr(Loaded, "_filled", reading)
    shown: list[bytes] = []
    pipeline.render([spec(model="sd")], lambda step, steps, previews: shown.extend(previews), 1, LOWEST)
    assert seen == [("text_encoder", []), ("unet", [])]
    assert sorted(set(vars(pipeline.loaded)) & set(ALWAYS)) == ["vae"]
    assert shown == []


def test_others_are_asked_to_give_memory_up(home: Home, sd15_folder: Path) -> None:
    asked_for = []
    pipeline = Pipeline(PipelineOptions(home.root, {"sd": sd15_folder}), OneFace, lambda: asked_for.append(1))
    pipeline.render([spec(model="sd")], unheard)
    assert asked_for == []
    pipeline.render([spec(model="sd")], unheard, 1, LOWEST)
    assert asked_for == [1]


@pytest.fixture
def small_tiles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiles, "TILE", 32)


@torch.inference_mode()
def test_tiles_of_the_embedded_autoencoder_leave_no_trace(mini: Pipeline, small_tiles: None) -> None:
    loaded, _ = mini._model(mini.info("mini"), torch.float32)
    noise = np.random.default_rng(0).integers(0, 255, (33, 41, 3), dtype=np.uint8)
    latents = start.encode(loaded, Image.fromarray(noise).resize((8 * 41, 8 * 33)))
    whole, tiled = (decode.decode(loaded, latents, each) for each in (False, True))
    assert whole.shape == tiled.shape == (8 * 33, 8 * 41, 3)
    assert np.abs(whole.astype(int) - tiled).max() <= 1


@pytest.mark.parametrize("length", [1, 63, 64, 65, 100, 128, 200, 1000])
def test_tiles_cover_everything_and_none_is_a_sliver(length: int) -> None:
    found = tiles.starts(length, 64, 24)
    assert found[0] == 0
    assert found[-1] == max(0, length - 64)
    assert all(after - before <= 64 - 24 for before, after in pairwise(found))


def far(latents: torch.Tensor, vae: Any) -> tuple[float, float]:
    """How far our tiles and diffusers' are from the whole."""
    whole, tiled = vae.decode(latents).sample, tiles.decode(vae, latents)
    vae.enable_tiling()
    vae.tile_latent_min_size, vae.tile_sample_min_size = tiles.TILE, 8 * tiles.TILE
    stock = vae.decode(latents).sample
    vae.disable_tiling()
    return float((whole - tiled).abs().mean()), float((whole - stock).abs().mean())


@torch.inference_mode()
def test_tiles_of_an_autoencoder_with_norms_and_attention_keep_one_tone(
    small_tiles: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each tile's own statistics would give it a tone of its own, most of all where halves differ in
    brightness. Weights at random exaggerate it, until every norm is settled."""
    from diffusers import AutoencoderKL

    torch.manual_seed(0)
    vae = AutoencoderKL(**vae_sizes()).eval()  # type: ignore[arg-type]
    noise = torch.randn(1, 4, 32, 96)
    ours, stock = far(noise, vae)
    assert ours < 0.3 * stock
    noise[..., 48:] += 3
    monkeypatch.setattr(tiles, "ROUNDS", 20)
    ours, stock = far(noise, vae)
    assert ours < 0.1 * stock
    assert not any("forward" in vars(each) for each in vae.modules())


@torch.inference_mode()
def test_a_photo_is_read_in_tiles_too(mini: Pipeline, small_tiles: None) -> None:
    loaded, _ = mini._model(mini.info("mini"), torch.float32)
    noise = np.random.default_rng(0).integers(0, 255, (264, 320, 3), dtype=np.uint8)
    whole, tiled = (start.encode(loaded, Image.fromarray(noise), each) for each in (False, True))
    assert whole.shape == tiled.shape
    assert (whole - tiled).abs().max() < 0.02 * whole.std()
