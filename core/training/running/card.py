"""The model's card: what it learned from, how, what came out, and what its files are. Markdown, in the
model's own folder; numbers of people, never their names."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from core.disk import write_whole
from core.evaluation import table
from core.evaluation.results import Results
from core.training.config import Recipe

if TYPE_CHECKING:
    from core.training.running.run import Done

NAME, ADVICE = "MODEL_CARD.md", "likeness.json"
BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"
UNMEASURED = "Nothing was measured yet: `likeness evaluate demo --model NAME`, then `likeness train card`."


def write(model: Path, recipe: Recipe, done: "Sequence[Done]") -> None:
    """Figures that the card already has stay."""
    parts = [
        f"# {recipe.name}",
        "Trained by `likeness train`. Where it is used, say what it cannot do: the figures below.",
        f"## Licence\n\n{recipe.licence or 'Not stated.'}",
        f"## Learned from\n\n{_data(done)}",
        f"## Stages\n\n{_stages(recipe, done)}",
        f"## Figures\n\n{BEGIN}\n{_figures(model) or UNMEASURED}\n{END}",
        f"## Files\n\n{_files(done)}",
    ]
    write_whole(model / NAME, ("\n\n".join(parts) + "\n").encode())
    _describe(model, recipe, done)


def _describe(model: Path, recipe: Recipe, done: "Sequence[Done]") -> None:
    """What the program says where the model is chosen: no figure of the one it began with."""
    file = model / ADVICE
    told = msgspec.json.decode(file.read_bytes()) if file.exists() else {}
    told["description"] = (
        f"{recipe.name}, trained by this program, last on {done[-1].date}. What it was seen to do stands in "
        f"the {NAME} of its folder."
    )
    told["licence"] = recipe.licence or "Not stated."
    write_whole(file, msgspec.json.format(msgspec.json.encode(told), indent=2))


def measured(model: Path, results: Results) -> None:
    """Puts an evaluation's table into the card."""
    text = (model / NAME).read_text("utf-8")
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    shown = f"{BEGIN}\n{table.markdown(results)}\n{END}"
    write_whole(model / NAME, f"{before}{shown}{after}".encode())


def _figures(model: Path) -> str:
    file = model / NAME
    text = file.read_text("utf-8") if file.exists() else ""
    found = text.partition(BEGIN)[2].partition(END)[0].strip()
    return "" if found == UNMEASURED else found


def _data(done: "Sequence[Done]") -> str:
    told: dict[str, None] = {}
    for each in done:
        told |= {f"- {name}: {value}": None for name, value in each.data.items()}
    return "\n".join(told)


def _stages(recipe: Recipe, done: "Sequence[Done]") -> str:
    settings = {config.stage: config for config in recipe.stages}
    rows = [
        "| stage | arXiv | steps | batch | rate | device | precision | minutes | pictures/s | last losses |",
        "| --- | --- | ---: | ---: | ---: | --- | --- | ---: | ---: | --- |",
    ]
    for each in done:
        config, last = settings.get(each.stage), each.last  # type: ignore[call-overload]
        if config is None or last is None:
            continue
        losses = ", ".join(f"{name} {value:.4g}" for name, value in last.terms.items())
        batch = config.batch * config.accumulate * each.processes
        cells = [
            each.stage, ", ".join(each.papers), f"{last.step:,}", str(batch), f"{config.rate:g}", each.device,
            each.precision, f"{last.seconds / 60:.1f}", f"{last.speed:.1f}", losses,
        ]  # fmt: skip
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def _files(done: "Sequence[Done]") -> str:
    """The last stage that wrote a file made it what it is."""
    sums: dict[str, str] = {}
    for each in done:
        sums |= each.files
    return "\n".join(f"- `{name}`: SHA-256 `{value}`" for name, value in sorted(sums.items()))
