"""Adapter files: every layout is known by its tensors, and what does not fit is refused with what was
expected and what was found. Nothing here reads a tensor."""

import contextlib
import json
import struct
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest
import tiny_adapters
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tiny_adapters import ENCODER, SD15, SD15_UNET, SDXL, SDXL_UNET

from core import adapters, models
from core.adapters import AdapterInfo, Base, Header, cross_layers, fit, recognise
from core.errors import KnownError
from core.methods import Layout

LAYOUTS: tuple[Layout, ...] = get_args(Layout)
BASES = {"SD 1.5": SD15, "SDXL": SDXL}
TOKENS = {"ip-adapter-plus": 16, "mip-adapter-plus": 16, "ip-adapter-full-face": 17, "photoverse": 2,
          "fastcomposer": 1}  # fmt: skip
FEATURES = {"ip-adapter": 12, "mip-adapter": 12, "fastcomposer": 12, "ip-adapter-faceid": 512}


def header(layout: Layout, base: Base, **metadata: str) -> Header:
    return Header(tiny_adapters.shapes(layout, base), tiny_adapters.stated_by(layout) | metadata)


def read(layout: Layout, base: Base, changes: dict[str, Any] | None = None, **metadata: str) -> AdapterInfo:
    """The layout's file with some shapes changed; None leaves a tensor out."""
    whole = header(layout, base, **metadata)
    shapes = {key: shape for key, shape in {**whole.shapes, **(changes or {})}.items() if shape is not None}
    return fit(Header(shapes, whole.metadata), Path(f"{layout}.safetensors"), base)


@pytest.mark.parametrize("kind", BASES)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_is_recognised(layout: Layout, kind: str) -> None:
    info = read(layout, BASES[kind])
    assert (info.layout, info.name, info.width) == (layout, layout, BASES[kind].width)
    assert (info.tokens, info.features) == (TOKENS.get(layout, 4), FEATURES.get(layout, 20))
    assert info.trained == layout.startswith("mip")
    assert info.words == (2 if layout == "photoverse" else 0)
    assert info.replaces == frozenset()
    assert info.non_commercial == ("faceid" in layout)


def test_a_written_file_is_recognised(tmp_path: Path) -> None:
    base = tiny_adapters.at(SD15, tmp_path)
    files = [tiny_adapters.write(layout, base) for layout in LAYOUTS]
    assert [recognise(file, base).layout for file in files] == list(LAYOUTS)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_each_missing_tensor_is_refused(layout: Layout) -> None:
    for key in tiny_adapters.shapes(layout, SD15):
        with pytest.raises(KnownError):
            read(layout, SD15, {key: None})


@pytest.mark.parametrize("layout", LAYOUTS)
def test_each_tensor_of_another_shape_is_refused(layout: Layout) -> None:
    """Those that say a size of the file's own may change it, but no other tensor agrees."""
    for key, shape in tiny_adapters.shapes(layout, SD15).items():
        for other in ((shape[0] + 1, *shape[1:]), (), (*shape, 2)):
            with pytest.raises(KnownError):
                read(layout, SD15, {key: other})


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_tensor_too_many_is_refused_by_name(layout: Layout) -> None:
    with pytest.raises(KnownError, match=r"not known: ip_adapter\.5\.surprise"):
        read(layout, SD15, {"ip_adapter.5.surprise": (3,)})


def test_a_layer_missing_too_many_or_of_another_size_is_named() -> None:
    layer = "ip_adapter.31.to_k_ip.weight"
    with pytest.raises(KnownError, match=rf"has 16 cross-attention layers: missing: {layer}\."):
        read("ip-adapter", SD15, {layer: None})
    with pytest.raises(KnownError, match=rf"{layer} is 640 × 24 instead of 32 × 24"):
        read("ip-adapter", SD15, {layer: (640, 24)})
    beyond = "ip_adapter.33.to_k_ip.weight"
    with pytest.raises(KnownError, match=rf"not known: {beyond}"):
        read("ip-adapter-plus", SD15, {beyond: (32, 24)})
    assert "and 105 more" in refusal(fit, header("ip-adapter", deeper(SD15)), Path("deep.safetensors"), SD15)


def deeper(base: Base) -> Base:
    return replace(base, layers={2 * k + 1: 8 for k in range(70)})


