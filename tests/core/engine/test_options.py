"""From settings to how an engine is made."""

from pathlib import Path

from core.engine.options import options_for
from core.paths import RESOURCES, Home
from core.settings import Settings


def test_the_embedded_model_and_the_users_are_known(tmp_path: Path) -> None:
    own = Settings(models={"sd15": "/models/sd15"}, faces="insightface:/packs", device="cpu", margin=1.5)
    options = options_for(Home(tmp_path), own)
    assert options.models == {"mini": RESOURCES / "models" / "mini", "sd15": Path("/models/sd15")}
    assert (options.home, options.faces, options.device, options.margin) == (
        tmp_path, "insightface:/packs", "cpu", 1.5
    )  # fmt: skip
    assert (options.resources / "faces").is_dir()
