"""FastComposer's fusion, arXiv 2305.10431: c'[i_j] = MLP(c[i_j] ‖ φ(s_j)) at the last token of each subject's
noun, learned through the UNet's attention as it renders, with L = L_noise + λ L_loc.

The default leaves the model as it is and makes a small file beside it. The paper's recipe tunes the UNet too:
the file then holds the tuned parts of the model as FastComposer's own file does.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal, cast

import torch
from msgspec import Meta, Struct
from torch import Tensor, nn

from core.diffusion.attention.attach import attached, cross_layers
from core.diffusion.attention.frame import Frame, text_only
from core.diffusion.attention.regions import Regions
from core.diffusion.fastcomposer import PREFIX, PostFuse
from core.diffusion.load import CLIP_MEAN, CLIP_STD, ImageEncoder, Loaded
from core.diffusion.read import image_features
from core.diffusion.replace import vision_config
from core.errors import KnownError
from core.training import reading
from core.training.batch import Batch, Words
from core.training.data.noising import noised
from core.training.diffusing import Schedule
from core.training.losses.denoising import at_latents
from core.training.losses.fastcomposer import localisation, masked_denoising
from core.training.parts import adapters, looking
from core.training.parts.drawing import Noised, chance, noised_latents, one_view, shown
from core.training.parts.face_features import FaceFeatures
from core.training.parts.face_loss import FaceLoss
from core.training.parts.watching import Watched
from core.training.stage import Given, Group, Losses, Stage

LOCALISED = ("down_blocks.1.", "down_blocks.2.", "mid_block.", "up_blocks.1.", "up_blocks.2.")
"""Where the paper's L_loc looks, of the blocks that a model has."""
ALPHA = 0.7
"""Of delayed subject conditioning, for looking only."""
Share = Annotated[float, Meta(ge=0, le=1)]
Factor = Annotated[float, Meta(ge=0)]


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """`unet`: what learns beside the fusion: nothing, its text cross-attention, or all of it at `unet_factor`
    of the rate. `encoder_layers`: so many last layers of the image encoder learn too. Either writes the whole
    tuned model into the file. `localisation` is λ; `masked` and `uncond`: how often the loss counts only
    inside of the subjects, and how often the words are left out. `background`: what is around a view's
    subject. `least`, `most`, `bias`: see `Schedule.draw`. `identity`: factor of PhotoVerse's L_face beside
    the paper's own losses; `identity_below`, `identity_pictures`: see `FaceLoss`."""

    begin: Literal["scratch", "file"] = "scratch"
    unet: Literal["none", "cross", "all"] = "none"
    unet_factor: Factor = 0.1
    encoder_layers: Annotated[int, Meta(ge=0)] = 0
    background: Literal["noise", "plain"] = "noise"
    localisation: Factor = 1e-3
    masked: Share = 0.5
    uncond: Share = 0.1
    least: Annotated[int, Meta(ge=0)] = 0
    most: Annotated[int, Meta(ge=1)] = 1000
    bias: Share = 0.5
    identity: Factor = 0.0
    identity_below: Annotated[int, Meta(ge=0)] = 600
    identity_pictures: Annotated[int, Meta(ge=1)] = 4


