"""How scenes are drawn: landmarks, boxes, masks, clothes, things worn, backgrounds and styles."""

from dataclasses import replace

import pytest
import torch
from scene_packs import write_portraits, write_sprites

from core.training.scenes import backgrounds, styles, warp
from core.training.scenes.cast import open_cast
from core.training.scenes.draws import Draws, generator
from core.training.scenes.identity import (
    EXPRESSIONS,
    TRAITS,
    Identities,
    Moments,
    draw_identities,
    draw_moments,
)
from core.training.scenes.packs import read_sprites
from core.training.scenes.people import Artist, Poses
from core.training.scenes.plan import draw_plan
from core.training.scenes.stage_set import Set, Sizes
from core.training.scenes.stickers import Stickers
from core.training.scenes.vocabulary import BACKGROUNDS, COLOURED, COLOURS, STYLES

CPU = torch.device("cpu")
SIDE = 96


@pytest.fixture(scope="module")
def cast(tmp_path_factory):
    return open_cast(write_portraits(tmp_path_factory.mktemp("people")), False, CPU)


@pytest.fixture(scope="module")
def sprites(tmp_path_factory):
    return read_sprites(write_sprites(tmp_path_factory.mktemp("sprites")))


def themselves(parents):
    """People who look like one portrait each."""
    count, alone = len(parents), torch.tensor((1.0, 0.0, 0.0))
    return Identities(
        torch.tensor([[each, each ^ 1, each ^ 1] for each in parents]), alone.repeat(count, 1),
        torch.tensor((1 - 2e-6, 1e-6, 1e-6)).repeat(count, 1), torch.zeros(count, TRAITS),
        torch.ones(count, 2), torch.ones(count, 3), torch.zeros(count, 3), torch.zeros(count),
    )  # fmt: skip


def at_rest(count):
    return Moments(
        torch.zeros(count, EXPRESSIONS), torch.zeros(count, 2), torch.ones(count, 3), torch.zeros(count, 3),
        torch.zeros(count), torch.zeros(count, dtype=torch.bool), torch.zeros(count),
    )  # fmt: skip


def upright(count):
    return Poses(torch.eye(2).repeat(count, 1, 1), torch.zeros(count, 2))


def test_a_similarity_is_found_again():
    points = torch.rand(2, 30, 2, generator=torch.Generator().manual_seed(1))
    matrix = torch.tensor([[[0.8, -0.3], [0.3, 0.8]], [[1.2, 0.1], [-0.1, 1.2]]])
    shift = torch.tensor([[0.1, -0.2], [0.0, 0.3]])
    there = warp.moved(points, matrix, shift)
    found = warp.fitted(points, there)
    assert torch.allclose(found[0], matrix, atol=1e-5)
    assert torch.allclose(found[1], shift, atol=1e-5)
    assert torch.allclose(warp.moved(there, *warp.inverted(*found)), points, atol=1e-5)


def test_a_displacement_moves_landmarks_where_they_belong_and_far_places_not_at_all():
    centres = torch.rand(1, 12, 2, generator=torch.Generator().manual_seed(2)) * 0.6 - 0.3
    offsets = 0.05 * torch.sin(centres * 5)
    weights = warp.weights_of(centres, offsets)
    felt = warp.displacement(centres[:, :, None], centres, weights)[:, :, 0]
    assert (felt - offsets).abs().max() < 0.01
    assert warp.displacement(torch.full((1, 1, 1, 2), 9.0), centres, weights).abs().max() < 1e-6


def test_a_person_of_one_parent_alone_is_that_portrait(cast):
    drawn = Artist(cast).draw(themselves([0, 2]), at_rest(2), upright(2), cast.texture.shape[-1])
    inside = cast.texture[[0, 2], 4:5] > 250
    difference = (drawn.rgb - cast.texture[[0, 2], :3].float() / 255).abs().mean(1, keepdim=True)
    assert difference[inside].mean() < 0.01
    assert torch.allclose(drawn.marks, cast.marks[[0, 2]], atol=1e-5)


