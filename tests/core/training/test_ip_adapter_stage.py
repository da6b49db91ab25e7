"""The stages ip-adapter and ip-adapter-plus, on a tiny model."""

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
import torch
from reference_trials import CPU, NOISY, SIDE, VIEW, as_stored, batch, half, learned, rendered, stage, stirred
from tiny_models import PipelineOptions, no_faces, pixels, spec, unheard, write_sd15
from toy_batches import CAPTION, SPANS, toy_batch

from core import models
from core.diffusion.attention.attach import attached
from core.diffusion.engine import Pipeline
from core.errors import KnownError
from core.spec import Reference, SubjectSpec
from core.training import reading
from core.training.losses.ip_adapter import Dropped
from core.training.parts.reference_stage import rows
from core.training.stages import options
from core.training.stages.ip_adapter import one_subject

BOTH = pytest.mark.parametrize("name", ["ip-adapter", "ip-adapter-plus"])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("ip-adapter") / "tiny"
    write_sd15(made)
    for file in (made / "adapters").iterdir():
        file.unlink()
    return made


def noisy(count: int) -> tuple[torch.Tensor, torch.Tensor]:
    random = torch.Generator().manual_seed(5)
    return torch.randn(count, 4, 4, 4, generator=random), torch.tensor([700, 450] * count)[:count]


def said(trained, seen, dropped, z, t):  # type: ignore[no-untyped-def]
    """What the UNet says in training."""
    given = trained.conditioned(seen, dropped)
    with torch.no_grad(), attached(trained.unet, trained.frames(given, trained.act(given))):
        return trained.unet(z, t, given.text, return_dict=False)[0]


@BOTH
def test_it_begins_harmless(folder, name):
    """Values at zero: nothing but the base model, bit for bit."""
    trained, seen = stage(name, folder), batch()
    z, t = noisy(2)
    kept = Dropped.drawn(torch.ones(2), 0, 0, 0)
    bare = trained.unet(z, t, reading.text_states(trained.loaded, [CAPTION] * 2), return_dict=False)[0]
    assert torch.equal(said(trained, trained.shown(seen, drawn=False), kept, z, t), bare)


def test_values_may_begin_as_the_paper_s(folder):
    trained = stage("ip-adapter-plus", folder, values="text")
    for layer in trained.adapter.layers.to_v:
        key, value = (getattr(trained.adapter.layers, part)[layer] for part in ("to_k", "to_v"))
        attention = trained.unet.get_submodule(list(trained.unet.attn_processors)[int(layer)][:-10])
        assert torch.equal(value, attention.to_v.weight)
        assert torch.equal(key, attention.to_k.weight)


@BOTH
def test_what_is_trained_is_what_renders(folder, home, name):
    """The same noisy latents: the program's inference of the same tensors says the same, both halves of
    guidance."""
    trained, seen = stage(name, folder), as_stored(batch(2, views=1))
    trained(seen, 0)  # measures the whitening
    stirred(trained).write(folder)
    (folder / "adapters" / f"{name}.safetensors").rename(folder / "adapters" / "trial.safetensors")
    twice = rows(trained.shown(seen, drawn=False), [0, 1, 0, 1])
    z, t = noisy(4)
    mine = said(trained, twice, Dropped.halves(2, CPU), z, t)
    theirs = rendered(trained, home, seen, z, t)
    (folder / "adapters" / "trial.safetensors").unlink()
    assert (mine - theirs).abs().max() < 1e-4
    bare = trained.unet(z, t, trained.conditioned(twice, Dropped.halves(2, CPU)).text, return_dict=False)[0]
    assert (mine - bare).abs().max() > 1e-2


@BOTH
def test_gradients_reach_all_that_learns_and_nothing_else(folder, name):
    trained = stage(name, folder, values="text")
    frozen = [trained.unet, trained.loaded.vae, trained.loaded.text_encoders[0].model]
    frozen += [trained.loaded.image_encoder.model]
    before = [[weight.clone() for weight in part.parameters()] for part in frozen]
    learned(trained, batch(), steps=2)
    assert all(weight.grad is not None and weight.grad.any() for weight in trained.parameters())
    for part, own in zip(frozen, before, strict=True):
        for weight, as_it_was in zip(part.parameters(), own, strict=True):
            assert weight.grad is None
            assert torch.equal(weight, as_it_was)


def test_only_what_learns_is_among_its_parts(folder):
    trained = stage("ip-adapter-plus", folder)
    known = {weight for group in trained.groups() for weight in group.weights}
    assert known == set(trained.parameters())
    assert sum(len(group.weights) for group in trained.groups()) == len(known)
    assert all(key.startswith("adapter.") for key in trained.state_dict())
    (slow,) = [group for group in trained.groups() if group.factor == 0.5]
    assert {id(weight) for weight in slow.weights} == set(map(id, trained.adapter.layers.to_v.values()))


