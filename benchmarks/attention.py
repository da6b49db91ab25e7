"""What M subjects add to one UNet step: ours beside diffusers' stock and masked IP-Adapter, in one run.

python benchmarks/attention.py [--rounds 5] [--subjects 1 2 4 8] [--tokens 4] [--full] [--xl] [--json FILE]

UNets of SD 1.5's and SDXL's shapes with random weights: no file is read. On a processor: SD 1.5 in fp32 on
32 × 32 latents (--full: 64 × 64), SDXL with --xl alone. On a CUDA device: both in bf16 at their own size,
eagerly and as CUDA graphs (--how eager graphs). Two rows a picture, as guidance has them. Rounds take turns,
so that a busy machine slows all alike.

diffusers is given its image tokens ready-made; its pipelines project them in every step. Its stock path
concatenates the images of M subjects (one softmax over all); its masked path takes one mask a subject and
computes, with masks of ones, what ours does uniformly: both are compared in fp32.
"""

# ruff: noqa: E402 - the project is found, and torch's threads told how to wait, first

import argparse
import gc
import json
import statistics
import sys
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from core.environment import set_environment

set_environment()

import diffusers
import torch
from diffusers import UNet2DConditionModel
from diffusers.models.attention_processor import IPAdapterAttnProcessor2_0
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode

from core.diffusion.attention.attach import attached, cross_layers
from core.diffusion.attention.ip_adapter import ImageTokens, Strength
from core.diffusion.conditions import relevance_text
from core.diffusion.layers import Ingredients, frame
from core.spec import Merging, RenderSpec

ROWS = 2  # unconditional and conditional
SCALE = 0.6
TEXT_TOKENS = 77
EQUAL = 1e-5
# What a dispatcher sees and no processor computes.
FREE_OPERATIONS = {"empty", "empty_like", "empty_strided", "new_empty", "_unsafe_view", "lift_fresh"}

Step = Callable[[], Tensor]
Processors = Mapping[str, Any]


@dataclass(frozen=True)
class Shape:
    """`small`, `full`: sides of square latents."""

    title: str
    config: dict[str, Any]
    small: int
    full: int


SD15 = Shape("SD 1.5", {"sample_size": 64, "cross_attention_dim": 768, "attention_head_dim": 8}, 32, 64)
SDXL = Shape(
    "SDXL",
    {
        "sample_size": 128,
        "block_out_channels": (320, 640, 1280),
        "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        "up_block_types": ("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        "transformer_layers_per_block": (1, 2, 10),
        "attention_head_dim": (5, 10, 20),
        "cross_attention_dim": 2048,
        "use_linear_projection": True,
        "addition_embed_type": "text_time",
        "addition_time_embed_dim": 256,
        "projection_class_embeddings_input_dim": 2816,
    },
    32,
    128,
)
TINY = Shape(
    "tiny",
    {
        "sample_size": 16,
        "block_out_channels": (32, 64),
        "down_block_types": ("CrossAttnDownBlock2D", "DownBlock2D"),
        "up_block_types": ("UpBlock2D", "CrossAttnUpBlock2D"),
        "layers_per_block": 1,
        "cross_attention_dim": 48,
        "attention_head_dim": 4,
    },
    16,
    16,
)


@dataclass(frozen=True)
class Result:
    """One row of the table. `added`: the median over rounds of what this costs more than the bare UNet in the
    same round, as a part of it."""

    model: str
    how: str
    variant: str
    subjects: int
    median_ms: float
    min_ms: float
    added: float
    launches: int


