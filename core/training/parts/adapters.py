"""What the IP-Adapter family learns (arXiv 2308.06721, 2409.17920): a projection from the image encoder's
features to tokens, and W'_k and W'_v of every text cross-attention; and the file it is written into."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import torch
from safetensors import SafetensorError
from safetensors.torch import save_file
from torch import Tensor, nn

from core.diffusion.attention.attach import CrossLayer, cross_layers
from core.diffusion.attention.frame import Frame, Mix
from core.diffusion.attention.ip_adapter import Projections
from core.diffusion.load import Adapter, ImageEncoder, Loaded
from core.diffusion.project import DIM_HEAD, PROJECTIONS
from core.diffusion.read import image_features
from core.disk import replacing
from core.errors import KnownError
from core.methods import FEATURES, Layout
from core.training import reading
from core.training.parts.whitening import Whitening

Values = Literal["zero", "text"]
"""What W'_v starts as: nothing, so that the adapter begins harmless; or the text's own W_v, as in the paper.
W'_k is the text's own W_k either way."""
FIRST: Mapping[Layout, str] = {"ip-adapter": "proj", "ip-adapter-plus": "proj_in"}
"""The linear layer that reads the features."""


class ImageLayers(nn.Module):
    """W'_k and W'_v of every layer, in fp32, by its index among all attention layers."""

    def __init__(self, layers: Sequence[CrossLayer], values: Values) -> None:
        super().__init__()
        keys = {layer: layer.attention.to_k.weight.detach().float() for layer in layers}
        own = {layer: layer.attention.to_v.weight.detach().float() for layer in layers}
        begun = own if values == "text" else {layer: torch.zeros_like(own[layer]) for layer in layers}
        self.to_k, self.to_v = (
            nn.ParameterDict({str(layer.index): nn.Parameter(each[layer].clone()) for layer in layers})
            for each in (keys, begun)
        )

    def projections(self, layer: CrossLayer) -> Projections:
        index = str(layer.index)
        return Projections(self.to_k[index], self.to_v[index])

    def tensors(self) -> dict[str, Tensor]:
        """By their names in the public files."""
        named = {"to_k_ip": self.to_k, "to_v_ip": self.to_v}
        return {
            f"ip_adapter.{index}.{name}.weight": weight
            for name, weights in named.items()
            for index, weight in weights.items()
        }


class ImageAdapter(nn.Module):
    """Projection and layers. `features`: what the projection reads of the image encoder."""

    def __init__(self, layout: Layout, projection: nn.Module, layers: ImageLayers, whitened: bool) -> None:
        super().__init__()
        self.first, self.features = FIRST[layout], FEATURES[layout]
        self.projection, self.layers = projection, layers
        weight: Tensor = projection.get_parameter(f"{self.first}.weight")
        self.whitening = Whitening(weight.shape[1], weight.device) if whitened else None

    def tokens(self, features: Tensor) -> Tensor:
        """Features (N, E) or (N, L, E) → tokens (N, T, D)."""
        tokens: Tensor = self.projection(self.whitening(features) if self.whitening else features)
        return tokens

    def tensors(self) -> dict[str, Tensor]:
        """Everything by its name in the public files, the whitening folded into the first layer."""
        own = {key: tensor.detach() for key, tensor in self.projection.state_dict().items()}
        if self.whitening is not None:
            names = (f"{self.first}.weight", f"{self.first}.bias")
            own |= dict(zip(names, self.whitening.fold(*(own[name] for name in names)), strict=True))
        return {f"image_proj.{key}": tensor for key, tensor in own.items()} | self.layers.tensors()


class Sight:
    """What the frozen image encoder says of views."""

    def __init__(self, encoder: ImageEncoder, features: str) -> None:
        self.encoder, self.key = encoder, features
        self._nothing: Tensor | None = None

    def of(self, views: Tensor, masks: Tensor) -> Tensor:
        """Views (N, 3, S, S) in [0, 1] and masks (N, 1, S, S) → (N, E) or (N, L, E)."""
        return reading.features(self.encoder, self.key, reading.composed(self.encoder, views, masks))

    @torch.no_grad()
    def nothing(self, like: Tensor) -> Tensor:
        """What stands for no image, broadcastable to features `like`: zeros where the pooled embedding is
        read, else the states of an image of zeros."""
        if self._nothing is None:
            side = self.encoder.size
            zeros = torch.zeros(1, 3, side, side, device=like.device)
            pooled = self.key == "pooled"
            self._nothing = like.new_zeros(1) if pooled else image_features(self.encoder, self.key, zeros)
        return self._nothing


def frames(unet: Any, mix: Callable[[CrossLayer], Mix]) -> dict[str, Frame]:
    """Fresh ones for one step: they keep keys and values, which are other ones at the next."""
    return {layer.name: Frame(mix(layer)) for layer in cross_layers(unet)}


def global_projection(loaded: Loaded, tokens: int) -> nn.Module:
    """Random; of as many tokens."""
    cross, features = loaded.info.width, loaded.image_encoder.model.config.projection_dim
    shapes = {"proj.weight": (tokens * cross, features), "norm.weight": (cross,)}
    return PROJECTIONS["ip-adapter"](shapes).to(loaded.device)


def resampler(loaded: Loaded, tokens: int, width: int, depth: int) -> nn.Module:
    """Random; `width`: of its latents, a multiple of a head's; 0 for that of the cross-attention, rounded
    up."""
    cross, features = loaded.info.width, loaded.image_encoder.model.config.hidden_size
    width = width or -(-cross // DIM_HEAD) * DIM_HEAD
    shapes = {"latents": (1, tokens, width), "proj_in.weight": (width, features)}
    shapes |= {"proj_out.weight": (cross, width)}
    for layer in range(depth):
        shapes |= {f"layers.{layer}.0.to_q.weight": (width, width)}
        shapes |= {f"layers.{layer}.1.1.weight": (4 * width, width)}
    projection = PROJECTIONS["ip-adapter-plus"](shapes)
    nn.init.normal_(projection.get_parameter("latents"), std=width**-0.5)
    return projection.to(loaded.device)


def begun_from(adapter: Adapter, layout: Layout, unet: Any) -> ImageAdapter:
    """What an adapter file of the model holds, to be learned on; the file's first layer holds whatever
    whitening it was trained with. `layout`: of its plain form, without the trained weights."""
    own = {key: value.float() for key, value in adapter.projection.state_dict().items()}
    projection = PROJECTIONS[layout]({key: tuple(value.shape) for key, value in own.items()})
    projection.load_state_dict(own)
    layers = ImageLayers(cross_layers(unet), "zero")
    for name, weight in layers.tensors().items():
        weight.data.copy_(adapter.state[name])
    return ImageAdapter(layout, projection.to(unet.device), layers, whitened=False)


def write(
    model: Path, name: str, tensors: Mapping[str, Tensor], metadata: dict[str, str] | None = None
) -> Path:
    """`adapters/NAME.safetensors` of a model's folder in fp16, whole or not at all. Raises KnownError, also
    for weights that are no numbers there."""
    file = model / "adapters" / f"{name}.safetensors"
    half = {key: tensor.detach().half().cpu().contiguous() for key, tensor in tensors.items()}
    wrong = next((key for key, tensor in half.items() if not bool(torch.isfinite(tensor).all())), "")
    if wrong:
        raise KnownError(
            f"The weights {wrong} are no numbers that fp16 can hold: the training went wrong. Nothing was "
            "written."
        )
    try:
        file.parent.mkdir(exist_ok=True)
        with replacing(file) as temporary:
            save_file(half, temporary, metadata)
    except (OSError, SafetensorError) as error:
        raise KnownError(f"The adapter {file} cannot be written: {error}. Nothing of it was kept.") from error
    return file