def refusal(call: Any, *arguments: Any) -> str:
    with pytest.raises(KnownError) as caught:
        call(*arguments)
    return str(caught.value)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_file_of_another_base_says_so(layout: Layout) -> None:
    true = {
        "SD 1.5": replace(SD15, width=768, text=(768,)),
        "SDXL": replace(SDXL, width=2048, text=(768, 1280)),
    }
    file = Path(f"{layout}.safetensors")
    told = refusal(fit, header(layout, true["SD 1.5"]), file, true["SDXL"])
    assert (
        "made for another kind of model: its cross-attention is 768 wide (SD 1.5), this model's 2048" in told
    )
    told = refusal(fit, header(layout, true["SDXL"]), file, true["SD 1.5"])
    assert "is 2048 wide (SDXL), this model's 768 (SD 1.5)" in told


def test_sdxl_files_read_either_encoder() -> None:
    """Pooled embeddings of bigG are 1280 wide, those of ViT-H 1024."""
    for width in (1280, 1024):
        base = replace(SDXL, encoder=ENCODER | {"projection_dim": width})
        assert read("ip-adapter", base).features == width
        with pytest.raises(KnownError, match=f"reads 12 features of an image encoder; .* gives {width}"):
            fit(header("ip-adapter", SDXL), Path("bigG.safetensors"), base)


@pytest.mark.parametrize("layout", set(LAYOUTS) - {"ip-adapter-faceid"})
def test_without_an_image_encoder_it_is_asked_for(layout: Layout) -> None:
    told = refusal(fit, header(layout, SD15), Path("a.safetensors"), replace(SD15, encoder={}))
    assert "needs an image encoder" in told


def test_face_id_alone_needs_no_image_encoder() -> None:
    whole = header("ip-adapter-faceid", SD15)
    assert fit(whole, Path("face.safetensors"), replace(SD15, encoder={})).tokens == 4


def test_plus_and_plus_v2_are_told_apart_by_name_or_metadata() -> None:
    whole = header("ip-adapter-faceid-plus", SD15)
    assert (
        fit(whole, Path("ip-adapter-faceid-plus_sd15.safetensors"), SD15).layout == "ip-adapter-faceid-plus"
    )
    newer = "ip-adapter-faceid-plusv2"
    assert fit(whole, Path("ip-adapter-faceid-plusv2_sd15.safetensors"), SD15).layout == newer
    marked = header("ip-adapter-faceid-plus", SD15, shortcut="true")
    assert fit(marked, Path("faces.safetensors"), SD15).layout == newer


def test_a_portrait_file_has_no_lora() -> None:
    shapes = tiny_adapters.shapes("ip-adapter-faceid", SD15)
    without = {key: shape for key, shape in shapes.items() if "_lora." not in key}
    assert fit(Header(without), Path("portrait.safetensors"), SD15).layout == "ip-adapter-faceid"


@pytest.mark.parametrize(
    ("metadata", "words"),
    [
        ({"format": "other"}, "states the format other; expected likeness-photoverse/1"),
        ({"encoder_layers": "4"}, "reads the layers “4”"),
        ({"encoder_layers": "0,7"}, "the encoder in image_encoder has the layers 0 to 6"),
        ({"encoder_layers": "0,,-2"}, "reads the layers “0,,-2”"),
    ],
)
def test_photoverse_says_which_layers_it_reads(metadata: dict[str, str], words: str) -> None:
    assert words in refusal(lambda: read("photoverse", SD15, **metadata))


@pytest.fixture
def whole_model(tmp_path: Path) -> Base:
    """A model whose parts are there, as far as their names go."""
    import numpy as np
    from safetensors.numpy import save_file

    names = {
        "unet": ("conv_in.weight", "mid_block.attentions.0.norm.weight"),
        "text_encoder": (
            "text_model.embeddings.token_embedding.weight",
            "text_model.embeddings.position_ids",
        ),
    }
    for part, keys in names.items():
        (tmp_path / part).mkdir()
        save_file({key: np.zeros((3, 2), np.float32) for key in keys}, tmp_path / part / "model.safetensors")
    return tiny_adapters.at(SD15, tmp_path)


def checkpoint(base: Base) -> dict[str, tuple[int, ...]]:
    shapes = tiny_adapters.fastcomposer_checkpoint(base)
    return {key: shape for key, shape in shapes.items() if not key.startswith("vae.")}


