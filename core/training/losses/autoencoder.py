"""Losses of the small autoencoder. x: pictures (B, 3, H, W) in [−1, 1]; x̂: what it made of them.

The lesson of version 0.5: the autoencoder bounds everything, and squared error alone loses who somebody is.
So L = L_rec + λ_p L_perceptual + λ_id L_identity + λ_adv L_G + λ_z L_scale, and beside it the discriminator's
L_D.
"""

from collections.abc import Sequence

import torch.nn.functional as F
from torch import Tensor


def reconstruction(made: Tensor, true: Tensor) -> Tensor:
    """Mean |x − x̂| + mean (x − x̂)²: the first keeps edges, the second punishes what is far off."""
    error = made.float() - true.float()
    return error.abs().mean() + error.square().mean()


def perceptual(made: Sequence[Tensor], true: Sequence[Tensor]) -> Tensor:
    """LPIPS (arXiv 1801.03924 eq. 1) with w_l = 1: d = Σ_l 1/(H_l W_l) Σ_{h,w} ‖ŷ^l_hw − ŷ^l_{0,hw}‖², mean
    over pictures. A layer's features (B, P, C) at P = H_l W_l positions; ŷ: of unit length over C. 0 where
    there is no picture."""
    if not true or not len(true[0]):
        return _nothing(made)
    distances = [_unit(of).sub(_unit(to)).square().sum(-1).mean() for of, to in zip(made, true, strict=True)]
    return sum(distances[1:], distances[0])


def identity(made: Tensor, true: Tensor) -> Tensor:
    """1 − C(f(x), f(x̂)) over faces, f (N, D) a face recogniser's embedding: arXiv 2309.05793 §3.4's L_face,
    here of the reconstruction. 0 where there is no face."""
    if not len(true):
        return made.float().sum()
    return (1 - F.cosine_similarity(made.float(), true.float(), dim=-1)).mean()


def discriminator(true: Tensor, made: Tensor) -> Tensor:
    """Hinge (arXiv 1705.02894 eq. 1): L_D = E[max(0, 1 − D(x))] + E[max(0, 1 + D(x̂))], halved as arXiv
    2012.09841's code does. D's words of any shape, one for each patch (arXiv 1611.07004 §3.2.2)."""
    return (F.relu(1 - true.float()).mean() + F.relu(1 + made.float()).mean()) / 2


def generator(made: Tensor) -> Tensor:
    """L_G = −E[D(x̂)]."""
    return -made.float().mean()


def scale(latents: Tensor, std: float) -> Tensor:
    """(ln s(z) − ln s_0)² + (E[z] / s_0)², s the standard deviation over all of z: no equation of a paper,
    but what keeps latents where the UNet's noise schedule and the half precision expect them."""
    z = latents.float()
    return (z.std().clamp_min(1e-6) / std).log().square() + (z.mean() / std).square()


def divergence(mean: Tensor, logvar: Tensor) -> Tensor:
    """KL(N(μ, σ²) ‖ N(0, 1)) = ½ (μ² + σ² − 1 − ln σ²) (arXiv 1312.6114 appendix B), mean over all values:
    for autoencoders that say a mean and a variance."""
    mean, logvar = mean.float(), logvar.float()
    return ((mean.square() + logvar.exp() - 1 - logvar) / 2).mean()


def _unit(features: Tensor) -> Tensor:
    return F.normalize(features.float(), dim=-1, eps=1e-6)


def _nothing(features: Sequence[Tensor]) -> Tensor:
    total = sum(each.float().sum() for each in features)
    assert isinstance(total, Tensor)
    return total