def test_a_face_is_drawn_where_its_landmarks_are(cast):
    """The portrait's face is its oval; moved, turned and shrunk it is still where the box of its marks is."""
    angle = torch.tensor(0.2)
    turn = torch.stack((angle.cos(), -angle.sin(), angle.sin(), angle.cos())).view(1, 2, 2) * 0.7
    poses = Poses(turn, torch.tensor([[0.2, -0.1]]))
    oval_alone = replace(cast, texture=cast.texture.clone())
    oval_alone.texture[:, 3] = oval_alone.texture[:, 4]
    drawn = Artist(oval_alone).draw(themselves([1]), at_rest(1), poses, SIDE)
    rows, columns = (drawn.alpha[0, 0] > 0.5).nonzero().unbind(1)
    seen = torch.stack((columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)).float()
    box = torch.cat((drawn.marks[0].amin(0), drawn.marks[0].amax(0)))
    assert ((box + 1) / 2 * SIDE - seen).abs().max() < 3


def test_two_moments_of_one_person_move_the_face_a_little(cast):
    draws = Draws(generator(5))
    who = draw_identities(draws, cast, torch.tensor([0, 0]))
    same = who.take(torch.tensor([0, 0]))
    artist, moments = Artist(cast), draw_moments(draws, 2)
    marks, others = artist.marks(same, moments), artist.marks(who, at_rest(2))
    assert 0.002 < (marks[0] - marks[1]).abs().mean() < 0.05
    assert (others[0] - others[1]).abs().mean() > 0.002


def test_a_shirt_takes_its_colour_and_the_face_does_not(cast):
    artist, plain = Artist(cast), at_rest(1)
    red = replace(plain, shirt=torch.tensor([COLOURS["red"]]), dressed=torch.ones(1))
    before, after = (artist.draw(themselves([2]), each, upright(1), SIDE).rgb[0] for each in (plain, red))
    chest, face = (slice(None), slice(-10, -2), slice(40, 56)), (slice(None), slice(40, 52), slice(40, 56))
    assert (after[chest].mean((1, 2)) - torch.tensor(COLOURS["red"])).abs().max() < 0.15
    assert (before[chest].mean((1, 2)) - torch.tensor(COLOURS["red"])).abs().max() > 0.3
    assert (before[face] - after[face]).abs().max() < 0.1


def test_parents_are_of_one_sex_and_different(cast):
    who = draw_identities(Draws(generator(1)), cast, torch.tensor([0, 1, 2, 3] * 8))
    sexes = cast.man[who.parents]
    assert (sexes == sexes[:, :1]).all()
    assert (who.parents[:, 0] != who.parents[:, 1]).all()
    assert torch.allclose(who.texture.sum(1), torch.ones(32))
    assert torch.allclose(who.shape.sum(1), torch.ones(32))


def test_glasses_lie_on_the_eyes_and_hats_above_the_brows(cast, sprites):
    marks = cast.marks[[0, 0, 0]]
    worn = Stickers(sprites, CPU).worn(torch.tensor([2, 3, -1]), marks, SIDE)
    middle = [_middle(alpha[0]) for alpha in worn.alpha[:2]]
    eyes, brows = (marks[0, 42:54].mean(0) + 1) / 2 * SIDE, (marks[0, 36:42].mean(0) + 1) / 2 * SIDE
    assert (middle[0] - eyes).abs().max() < 3
    assert middle[1][1] < brows[1] - 5
    assert worn.alpha[2].max() == 0
    assert worn.left[2].min() == 1
    assert worn.left[1, 0, 0].max() < worn.left[1, 0, -1].min()


def _middle(alpha):
    rows, columns = (alpha > 0.5).nonzero().unbind(1)
    return torch.stack((columns.float().mean(), rows.float().mean())) + 0.5


