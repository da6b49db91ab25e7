"""The stage fastcomposer, on a tiny model."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from msgspec import structs
from reference_trials import CPU, as_stored, batch, half, learned, subjects
from tiny_models import PipelineOptions, no_faces, pixels, spec, unheard, write_sd15
from torch import Tensor
from toy_batches import CAPTION, toy_batch

from core import models
from core.diffusion import conditions, fastcomposer, plan
from core.diffusion.attention.attach import attached, cross_layers
from core.diffusion.engine import Pipeline
from core.diffusion.load import Adapter
from core.diffusion.read import ReferenceReader
from core.errors import KnownError
from core.paths import Home
from core.training import reading
from core.training.batch import Batch, Words
from core.training.parts.drawing import Noised
from core.training.parts.watching import Watched
from core.training.stage import Given
from core.training.stages import options, stage_class
from core.training.stages.fastcomposer import LOCALISED, FastComposerStage

QUIET = {"uncond": 0.0, "masked": 0.0, "background": "plain"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One whose image encoder FastComposer's layout can hold: heads of 64, CLIP's activation."""
    made = tmp_path_factory.mktemp("fastcomposer") / "tiny"
    write_sd15(made)
    (made / "adapters" / "plus.safetensors").unlink()
    file = made / "image_encoder" / "config.json"
    file.write_text(
        json.dumps(json.loads(file.read_text()) | {"num_attention_heads": 1, "hidden_act": "quick_gelu"})
    )
    return made


def stage(folder: Path, **written: object) -> FastComposerStage:
    """A model of its own: all of it may learn."""
    torch.manual_seed(0)
    return stage_class("fastcomposer")(Given(folder, CPU, options("fastcomposer", written)))


def noisy(count: int) -> tuple[Tensor, Tensor]:
    random = torch.Generator().manual_seed(5)
    return torch.randn(count, 4, 8, 8, generator=random), torch.tensor([700, 450] * count)[:count]


def stirred(trained: FastComposerStage) -> FastComposerStage:
    random = torch.Generator().manual_seed(7)
    with torch.no_grad():
        for weight in trained.parameters():
            weight += 0.1 * torch.randn(weight.shape, generator=random)
    return trained


def states(trained: FastComposerStage, seen: Batch) -> Tensor:
    return trained.conditions(seen.words, seen.views[:, :, 0], seen.view_masks[:, :, 0], seen.present)[0]


@torch.no_grad()
def said(trained: FastComposerStage, seen: Batch) -> Tensor:
    z, t = noisy(len(seen))
    rows = torch.zeros_like(seen.present, dtype=torch.long)
    return trained.say(Noised(z, z, t, z), states(trained, seen), rows)[0]


def asked(home: Home, seen: Batch, picture: int, **changes: object):  # type: ignore[no-untyped-def]
    """Fused from the first step on."""
    people = subjects(home, seen, picture, seen.subjects)
    made = spec(CAPTION, method="fastcomposer", steps=2, subjects=people, **changes)
    return structs.replace(made, fastcomposer=structs.replace(made.fastcomposer, alpha=1.0))


