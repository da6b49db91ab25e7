"""Keeps where each subject acts: its weights over the picture, averaged over steps and layers."""

import io

import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from core.diffusion.attention.frame import Mix
from core.diffusion.attention.mip import Relevance, Weighting
from core.diffusion.attention.regions import grid


class Recorder:
    """Sums the weights of the `pictures` conditional rows at the latents' size, `height` × `width`."""

    def __init__(self, pictures: int, height: int, width: int) -> None:
        self.pictures, self.size = pictures, (height, width)
        self._sum: Tensor | None = None

    def add(self, w: Tensor) -> None:
        """`w` (B, M, P): one layer in one step. The conditional rows are the last ones."""
        rows = w[-self.pictures :].float()
        rows = rows.unflatten(-1, grid(rows.shape[-1], *self.size))
        # Every layer counts the same, however its weights are scaled.
        rows = rows / rows.mean(dim=(1, 2, 3), keepdim=True).clamp_min(1e-12)
        spread = F.interpolate(rows, size=self.size, mode="bilinear", align_corners=False)
        self._sum = spread if self._sum is None else self._sum + spread

    def maps(self) -> list[list[bytes]]:
        """For each picture and subject an 8-bit grey PNG; 255 is the strongest weight of any subject in that
        picture, so that subjects can be compared. Empty when nothing was recorded."""
        if self._sum is None:
            return [[] for _ in range(self.pictures)]
        share = self._sum / self._sum.amax(dim=(1, 2, 3), keepdim=True).clamp_min(1e-12)
        greys = (share * 255).round().byte().cpu().numpy()
        return [[_png(Image.fromarray(grey)) for grey in picture] for picture in greys]


class Recorded:
    """A mix whose weights are recorded. Where every subject counts the same, its relevance is shown: where
    the picture is about it. The trained f, which is common to all subjects, is left out."""

    def __init__(self, mix: Mix, relevance: Relevance, weighting: Weighting, recorder: Recorder) -> None:
        self.mix, self.recorder = mix, recorder
        merging = "relevance-mean" if weighting.merging == "uniform" else weighting.merging
        self.weighting = Weighting(merging, relevance, None, weighting.regions)

    def __call__(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        w = self.weighting(query)
        if w is not None:
            self.recorder.add(w)
        return self.mix(query, key, value)


def _png(image: Image.Image) -> bytes:
    stream = io.BytesIO()
    image.save(stream, "PNG", optimize=True)
    return stream.getvalue()
