"""The base model: UNet and text encoder learn together what captions look like; the autoencoder is frozen.

The plain loss, every step alike: with v-prediction, min-SNR weights (arXiv 2303.09556) starve the noisy
steps, which are those where it is decided who is in a picture and where. Noisy steps are drawn more often
instead.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any

import torch
from msgspec import Meta, Struct
from torch import Tensor

from core.training import reading
from core.training.batch import Batch
from core.training.config import NotNegative
from core.training.diffusing import Schedule
from core.training.losses.denoising import denoising, face_weights
from core.training.parts import looking
from core.training.parts.learning import groups_of, trained
from core.training.parts.writing import write_parts
from core.training.stage import Given, Group, Losses, Stage

Share = Annotated[float, Meta(ge=0, le=1)]
NOISY = 2 / 3
"""From this part of all steps on a picture is mostly noise."""


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """`empty`: how many captions are left out, for guidance. `bias`: how often the noisier of two drawn steps
    is taken. `face`: how many times a face counts. `text_rate`: of the text encoder, times the stage's rate;
    0 leaves it as it is. `checkpointing`: half the memory for a third more time."""

    empty: Share = 0.1
    bias: Share = 0.5
    face: Annotated[float, Meta(ge=1)] = 3.0
    text_rate: NotNegative = 0.25
    checkpointing: bool = False


class BaseStage(Stage):
    """Any model of SD 1.5's kind, from random weights or from learned ones."""

    Options = Options
    papers = ("2112.10752", "2202.00512", "2207.12598")

    def __init__(self, given: Given) -> None:
        super().__init__()
        self.options: Options = given.options
        loaded = reading.open_model(given.model, given.device)
        self._loaded = loaded
        self._schedule = Schedule(loaded.scheduler_config, given.device)
        self.unet: Any = trained(loaded.unet)
        if self.options.checkpointing:
            self.unet.enable_gradient_checkpointing()
        if self.options.text_rate:
            self.text: Any = trained(loaded.text_encoders[0].model)

    def forward(self, batch: Batch, step: int) -> Losses:
        z0 = reading.latents(self._loaded, batch.pixels)
        noise = torch.randn_like(z0)
        t = self._schedule.draw(len(z0), bias=self.options.bias)
        states = self._states(_some_empty([words.caption for words in batch.words], self.options.empty))
        said = self.unet(self._schedule.noisy(z0, noise, t), t, states).sample
        target = self._schedule.target(z0, noise, t)
        height, width = z0.shape[2:]
        weights = face_weights(batch.faces, height, width, batch.pixels.shape[2] // height, self.options.face)
        loss = denoising(said, target, weights)
        return Losses(loss, {"denoising": loss.detach(), **self._by_noise(said.detach(), target, t)})

    def groups(self) -> Iterable[Group]:
        groups = groups_of(self.unet)
        if self.options.text_rate:
            groups += groups_of(self.text, self.options.text_rate)
        return groups

    def write(self, model: Path) -> list[Path]:
        parts = {"unet": self.unet} | ({"text_encoder": self.text} if self.options.text_rate else {})
        return write_parts(model, parts)

    @torch.no_grad()
    def look(self, batch: Batch) -> Tensor:
        """Pictures of the batch's captions, from noise that is always the same."""
        captions = [words.caption for words in batch.words[: looking.MOST]]
        words = looking.guided(self._states([""] * len(captions)), self._states(captions))
        return looking.pictures(self._loaded, words)

    def _states(self, captions: Sequence[str]) -> Tensor:
        """(B, L, D), with gradients where the text encoder learns."""
        encoder, info = self._loaded.text_encoders[0], self._loaded.info
        ids = reading.token_ids(encoder, captions, info.tokens).to(self._loaded.device)
        states: Tensor = encoder.model(ids).last_hidden_state
        return states

    def _by_noise(self, said: Tensor, target: Tensor, t: Tensor) -> dict[str, Tensor]:
        """The loss of the noisy steps alone, and of the others: their mean hides which of them learns."""
        errors = (said.float() - target).square().mean((1, 2, 3))
        noisy = (t >= NOISY * len(self._schedule.alphas)).float()
        return {
            name: (errors * which).sum() / which.sum().clamp_min(1)
            for name, which in (("noisy steps", noisy), ("clear steps", 1 - noisy))
        }


def _some_empty(captions: Sequence[str], share: float) -> list[str]:
    """Each caption, or "" with that probability (arXiv 2207.12598 alg. 1)."""
    return [
        "" if left_out else text
        for text, left_out in zip(captions, torch.rand(len(captions)) < share, strict=True)
    ]
