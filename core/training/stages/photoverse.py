"""PhotoVerse, arXiv 2309.05793: pseudo-words before the text encoder, a LoRA on the text's keys and values,
new keys and values for the image; learned with random fusion of the two branches, through the attention that
renders. What learns is in `core.training.parts.photoverse_weights`, its equations are in the losses of that
name.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import torch
from msgspec import Meta, Struct
from torch import Tensor

from core.diffusion.attention.attach import attached
from core.diffusion.load import Loaded
from core.training import reading
from core.training.batch import Batch, Words
from core.training.diffusing import Schedule
from core.training.losses.denoising import denoising, face_weights
from core.training.losses.photoverse import R1, R2, random_fusion, text_regulariser, visual_regulariser
from core.training.parts import adapters, looking, photoverse_weights
from core.training.parts.drawing import Noised, chance, noised_latents, one_view, shown
from core.training.parts.face_features import FaceFeatures, MarkFinder
from core.training.parts.face_loss import FaceLoss
from core.training.parts.photoverse_conditions import Asked, Conditions, Fusion, conditions
from core.training.stage import Given, Group, Losses, Stage

Share = Annotated[float, Meta(ge=0, le=1)]
Factor = Annotated[float, Meta(ge=0)]
Count = Annotated[int, Meta(ge=1)]


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """`adapters`: so many layers of the image encoder have a text and an image adapter; `words`: all of them
    make S* as in the paper, or one, the deepest, as pictures are made by default, or either. `face_weight`:
    how many times the denoising loss counts inside of faces, 1 in the paper; `face_below`, `face_pictures`:
    see `FaceLoss`; `marks`: where a face's landmarks are taken from. `uncond`: how often words and references
    are left out, for guidance; the paper does not say. `whiten`: the adapters learn from standardised
    features. `values_factor`: the rate of W_v^S. `least`, `most`, `bias`: see `Schedule.draw`."""

    begin: Literal["scratch", "file"] = "scratch"
    adapters: Count = 5
    words: Literal["all", "one", "either"] = "all"
    rank: Count = 8
    whiten: bool = True
    r1: Share = R1
    r2: Share = R2
    face: Literal["pixels", "off"] = "pixels"
    face_below: Annotated[int, Meta(ge=0)] = 600
    face_pictures: Count = 8
    marks: Literal["boxes", "found"] = "boxes"
    lambda_face: Factor = 0.01
    lambda_rt: Factor = 0.01
    lambda_rv: Factor = 0.001
    face_weight: Annotated[float, Meta(ge=1)] = 2.0
    uncond: Share = 0.1
    values_factor: Factor = 0.5
    least: Annotated[int, Meta(ge=0)] = 0
    most: Count = 1000
    bias: Share = 0.5


class PhotoVerseStage(Stage):
    """Learns both branches; the model itself stays as it is."""

    Options = Options
    papers = ("2309.05793",)

    def __init__(self, given: Given) -> None:
        super().__init__()
        options: Options = given.options
        self._options = options
        self._loaded = reading.open_model(given.model, given.device)
        reading.trained_unet(self._loaded)
        self._schedule = Schedule(self._loaded.scheduler_config, given.device)
        if options.begin == "file":
            self.weights = photoverse_weights.stored(self._loaded)
        else:
            self.weights = photoverse_weights.fresh(
                self._loaded, options.adapters, options.rank, options.whiten
            )
        self._most_words = len(self.weights.adapters.header.encoder_layers)
        self._nothing = self.seen(*_no_view(self._loaded))[0, 0]
        self._face = self._face_loss(given.device) if options.face == "pixels" else None

    def groups(self) -> Iterable[Group]:
        others = list(self.weights.others())
        yield Group([weight for weight in others if weight.ndim > 1])
        yield Group([weight for weight in others if weight.ndim == 1], decay=False)
        yield Group(self.weights.values, self._options.values_factor)

    def forward(self, batch: Batch, step: int) -> Losses:
        options, loaded = self._options, self._loaded
        t = self._schedule.draw(
            len(batch), options.least, min(options.most, len(self._schedule.alphas)), options.bias
        )
        given = noised_latents(loaded, self._schedule, batch.pixels, t)
        layers = self.seen(*one_view(batch))
        if self.weights.unmeasured and bool(batch.present.any()):
            self.weights.measure(layers[batch.present])
        fusion = self.draw(len(batch), batch.pixels.device)
        conditions = self.conditions(batch.words, layers, batch.present, fusion, self._words())
        said = self.say(given.z, t, conditions)
        return self._losses(batch, given, said, conditions, fusion)

    def draw(self, count: int, device: torch.device) -> Fusion:
        """The random fusion of each picture; both branches where nothing is read."""
        dropped = chance(count, self._options.uncond, device)
        drawn = random_fusion(torch.rand(count, device=device), self._options.r1, self._options.r2)
        gamma, sigma = (each.masked_fill(dropped, 1.0) for each in drawn)
        return Fusion(gamma, sigma, dropped)

    @torch.no_grad()
    def seen(self, views: Tensor, masks: Tensor) -> Tensor:
        """Views (B, M, 3, S, S) in [0, 1], masks (B, M, 1, S, S) → class tokens (B, M, N + 1, E)."""
        encoder = self._loaded.image_encoder
        pixels = reading.composed(encoder, views, masks).flatten(0, 1)
        return reading.features(encoder, "layers", pixels).unflatten(0, views.shape[:2])

    def conditions(
        self, words: Sequence[Words], layers: Tensor, present: Tensor, fusion: Fusion, m: int
    ) -> Conditions:
        """Both branches of B pictures. `layers` (B, M, N + 1, E): class tokens of the subjects' views."""
        given = Asked(words, layers, self._nothing, present, fusion, m)
        return conditions(self._loaded, self._unet, self.weights, given)

    def say(self, z: Tensor, t: Tensor, given: Conditions) -> Tensor:
        """What the UNet says of z_t (B, C, h, w)."""
        with attached(self._unet, given.frames):
            said: Tensor = self._unet(z, t, encoder_hidden_states=given.states, return_dict=False)[0]
        return said

    def write(self, model: Path) -> list[Path]:
        header = photoverse_weights.header(self.weights)
        return [adapters.write(model, "photoverse", self.weights.tensors(), header)]

    @torch.no_grad()
    def look(self, batch: Batch) -> Tensor:
        """For each picture its subjects' views and what is made of its words with them, as the program's
        defaults have it: one pseudo-word, both branches."""
        count, size = min(looking.MOST, len(batch)), (batch.pixels.shape[2], batch.pixels.shape[3])
        views, masks, present = (
            batch.views[:count, :, 0],
            batch.view_masks[:count, :, 0],
            batch.present[:count],
        )
        layers = self.seen(views, masks).repeat(2, 1, 1, 1)
        ones = torch.ones(2 * count, device=views.device)
        fusion = Fusion(ones, ones, ones.cumsum(0) <= count)
        given = self.conditions(batch.words[:count] * 2, layers, present.repeat(2, 1), fusion, 1)
        frames = attached(self._unet, given.frames)
        made = looking.pictures(self._loaded, lambda step: given.states, frames, size)
        return looking.beside(*shown(views, masks, present).unbind(1), made)

    @property
    def _unet(self) -> Any:
        # Kept as an attribute of its own, all of it would be registered as learning.
        return self._loaded.unet

    def _losses(
        self, batch: Batch, given: Noised, said: Tensor, conditions: Conditions, fusion: Fusion
    ) -> Losses:
        """L = L_diffusion + λ_face L_face + λ_rt L_rt + λ_rv L_rv."""
        options = self._options
        scale, (height, width) = self._loaded.info.scale_factor, said.shape[-2:]
        times = face_weights(batch.faces, height, width, scale, options.face_weight)
        target = self._schedule.target(given.z0, given.noise, given.t)
        terms = {
            "diffusion": denoising(said, target, times),
            "rt": text_regulariser(conditions.words, batch.present),
            "rv": visual_regulariser(conditions.values, batch.present),
        }
        total = terms["diffusion"] + options.lambda_rt * terms["rt"] + options.lambda_rv * terms["rv"]
        if self._face is not None:
            terms["face"] = self._face(batch, given, said, ~fusion.dropped)
            total = total + options.lambda_face * terms["face"]
        return Losses(total, {name: value.detach() for name, value in terms.items()})

    def _words(self) -> int:
        """m of this step."""
        one = self._options.words == "one"
        if self._options.words == "either":
            one = bool(torch.rand(()) < 0.5)
        return 1 if one else self._most_words

    def _face_loss(self, device: torch.device) -> FaceLoss:
        options = self._options
        finder = MarkFinder() if options.marks == "found" else None
        features = FaceFeatures().to(device)
        return FaceLoss(
            self._loaded, self._schedule, features, options.face_below, options.face_pictures, finder
        )


def _no_view(loaded: Loaded) -> tuple[Tensor, Tensor]:
    """What stands for no reference: a view that is masked out, of one subject in one picture."""
    side = loaded.image_encoder.size
    views = torch.zeros(1, 1, 3, side, side, device=loaded.device)
    return views, views[:, :, :1]
