"""The object relevance score on the embedded model's own layers, with few steps."""

import numpy as np
import pytest
from evaluation_stubs import StubFaces, face

from core import models
from core.diffusion.engine import Pipeline
from core.engine import EngineOptions
from core.errors import KnownError
from core.evaluation import spread
from core.evaluation.rows import filled
from core.evaluation.specs import Studio
from core.evaluation.trials import Store
from core.models import EMBEDDED
from core.paths import RESOURCES
from core.settings import Settings

FACE = (20.0, 16.0, 44.0, 48.0)


def quiet(*_):
    pass


@pytest.fixture(scope="module")
def studio() -> Studio:
    return Studio(models.find(Settings(), "mini"), Settings(), steps=2, size=64)


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory):
    options = EngineOptions(
        tmp_path_factory.mktemp("home"), dict(EMBEDDED), RESOURCES / "models", device="cpu"
    )
    made = Pipeline(options, StubFaces)
    yield made
    made.close()


def test_scenes_name_a_person_and_a_thing(studio):
    made = spread.scenes(studio, 8)
    assert len({scene.spec.prompt for scene in made}) == 8
    assert all([s.kind for s in scene.spec.subjects] == ["person", "object"] for scene in made)


def test_each_way_of_weighing_is_measured_and_kept(studio, pipeline, tmp_path):
    store, faces = Store(tmp_path, "stub"), StubFaces([face(np.eye(16)[0], FACE)])
    scenes = spread.scenes(studio, 1)
    outcome = spread.work(scenes, store, pipeline, faces, quiet)
    found = {record.row: record.measures for record in outcome.records}
    assert list(found) == list(spread.WEIGHTS)
    for measures in found.values():
        assert measures["score"] == pytest.approx(measures["inside"] / measures["outside"])
        assert measures["outside"] > 0
    assert len({measures["score"] for measures in found.values()}) == 3
    # Kept: nothing is rendered a second time.
    assert spread.work(scenes, store, None, faces, quiet).records == outcome.records
    lines = filled(spread.lines(), spread.COLUMNS, outcome.records)
    assert lines[0].figures["S"].mean == found["uniform"]["score"]


def test_a_scene_without_a_face_is_no_measure(studio, pipeline, tmp_path):
    outcome = spread.work(spread.scenes(studio, 1), Store(tmp_path, "stub"), pipeline, StubFaces(), quiet)
    assert [record.measures for record in outcome.records] == [{}, {}, {}]


def test_a_model_that_is_loaded_anew_meanwhile_is_no_measure(studio, pipeline, tmp_path, monkeypatch):
    """Hooks on the old model's layers would change nothing."""
    real = pipeline.render

    def reloading(specs, on_step, batch_size=None):
        if pipeline.loaded is not None:
            pipeline.close()
        return real(specs, on_step, batch_size)

    monkeypatch.setattr(pipeline, "render", reloading)
    with pytest.raises(KnownError, match="changed while it was measured"):
        spread.work(
            spread.scenes(studio, 1),
            Store(tmp_path, "stub"),
            pipeline,
            StubFaces([face(np.eye(16)[0], FACE)]),
            quiet,
        )
