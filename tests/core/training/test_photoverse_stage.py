"""The stage photoverse, on a tiny model."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from reference_trials import CPU, as_stored, batch, half, learned, stage, subjects
from safetensors.torch import save_file
from tiny_models import PipelineOptions, no_faces, pixels, spec, unheard, write_sd15
from torch import Tensor
from toy_batches import CAPTION, toy_batch

from core import models
from core.diffusion import conditions, plan
from core.diffusion.attention.attach import attached
from core.diffusion.engine import Pipeline
from core.diffusion.read import ReferenceReader
from core.errors import KnownError
from core.paths import Home
from core.spec import PhotoVerse
from core.training import reading
from core.training.batch import Batch
from core.training.parts import photoverse_weights
from core.training.parts.drawing import noised_latents
from core.training.parts.photoverse_conditions import Fusion
from core.training.stage import Given
from core.training.stages import options, stage_class
from core.training.stages.photoverse import PhotoVerseStage

QUIET = {"uncond": 0.0, "face": "off"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("photoverse") / "tiny"
    write_sd15(made)
    for file in (made / "adapters").iterdir():
        file.unlink()
    return made


def opened_anew(folder: Path, **written: object) -> PhotoVerseStage:
    """With the files that are there now; `stage` reads a model once for all tests."""
    torch.manual_seed(0)
    return stage_class("photoverse")(Given(folder, CPU, options("photoverse", written)))


def noisy(count: int) -> tuple[Tensor, Tensor]:
    random = torch.Generator().manual_seed(5)
    return torch.randn(count, 4, 8, 8, generator=random), torch.tensor([700, 450] * count)[:count]


def fusion(count: int, dropped: int = 0) -> Fusion:
    ones = torch.ones(count)
    return Fusion(ones, ones, torch.arange(count) < dropped)


def stirred(trained: PhotoVerseStage, seen: Batch) -> PhotoVerseStage:
    """As if it had learned for long: everything a little elsewhere, the whitening measured."""
    trained(seen, 0)
    random = torch.Generator().manual_seed(7)
    with torch.no_grad():
        for weight in trained.parameters():
            weight += 0.2 * torch.randn(weight.shape, generator=random)
    return trained


@torch.no_grad()
def said(trained: PhotoVerseStage, seen: Batch, given: Fusion, m: int = 1) -> Tensor:
    layers = trained.seen(seen.views[:, :, 0], seen.view_masks[:, :, 0])
    made = trained.conditions(seen.words, layers, seen.present, given, m)
    return trained.say(*noisy(len(seen)), made)


def first_subjects(seen: Batch, count: int) -> Batch:
    parts = ("present", "masks", "faces", "identities", "views", "view_masks")
    words = tuple(replace(each, nouns=each.nouns[:count], spans=each.spans[:count]) for each in seen.words)
    return replace(seen, words=words, **{name: getattr(seen, name)[:, :count] for name in parts})


def twice(seen: Batch) -> Batch:
    parts = {name: value for name, value in vars(seen).items() if isinstance(value, Tensor)}
    return replace(
        seen, words=seen.words * 2, **{name: torch.cat([each] * 2) for name, each in parts.items()}
    )


@torch.no_grad()
def rendered(trained: PhotoVerseStage, home: Home, seen: Batch, m: int) -> Tensor:
    """What the program's own inference makes the UNet say, guidance's unconditional rows first."""
    model, count = trained._loaded.info.path, seen.subjects
    header = photoverse_weights.header(trained.weights)
    file = model / "adapters" / "exact.safetensors"
    exact = {key: value.detach().contiguous() for key, value in trained.weights.tensors().items()}
    file.parent.mkdir(exist_ok=True)
    save_file(exact, file, header)
    specs = [
        spec(CAPTION, method="photoverse", adapter="exact", subjects=subjects(home, seen, picture, count),
             merging="uniform", photoverse=PhotoVerse(words=m))
        for picture in range(len(seen))
    ]  # fmt: skip
    info = models.inspect("mini", model)
    loaded = reading.open_model(model, CPU)
    plans = [plan.make(each, info) for each in specs]
    made = conditions.build(loaded, ReferenceReader(loaded, home, no_faces), plans)
    made.conditions.strength.scale = made.conditions.scales(0)
    z, t = noisy(2 * len(seen))
    with attached(loaded.unet, made.frames(loaded.unet)):
        output: Tensor = loaded.unet(z, t, made.conditions.passes[0].text(0), return_dict=False)[0]
    file.unlink()
    return output


@pytest.mark.parametrize(("count", "m"), [(1, 1), (2, 1), (2, 2)])
def test_what_is_trained_is_what_renders(folder: Path, home: Home, count: int, m: int) -> None:
    seen = first_subjects(as_stored(batch(2, views=1)), count)
    trained = stirred(stage("photoverse", folder, **QUIET), seen)
    mine = said(trained, twice(seen), fusion(4, dropped=2), m)
    torch.testing.assert_close(mine, rendered(trained, home, seen, m), atol=1e-4, rtol=1e-4)


def test_its_layers_begin_harmless(folder: Path) -> None:
    """No LoRA and no values: where no word is read, nothing but the base model."""
    trained, seen = stage("photoverse", folder, **QUIET), batch(2)
    z, t = noisy(2)
    empty = reading.text_states(trained._loaded, ["", ""])
    bare = trained._unet(z, t, empty, return_dict=False)[0]
    torch.testing.assert_close(said(trained, seen, fusion(2, dropped=2)), bare, atol=1e-6, rtol=0)
    both, text = fusion(2), replace(fusion(2), sigma=torch.zeros(2))
    torch.testing.assert_close(said(trained, seen, both), said(trained, seen, text), atol=1e-6, rtol=0)


def test_the_draw_decides_which_branch_acts(folder: Path) -> None:
    """γ = 2 alone is twice the text's attention, σ = 2 alone says nothing of the text's."""
    seen = batch(2, views=1)
    trained = stirred(stage("photoverse", folder, **QUIET), seen)
    other = replace(seen, views=seen.views.flip(-1))
    text = Fusion(torch.full((2,), 2.0), torch.zeros(2), torch.zeros(2, dtype=torch.bool))
    visual = replace(text, gamma=text.sigma, sigma=text.gamma)
    zero = [key for key in trained.weights.layers if key.startswith("visual") and "to_v" in key]
    kept = {key: trained.weights.layers[key].detach().clone() for key in zero}
    with torch.no_grad():
        for key in zero:
            trained.weights.layers[key].zero_()
    without = said(trained, seen, visual)
    with_text = said(trained, seen, text)
    with torch.no_grad():
        for key in zero:
            trained.weights.layers[key].copy_(kept[key])
    assert torch.equal(said(trained, seen, text), with_text)  # W^S does not act
    assert not torch.allclose(said(trained, seen, visual), without)
    assert not torch.allclose(said(trained, other, visual), said(trained, seen, visual))


def test_a_third_of_the_pictures_have_each_branch_and_a_tenth_none(folder: Path) -> None:
    torch.manual_seed(0)
    drawn = stage("photoverse", folder, face="off").draw(20_000, CPU)
    assert drawn.dropped.float().mean() == pytest.approx(0.1, abs=0.01)
    assert (drawn.gamma == 2).float().mean() == pytest.approx(0.3, abs=0.01)
    assert (drawn.sigma == 2).float().mean() == pytest.approx(0.3, abs=0.01)
    assert bool(((drawn.gamma == 1) & (drawn.sigma == 1))[drawn.dropped].all())


def test_all_of_the_adapter_learns_and_nothing_else(folder: Path) -> None:
    seen = batch(3)
    trained = stirred(stage("photoverse", folder, **QUIET), seen)
    trained.zero_grad()
    trained(seen, 1).total.backward()
    named = dict(trained.named_parameters())
    assert all(weight.grad is not None and weight.grad.any() for weight in named.values())
    grouped = [id(weight) for group in trained.groups() for weight in group.weights]
    assert sorted(grouped) == sorted(map(id, named.values()))
    loaded = trained._loaded
    parts = (loaded.unet, loaded.vae, loaded.text_encoders[0].model, loaded.image_encoder.model)
    assert all(
        weight.grad is None and not weight.requires_grad for part in parts for weight in part.parameters()
    )
    assert {key.split(".")[1] for key in trained.state_dict()} == {"adapters", "layers", "whitening"}


def test_half_precision_around_it_loses_no_gradient(folder: Path) -> None:
    seen = replace(toy_batch(2, 64, 32), faces=torch.tensor([4.0, 4, 36, 44]).expand(2, 2, 4))
    trained = stirred(stage("photoverse", folder, uncond=0.0, most=500, rank=2), seen)
    trained.zero_grad()
    torch.manual_seed(4)
    with torch.autocast("cpu", torch.bfloat16):
        half_precise = trained(seen, 1)
    half_precise.total.backward()
    assert all(weight.grad is not None and weight.grad.any() for weight in trained.parameters())
    torch.manual_seed(4)
    exact = trained(seen, 1)
    for name, value in exact.terms.items():
        assert float(half_precise.terms[name]) == pytest.approx(float(value), rel=0.1, abs=0.02), name


def test_it_learns(folder: Path) -> None:
    trained = stage("photoverse", folder, **QUIET, words="one")
    losses = learned(trained, batch(2), steps=30)
    assert losses[-1] < 0.97 * losses[0]


def test_the_face_is_learned_through_the_decoder_below_the_limit(folder: Path) -> None:
    """Where a face is large enough, and t is low enough for it to be seen in the prediction."""
    seen = toy_batch(2, 64, 32)
    boxes = torch.tensor([[4.0, 4, 36, 44], [float("nan")] * 4]).expand(2, 2, 4)
    seen = replace(seen, faces=boxes)
    given = {"uncond": 0.0, "lambda_face": 1.0, "lambda_rt": 0.0, "lambda_rv": 0.0, "bias": 0.0}
    early = stirred(stage("photoverse", folder, **given, least=0, most=500), seen)
    loss = early(seen, 1)
    assert 0 < float(loss.terms["face"]) <= 2
    torch.testing.assert_close(loss.total.detach(), loss.terms["diffusion"] + loss.terms["face"])
    assert early._face is not None
    early._face = replace(early._face, below=0)
    assert float(early(seen, 2).terms["face"]) == 0
    early._face = replace(early._face, below=600)
    nobody = replace(seen, faces=torch.full_like(boxes, torch.nan))
    assert float(early(nobody, 2).terms["face"]) == 0
    assert float(early(seen, 2).terms["face"]) > 0


def test_the_faces_gradient_reaches_both_branches(folder: Path) -> None:
    seen = replace(toy_batch(2, 64, 32), faces=torch.tensor([4.0, 4, 36, 44]).expand(2, 2, 4))
    trained = stirred(stage("photoverse", folder, uncond=0.0, r1=0.0, r2=0.0, most=500), seen)
    trained.zero_grad()
    t = torch.tensor([100, 300])
    given = noised_latents(trained._loaded, trained._schedule, seen.pixels, t)
    layers = trained.seen(seen.views[:, :, 0], seen.view_masks[:, :, 0])
    output = trained.say(given.z, t, trained.conditions(seen.words, layers, seen.present, fusion(2), 1))
    assert trained._face is not None
    trained._face(seen, given, output, torch.ones(2, dtype=torch.bool)).backward()
    for name in (
        "adapters.text.0.1",
        "adapters.image.0",
        "layers.visual/1/to_v",
        "layers.text_lora/1/to_v/up",
    ):
        grads = [weight.grad for key, weight in trained.weights.named_parameters() if key.startswith(name)]
        assert any(grad is not None and grad.any() for grad in grads), name


def test_who_is_absent_weighs_nothing(folder: Path) -> None:
    seen = batch(2)
    trained = stirred(stage("photoverse", folder, **QUIET), seen)
    absent = replace(seen, present=torch.tensor([[True, False], [True, True]]))
    other = absent.views.clone()
    other[0, 1] = 1 - other[0, 1]
    losses = []
    for views in (absent.views, other):
        torch.manual_seed(2)
        losses.append(trained(replace(absent, views=views), 1).total)
    torch.testing.assert_close(*losses, atol=1e-6, rtol=0)
    alone = first_subjects(seen, 1)
    mine = said(trained, absent, fusion(2))[0]
    torch.testing.assert_close(mine, said(trained, alone, fusion(2))[0], atol=1e-5, rtol=1e-4)


def test_the_words_are_as_many_as_asked(folder: Path) -> None:
    all_of_them, one = (
        stage("photoverse", folder, **QUIET, words=words)._words() for words in ("all", "one")
    )
    assert (all_of_them, one) == (2, 1)  # the tiny encoder has two layers
    torch.manual_seed(0)
    either = stage("photoverse", folder, **QUIET, words="either")
    assert {either._words() for _ in range(20)} == {1, 2}


def test_a_step_of_fewer_words_has_a_gradient_for_every_weight(folder: Path) -> None:
    """Several processes wait for all of them; those of words that are not read are nothing."""
    trained = stage("photoverse", folder, **QUIET, words="one")
    trained(batch(2), 0).total.backward()
    assert all(weight.grad is not None for weight in trained.parameters())
    first, last = (
        [weight.grad for weight in adapter.parameters()] for adapter in trained.weights.adapters.text[0]
    )
    assert not any(grad.any() for grad in first)
    assert all(grad.any() for grad in last)


def test_a_batch_of_nobody_leaves_numbers(folder: Path) -> None:
    trained, seen = stage("photoverse", folder, **QUIET), batch(2)
    words = tuple(replace(each, nouns=(), spans=()) for each in seen.words)
    empty = replace(seen, present=torch.zeros_like(seen.present), words=words)
    loss = trained(empty, 0)
    loss.total.backward()
    assert loss.total.isfinite()
    assert all(weight.grad.isfinite().all() for weight in trained.parameters())
    assert trained.weights.unmeasured
    trained(seen, 1)
    assert not trained.weights.unmeasured


def test_a_large_encoder_is_read_where_the_paper_reads_it() -> None:
    assert photoverse_weights.deepest(24, 5) == (4, 8, 12, 16, 24)
    assert photoverse_weights.deepest(6, 5) == (2, 3, 4, 5, 6)
    assert photoverse_weights.deepest(2, 5) == (1, 2)


def test_without_a_file_there_is_nothing_to_begin_from(folder: Path) -> None:
    with pytest.raises(KnownError, match="has no photoverse adapter"):
        opened_anew(folder, begin="file")


def test_what_is_written_renders_and_is_learned_on(folder: Path, home: Home) -> None:
    seen = as_stored(batch(1, views=1))
    trained = stirred(stage("photoverse", folder, **QUIET), seen)
    (file,) = trained.write(folder)
    info = models.inspect("mini", folder)
    assert (info.refused, info.adapter("photoverse").words) == ((), 2)
    asked = spec(
        CAPTION, method="photoverse", subjects=subjects(home, seen, 0, 2), steps=2, merging="uniform"
    )
    pipeline = Pipeline(PipelineOptions(home.root, {"mini": folder}), no_faces)
    picture = pixels(pipeline.render([asked], unheard)[0])
    assert picture.std() > 0
    again = opened_anew(folder, **QUIET, begin="file")
    written, own = half(file), again.weights.tensors()
    assert written.keys() == own.keys()
    assert all(torch.equal(written[key], own[key].float()) for key in written)
    mine, theirs = said(trained, seen, fusion(1)), said(again, seen, fusion(1))
    assert (theirs - mine).abs().mean() < 0.05 * mine.std()  # fp16
    assert learned(again, seen, steps=2)[0] > 0
    file.unlink()


def test_a_look_shows_references_and_pictures(folder: Path) -> None:
    trained = stage("photoverse", folder, **QUIET).eval()
    shown = trained.look(toy_batch(2, 64, 32))
    assert shown.shape == (2, 3, 64, 3 * 64)
    assert 0 <= float(shown.min()) <= float(shown.max()) <= 1
