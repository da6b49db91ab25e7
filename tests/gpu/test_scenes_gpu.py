"""Scenes made on a CUDA device. Run with `pytest -m gpu`."""

from pathlib import Path

import pytest
import torch
from scene_packs import write_portraits, write_sprites

from core.training.scenes import SceneSource

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device"),
]


def test_the_device_makes_the_processors_scenes(tmp_path: Path) -> None:
    """The same people at the same places; only the grain of backgrounds is the device's own."""
    files = write_portraits(tmp_path), write_sprites(tmp_path)
    there, here = (SceneSource(*files, 64, 32, device=device).batch(16, 2) for device in ("cuda", "cpu"))
    assert there.pixels.is_cuda
    assert there.words == here.words
    assert torch.equal(there.identities.cpu(), here.identities)
    assert torch.allclose(there.masks.cpu(), here.masks, atol=0.05)
    assert torch.allclose(there.faces.cpu(), here.faces, atol=0.1, equal_nan=True)


@pytest.mark.parametrize("buffer", [0, 24])
def test_the_device_makes_the_same_scenes_again(tmp_path: Path, buffer: int) -> None:
    files = write_portraits(tmp_path), write_sprites(tmp_path)
    a, b = (SceneSource(*files, 64, 32, device="cuda", buffer=buffer).batch(16, 2) for _ in range(2))
    assert a.words == b.words
    assert torch.equal(a.pixels, b.pixels)
    assert torch.equal(a.views, b.views)
