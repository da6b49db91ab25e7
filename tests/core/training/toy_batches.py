"""Batches that look like a source's, made of nothing but random numbers."""

import torch

from core.training.batch import Batch, Words
from core.training.stage import Stage

CAPTION = "a photo of a woman and a man on the beach"
SPANS = ((13, 18), (25, 28))


def toy_batch(count: int = 2, side: int = 64, view: int = 128, views: int = 2, seed: int = 0) -> Batch:
    """Two people in each picture, side by side."""
    random = torch.Generator().manual_seed(seed)
    masks = torch.zeros(count, 2, side, side)
    masks[:, 0, :, : side // 2] = 1
    masks[:, 1, :, side // 2 :] = 1
    boxes = [[side * a for a in each] for each in ((0.1, 0.2, 0.4, 0.6), (0.6, 0.2, 0.9, 0.6))]
    view_masks = torch.zeros(count, 2, views, 1, view, view)
    view_masks[..., view // 4 : -view // 4, view // 4 : -view // 4] = 1
    return Batch(
        pixels=torch.rand(count, 3, side, side, generator=random) * 2 - 1,
        words=(Words(CAPTION, ("woman", "man"), SPANS),) * count,
        present=torch.ones(count, 2, dtype=torch.bool),
        masks=masks,
        faces=torch.tensor(boxes).expand(count, -1, -1).clone(),
        views=torch.rand(count, 2, views, 3, view, view, generator=random),
        view_masks=view_masks,
        identities=torch.arange(2 * count).reshape(count, 2),
    )


def check_what_learns(stage: Stage, batch: Batch) -> None:
    """All that learns has a gradient, and the optimiser is given it once."""
    given = [id(weight) for group in stage.groups() for weight in group.weights]
    assert sorted(given) == sorted(id(w) for w in stage.parameters() if w.requires_grad)
    stage(batch, 0).total.backward()
    assert all(weight.grad is not None for weight in stage.parameters())
