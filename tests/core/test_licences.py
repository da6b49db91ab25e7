"""A licence is asked once for each file."""

import hashlib
from pathlib import Path

import pytest

from core import licences, models, settings
from core.adapters import AdapterInfo
from core.models import ModelInfo
from core.paths import Home
from core.settings import Settings
from core.wish import Wish

MODEL = ModelInfo("m", Path("/m"), "StableDiffusionPipeline", 64, 8, 77, 4, "epsilon", 64, (), 1)


@pytest.fixture
def closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AdapterInfo:
    """The only adapter of the only model, for non-commercial use."""
    file = tmp_path / "face.safetensors"
    file.write_bytes(b"weights")
    adapter = AdapterInfo("face", file, "ip-adapter", 4, 64, non_commercial=True, licence="Research.")
    monkeypatch.setattr(models, "find", lambda *_: ModelInfo(**{**vars(MODEL), "adapters": (adapter,)}))
    return adapter


def test_what_was_accepted_is_kept_beside_the_other_settings(home: Home, closed: AdapterInfo) -> None:
    settings.save(home, Settings(device="cpu"))
    assert licences.missing(settings.load(home), Wish(text="", method="ip-adapter")) == closed
    licences.accept(home, closed)
    licences.accept(home, closed)
    assert licences.accepted(home) == (hashlib.sha256(b"weights").hexdigest(),)
    assert settings.load(home).device == "cpu"
    assert licences.missing(settings.load(home), Wish(text="", method="ip-adapter")) is None


def test_nothing_is_missing_where_no_file_is_needed(closed: AdapterInfo) -> None:
    assert licences.missing(Settings(), Wish(text="", method="text")) is None
    assert licences.missing(Settings(), Wish(text="", method="photoverse")) is None
