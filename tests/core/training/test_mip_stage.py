"""The stage mip, on a tiny model."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from reference_trials import CPU, NOISY, SIDE, as_stored, batch, half, learned, rendered, stage, stirred
from tiny_models import write_sd15
from torch import Tensor
from toy_batches import CAPTION

from core import models
from core.diffusion.attention.attach import attached, cross_layers
from core.diffusion.attention.mip import Relevance, RelevanceText
from core.errors import KnownError
from core.training import reading
from core.training.batch import Batch, Words
from core.training.losses.ip_adapter import Dropped
from core.training.parts.reference_stage import rows
from core.training.parts.relevance import Located, Nouns
from core.training.stages import options

KEPT = Dropped.drawn(torch.ones(2), 0, 0, 0)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("mip") / "tiny"
    write_sd15(made)
    return made


def noisy(count: int) -> tuple[Tensor, Tensor]:
    random = torch.Generator().manual_seed(5)
    return torch.randn(count, 4, 4, 4, generator=random), torch.tensor([700, 450] * count)[:count]


def said(trained: Any, seen: Batch, dropped: Dropped, z: Tensor, t: Tensor) -> Tensor:
    given = trained.conditioned(seen, dropped)
    with torch.no_grad(), attached(trained.unet, trained.frames(given, trained.act(given))):
        result: Tensor = trained.unet(z, t, given.text, return_dict=False)[0]
    return result


def lone(seen: Batch) -> Batch:
    """The first subject alone is there; the other's tensors hold what nobody ever looks at."""
    present = seen.present.clone()
    present[:, 1] = False
    views = seen.views.clone()
    views[:, 1] = 0
    faces = seen.faces.clone()
    faces[:, 1] = torch.nan
    words = tuple(Words(each.caption, each.nouns[:1], each.spans[:1]) for each in seen.words)
    return replace(seen, present=present, views=views, faces=faces, words=words)


@pytest.mark.parametrize(
    ("merging", "words"),
    [("relevance-trained", "class"), ("relevance-across", "prompt"), ("relevance-mean", "class")],
)
def test_what_is_trained_is_what_renders(folder, home, merging, words):
    """Two subjects of two references each: the program's inference of the same tensors says the same of the
    same noisy latents, in both halves of guidance."""
    trained, seen = stirred(stage("mip", folder, merging=merging, words=words)), as_stored(batch(2, views=2))
    trained.write(folder)
    file = folder / "adapters" / "trial.safetensors"
    (folder / "adapters" / "mip-adapter-plus.safetensors").rename(file)
    z, t = noisy(4)
    mine = said(trained, rows(seen, [0, 1, 0, 1]), Dropped.halves(2, CPU), z, t)
    theirs = rendered(trained, home, seen, z, t, 2, merging=merging, relevance_text=words)
    file.unlink()
    assert (mine - theirs).abs().max() < 1e-4


@pytest.mark.parametrize("merging", ["relevance-trained", "relevance-mean"])
def test_one_who_is_alone_is_weighed_as_the_program_weighs_one(folder, home, merging):
    """The second place of the batch is empty, and weighs nothing."""
    trained, seen = stirred(stage("mip", folder, merging=merging)), as_stored(lone(batch(2)))
    trained.write(folder)
    file = folder / "adapters" / "trial.safetensors"
    (folder / "adapters" / "mip-adapter-plus.safetensors").rename(file)
    z, t = noisy(4)
    mine = said(trained, rows(seen, [0, 1, 0, 1]), Dropped.halves(2, CPU), z, t)
    theirs = rendered(trained, home, seen, z, t, 1, merging=merging)
    file.unlink()
    assert (mine - theirs).abs().max() < 1e-4


