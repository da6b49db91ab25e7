"""What is behind a subject, taken away: FastComposer replaces it by noise before the image encoder reads the
view (arXiv 2305.10431 §5.1), so that nothing of it is learned with the subject."""

import torch
from torch import Tensor


def noised(views: Tensor, masks: Tensor) -> Tensor:
    """Views (…, 3, S, S) in [0, 1] with other noise around the subject at every call, each value of it even
    in [0, 1]. `masks` (…, 1, S, S) in [0, 1]: 1 where the subject is; between, both are mixed."""
    return torch.lerp(torch.rand_like(views), views, masks)