class FastComposerStage(Stage):
    """Learns the fusion, and what the options add. The text encoder and the autoencoder stay as they are."""

    Options = Options
    papers = ("2305.10431",)

    def __init__(self, given: Given) -> None:
        super().__init__()
        self._options: Options = given.options
        self._loaded = _opened(given)
        tunes = self._options.unet != "none" or self._options.encoder_layers > 0
        self._whole = tunes or self._loaded.replaced is not None
        self._encoder = _encoder(self._loaded, self._whole)
        reading.trained_unet(self._loaded)
        self._schedule = Schedule(self._loaded.scheduler_config, given.device)
        self.fusion = _fusion(self._loaded, self._encoder, self._options.begin)
        self.tuned = _tuned(self._unet, self._encoder.model, self._options)
        self._faces = self._face_loss(given.device) if self._options.identity else None
        self.requires_grad_(True)

    def groups(self) -> Iterable[Group]:
        slow = self._options.unet_factor
        factors = {"fusion": 1.0, "cross": 1.0, "unet": slow, "encoder": slow}
        for name, part in {"fusion": self.fusion, **self.tuned}.items():
            weights = list(part.parameters())
            yield Group([weight for weight in weights if weight.ndim > 1], factors[name])
            yield Group([weight for weight in weights if weight.ndim <= 1], factors[name], decay=False)

    def forward(self, batch: Batch, step: int) -> Losses:
        options, device = self._options, batch.pixels.device
        dropped = chance(len(batch), options.uncond, device)
        t = self._schedule.draw(len(batch), options.least, self._most, options.bias)
        given = noised_latents(self._loaded, self._schedule, batch.pixels, t)
        words = [Words("") if out else each for out, each in zip(dropped.tolist(), batch.words, strict=True)]
        states, rows, acting = self.conditions(words, *one_view(batch), batch.present)
        said, maps = self.say(given, states, rows)
        masks = at_latents(batch.masks, *given.z0.shape[-2:]) * batch.present[..., None, None]
        masked = chance(len(batch), options.masked, device)
        target = self._schedule.target(given.z0, given.noise, t)
        noise = masked_denoising(said, target, masks, masked)
        local = _local(maps, masks, acting)
        terms = {"noise": (1.0, noise), "localisation": (options.localisation, local)}
        if self._faces is not None:
            terms["identity"] = (options.identity, self._faces(batch, given, said, ~dropped))
        total = torch.stack([factor * term for factor, term in terms.values()]).sum()
        return Losses(total, {name: term.detach() for name, (_, term) in terms.items()})

    def conditions(
        self, words: Sequence[Words], views: Tensor, masks: Tensor, present: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """The text states with the subjects fused (B, L, D); the row of each one's token (B, M), 0 without
        one; and who has one (B, M). `views` (B, M, 3, S, S) in [0, 1], `masks` (B, M, 1, S, S)."""
        plain = reading.text_states(self._loaded, [each.caption for each in words])
        embeddings = self._embeddings(views, masks)
        places = [
            (picture, subject, found[-1])
            for picture, each in enumerate(words)
            for subject, found in enumerate(reading.rows_of(self._loaded, each)[: present.shape[1]])
            if found
        ]
        where = torch.tensor(places, dtype=torch.long, device=plain.device).reshape(-1, 3)
        picture, subject, row = where.unbind(-1)
        rows, has = torch.zeros_like(present, dtype=torch.long), torch.zeros_like(present)
        rows[picture, subject], has[picture, subject] = row, True
        token = plain[picture, row]
        fused = self.fusion(token, embeddings[picture, subject]).to(plain.dtype)
        states = plain.clone()
        states[picture, row] = torch.where(present[picture, subject][:, None], fused, token)
        return states, rows, has & present

    def say(self, given: Noised, states: Tensor, rows: Tensor) -> tuple[Tensor, list[Tensor]]:
        """What the UNet says, and the maps (B, M, P) of the layers that L_loc looks at."""
        layers = cross_layers(self._unet)
        watched = {each.name: Watched(rows) for each in layers if each.name.startswith(LOCALISED)}
        frames = {each.name: Frame(watched.get(each.name, text_only)) for each in layers}
        with attached(self._unet, frames):
            said = self._unet(given.z, given.t, encoder_hidden_states=states, return_dict=False)[0]
        return said, [cast(Tensor, each.maps) for each in watched.values()]

    def write(self, model: Path) -> list[Path]:
        return [adapters.write(model, "fastcomposer", self._tensors())]

    @torch.no_grad()
    def look(self, batch: Batch) -> Tensor:
        """For each picture its subjects' views and what is made of its words with them."""
        count, size = min(looking.MOST, len(batch)), (batch.pixels.shape[2], batch.pixels.shape[3])
        words, present = batch.words[:count], batch.present[:count]
        views, masks = batch.views[:count, :, 0], batch.view_masks[:count, :, 0]
        plain = reading.text_states(self._loaded, [each.caption for each in words])
        empty = reading.text_states(self._loaded, [""] * count)
        fused = self.conditions(words, views, masks, present)[0]
        early, late = torch.cat([empty, plain]), torch.cat([empty, fused])
        first = round((1 - ALPHA) * looking.STEPS)
        made = looking.pictures(self._loaded, lambda step: late if step >= first else early, size=size)
        return looking.beside(*shown(views, masks, present).unbind(1), made)

    @property
    def _unet(self) -> Any:
        # Kept as an attribute of its own, all of it would be registered as learning.
        return self._loaded.unet

    @property
    def _most(self) -> int:
        return min(self._options.most, len(self._schedule.alphas))

    def _face_loss(self, device: torch.device) -> FaceLoss:
        below, most = self._options.identity_below, self._options.identity_pictures
        return FaceLoss(self._loaded, self._schedule, FaceFeatures().to(device), below, most)

    def _embeddings(self, views: Tensor, masks: Tensor) -> Tensor:
        """φ of each subject (B, M, E)."""
        encoder = self._encoder
        if self.training and self._options.background == "noise":
            views, masks = noised(views, masks), torch.ones_like(masks)
        pixels = reading.composed(encoder, views, masks).flatten(0, 1)
        with torch.set_grad_enabled(torch.is_grad_enabled() and self._options.encoder_layers > 0):
            return image_features(encoder, "pooled", pixels).unflatten(0, views.shape[:2])

    def _tensors(self) -> dict[str, Tensor]:
        """By their names in FastComposer's own file; the fusion alone where nothing else was tuned."""
        own = {f"{PREFIX}{key}": value for key, value in self.fusion.state_dict().items()}
        parts = {
            "unet": self._unet,
            "text_encoder": self._loaded.text_encoders[0].model,
            "image_encoder": self._encoder.model,
        }
        for name, part in parts.items() if self._whole else ():
            own |= {f"{name}.{key}": value for key, value in part.state_dict().items()}
        return own


def _local(maps: Sequence[Tensor], masks: Tensor, acting: Tensor) -> Tensor:
    """L_loc, the mean over layers; 0 for a model that has none of them."""
    at = Regions(masks)
    layers = [localisation(each, at.at(each.shape[-1]), acting) for each in maps]
    return torch.stack(layers).mean() if layers else masks.new_zeros(())


def _opened(given: Given) -> Loaded:
    """The model; with the tuned parts of a file that has them, when that is what is learned on."""
    loaded = reading.open_model(given.model, given.device)
    if given.options.begin == "scratch":
        return loaded
    info = loaded.info.adapter("fastcomposer")
    return replace(loaded, replaced=info) if info.replaces else loaded


def _encoder(loaded: Loaded, whole: bool) -> ImageEncoder:
    """What φ is read with. Raises KnownError for one that FastComposer's layout cannot hold."""
    encoder = loaded.fusion_encoder
    if not whole:
        return encoder
    told, own = vision_config(encoder.model.state_dict()), encoder.model.config
    for name in ("num_attention_heads", "hidden_act", "image_size", "patch_size"):
        if getattr(told, name) != getattr(own, name):
            raise KnownError(
                f"FastComposer's file says nothing of {name}, and this model's image encoder has "
                f"{getattr(own, name)} instead of {getattr(told, name)}. Leave UNet and encoder as they are: "
                'unet = "none", encoder_layers = 0.'
            )
    return replace(encoder, mean=CLIP_MEAN, std=CLIP_STD)


def _fusion(loaded: Loaded, encoder: ImageEncoder, begin: str) -> PostFuse:
    """As random as PyTorch makes it, or that of the model's file."""
    if begin == "file":
        stored = loaded.adapter(loaded.info.adapter("fastcomposer")).projection
        return cast(PostFuse, stored).train()
    text = loaded.text_encoders[0].model.config.hidden_size
    fusion = PostFuse(text, encoder.model.config.projection_dim, (text, text))
    return fusion.to(loaded.device)


def _tuned(unet: Any, encoder: Any, options: Options) -> nn.ModuleDict:
    """The parts of the model that learn, by name; what is left out stays frozen."""
    tuned: dict[str, nn.Module] = {}
    if options.unet == "cross":
        tuned["cross"] = nn.ModuleList(layer.attention for layer in cross_layers(unet))
    if options.unet == "all":
        tuned["unet"] = unet
    if options.encoder_layers:
        vision = encoder.vision_model
        last = list(vision.encoder.layers)[-options.encoder_layers :]
        tuned["encoder"] = nn.ModuleList([*last, vision.post_layernorm, encoder.visual_projection])
    return nn.ModuleDict(tuned)