def test_masks_say_to_a_pixel_where_the_subjects_are(cast, sprites):
    """Before two backgrounds, a photo differs where nobody is and is the same where somebody is."""
    plan = draw_plan(Draws(generator(8)), cast, sprites, 8, 2, 1)
    stage, numbers = Set(Artist(cast), Stickers(sprites, CPU)), torch.arange(16).view(8, 2)
    plain = BACKGROUNDS.index("background")
    shots = []
    for colour in (0.0, 1.0):
        with_colour = replace(
            plan, background=torch.full((8,), plain), colour=torch.full((8, 3), colour),
            style=torch.zeros(8, dtype=torch.long),
        )  # fmt: skip
        shots.append(stage.shoot(with_colour, Sizes(48, 16, 1), numbers, torch.Generator().manual_seed(1)))
    difference = (shots[0].pixels - shots[1].pixels).abs().mean(1)
    somebody = shots[0].masks.sum(1)
    assert torch.equal(shots[0].masks, shots[1].masks)
    assert difference[somebody > 0.999].max() < 0.01
    assert difference[somebody < 0.001].min() > 0.5


def test_who_is_in_front_hides_who_is_behind(cast, sprites):
    plan = draw_plan(Draws(generator(9)), cast, sprites, 12, 2, 1)
    stage, numbers = Set(Artist(cast), Stickers(sprites, CPU)), torch.zeros(12, 2, dtype=torch.long)
    people = replace(plan.people, x=torch.zeros_like(plan.people.x))
    shots = [
        stage.shoot(replace(plan, people=people, order=order), Sizes(32, 8, 1), numbers, torch.Generator())
        for order in (torch.tensor([[0, 1]] * 12), torch.tensor([[1, 0]] * 12))
    ]
    for scene in range(12):
        if bool(plan.present[scene].all()):
            behind, front = (shot.masks[scene, 0].sum() for shot in shots)
            assert behind <= front
    assert shots[0].masks[:, 0].sum() < shots[1].masks[:, 0].sum()


def test_backgrounds_have_the_colour_they_are_named_by():
    rows = torch.arange(len(BACKGROUNDS)).repeat_interleave(len(COLOURS))
    colours = torch.tensor(list(COLOURS.values())).repeat(len(BACKGROUNDS), 1)
    made = backgrounds.draw(rows, colours, 32, torch.Generator().manual_seed(4))
    assert 0 <= made.min() <= made.max() <= 1
    assert made.flatten(2).std(-1).mean(1).min() > 0.001
    coloured = rows < len(COLOURED)
    assert (made[coloured].mean((2, 3)) - colours[coloured]).abs().max() < 0.3
    assert (made[coloured].mean((2, 3)) - colours[coloured]).abs().mean() < 0.1


def test_places_differ_from_each_other_and_from_themselves():
    rows = torch.arange(len(COLOURED), len(BACKGROUNDS)).repeat_interleave(2)
    made = backgrounds.draw(rows, torch.zeros(len(rows), 3), 32, torch.Generator().manual_seed(4))
    tints = made.mean((2, 3))
    for a in range(0, len(rows), 2):
        assert (made[a] - made[a + 1]).abs().mean() > 0.005
        for b in range(0, a, 2):
            assert (tints[a] - tints[b]).abs().max() > 0.02


def test_styles_change_pictures_as_they_are_named(cast):
    photo = cast.texture[:1, :3].float() / 255
    names = list(STYLES)
    made = styles.apply(
        photo.repeat(len(names), 1, 1, 1), torch.arange(len(names)), torch.Generator().manual_seed(1)
    )
    by_name = dict(zip(names, made, strict=True))
    assert torch.equal(by_name["photo"], photo[0])
    assert 0 <= made.min() <= made.max() <= 1
    assert all(
        (picture - photo[0]).abs().mean() > 0.01 for name, picture in by_name.items() if name != "photo"
    )
    for grey in ("black and white", "pencil"):
        assert torch.allclose(by_name[grey][0], by_name[grey][2])
    assert by_name["sepia"][0].mean() > by_name["sepia"][2].mean() + 0.05
    assert by_name["cyanotype"][2].mean() > by_name["cyanotype"][0].mean() + 0.05
    blocks = by_name["pixel art"].unfold(1, 4, 4).unfold(2, 4, 4)
    assert torch.equal(blocks.amax((-1, -2)), blocks.amin((-1, -2)))
