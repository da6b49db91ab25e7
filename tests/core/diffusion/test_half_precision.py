"""Half precision: close to fp32, and never a NaN, at SDXL's numbers of positions."""

from pathlib import Path

import pytest
import torch
from torch import Tensor

from core.diffusion.attention.attach import attached, cross_layers
from core.diffusion.attention.frame import Frame
from core.diffusion.attention.ip_adapter import ImageTokens, Projections, References, Strength
from core.diffusion.attention.mip import MergedAttention, Relevance, RelevanceText, Weighting
from core.diffusion.attention.regions import Regions
from core.spec import Merging

HEADS, DIM, WIDTH, SUBJECTS, TOKENS, WORDS = 2, 4, 12, 8, 4, 8


def merged(merging: Merging, dtype: torch.dtype, side: int, size: float) -> Tensor:
    """The mix of one layer over side × side positions, all values of about `size`."""
    torch.manual_seed(0)
    to_k = torch.nn.Linear(WIDTH, HEADS * DIM, bias=False).requires_grad_(False).to(dtype)
    pool = torch.eye(SUBJECTS, WORDS).expand(2, -1, -1)
    relevance = Relevance(RelevanceText(size * torch.randn(2, WORDS, WIDTH).to(dtype), pool), to_k, HEADS)
    weights = Projections(*(torch.randn(HEADS * DIM, WIDTH).to(dtype) for _ in "kv"))
    tokens = ImageTokens((size * torch.randn(2, SUBJECTS, TOKENS, WIDTH)).to(dtype))
    references = References(tokens, weights, HEADS, Strength(torch.ones(2, SUBJECTS)))
    row = torch.randn(1, HEADS * DIM).to(dtype) if merging == "relevance-trained" else None
    regions = Regions(torch.rand(2, SUBJECTS, side, side))
    mix = MergedAttention(references, Weighting(merging, relevance, row, regions))
    query, text = (size * torch.randn(2, HEADS, n, DIM).to(dtype) for n in (side * side, 7))
    return mix(query, text, text)


MERGINGS = ["relevance-mean", "relevance-across", "relevance-trained"]


@pytest.mark.parametrize("merging", MERGINGS)
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_it_is_close_to_fp32(merging: Merging, dtype: torch.dtype) -> None:
    exact, half = merged(merging, torch.float32, 32, 1.0), merged(merging, dtype, 32, 1.0).float()
    error = (half - exact).norm() / exact.norm()
    assert error < (0.01 if dtype == torch.float16 else 0.05)


@pytest.mark.parametrize("merging", MERGINGS)
@pytest.mark.parametrize("size", [1e-3, 1.0, 2.0])
def test_no_nan_in_fp16_over_sdxls_positions(merging: Merging, size: float) -> None:
    """SDXL at 1024 px has 4,096 positions in its first attention level: A ≈ 1/4096 would vanish in fp16."""
    assert torch.isfinite(merged(merging, torch.float16, 64, size)).all()


def test_a_whole_unet_at_sdxls_size_stays_finite_in_fp16(sdxl_folder: Path) -> None:
    """64 × 64 positions, as in the first attention of SDXL at 1024 px, through a UNet of tiny widths."""
    from diffusers import UNet2DConditionModel

    unet = UNet2DConditionModel.from_pretrained(sdxl_folder / "unet", dtype=torch.float16).eval()
    width = unet.config.cross_attention_dim
    torch.manual_seed(0)
    pool = torch.eye(SUBJECTS, WORDS).expand(2, -1, -1)
    words = RelevanceText(torch.randn(2, WORDS, width).half(), pool)
    tokens = ImageTokens(torch.randn(2, SUBJECTS, TOKENS, width).half())
    frames = {}
    for layer in cross_layers(unet):
        attn = layer.attention
        weights = Projections(*(torch.randn(attn.to_k.out_features, width).half() / width**0.5 for _ in "kv"))
        references = References(tokens, weights, attn.heads, Strength(torch.ones(2, SUBJECTS)))
        weighting = Weighting("relevance-mean", Relevance(words, attn.to_k, attn.heads))
        frames[layer.name] = Frame(MergedAttention(references, weighting))
    added = {"text_embeds": torch.randn(2, 32).half(), "time_ids": torch.full((2, 6), 1024.0).half()}
    with torch.inference_mode(), attached(unet, frames):
        out = unet(torch.randn(2, 4, 64, 64).half(), 500, torch.randn(2, 77, width).half(),
                   added_cond_kwargs=added).sample  # fmt: skip
    assert torch.isfinite(out).all()
    assert out.float().std() > 0
