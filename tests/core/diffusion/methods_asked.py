"""Every method asked for on two subjects, for the tests that go through them all."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from msgspec import structs
from PIL import Image
from tiny_models import pixels, spec, unheard

from core.diffusion.engine import Pipeline
from core.faces import Face
from core.methods import METHODS, Method
from core.spec import Merging, RenderSpec, SubjectSpec

PROMPT = "a photo of a woman and a man on the beach"
NAMED = [method for method in METHODS if method != "text"]
Subject = Callable[..., SubjectSpec]


class OneFace:
    """A backend with embeddings as long as FaceID's, who sees one face in every picture."""

    identity, dimension, threshold, licence = "one face", 512, 0.5, ""

    def find(self, image: Image.Image) -> list[Face]:
        mean = np.asarray(image, np.float32).mean()
        vector = np.sin(np.arange(512, dtype=np.float32) * mean)
        marks = tuple((image.width * x, image.height * y) for x, y in MARKS)
        box = (0.0, 0.0, float(image.width), float(image.height))
        return [Face(box, marks, 1.0, 1.0, (vector / np.linalg.norm(vector)).tobytes())]


MARKS = ((0.35, 0.4), (0.65, 0.4), (0.5, 0.6), (0.37, 0.75), (0.63, 0.75))


def encoder_of(folder: Path, layout: str) -> dict[str, str]:
    from core.sums import files_hash

    if layout != "photoverse":
        return {}
    return {"encoder_sha256": files_hash(sorted((folder / "image_encoder").glob("*.safetensors")))}


def asked(model: str, method: Method, subjects: tuple[SubjectSpec, ...], **changes: object) -> RenderSpec:
    info = METHODS[method]
    merging: Merging = info.merging[0] if info.merging else "uniform"
    given: dict[str, object] = {
        "model": model, "method": method, "adapter": info.adapter or "", "fusion": info.fusion or "",
        "subjects": subjects, "merging": merging,
    }  # fmt: skip
    return spec(PROMPT, **(given | changes))


def two(subject: Subject, **changes: object) -> tuple[SubjectSpec, ...]:
    """A woman with two references and a man with one."""
    woman, man = subject(PROMPT, "woman", size=32, **changes), subject(PROMPT, "man", 1, size=32, **changes)
    more = subject(PROMPT, "woman", 7, size=32).references
    start = PROMPT.index(" man") + 1
    return (
        structs.replace(woman, references=woman.references + more),
        structs.replace(man, spans=((start, start + 3),)),
    )


def picture(pipeline: Pipeline, wanted: RenderSpec) -> np.ndarray:  # type: ignore[type-arg]
    return pixels(pipeline.render([wanted], unheard)[0])
