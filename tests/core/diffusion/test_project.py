"""The projections of the public adapter files, against diffusers' own modules."""

import torch
from diffusers.models.embeddings import ImageProjection
from safetensors.torch import load_file
from tiny_models import resampler
from torch.nn.functional import layer_norm

from core import models
from core.adapters import AdapterInfo
from core.diffusion import project

MINI = models.inspect("mini", models.EMBEDDED["mini"])


def test_global_tokens_equal_diffusers() -> None:
    info = MINI.adapter("ip-adapter")
    state = {key: tensor.float() for key, tensor in load_file(info.path).items()}
    theirs = ImageProjection(info.width, 256, info.tokens).requires_grad_(False)
    theirs.image_embeds.load_state_dict({k: state[f"image_proj.proj.{k}"] for k in ("weight", "bias")})
    theirs.norm.load_state_dict({k: state[f"image_proj.norm.{k}"] for k in ("weight", "bias")})
    embeddings = torch.randn(3, 256)
    torch.testing.assert_close(project.build(info, state)(pooled=embeddings), theirs(embeddings))


def test_resampler_equals_its_equations() -> None:
    """One latent and one layer written out: queries from the latents, keys from features and latents."""
    torch.manual_seed(0)
    info = AdapterInfo("plus", MINI.path, "ip-adapter-plus", 16, 32)
    state = resampler(32)
    features = torch.randn(2, 5, 32)
    torch.testing.assert_close(
        project.build(info, state)(patches=features), written_out(state, features), atol=1e-4, rtol=1e-4
    )


def written_out(state: dict[str, torch.Tensor], features: torch.Tensor) -> torch.Tensor:
    own = {key.removeprefix("image_proj."): tensor for key, tensor in state.items()}
    x = features @ own["proj_in.weight"].T + own["proj_in.bias"]
    z = own["latents"].repeat(len(features), 1, 1)
    for depth in range(4):
        at = f"layers.{depth}."
        normal = norm(z, own, at + "0.norm2")
        both = torch.cat([norm(x, own, at + "0.norm1"), normal], dim=1)
        q, kv = normal @ own[at + "0.to_q.weight"].T, both @ own[at + "0.to_kv.weight"].T
        k, v = kv[..., :64], kv[..., 64:]
        z = z + torch.softmax(q @ k.transpose(1, 2) / 8, dim=-1) @ v @ own[at + "0.to_out.weight"].T
        hidden = torch.nn.functional.gelu(norm(z, own, at + "1.0") @ own[at + "1.1.weight"].T)
        z = z + hidden @ own[at + "1.3.weight"].T
    return norm(z @ own["proj_out.weight"].T + own["proj_out.bias"], own, "norm_out")


def norm(x: torch.Tensor, own: dict[str, torch.Tensor], name: str) -> torch.Tensor:
    return layer_norm(x, x.shape[-1:], own[f"{name}.weight"], own[f"{name}.bias"])
