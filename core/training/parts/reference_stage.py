"""What the stages of IP-Adapter and MIP-Adapter share: the base model stays as it is; noise is laid on the
picture; its subjects' references act in cross-attention by the very code that renders; what the UNet says is
compared with what it should."""

from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import torch
from msgspec import Meta, Struct
from torch import Tensor

from core.diffusion.attention.attach import CrossLayer, attached
from core.diffusion.attention.frame import Frame, Mix
from core.diffusion.attention.ip_adapter import ImageTokens, References, Strength
from core.methods import Layout
from core.training import reading
from core.training.batch import Batch
from core.training.diffusing import Schedule
from core.training.losses.denoising import denoising, face_weights
from core.training.losses.ip_adapter import Dropped
from core.training.parts import adapters, looking
from core.training.parts.adapters import ImageAdapter, Sight
from core.training.parts.drawing import noised_latents
from core.training.parts.face_features import FaceFeatures
from core.training.parts.face_loss import FaceLoss
from core.training.stage import Given, Group, Losses, Stage

Share = Annotated[float, Meta(ge=0, le=1)]
HIDDEN = 0.5
"""The grey in which a look shows what was cut away of a reference."""


class ReferenceOptions(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`name`: of the file, that of its layout when empty. `drop_…`: how many pictures go without their image
    alone, their text alone, and both. t is drawn from `least` to the last step, and a share `below` of them
    from all steps: under `least` the noisy latents already tell who it is. `bias` as in `Schedule.draw`.
    `face`: how many times an error inside a face of the picture's subjects counts; 1 is the paper's.
    `identity`: factor of PhotoVerse's L_face on those faces, beside the papers' own losses; at 0.3 it smears
    faces, 0.05 to 0.1 is worth a trial. `identity_below`, `identity_pictures`: see `FaceLoss`."""

    name: str = ""
    drop_image: Share = 0.05
    drop_text: Share = 0.05
    drop_both: Share = 0.05
    least: Annotated[int, Meta(ge=0)] = 300
    below: Share = 0.1
    bias: Share = 0.0
    face: Annotated[float, Meta(ge=1)] = 2.0
    identity: Annotated[float, Meta(ge=0)] = 0.0
    identity_below: Annotated[int, Meta(ge=0)] = 600
    identity_pictures: Annotated[int, Meta(ge=1)] = 4

    def __post_init__(self) -> None:
        if self.drop_image + self.drop_text + self.drop_both > 1:
            raise ValueError("drop_image, drop_text and drop_both are more than 1 together")


@dataclass(frozen=True)
class Conditioned:
    """What B rows are made from: the UNet's words (B, L, D), and what every layer is given."""

    text: Tensor
    image: ImageTokens
    strength: Strength
    batch: Batch
    dropped: Dropped


@dataclass(frozen=True)
class Acting:
    """The references of some rows at work, for one pass through the UNet or one look. `mix`: what each layer
    does with them; `beside`: after the pass, for latents of (h, w), what else is minimised, each with its
    factor."""

    mix: Callable[[CrossLayer, References], Mix]
    beside: Callable[[int, int], Mapping[str, tuple[float, Tensor]]] = lambda height, width: {}


class ReferenceStage(Stage):
    """`layout`: of the file it leaves."""

    layout: Layout
    adapter: ImageAdapter

    def __init__(self, given: Given) -> None:
        super().__init__()
        self.options = given.options
        self.loaded = reading.open_model(given.model, given.device)
        self.schedule = Schedule(self.loaded.scheduler_config, given.device)
        reading.trained_unet(self.loaded)
        self.adapter = self.begin()
        self.sight = Sight(self.loaded.image_encoder, self.adapter.features)
        self.faces = self._face_loss(given.device) if self.options.identity else None

    @abstractmethod
    def begin(self) -> ImageAdapter:
        """What learns, as it is before the first step."""

    @abstractmethod
    def shown(self, batch: Batch, drawn: bool) -> Batch:
        """The subjects and views that act. `drawn`: by chance, else the same every time."""

    @abstractmethod
    def act(self, given: Conditioned) -> Acting:
        """How the references of these rows act."""

    def forward(self, batch: Batch, step: int) -> Losses:
        options, batch = self.options, self.shown(batch, drawn=True)
        noised = noised_latents(self.loaded, self.schedule, batch.pixels, self.draw(len(batch)))
        u = torch.rand(len(batch), device=noised.z.device)
        dropped = Dropped.drawn(u, options.drop_image, options.drop_text, options.drop_both)
        given = self.conditioned(batch, dropped)
        acting = self.act(given)
        with attached(self.unet, self.frames(given, acting)):
            said = self.unet(noised.z, noised.t, given.text, return_dict=False)[0]
        target = self.schedule.target(noised.z0, noised.noise, noised.t)
        height, width = target.shape[2:]
        loss = denoising(said, target, self.weights(batch, height, width))
        terms = {"denoising": (1.0, loss), **acting.beside(height, width)}
        if self.faces is not None:
            terms["identity"] = (options.identity, self.faces(batch, noised, said, ~dropped.image))
        return _summed(terms)

    def draw(self, count: int) -> Tensor:
        """t (count,)."""
        late = self.schedule.draw(count, self.options.least, bias=self.options.bias)
        anywhere = self.schedule.draw(count, bias=self.options.bias)
        return torch.where(torch.rand(count, device=late.device) < self.options.below, anywhere, late)

    def weights(self, batch: Batch, height: int, width: int) -> Tensor | None:
        """Of every latent position, (B, 1, h, w)."""
        if self.options.face == 1:
            return None
        return face_weights(batch.faces, height, width, self.loaded.info.scale_factor, self.options.face)

    def conditioned(self, batch: Batch, dropped: Dropped) -> Conditioned:
        captions = [
            "" if without else words.caption
            for words, without in zip(batch.words, dropped.text.tolist(), strict=True)
        ]
        text = reading.text_states(self.loaded, captions)
        # A new tensor at every step: it stands for a new strength.
        strength = Strength(batch.present.float())
        return Conditioned(text, self.tokens(batch, dropped), strength, batch, dropped)

    def tokens(self, batch: Batch, dropped: Dropped) -> ImageTokens:
        """The mean of each subject's views' projected tokens, (B, M, T, D)."""
        features = self.sight.of(batch.views.flatten(0, 2), batch.view_masks.flatten(0, 2))
        features = features.float().unflatten(0, batch.views.shape[:3])  # (B, M, R, …)
        self.measure(features, batch.present)
        without = dropped.image[:, None] | ~batch.present  # (B, M)
        without = without.reshape(*without.shape, *[1] * (features.ndim - 2))
        features = torch.where(without, self.sight.nothing(features), features)
        tokens = self.adapter.tokens(features.flatten(0, 2)).unflatten(0, batch.views.shape[:3])
        return ImageTokens(tokens.mean(2))

    def measure(self, features: Tensor, present: Tensor) -> None:
        """The whitening, from the first batch's subjects; never from those that are only looked at."""
        whitening = self.adapter.whitening
        if self.training and whitening is not None and whitening.needed and bool(present.any()):
            whitening.measure(features[present])

    def references(self, layer: CrossLayer, given: Conditioned) -> References:
        weights, heads = self.adapter.layers.projections(layer), layer.attention.heads
        return References(given.image, weights, heads, given.strength)

    def groups(self) -> Iterable[Group]:
        """Values at half the rate: they are what acts at once. No decay of norms, biases and latents."""
        values = list(self.adapter.layers.to_v.parameters())
        known = set(map(id, values))
        others = [weight for weight in self.parameters() if id(weight) not in known]
        yield Group([weight for weight in others if weight.ndim == 2])
        yield Group([weight for weight in others if weight.ndim != 2], decay=False)
        yield Group(values, factor=0.5)

    def write(self, model: Path) -> list[Path]:
        return [adapters.write(model, self.options.name or self.layout, self.tensors())]

    def tensors(self) -> dict[str, Tensor]:
        """What is written, by name."""
        return self.adapter.tensors()

    @torch.no_grad()
    def look(self, batch: Batch) -> Tensor:
        """Rows of the references that act, and a picture made from them and the caption."""
        few = rows(self.shown(batch, drawn=False), list(range(min(looking.MOST, len(batch)))))
        twice = rows(few, list(range(len(few))) * 2)
        given = self.conditioned(twice, Dropped.halves(len(few), few.pixels.device))
        frames = attached(self.unet, self.frames(given, self.act(given)))
        size = (few.pixels.shape[2], few.pixels.shape[3])
        made = looking.pictures(self.loaded, lambda step: given.text, frames, size)
        seen = torch.lerp(torch.full_like(few.views, HIDDEN), few.views, few.view_masks)[:, :, 0]
        return looking.beside(*seen.unbind(1), made)

    def _face_loss(self, device: torch.device) -> FaceLoss:
        below, most = self.options.identity_below, self.options.identity_pictures
        return FaceLoss(self.loaded, self.schedule, FaceFeatures().to(device), below, most)

    @property
    def unet(self) -> Any:
        """Frozen, and not among this module's own parts."""
        return self.loaded.unet

    def frames(self, given: Conditioned, acting: Acting) -> dict[str, Frame]:
        return adapters.frames(self.unet, lambda layer: acting.mix(layer, self.references(layer, given)))


def _summed(terms: Mapping[str, tuple[float, Tensor]]) -> Losses:
    total = torch.stack([factor * term for factor, term in terms.values()]).sum()
    return Losses(total, {name: term.detach() for name, (_, term) in terms.items()})


def rows(batch: Batch, indices: list[int]) -> Batch:
    """Some pictures of a batch, in that order."""
    parts: dict[str, Any] = {
        name: value[indices] for name, value in vars(batch).items() if isinstance(value, Tensor)
    }
    return replace(batch, words=tuple(batch.words[index] for index in indices), **parts)
