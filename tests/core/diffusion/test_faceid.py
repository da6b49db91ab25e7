"""FaceID and full-face adapters from a reference to the picture, against diffusers' own pipeline."""

import logging
import shutil
import stat
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import DDIMScheduler, DiffusionPipeline, UNet2DConditionModel
from PIL import Image
from safetensors.torch import save_file
from tiny_faceid import TinyFaces, faceid, faceid_plus, full_face, literal_lora, lora
from tiny_models import PipelineOptions, layer_weights, pixels, spec, unheard
from torch import Tensor

from core.diffusion.engine import Pipeline
from core.errors import KnownError
from core.faces.align import aligned
from core.paths import Home
from core.spec import FaceId, Reference, RenderSpec, SubjectSpec

PROMPT = "a photo of a woman on the beach"
METHODS = {
    "full": "ip-adapter-full-face",
    "faceid": "ip-adapter-faceid",
    "faceid-plus": "ip-adapter-faceid-plus",
    "faceid-plusv2": "ip-adapter-faceid-plusv2",
}
Put = Callable[[Image.Image], str]
States = dict[str, dict[str, Tensor]]


@pytest.fixture(scope="module")
def states(sd15_folder: Path) -> States:
    torch.manual_seed(3)
    unet = UNet2DConditionModel.from_pretrained(sd15_folder / "unet")
    made = {
        "full": full_face(32, 32),
        "faceid": faceid(32) | lora(unet),
        "faceid-plus": faceid_plus(32, 32) | lora(unet),
        "faceid-plusv2": faceid_plus(32, 32) | lora(unet),
    }
    return {name: state | layer_weights(unet, 32) for name, state in made.items()}


