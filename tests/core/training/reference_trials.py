"""What the tests of IP-Adapter's and MIP-Adapter's stages share."""

from functools import lru_cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import torch
from PIL import Image
from safetensors.torch import load_file
from tiny_models import no_faces, spec
from torch import Tensor
from toy_batches import CAPTION, SPANS, toy_batch

from core import models, references
from core.diffusion import conditions, plan, project
from core.diffusion.attention.attach import attached
from core.diffusion.load import Adapter, Loaded
from core.diffusion.read import ReferenceReader
from core.paths import Home
from core.spec import Reference, SubjectSpec
from core.training.batch import Batch
from core.training.parts.reference_stage import ReferenceStage
from core.training.reading import open_model
from core.training.stage import Given
from core.training.stages import options, stage_class

SIDE, VIEW = 32, 32
CPU = torch.device("cpu")
NOISY = {"drop_image": 0.0, "drop_text": 0.0, "drop_both": 0.0}
"""Options that drop nothing."""


def batch(count: int = 2, views: int = 2) -> Batch:
    return toy_batch(count, SIDE, VIEW, views)


@lru_cache(maxsize=1)
def opened(folder: Path, device: torch.device = CPU) -> Loaded:
    """Read once for all tests: it is frozen, which they check."""
    return open_model(folder, device)


def stage(name: Any, folder: Path, **written: object) -> Any:
    torch.manual_seed(0)
    with patch("core.training.reading.open_model", opened):
        return stage_class(name)(Given(folder, CPU, options(name, written)))


def stirred(trained: ReferenceStage) -> ReferenceStage:
    """As if it had learned: everything a little elsewhere, values above all."""
    random = torch.Generator().manual_seed(7)
    with torch.no_grad():
        for weight in trained.parameters():
            weight += 0.2 * torch.randn(weight.shape, generator=random)
    return trained


def learned(trained: ReferenceStage, seen: Batch, steps: int = 30, rate: float = 3e-3) -> list[float]:
    """The loss at every step; the same noise at each."""
    groups = [{"params": group.weights, "lr": rate * group.factor} for group in trained.groups()]
    optimiser, losses = torch.optim.AdamW(groups), []
    for step in range(steps):
        torch.manual_seed(1)
        loss = trained(seen, step).total
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(float(loss.detach()))
    return losses


def subjects(home: Home, seen: Batch, picture: int, count: int) -> tuple[SubjectSpec, ...]:
    """The first subjects of a picture of the batch, as the program knows them, all their views as references
    without masks."""
    nouns = seen.words[picture].nouns[:count]
    return tuple(
        SubjectSpec(
            uid=noun, name=noun.title(), kind="person", noun=noun, spans=(span,), scale=1.0,
            references=tuple(
                Reference(references.store(home.references, as_image(view)))
                for view in seen.views[picture, number]
            ),
        )
        for number, (noun, span) in enumerate(zip(nouns, SPANS, strict=False))
    )  # fmt: skip


def as_image(view: Tensor) -> Image.Image:
    return Image.fromarray((view * 255).round().byte().permute(1, 2, 0).numpy())


def as_stored(seen: Batch) -> Batch:
    """The batch with views of whole values, as a PNG keeps them, and nothing cut away."""
    from dataclasses import replace

    views = (seen.views * 255).round() / 255
    return replace(seen, views=views, view_masks=torch.ones_like(seen.view_masks))


@torch.no_grad()
def rendered(
    trained: ReferenceStage, home: Home, seen: Batch, z: Tensor, t: Tensor, count: int = 1, **asked: object
) -> Tensor:
    """What the program's own inference makes the UNet say of noisy latents z at t: guidance's unconditional
    rows, then the conditional ones. `count` subjects of each picture."""
    method = trained.layout
    specs = [
        spec(CAPTION, method=method, adapter="trial", width=64, height=64, steps=2,
             subjects=subjects(home, seen, picture, count), **asked)
        for picture in range(len(seen))
    ]  # fmt: skip
    folder = trained.loaded.info.path
    info = models.inspect("mini", folder)
    plans = [plan.make(each, info) for each in specs]
    loaded = opened(folder)
    file, state = plans[0].visual, {key: each.detach().clone() for key, each in trained.tensors().items()}
    assert file is not None
    loaded.adapters[file.path] = Adapter(file, project.build(file, state), state)
    made = conditions.build(loaded, ReferenceReader(loaded, home, no_faces), plans)
    made.conditions.strength.scale = made.conditions.scales(0)
    with attached(loaded.unet, made.frames(loaded.unet)):
        said: Tensor = loaded.unet(z, t, made.conditions.passes[0].text(0), return_dict=False)[0]
    return said


def half(file: Path) -> dict[str, Tensor]:
    return {key: value.float() for key, value in load_file(file).items()}