def test_thirty_steps_on_one_batch_lower_the_loss(folder):
    losses = learned(stage("ip-adapter-plus", folder, **NOISY), batch())
    assert losses[-1] < 0.98 * losses[0]


def test_a_run_goes_on_as_if_it_had_not_stopped(folder):
    """What a checkpoint keeps is all there is: the whitening too."""
    whole = stage("ip-adapter-plus", folder)
    learned(whole, batch(), steps=2)
    again = stage("ip-adapter-plus", folder)
    again.load_state_dict(whole.state_dict())
    torch.manual_seed(9)
    expected = whole(batch(), 2).total
    torch.manual_seed(9)
    assert torch.equal(again(batch(), 2).total, expected)


def test_whoever_is_only_looked_at_teaches_nothing(folder):
    trained = stage("ip-adapter-plus", folder).eval()
    trained.look(batch())
    assert trained.adapter.whitening.needed


def test_the_same_step_gives_the_same_loss(folder):
    first, second = (learned(stage("ip-adapter-plus", folder), batch(), steps=3) for _ in range(2))
    assert first == second


@BOTH
def test_what_was_written_is_recognised_and_reads_back(folder, name):
    trained = stage(name, folder)
    trained(batch(), 0)
    (file,) = stirred(trained).write(folder)
    found = models.inspect("tiny", folder)
    assert found.refused == ()
    assert found.adapter(name, name).tokens == (16 if name == "ip-adapter-plus" else 4)
    written, own = half(file), trained.tensors()
    assert set(written) == set(own)
    for key, value in own.items():
        assert torch.allclose(written[key], value, atol=2e-3, rtol=2e-3), key
    file.unlink()


@BOTH
def test_the_folded_file_projects_as_the_whitened_stage(folder, name):
    from core.diffusion import project

    trained, seen = stage(name, folder), batch()
    trained(seen, 0)
    assert not trained.adapter.whitening.needed
    (file,) = stirred(trained).write(folder)
    info = models.inspect("tiny", folder).adapter(name, name)
    projection = project.build(info, {key: each.detach() for key, each in trained.tensors().items()})
    features = trained.sight.of(seen.views[:, 0, 0], seen.view_masks[:, 0, 0])
    with torch.no_grad():
        assert torch.allclose(projection(features), trained.adapter.tokens(features), atol=1e-3)
        nothing = trained.sight.nothing(features).expand_as(features[:1])
        assert torch.allclose(projection(nothing), trained.adapter.tokens(nothing), atol=1e-3)
    file.unlink()


def test_a_picture_renders_from_the_written_file_and_at_strength_0_it_is_the_bare_one(folder, home, tmp_path):
    from reference_trials import as_image

    from core import references

    trained = stage("ip-adapter-plus", folder, values="text")
    trained(batch(), 0)
    trained.write(folder)
    crop = references.store(home.references, as_image(batch().views[0, 0, 0]))
    pipeline = Pipeline(PipelineOptions(home.root, {"mini": folder}), no_faces)

    def made(strength: float):  # type: ignore[no-untyped-def]
        who = SubjectSpec(uid="w", name="W", kind="person", noun="woman", spans=(SPANS[0],), scale=strength,
                          references=(Reference(crop),))  # fmt: skip
        asked = spec(CAPTION, subjects=(who,), steps=2)
        return pixels(pipeline.render([asked], unheard)[0])

    bare = pixels(pipeline.render([spec(CAPTION, steps=2)], unheard)[0])
    assert (made(0.0) == bare).all()
    assert (made(1.0) != bare).any()
    (folder / "adapters" / "ip-adapter-plus.safetensors").unlink()


def test_one_subject_is_shown_with_one_of_its_views():
    seen = batch(3)
    present = torch.tensor([[True, True], [False, True], [False, False]])
    shown = one_subject(replace(seen, present=present), torch.tensor([1, 1, 0]), torch.tensor([0, 1, 1]))
    views = [seen.views[0, 1, 0], seen.views[1, 1, 1], seen.views[2, 0, 1]]
    assert torch.equal(shown.views[:, 0, 0], torch.stack(views))
    assert torch.equal(shown.faces[:, 0], torch.stack([seen.faces[0, 1], seen.faces[1, 1], seen.faces[2, 0]]))
    assert shown.present[:, 0].tolist() == [True, True, False]
    assert shown.words == seen.words


