"""Adapter files from elsewhere: converted without running anything, checked before anything is written."""

import errno
import hashlib
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
import tiny_adapters
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.numpy import load_file, save_file
from tiny_adapters import SD15, write_pickle

from core.adapters import AdapterInfo, Base, read_header, recognise
from core.diffusion import convert
from core.errors import KnownError
from core.methods import Layout

PICKLED = [layout for layout in get_args(Layout) if layout not in ("photoverse", "fastcomposer")]


@pytest.fixture
def model(tmp_path: Path) -> Base:
    """A model's folder with the names of its parts' tensors."""
    base = tiny_adapters.at(SD15, tmp_path / "model")
    names = {"unet": "conv_in.weight", "text_encoder": "text_model.final_layer_norm.weight"}
    for part, key in names.items():
        (base.folder / part).mkdir(parents=True)
        save_file({key: np.ones((3, 2), np.float32)}, base.folder / part / "model.safetensors")
    return base


@pytest.fixture
def downloads(tmp_path: Path) -> Path:
    folder = tmp_path / "downloads"
    folder.mkdir()
    return folder


@pytest.mark.parametrize("layout", PICKLED)
def test_a_pickle_becomes_a_file_with_the_same_weights(layout: Layout, model: Base, downloads: Path) -> None:
    tensors = tiny_adapters.tensors(layout, model)
    source = write_pickle(tensors, downloads / f"{layout}.bin")
    added = convert.add(source, model)
    assert (added.new, added.left_out, added.info.layout) == (True, (), layout)
    assert added.info == recognise(model.folder / "adapters" / f"{layout}.safetensors", model)
    written = load_file(added.info.path)
    assert written.keys() == tensors.keys()
    assert all(np.array_equal(written[key], tensor) for key, tensor in tensors.items())
    stated = read_header(added.info.path).metadata
    assert stated["source"] == source.name
    assert stated["source_sha256"] == hashlib.sha256(source.read_bytes()).hexdigest()
    assert stated["converted_by"].startswith("likeness ")


def test_the_same_bytes_are_added_once(model: Base, downloads: Path) -> None:
    source = write_pickle(tiny_adapters.tensors("ip-adapter", model), downloads / "ip-adapter_sd15.bin")
    first = convert.add(source, model)
    before = first.info.path.stat().st_mtime_ns
    again = convert.add(source, model)
    assert (again.new, again.info) == (False, first.info)
    assert first.info.path.stat().st_mtime_ns == before
    itself = convert.add(first.info.path, model)
    assert (itself.new, itself.info) == (False, first.info)


def test_a_taken_name_is_refused_and_another_can_be_chosen(model: Base, downloads: Path) -> None:
    convert.add(write_pickle(tiny_adapters.tensors("ip-adapter", model), downloads / "a.bin"), model)
    other = write_pickle(tiny_adapters.tensors("ip-adapter", model, seed=1), downloads / "a.bin")
    with pytest.raises(KnownError, match="has another adapter called a already"):
        convert.add(other, model)
    assert convert.add(other, model, "my second/one").info.name == "my-second-one"


def test_a_safetensors_file_is_copied_with_its_origin(model: Base, downloads: Path) -> None:
    from_elsewhere = tiny_adapters.write("photoverse", tiny_adapters.at(model, downloads))
    added = convert.add(from_elsewhere, model, "mine")
    stated = read_header(added.info.path).metadata
    assert (stated["source"], stated["format"]) == ("photoverse.safetensors", "likeness-photoverse/1")
    before, after = load_file(from_elsewhere), load_file(added.info.path)
    assert all(np.array_equal(after[key], tensor) for key, tensor in before.items())
    assert not convert.add(from_elsewhere, model, "mine").new


@pytest.mark.parametrize("kind", ["bin", "safetensors"])
def test_plus_v2_stays_plus_v2_under_another_name(kind: str, model: Base, downloads: Path) -> None:
    tensors = tiny_adapters.tensors("ip-adapter-faceid-plusv2", model)
    source = downloads / f"ip-adapter-faceid-plusv2_sd15.{kind}"
    write_pickle(tensors, source) if kind == "bin" else save_file(tensors, source)
    assert convert.add(source, model, "faces").info.layout == "ip-adapter-faceid-plusv2"


def test_fastcomposers_own_file_loses_what_nobody_needs(model: Base, downloads: Path) -> None:
    tensors = tiny_adapters.filled(tiny_adapters.fastcomposer_checkpoint(model))
    added = convert.add(write_pickle(tensors, downloads / "pytorch_model.bin"), model, "fastcomposer")
    assert added.info.replaces == {"unet", "text_encoder", "image_encoder"}
    assert added.left_out == (
        "image_encoder.vision_model.embeddings.position_ids",
        "text_encoder.embeddings.position_ids",
        "vae.encoder.conv_in.bias",
        "vae.encoder.conv_in.weight",
    )
    assert read_header(added.info.path).shapes.keys() == tensors.keys() - set(added.left_out)


def test_tensors_that_share_memory_and_halves_are_kept(model: Base, downloads: Path) -> None:
    shapes = tiny_adapters.shapes("ip-adapter", model)
    one = torch.randn(4096, dtype=torch.float16)
    sizes = {key: int(np.prod(size)) for key, size in shapes.items()}
    nested: dict[str, Any] = {"image_proj": {}, "ip_adapter": {}}
    for key, size in sizes.items():
        start, _, rest = key.partition(".")
        nested[start][rest] = one[:size].reshape(shapes[key])
    torch.save(nested, downloads / "shared.bin", _use_new_zipfile_serialization=False)
    added = convert.add(downloads / "shared.bin", model)
    written = load_file(added.info.path)
    for key, size in sizes.items():
        assert written[key].dtype == np.float16
        assert np.array_equal(written[key].ravel(), one[:size].numpy())


