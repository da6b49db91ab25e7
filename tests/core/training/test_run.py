"""A recipe's stages one after the other, in parts, with their page and card."""

import os
import re
import shutil
import subprocess
import sys

import msgspec
import pytest
import tiny_models
import torch
from accelerate import Accelerator
from toy_stage import ToySource, ToyStage

from core import models
from core.errors import KnownError
from core.evaluation.results import Results
from core.evaluation.rows import Column, Figure, Line
from core.lock import Lock
from core.paths import RESOURCES
from core.training import config, stages
from core.training.config import Recipe, StageConfig
from core.training.running import card, plots, run
from core.training.running.loop import Limits
from core.training.running.order import Advanced, Began, Ended, Finished, Looked, Order, decode, encode

TOYS = Recipe(
    "Toys <1>",
    [StageConfig("ip-adapter", steps=4, batch=2, warmup=1), StageConfig("mip", steps=3, batch=2, rate=0.1)],
    licence="Nobody's",
)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny")
    tiny_models.write_sd15(folder)
    return folder


@pytest.fixture
def order(tiny, tmp_path, monkeypatch):
    monkeypatch.setattr(run, "stage_class", lambda name: ToyStage)
    monkeypatch.setattr(run, "options", lambda name, written: ToyStage.Options(**written))
    monkeypatch.setattr(run, "open_source", lambda *given, held_out: ToySource())
    monkeypatch.setattr("core.training.running.loop.REPORT_SECONDS", 0.0)
    base = tmp_path / "base"
    shutil.copytree(tiny, base)
    return Order(TOYS, tmp_path / "out", tmp_path / "home", base)


def train(order: Order, limits: Limits = Limits()) -> tuple[bool, list[object]]:
    told: list[object] = []
    return run.train(order, Accelerator(cpu=True), told.append, limits), told


class After:
    def __init__(self, asked: int) -> None:
        self.left = asked

    def __call__(self) -> bool:
        self.left -= 1
        return self.left < 0


def test_every_stage_is_trained_once_however_often_it_is_begun(order):
    done, told = train(order, Limits(told=After(2)))
    assert not done
    assert told[0] == Began("ip-adapter", 0, 4, "cpu", "no")
    assert told[-1] == Ended(True)
    done, told = train(order)
    assert done
    assert [each for each in told if isinstance(each, Began)] == [
        Began("ip-adapter", 2, 4, "cpu", "no"),
        Began("mip", 0, 3, "cpu", "no"),
    ]
    assert Finished("mip", ["model/toy.safetensors"]) in told
    assert train(order) == (True, [Ended(False)])


def test_one_stage_alone(order):
    train(msgspec.structs.replace(order, only=("mip",)))
    assert list(run.state_of(order.out).done) == ["02-mip"]


def test_the_model_is_a_copy_and_the_one_it_began_with_stays(order):
    before = sorted(file.name for file in order.base.rglob("*"))
    train(order)
    assert sorted(file.name for file in order.base.rglob("*")) == before
    assert (order.out / "model" / "toy.safetensors").exists()


def test_the_average_is_what_is_written(order):
    torch.manual_seed(0)
    train(msgspec.structs.replace(order, only=("mip",)))
    from safetensors.torch import load_file

    written = load_file(order.out / "model" / "toy.safetensors")["guess.weight"]
    kept = load_file(order.out / "stages" / "02-mip" / "checkpoint.safetensors")
    assert torch.equal(written, kept["average.guess.weight"].half())
    assert not torch.equal(written, kept["weights.guess.weight"].half())


def test_two_runs_never_share_a_folder(order):
    order.out.mkdir()
    lock = Lock(order.out / "run.lock")
    assert lock.alone()
    with pytest.raises(KnownError, match="Another training runs"):
        train(order)
    lock.release()


def test_the_page_shows_plots_and_looks_and_nothing_from_outside(order):
    train(order)
    page = (order.out / "index.html").read_text("utf-8")
    assert page.count("<svg") == 2 * len(("loss", "error", "step"))
    assert "Toys &lt;1&gt;" in page
    assert "://" not in page
    for file in re.findall(r'src="([^"]+)"', page):
        assert (order.out / file).exists()
    assert 'src="stages/01-ip-adapter/looks/00000004.png"' in page


