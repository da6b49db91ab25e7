"""Enlarging by a network: no seams, nothing but pixels, and exports for print through the real process."""

from pathlib import Path

import numpy as np
import pytest
import torch
import upscaler_files
from finished_pictures import finished, pixels
from msgspec import structs
from PIL import Image
from safetensors.torch import load_file, save_file

from core import enlarging, upscalers
from core.diffusion import enlarge
from core.errors import Cancelled, KnownError
from core.export import ExportPreset
from core.export.plan import plan
from core.export.sizes import Size
from core.export.write import write

CPU = torch.device("cpu")
KINDS = [("compact", 4, 1), ("compact", 2, 1), ("esrgan", 4, 1), ("esrgan", 2, 2), ("esrgan", 1, 4)]


@pytest.mark.parametrize(("network", "scale", "shuffle"), KINDS)
def test_tiles_leave_no_seams(tmp_path: Path, network: upscalers.Network, scale: int, shuffle: int) -> None:
    known = upscalers.recognise(upscaler_files.write(tmp_path / "u.safetensors", network, scale, shuffle))
    assert (known.network, known.scale, known.shuffle) == (network, scale, shuffle)
    picture, net = noisy(150, 131), enlarge.load(known, CPU)
    whole = enlarge.enlarge(picture, known, net, tile=1000)
    told: list[tuple[int, int]] = []
    tiled = enlarge.enlarge(picture, known, net, lambda *moved: told.append(moved), tile=48)
    assert whole.shape == (150 * scale, 131 * scale, 3)
    assert told[-1] == (12, 12)
    assert np.abs(whole.astype(int) - tiled).max() <= 1
    assert whole.std() > 2, "a grey picture would have no seams either"


def test_too_little_around_a_tile_would_be_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = upscalers.recognise(upscaler_files.write(tmp_path / "u.safetensors", "compact", 2))
    picture, net = noisy(100, 100), enlarge.load(known, CPU)
    whole = enlarge.enlarge(picture, known, net, tile=1000)
    monkeypatch.setattr(enlarge, "MOST_AROUND", 0)
    assert np.abs(whole.astype(int) - enlarge.enlarge(picture, known, net, tile=48)).max() > 1


def test_what_a_compact_network_adds_is_added_to_repeated_pixels(tmp_path: Path) -> None:
    file = upscaler_files.write(tmp_path / "u.safetensors", "compact", 2)
    silent = {name: torch.zeros_like(tensor) for name, tensor in load_file(file).items()}
    save_file(silent, file)
    known = upscalers.recognise(file)
    picture = noisy(20, 30)
    made = enlarge.enlarge(picture, known, enlarge.load(known, CPU))
    assert (made == picture.repeat(2, axis=0).repeat(2, axis=1)).all()


def test_the_first_files_names_mean_the_same(tmp_path: Path) -> None:
    new = upscaler_files.write(tmp_path / "new.safetensors", "esrgan", 4)
    tensors = {old_name(name.removeprefix("params_ema.")): each for name, each in load_file(new).items()}
    save_file(tensors, tmp_path / "old.safetensors")
    made = []
    for name in ("new", "old"):
        known = upscalers.recognise(tmp_path / f"{name}.safetensors")
        made.append(enlarge.enlarge(noisy(20, 20), known, enlarge.load(known, CPU)))
    assert (made[0] == made[1]).all()


def old_name(name: str) -> str:
    import re

    places = {"conv_first": "0", "conv_up1": "3", "conv_up2": "6", "conv_hr": "8", "conv_last": "10"}
    head, _, tail = name.partition(".")
    if head in places:
        return f"model.{places[head]}.{tail}"
    if head == "conv_body":
        return f"model.1.sub.2.{tail}"
    return re.sub(r"body\.(\d+)\.rdb(\d)\.conv(\d)\.", r"model.1.sub.\1.RDB\2.conv\3.0.", name)


def test_a_file_that_lacks_weights_is_refused(tmp_path: Path) -> None:
    file = upscaler_files.write(tmp_path / "u.safetensors", "esrgan", 4)
    save_file({k: v for k, v in load_file(file).items() if "rdb2.conv3" not in k}, file)
    with pytest.raises(KnownError, match="cannot be used"):
        enlarge.load(upscalers.recognise(file), CPU)


def test_numbers_that_are_none_are_no_picture(tmp_path: Path) -> None:
    file = upscaler_files.write(tmp_path / "u.safetensors")
    save_file({name: tensor * float("nan") for name, tensor in load_file(file).items()}, file)
    known = upscalers.recognise(file)
    with pytest.raises(KnownError, match="numbers of this picture that are none"):
        enlarge.enlarge(noisy(8, 8), known, enlarge.load(known, CPU))


def test_a_print_is_enlarged_whole_and_says_how_dense_it_is(tmp_path: Path) -> None:
    file = upscaler_files.write(tmp_path / "x2.safetensors", "compact", 2)
    rows = [finished(tmp_path / "made", number) for number in (1, 2)]
    Path(rows[1].path).write_bytes(b"no picture any more")
    preset = ExportPreset(
        format="jpeg", size=Size.paper("4x3cm@200dpi"), enlarge=True, upscaler=str(file), names="{number}"
    )
    out = tmp_path / "out"
    done = write(plan(rows, preset, out), preset)
    assert [each.name for each in done.files] == ["1.jpg"]
    assert len(done.failed) == 1
    with Image.open(out / "1.jpg") as image:
        assert image.size == (315, 210)
        assert image.info["dpi"] == (200, 200)
        sharp = np.asarray(image)
    plain = structs.replace(preset, upscaler="", names="plain")
    write(plan(rows[:1], plain, out), plain)
    with Image.open(out / "plain.jpg") as image:
        assert np.abs(sharp.astype(int) - np.asarray(image)).mean() > 1, "the network had its say"
    with enlarging.opened(file, stop=lambda: True) as make, pytest.raises(Cancelled):
        make(Path(rows[0].path), (500, 500))


def noisy(height: int, width: int) -> np.ndarray:
    noise = np.random.default_rng(4).integers(-40, 40, (height, width, 3))
    return np.clip(pixels(width, height).astype(int) + noise, 0, 255).astype(np.uint8)
