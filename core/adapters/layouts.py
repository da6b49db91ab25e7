"""Which tensors each layout has. A layout is known by its tensors' names; the sizes that are the file's own
(tokens, rank, depth) are read from it, all others follow from the model.

arXiv 2308.06721 (IP-Adapter and its FaceID files), 2409.17920 (MIP-Adapter), 2309.05793 (PhotoVerse, whose
layout is this project's own) and 2305.10431 (FastComposer).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from core.adapters.header import Header, Shapes
from core.adapters.info import BUFFERS, Base
from core.methods import Layout

Sizes = dict[str, tuple[int, ...]]
FACE = 512
"""Values of the face embedding that FaceID files were trained with (ArcFace)."""
HEAD = 64
"""Width of an attention head in every resampler."""
FUSED = ("unet", "text_encoder", "image_encoder")
"""The parts that FastComposer's own file brings along, tuned."""
PREFIX = "postfuse_module."
PHOTOVERSE = "likeness-photoverse/1"


@dataclass(frozen=True)
class Reading:
    """What a file's own sizes say. `cross`: the width of the cross-attention it was made for; `expected`: the
    tensors it must have for this model, no more and no fewer; `features`: what it reads of the model's image
    encoder under the name `reads`, "" when it reads nothing of it."""

    cross: int
    tokens: int
    features: int
    expected: Shapes
    reads: str = ""
    trained: bool = False
    words: int = 0
    replaces: frozenset[str] = field(default_factory=frozenset)


def find(header: Header, name: str) -> Layout | None:
    """The layout of a file by its tensors' names; `name` and metadata tell only FaceID's PlusV2 from its
    Plus, whose tensors are the same."""
    has = header.shapes.__contains__
    trained = any(key.endswith(".text_to_weight.weight") for key in header.shapes)
    newer = "plusv2" in name.lower() or "shortcut" in header.metadata
    marks: list[tuple[bool, Layout]] = [
        (has("image_proj.perceiver_resampler.proj_in.weight") and newer, "ip-adapter-faceid-plusv2"),
        (has("image_proj.perceiver_resampler.proj_in.weight"), "ip-adapter-faceid-plus"),
        (has("image_proj.proj.3.weight"), "ip-adapter-full-face"),
        (has("image_proj.proj.2.weight"), "ip-adapter-faceid"),
        (has("image_proj.latents") and trained, "mip-adapter-plus"),
        (has("image_proj.latents"), "ip-adapter-plus"),
        (has("image_proj.proj.weight") and trained, "mip-adapter"),
        (has("image_proj.proj.weight"), "ip-adapter"),
        (has("mlp1.fc1.weight") or has(f"{PREFIX}mlp1.fc1.weight"), "fastcomposer"),
        (has("text_adapter.0.fc1.weight"), "photoverse"),
    ]
    return next((layout for found, layout in marks if found), None)


def read(layout: Layout, header: Header, base: Base) -> Reading:
    """Raises KeyError, IndexError, ValueError or ZeroDivisionError when a tensor that gives a size is missing
    or has another shape."""
    return READERS[layout](header.shapes, base)


def _global(shapes: Shapes, base: Base) -> Reading:
    rows, features = shapes["image_proj.proj.weight"]
    (width,) = shapes["image_proj.norm.weight"]
    tokens = rows // width
    projection = linear("proj", tokens * base.width, features) | norm("norm", base.width)
    return _ip_adapter(shapes, base, tokens, features, projection, "projection_dim")


def _plus(shapes: Shapes, base: Base) -> Reading:
    _, tokens, width = shapes["image_proj.latents"]
    features = shapes["image_proj.proj_in.weight"][1]
    projection: Sizes = {"latents": (1, tokens, width)} | _resampler("", shapes, width, base)
    return _ip_adapter(shapes, base, tokens, features, projection, "hidden_size")


