"""Opens what an order says to learn from."""

from core.errors import KnownError
from core.models import ModelInfo
from core.training.config import StageConfig
from core.training.running.order import Order
from core.training.source import Source

NOTHING = "There is nothing to learn from: give --portraits and --sprites, or --data."


def open_source(order: Order, config: StageConfig, model: ModelInfo, device: str, held_out: bool) -> Source:
    """`held_out`: of people nobody learns from, where the data has such. Raises KnownError for files that are
    not there, and for people of this home who did not agree to training."""
    size, view = config.size or model.size, model.encoder_size
    if order.data is not None:
        from core.training.data.agreed import check_agreed
        from core.training.data.folder import FolderSource

        check_agreed(order.data, order.home, order.out / "model")
        return FolderSource(
            order.data, size=size, view=view, views=config.views, subjects=config.subjects, seed=config.seed
        )
    if order.portraits is None or order.sprites is None:
        raise KnownError(NOTHING)
    from core.training.scenes import SceneSource

    return SceneSource(
        order.portraits,
        order.sprites,
        size=size,
        view=view,
        views=config.views,
        subjects=config.subjects,
        device=device,
        held_out=held_out,
        buffer=0 if held_out else order.buffer,
        seed=config.seed,
    )
