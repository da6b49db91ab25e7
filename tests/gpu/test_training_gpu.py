"""Training on a CUDA device. Run with `pytest -m gpu`."""

from pathlib import Path

import pytest
import torch
from every_stage import check, every_stage

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device"),
]


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_each_stage_learns_there(tmp_path: Path, precision: str) -> None:
    told, model = every_stage(tmp_path, "auto", precision)
    check(told, model)
    assert all(each.memory > 0 for each in told)
