"""What PhotoVerse learns (arXiv 2309.05793 §3.2) and the file it is written into: text adapters and image
adapters over layers of the image encoder, a LoRA on W_k and W_v of every text cross-attention, and W_k^S and
W_v^S beside them."""

from collections.abc import Iterable, Sequence
from typing import Any, cast

import torch
from torch import Tensor, nn

from core.diffusion.attention.attach import CrossLayer, cross_layers
from core.diffusion.load import Loaded
from core.diffusion.photoverse import FORMAT, Adapter, Header, PhotoVerseAdapters
from core.errors import KnownError
from core.training.parts.whitening import Whitening

PARTS = ("to_k", "to_v")


class PhotoVerseWeights(nn.Module):
    """All that learns. `layers` holds, by the index of each cross-attention, the LoRA and W^S under the names
    they have in the file."""

    def __init__(self, adapters: PhotoVerseAdapters, layers: nn.ParameterDict, whitened: bool) -> None:
        super().__init__()
        self.adapters, self.layers = adapters, layers
        width = cast(Adapter, adapters.image[0]).fc1.in_features
        device = cast(Adapter, adapters.image[0]).fc1.weight.device
        count = len(adapters.header.encoder_layers)
        self.whitening = nn.ModuleList(Whitening(width, device) for _ in range(count if whitened else 0))
        self.requires_grad_(True)

    @property
    def _whitened(self) -> list[tuple[Whitening, int]]:
        if not len(self.whitening):
            return []
        each = (cast(Whitening, one) for one in self.whitening)
        return list(zip(each, self.adapters.header.encoder_layers, strict=True))

    @property
    def state(self) -> dict[str, Tensor]:
        """The LoRA and W^S as the attention layers read them."""
        return {_dotted(name): weight for name, weight in self.layers.items()}

    @property
    def values(self) -> list[nn.Parameter]:
        """W_v^S of every layer."""
        return [weight for name, weight in self.layers.items() if _dotted(name).endswith("to_v.weight")]

    def others(self) -> Iterable[nn.Parameter]:
        """All but `values`."""
        known = {id(weight) for weight in self.values}
        return (weight for weight in self.parameters() if id(weight) not in known)

    @property
    def unmeasured(self) -> bool:
        return any(whitening.needed for whitening, _ in self._whitened)

    def measure(self, layers: Tensor) -> None:
        """What the adapters read becomes standard, by class tokens (N, L + 1, E) of some views."""
        for whitening, layer in self._whitened:
            whitening.measure(layers[:, layer])

    def white(self, layers: Tensor) -> Tensor:
        """Class tokens (N, L + 1, E) of the image encoder as the adapters learn from them."""
        changed = list(layers.unbind(1))
        for whitening, layer in self._whitened:
            changed[layer] = whitening(layers[:, layer])
        return torch.stack(changed, dim=1)

    def pseudo_words(self, white: Tensor, m: int) -> Tensor:
        """(N, L + 1, E) → S* (N, m, D), of the deepest m layers. All are asked: several processes wait for a
        gradient of every weight, were it nothing."""
        most = len(self.adapters.header.encoder_layers)
        (words,) = self.adapters.pseudo_words(white, most)
        return words.unflatten(0, (most, -1)).transpose(0, 1)[:, -m:]

    def tensors(self) -> dict[str, Tensor]:
        """Everything by its name in the file, the whitening folded into the layers that read it."""
        state = dict(self.state)
        for name, adapters in (
            ("text_adapter", self.adapters.text[0]),
            ("image_adapter", self.adapters.image),
        ):
            for index, adapter in enumerate(cast(nn.ModuleList, adapters)):
                state |= {f"{name}.{index}.{key}": value for key, value in adapter.state_dict().items()}
                if len(self.whitening):
                    at = [f"{name}.{index}.fc1.{part}" for part in ("weight", "bias")]
                    fold = cast(Whitening, self.whitening[index]).fold
                    state |= dict(zip(at, fold(*(state[key] for key in at)), strict=True))
        return state


