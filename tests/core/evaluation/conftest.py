"""What the evaluation's tests share."""

from pathlib import Path

import pytest
import torch
from evaluation_stubs import write_clip, write_vit


@pytest.fixture(scope="session")
def clip_folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("encoders") / "clip"
    write_clip(folder)
    return folder


@pytest.fixture(scope="session")
def dino_folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("encoders") / "dino"
    write_vit(folder)
    return folder


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> None:
    """Small models gain nothing from more, and threads that wait for each other slow down a busy machine."""
    torch.set_num_threads(1)
