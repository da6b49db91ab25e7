"""The source of scenes: what a batch holds, that it is the same again, and who is in it."""

import numpy as np
import pytest
import torch
from scene_packs import bytes_of, portrait, write_portraits, write_sprites

from core.errors import KnownError
from core.training.scenes import SceneSource
from core.training.scenes.draws import Draws, generator
from core.training.scenes.packs import read_portraits, read_sprites
from core.training.scenes.plan import draw_plan
from core.training.scenes.preview import contact_sheet, save

PICTURE, VIEW = 48, 24


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("packs")
    return write_portraits(folder), write_sprites(folder)


def open_source(files, **more):
    return SceneSource(*files, PICTURE, VIEW, **more)


def tensors(batch):
    return {name: value for name, value in vars(batch).items() if isinstance(value, torch.Tensor)}


def assert_same(a, b):
    assert a.words == b.words
    for name, value in tensors(a).items():
        assert torch.equal(value.nan_to_num(-7), getattr(b, name).nan_to_num(-7)), name


@pytest.fixture(scope="module")
def batch(files):
    return open_source(files).batch(24, step=3)


def test_a_batch_has_the_shapes_and_ranges_it_promises(batch):
    assert batch.pixels.shape == (24, 3, PICTURE, PICTURE)
    assert batch.masks.shape == (24, 2, PICTURE, PICTURE)
    assert batch.views.shape == (24, 2, 2, 3, VIEW, VIEW)
    assert batch.view_masks.shape == (24, 2, 2, 1, VIEW, VIEW)
    assert batch.faces.shape == (24, 2, 4)
    assert -1 <= batch.pixels.min() < -0.5 < 0.5 < batch.pixels.max() <= 1
    for values in (batch.masks, batch.views, batch.view_masks):
        assert 0 <= values.min() <= values.max() <= 1


def test_who_is_there_has_a_mask_views_and_a_number_and_nobody_else_has(batch):
    assert torch.equal(batch.present.sum(1), torch.tensor([len(words.nouns) for words in batch.words]))
    assert torch.equal(batch.identities >= 0, batch.present)
    for values in (batch.masks, batch.views, batch.view_masks):
        assert torch.equal(values.flatten(2).amax(-1) > 0.5, batch.present)


def test_only_people_have_faces_and_they_lie_in_their_masks(batch):
    for row, words in enumerate(batch.words):
        for place, noun in enumerate(words.nouns):
            face = batch.faces[row, place]
            assert face.isnan().all() == (noun not in ("woman", "man", "person"))
            if not face.isnan().any():
                x, y = ((face[:2] + face[2:]) / 2).long().tolist()
                hidden = batch.masks[row, 1 - place, y, x] > 0.5
                assert batch.masks[row, place, y, x] > 0.9 or hidden


def test_masks_share_every_pixel(batch):
    assert batch.masks.sum(1).max() <= 1 + 1e-5


def test_a_step_gives_the_same_batch_again_and_another_step_rank_or_seed_another(files, batch):
    assert_same(batch, open_source(files).batch(24, step=3))
    for other in (
        open_source(files).batch(24, step=4),
        open_source(files).batch(24, step=3, rank=1),
        open_source(files, seed=1).batch(24, step=3),
    ):
        assert not torch.equal(batch.pixels, other.pixels)
        people = {int(number) for number in other.identities.flatten() if number >= 4}
        assert other.words != batch.words
        assert people


def test_people_are_new_in_every_batch_and_objects_keep_their_number(files):
    source = open_source(files)
    seen = [source.batch(24, step, rank) for step in (0, 1) for rank in (0, 1)]
    people = [int(number) for each in seen for number in each.identities.flatten() if number >= 4]
    assert len(set(people)) == len(people)
    things = {
        (words.nouns[place], int(each.identities[row, place]))
        for each in seen
        for row, words in enumerate(each.words)
        for place in range(len(words.nouns))
        if each.identities[row, place] < 4
    }
    assert things == {("apple", 0), ("teddy bear", 1)}


def test_views_of_one_person_differ_but_less_than_those_of_others(batch):
    people = batch.present & ~batch.faces[..., 0].isnan()
    faces = (batch.views * batch.view_masks)[people][..., 6:18, 6:18].mean((-1, -2))
    same = (faces[:, 0] - faces[:, 1]).norm(dim=-1)
    others = (faces[:, 0] - faces[:, 1].roll(3, 0)).norm(dim=-1)
    assert (batch.views[people][:, 0] - batch.views[people][:, 1]).abs().mean() > 0.02
    assert same.mean() < 0.6 * others.mean()


def test_nobody_who_is_held_out_is_seen_in_training(files):
    seen, held = (open_source(files, held_out=out) for out in (False, True))
    assert seen.cast.row.tolist() == [0, 1, 4, 5]
    assert held.cast.row.tolist() == [2, 3, 6, 7]
    assert "never trained on" in held.describe()["people"]
    assert "4 portraits seen in training: 2 women, 2 men" in seen.describe()["people"]


