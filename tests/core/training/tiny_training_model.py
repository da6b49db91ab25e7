"""A model so small that a stage learns in it within a test, made by `core.training.new.fresh` itself."""

from pathlib import Path

from toy_batches import CAPTION

from core.training.new import fresh
from core.training.new.fresh import Sizes

SIDE = 32
"""Pixels of a picture's side; its latents have 4."""
VIEW = 16
BLOCKS = [4, 4, 4, 4]
TINY = {
    "kind": "AutoencoderTiny",
    "latent_channels": 4,
    "encoder_block_out_channels": BLOCKS,
    "decoder_block_out_channels": BLOCKS,
    "num_encoder_blocks": [1, 1, 1, 1],
    "num_decoder_blocks": [1, 1, 1, 1],
    "scaling_factor": 1.0,
}
KL = {
    "kind": "AutoencoderKL",
    "latent_channels": 4,
    "block_out_channels": BLOCKS,
    "down_block_types": ["DownEncoderBlock2D"] * 4,
    "up_block_types": ["UpDecoderBlock2D"] * 4,
    "norm_num_groups": 2,
    "layers_per_block": 1,
}


def tiny_sizes(**changes: object) -> Sizes:
    encoder = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2}
    told: dict[str, object] = {
        "unet": {
            "sample_size": SIDE // 8,
            "in_channels": 4,
            "out_channels": 4,
            "block_out_channels": [8, 16],
            "down_block_types": ["CrossAttnDownBlock2D", "DownBlock2D"],
            "up_block_types": ["UpBlock2D", "CrossAttnUpBlock2D"],
            "layers_per_block": 1,
            "norm_num_groups": 4,
            "attention_head_dim": 2,
            "cross_attention_dim": 16,
        },
        "vae": TINY,
        "text_encoder": encoder | {"projection_dim": 16},
        "image_encoder": encoder | {"projection_dim": 12, "image_size": VIEW, "patch_size": 8},
        "scheduler": {"prediction_type": "v_prediction", "clip_sample": False, "steps_offset": 1},
        "tokens": 24,
        "words": CAPTION,
    }
    return Sizes(**(told | changes))  # type: ignore[arg-type]


def write_tiny_model(folder: Path, **changes: object) -> Path:
    fresh.make(folder, tiny_sizes(**changes))
    return folder