def test_the_card_says_data_licence_stages_and_hashes(order):
    train(order)
    text = (order.out / "model" / card.NAME).read_text("utf-8")
    assert "Nobody's" in text
    assert "- data: random numbers" in text
    assert re.search(r"\| ip-adapter \| 2308.06721 \| 4 \| 2 \| 0.0001 \| cpu \| no \|", text)
    assert re.search(r"- `toy.safetensors`: SHA-256 `[0-9a-f]{64}`", text)
    assert card.UNMEASURED in text
    model = models.inspect("toys", order.out / "model")
    assert model.licence == "Nobody's"
    assert model.description.startswith("Toys <1>, trained by this program")


def test_figures_enter_the_card_and_stay_when_more_is_trained(order):
    train(msgspec.structs.replace(order, only=("ip-adapter",)))
    column = Column("one: rank-1", "rank", "more", "how often")
    line = Line("IP-Adapter", ("IP-Adapter",), {"one: rank-1": Figure(0.9, 0.01, 20)})
    found = Results("demo", "Demo", "likeness evaluate demo", {}, (column,), (line,))
    card.measured(order.out / "model", found)
    train(order)
    text = (order.out / "model" / card.NAME).read_text("utf-8")
    assert "likeness evaluate demo" in text
    assert card.UNMEASURED not in text
    assert text.count(card.BEGIN) == 1


def test_no_model_to_begin_with(order):
    with pytest.raises(KnownError, match="begins with a model"):
        train(msgspec.structs.replace(order, base=None))


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("name = 1", "Expected `str`"),
        ('name = "x"\nstages = []', "length"),
        ('name = "x"\n[[stages]]\nstage = "nothing"\nsteps = 1', "Invalid enum"),
        ('name = "x"\n[[stages]]\nstage = "mip"\nsteps = 0', ">= 1"),
        ('name = "x"\n[[stages]]\nstage = "mip"\nsteps = 1\nspeed = 2', "unknown field `speed`"),
        ("name = ", "Invalid value"),
    ],
)
def test_a_recipe_that_is_none_says_where(tmp_path, written, says):
    file = tmp_path / "recipe.toml"
    file.write_text(written)
    with pytest.raises(KnownError, match="is no recipe") as caught:
        config.read(file)
    assert says in str(caught.value)


def test_every_embedded_recipe_is_one_and_its_options_are_the_stages_own():
    files = list((RESOURCES / "training").glob("*.toml"))
    assert files
    for file in files:
        for stage in config.read(file).stages:
            stages.options(stage.stage, stage.options)


def test_messages_cross_as_they_are():
    told = Advanced("mip", 1, 2, {"loss": 0.5}, 1e-4, 3.5, 9.0, 2**31)
    for message in (told, Looked("mip", 3, "a.png"), Ended(True), Finished("mip", ["x"])):
        assert decode(encode(message)) == message


def test_a_plot_of_one_value_and_of_many():
    assert "<svg" in plots.svg("loss", [5], [0.25])
    many = plots.svg("loss", list(range(10_000)), [1 / (1 + step) for step in range(10_000)])
    assert many.count(",") < 4 * plots.POINTS


def test_training_reaches_no_other_computer():
    code = (
        "import socket; from core.training.running.offline import stay_offline; stay_offline()\n"
        "here = socket.create_server(('127.0.0.1', 0)); socket.create_connection(here.getsockname())\n"
        "for ask in (lambda: socket.create_connection(('192.0.2.1', 80), 1),\n"
        "            lambda: socket.getaddrinfo('example.org', 80)):\n"
        "    try: ask()\n"
        "    except Exception as error: print(type(error).__name__)\n"
    )
    # Without the tests' own guard, which would be first to refuse.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        capture_output=True, text=True, check=True, env=environment, cwd=RESOURCES.parent,
    )  # fmt: skip
    assert done.stdout.split() == ["KnownError", "KnownError"]


def test_a_run_may_begin_with_a_new_model_of_the_embedded_sizes(order, monkeypatch):
    made = []
    monkeypatch.setattr(
        run.fresh,
        "make",
        lambda folder, sizes, captions: made.append(sizes) or shutil.copytree(order.base, folder),
    )
    train(msgspec.structs.replace(order, base=None, sizes=RESOURCES / "training" / "sizes" / "mini.toml"))
    assert made[0].unet["in_channels"] == 8
