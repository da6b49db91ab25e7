"""What teaches an image encoder who is who. e_i, e'_i: embeddings of unit length (N, E) of two views of
subject i; τ: the temperature; y_i: who it is.

L = ½ (L(e, e') + L(e', e)), L(e, e') = −1/N Σ_i ln( exp(e_i·e'_i / τ) / Σ_j exp(e_i·e'_j / τ) ), j = i and
all with y_j ≠ y_i (InfoNCE, arXiv 1807.03748 eq. 4; symmetric with a learned τ, arXiv 2103.00020 fig. 3).
The same person may be in two pictures of a batch: it is no stranger to itself and left out below the line.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

MOST = 100.0
"""1/τ at most, as arXiv 2103.00020 §2.5 has it: beyond, training becomes unstable."""


def cosines(first: Tensor, second: Tensor) -> Tensor:
    """e_i·e'_j (N, N), in fp32: divided by a small τ, bf16's error would be as large as what is learned."""
    with torch.autocast(first.device.type, enabled=False):
        return first.float() @ second.float().T


def again(identities: Tensor) -> Tensor:
    """(N, N): whether j is another picture of i itself."""
    own = torch.eye(len(identities), dtype=torch.bool, device=identities.device)
    return (identities[:, None] == identities[None]) & ~own


def contrastive(cosines: Tensor, again: Tensor, sharpness: Tensor) -> Tensor:
    """L of the cosines e_i·e'_j (N, N); `sharpness` is 1/τ. 0 where there is nobody."""
    if not len(cosines):
        return cosines.sum() * sharpness
    # Hidden after the product: 0 · ∞ in its gradient would be no number.
    logits = (cosines * sharpness).masked_fill(again, float("-inf"))
    own = torch.arange(len(logits), device=logits.device)
    return (F.cross_entropy(logits, own) + F.cross_entropy(logits.T, own)) / 2


def pixels(made: Tensor, views: Tensor) -> Tensor:
    """Mean (x − x̂)² of views (N, 3, S, S), said of each patch: `made` (N, P, 3 s²), P = (S / s)² of them row
    by row. 0 where there is none."""
    if not len(views):
        return made.sum()
    side = round((made.shape[2] / 3) ** 0.5)
    return F.mse_loss(made.float(), F.unfold(views.float(), side, stride=side).transpose(1, 2))


def accuracy(cosines: Tensor, again: Tensor) -> Tensor:
    """How many views find their own other view among all of them; 0 where there is nobody."""
    if not len(cosines):
        return cosines.new_zeros(())
    own = torch.arange(len(cosines), device=cosines.device)
    seen = cosines.masked_fill(again, float("-inf"))
    return torch.stack([seen.argmax(0) == own, seen.argmax(1) == own]).float().mean()


def strangers(cosines: Tensor, again: Tensor) -> Tensor:
    """The mean cosine of two people: near 1 the encoder has collapsed and tells nobody from another."""
    others = ~(again | torch.eye(len(cosines), dtype=torch.bool, device=cosines.device))
    return (cosines * others).sum() / others.sum().clamp_min(1)
