"""What a run leaves behind: figures, table, page, sheet, and the file of tables."""

import math
import statistics
import xml.etree.ElementTree as ET
from html.parser import HTMLParser

import pytest
from PIL import Image

from core.errors import KnownError
from core.evaluation import bars, page, report, results, rows, sheet, table
from core.evaluation.results import Published, Results
from core.evaluation.rows import Column, Figure, Line
from core.evaluation.trials import Record
from core.paths import Home

COLUMNS = (
    Column("identity", "identity", "cosine", ("one",)),
    Column("swapped", "swapped", "share", ("two",), "less", percent=True),
    Column("s a picture", "seconds", "time", (), ""),
)
LINES = (Line("IP <plus>, uniform", ("plus, one", "plus, two")), Line("Text alone", ("text",)))


def record(row: str, kind: str, number: int, **measures) -> Record:
    name = f"{row.replace(', ', '-')}--{kind}-{number:03}"
    made = {"device": "fake"}
    told = f"a <photo> {number}"
    return Record("key", row, kind, name, told, number, 1.5 + number, made, measures, {"Ada": "ab" * 32})


RECORDS = (
    record("plus, one", "one", 0, identity=0.2),
    record("plus, one", "one", 1, identity=0.5),
    record("plus, two", "two", 2, swapped=1.0, identity=9.0),
    record("plus, two", "two", 3, swapped=None),
    record("text", "one", 0, identity=0.1),
)


@pytest.fixture
def made() -> Results:
    found = rows.filled((*LINES, Line("Never made", ("none",))), COLUMNS, RECORDS)
    used = results.facts("mini", RECORDS, "2026-01-02")
    theirs = (Published("IP-Adapter", "arXiv 1", {"identity": 0.6409}),)
    return Results(
        "demo", "All of them", "likeness evaluate demo", used, COLUMNS, tuple(found), ("Read with care.",),
        {"FaceID": "needs other face models"}, theirs, RECORDS,
    )  # fmt: skip


def test_figures_are_means_with_standard_errors():
    values = [0.2, 0.5, 0.9]
    found = rows.figure([*values, None])
    assert found.mean == pytest.approx(sum(values) / 3)
    assert found.error == pytest.approx(statistics.stdev(values) / math.sqrt(3))
    assert found.count == 3
    assert rows.figure([None]) is None
    assert rows.figure([0.4]) == Figure(0.4, 0.0, 1)


def test_columns_count_their_kind_of_pictures_and_lines_their_rows(made):
    assert [line.label for line in made.lines] == ["IP <plus>, uniform", "Text alone"]
    plus, text = (line.figures for line in made.lines)
    assert plus["identity"].mean == pytest.approx(0.35)  # the pair's is another column's
    assert plus["swapped"] == Figure(1.0, 0.0, 1)
    assert plus["s a picture"].mean == pytest.approx((1.5 + 2.5 + 3.5 + 4.5) / 4)
    assert "swapped" not in text


def test_facts_say_with_what_and_when(made):
    assert made.facts["date"] == "2026-01-02"
    assert (made.facts["model"], made.facts["device"], made.facts["pictures"]) == ("mini", "fake", "5")


def test_the_table_has_the_command_the_figures_and_theirs_apart(made):
    text = table.markdown(made)
    lines = [line for line in text.splitlines() if line.startswith("|")]
    assert lines[0] == "|  | identity ↑ | swapped ↓ | s a picture |"
    assert lines[2] == "| IP <plus>, uniform | **0.350 ± 0.150** | 100 % | 3.000 ± 0.645 |"
    assert lines[3] == "| Text alone | 0.100 | – | 1.500 |"
    assert lines[4] == "| *IP-Adapter, as published (arXiv 1)* | *0.6409* | – | – |"
    assert "```sh\nlikeness evaluate demo\n```" in text
    for told in (
        "- device: fake",
        "Read with care.",
        "- FaceID: needs other face models",
        "**swapped**: share",
    ):
        assert told in text


def test_lines_that_are_all_alike_have_no_best(made):
    assert table.best(made, COLUMNS[1]) is None
    assert table.best(made, COLUMNS[2]) is None
    assert table.best(made, COLUMNS[0]) == pytest.approx(0.35)


