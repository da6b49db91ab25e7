"""The projections of the public adapter files, against diffusers' own modules, which diffusers fills."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers.loaders.unet import UNet2DConditionLoadersMixin
from safetensors.torch import load_file
from tiny_faceid import faceid, faceid_plus, full_face
from tiny_models import resampler
from torch import Tensor
from torch.nn.functional import normalize

from core import models
from core.adapters import AdapterInfo
from core.diffusion import project
from core.errors import KnownError
from core.methods import Layout

State = dict[str, Tensor]
WIDTH = 64


def info(layout: Layout, width: int = WIDTH) -> AdapterInfo:
    return AdapterInfo(layout, Path(f"{layout}.safetensors"), layout, 4, width)


def states(layout: Layout) -> State:
    torch.manual_seed(0)
    made: dict[Layout, Callable[[], State]] = {
        "ip-adapter-plus": lambda: resampler(WIDTH),
        "ip-adapter-full-face": lambda: full_face(WIDTH, 32),
        "ip-adapter-faceid": lambda: faceid(WIDTH),
        "ip-adapter-faceid-plus": lambda: faceid_plus(WIDTH, 32),
        "ip-adapter-faceid-plusv2": lambda: faceid_plus(WIDTH, 32),
    }
    return made[layout]()


def features(layout: Layout, batch: int = 2) -> State:
    torch.manual_seed(1)
    face = normalize(torch.randn(batch, 512), dim=-1)
    patches = torch.randn(batch, 17, 32)
    if layout == "ip-adapter-faceid":
        return {"face": face}
    return {"face": face, "patches": patches} if "faceid" in layout else {"patches": patches}


def diffusers_module(state: State) -> Any:
    own = {key.removeprefix("image_proj."): tensor.clone() for key, tensor in state.items()}
    convert = UNet2DConditionLoadersMixin._convert_ip_adapter_image_proj_to_diffusers
    return convert(None, own, low_cpu_mem_usage=False).requires_grad_(False)


def theirs(layout: Layout, state: State, given: State, s_scale: float = 1.0) -> Tensor:
    module = diffusers_module(state)
    if "faceid" not in layout:
        return module(given["patches"])
    if "patches" in given:
        module.clip_embeds = given["patches"][:, None]
        module.shortcut, module.shortcut_scale = layout.endswith("v2"), s_scale
    return module(given["face"][:, None])


def test_global_tokens_equal_diffusers() -> None:
    mini = models.inspect("mini", models.EMBEDDED["mini"]).adapter("ip-adapter")
    state = {key: tensor.float() for key, tensor in load_file(mini.path).items()}
    own = {key: tensor for key, tensor in state.items() if key.startswith("image_proj.")}
    embeddings = torch.randn(3, 256)
    torch.testing.assert_close(
        project.build(mini, state)(pooled=embeddings), diffusers_module(own)(embeddings)
    )


@pytest.mark.parametrize(
    "layout",
    ["ip-adapter-plus", "ip-adapter-full-face", "ip-adapter-faceid", "ip-adapter-faceid-plus",
     "ip-adapter-faceid-plusv2"],
)  # fmt: skip
def test_tokens_equal_diffusers_in_fp32_and_come_close_in_half(layout: Layout) -> None:
    state, given = states(layout), features(layout)
    expected = theirs(layout, state, given)
    torch.testing.assert_close(project.build(info(layout), state)(**given), expected, atol=1e-5, rtol=1e-5)
    half, halved = ({key: t.bfloat16() for key, t in each.items()} for each in (state, given))
    close = project.build(info(layout), half)(**halved)
    assert close.dtype == torch.bfloat16
    assert (close.float() - expected).abs().mean() < 0.03 * expected.abs().mean()


@pytest.mark.parametrize("s_scale", [0.0, 0.4, 2.0])
def test_plus_v2_adds_s_times_what_was_read(s_scale: float) -> None:
    layout: Layout = "ip-adapter-faceid-plusv2"
    state, given = states(layout), features(layout)
    tokens = project.build(info(layout), state)(**given, s_scale=s_scale)
    torch.testing.assert_close(tokens, theirs(layout, state, given, s_scale), atol=1e-5, rtol=1e-5)
    alone = project.build(info("ip-adapter-faceid"), {k: v for k, v in state.items() if "perc" not in k})
    assert torch.equal(tokens, alone(face=given["face"])) == (s_scale == 0)


def test_a_batch_is_as_good_as_each_alone() -> None:
    projection = project.build(info("ip-adapter-faceid-plus"), states("ip-adapter-faceid-plus"))
    given = features("ip-adapter-faceid-plus", 3)
    each = [projection(**{key: tensor[i : i + 1] for key, tensor in given.items()}) for i in range(3)]
    torch.testing.assert_close(projection(**given), torch.cat(each))


DAMAGES: dict[str, Callable[[State], object]] = {
    "proj.2.bias is missing": lambda state: state.pop("image_proj.proj.2.bias"),
    "proj.0.weight is missing": lambda state: state.pop("image_proj.proj.0.weight"),
    "extra is unknown": lambda state: state.update({"image_proj.extra": torch.zeros(1)}),
    "norm.bias is 3, expected 64": lambda state: state.update({"image_proj.norm.bias": torch.zeros(3)}),
    "proj.0.bias is one number": lambda state: state.update({"image_proj.proj.0.bias": torch.zeros(())}),
    "not enough values": lambda state: state.update({"image_proj.proj.0.weight": torch.zeros(4)}),
    "layers.2.0.to_q.weight is missing": lambda state: state.pop(
        "image_proj.perceiver_resampler.layers.2.0.to_q.weight"
    ),
    "layers.4.0.norm1.weight is missing": lambda state: state.update(
        {"image_proj.perceiver_resampler.layers.999999999.0.to_q.weight": torch.zeros(1)}
    ),
    "heads of 64": lambda state: state.update(
        {"image_proj.perceiver_resampler.layers.0.0.to_q.weight": torch.zeros(65, 64)}
    ),
    "tokens of different widths": lambda state: state.update(
        {"image_proj.perceiver_resampler.proj_out.weight": torch.zeros(32, 64)}
    ),
}


@pytest.mark.parametrize("said", DAMAGES)
def test_a_damaged_projection_is_refused_in_words(said: str) -> None:
    state = states("ip-adapter-faceid-plus")
    DAMAGES[said](state)
    with pytest.raises(KnownError, match=said) as error:
        project.build(info("ip-adapter-faceid-plus"), state)
    assert "ip-adapter-faceid-plus.safetensors is damaged" in str(error.value)


def test_another_models_tokens_are_refused() -> None:
    with pytest.raises(KnownError, match="64 wide, expected 768"):
        project.build(info("ip-adapter-faceid", 768), states("ip-adapter-faceid"))


def test_impossible_sizes_take_no_memory() -> None:
    """A file's 2 MB can claim a layer of 4 TB."""
    state = states("ip-adapter-plus")
    state["image_proj.proj_in.weight"] = torch.zeros(1_000_000, 1)
    state["image_proj.proj_out.weight"] = torch.zeros(64, 1)
    with pytest.raises(KnownError, match="is damaged"):
        project.build(info("ip-adapter-plus"), state)
