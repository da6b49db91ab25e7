"""The autoencoder: pictures → latents → pictures that show the same people.

Train the image encoder first: its features, frozen, are what the perceptual term compares. A UNet knows the
latents it learned on: after this stage it must learn again, unless `learn` is "decoder", which keeps them.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal

import torch
import torch.nn.functional as F
from msgspec import Meta, Struct
from torch import Tensor

from core.training import reading
from core.training.batch import Batch
from core.training.config import NotNegative, Positive
from core.training.losses import autoencoder as losses
from core.training.parts.discriminator import Discriminator
from core.training.parts.face_features import FaceFeatures, aligned, usual_marks
from core.training.parts.learning import groups_of, trained
from core.training.parts.writing import write_parts
from core.training.stage import Given, Group, Losses, Stage

SMALLEST = 16.0
"""Pixels of a face's box, below which it tells nobody who it is."""
MOST_FACES = 16
"""In one step: SFace sees each of them twice."""
KEPT = 0.98
"""Of the latents' measured moments at each step."""

Weighed = dict[str, tuple[float, Tensor]]
"""A term's weight, and the term."""


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """Weights of the terms of `losses.autoencoder`. `perceptual`: of the image encoder's features of a window
    of its own size; `faces`: of SFace's, of the faces. `adversarial` counts from step `adversarial_from` on,
    and the discriminator, `channels` wide, learns from then on at `discriminator_rate` times the rate.

    Measured at the pixels of version 0.5's reconstructions, the gradients of `perceptual`, `faces` and
    `identity` are then equally long, about three times those of the plain differences, and `adversarial`'s
    as long as these. More for SFace alone could be had by noise that pleases it."""

    learn: Literal["all", "decoder"] = "all"
    perceptual: NotNegative = 0.1
    faces: NotNegative = 0.02
    identity: NotNegative = 0.02
    scale: NotNegative = 0.1
    divergence: NotNegative = 1e-6
    adversarial: NotNegative = 0.1
    adversarial_from: Annotated[int, Meta(ge=0)] = 500
    discriminator_rate: Positive = 1.0
    channels: Annotated[int, Meta(ge=4, le=512)] = 32