def test_one_subject_at_most_when_only_one_is_asked_for(files):
    batch = open_source(files, subjects=1, views=3).batch(6, 0)
    assert batch.masks.shape[1] == 1
    assert batch.views.shape[2] == 3
    assert batch.present.all()


def test_scenes_come_one_at_a_time_with_nobody_or_nothing_in_them(files):
    source = open_source(files)
    kinds = {
        tuple(noun in ("apple", "teddy bear") for noun in source.batch(1, step).words[0].nouns)
        for step in range(30)
    }
    assert {(True,), (False,), (False, False), (False, True)} <= kinds


def test_two_people_of_one_scene_have_two_first_parents(files):
    source = open_source(files)
    draws = Draws(generator(3))
    people = draw_plan(draws, source.cast, source.sprites, 60, 2, 1).people
    first = people.who.parents[:, 0]
    pairs = (people.scene[1:] == people.scene[:-1]).nonzero()[:, 0]
    assert len(pairs) > 5
    assert (first[pairs] != first[pairs + 1]).all()


def test_room_for_more_subjects_than_a_scene_has_stays_empty(files):
    batch = open_source(files, subjects=3).batch(6, 0)
    assert batch.masks.shape[1] == 3
    assert not batch.present[:, 2].any()


def test_a_buffer_renews_the_share_it_was_told_to(files):
    source = open_source(files, buffer=8, refresh=0.25)
    kept = {each.caption + str(numbers) for each, numbers in shown(source.batch(8, 0))}
    for step in (1, 2):
        now = {each.caption + str(numbers) for each, numbers in shown(source.batch(8, step))}
        assert len(now) == 8
        assert len(now - kept) == 2 * step


def shown(batch):
    return list(zip(batch.words, batch.identities.tolist(), strict=True))


def test_a_buffer_that_is_not_renewed_stays_and_gives_more_than_it_holds(files):
    source = open_source(files, buffer=3, refresh=0.0)
    first = source.batch(7, 0)
    assert len({str(each) for each in shown(first)}) == 3
    assert {str(each) for each in shown(first)} == {str(each) for each in shown(source.batch(7, 1))}


def test_a_buffered_scene_is_the_scene_to_a_byte(files):
    a, b = (open_source(files, buffer=6).batch(6, 0) for _ in range(2))
    assert_same(a, b)
    assert a.pixels.dtype == torch.float32
    assert torch.equal((a.masks * 255).round() / 255, a.masks)


def test_a_sheet_shows_every_scene_with_its_views(files, tmp_path):
    sheet = contact_sheet(open_source(files), 3, columns=2)
    assert sheet.mode == "RGB"
    assert sheet.width > 2 * (PICTURE + 2 * PICTURE // 2)
    save(tmp_path / "sheet.png", *files, count=2, size=PICTURE, view=VIEW)
    assert (tmp_path / "sheet.png").stat().st_size > 1000
    with pytest.raises(KnownError, match="cannot be saved"):
        save(tmp_path / "none" / "sheet.png", *files, count=1, size=PICTURE, view=VIEW)


def test_files_that_are_not_there_or_something_else_are_told(files, tmp_path):
    other = tmp_path / "other.npz"
    np.savez(other, something=np.zeros(3))
    broken = tmp_path / "broken.npz"
    broken.write_bytes(files[0].read_bytes()[:500])
    text = tmp_path / "text.npz"
    text.write_text("hello")
    pickled = tmp_path / "pickled.npz"
    np.savez(pickled, meta=np.array([{}], dtype=object), marks=np.zeros(1))
    with pytest.raises(KnownError, match="cannot be read from"):
        read_portraits(tmp_path / "none.npz", False)
    for file in (other, broken, text, pickled):
        with pytest.raises(KnownError, match="is not a file of portraits"):
            read_portraits(file, False)
        with pytest.raises(KnownError, match="is not a file of sprites"):
            read_sprites(file)
    with pytest.raises(KnownError, match="is not a file of sprites"):
        read_sprites(files[0])


def test_too_few_people_on_one_side_are_told(files, tmp_path):
    arrays = dict(np.load(files[0]))
    arrays["meta"][:, 2] = 0
    np.savez(tmp_path / "all.npz", **arrays)
    with pytest.raises(KnownError, match="fewer than two women or two men"):
        read_portraits(tmp_path / "all.npz", True)


def test_a_picture_that_is_none_is_told(files, tmp_path):
    arrays = dict(np.load(files[0]))
    arrays["i1"] = bytes_of(portrait(1)[0], "BMP")
    np.savez(tmp_path / "bitmap.npz", **arrays)
    with pytest.raises(KnownError, match="is not a file of portraits"):
        read_portraits(tmp_path / "bitmap.npz", False)


@pytest.mark.parametrize("wrong", [{"subjects": 0}, {"views": 0}, {"refresh": 1.5}, {"buffer": -1}])
def test_what_makes_no_scenes_is_refused(files, wrong):
    with pytest.raises(ValueError, match="no scenes with"):
        open_source(files, **wrong)