def test_fastcomposers_own_file_brings_its_parts(whole_model: Base) -> None:
    """It carries its own image encoder: the model's may be another, or none."""
    base = replace(whole_model, encoder={})
    info = fit(Header(checkpoint(base)), Path("fastcomposer.safetensors"), base)
    assert info.replaces == {"unet", "text_encoder", "image_encoder"}
    assert (info.layout, info.tokens, info.features) == ("fastcomposer", 1, 10)


def test_fastcomposers_parts_must_be_those_of_the_model(whole_model: Base) -> None:
    shapes = checkpoint(whole_model)
    for key in set(shapes) - {key for key in shapes if key.endswith("position_ids")}:
        with pytest.raises(KnownError):
            fit(Header({k: s for k, s in shapes.items() if k != key}), Path("f.safetensors"), whole_model)
    with pytest.raises(KnownError, match=r"unet\.conv_in\.weight is 9 × 2 instead of 3 × 2"):
        fit(Header(shapes | {"unet.conv_in.weight": (9, 2)}), Path("f.safetensors"), whole_model)


def test_files_of_other_kinds_are_named() -> None:
    shapes = {"lora_unet_down.weight": (4, 4), "lora_unet_up.weight": (4, 4)}
    told = refusal(fit, Header(shapes), Path("style.safetensors"), SD15)
    assert "style.safetensors is no adapter of a kind that is known here: it holds lora_unet_down" in told
    assert "it holds nothing" in refusal(fit, Header({}), Path("empty.safetensors"), SD15)


@pytest.mark.parametrize("config", [SD15_UNET, SDXL_UNET])
def test_layers_are_those_of_diffusers(config: dict[str, Any]) -> None:
    assert cross_layers(config) == layers_of_diffusers(config)


def test_the_layers_of_other_shapes_of_unets_are_counted_too() -> None:
    """Several transformers of one block may differ in depth; the middle may be missing."""
    distilled = SDXL_UNET | {
        "transformer_layers_per_block": [0, [2, 2], [4, 1]],
        "reverse_transformer_layers_per_block": [[4, 4, 10], [2, 1, 1], 0],
        "mid_block_type": None,
    }
    assert cross_layers(distilled) == layers_of_diffusers(distilled)
    assert cross_layers(json.loads((models.EMBEDDED["mini"] / "unet" / "config.json").read_text()))[9] == 320


def layers_of_diffusers(config: dict[str, Any]) -> dict[int, int]:
    import torch
    from diffusers import UNet2DConditionModel

    with torch.device("meta"):
        unet = UNet2DConditionModel(**config, norm_num_groups=8)
    return {
        index: unet.get_submodule(name.removesuffix(".processor")).to_k.out_features
        for index, name in enumerate(unet.attn_processors)
        if name.endswith("attn2.processor")
    }


VALUES = (
    st.none() | st.integers(-3, 2**70) | st.text(max_size=3) | st.lists(st.integers(-3, 2**70), max_size=4)
)


@given(st.dictionaries(st.sampled_from(list(SDXL_UNET)), VALUES))
def test_no_configuration_breaks_the_count(changes: dict[str, Any]) -> None:
    try:
        layers = cross_layers(SDXL_UNET | changes)
    except KnownError as error:
        assert "cannot be understood" in str(error)  # noqa: PT017
    else:
        assert all(isinstance(width, int) for width in layers.values())


NAMES = sorted({key for layout in LAYOUTS for key in tiny_adapters.shapes(layout, SD15)})
SIDES = st.lists(st.sampled_from([0, 1, 4, 12, 20, 24, 96, 512]), max_size=4).map(tuple)


@given(st.sampled_from(LAYOUTS), st.dictionaries(st.sampled_from(NAMES), st.none() | SIDES, max_size=6))
def test_no_shapes_break_recognition(layout: Layout, changes: dict[str, Any]) -> None:
    try:
        info = read(layout, SD15, changes)
    except KnownError:
        return
    assert {key: shape for key, shape in changes.items() if shape is not None}.items() <= (
        tiny_adapters.shapes(info.layout, SD15).items()
    )


