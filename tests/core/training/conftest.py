"""What the tests of training share."""

import pytest
import torch


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> None:
    """Small models gain nothing from more, and threads that wait for each other slow down a busy machine."""
    torch.set_num_threads(1)
