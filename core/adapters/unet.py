"""The cross-attention layers of a UNet, counted from its configuration."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.errors import KnownError

# A refusal, not a loop without end, for a configuration that asks for millions of layers.
MOST_LAYERS = 4096


def cross_layers(config: Mapping[str, Any]) -> dict[int, int]:
    """The width of each cross-attention layer by its index among `unet.attn_processors`: SD 1.5 has 16, at
    1, 3, … 31; SDXL has 70. Raises KnownError for a configuration that makes no such UNet.

    Every transformer block has two processors, self-attention before cross-attention. Blocks come down, up,
    middle: UNet2DConditionModel makes its lists of down and up blocks before it makes the middle.
    """
    try:
        widths = [width for blocks in _blocks(config) for width in _widths(*blocks)]
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise KnownError(f"The UNet's configuration cannot be understood: {error!r}.") from error
    return {2 * block + 1: width for block, width in enumerate(widths)}


def _blocks(config: Mapping[str, Any]) -> list[tuple[str, int, int, Any]]:
    """(type, width, transformers, transformer blocks in each) of every block with weights, in order."""
    channels = config["block_out_channels"]
    per_block = _each(config.get("layers_per_block", 2), len(channels))
    depths = _each(config.get("transformer_layers_per_block", 1), len(channels))
    depths_up = config.get("reverse_transformer_layers_per_block") or depths[::-1]
    down = zip(config["down_block_types"], channels, per_block, depths, strict=True)
    up = zip(
        config["up_block_types"], channels[::-1], [n + 1 for n in per_block[::-1]], depths_up, strict=True
    )
    middle = (config.get("mid_block_type", "UNetMidBlock2DCrossAttn") or "", channels[-1], 1, depths[-1])
    return [*down, *up, middle]


def _widths(kind: str, width: int, transformers: int, depth: Any) -> list[int]:
    if "CrossAttn" not in kind:
        return []
    blocks = sum(_each(depth, transformers))
    if not (0 <= blocks <= MOST_LAYERS and 0 < width < 2**24):
        raise ValueError(f"{blocks} layers of width {width}")
    return [width] * blocks


def _each(value: Any, count: int) -> Sequence[Any]:
    """A value for each of `count` things: diffusers takes one for all, or a list."""
    if not 0 < count <= MOST_LAYERS:
        raise ValueError(f"{count} layers")
    each = [value] * count if isinstance(value, int) else value
    if len(each) < count:
        raise ValueError(f"{each} for {count} layers")
    return list(each[:count])
