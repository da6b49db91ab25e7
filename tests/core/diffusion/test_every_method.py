"""Every method through the whole pipeline, on folders like SD 1.5's and SDXL's with every adapter file there
is: it acts, it leaves nothing behind, and at strength 0 it is the bare model."""

import numpy as np
import pytest
import torch
from methods_asked import NAMED, PROMPT, Subject, asked, picture, two
from msgspec import structs
from PIL import Image
from tiny_models import spec, unheard

from core.diffusion.engine import Pipeline
from core.spec import Method, PhotoVerse, Reference, Region


@pytest.mark.parametrize("model", ["sd", "xl"])
@pytest.mark.parametrize("method", NAMED)
def test_it_acts_and_at_strength_zero_is_the_bare_model_bit_for_bit(
    pipelines: Pipeline, subject: Subject, model: str, method: Method
) -> None:
    bare = picture(pipelines, spec(PROMPT, model=model))
    acting = picture(pipelines, asked(model, method, two(subject)))
    assert not np.array_equal(acting, bare)
    off = asked(
        model, method, two(subject, scale=0.0, text_scale=0.0), photoverse=PhotoVerse(alpha=0),
        faceid=structs.replace(spec().faceid, lora=0.0),
    )  # fmt: skip
    assert np.array_equal(picture(pipelines, off), bare)


@pytest.mark.parametrize("method", NAMED)
def test_afterwards_the_model_is_as_it_was(pipelines: Pipeline, subject: Subject, method: Method) -> None:
    picture(pipelines, spec(PROMPT, model="sd"))
    unet = pipelines._loaded.unet  # type: ignore[union-attr]
    processors = dict(unet.attn_processors)
    weights = {name: (tensor.data_ptr(), tensor.sum().item()) for name, tensor in unet.named_parameters()}
    picture(pipelines, asked("sd", method, two(subject)))
    assert pipelines._loaded.unet is unet  # type: ignore[union-attr]
    assert all(unet.attn_processors[name] is processor for name, processor in processors.items())
    assert weights == {name: (t.data_ptr(), t.sum().item()) for name, t in unet.named_parameters()}


@pytest.mark.parametrize("method", ["ip-adapter-plus", "photoverse+mip", "fastcomposer+ip-adapter"])
def test_several_references_one_after_another_differ_from_their_mean(
    pipelines: Pipeline, subject: Subject, method: Method
) -> None:
    mean = picture(pipelines, asked("sd", method, two(subject), merging="relevance-across"))
    joined = asked("sd", method, two(subject), merging="relevance-across", joining="concatenated")
    assert not np.array_equal(picture(pipelines, joined), mean)


def test_one_reference_is_the_same_joined_either_way(pipelines: Pipeline, subject: Subject) -> None:
    woman = (subject(PROMPT, "woman", size=32),)
    mean = picture(pipelines, asked("sd", "ip-adapter-plus", woman))
    joined = asked("sd", "ip-adapter-plus", woman, joining="concatenated")
    assert np.array_equal(picture(pipelines, joined), mean)


@pytest.mark.parametrize("method", NAMED)
def test_maps_do_not_change_a_pixel_and_show_every_subject(
    pipelines: Pipeline, subject: Subject, method: Method
) -> None:
    wanted = asked("sd", method, two(subject))
    plain = pipelines.render([wanted], unheard)[0]
    mapped = pipelines.render([structs.replace(wanted, maps=True)], unheard)[0]
    assert mapped.rgb == plain.rgb
    assert plain.maps == {}
    assert set(mapped.maps) == {one.uid for one in wanted.subjects}


def test_a_region_keeps_a_subject_on_its_side_of_the_map(pipelines: Pipeline, subject: Subject) -> None:
    import io

    woman, man = two(subject)
    placed = (
        structs.replace(woman, region=Region(box=(0, 0, 0.5, 1), soft=0)),
        structs.replace(man, region=Region(box=(0.5, 0, 1, 1), soft=0)),
    )
    made = pipelines.render([asked("sd", "ip-adapter-plus", placed, maps=True)], unheard)[0]
    for one, side in zip(placed, (slice(0, 4), slice(4, 8)), strict=True):
        grey = np.asarray(Image.open(io.BytesIO(made.maps[one.uid])), float)
        assert grey.shape == (8, 8)
        assert grey[:, side].sum() > 0.9 * grey.sum()


