"""Memory that runs out and pictures that are none: what is tried, what is kept, what is said."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from msgspec import structs
from tiny_models import PipelineOptions, no_faces, pixels, unheard
from tiny_models import spec as made_spec

from core.diffusion import decode, denoise, load, tiles
from core.diffusion.engine import Pipeline
from core.economy import AS_ASKED, LOWEST, Economy
from core.errors import KnownError, PartlyDone
from core.paths import Home
from core.spec import RenderSpec

FULL = "[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried to allocate 1 bytes"


def spec(**changes: object) -> RenderSpec:
    return made_spec(model="sd", **changes)


@pytest.fixture(scope="module")
def tiny(sd15_folder: Path, home: Home) -> Pipeline:
    return Pipeline(PipelineOptions(home.root, {"sd": sd15_folder}), no_faces)


@pytest.fixture
def small_tiles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiles, "TILE", 4)
    monkeypatch.setattr(tiles, "OVERLAP", 2)


@pytest.fixture
def spoiling(tiny: Pipeline) -> Iterator[None]:
    """What a test puts into the model goes with the model."""
    yield
    tiny.close()


class Memory:
    """Notes each try, and is full for some of them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.drawn: list[tuple[int, int, bool]] = []
        self.decoded: list[bool] = []
        self.draw_full: Callable[[int, int, bool], bool] = lambda *_: False
        self.decode_full: Callable[[bool], bool] = lambda _: False
        draw, shown = denoise.denoise, decode.decode

        def drawing(loaded: Any, scheduler: Any, given: Any, noise: Any, *rest: Any) -> Any:
            tried = (len(noise), len(given.passes), "vae" not in vars(loaded))
            self.drawn.append(tried)
            if self.draw_full(*tried):
                raise RuntimeError(FULL)
            return draw(loaded, scheduler, given, noise, *rest)

        def decoding(loaded: Any, latents: Any, tiled: bool = False) -> Any:
            self.decoded.append(tiled)
            if self.decode_full(tiled):
                raise torch.OutOfMemoryError("CUDA out of memory")
            return shown(loaded, latents, tiled)

        monkeypatch.setattr(denoise, "denoise", drawing)
        monkeypatch.setattr(decode, "decode", decoding)
        monkeypatch.setattr(Pipeline, "batch_size", lambda *_: 4)


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> Memory:
    return Memory(monkeypatch)


def test_fewer_at_once_then_in_turn_then_alone_in_memory(tiny: Pipeline, memory: Memory) -> None:
    memory.draw_full = lambda rows, passes, alone: not alone
    made = tiny.render([spec(seed=seed) for seed in range(2)], unheard)
    assert memory.drawn == [(2, 1, False)] + [(1, 1, False), (1, 2, False), (1, 2, True)] * 2
    assert [one.made["economy"] for one in made] == ["sequential+offloaded"] * 2
    assert [one.made["batch_size"] for one in made] == [1, 1]


def test_without_guidance_there_are_no_halves_to_take_in_turn(tiny: Pipeline, memory: Memory) -> None:
    memory.draw_full = lambda rows, passes, alone: not alone
    made = tiny.render([spec(guidance=1.0)], unheard)[0]
    assert memory.drawn == [(1, 1, False), (1, 1, True)]
    assert made.made["economy"] == "offloaded"


def test_a_decode_that_does_not_fit_is_done_again_alone(
    tiny: Pipeline, memory: Memory, small_tiles: None
) -> None:
    memory.decode_full = lambda tiled: not tiled
    made = tiny.render([spec(seed=seed) for seed in range(2)], unheard)
    assert memory.drawn == [(2, 1, False)]
    assert memory.decoded == [False, True, True]
    assert [one.made["economy"] for one in made] == ["tiled", "tiled"]


def test_a_picture_of_one_tile_is_decoded_with_the_rest_put_away(tiny: Pipeline, memory: Memory) -> None:
    memory.decode_full = lambda _: len(memory.decoded) == 1
    made = tiny.render([spec()], unheard)[0]
    assert memory.decoded == [False, False]
    assert made.made["economy"] == "offloaded"
    assert "unet" not in vars(tiny.loaded)