@pytest.mark.parametrize(
    "name",
    [
        "image_proj.layers.99999999999.0.to_q.weight",
        "image_proj.layers.².0.to_q.weight",
        f"ip_adapter.{'9' * 5000}.to_k_ip.weight",
    ],
)
def test_absurd_numbers_in_names_are_refused_at_once(name: str) -> None:
    with pytest.raises(KnownError, match=r"not known: (image_proj|ip_adapter)"):
        read("ip-adapter-plus", SD15, {name: (64, 24)})


def write_header(file: Path, entries: Any, data: bytes = b"") -> Path:
    body = json.dumps(entries).encode()
    file.write_bytes(struct.pack("<Q", len(body)) + body + data)
    return file


def test_a_file_that_is_cut_off_says_how_much_is_missing(tmp_path: Path) -> None:
    file = tiny_adapters.write("ip-adapter", tiny_adapters.at(SD15, tmp_path))
    content = file.read_bytes()
    file.write_bytes(content[:-1000])
    with pytest.raises(KnownError, match=r"is cut off: 1,000 of its bytes are missing"):
        recognise(file, SD15)
    file.write_bytes(content[:1000])
    with pytest.raises(KnownError, match="its header is longer than the file"):
        recognise(file, SD15)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(place=st.floats(0, 1), damage=st.binary(min_size=1, max_size=20))
def test_no_damage_to_a_header_breaks_recognition(place: float, damage: bytes, tmp_path: Path) -> None:
    file = tiny_adapters.write("mip-adapter-plus", tiny_adapters.at(SD15, tmp_path))
    content = bytearray(file.read_bytes())
    at = int(place * adapters.read_header(file).bytes)
    content[at : at + len(damage)] = damage
    file.write_bytes(content)
    with contextlib.suppress(KnownError):
        assert recognise(file, SD15).layout == "mip-adapter-plus"
    assert file.read_bytes() == content


def test_metadata_is_read_and_a_licence_in_it_told(tmp_path: Path) -> None:
    base = tiny_adapters.at(SD15, tmp_path)
    stated = {"license": "CC BY-NC 4.0"}
    info = recognise(tiny_adapters.write("ip-adapter", base, metadata=stated), base)
    assert (info.licence, info.non_commercial) == ("CC BY-NC 4.0", True)
    stated = {"modelspec.license": "Apache-2.0, Nice Company"}
    info = recognise(tiny_adapters.write("ip-adapter", base, metadata=stated), base)
    assert (info.licence, info.non_commercial) == ("Apache-2.0, Nice Company", False)


def test_a_non_commercial_adapter_waits_for_its_licence_to_be_accepted(tmp_path: Path) -> None:
    import hashlib

    base = tiny_adapters.at(SD15, tmp_path)
    faces = recognise(tiny_adapters.write("ip-adapter-faceid", base), base)
    with pytest.raises(KnownError, match="likeness models accept ip-adapter-faceid --model sd15") as caught:
        adapters.check_licence(faces, (), "sd15")
    assert "non-commercial research" in str(caught.value)
    adapters.check_licence(faces, (hashlib.sha256(faces.path.read_bytes()).hexdigest(),))
    adapters.check_licence(recognise(tiny_adapters.write("ip-adapter", base), base), ())


@given(st.binary(max_size=200))
def test_no_bytes_break_the_header_reader(content: bytes) -> None:
    read_or_refuse(content)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.text(max_size=5) | st.sampled_from(["shape", "data_offsets", "__metadata__"]), inner
            )
        ),
        max_leaves=10,
    )
)
def test_no_json_breaks_the_header_reader(entries: Any) -> None:
    body = json.dumps(entries).encode()
    read_or_refuse(struct.pack("<Q", len(body)) + body)


def read_or_refuse(content: bytes) -> None:
    import tempfile

    with tempfile.NamedTemporaryFile(suffix=".safetensors") as file:
        file.write(content)
        file.flush()
        try:
            found = adapters.read_header(Path(file.name))
        except KnownError as error:
            assert "is not a safetensors file" in str(error) or "is cut off" in str(error)  # noqa: PT017
        else:
            assert all(isinstance(side, int) for shape in found.shapes.values() for side in shape)
            assert all(isinstance(text, str) for text in found.metadata.values())


def test_an_absurd_header_length_is_refused_unread(tmp_path: Path) -> None:
    file = tmp_path / "huge.safetensors"
    file.write_bytes(struct.pack("<Q", 2**62) + b"{}")
    with pytest.raises(KnownError, match="longer than the file"):
        adapters.read_header(file)
