"""The engine in this process: light until it is used, and the same in every process."""

import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from core.engine import Rendered
from core.engine.local import LocalEngine
from core.engine.options import options_for
from core.engine.process import ProcessEngine
from core.errors import KnownError, PartlyDone
from core.library import files
from core.metadata import png
from core.paths import RESOURCES, Home
from core.repeat import differences, repeat
from core.settings import Settings
from core.spec import RenderSpec

HEAVY = ["torch", "diffusers", "transformers", "onnxruntime", "cv2", "scipy", "alembic", "insightface"]

MAKES_ONE = f"""
import json, os, sys
from pathlib import Path
import core.engine.process, core.runner, core.repeat
from core.engine import Rendered
from core.engine.local import LocalEngine
from core.engine.options import options_for
from core.paths import Home
from core.settings import Settings
engine = LocalEngine(options_for(Home(Path(sys.argv[1])), Settings()))
engine.close()
heavy = [name for name in {HEAVY} if name in sys.modules]
print(json.dumps([heavy, os.environ["ORT_DISABLE_TELEMETRY"], os.environ["HF_HUB_OFFLINE"]]))
"""


def test_nothing_heavy_is_imported_before_it_is_needed(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", MAKES_ONE, tmp_path], capture_output=True, text=True, timeout=60, check=True
    )
    assert json.loads(ran.stdout) == [[], "1", "1"]


def test_what_is_missing_is_said_in_words(tmp_path: Path) -> None:
    home = Home(tmp_path)
    engine = LocalEngine(options_for(home, Settings(faces="insightface:/nowhere")))
    photo = RESOURCES / "demo" / "album" / "IMG_0001.jpg"
    with pytest.raises(KnownError, match="nowhere"):
        engine.scan(photo)
    with pytest.raises(KnownError):
        engine.scan(tmp_path / "gone.jpg")
    engine.close()
    engine.close()


def test_weight_maps_are_handed_on(tmp_path: Path) -> None:
    engine = LocalEngine(options_for(Home(tmp_path), Settings()))
    drawn = SimpleNamespace(width=1, height=1, rgb=b"abc", seconds=0.1, made={}, maps={"u1": b"a png"})
    engine.__dict__["_pipeline"] = SimpleNamespace(render=lambda *_: [drawn])
    (rendered,) = engine.render([RenderSpec("a dog", "mini", 64, 64, 7, 1, 3.0)], lambda _: None)
    assert rendered.maps == {"u1": b"a png"}


def test_the_pictures_that_were_made_are_handed_on_with_what_failed(tmp_path: Path) -> None:
    engine = LocalEngine(options_for(Home(tmp_path), Settings()))
    drawn = SimpleNamespace(width=1, height=1, rgb=b"abc", seconds=0.1, made={}, maps={})

    def partly(*_: object) -> None:
        raise PartlyDone({1: drawn}, {0: "no picture"})

    engine.__dict__["_pipeline"] = SimpleNamespace(render=partly)
    with pytest.raises(PartlyDone) as caught:
        engine.render(
            [RenderSpec("a dog", "mini", 64, 64, seed, 1, 3.0) for seed in range(2)], lambda _: None
        )
    assert isinstance(caught.value.made[1], Rendered)
    assert caught.value.reasons == {0: "no picture"}


def test_face_models_are_given_up_and_opened_again(tmp_path: Path) -> None:
    engine = LocalEngine(options_for(Home(tmp_path), Settings()))
    before = engine._faces
    engine._release()
    assert "_faces" not in vars(engine)
    assert engine._faces is not before
    assert engine._faces.identity == before.identity
    engine.close()


@pytest.mark.slow
def test_a_picture_repeated_in_another_process_has_the_same_pixels(tmp_path: Path) -> None:
    home = Home(tmp_path / "home").create()
    options = options_for(home, Settings())
    spec = RenderSpec("a photo of a woman", "mini", 128, 128, 7, 2, 3.0)
    engine = ProcessEngine(options)
    (rendered,) = engine.render([spec], lambda _: None)
    engine.close()
    first = files.save_picture(tmp_path, "one", rendered, spec).path
    path, identical = repeat(first, engine)
    engine.close()
    assert identical, differences(first, path)
    assert png.read(path).made["model_sha256"] == rendered.made["model_sha256"]