def test_only_who_is_there_is_drawn_and_everybody_alike(folder):
    trained, seen = stage("ip-adapter", folder), batch(300, views=1)
    there = replace(seen, present=torch.tensor([[True, True], [False, True], [False, False]]).repeat(100, 1))
    torch.manual_seed(0)
    drawn = trained.shown(there, drawn=True).identities[:, 0] - 2 * torch.arange(300)
    assert 30 < int(drawn[::3].sum()) < 70
    assert drawn[1::3].tolist() == [1] * 100


def test_a_picture_of_nobody_is_learned_as_the_bare_model(folder):
    trained = stirred(stage("ip-adapter", folder, whitening=False))
    nobody = replace(batch(), present=torch.zeros(2, 2, dtype=torch.bool))
    z, t = noisy(2)
    kept = Dropped.drawn(torch.ones(2), 0, 0, 0)
    bare = trained.unet(z, t, reading.text_states(trained.loaded, [CAPTION] * 2), return_dict=False)[0]
    mine = said(trained, trained.shown(nobody, drawn=False), kept, z, t)
    assert torch.allclose(mine, bare, atol=1e-6)
    assert torch.isfinite(trained(nobody, 0).total)


def test_steps_are_drawn_mostly_late(folder):
    trained = stage("ip-adapter", folder, least=300, below=0.1)
    torch.manual_seed(0)
    t = trained.draw(4000)
    assert 0.015 < float((t < 300).float().mean()) < 0.05  # a tenth, of which three tenths lie below
    assert 0 <= int(t.min()) <= int(t.max()) < 1000


def test_faces_count_more_when_asked(folder):
    plain, faces = (stage("ip-adapter", folder, face=times, **NOISY) for times in (1, 3))
    assert plain.weights(batch(), 4, 4) is None
    shown = one_subject(batch(), torch.tensor([0, 1]), torch.tensor([0, 0]))
    weights = faces.weights(shown, 4, 4)
    assert weights[0].max() == 3
    assert weights[0, 0, :, 2:].max() == 1  # the other one's face
    assert weights[1, 0, :, :2].max() == 1


def test_a_look_shows_the_reference_beside_the_picture(folder):
    trained, seen = stage("ip-adapter-plus", folder), batch()
    before = torch.get_rng_state()
    look = trained.look(seen)
    assert look.shape == (2, 3, SIDE, 2 * SIDE)
    assert torch.equal(before, torch.get_rng_state())
    assert torch.isfinite(look).all()


def test_options_that_drop_more_than_there_is_are_refused():
    with pytest.raises(KnownError, match="more than 1 together"):
        options("ip-adapter", {"drop_image": 0.5, "drop_text": 0.6})
    with pytest.raises(KnownError, match="width"):
        options("ip-adapter", {"width": 64})
    assert msgspec.to_builtins(options("ip-adapter-plus", {}))["tokens"] == 16


def test_identity_is_learned_from_faces_beside_the_papers_loss(folder):
    """L_face reaches the adapter through the decoded prediction; who is not shown is not compared."""
    told = NOISY | {"identity": 0.1, "least": 0, "below": 1.0, "identity_below": 1000}
    trained, seen = stirred(stage("ip-adapter", folder, whitening=False, **told)), toy_batch(2, 96, VIEW, 1)
    assert all(key.startswith("adapter.") for key in trained.state_dict())
    losses = trained(seen, 0)
    assert 0 < losses.terms["identity"] < 2
    expected = losses.terms["denoising"] + 0.1 * losses.terms["identity"]
    assert torch.isclose(losses.total, expected)
    losses.total.backward()
    assert all(torch.isfinite(weight.grad).all() for weight in trained.parameters())
    faceless = replace(seen, faces=torch.full_like(seen.faces, torch.nan))
    assert trained(faceless, 0).terms["identity"] == 0


def test_weights_that_are_no_numbers_are_not_written(folder):
    trained = stage("ip-adapter", folder)
    with torch.no_grad():
        trained.adapter.projection.proj.weight[0, 0] = 1e6
    with pytest.raises(KnownError, match=r"image_proj\.proj\.weight are no numbers"):
        trained.write(folder)
    assert not (folder / "adapters" / "ip-adapter.safetensors").exists()


def test_a_full_disk_is_said_and_the_file_before_it_stays(folder, monkeypatch):
    trained = stage("ip-adapter", folder)
    (file,) = trained.write(folder)
    whole = file.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("core.training.parts.adapters.save_file", full)
    with pytest.raises(KnownError, match="No space left"):
        trained.write(folder)
    assert file.read_bytes() == whole
    assert [each.name for each in file.parent.iterdir()] == [file.name]
    file.unlink()