class Bench:
    """One UNet with everything its steps read."""

    def __init__(self, shape: Shape, side: int, device: torch.device, tokens: int) -> None:
        self.shape, self.side, self.device, self.tokens = shape, side, device, tokens
        torch.manual_seed(7)
        with device:
            self.unet = UNet2DConditionModel(**shape.config).eval().requires_grad_(False)
        self.unet.to(memory_format=torch.channels_last)
        self.layers = cross_layers(self.unet)
        self.width = shape.config["cross_attention_dim"]
        self.latents = self._random(ROWS, 4, side, side).contiguous(memory_format=torch.channels_last)
        self.text = self._random(ROWS, TEXT_TOKENS, self.width)
        self.time = torch.tensor(500, device=device)
        self.adapter = self._adapter()
        self.added = self._added()

    def to(self, dtype: torch.dtype) -> None:
        self.unet.to(dtype)
        self.latents, self.text = self.latents.to(dtype), self.text.to(dtype)
        self.adapter = {key: tensor.to(dtype) for key, tensor in self.adapter.items()}
        self.added = {key: tensor.to(dtype) for key, tensor in self.added.items()}

    @torch.inference_mode()
    def step(self) -> Tensor:
        given = (self.latents, self.time, self.text)
        output: Tensor = self.unet(*given, added_cond_kwargs=self.added, return_dict=False)[0]
        return output

    def image(self, subjects: int) -> Tensor:
        """(B, M, T, D), the same for ours and theirs."""
        torch.manual_seed(subjects)
        return self._random(ROWS, subjects, self.tokens, self.width).to(self.text.dtype)

    def _adapter(self) -> dict[str, Tensor]:
        return {
            f"ip_adapter.{layer.index}.to_{kind}_ip.weight": self._random(
                layer.attention.to_k.out_features, self.width
            ) / self.width**0.5
            for layer in self.layers
            for kind in "kv"
        }  # fmt: skip

    def _added(self) -> dict[str, Tensor]:
        if "addition_embed_type" not in self.shape.config:
            return {}
        pooled = self.shape.config["projection_class_embeddings_input_dim"] - 6 * 256
        return {"text_embeds": self._random(ROWS, pooled), "time_ids": self._random(ROWS, 6)}

    def _random(self, *size: int) -> Tensor:
        return torch.randn(*size, device=self.device)


def main() -> None:
    asked = _arguments()
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    # Equality is about the mathematics, not about TF32.
    torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = False
    name = torch.cuda.get_device_name() if device.type == "cuda" else f"{torch.get_num_threads()} threads"
    print(f"torch {torch.__version__}, diffusers {diffusers.__version__}, {device.type}: {name}")
    results: list[Result] = []
    differences: dict[str, dict[str, float]] = {}
    for shape in _shapes(asked, device):
        side = shape.full if asked.full or device.type == "cuda" else shape.small
        bench = Bench(shape, side, device, asked.tokens)
        differences[shape.title] = _print_equality(bench, asked.subjects)
        if device.type == "cuda":
            bench.to(torch.bfloat16)
        for how in asked.how:
            results += _print_costs(bench, how, asked)
        del bench
        gc.collect()
    if asked.json:
        rows = [asdict(result) for result in results]
        told = {"machine": name, "torch": torch.__version__, "rows": rows, "differences": differences}
        asked.json.write_text(json.dumps(told, indent=1) + "\n", "utf-8")


def variants(bench: Bench, counts: Sequence[int]) -> dict[tuple[str, int], Processors]:
    """What is put on the layers, by name and number of subjects; nothing for the bare UNet."""
    made: dict[tuple[str, int], Processors] = {("bare UNet", 0): {}, ("ours, text alone", 0): ours(bench, 0)}
    for m in counts:
        made["ours, uniform", m] = ours(bench, m)
    for m in counts:
        made["ours, relevance", m] = ours(bench, m, "relevance-mean")
    for m in counts:
        made["diffusers, stock", m] = theirs(bench, m, masked=False)
    for m in counts:
        made["diffusers, masked", m] = theirs(bench, m, masked=True)
    return made


def ours(bench: Bench, subjects: int, merging: Merging = "uniform") -> Processors:
    """The frames of a picture with so many subjects, as the pipeline makes them."""
    spec = RenderSpec(
        "", "random", 512, 512, 1, 1, 5.0, method="ip-adapter", adapter="random", merging=merging
    )
    adapter = SimpleNamespace(
        info=SimpleNamespace(layout="ip-adapter", path=Path("random")), state=bench.adapter
    )
    words = None
    if subjects > 1 and merging != "uniform":
        words = relevance_text([[row[at : at + 1] for at in range(subjects)] for row in bench.text])
    given = Ingredients(
        spec=spec,
        adapter=adapter if subjects else None,  # type: ignore[arg-type]
        strength=Strength(torch.full((ROWS, subjects), SCALE, device=bench.device)),
        subjects=subjects,
        image=ImageTokens(bench.image(subjects)) if subjects else None,
        words=words,
        regions=None,
        recorder=None,
    )
    with torch.inference_mode():
        return {layer.name: frame(layer, given) for layer in bench.layers}