def _full_face(shapes: Shapes, base: Base) -> Reading:
    hidden, features = shapes["image_proj.proj.0.weight"]
    projection = (
        linear("proj.0", hidden, features) | linear("proj.2", base.width, hidden) | norm("proj.3", base.width)
    )
    # A token of every patch, and the class token.
    tokens = (base.encoder.get("image_size", 0) // base.encoder.get("patch_size", 1)) ** 2 + 1
    return _ip_adapter(shapes, base, tokens, features, projection, "hidden_size")


def _face_id(shapes: Shapes, base: Base) -> Reading:
    tokens, projection = _face_projection(shapes, base)
    return _ip_adapter(shapes, base, tokens, FACE, projection, "")


def _face_id_plus(shapes: Shapes, base: Base) -> Reading:
    tokens, projection = _face_projection(shapes, base)
    features = shapes["image_proj.perceiver_resampler.proj_in.weight"][1]
    projection = projection | _resampler("perceiver_resampler.", shapes, base.width, base)
    return _ip_adapter(shapes, base, tokens, features, projection, "hidden_size")


def _face_projection(shapes: Shapes, base: Base) -> tuple[int, Sizes]:
    rows, hidden = shapes["image_proj.proj.2.weight"]
    (width,) = shapes["image_proj.norm.weight"]
    tokens = rows // width
    first, second = linear("proj.0", hidden, FACE), linear("proj.2", tokens * base.width, hidden)
    return tokens, first | second | norm("norm", base.width)


def _ip_adapter(
    shapes: Shapes, base: Base, tokens: int, features: int, projection: Shapes, reads: str
) -> Reading:
    """`projection`, the keys and values of every cross-attention layer, and what else is trained in them."""
    trained = any(key.endswith(".text_to_weight.weight") for key in shapes)
    layers: Sizes = {}
    for index, hidden in base.layers.items():
        at = f"ip_adapter.{index}"
        layers |= linear(f"{at}.to_k_ip", hidden, base.width, bias=False)
        layers |= linear(f"{at}.to_v_ip", hidden, base.width, bias=False)
        layers |= linear(f"{at}.text_to_weight", 1, hidden, bias=False) if trained else {}
    expected = _under("image_proj.", projection) | layers | _lora(shapes, base)
    cross = _first(shapes, "ip_adapter.", ".to_k_ip.weight")[1]
    return Reading(cross, tokens, features, expected, reads, trained)


def _lora(shapes: Shapes, base: Base) -> Sizes:
    """FaceID's LoRA on every attention layer, self-attention as well; its portrait files have none."""
    if not any(".to_q_lora." in key for key in shapes):
        return {}
    rank = _first(shapes, "ip_adapter.", ".to_q_lora.down.weight")[0]
    expected: Sizes = {}
    for index, hidden in base.layers.items():
        for layer, read in ((index - 1, hidden), (index, base.width)):
            for part, columns in (("q", hidden), ("k", read), ("v", read), ("out", hidden)):
                at = f"ip_adapter.{layer}.to_{part}_lora"
                expected |= linear(f"{at}.down", rank, columns, bias=False)
                expected |= linear(f"{at}.up", hidden, rank, bias=False)
    return expected


def _resampler(at: str, shapes: Shapes, width: int, base: Base) -> Sizes:
    """A Perceiver resampler of `width` under the prefix `at`, as deep as the file's."""
    own = _without(f"image_proj.{at}", shapes)
    inner, hidden = own["layers.0.0.to_q.weight"][0] // HEAD * HEAD, own["layers.0.1.1.weight"][0]
    expected = linear("proj_in", width, own["proj_in.weight"][1]) | linear("proj_out", base.width, width)
    expected |= norm("norm_out", base.width)
    for depth in range(_count(own, "layers.", ".0.to_q.weight")):
        layer = norm("0.norm1", width) | norm("0.norm2", width) | norm("1.0", width)
        layer |= linear("0.to_q", inner, width, bias=False)
        layer |= linear("0.to_kv", 2 * inner, width, bias=False)
        layer |= linear("0.to_out", width, inner, bias=False)
        layer |= linear("1.1", hidden, width, bias=False)
        layer |= linear("1.3", width, hidden, bias=False)
        expected |= _under(f"layers.{depth}.", layer)
    return _under(at, expected)


def _photoverse(shapes: Shapes, base: Base) -> Reading:
    features = shapes["text_adapter.0.fc1.weight"][1]
    words = _count(shapes, "text_adapter.", ".fc1.weight")
    tokens = _count(shapes, "image_adapter.", ".fc1.weight")
    seen = shapes["image_adapter.0.fc2.weight"][0]
    rank, cross = _first(shapes, "text_lora.", ".to_k.down.weight")
    expected = _two_layers("image_adapter", tokens, features, seen, shapes)
    for number, width in enumerate(base.text, start=1):
        name = "text_adapter" if number == 1 else f"text_adapter_{number}"
        expected |= _two_layers(name, words, features, width, shapes)
    for index, rows in base.layers.items():
        for part in ("k", "v"):
            expected |= linear(f"text_lora.{index}.to_{part}.down", rank, base.width, bias=False)
            expected |= linear(f"text_lora.{index}.to_{part}.up", rows, rank, bias=False)
            expected |= linear(f"visual.{index}.to_{part}", rows, seen, bias=False)
    return Reading(cross, tokens, features, expected, "hidden_size", words=words)


def _two_layers(name: str, count: int, columns: int, rows: int, shapes: Shapes) -> Sizes:
    """One two-layer MLP for each layer of the image encoder that is read."""
    hidden = shapes.get(f"{name}.0.fc1.weight", (rows,))[0]
    each = linear("fc1", hidden, columns) | norm("norm1", hidden)
    each |= linear("fc2", rows, hidden) | norm("norm2", rows)
    return {f"{name}.{i}.{key}": shape for i in range(count) for key, shape in each.items()}


def _fastcomposer(shapes: Shapes, base: Base) -> Reading:
    """The fusion alone, or FastComposer's own file, which brings the tuned parts of its model."""
    prefix = PREFIX if f"{PREFIX}mlp1.fc1.weight" in shapes else ""
    own = _without(prefix, shapes)
    (cross,) = own["layer_norm.weight"]
    features = own["mlp1.fc1.weight"][1] - cross
    expected = norm("layer_norm", base.width)
    for name, columns in (("mlp1", base.width + features), ("mlp2", base.width)):
        hidden = own[f"{name}.fc1.weight"][0]
        expected |= norm(f"{name}.layernorm", columns) | linear(f"{name}.fc1", hidden, columns)
        expected |= linear(f"{name}.fc2", base.width, hidden)
    expected = _under(prefix, expected)
    if not any(key.startswith("unet.") for key in shapes):
        return Reading(cross, 1, features, expected, "projection_dim")
    expected |= _under("unet.", weights(base.part("unet")))
    expected |= _under("text_encoder.", _without("text_model.", weights(base.part("text_encoder"))))
    expected |= _under("image_encoder.", _clip_vision(_without("image_encoder.", shapes), features))
    return Reading(cross, 1, features, expected, replaces=frozenset(FUSED))


def _clip_vision(own: Shapes, features: int) -> Sizes:
    """CLIP's image encoder with the projection to `features`, as large as the file's."""
    at = "vision_model."
    places, width = own[f"{at}embeddings.position_embedding.weight"]
    patch = own[f"{at}embeddings.patch_embedding.weight"]
    hidden = own[f"{at}encoder.layers.0.mlp.fc1.weight"][0]
    layer = norm("layer_norm1", width) | norm("layer_norm2", width)
    layer |= linear("mlp.fc1", hidden, width) | linear("mlp.fc2", width, hidden)
    for part in ("q_proj", "k_proj", "v_proj", "out_proj"):
        layer |= linear(f"self_attn.{part}", width, width)
    expected: Sizes = {
        f"{at}embeddings.class_embedding": (width,),
        f"{at}embeddings.position_embedding.weight": (places, width),
        f"{at}embeddings.patch_embedding.weight": (width, 3, patch[2], patch[2]),
    }
    expected |= norm(f"{at}pre_layrnorm", width) | norm(f"{at}post_layernorm", width)
    for depth in range(_count(own, f"{at}encoder.layers.", ".mlp.fc1.weight")):
        expected |= _under(f"{at}encoder.layers.{depth}.", layer)
    return expected | linear("visual_projection", features, width, bias=False)


READERS: Mapping[Layout, Callable[[Shapes, Base], Reading]] = {
    "ip-adapter": _global,
    "ip-adapter-plus": _plus,
    "ip-adapter-full-face": _full_face,
    "ip-adapter-faceid": _face_id,
    "ip-adapter-faceid-plus": _face_id_plus,
    "ip-adapter-faceid-plusv2": _face_id_plus,
    "mip-adapter": _global,
    "mip-adapter-plus": _plus,
    "photoverse": _photoverse,
    "fastcomposer": _fastcomposer,
}


def linear(name: str, rows: int, columns: int, bias: bool = True) -> Sizes:
    weight: Sizes = {f"{name}.weight": (rows, columns)}
    return weight | {f"{name}.bias": (rows,)} if bias else weight


def norm(name: str, width: int) -> Sizes:
    return {f"{name}.weight": (width,), f"{name}.bias": (width,)}


def weights(shapes: Shapes) -> Shapes:
    """Without the buffers that older libraries saved."""
    return {key: shape for key, shape in shapes.items() if not key.endswith(BUFFERS)}


def _under(prefix: str, shapes: Shapes) -> Sizes:
    return {prefix + key: shape for key, shape in shapes.items()}


def _without(prefix: str, shapes: Shapes) -> Sizes:
    return {key.removeprefix(prefix): shape for key, shape in shapes.items()}


def _first(shapes: Shapes, start: str, end: str) -> tuple[int, ...]:
    """The shape of the first tensor so named. Raises ValueError without one."""
    return shapes[min(_named(shapes, start, end))]


def _count(shapes: Shapes, start: str, end: str) -> int:
    """How many tensors are so named with a number between; counted, never looped up to: a file may name any
    number."""
    return sum(key[len(start) : -len(end)].isdecimal() for key in _named(shapes, start, end))


def _named(shapes: Shapes, start: str, end: str) -> Iterable[str]:
    return (key for key in shapes if key.startswith(start) and key.endswith(end))