@pytest.fixture(scope="module")
def folder(sd15_folder: Path, states: States, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "tiny-faceid"
    shutil.copytree(sd15_folder, folder)
    for name, state in states.items():
        save_file(state, folder / "adapters" / f"{name}.safetensors")
    return folder


@pytest.fixture
def faces() -> TinyFaces:
    return TinyFaces()


@pytest.fixture
def pipeline(folder: Path, home: Home, faces: TinyFaces) -> Pipeline:
    return Pipeline(PipelineOptions(home.root, {"sd": folder}), lambda: faces)


@pytest.fixture(scope="module")
def crops(put: Put) -> list[Reference]:
    noise = np.random.default_rng(7).integers(0, 255, (2, 8, 8, 3), dtype=np.uint8)
    pictures = [Image.fromarray(each).resize((96, 96), Image.Resampling.BICUBIC) for each in noise]
    return [Reference(put(picture)) for picture in pictures]


def asked(subject: Callable[..., SubjectSpec], name: str, *crops: Reference, **changes: object) -> RenderSpec:
    ada = subject(PROMPT, "woman", scale=0.8, references=crops)
    return spec(PROMPT, model="sd", method=METHODS[name], adapter=name, subjects=(ada,), **changes)


def theirs(
    folder: Path, state: dict[str, Tensor], wanted: RenderSpec, pictures: list[Image.Image], faces: TinyFaces
) -> Any:
    """The picture as diffusers makes it. It leaves FaceID's LoRA to a library that is not here, so that is
    added as its formula has it."""
    logging.getLogger("diffusers").setLevel(logging.ERROR)
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        pipe = loaded_by_diffusers(folder, state, wanted)
        with literal_lora(pipe.unet, state, wanted.faceid.lora):
            return called(pipe, wanted, pictures, faces)


def loaded_by_diffusers(folder: Path, state: dict[str, Tensor], wanted: RenderSpec) -> Any:
    pipe = DiffusionPipeline.from_pretrained(folder, local_files_only=True, dtype=torch.float32)
    pipe.scheduler = DDIMScheduler.from_config(pipe.scheduler.config, clip_sample=False)
    pipe.set_progress_bar_config(disable=True)
    parts: States = {"image_proj": {}, "ip_adapter": {}}
    for key, tensor in state.items():
        part, _, name = key.partition(".")
        if "_lora." not in name:
            parts[part][name] = tensor
    pipe.load_ip_adapter(parts, subfolder="", weight_name="", image_encoder_folder=None)
    pipe.set_ip_adapter_scale(wanted.subjects[0].scale)
    return pipe


def called(pipe: Any, wanted: RenderSpec, pictures: list[Image.Image], faces: TinyFaces) -> Any:
    given: dict[str, Any] = {"ip_adapter_image": [pictures]}
    if wanted.method != "ip-adapter-full-face":
        given = {"ip_adapter_image_embeds": [face_embeddings(pipe, wanted, pictures, faces)]}
    made = pipe(
        wanted.prompt, width=wanted.width, height=wanted.height, num_inference_steps=wanted.steps,
        guidance_scale=wanted.guidance, output_type="np",
        generator=torch.Generator().manual_seed(wanted.seed), **given,
    )  # fmt: skip
    return (made.images[0] * 255).round().astype(int)


def face_embeddings(pipe: Any, wanted: RenderSpec, pictures: list[Image.Image], faces: TinyFaces) -> Tensor:
    """(2, n, 512), zeros first; the patches of the aligned faces go straight to the projection."""
    found = [faces.find(picture)[0] for picture in pictures]
    projection = pipe.unet.encoder_hid_proj.image_projection_layers[0]
    if wanted.method != "ip-adapter-faceid":
        upright = [aligned(p, face.landmarks, 32) for p, face in zip(pictures, found, strict=True)]
        (projection.clip_embeds,) = pipe.prepare_ip_adapter_image_embeds([upright], None, "cpu", 1, True)
        projection.shortcut = wanted.method == "ip-adapter-faceid-plusv2"
        projection.shortcut_scale = wanted.faceid.s_scale
    vectors = torch.stack(
        [torch.frombuffer(bytearray(face.embedding), dtype=torch.float32) for face in found]
    )
    return torch.stack([torch.zeros_like(vectors), vectors])


def compare(pipeline: Pipeline, faces: TinyFaces, state: dict[str, Tensor], wanted: RenderSpec) -> None:
    ours = pixels(pipeline.render([wanted], unheard)[0])
    opened = [
        Image.open(pipeline.home.reference(each.crop)).convert("RGB")
        for each in wanted.subjects[0].references
    ]
    stock = theirs(pipeline.models["sd"], state, wanted, opened, faces)
    assert stock.std() > 1
    assert np.abs(ours - stock).max() <= 2


@pytest.mark.parametrize("name", METHODS)
def test_one_reference(
    pipeline: Pipeline,
    faces: TinyFaces,
    states: States,
    subject: Callable[..., SubjectSpec],
    crops: list[Reference],
    name: str,
) -> None:
    reference = crops[0]
    if name == "full":  # a picture at the encoder's size: diffusers would shrink it in its own way
        small = Image.open(pipeline.home.reference(reference.crop)).resize((32, 32))
        reference = Reference(stored(pipeline.home, small))
    compare(pipeline, faces, states[name], asked(subject, name, reference))


def stored(home: Home, picture: Image.Image) -> str:
    from core import references

    return references.store(home.references, picture)


@pytest.mark.parametrize("settings", [FaceId(s_scale=0.4), FaceId(s_scale=2.0, lora=0.5), FaceId(lora=0.0)])
def test_s_and_the_lora_are_the_users(
    pipeline: Pipeline,
    faces: TinyFaces,
    states: States,
    subject: Callable[..., SubjectSpec],
    crops: list[Reference],
    settings: FaceId,
) -> None:
    wanted = asked(subject, "faceid-plusv2", crops[0], faceid=settings)
    compare(pipeline, faces, states["faceid-plusv2"], wanted)


@pytest.mark.parametrize("name", ["faceid", "faceid-plus"])
def test_several_references_one_after_another(
    pipeline: Pipeline,
    faces: TinyFaces,
    states: States,
    subject: Callable[..., SubjectSpec],
    crops: list[Reference],
    name: str,
) -> None:
    compare(pipeline, faces, states[name], asked(subject, name, *crops, joining="concatenated"))


def test_the_lora_leaves_nothing_behind(
    pipeline: Pipeline, subject: Callable[..., SubjectSpec], crops: list[Reference]
) -> None:
    text = spec(PROMPT, model="sd")
    before = pipeline.render([text], unheard)[0]
    face = pipeline.render([asked(subject, "faceid", crops[0])], unheard)[0]
    assert pipeline.render([text], unheard)[0].rgb == before.rgb != face.rgb


def test_a_face_is_read_once_and_kept_for_its_owner_only(
    pipeline: Pipeline, folder: Path, faces: TinyFaces, subject: Callable[..., SubjectSpec], put: Put
) -> None:
    crop = put(Image.fromarray(np.random.default_rng(9).integers(0, 255, (40, 40, 3), dtype=np.uint8)))
    wanted = asked(subject, "faceid-plus", Reference(crop))
    first = pipeline.render([wanted], unheard)[0]
    (file,) = pipeline.home.encodings.glob(f"{crop}-*")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    again = Pipeline(PipelineOptions(pipeline.home.root, {"sd": folder}), lambda: faces)
    assert again.render([wanted], unheard)[0].rgb == first.rgb
    assert faces.asked == 1


def test_other_face_models_read_it_again(
    pipeline: Pipeline, folder: Path, subject: Callable[..., SubjectSpec], put: Put
) -> None:
    crop = put(Image.fromarray(np.random.default_rng(10).integers(0, 255, (40, 40, 3), dtype=np.uint8)))
    wanted = asked(subject, "faceid", Reference(crop))
    pipeline.render([wanted], unheard)
    others = TinyFaces(identity="others")
    Pipeline(PipelineOptions(pipeline.home.root, {"sd": folder}), lambda: others).render([wanted], unheard)
    assert others.asked == 1
    assert len(list(pipeline.home.encodings.glob(f"{crop}-*"))) == 2


def test_a_crop_without_a_face_is_told(
    pipeline: Pipeline, subject: Callable[..., SubjectSpec], put: Put
) -> None:
    grey = Reference(put(Image.new("RGB", (40, 40), "grey")))
    with pytest.raises(KnownError, match="shows no face"):
        pipeline.render([asked(subject, "faceid", grey)], unheard)


def test_face_models_that_faceid_does_not_know_are_told(
    folder: Path, home: Home, subject: Callable[..., SubjectSpec], crops: list[Reference]
) -> None:
    embedded = TinyFaces(dimension=128, identity="yunet-1+sface-2")
    pipeline = Pipeline(PipelineOptions(home.root, {"sd": folder}), lambda: embedded)
    with pytest.raises(KnownError, match=r"yunet-1\+sface-2, 128 values.*likeness models faces DIR"):
        pipeline.render([asked(subject, "faceid", crops[0])], unheard)
    assert embedded.asked == 0


def test_faceid_needs_no_image_encoder(
    folder: Path, home: Home, faces: TinyFaces, subject: Callable[..., SubjectSpec], crops: list[Reference],
    tmp_path: Path,
) -> None:  # fmt: skip
    without = tmp_path / "without"
    shutil.copytree(folder, without, ignore=shutil.ignore_patterns("image_encoder"))
    pipeline = Pipeline(PipelineOptions(home.root, {"sd": without}), lambda: faces)
    assert pixels(pipeline.render([asked(subject, "faceid", crops[0])], unheard)[0]).std() > 1
