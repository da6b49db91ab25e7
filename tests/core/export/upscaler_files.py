"""Small files of upscalers with random weights, in the public layouts."""

from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn

from core.diffusion.enlarge import Compact, Esrgan
from core.upscalers import Network, Upscaler


def write(file: Path, network: Network = "compact", scale: int = 2, shuffle: int = 1) -> Path:
    """Deep enough that a tile must read around itself; loud enough that every weight counts."""
    torch.manual_seed(3)
    known = Upscaler(file, network, scale, 2, 8, 4 if network == "esrgan" else 0, shuffle)
    made: nn.Module = Compact(known) if network == "compact" else Esrgan(known)
    save_file({f"params_ema.{name}": tensor for name, tensor in made.state_dict().items()}, file)
    return file
