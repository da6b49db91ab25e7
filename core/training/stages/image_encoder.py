"""The image encoder: who is who, from two views of the same subject.

Little is needed, and it must be frozen afterwards: trained on through the denoising loss it collapses, and
strangers meet at a cosine of 0.99. Its identity is the hash of its weights: adapters that name the encoder
they were trained with (PhotoVerse) are refused beside another, so this stage comes before the adapters', and
they are trained anew after it.
"""

import math
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import torch
import torch.nn.functional as F
from msgspec import Meta, Struct
from PIL import Image, ImageDraw
from torch import Tensor, nn

from core.errors import KnownError
from core.training import reading
from core.training.batch import Batch
from core.training.config import NotNegative, Positive
from core.training.losses import contrastive as losses
from core.training.parts.learning import groups_of, trained
from core.training.parts.writing import write_parts
from core.training.running.processes import gathered
from core.training.stage import Given, Group, Losses, Stage

LOOKED_AT = 8
GAP = 8
"""Pixels between one subject's views and the next one's."""


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """`pixels`: weight of the reconstruction of a view from its patches' features. `surroundings`: how many
    views are seen as they are, instead of cut out by their masks as references are. `sharpness`: 1/τ at the
    beginning. `decoder_rate`: of the decoder, times the stage's rate."""

    pixels: NotNegative = 0.5
    surroundings: Annotated[float, Meta(ge=0, le=1)] = 0.2
    sharpness: Annotated[float, Meta(ge=1, le=losses.MOST)] = 14.3
    decoder_rate: Positive = 3.0


