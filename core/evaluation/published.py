"""Numbers the papers report: theirs, made with their models, data and machines. Shown beside ours, never
mixed with them."""

from core.evaluation.results import Published

_SOURCE = "arXiv 2409.17920"


def _concept101(label: str, clip_t: float, clip_i: float, dino: float) -> Published:
    return Published(label, _SOURCE, {"CLIP-T": clip_t, "CLIP-I": clip_i, "DINO": dino})


CONCEPT101 = (
    _concept101("IP-Adapter", 0.6343, 0.6409, 0.3481),
    _concept101("FastComposer", 0.7456, 0.6552, 0.3574),
    _concept101("MIP-Adapter, SDXL", 0.7750, 0.6943, 0.4127),
    _concept101("MIP-Adapter plus, SDXL", 0.7765, 0.6950, 0.4397),
)
