"""Pictures are kept one by one: a stopped run goes on, and nothing that changed is taken for done."""

from dataclasses import replace

import pytest
from msgspec import structs

from core.engine.fake import FakeEngine
from core.errors import KnownError
from core.evaluation.trials import Store, Trial, safe, work
from core.metadata import png
from core.spec import RenderSpec


def trial(number: int, row: str = "Text alone", **changes) -> Trial:
    given = {"prompt": "a photo", "model": "mini", "width": 64, "height": 64, "seed": number, "steps": 2}
    spec = RenderSpec(**(given | {"guidance": 5.0} | changes))
    return Trial(row, "one", f"{safe(row)}--{number:03}", spec)


def judge(trial, image, maps):
    return {"red": float(image.getpixel((60, 60))[0]), "seed": float(trial.spec.seed), "nothing": None}


def quiet(*_):
    pass


@pytest.fixture
def store(tmp_path) -> Store:
    return Store(tmp_path / "run", "stub 1")


def test_each_picture_is_kept_with_its_measures(store):
    outcome = work([trial(1), trial(2)], store, FakeEngine(), judge, quiet)
    assert [record.measures["seed"] for record in outcome.records] == [1.0, 2.0]
    for each, record in zip((trial(1), trial(2)), outcome.records, strict=True):
        assert png.read(store.picture(record.name)).spec == each.spec
        assert store.find(each) == record


def test_a_run_that_was_killed_goes_on_where_it_stopped(store):
    trials, engine = [trial(number) for number in range(6)], FakeEngine()

    def kill(specs):
        if len(engine.rendered) == 4:
            raise KeyboardInterrupt

    engine.trouble = kill
    with pytest.raises(KeyboardInterrupt):
        work(trials, store, engine, judge, quiet)
    assert len(list((store.folder / "records").iterdir())) == 4
    engine.trouble = None
    outcome = work(trials, store, engine, judge, quiet)
    assert len(engine.rendered) == 6
    assert outcome.records == work(trials, Store(store.folder, "stub 1"), FakeEngine(), judge, quiet).records
    assert [record.seed for record in outcome.records] == list(range(6))


@pytest.mark.parametrize(
    "changed",
    [
        lambda store: (store, trial(1, steps=3)),
        lambda store: (Store(store.folder, "stub 2"), trial(1)),
        lambda store: (store, replace(trial(1), kind="two")),
    ],
)
def test_what_was_made_otherwise_is_made_again(store, changed):
    work([trial(1)], store, FakeEngine(), judge, quiet)
    other, wanted = changed(store)
    assert other.find(wanted) is None
    engine = FakeEngine()
    work([wanted], other, engine, judge, quiet)
    assert engine.rendered == [wanted.spec]


def test_a_record_without_its_picture_or_damaged_is_made_again(store):
    work([trial(1), trial(2)], store, FakeEngine(), judge, quiet)
    store.picture(trial(1).name).unlink()
    (store.folder / "records" / f"{trial(2).name}.json").write_text("{")
    engine = FakeEngine()
    assert len(work([trial(1), trial(2)], store, engine, judge, quiet).records) == 2
    assert len(engine.rendered) == 2


def test_a_row_that_cannot_be_made_is_left_out_and_the_others_go_on(store):
    trials = [
        trial(1),
        trial(2, "Broken", prompt="FAIL"),
        trial(3, "Broken", prompt="FAIL"),
        trial(4, "Last"),
    ]
    engine = FakeEngine()
    outcome = work(trials, store, engine, judge, quiet)
    assert [record.row for record in outcome.records] == ["Text alone", "Last"]
    assert outcome.left_out == {"Broken": "The fake engine was told to fail."}
    assert engine.calls["render"] == 3  # the second broken one is not tried


def test_batches_hold_one_row_with_as_many_subjects(store):
    engine = FakeEngine(batch=3)
    sizes = []
    engine.trouble = lambda specs: sizes.append(len(specs))
    work([trial(i) for i in range(4)] + [trial(9, "Other")], store, engine, judge, quiet)
    assert sizes == [3, 1, 1]


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "run").write_text("a file")
    outcome = work([trial(1)], Store(tmp_path / "run", "stub"), FakeEngine(), judge, quiet)
    assert "cannot be written" in outcome.left_out["Text alone"]


def test_maps_reach_the_judge(store, tmp_path):
    seen = []
    one = trial(1)
    engine = FakeEngine()
    real = engine.render

    def with_maps(specs, on_step, batch_size=None):
        from io import BytesIO

        from PIL import Image

        out = BytesIO()
        Image.new("L", (4, 4), 77).save(out, "PNG")
        return [replace(each, maps={"ada": out.getvalue()}) for each in real(specs, on_step, batch_size)]

    engine.render = with_maps
    work([one], store, engine, lambda trial, image, maps: seen.append(maps) or {}, quiet)
    assert seen[0]["ada"].getpixel((0, 0)) == 77


def test_progress_counts_what_was_there_already(store):
    work([trial(1)], store, FakeEngine(), judge, quiet)
    told = []
    work([trial(1), trial(2)], store, FakeEngine(), judge, lambda *step: told.append(step))
    assert [step[:2] for step in told] == [(1, 2), (2, 2)]


def test_an_unwritable_disk_keeps_what_was_made(store, monkeypatch):
    work([trial(1)], store, FakeEngine(), judge, quiet)

    def full(path, data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("core.evaluation.trials.write_whole", full)
    with pytest.raises(KnownError, match="goes on from here"):
        store.save(trial(2), _rendered(trial(2)), {})
    assert store.find(trial(1))


def _rendered(one: Trial):
    return FakeEngine().render([structs.replace(one.spec)], lambda _: None)[0]