def test_who_is_not_there_weighs_exactly_0(folder):
    trained, seen = stirred(stage("mip", folder)), batch()
    present = torch.tensor([[True, False], [False, False]])
    given = trained.conditioned(replace(seen, present=present), KEPT)
    text = trained_text(trained.nouns, replace(seen, present=present))
    attention = cross_layers(trained.unet)[0].attention
    query = torch.randn(2, attention.heads, 16, attention.to_q.out_features // attention.heads)
    for merging in ("relevance-trained", "relevance-across", "relevance-mean"):
        weighting = Located(
            merging, Relevance(text, attention.to_k, attention.heads),
            torch.randn(1, attention.to_q.out_features),
        )  # fmt: skip
        w = weighting(query, torch.randn_like(query))
        assert (w[0, 1] == 0).all()
        assert (w[1] == 0).all()
        assert w[0, 0].min() > 0
        assert torch.isfinite(w).all()
    assert given.strength.scale is not None
    assert given.strength.scale.tolist() == [[1, 0], [0, 0]]


def trained_text(nouns: Nouns, seen: Batch) -> RelevanceText:
    from core.diffusion.conditions import relevance_text

    none = torch.zeros(len(seen), dtype=torch.bool)
    return relevance_text(nouns.acting(nouns.by_class(seen), seen, none))


def test_a_picture_of_nobody_is_the_bare_model_and_no_nan(folder):
    trained = stirred(stage("mip", folder))
    nobody = replace(batch(), present=torch.zeros(2, 2, dtype=torch.bool))
    z, t = noisy(2)
    bare = trained.unet(z, t, reading.text_states(trained.loaded, [CAPTION] * 2), return_dict=False)[0]
    assert torch.allclose(said(trained, nobody, KEPT, z, t), bare, atol=1e-6)
    losses = trained(nobody, 0)
    losses.total.backward()
    assert all(
        torch.isfinite(weight.grad).all() for weight in trained.parameters() if weight.grad is not None
    )
    assert losses.terms["localisation"] == 0


def gradients(trained: Any, which: str) -> tuple[bool, bool]:
    """Whether that term alone reaches f, and the image branch."""
    seen = batch()
    given = trained.conditioned(seen, KEPT)
    acting = trained.act(given)
    z, t = noisy(2)
    with attached(trained.unet, trained.frames(given, acting)):
        answer = trained.unet(z, t, given.text, return_dict=False)[0]
    term = answer.square().mean() if which == "denoising" else acting.beside(4, 4)["localisation"][1]
    trained.zero_grad()
    term.backward()
    f = any(row.grad is not None and row.grad.any() for row in trained.rows.values())
    branch = any(weight.grad is not None and weight.grad.any() for weight in trained.adapter.parameters())
    return f, branch


def test_f_learns_from_the_localisation_loss_alone_and_the_branch_from_the_other(folder):
    trained = stirred(stage("mip", folder))
    assert gradients(trained, "denoising") == (False, True)
    assert gradients(trained, "localisation") == (True, False)


def test_the_paper_s_single_loss_reaches_both_when_asked(folder):
    trained = stirred(stage("mip", folder, detached=False))
    assert gradients(trained, "denoising") == (True, True)


def test_all_that_learns_gets_a_gradient_and_the_base_none(folder):
    trained = stage("mip", folder)
    frozen = [*trained.unet.parameters(), *trained.loaded.text_encoders[0].model.parameters()]
    before = [weight.clone() for weight in frozen]
    learned(trained, batch(), steps=2)
    assert all(weight.grad is not None and weight.grad.any() for weight in trained.parameters())
    for weight, own in zip(frozen, before, strict=True):
        assert weight.grad is None
        assert torch.equal(weight, own)
    assert set(trained.state_dict()) == {name for name, _ in trained.named_parameters()}


def test_f_begins_as_1_and_thirty_steps_find_the_subjects(folder):
    """Both people's halves of the picture belong to somebody; one mask is taken away, so that f has an
    outside to leave."""
    trained, seen = stage("mip", folder, of="ip-adapter", localisation=1.0, **NOISY), lone(batch())
    z, t = noisy(2)
    given = trained.conditioned(seen, KEPT)
    acting = trained.act(given)
    with torch.no_grad(), attached(trained.unet, trained.frames(given, acting)):
        trained.unet(z, t, given.text, return_dict=False)
    assert abs(float(acting.beside(4, 4)["localisation"][1])) < 1e-6
    losses = learned(trained, seen, rate=1e-2)
    assert losses[-1] < losses[0]
    torch.manual_seed(1)
    assert float(trained(seen, 0).terms["localisation"]) < -0.01


def test_it_begins_with_the_file_of_the_model_and_says_so_when_there_is_none(folder):
    trained = stage("mip", folder, of="ip-adapter", start="global")
    state = half(folder / "adapters" / "global.safetensors")
    own = trained.tensors()
    assert all(torch.equal(own[key], value) for key, value in state.items())
    assert not any(own[key].any() for key in own if "text_to_weight" in key)
    with pytest.raises(KnownError, match="has no nobody adapter"):
        stage("mip", folder, start="nobody")


@pytest.mark.parametrize(
    ("of", "layout"), [("ip-adapter", "mip-adapter"), ("ip-adapter-plus", "mip-adapter-plus")]
)
def test_what_was_written_is_recognised_and_reads_back(folder, of, layout):
    trained = stirred(stage("mip", folder, of=of))
    (file,) = trained.write(folder)
    found = models.inspect("tiny", folder)
    info = found.adapter(layout, layout)
    assert (info.trained, found.refused) == (True, ())
    assert "mip-adapter" in "".join(found.methods())
    written, own = half(file), trained.tensors()
    file.unlink()
    assert set(written) == set(own)
    for key, value in own.items():
        assert torch.allclose(written[key], value, atol=2e-3, rtol=2e-3), key


def test_bf16_around_it_leaves_the_relevance_in_fp32(folder):
    trained, seen = stirred(stage("mip", folder)), batch()
    with torch.autocast("cpu", torch.bfloat16):
        given = trained.conditioned(seen, KEPT)
        losses = trained(seen, 0)
        mix = trained.act(given).mix(*first_layer(trained, given))
        query = torch.randn(2, 2, 16, 8).bfloat16()
        w = mix.weighting(query, query)  # type: ignore[attr-defined]
    losses.total.backward()
    assert w.dtype == torch.float32
    assert torch.allclose(w.sum(1).mean(1), torch.ones(2), atol=1e-5)  # f's mean is 1
    assert all(torch.isfinite(weight.grad).all() for weight in trained.parameters())


def first_layer(trained: Any, given: Any) -> tuple[Any, Any]:
    layer = cross_layers(trained.unet)[0]
    return layer, trained.references(layer, given)


def test_words_of_dropped_texts_are_those_of_an_empty_prompt(folder):
    trained, seen = stage("mip", folder), batch()
    nouns = trained.nouns
    found = nouns.acting(nouns.by_class(seen), seen, torch.tensor([True, False]))
    empty = reading.text_states(trained.loaded, [""])[0]
    assert [len(each) for each in found[0]] == [len(each) for each in found[1]]
    assert all(torch.equal(each, empty[1 : 1 + len(each)]) for each in found[0])
    assert torch.equal(found[1][0], nouns.alone("woman"))


def test_a_look_shows_everybody_beside_the_picture(folder):
    look = stage("mip", folder).look(batch())
    assert look.shape == (2, 3, SIDE, 3 * SIDE)
    assert torch.isfinite(look).all()


def test_f_must_have_something_to_learn_from():
    with pytest.raises(KnownError, match="nothing would teach f"):
        options("mip", {"localisation": 0})
    assert options("mip", {"localisation": 0, "detached": False}).localisation == 0
