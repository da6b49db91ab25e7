"""Regions a user drew, at every layer's size."""

import pytest
import torch
from PIL import Image

from core.diffusion.attention.regions import Regions, drawn, grid
from core.spec import Region


def no_mask(_: str) -> Image.Image:
    raise AssertionError("no mask was asked for")


def one(region: Region | None, height: int = 8, width: int = 16) -> torch.Tensor:
    return drawn([region], height, width, no_mask)[0]


def test_without_a_region_a_subject_may_be_everywhere() -> None:
    assert torch.equal(one(None), torch.ones(8, 16))


def test_a_hard_box_is_one_inside_and_zero_outside() -> None:
    found = one(Region(box=(0.0, 0.0, 0.5, 1.0), soft=0))
    assert torch.equal(found[:, :8], torch.ones(8, 8))
    assert torch.equal(found[:, 8:], torch.zeros(8, 8))


def test_a_soft_edge_is_half_at_the_line_and_falls_evenly() -> None:
    row = one(Region(box=(0.0, 0.0, 0.5, 1.0), soft=0.25))[4]
    assert row[0] == 1
    assert row[-1] == 0
    assert row[7] + row[8] == pytest.approx(1)
    assert (row.diff() <= 0).all()


def test_the_pictures_own_edge_stays_hard() -> None:
    assert torch.equal(one(Region(box=(0.0, 0.0, 1.0, 1.0), soft=0.5)), torch.ones(8, 16))


def test_a_mask_is_stretched_over_the_picture_and_softened() -> None:
    mask = Image.new("L", (64, 64))
    mask.paste(255, (0, 0, 32, 64))
    region = Region(mask="a" * 64, soft=0)
    hard = drawn([region], 8, 16, lambda _: mask)[0]
    assert hard[:, :8].min() == 1
    assert hard[:, 8:].max() == 0
    soft = drawn([Region(mask="a" * 64, soft=0.2)], 8, 16, lambda _: mask)[0]
    assert 0 < soft[4, 8] < 1


def test_every_level_of_a_unet_gets_its_own_size() -> None:
    regions = Regions(one(Region(box=(0.0, 0.0, 0.5, 1.0), soft=0))[None, None])
    for size in ((8, 16), (4, 8), (2, 4)):
        found = regions.at(size[0] * size[1]).unflatten(-1, size)[0, 0]
        assert found[:, : size[1] // 2].min() == 1
        assert found[:, size[1] // 2 :].max() == 0


@pytest.mark.parametrize(("positions", "expected"), [(15 * 9, (15, 9)), (8 * 5, (8, 5)), (4 * 3, (4, 3))])
def test_odd_sizes_are_halved_as_a_unet_does(positions: int, expected: tuple[int, int]) -> None:
    assert grid(positions, 15, 9) == expected


def test_other_numbers_of_positions_are_no_level() -> None:
    with pytest.raises(ValueError, match="No level"):
        grid(17, 8, 8)


@pytest.mark.parametrize(
    "given", [{}, {"box": (0.5, 0.0, 0.4, 1.0)}, {"box": (0, 0, 1, 1), "mask": "a" * 64}]
)
def test_impossible_regions_are_refused(given: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"region|left"):
        Region(**given)  # type: ignore[arg-type]