class ImageEncoderStage(Stage):
    """`sharpness`: ln 1/τ, learned. `decoder` is thrown away at the end: it is only there so that the
    patches' features, which adapters read, keep what a subject looks like."""

    Options = Options
    papers = ("1807.03748", "2103.00020")

    def __init__(self, given: Given) -> None:
        super().__init__()
        self.options: Options = given.options
        self._encoder = reading.open_model(given.model, given.device).image_encoder
        self.model: Any = trained(self._encoder.model)
        self.sharpness = nn.Parameter(torch.tensor(math.log(self.options.sharpness)))
        config = self.model.config
        self.decoder = _decoder(config.hidden_size, config.patch_size) if self.options.pixels else None

    def forward(self, batch: Batch, step: int) -> Losses:
        rows, views = self._views(batch, self.options.surroundings)
        embeddings, patches = self._read(views.flatten(0, 1))
        total, terms = self._who_is_who(*self._everybody(batch, rows, embeddings.unflatten(0, (2, -1))))
        if self.decoder is not None:
            terms["pixels"] = losses.pixels(self.decoder(patches), views.flatten(0, 1))
            total = total + self.options.pixels * terms["pixels"]
        return Losses(total, {name: term.detach() for name, term in terms.items()})

    def groups(self) -> Iterable[Group]:
        groups = [*groups_of(self.model), Group([self.sharpness], decay=False)]
        return groups + (groups_of(self.decoder, self.options.decoder_rate) if self.decoder else [])

    def write(self, model: Path) -> list[Path]:
        return write_parts(model, {"image_encoder": self.model})

    @torch.no_grad()
    def look(self, batch: Batch) -> Tensor | None:
        """Of each subject two views and the stranger that is most like it, under them the cosines to the
        first."""
        rows, views = self._views(batch, surroundings=0)
        if len(rows) < 2:
            return None
        rows, views = rows[:LOOKED_AT], views[:, :LOOKED_AT]
        first, second = self._read(views.flatten(0, 1))[0].unflatten(0, (2, -1))
        cosines, again = losses.cosines(first, second), losses.again(batch.identities.flatten()[rows])
        own = torch.eye(len(rows), dtype=torch.bool, device=rows.device)
        strangers = cosines.masked_fill(again | own, -2).max(1)
        seen = (views * self._pixel("std") + self._pixel("mean")).clamp(0, 1)
        sheets = torch.cat([seen[0], seen[1], seen[1][strangers.indices]], dim=3)
        said = torch.stack([cosines.diagonal(), strangers.values], dim=1).tolist()
        written = [_written_on(sheet, figures) for sheet, figures in zip(sheets, said, strict=True)]
        return F.pad(torch.stack(written), (0, GAP, 0, GAP))

    def _views(self, batch: Batch, surroundings: float) -> tuple[Tensor, Tensor]:
        """Which of the B M subjects are there, (N,), and two views of each as the encoder reads them, (2, N,
        3, S, S)."""
        if batch.views.shape[2] < 2:
            raise KnownError(
                "The image encoder learns from two different pictures of each subject; this data gives one. "
                "Choose data with at least two crops of every subject."
            )
        rows = (batch.present & (batch.identities >= 0)).flatten().nonzero().flatten()
        views, masks = (of.flatten(0, 1)[rows, :2] for of in (batch.views, batch.view_masks))
        whole = torch.rand(views.shape[:2], device=views.device) < surroundings
        masks = torch.where(whole[..., None, None, None], 1, masks)
        return rows, reading.composed(self._encoder, views, masks).transpose(0, 1)

    def _read(self, views: Tensor) -> tuple[Tensor, Tensor]:
        """(N, 3, S, S) → embeddings of unit length (N, E), and the patches' features that adapters read, (N,
        P, D)."""
        count = len(views)  # the encoder cannot read nothing, and its weights are to have their gradients
        said = self.model(views if count else views.new_zeros(1, *views.shape[1:]), output_hidden_states=True)
        return F.normalize(said.image_embeds.float(), dim=-1)[:count], said.hidden_states[-2][:count, 1:]

    def _who_is_who(self, who: Tensor, first: Tensor, second: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        with torch.no_grad():
            self.sharpness.clamp_(max=math.log(losses.MOST))
        cosines, again = losses.cosines(first, second), losses.again(who)
        loss = losses.contrastive(cosines, again, self.sharpness.exp())
        return loss, {
            "contrastive": loss,
            "pair accuracy": losses.accuracy(cosines, again),
            "strangers' cosine": losses.strangers(cosines, again),
            "sharpness": self.sharpness.exp(),
        }

    def _everybody(self, batch: Batch, rows: Tensor, own: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Of all processes' subjects who each is, (N,), and the embeddings of its two views, (N, E) each;
        `own` (2, n, E) are this one's. Absent subjects travel as zeros, so that all give equally many."""
        places = batch.identities.flatten()
        embeddings = own.new_zeros(len(places), 2, own.shape[2]).index_copy(0, rows, own.transpose(0, 1))
        who = gathered(torch.full_like(places, -1).index_copy(0, rows, places[rows]))
        first, second = gathered(embeddings)[who >= 0].unbind(1)
        return who[who >= 0], first, second

    def _pixel(self, statistic: str) -> Tensor:
        value: tuple[float, ...] = getattr(self._encoder, statistic)
        return torch.tensor(value, device=self.sharpness.device)[:, None, None]


def _decoder(width: int, side: int) -> nn.Module:
    """Features of a patch → its pixels."""
    return nn.Sequential(
        nn.LayerNorm(width), nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, 3 * side * side)
    )


def _written_on(sheet: Tensor, cosines: list[float]) -> Tensor:
    """(3, S, 3 S): the figures in the lower corners of the second and third view."""
    side = sheet.shape[1]
    image = Image.fromarray((sheet * 255).byte().permute(1, 2, 0).contiguous().cpu().numpy())
    draw = ImageDraw.Draw(image)
    for place, cosine in enumerate(cosines, 1):
        at = (place * side + 4, side - 14)
        draw.rectangle((*at, at[0] + 30, side), fill="black")
        draw.text((at[0] + 2, at[1]), f"{cosine:.2f}", fill="white")
    return torch.from_numpy(np.array(image)).permute(2, 0, 1).to(sheet.device) / 255