class Theirs(IPAdapterAttnProcessor2_0):
    """diffusers' processor with its image tokens and masks at hand: the UNet would pass them to every
    layer."""

    def __init__(self, projections: tuple[Tensor, Tensor], image: Tensor, masks: list[Tensor] | None) -> None:
        with torch.device("meta"):
            super().__init__(*projections[0].shape, num_tokens=(image.shape[2],), scale=SCALE)
        for linear, weight in zip((self.to_k_ip[0], self.to_v_ip[0]), projections, strict=True):
            linear.weight = nn.Parameter(weight, requires_grad=False)
        self.image, self.masks = image, masks

    def __call__(self, attn: Any, hidden_states: Tensor, encoder_hidden_states: Tensor, **_: Any) -> Tensor:
        given = (encoder_hidden_states, [self.image])
        return super().__call__(attn, hidden_states, given, ip_adapter_masks=self.masks)  # type: ignore


def theirs(bench: Bench, subjects: int, *, masked: bool) -> Processors:
    image, pixels = bench.image(subjects), bench.side * 8
    masks = [torch.ones(1, subjects, pixels, pixels, device=bench.device)] if masked else None
    state = bench.adapter
    weights = {
        layer.name: tuple(state[f"ip_adapter.{layer.index}.to_{kind}_ip.weight"] for kind in "kv")
        for layer in bench.layers
    }
    return {name: Theirs(pair, image, masks) for name, pair in weights.items()}  # type: ignore[arg-type]


def _print_equality(bench: Bench, counts: Sequence[int]) -> dict[str, float]:
    """In fp32: ours, uniform, against diffusers' masks of ones, and against its stock path for one subject.
    Exits where they differ."""
    print(f"\n{bench.shape.title}: largest difference of the outputs in fp32, relative to the largest output")
    found = {}
    for m in counts:
        mine = _output(bench, ours(bench, m))
        for name, masked in (("masked", True), ("stock", False)):
            if masked or m == 1:
                other = _output(bench, theirs(bench, m, masked=masked))
                found[f"{name}, {m}"] = float((mine - other).abs().max() / other.abs().max())
    print("   ".join(f"{name}: {difference:.1e}" for name, difference in found.items()))
    if max(found.values()) > EQUAL:
        sys.exit(f"They differ by more than {EQUAL}.")
    return found


def _output(bench: Bench, processors: Processors) -> Tensor:
    with attached(bench.unet, processors):
        return bench.step()


def _print_costs(bench: Bench, how: str, asked: argparse.Namespace) -> list[Result]:
    made = variants(bench, asked.subjects)
    launches = {key: count_launches(bench, processors) for key, processors in made.items()}
    times = take_turns(bench, made, prepared(bench, made, how), asked.rounds)
    dtype = str(bench.text.dtype).removeprefix("torch.")
    what = "launches" if bench.device.type == "cuda" else "operations"
    print(
        f"\n{bench.shape.title}, {bench.side} × {bench.side} latents, {ROWS} rows, {dtype}, {bench.tokens} "
        f"tokens a subject, {how}\n{'':20s}subjects  median ms     min ms      added  {what}"
    )
    bare = times["bare UNet", 0]
    results = []
    for (name, m), each in times.items():
        added = statistics.median(mine / base for mine, base in zip(each, bare, strict=True)) - 1
        median, least = statistics.median(each), min(each)
        results.append(Result(bench.shape.title, how, name, m, median, least, added, launches[name, m]))
        print(f"{name:20s}{m:8d}{median:11.2f}{least:11.2f}{added:11.1%}{launches[name, m]:10d}")
    _print_independence(launches, what)
    return results