def fresh(loaded: Loaded, adapters: int, rank: int, whitened: bool) -> PhotoVerseWeights:
    """Harmless at first: no LoRA (B = 0) and no visual branch (W_v^S = 0); W_k^S as the text's own. One
    adapter for each of the layers that `deepest` names."""
    encoder = loaded.image_encoder
    features, depth = encoder.model.config.hidden_size, encoder.model.config.num_hidden_layers
    header = Header(deepest(depth, adapters), encoder.identity)
    widths = (loaded.text_encoders[0].model.config.hidden_size, loaded.info.width)
    text, image = ([Adapter(features, width, width) for _ in header.encoder_layers] for width in widths)
    _as_large_as_words(text, loaded.text_encoders[0].model)
    made = PhotoVerseAdapters(header, [text], image)
    layers: dict[str, Tensor] = {}
    for layer in cross_layers(loaded.unet):
        layers |= _fresh_layer(layer, rank)
    return _learning(made, layers, whitened).to(loaded.device)


def stored(loaded: Loaded) -> PhotoVerseWeights:
    """What the model's PhotoVerse file holds, to be learned on; its first layers hold whatever whitening they
    were learned with. Raises KnownError without one, and for one of another image encoder."""
    adapter = loaded.adapter(loaded.info.adapter("photoverse"))
    adapters = cast(PhotoVerseAdapters, adapter.projection)
    adapters.check_encoder(loaded.image_encoder.identity)
    layers = {key: value for key, value in adapter.state.items() if key.startswith(("text_lora.", "visual."))}
    if {int(key.split(".")[1]) for key in layers} != {layer.index for layer in cross_layers(loaded.unet)}:
        raise KnownError(f"{adapter.info.path.name} was made for another model: its layers are others.")
    return _learning(adapters, layers, whitened=False)


def deepest(depth: int, count: int) -> tuple[int, ...]:
    """Which hidden states are read, 0 being the embedding: the paper's 4, 8, 12, 16 and the last of a large
    encoder; the last ones of an encoder with less than four layers for each. The embedding's class token
    is the same for every picture."""
    if depth >= 4 * count:
        return (*(4 * number for number in range(1, count)), depth)
    return tuple(range(max(1, depth - count + 1), depth + 1))


def header(weights: PhotoVerseWeights) -> dict[str, str]:
    """What docs/formats/photoverse.md asks for."""
    rank = next(value.shape[0] for key, value in weights.state.items() if key.endswith("to_k.down.weight"))
    told = weights.adapters.header
    return {
        "format": FORMAT,
        "encoder_layers": ",".join(map(str, told.encoder_layers)),
        "encoder_sha256": told.encoder,
        "lora_alpha": "1",
        "lora_rank": str(rank),
        "made_by": "likeness train, stage photoverse (arXiv 2309.05793)",
    }


def _fresh_layer(layer: CrossLayer, rank: int) -> dict[str, Tensor]:
    made: dict[str, Tensor] = {}
    for part in PARTS:
        own = getattr(layer.attention, part).weight.detach().float()
        down = torch.randn(rank, own.shape[1]) / own.shape[1] ** 0.5
        made[f"text_lora.{layer.index}.{part}.down.weight"] = down
        made[f"text_lora.{layer.index}.{part}.up.weight"] = torch.zeros(own.shape[0], rank)
        made[f"visual.{layer.index}.{part}.weight"] = own.clone() if part == "to_k" else torch.zeros_like(own)
    return made


def _learning(adapters: PhotoVerseAdapters, layers: dict[str, Tensor], whitened: bool) -> PhotoVerseWeights:
    parameters = {_undotted(name): nn.Parameter(value.clone()) for name, value in layers.items()}
    return PhotoVerseWeights(adapters, nn.ParameterDict(parameters), whitened)


def _as_large_as_words(adapters: Sequence[Adapter], text: Any) -> None:
    """S* begins as large as the words it stands among: LayerNorm makes values of size 1."""
    size = 2 * float(text.get_input_embeddings().weight.std())
    for adapter in adapters:
        nn.init.constant_(adapter.norm2.weight, size)


def _undotted(name: str) -> str:
    """A module's parameters have no dots in their names."""
    return name.replace(".", "/")


def _dotted(name: str) -> str:
    return name.replace("/", ".")