class AutoencoderStage(Stage):
    """AutoencoderTiny or AutoencoderKL, whichever the folder holds. `moments`: the weight, the mean and the
    mean square of the latents lately, each times that weight."""

    Options = Options
    papers = ("1801.03924", "1611.07004", "1705.02894", "2012.09841", "2205.12010")
    moments: Tensor

    def __init__(self, given: Given) -> None:
        super().__init__()
        self.options: Options = given.options
        loaded = reading.open_model(given.model, given.device)
        self.vae: Any = trained(loaded.vae)
        if self.options.learn == "decoder":
            self.vae.encoder.requires_grad_(False)
            if getattr(self.vae, "quant_conv", None) is not None:
                self.vae.quant_conv.requires_grad_(False)
        self.discriminator = Discriminator(self.options.channels) if self.options.adversarial else None
        self.register_buffer("moments", torch.zeros(3))
        self._std = 1 / float(self.vae.config.scaling_factor)
        # In a tuple: what is frozen is none of this module's weights.
        wanted = self.options.faces or self.options.identity
        self._frozen = (loaded, FaceFeatures().to(given.device) if wanted else None)

    def forward(self, batch: Batch, step: int) -> Losses:
        true = batch.pixels
        latents, divergence = self._encoded(true)
        made = self.vae.decode(latents, return_dict=False)[0].float()
        weighed = {
            "reconstruction": (1.0, losses.reconstruction(made, true)),
            **self._of_latents(latents, divergence),
            **self._perceptual(made, true),
            **self._of_faces(made, batch),
            **self._adversarial(made, true, step),
        }
        self._measure(latents)
        total = torch.stack([weight * term for weight, term in weighed.values()]).sum()
        return Losses(total, {name: term.detach() for name, (_, term) in weighed.items()})

    def groups(self) -> Iterable[Group]:
        groups = groups_of(self.vae)
        if self.discriminator is not None:
            groups += groups_of(self.discriminator, self.options.discriminator_rate)
        return groups

    def write(self, model: Path) -> list[Path]:
        """The autoencoder, and the factor that gives its latents a standard deviation of 1."""
        count, mean, square = self.moments.tolist()
        if self.options.learn == "all" and count:
            std = (square / count - (mean / count) ** 2) ** 0.5
            self.vae.register_to_config(scaling_factor=round(1 / std, 4))
        return write_parts(model, {"vae": self.vae})

    @torch.no_grad()
    def look(self, batch: Batch) -> Tensor:
        """Originals over what became of them."""
        made = self.vae.decode(self._encoded(batch.pixels)[0], return_dict=False)[0]
        return (torch.cat([batch.pixels, made.float()], dim=2) / 2 + 0.5).clamp(0, 1)

    def _encoded(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """Latents as the decoder takes them, and their divergence from N(0, 1) where the encoder says one."""
        with torch.set_grad_enabled(torch.is_grad_enabled() and self.options.learn == "all"):
            encoded = self.vae.encode(pixels.contiguous())
            if hasattr(encoded, "latents"):
                return encoded.latents, pixels.new_zeros(())
            said = encoded.latent_dist
            return said.sample(), losses.divergence(said.mean, said.logvar)

    def _of_latents(self, latents: Tensor, divergence: Tensor) -> Weighed:
        if self.options.learn == "decoder":
            return {}
        said = {"scale": (self.options.scale, losses.scale(latents, self._std))}
        return said | (
            {"divergence": (self.options.divergence, divergence)} if divergence.requires_grad else {}
        )

    def _perceptual(self, made: Tensor, true: Tensor) -> Weighed:
        if not self.options.perceptual:
            return {}
        side = self._frozen[0].image_encoder.size
        window = _window(true, side)
        with torch.no_grad():
            wanted = self._seen(true[window])
        found = self._seen(made[window])
        return {"perceptual": (self.options.perceptual, losses.perceptual(found, wanted))}

    def _seen(self, pixels: Tensor) -> list[Tensor]:
        """What the image encoder's layers say at each of its patches, the class token left out."""
        encoder = self._frozen[0].image_encoder
        pixels = F.interpolate(pixels, (encoder.size,) * 2, mode="bilinear", antialias=True) / 2 + 0.5
        given = reading.composed(encoder, pixels, torch.ones_like(pixels[:, :1]))
        states = encoder.model(given, output_hidden_states=True).hidden_states
        return [state[:, 1:] for state in states[1:]]

    def _of_faces(self, made: Tensor, batch: Batch) -> Weighed:
        recogniser = self._frozen[1]
        if recogniser is None:
            return {}
        pictures, boxes = _faces(batch.faces)
        marks = usual_marks(boxes)
        with torch.no_grad():
            who, wanted = recogniser.with_stages(aligned(batch.pixels, pictures, marks))
        who_now, found = recogniser.with_stages(aligned(made, pictures, marks))
        return {
            "faces": (self.options.faces, losses.perceptual(_flat(found), _flat(wanted))),
            "identity": (self.options.identity, losses.identity(who_now, who)),
        }

    def _adversarial(self, made: Tensor, true: Tensor, step: int) -> Weighed:
        """Both sides at once: the autoencoder is judged by a discriminator that does not learn from it, and
        the discriminator sees pictures that lead back to nobody. Before its time both count 0 times: every
        weight has a gradient at every step, as several processes need it."""
        if self.discriminator is None:
            return {}
        now = float(step >= self.options.adversarial_from)
        words = self.discriminator(true), self.discriminator(made.detach())
        return {
            "generator": (now * self.options.adversarial, losses.generator(self.discriminator.judged(made))),
            "discriminator": (now, losses.discriminator(*words)),
        }

    @torch.no_grad()
    def _measure(self, latents: Tensor) -> None:
        z = latents.float()
        now = torch.stack([torch.ones_like(z.mean()), z.mean(), z.square().mean()])
        self.moments.lerp_(now, 1 - KEPT)


def _window(pictures: Tensor, side: int) -> tuple[Any, ...]:
    """The same piece of every picture, `side` pixels or all there is: details are lost in small pictures of
    it."""
    starts = [int(torch.randint(max(1, size - side + 1), (1,))) for size in pictures.shape[2:]]
    return (..., *(slice(start, start + side) for start in starts))


def _faces(boxes: Tensor) -> tuple[Tensor, Tensor]:
    """Boxes (B, M, 4) → which picture each usable face is in, (N,), and its box, (N, 4)."""
    sides = boxes[..., 2:] - boxes[..., :2]
    usable = (sides >= SMALLEST).all(-1)  # false for NaN
    pictures, places = usable.nonzero()[:MOST_FACES].unbind(1)
    return pictures, boxes[pictures, places]


def _flat(maps: list[Tensor]) -> list[Tensor]:
    """(N, C, h, w) → (N, P, C)."""
    return [each.flatten(2).transpose(1, 2) for each in maps]