def _print_independence(launches: Mapping[tuple[str, int], int], what: str) -> None:
    for name in ("ours, uniform", "ours, relevance"):
        counts = {count for (variant, m), count in launches.items() if variant == name and m > 1}
        said = "independent of M" if len(counts) < 2 else f"not independent of M: {sorted(counts)}"
        print(f"{name}, M > 1: {what} {said}")


def prepared(bench: Bench, made: Mapping[tuple[str, int], Processors], how: str) -> dict[Any, Step]:
    """A step of each variant: as it is, or replayed from a CUDA graph."""
    if how == "eager":
        return dict.fromkeys(made, bench.step)
    pool = torch.cuda.graph_pool_handle()
    return {key: _graph(bench, processors, pool) for key, processors in made.items()}


def _graph(bench: Bench, processors: Processors, pool: Any) -> Step:
    """They share their memory: nobody reads what a step puts out."""
    graph, side = torch.cuda.CUDAGraph(), torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with attached(bench.unet, processors), torch.inference_mode():
        with torch.cuda.stream(side):
            for _ in range(2):
                bench.step()
        torch.cuda.current_stream().wait_stream(side)
        with torch.cuda.graph(graph, pool=pool):
            output = bench.step()

    def replay() -> Tensor:
        graph.replay()
        return output

    return replay


def take_turns(
    bench: Bench,
    made: Mapping[tuple[str, int], Processors],
    steps: Mapping[Any, Step],
    rounds: int,
) -> dict[tuple[str, int], list[float]]:
    """Milliseconds a step, every variant once in each round. On a processor its own time is taken, which
    other programs lengthen less than the clock's; it is warm from the steps that were counted. On a GPU a
    first round is left out."""
    on_cpu = bench.device.type == "cpu"
    clock, repeats, cold = (time.process_time, 1, 0) if on_cpu else (time.perf_counter, 10, 1)
    times: dict[tuple[str, int], list[float]] = {key: [] for key in made}
    for number in range(cold + rounds):
        for key, processors in made.items():
            with attached(bench.unet, processors):
                _wait(bench)
                began = clock()
                for _ in range(repeats):
                    steps[key]()
                _wait(bench)
            if number >= cold:
                times[key].append((clock() - began) / repeats * 1000)
    return times


def _wait(bench: Bench) -> None:
    if bench.device.type == "cuda":
        torch.cuda.synchronize()


class _Counter(TorchDispatchMode):
    count = 0

    def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        free = function.is_view or function.overloadpacket.__name__ in FREE_OPERATIONS
        self.count += not free
        return function(*args, **(kwargs or {}))


def count_launches(bench: Bench, processors: Processors) -> int:
    """Kernels of one eager step on a GPU; on a processor the operations that compute something."""
    with attached(bench.unet, processors):
        bench.step()  # what is kept for later steps is computed here
        if bench.device.type == "cpu":
            with _Counter() as counter:
                bench.step()
            return counter.count
        with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CUDA]) as profile:
            bench.step()
            torch.cuda.synchronize()
        return sum(event.device_type == torch.autograd.DeviceType.CUDA for event in profile.events())


def _shapes(asked: argparse.Namespace, device: torch.device) -> list[Shape]:
    if asked.tiny:
        return [TINY]
    return [SD15, SDXL] if asked.xl or device.type == "cuda" else [SD15]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--subjects", type=int, nargs="+", default=[1, 2, 4, 8])
    parser.add_argument("--tokens", type=int, default=4, help="image tokens of one subject")
    parser.add_argument("--full", action="store_true", help="the models' own size on a processor too")
    parser.add_argument("--xl", action="store_true", help="SDXL on a processor too")
    parser.add_argument("--tiny", action="store_true", help="a tiny UNet alone, to try this program")
    parser.add_argument("--how", nargs="+", choices=["eager", "graphs"])
    parser.add_argument("--json", type=Path, help="write the figures there")
    asked = parser.parse_args()
    asked.how = asked.how or (["eager", "graphs"] if torch.cuda.is_available() else ["eager"])
    if "graphs" in asked.how and not torch.cuda.is_available():
        parser.error("CUDA graphs need a CUDA device")
    return asked


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main()