def test_when_nothing_helps_it_is_said_and_the_next_picture_is_made(tiny: Pipeline, memory: Memory) -> None:
    memory.draw_full = lambda *_: True
    with pytest.raises(KnownError, match=r"not enough memory for 64 × 64 px.*smaller size"):
        tiny.render([spec()], unheard)
    memory.draw_full = lambda *_: False
    assert "economy" not in tiny.render([spec()], unheard)[0].made


def test_the_one_that_does_not_fit_takes_no_neighbour_with_it(tiny: Pipeline, memory: Memory) -> None:
    memory.decode_full = lambda _: 1 < len(memory.decoded) < 4  # the second picture's two tries
    with pytest.raises(PartlyDone, match=r"1 of 3 pictures were not made.*not enough memory") as caught:
        tiny.render([spec(seed=seed) for seed in range(3)], unheard)
    assert set(caught.value.made) == {0, 2}
    assert set(caught.value.reasons) == {1}


def test_a_preview_that_does_not_fit_is_left_out(tiny: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise RuntimeError(FULL)

    expected = tiny.render([spec()], unheard)[0]
    colours = decode._colours
    monkeypatch.setattr(decode, "_colours", lambda *given: full() if len(given) == 2 else colours(*given))
    shown: list[tuple[bytes, ...]] = []
    made = tiny.render([spec()], lambda step, steps, previews: shown.append(previews))[0]
    assert made.rgb == expected.rgb
    assert {preview for previews in shown for preview in previews} <= {b""}


@pytest.mark.parametrize("economy", [Economy(sequential=True), Economy(tiled=True), LOWEST])
def test_what_was_saved_is_recorded_and_repeats_to_the_pixel(
    tiny: Pipeline, small_tiles: None, economy: Economy
) -> None:
    wanted = spec(width=128, height=96)
    first = tiny.render([wanted], unheard, 1, economy)[0]
    assert Economy.read(str(first.made["economy"])) == economy
    assert tiny.render([wanted], unheard, 1, economy)[0].rgb == first.rgb


def test_a_way_that_is_not_known_is_not_guessed() -> None:
    assert Economy.read(LOWEST.text) == LOWEST
    assert Economy.read("") == AS_ASKED
    with pytest.raises(KnownError, match="does not know: quantised"):
        Economy.read("tiled+quantised")


def test_an_error_that_is_not_about_memory_is_no_reason_to_try_again(
    tiny: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []

    def broken(*_: object, **__: object) -> None:
        calls.append(1)
        raise RuntimeError("mat1 and mat2 shapes cannot be multiplied")

    monkeypatch.setattr(denoise, "denoise", broken)
    with pytest.raises(RuntimeError, match="mat1"):
        tiny.render([spec()], unheard)
    assert calls == [1]


# Pictures that are none


def spoil(monkeypatch: pytest.MonkeyPatch, part: str, value: float, rows: Callable[[int], list[int]]) -> None:
    """Has a part of every model that is loaded in half precision give `value` in some of its rows."""
    read = load.Loaded.complete

    def complete(self: load.Loaded) -> None:
        read(self)
        if self.dtype == torch.float32 and part in HALF:
            return
        module = {"unet": self.unet, "vae": self.vae.decoder, "text": self.text_encoders[0].model}[
            part.removesuffix("-half")
        ]
        if not getattr(module, "is_spoilt", False):
            module.is_spoilt = True
            module.register_forward_hook(lambda _, __, given: _spoilt(given, value, rows))

    monkeypatch.setattr(load.Loaded, "complete", complete)


HALF = ("unet-half", "vae-half", "text-half")


def _spoilt(given: Any, value: float, rows: Callable[[int], list[int]]) -> Any:
    if hasattr(given, "last_hidden_state"):
        given.last_hidden_state = given.last_hidden_state * value
        return given
    first = given[0] if isinstance(given, tuple) else given
    for row in rows(len(first)):
        first[row] = value
    return given


def every(rows: int) -> list[int]:
    return list(range(rows))


@pytest.fixture
def bf16(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a machine whose own precision is a half one."""
    monkeypatch.setattr("core.diffusion.load.choose_dtype", lambda *_: torch.bfloat16)


@pytest.mark.usefixtures("spoiling")
@pytest.mark.parametrize("part", ["unet", "vae", "text"])
def test_not_a_number_is_never_a_success(tiny: Pipeline, monkeypatch: pytest.MonkeyPatch, part: str) -> None:
    spoil(monkeypatch, part, float("nan"), every)
    with pytest.raises(KnownError, match=r"not a number.*Another seed.*fp32, the highest precision"):
        tiny.render([spec()], unheard)


@pytest.mark.usefixtures("spoiling")
@pytest.mark.parametrize("part", HALF)
def test_half_precision_that_breaks_is_tried_once_in_fp32(
    tiny: Pipeline, monkeypatch: pytest.MonkeyPatch, bf16: None, part: str
) -> None:
    spoil(monkeypatch, part, float("nan"), every)
    made = tiny.render([spec()], unheard)[0]
    assert made.made["precision"] == "fp32"
    assert pixels(made).std() > 0


@pytest.mark.usefixtures("spoiling")
def test_one_broken_picture_of_a_batch_is_redone_alone(
    tiny: Pipeline, monkeypatch: pytest.MonkeyPatch, bf16: None
) -> None:
    monkeypatch.setattr(Pipeline, "batch_size", lambda *_: 3)
    spoil(monkeypatch, "unet-half", float("nan"), lambda rows: [1, 4])
    made = tiny.render([spec(seed=seed) for seed in range(3)], unheard)
    assert [one.made["precision"] for one in made] == ["bf16", "fp32", "bf16"]
    assert [one.made["batch_size"] for one in made] == [3, 1, 3]
    monkeypatch.setattr("core.diffusion.load.choose_dtype", lambda *_: torch.float32)
    assert made[1].rgb == tiny.render([spec(seed=1)], unheard)[0].rgb


@pytest.mark.usefixtures("spoiling")
def test_one_that_stays_broken_fails_alone(tiny: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Pipeline, "batch_size", lambda *_: 3)
    spoil(monkeypatch, "unet", float("inf"), lambda rows: [1, 4])
    with pytest.raises(PartlyDone) as caught:
        tiny.render([spec(seed=seed) for seed in range(3)], unheard)
    assert set(caught.value.made) == {0, 2}
    assert "not a number" in caught.value.reasons[1]


@pytest.mark.usefixtures("spoiling")
@pytest.mark.parametrize("colour", [-1.0, 1.0, 0.2])
def test_one_colour_is_never_a_success(
    tiny: Pipeline, monkeypatch: pytest.MonkeyPatch, colour: float
) -> None:
    spoil(monkeypatch, "vae", colour, every)
    with pytest.raises(KnownError, match="one single colour"):
        tiny.render([spec()], unheard)


def drawn(kind: str) -> np.ndarray:  # type: ignore[type-arg]
    picture = np.zeros((64, 64, 3), np.uint8)
    random = np.random.default_rng(0)
    match kind:
        case "orange":
            picture[:] = (230, 120, 10)
        case "one pixel":
            picture[5, 5] = 255
        case "three greys":
            picture += random.integers(100, 103, (64, 64, 1), dtype=np.uint8)
        case "two colours":
            picture[:, 32:] = 3
        case "stars":
            picture[random.random((64, 64)) < 0.02] = 255
        case "sky":
            picture += np.linspace(10, 16, 64, dtype=np.uint8)[:, None, None]
    return picture


@pytest.mark.parametrize(
    ("kind", "flat"),
    [("black", True), ("orange", True), ("one pixel", True), ("three greys", True), ("two colours", False),
     ("stars", False), ("sky", False)],
)  # fmt: skip
def test_what_counts_as_one_colour(kind: str, flat: bool) -> None:
    assert decode.is_flat(drawn(kind)) is flat


def test_steps_begin_again_and_never_pass_their_number(tiny: Pipeline, memory: Memory) -> None:
    memory.draw_full = lambda rows, *_: rows > 1
    seen: list[tuple[int, int]] = []
    wanted = [structs.replace(spec(), seed=seed) for seed in range(2)]
    tiny.render(wanted, lambda step, steps, _: seen.append((step, steps)))
    assert all(step <= steps == 3 for step, steps in seen)