def test_a_file_of_tables_keeps_the_others(made, tmp_path):
    file = tmp_path / "results.md"
    table.update(file, made)
    other = Results("relevance", "Another", "likeness evaluate relevance", {}, (), ())
    table.update(file, other)
    table.update(file, Results("demo", "Anew \\1", "likeness evaluate demo --quick", {}, (), ()))
    text = file.read_text()
    assert text.startswith("# Results")
    assert text.count("<!-- demo -->") == text.count("<!-- relevance -->") == 1
    assert "Anew \\1" in text
    assert "All of them" not in text
    assert "Another" in text
    again = file.read_text()
    table.update(file, other)
    assert file.read_text() == again


class Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.images, self.tags = [], []

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        if tag == "img":
            self.images.append(dict(attributes)["src"])


def test_the_page_shows_everything_and_loads_only_its_pictures(made):
    text = page.html(made)
    read = Page()
    read.feed(text)
    assert read.images == [f"pictures/{each.name}.png" for each in RECORDS]
    assert read.tags.count("svg") == len(COLUMNS)
    assert not {"script", "link", "iframe"} & set(read.tags)
    assert "http" not in text
    for told in (
        "IP &lt;plus&gt;, uniform",
        "0.350 ± 0.150",
        "0.6409",
        "needs other face models",
        "a &lt;photo&gt; 1",
    ):
        assert told in text
    assert "<photo>" not in text


def test_bars_are_as_long_as_their_figures(made):
    drawn = ET.fromstring(bars.svg(made, COLUMNS[0]))
    widths = [float(each.get("width")) for each in drawn.iter("rect")]
    assert widths[0] / widths[1] == pytest.approx(3.5, rel=0.01)
    assert [each.get("class") for each in drawn.iter("rect")] == ["bar best", "bar"]
    swapped = ET.fromstring(bars.svg(made, COLUMNS[1]))
    assert len(list(swapped.iter("rect"))) == 1  # the other line was never measured


def test_bars_below_nothing_reach_back_from_zero():
    lines = (Line("a", ("a",), {"x": Figure(-0.5, 0.0, 1)}), Line("b", ("b",), {"x": Figure(0.5, 0.0, 1)}))
    drawn = ET.fromstring(
        bars.svg(Results("n", "t", "c", {}, (Column("x", "x", ""),), lines), Column("x", "x", ""))
    )
    left, right = list(drawn.iter("rect"))
    assert float(left.get("x")) + float(left.get("width")) == pytest.approx(float(right.get("x")))


def test_the_sheet_has_a_line_for_each_way_and_the_same_trials_under_each_other(made, tmp_path):
    (tmp_path / "pictures").mkdir()
    for each in RECORDS:
        file = tmp_path / "pictures" / f"{each.name}.png"
        Image.new("RGB", (32, 32), (200, 40 * each.seed, 10)).save(file)
    crop = Home(tmp_path / "work").reference("ab" * 32)
    crop.parent.mkdir(parents=True)
    Image.new("RGB", (20, 20), (9, 200, 9)).save(crop)
    drawn = sheet.draw(made, tmp_path)
    step = sheet.SIDE + sheet.GAP
    assert drawn.size == (sheet.LABEL + 4 * step, sheet.HEAD + 3 * step)
    middle = sheet.SIDE // 2
    at = [(sheet.LABEL + middle, sheet.HEAD + middle + line * step) for line in (1, 2)]
    assert [drawn.getpixel(place) for place in at] == [(200, 0, 10)] * 2
    assert drawn.getpixel((sheet.LABEL + step + middle, sheet.HEAD + 2 * step + middle)) == sheet.GROUND
    assert drawn.getpixel((sheet.LABEL + 8, sheet.HEAD + 8)) == (9, 200, 9)
    assert drawn.getpixel((sheet.LABEL + sheet.SIDE - 8, sheet.HEAD + 8)) == sheet.GROUND  # one subject


def test_a_run_leaves_all_of_it_and_results_can_be_read_again(made, tmp_path):
    report.leave(tmp_path / "out", made, tmp_path / "docs" / "results.md")
    left = {file.name for file in (tmp_path / "out").iterdir()}
    assert left == {"results.json", "table.md", "report.html", "contact-sheet.jpg"}
    assert results.load(tmp_path / "out" / "results.json") == made
    assert table.markdown(made) in (tmp_path / "docs" / "results.md").read_text()
    with pytest.raises(KnownError, match="no results"):
        results.load(tmp_path / "out" / "table.md")