@pytest.mark.parametrize("group", ["down", "up"])
def test_layers_of_one_group_can_be_turned_off(pipelines: Pipeline, subject: Subject, group: str) -> None:
    everywhere = picture(pipelines, asked("sd", "ip-adapter-plus", two(subject)))
    some = asked("sd", "ip-adapter-plus", two(subject), layers=((group, 0.0),))
    assert not np.array_equal(picture(pipelines, some), everywhere)
    bare = picture(pipelines, spec(PROMPT, model="sd"))
    none = asked("sd", "ip-adapter-plus", two(subject), layers=(("down", 0.0), ("mid", 0.0), ("up", 0.0)))
    assert np.array_equal(picture(pipelines, none), bare)


def test_delayed_conditioning_reads_plain_text_first(pipelines: Pipeline, subject: Subject) -> None:
    """α = 0 is text alone, α = 1 acts from the first step, between them lies the rest."""
    bare = picture(pipelines, spec(PROMPT, model="sd", steps=4))

    def at(alpha: float) -> np.ndarray:  # type: ignore[type-arg]
        delayed = structs.replace(spec().fastcomposer, alpha=alpha)
        return picture(pipelines, asked("sd", "fastcomposer", two(subject), steps=4, fastcomposer=delayed))

    assert np.array_equal(at(0.0), bare)
    changes = [np.abs(at(alpha) - bare).mean() for alpha in (0.25, 0.5, 1.0)]
    assert 0 < changes[0] < changes[2]
    assert len(set(changes)) == 3


@pytest.mark.parametrize("method", NAMED)
def test_pictures_of_a_batch_are_those_made_alone(
    pipelines: Pipeline, subject: Subject, method: Method
) -> None:
    first = asked("sd", method, two(subject), seed=1)
    second = asked("sd", method, tuple(structs.replace(s, scale=0.4) for s in two(subject)), seed=2)
    together = pipelines.render([first, second], unheard, batch_size=2)
    alone = [pipelines.render([each], unheard, batch_size=2)[0] for each in (first, second)]
    assert [image.rgb for image in together] == [image.rgb for image in alone]


@pytest.mark.parametrize("count", [1, 4, 8])
def test_up_to_eight_subjects(pipelines: Pipeline, subject: Subject, count: int) -> None:
    prompt = " and ".join(["a dog"] * count)
    dogs = []
    for index in range(count):
        start = index * len("a dog and ") + 2
        dog = subject("a dog", "dog", index, size=32, kind="object")
        dogs.append(structs.replace(dog, spans=((start, start + 3),)))
    wanted = spec(
        prompt, model="sd", method="mip-adapter", adapter="mip-adapter", subjects=tuple(dogs),
        merging="relevance-trained",
    )  # fmt: skip
    assert picture(pipelines, wanted).std() > 0


def test_half_precision_stays_close(
    pipelines: Pipeline, subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not torch.backends.mkldnn.is_available():
        pytest.skip("no half-precision arithmetic here")
    wanted = asked("sd", "mip-adapter", two(subject))
    exact = picture(pipelines, wanted)
    monkeypatch.setattr("core.diffusion.load.choose_dtype", lambda *_: torch.bfloat16)
    assert np.abs(picture(pipelines, wanted) - exact).mean() < 6


def test_references_are_read_from_the_crop_that_was_hashed(pipelines: Pipeline, subject: Subject) -> None:
    woman = subject(PROMPT, "woman", size=32)
    gone = structs.replace(woman, references=(Reference("0" * 64),))
    with pytest.raises(Exception, match="reference"):
        picture(pipelines, asked("sd", "ip-adapter", (gone,)))
