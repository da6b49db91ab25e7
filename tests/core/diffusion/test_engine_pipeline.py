"""The whole pipeline on the embedded model: the same picture again, cancelling, previews, mixed batches."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from tiny_models import PipelineOptions, no_faces, pixels, spec, unheard

from core.diffusion.engine import Pipeline
from core.errors import Cancelled, KnownError
from core.models import EMBEDDED
from core.paths import Home
from core.spec import RenderSpec, SubjectSpec

PROMPT = "a photo of a woman and a man on the beach"
Subject = Callable[..., SubjectSpec]


@pytest.fixture(autouse=True)
def _bare_afterwards(mini: Pipeline) -> Iterator[None]:
    """No test leaves anything on the UNet."""
    yield
    if mini._loaded is not None:
        kinds = {type(processor).__name__ for processor in mini._loaded.unet.attn_processors.values()}
        assert kinds == {"AttnProcessor2_0"}


def couple(subject: Subject, **changes: Any) -> RenderSpec:
    at = PROMPT.index(" man") + 1
    people = (subject(PROMPT, "woman", 1), subject(PROMPT, "man", 2, spans=((at, at + 3),)))
    return spec(PROMPT, subjects=people, **({"merging": "relevance-across"} | changes))


def test_denormal_numbers_are_flushed_while_rendering_only(mini: Pipeline) -> None:
    tiny = torch.tensor(1e-40)
    seen = []
    mini.render([spec()], lambda *_: seen.append(bool(tiny * 1 != 0)))
    assert set(seen) == {False}
    assert tiny * 1 != 0


def test_the_same_spec_gives_identical_pixels(mini: Pipeline, subject: Subject) -> None:
    first, again = (mini.render([couple(subject)], unheard)[0] for _ in range(2))
    assert first.rgb == again.rgb
    assert first.made == again.made


def test_identical_pixels_in_another_process_state(mini: Pipeline, home: Home, subject: Subject) -> None:
    fresh = Pipeline(PipelineOptions(home.root, dict(EMBEDDED)), no_faces)
    fresh.render([spec("a pencil sketch of a dog", steps=1)], unheard)
    assert fresh.render([couple(subject)], unheard)[0].rgb == mini.render([couple(subject)], unheard)[0].rgb


@pytest.mark.parametrize("size", [2, 3])
def test_a_picture_of_a_batch_repeated_alone_is_identical(
    mini: Pipeline, subject: Subject, size: int
) -> None:
    specs = [couple(subject, seed=seed, steps=2) for seed in range(size)]
    together = mini.render(specs, unheard, batch_size=size)
    for one, made in zip(specs, together, strict=True):
        assert made.made["batch_size"] == size
        assert mini.render([one], unheard, batch_size=size)[0].rgb == made.rgb


def test_a_batch_mixes_jobs_with_other_words_and_subjects(mini: Pipeline, subject: Subject) -> None:
    one = spec(PROMPT, subjects=(subject(PROMPT, "woman", 5),), merging="relevance-across")
    specs = [couple(subject), one, couple(subject, seed=9), spec(PROMPT, seed=4)]
    together = mini.render(specs, unheard, batch_size=2)
    alone = [mini.render([each], unheard, batch_size=2)[0] for each in specs]
    assert [a.rgb == b.rgb for a, b in zip(together, alone, strict=True)] == [True] * 4


def test_a_batch_of_one_is_close_to_a_batch_of_two(mini: Pipeline, subject: Subject) -> None:
    alone, padded = (mini.render([couple(subject)], unheard, batch_size=n)[0] for n in (1, 2))
    assert np.abs(pixels(alone) - pixels(padded)).max() <= 2


@pytest.mark.parametrize("method", ["ip-adapter", "ip-adapter-plus"])
def test_strength_0_is_the_text_alone_bit_for_bit(mini: Pipeline, subject: Subject, method: str) -> None:
    silent = spec(PROMPT, subjects=(subject(PROMPT, "woman", scale=0.0),), method=method)
    assert mini.render([silent], unheard)[0].rgb == mini.render([spec(PROMPT)], unheard)[0].rgb


def test_references_change_the_picture(mini: Pipeline, subject: Subject) -> None:
    bare = pixels(mini.render([spec(PROMPT)], unheard)[0])
    for merging in ("relevance-mean", "relevance-across", "uniform"):
        for text in ("prompt", "class") if merging != "uniform" else ("prompt",):
            made = pixels(mini.render([couple(subject, merging=merging, relevance_text=text)], unheard)[0])
            assert np.abs(made - bare).mean() > 0.5


def test_a_delayed_start_leaves_the_first_steps_to_the_text(mini: Pipeline, subject: Subject) -> None:
    """Latents agree with the text-only picture until the references begin."""

    def previews(one: RenderSpec) -> list[bytes]:
        seen: list[bytes] = []
        mini.render([one], lambda step, steps, shown: seen.extend(shown))
        return seen

    late = spec(PROMPT, steps=8, subjects=(subject(PROMPT, "woman", begin=0.5, scale=1.0),))
    with_references, bare = previews(late), previews(spec(PROMPT, steps=8))
    assert with_references[0] == bare[0]
    assert with_references[-1] != bare[-1]


def test_guidance_1_is_the_conditional_half_alone(mini: Pipeline, subject: Subject) -> None:
    halves = pixels(mini.render([couple(subject, guidance=1.0001)], unheard)[0])
    alone = pixels(mini.render([couple(subject, guidance=1.0)], unheard)[0])
    assert np.abs(halves - alone).max() <= 2


@pytest.mark.parametrize("scheduler", ["ddim", "dpm++", "euler"])
def test_every_scheduler_makes_a_picture_and_previews(mini: Pipeline, scheduler: str) -> None:
    seen: list[tuple[int, int, tuple[bytes, ...]]] = []
    wanted = spec("a photo of a dog", scheduler=scheduler, steps=6)
    made = mini.render([wanted], lambda *step: seen.append(step))
    assert pixels(made[0]).std() > 20
    assert [step for step, _, _ in seen] == [1, 2, 3, 4, 5, 6]
    shown = [preview for _, _, previews in seen for preview in previews]
    assert len(shown) >= 2
    assert all(max(Image.open(io.BytesIO(preview)).size) <= 128 for preview in shown)


def test_steps_of_several_batches_are_counted_together(mini: Pipeline) -> None:
    seen: list[tuple[int, int]] = []
    specs = [spec("a photo of a dog", seed=seed, steps=2) for seed in range(2)]
    mini.render(specs, lambda step, steps, _: seen.append((step, steps)), batch_size=1)
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_cancelling_takes_everything_off_and_the_next_picture_is_right(
    mini: Pipeline, subject: Subject
) -> None:
    def stop(step: int, *_: object) -> None:
        if step == 2:
            raise Cancelled

    expected = mini.render([spec(PROMPT)], unheard)[0].rgb
    with pytest.raises(Cancelled):
        mini.render([couple(subject)], stop)
    assert mini.render([spec(PROMPT)], unheard)[0].rgb == expected


def test_what_a_repeat_needs_is_recorded(mini: Pipeline, subject: Subject) -> None:
    made = mini.render([couple(subject)], unheard)[0].made
    assert made["precision"] == "fp32"
    assert made["batch_size"] == 1
    assert len(str(made["model_sha256"])) == len(str(made["adapter_sha256"])) == 64


def test_an_unknown_model_is_named(mini: Pipeline) -> None:
    with pytest.raises(KnownError, match=r"no model called nano .* Known: mini"):
        mini.render([spec("a dog", model="nano")], unheard)


def test_a_picture_that_is_no_number_is_never_given_out(
    mini: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded, _ = mini._model(mini.info("mini"), torch.float32)
    monkeypatch.setattr(loaded.unet, "forward", lambda z, *_, **__: (z * float("nan"),))
    with pytest.raises(KnownError, match=r"not a number.*highest precision"):
        mini.render([spec("a dog")], unheard)


def test_only_one_model_is_in_memory(sd15_folder: Path, home: Home) -> None:
    pipeline = Pipeline(PipelineOptions(home.root, EMBEDDED | {"sd": sd15_folder}), no_faces)
    pipeline.render([spec("a dog", steps=1)], unheard)
    first = pipeline._loaded
    pipeline.render([spec("a dog", model="sd", width=64, height=64, steps=1)], unheard)
    assert pipeline._loaded is not first
    pipeline.close()
    assert pipeline._loaded is None
