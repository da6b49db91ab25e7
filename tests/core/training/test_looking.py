"""A look at what was learned: the program's own loop, small."""

import pytest
import torch
from tiny_models import write_sd15

from core.diffusion.attention.attach import attached, cross_layers
from core.diffusion.attention.frame import Frame, text_only
from core.diffusion.load import Loaded
from core.training import reading
from core.training.parts import looking

WORDS = ["a photo of a man", "a dog on the beach"]


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    folder = tmp_path_factory.mktemp("looking") / "tiny"
    write_sd15(folder)
    return reading.open_model(folder, torch.device("cpu"))


def said(loaded: Loaded) -> looking.UNetWords:
    return looking.guided(reading.text_states(loaded, ["", ""]), reading.text_states(loaded, WORDS))


def test_a_look_is_the_same_every_time_and_leaves_the_global_generator_alone(loaded):
    before = torch.get_rng_state()
    first, second = (looking.pictures(loaded, said(loaded), size=(32, 48), steps=2) for _ in range(2))
    assert torch.equal(first, second)
    assert torch.equal(before, torch.get_rng_state())
    assert first.shape == (2, 3, 32, 48)
    assert first.min() >= 0
    assert first.max() <= 1
    assert not torch.allclose(first[0], first[1])


def test_frames_are_on_during_the_steps_alone(loaded):
    names = [layer.name for layer in cross_layers(loaded.unet)]
    before = dict(loaded.unet.attn_processors)
    plain = looking.pictures(loaded, said(loaded), size=(32, 32), steps=2)
    doubled = {name: Frame(lambda q, k, v: 2 * text_only(q, k, v)) for name in names}
    changed = looking.pictures(loaded, said(loaded), attached(loaded.unet, doubled), (32, 32), steps=2)
    assert not torch.allclose(plain, changed)
    assert loaded.unet.attn_processors == before


def test_words_may_change_from_step_to_step(loaded):
    same = said(loaded)
    other = looking.guided(*[reading.text_states(loaded, ["", ""])] * 2)
    late = looking.pictures(loaded, lambda step: same(step) if step else other(step), size=(32, 32), steps=2)
    assert not torch.allclose(late, looking.pictures(loaded, same, size=(32, 32), steps=2))


def test_columns_stand_side_by_side_at_the_height_of_the_last():
    views, made = torch.rand(2, 3, 128, 128), torch.rand(2, 3, 32, 48)
    row = looking.beside(views, made)
    assert row.shape == (2, 3, 32, 32 + 48)
    assert torch.equal(row[..., 32:], made)
    assert row.min() >= 0
    assert row.max() <= 1
