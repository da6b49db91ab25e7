"""Runs the object relevance score (`relevance`) on people of the embedded model: a person beside a thing,
noise on Z_text everywhere alike and through the person's weights, and how much of the change falls into the
person's face.

The box is the face a detector finds, never one read from the weights themselves. The paper takes whole
objects from a detector that knows their words; these figures compare ways of weighing with each other, not
with the paper's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec import structs
from PIL import Image

from core.engine import Rendered, Scores
from core.errors import KnownError
from core.evaluation import relevance
from core.evaluation.noise import Weigh, noisy
from core.evaluation.rows import Column, Line
from core.evaluation.specs import Member, Studio, Way
from core.evaluation.trials import Measures, Outcome, Progress, Record, Store, Trial
from core.faces import FaceBackend
from core.spec import Merging, RenderSpec

if TYPE_CHECKING:
    from core.diffusion.engine import Pipeline
    from core.diffusion.making import RenderedImage

SEED = 6000
PICTURES = 8
STRENGTH = 0.5
"""Of the noise, in standard deviations of what it is added to."""
PROMPTS = (
    "a photo of a {0} and a {1} in the forest",
    "a photo of a {0} and a {1} on the beach",
    "a photo of a {0} and a {1} in front of a blue wall",
    "a photo of a {0} and a {1} in a meadow",
)
PEOPLE, THINGS = ("woman", "man"), ("tiger", "flamingo", "frog", "chair")
WEIGHTS: tuple[Merging, ...] = ("uniform", "relevance-mean", "relevance-across")
KIND = "noise"

COLUMNS = (
    Column("S", "score", "Δ_bbox / Δ_non-bbox: how much more the picture changes inside the person's face "
           "than outside; noise that is everywhere alike is the base line"),
    Column("Δ in the box", "inside", "mean absolute pixel difference inside (0 to 255)", (), ""),
    Column("Δ elsewhere", "outside", "the same outside", (), ""),
)  # fmt: skip
NOTES = (
    f"Noise of {STRENGTH} standard deviations of each layer's output, the same for all three lines; weights "
    "are scaled to mean square 1, so that each line adds noise of the same power. S is the mean over the "
    "pictures, as in arXiv 2409.17920; pictures in which no face is found are left out.",
)


@dataclass(frozen=True)
class Scene:
    """One prompt of one seed. `spec` names the person first and the thing second, and reads no reference."""

    number: int
    spec: RenderSpec


def scenes(studio: Studio, pictures: int) -> list[Scene]:
    made = []
    for number in range(pictures):
        person, thing = PEOPLE[number % 2], THINGS[number // 2 % len(THINGS)]
        cast = [Member(person, "person", person, ()), Member(thing, "object", thing, ())]
        prompt = PROMPTS[(number + number // len(PROMPTS)) % len(PROMPTS)]
        made.append(Scene(number, studio.spec(Way("text"), prompt, cast, SEED + number)))
    return made


def lines() -> list[Line]:
    return [Line(merging, (merging,)) for merging in WEIGHTS]


def work(
    scenes: Sequence[Scene], store: Store, pipeline: "Pipeline", faces: FaceBackend, progress: Progress
) -> Outcome:
    """What is missing is made; a scene whose pictures are all there costs nothing."""
    outcome = Outcome()
    for number, scene in enumerate(scenes):
        progress(number, len(scenes), scene.spec.prompt)
        outcome.records.extend(_known(scene, store) or _measured(scene, store, pipeline, faces))
    progress(len(scenes), len(scenes), "")
    return outcome


def _known(scene: Scene, store: Store) -> list[Record]:
    found = [store.find(_trial(scene, merging)) for merging in WEIGHTS]
    return [record for record in found if record] if all(found) else []


def _measured(scene: Scene, store: Store, pipeline: "Pipeline", faces: FaceBackend) -> list[Record]:
    before = _render(pipeline, scene.spec)
    found = faces.find(_image(before))
    if not found:
        return [store.save(_trial(scene, merging), _rendered(before, "none"), {}) for merging in WEIGHTS]
    records = []
    for merging in WEIGHTS:
        after = _noisy(pipeline, scene.spec, merging)
        measures = _measures(before, after, found[0].box)
        records.append(store.save(_trial(scene, merging), _rendered(after, merging), measures))
    return records


def _noisy(pipeline: "Pipeline", spec: RenderSpec, merging: Merging) -> "RenderedImage":
    """Raises KnownError when the model was loaded anew meanwhile: the noise was on the old one."""
    loaded = pipeline.loaded
    with noisy(_layers(loaded, spec, merging), STRENGTH, spec.seed):
        after = _render(pipeline, spec)
    if pipeline.loaded is not loaded:
        raise KnownError("The model's files changed while it was measured. Run the same command again.")
    return after


def _measures(before: "RenderedImage", after: "RenderedImage", box: Any) -> Measures:
    inside, outside = relevance.changes(np.asarray(_image(before)), np.asarray(_image(after)), box)
    score = relevance.score([(inside, outside)]) if outside else None
    return {"score": score, "inside": inside, "outside": outside}


def _layers(loaded: Any, spec: RenderSpec, merging: Merging) -> dict[str, tuple[Any, Weigh | None]]:
    """Every text cross-attention with the person's weights in it."""
    from core.diffusion.attention.attach import cross_layers

    words = None if merging == "uniform" else _words(loaded, spec)
    return {
        layer.name: (layer.attention, _weigh(layer.attention, words, merging))
        for layer in cross_layers(loaded.unet)
    }


