"""The commands from end to end, with an engine that answers at once."""

import json

import numpy as np
import pytest
from evaluation_stubs import StubFaces, face
from typer.testing import CliRunner

from core.cli import evaluate
from core.cli.app import app
from core.demo import truth
from core.engine.fake import FakeEngine
from core.evaluation import album

LEFT, RIGHT = (4.0, 10.0, 24.0, 40.0), (140.0, 10.0, 160.0, 40.0)


@pytest.fixture
def engine(home, monkeypatch):
    made = FakeEngine(references=home.references)
    monkeypatch.setattr(evaluate, "make_engine", lambda run: made)
    monkeypatch.setattr(album, "REFERENCES", 1)
    everybody = np.eye(16, dtype=np.float32)
    names = truth.read().nouns
    monkeypatch.setattr(album, "_faces", lambda *_: {n: everybody[i : i + 1] for i, n in enumerate(names)})
    faces = StubFaces([face(everybody[0], LEFT), face(everybody[5], RIGHT)])
    monkeypatch.setattr(evaluate, "face_backend", lambda home: faces)
    return made


def run(home, *words):
    done = CliRunner().invoke(app, ["--home", str(home.root), "evaluate", *map(str, words)])
    assert done.exit_code == 0, done.output
    return done.output


def test_the_demo_protocol_leaves_a_report_and_its_table(home, engine, tmp_path):
    out, kept = tmp_path / "out", tmp_path / "results.md"
    told = run(home, "demo", "--quick", "--method", "text", "--method", "ip-adapter-plus", "--out", out,
               "--table", kept)  # fmt: skip
    assert "Text alone" in told
    assert len(engine.rendered) == 2 * 2 + 2 + 2 * 3  # each method alone; text once, three ways of merging
    assert {spec.steps for spec in engine.rendered} == {evaluate.QUICK_STEPS}
    found = json.loads((out / "results.json").read_text())
    assert [line["label"] for line in found["lines"]] == [
        "Text alone", "IP-Adapter plus, relevance-mean", "IP-Adapter plus, relevance-across",
        "IP-Adapter plus, uniform",
    ]  # fmt: skip
    table = kept.read_text()
    assert "likeness evaluate demo --method text --method ip-adapter-plus --quick --model mini" in table
    assert str(tmp_path) not in table.replace(str(kept), "")
    assert (out / "report.html").is_file()
    assert (out / "contact-sheet.jpg").is_file()


def test_a_second_run_makes_nothing_and_a_stopped_one_goes_on(home, engine, tmp_path):
    words = ("demo", "--quick", "--method", "text", "--out", tmp_path / "out", "--json")

    def kill(specs):
        if len(engine.rendered) == 3:
            raise KeyboardInterrupt

    engine.trouble = kill
    stopped = CliRunner().invoke(app, ["--home", str(home.root), "evaluate", *map(str, words)])
    assert stopped.exit_code == 130
    engine.trouble = None
    first = json.loads(run(home, *words))
    assert len(engine.rendered) == 4
    second = json.loads(run(home, *words))
    assert len(engine.rendered) == 4
    assert second["records"] == first["records"]


def test_nothing_of_it_enters_the_library(home, engine, tmp_path):
    run(home, "demo", "--quick", "--method", "text", "--out", tmp_path / "out")
    assert not home.database.exists()


def test_engines_work_in_the_runs_own_folder(home, tmp_path):
    made = evaluate._options(evaluate.Run(home, "demo", "", tmp_path / "out", None, False))
    assert made.home == tmp_path / "out" / "work"
    assert "mini" in made.models


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["demo", "--method", "magic"], "no method called magic"),
        (["demo", "--model", "nothing"], "no model called nothing"),
        (["concept101", "nowhere", "--clip", "a", "--dino", "b"], "no copy of CustomConcept101"),
        (["fastcomposer", "nowhere", "--prompts", "data.py", "--clip", "a"], "cannot be read as"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(home, words, message):
    done = CliRunner().invoke(app, ["--home", str(home.root), "evaluate", *words])
    assert done.exit_code == 1
    assert message in done.output.replace("\n", " ")


def test_the_command_line_is_written_so_that_it_can_be_repeated(tmp_path):
    options = {"method": ["text", "mip-adapter"], "quick": True, "steps": None, "scale": 0.5, "table": None}
    written = evaluate.written("concept101", ["my data"], options)
    assert written == (
        "likeness evaluate concept101 'my data' --method text --method mip-adapter --quick --scale 0.5"
    )