def test_what_is_trained_is_what_renders(folder: Path, home: Home) -> None:
    """The same noisy latents: the program's inference says the same as the forward without chance."""
    seen = as_stored(batch(2, views=1))
    trained = stirred(stage(folder, **QUIET)).eval()
    (file,) = trained.write(folder)
    info = models.inspect("mini", folder)
    loaded = reading.open_model(folder, CPU)
    state = {key: value.detach().clone() for key, value in trained._tensors().items()}
    found = info.adapter("fastcomposer")
    loaded.adapters[found.path] = Adapter(found, fastcomposer.build(state, "exact"), state)
    plans = [plan.make(asked(home, seen, picture), info) for picture in range(2)]
    made = conditions.build(loaded, ReferenceReader(loaded, home, no_faces), plans)
    made.conditions.strength.scale = made.conditions.scales(0)
    z, t = noisy(2)
    with torch.no_grad(), attached(loaded.unet, made.frames(loaded.unet)):
        text = made.conditions.passes[0].text(0)
        theirs = loaded.unet(torch.cat([z, z]), torch.cat([t, t]), text, return_dict=False)[0]
    file.unlink()
    torch.testing.assert_close(said(trained, seen), theirs[2:], atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(states(trained, seen), text[2:], atol=1e-4, rtol=1e-4)


def test_the_fusion_is_at_the_last_token_of_each_noun_and_nowhere_else(folder: Path) -> None:
    trained, seen = stage(folder, **QUIET).eval(), batch(2)
    caption, noun = "a photo of a big old man", "big old man"
    seen = replace(seen, words=(seen.words[0], Words(caption, (noun,), ((13, len(caption)),))))
    plain = reading.text_states(trained._loaded, [CAPTION, caption])
    changed = (states(trained, seen) != plain).any(-1)
    assert changed[0].nonzero().flatten().tolist() == [6, 9]  # “woman” has two tokens
    assert changed[1].nonzero().flatten().tolist() == [7]
    absent = replace(seen, present=torch.tensor([[True, False], [False, False]]))
    changed = (states(trained, absent) != plain).any(-1)
    assert changed.sum(1).tolist() == [1, 0]


def test_the_maps_are_the_attention_to_the_subjects_tokens() -> None:
    torch.manual_seed(0)
    query, key, value = torch.randn(2, 3, 5, 4), torch.randn(2, 3, 7, 4), torch.randn(2, 3, 7, 4)
    rows = torch.tensor([[1, 4], [6, 0]])
    watched = Watched(rows)
    z = watched(query, key, value)
    probability = torch.softmax(query @ key.transpose(-1, -2) / 2, -1)
    torch.testing.assert_close(z, probability @ value)
    assert watched.maps is not None
    for picture in range(2):
        for subject in range(2):
            expected = sum(probability[picture, head, :, rows[picture, subject]] for head in range(3)) / 3
            torch.testing.assert_close(watched.maps[picture, subject], expected)


def test_the_fusion_alone_learns(folder: Path) -> None:
    trained, seen = stage(folder, **QUIET), batch(2)
    trained(seen, 0).total.backward()
    assert all(weight.grad is not None and weight.grad.any() for weight in trained.parameters())
    assert {key.split(".")[0] for key in trained.state_dict()} == {"fusion"}
    grouped = [id(weight) for group in trained.groups() for weight in group.weights]
    assert sorted(grouped) == sorted(map(id, trained.parameters()))
    loaded = trained._loaded
    frozen = (loaded.unet, loaded.vae, loaded.text_encoders[0].model, loaded.image_encoder.model)
    assert all(weight.grad is None for part in frozen for weight in part.parameters())


@pytest.mark.parametrize(
    ("options", "learning"),
    [({"unet": "cross"}, "attn2"), ({"unet": "all"}, ""), ({"encoder_layers": 1}, None)],
)
def test_the_options_let_more_of_the_model_learn(
    folder: Path, options: dict[str, object], learning: str | None
) -> None:
    trained, seen = stage(folder, **QUIET, **options), batch(2)
    trained(seen, 0).total.backward()
    unet = {key for key, weight in trained._unet.named_parameters() if weight.grad is not None}
    wanted = {key for key, _ in trained._unet.named_parameters() if learning is not None and learning in key}
    assert unet == wanted
    encoder = [key for key, weight in trained._encoder.model.named_parameters() if weight.grad is not None]
    assert all("layers.1." in key or "post_layernorm" in key or "visual_projection" in key for key in encoder)
    assert bool(encoder) == (learning is None)
    grouped = [id(weight) for group in trained.groups() for weight in group.weights]
    assert sorted(grouped) == sorted(map(id, trained.parameters()))
    if options.get("unet") == "all":
        assert {group.factor for group in trained.groups()} == {1.0, 0.1}


@pytest.mark.parametrize("unet", ["none", "all"])
def test_half_precision_around_it_loses_no_gradient(folder: Path, unet: str) -> None:
    trained, seen = stage(folder, **QUIET, unet=unet), toy_batch(2, 64, 32)
    torch.manual_seed(4)
    with torch.autocast("cpu", torch.bfloat16):
        half_precise = trained(seen, 0)
    half_precise.total.backward()
    assert all(weight.grad is not None and weight.grad.any() for weight in trained.fusion.parameters())
    torch.manual_seed(4)
    exact = trained(seen, 0)
    for name, value in exact.terms.items():
        assert float(half_precise.terms[name]) == pytest.approx(float(value), rel=0.1, abs=0.02), name


def test_it_learns(folder: Path) -> None:
    losses = learned(stage(folder, **QUIET), batch(2), steps=30, rate=1e-2)
    assert losses[-1] < losses[0] - 0.01


def test_who_somebody_is_may_be_learned_too(folder: Path) -> None:
    seen = replace(toy_batch(2, 64, 32), faces=torch.tensor([4.0, 4, 36, 44]).expand(2, 2, 4))
    gradients = []
    for identity in (0.1, 0.0):
        trained = stage(folder, **QUIET, identity=identity, most=500, localisation=0.0)
        torch.manual_seed(4)
        loss = trained(seen, 0)
        loss.total.backward()
        gradients.append(trained.fusion.layer_norm.weight.grad)
        felt = loss.terms.get("identity", torch.zeros(()))
        torch.testing.assert_close(loss.total.detach(), loss.terms["noise"] + identity * felt)
        assert (0 < float(felt) <= 2) == bool(identity)
    assert not torch.allclose(*gradients)


def test_the_localisation_draws_attention_to_the_subject(folder: Path) -> None:
    """Learned alone, with a UNet that may learn."""
    seen = toy_batch(2, 64, 32)
    trained = stage(folder, **QUIET, unet="cross", localisation=100.0, bias=0.0)
    names = [layer.name for layer in cross_layers(trained._unet)]
    assert [name for name in names if name.startswith(LOCALISED)] == names[
        1:
    ]  # down_blocks.0 is not among them
    optimiser = torch.optim.AdamW(trained.parameters(), 1e-2)
    terms = []
    for step in range(8):
        torch.manual_seed(1)
        loss = trained(seen, step)
        optimiser.zero_grad()
        loss.total.backward()
        optimiser.step()
        terms.append(float(loss.terms["localisation"]))
    assert terms[-1] < terms[0] - 1e-3


def test_who_is_absent_weighs_nothing(folder: Path) -> None:
    trained = stage(folder, **{**QUIET, "masked": 1.0})
    seen = replace(batch(2), present=torch.tensor([[True, False], [True, True]]))
    views, masks = seen.views.clone(), seen.masks.clone()
    views[0, 1], masks[0, 1] = 1 - views[0, 1], 1
    losses = []
    for each in (seen, replace(seen, views=views, masks=masks)):
        torch.manual_seed(2)
        losses.append(trained(each, 0).total)
    torch.testing.assert_close(*losses, atol=1e-6, rtol=0)


def test_words_are_dropped_and_losses_masked_as_often_as_asked(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.training.stages import fastcomposer as module

    trained, seen = stage(folder), batch(40)
    heard: dict[str, list[float]] = {"dropped": [], "masked": []}
    conditioned, denoised = trained.conditions, module.masked_denoising

    def conditions_heard(words, *others):  # type: ignore[no-untyped-def]
        heard["dropped"] += [float(not each.caption) for each in words]
        return conditioned(words, *others)

    def denoising_heard(said, target, masks, masked):  # type: ignore[no-untyped-def]
        heard["masked"] += masked.float().tolist()
        return denoised(said, target, masks, masked)

    monkeypatch.setattr(trained, "conditions", conditions_heard)
    monkeypatch.setattr(module, "masked_denoising", denoising_heard)
    torch.manual_seed(0)
    with torch.no_grad():
        for step in range(10):
            trained(seen, step)
    assert sum(heard["dropped"]) / 400 == pytest.approx(0.1, abs=0.05)
    assert sum(heard["masked"]) / 400 == pytest.approx(0.5, abs=0.08)


def test_a_batch_without_words_has_a_gradient_of_nothing(folder: Path) -> None:
    """Several processes wait for every weight's gradient."""
    trained = stage(folder, uncond=1.0)
    loss = trained(batch(2), 0)
    loss.total.backward()
    assert float(loss.terms["localisation"]) == 0
    assert all(weight.grad is not None and not weight.grad.any() for weight in trained.parameters())


def test_the_background_is_noise_while_learning_and_plain_when_looked_at(folder: Path) -> None:
    trained, seen = stage(folder), batch(1)
    torch.manual_seed(0)
    assert not torch.equal(states(trained, seen), states(trained, seen))
    trained.eval()
    assert torch.equal(states(trained, seen), states(trained, seen))


@pytest.mark.parametrize("unet", ["none", "cross"])
def test_what_is_written_renders_and_is_learned_on(folder: Path, home: Home, unet: str) -> None:
    seen = as_stored(batch(1, views=1))
    trained = stirred(stage(folder, **QUIET, unet=unet)).eval()
    (file,) = trained.write(folder)
    info = models.inspect("mini", folder)
    assert info.refused == ()
    assert bool(info.adapter("fastcomposer").replaces) == (unet == "cross")
    pipeline = Pipeline(PipelineOptions(home.root, {"mini": folder}), no_faces)
    assert pixels(pipeline.render([asked(home, seen, 0)], unheard)[0]).std() > 0
    again = stage(folder, **QUIET, begin="file").eval()
    written = half(file)
    assert all(torch.equal(written[key], value) for key, value in again._tensors().items())
    mine, theirs = said(trained, seen), said(again, seen)
    assert (theirs - mine).abs().mean() < 0.05 * mine.std()  # fp16
    file.unlink()


def test_an_encoder_that_the_layout_cannot_hold_is_refused(tmp_path: Path) -> None:
    write_sd15(tmp_path / "tiny")
    with pytest.raises(KnownError, match="says nothing of num_attention_heads"):
        stage(tmp_path / "tiny", unet="cross")


def test_a_look_shows_references_and_pictures(folder: Path) -> None:
    shown = stage(folder).eval().look(toy_batch(2, 64, 32))
    assert shown.shape == (2, 3, 64, 3 * 64)
    assert 0 <= float(shown.min()) <= float(shown.max()) <= 1