def _words(loaded: Any, spec: RenderSpec) -> Any:
    """The subjects' own tokens in the prompt, one after another (a `RelevanceText` of one row)."""
    import torch

    from core.diffusion.attention.mip import RelevanceText
    from core.diffusion.encode import encode_text, prompt_words

    text = encode_text(loaded, spec.prompt)
    words = [prompt_words(text, subject) for subject in spec.subjects]
    rows = [torch.full((len(each),), 1 / len(each), device=each.device) for each in words]
    return RelevanceText(torch.cat(words)[None], torch.block_diag(*rows)[None])  # type: ignore[no-untyped-call]


def _weigh(attention: Any, words: Any, merging: Merging) -> Weigh | None:
    import torch

    from core.diffusion.attention.mip import Relevance

    if words is None:
        return None
    with torch.inference_mode():
        return partial(weights_of_first, Relevance(words, attention.to_k, attention.heads), merging)


def weights_of_first(relevance: Any, merging: Merging, query: Any) -> Any:
    """The first subject's w (1, P), mean square 1. One picture's conditional row is the last one."""
    from core.diffusion.attention.mip import weights

    w = weights(relevance(query[-1:]), merging)[:, 0]
    return w / w.square().mean(dim=-1, keepdim=True).sqrt()


def _trial(scene: Scene, merging: Merging) -> Trial:
    """What is kept tells no subjects: none of their references is used, and the noise is in no spec."""
    return Trial(merging, KIND, f"{merging}--{scene.number:03}", structs.replace(scene.spec, subjects=()))


def _render(pipeline: "Pipeline", spec: RenderSpec) -> "RenderedImage":
    return pipeline.render([spec], lambda *_: None, 1)[0]


def _image(rendered: "RenderedImage") -> Image.Image:
    return Image.frombytes("RGB", (rendered.width, rendered.height), rendered.rgb)


def _rendered(image: "RenderedImage", noise: str) -> Rendered:
    # torch's version is a str of its own kind, which no encoder takes.
    made = {key: str(value) if isinstance(value, str) else value for key, value in image.made.items()}
    made["noise"] = noise
    return Rendered(image.width, image.height, image.rgb, Scores({}, (), ""), image.seconds, made)