class Program:
    """What a hostile file does when it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return os.mkdir, (str(self.mark),)


def zipped(content: object, file: Path) -> None:
    torch.save(content, file)


def legacy(content: object, file: Path) -> None:
    torch.save(content, file, _use_new_zipfile_serialization=False)


def plain(content: object, file: Path) -> None:
    file.write_bytes(pickle.dumps(content))


@pytest.mark.parametrize("save", [zipped, legacy, plain])
def test_a_program_in_a_file_is_not_run(
    save: Callable[[object, Path], None], model: Base, downloads: Path, tmp_path: Path
) -> None:
    ran = tmp_path / "ran"
    save({"image_proj": {"proj.weight": Program(ran)}}, downloads / "evil.bin")
    with pytest.raises(
        KnownError, match=r"evil\.bin (was refused|is no PyTorch file).*Nothing of it was run"
    ):
        convert.add(downloads / "evil.bin", model)
    assert not ran.exists()
    assert not (model.folder / "adapters").exists()


def test_a_program_is_named(model: Base, downloads: Path, tmp_path: Path) -> None:
    zipped(Program(tmp_path / "ran"), downloads / "evil.bin")
    with pytest.raises(KnownError, match=r"it calls (posix|nt)\.mkdir"):
        convert.add(downloads / "evil.bin", model)


def endless() -> dict[str, Any]:
    circle: dict[str, Any] = {}
    circle["image_proj"] = circle
    return circle


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (torch.ones(3), "holds a Tensor; expected tensors by name"),
        ([torch.ones(3)], "holds a list; expected tensors by name"),
        ({"image_proj": {"steps": 3}}, r"holds a int under image_proj\.steps"),
        ({"image_proj": None}, "holds a NoneType under image_proj"),
        (endless(), "holds a dict under image_proj.image_proj"),
        ({"image_proj": {"proj.weight": torch.ones(3).to_sparse()}}, "holds a Tensor under image_proj.proj"),
        ({"a": torch.ones(3)}, "no adapter of a kind that is known here: it holds a"),
        ({}, "no adapter of a kind that is known here: it holds nothing"),
    ],
)
def test_what_is_no_adapter_is_refused_unwritten(
    content: object, words: str, model: Base, downloads: Path
) -> None:
    torch.save(content, downloads / "other.bin")
    with pytest.raises(KnownError, match=words):
        convert.add(downloads / "other.bin", model)
    assert not (model.folder / "adapters").exists()


@pytest.mark.parametrize("suffix", ["bin", "safetensors"])
def test_an_adapter_that_does_not_fit_is_refused_unwritten(suffix: str, model: Base, downloads: Path) -> None:
    tensors = tiny_adapters.tensors("ip-adapter-plus", model)
    del tensors["ip_adapter.31.to_v_ip.weight"]
    source = downloads / f"short.{suffix}"
    write_pickle(tensors, source) if suffix == "bin" else save_file(tensors, source)
    with pytest.raises(KnownError, match=r"missing: ip_adapter\.31\.to_v_ip\.weight"):
        convert.add(source, model)
    assert not (model.folder / "adapters").exists()


def test_other_files_are_refused_in_words(model: Base, downloads: Path) -> None:
    with pytest.raises(KnownError, match="There is no file"):
        convert.add(downloads / "none.bin", model)
    (downloads / "photo.jpg").touch()
    with pytest.raises(KnownError, match=r"photo\.jpg is no adapter file: expected \.safetensors, \.bin"):
        convert.add(downloads / "photo.jpg", model)


def test_a_file_cut_off_anywhere_is_refused(model: Base, downloads: Path) -> None:
    content = write_pickle(tiny_adapters.tensors("ip-adapter", model), downloads / "cut.bin").read_bytes()
    for length in range(0, len(content), len(content) // 40):
        (downloads / "cut.bin").write_bytes(content[:length])
        with pytest.raises(KnownError):
            convert.add(downloads / "cut.bin", model)
    assert not (model.folder / "adapters").exists()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(content=st.binary(max_size=300), is_pickle=st.booleans())
def test_no_bytes_break_the_reader(content: bytes, is_pickle: bool, downloads: Path) -> None:
    file = downloads / "fuzz.bin"
    file.write_bytes((b"\x80\x02" if is_pickle else b"") + content)
    with pytest.raises(KnownError):
        convert.read_pickle(file)


def test_a_full_disk_keeps_nothing(model: Base, downloads: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = write_pickle(tiny_adapters.tensors("ip-adapter", model), downloads / "a.bin")

    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(KnownError, match=r"could not be written: .*No space left.* Nothing was kept"):
        convert.add(source, model)
    assert list((model.folder / "adapters").iterdir()) == []


def test_whoever_does_not_agree_gets_nothing(model: Base, downloads: Path) -> None:
    source = write_pickle(tiny_adapters.tensors("ip-adapter-faceid", model), downloads / "face.bin")
    asked: list[AdapterInfo] = []

    def refuse(info: AdapterInfo) -> None:
        asked.append(info)
        raise KnownError("No.")

    with pytest.raises(KnownError, match="No"):
        convert.add(source, model, agree=refuse)
    assert [info.non_commercial for info in asked] == [True]
    assert not (model.folder / "adapters").exists()
