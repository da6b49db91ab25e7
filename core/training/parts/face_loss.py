"""PhotoVerse's L_face (arXiv 2309.05793 §3.3) through the decoded prediction: the clean latents that the
UNet's word stands for → pixels → the face where the true picture has it → SFace, against the true face."""

from dataclasses import dataclass

import torch
from torch import Tensor

from core.diffusion.load import Loaded
from core.training import reading
from core.training.batch import Batch
from core.training.diffusing import Schedule
from core.training.losses.photoverse import face
from core.training.parts.drawing import Noised
from core.training.parts.face_features import FaceFeatures, MarkFinder, aligned, usual_marks

LEAST = 24.0
"""Pixels: of a smaller face SFace sees little."""


@dataclass(frozen=True)
class FaceLoss:
    """At noise levels from `below` on the prediction shows nobody yet; `most`: pictures decoded in a step, as
    the decoder's gradients take the most memory. `finder`: looks for the landmarks in the true picture;
    without one they are taken to be where they usually are in the face's box."""

    loaded: Loaded
    schedule: Schedule
    features: FaceFeatures
    below: int
    most: int
    finder: MarkFinder | None = None

    def __call__(self, batch: Batch, given: Noised, said: Tensor, wanted: Tensor) -> Tensor:
        """The mean over the faces of at most `most` of the pictures `wanted` (B,); 0 where there is none."""
        faces = self._faces(batch) & (wanted & (given.t < self.below))[:, None]
        chosen = faces.any(1).nonzero()[: self.most, 0]
        pictures, subjects = faces[chosen].nonzero(as_tuple=True)
        true = batch.pixels[chosen]
        marks = self._marks(true, pictures, batch.faces[chosen][pictures, subjects])
        found = marks.isfinite().flatten(1).all(1)
        if not bool(found.any()):
            return said.new_zeros(())
        pictures, marks = pictures[found], marks[found]
        predicted = self._decoded(given, said, chosen)
        with torch.no_grad():
            f = self.features(aligned(true, pictures, marks))
        return face(f, self.features(aligned(predicted, pictures, marks)))

    def _faces(self, batch: Batch) -> Tensor:
        """(B, M): which subjects show a face that is large enough; NaN is not."""
        left, top, right, bottom = batch.faces.unbind(-1)
        return batch.present & (right - left >= LEAST) & (bottom - top >= LEAST)

    def _marks(self, pixels: Tensor, pictures: Tensor, boxes: Tensor) -> Tensor:
        return usual_marks(boxes) if self.finder is None else self.finder(pixels, pictures, boxes)

    def _decoded(self, given: Noised, said: Tensor, chosen: Tensor) -> Tensor:
        clean = self.schedule.clean(said[chosen].float(), given.z[chosen], given.t[chosen])
        return reading.decoded(self.loaded, clean)
