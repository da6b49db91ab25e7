"""Opening the image encoders that measures use, from folders the user has."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from core.errors import KnownError

Triple = tuple[float, float, float]


def open_model(kind: Any, folder: Path, what: str, device: str) -> Any:
    """A transformers model of class `kind` from a local folder with safetensors. Raises KnownError."""
    if not (folder / "config.json").is_file():
        raise KnownError(
            f"{folder} holds no {what}: expected config.json and model.safetensors, as transformers saves "
            "them. Nothing is downloaded."
        )
    try:
        model = kind.from_pretrained(folder, local_files_only=True, use_safetensors=True)
    except (OSError, ValueError, RuntimeError, KeyError) as error:
        raise KnownError(f"The {what} in {folder} cannot be opened: {error}") from error
    return model.to(device).eval()


def pixels(images: Sequence[Image.Image], resize: int, crop: int, mean: Triple, std: Triple) -> Any:
    """(N, 3, crop, crop): shorter side to `resize` (bicubic), middle square, normalised."""
    import numpy as np
    import torch

    squares = np.stack([np.asarray(_square(image.convert("RGB"), resize, crop)) for image in images])
    values = torch.from_numpy(squares).float() / 255
    return ((values - torch.tensor(mean)) / torch.tensor(std)).permute(0, 3, 1, 2).contiguous()


def unit(features: Any) -> Any:
    """Rows of length 1 as a float32 array (N, E)."""
    return (features / features.norm(dim=-1, keepdim=True)).float().cpu().numpy()


def _square(image: Image.Image, resize: int, crop: int) -> Image.Image:
    scale = resize / min(image.size)
    size = (max(crop, round(image.width * scale)), max(crop, round(image.height * scale)))
    small = image.resize(size, Image.Resampling.BICUBIC)
    left, top = (small.width - crop) // 2, (small.height - crop) // 2
    return small.crop((left, top, left + crop, top + crop))
