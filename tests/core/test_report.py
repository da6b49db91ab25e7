"""The morning report of a real queue: what it says, and what it never does."""

import base64
import json
import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import update

from core import report
from core.engine.fake import FakeEngine
from core.errors import KnownError
from core.library import Library, gallery, open_library, removal, subjects
from core.library import jobs as queue
from core.library.tables import Picture
from core.paths import Home
from core.runner import Runner
from core.spec import Reference, RenderSpec, SubjectSpec

BEACH, SNOW = "@ada on the <beach>", "a street in snow"


@pytest.fixture
def library(home: Home) -> Iterator[Library]:
    opened = open_library(home)
    yield opened
    opened.close()


@pytest.fixture
def ada(library: Library) -> SubjectSpec:
    with library.write() as session:
        made = subjects.create(session, "person", "Ada & Co", "woman")
        subjects.set_consent(session, made, "granted")
        uid = subjects.card(session, made).uid
    return SubjectSpec(uid, "Ada & Co", "person", "woman", (Reference("a" * 64),), ((0, 5),))


@pytest.fixture
def night(library: Library, ada: SubjectSpec) -> datetime:
    """Three pictures of one prompt, one of another, and a failure; when it began."""
    began = datetime.now(UTC)
    shown = [spec(seed, "woman on the beach", BEACH, (ada,)) for seed in (1, 2, 3)]
    make(library, *shown, spec(4, SNOW), spec(5, "FAIL <again>"))
    return began


def spec(seed: int, prompt: str, template: str = "", people: tuple[SubjectSpec, ...] = ()) -> RenderSpec:
    return RenderSpec(prompt, "mini", 64, 64, seed, 2, 3.0, subjects=people, template=template or prompt)


def make(library: Library, *specs: RenderSpec) -> None:
    with library.write() as session:
        queue.enqueue(session, specs)
    Runner(
        library, lambda: FakeEngine(step_seconds=0.001), lambda event: None, library.home.pictures
    ).run_until_idle()


def score(library: Library, seed: int, uid: str, likeness: float | None) -> None:
    kept = json.dumps({"identity": {} if likeness is None else {uid: likeness}})
    with library.write() as session:
        session.execute(update(Picture).where(Picture.seed == seed).values(scores=kept))


def gathered(library: Library, since: datetime) -> report.Report:
    with library.read() as session:
        return report.gather(session, since, datetime.now(UTC))


class Page(HTMLParser):
    """What a page shows, and every address it names."""

    def __init__(self, written: str) -> None:
        super().__init__()
        self.words, self.addresses, self.tags = "", list[str](), set[str]()
        self.feed(written)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.addresses += [
            value or "" for name, value in attrs if name in ("src", "href", "srcset", "action")
        ]

    def handle_data(self, data: str) -> None:
        self.words += data + "\n"


def test_it_says_what_was_made_what_failed_and_why(library: Library, night: datetime) -> None:
    file = report.write(library, night)
    page = Page(file.read_text("utf-8"))
    assert "4 pictures made" in page.words
    assert "1 failed" in page.words
    assert "FAIL <again>" in page.words
    assert "The fake engine was told to fail." in page.words
    assert BEACH in page.words
    assert "Ada & Co 0.50" in page.words
    assert "a picture on average" in page.words


def test_it_is_one_file_that_names_no_address_and_runs_nothing(library: Library, night: datetime) -> None:
    written = report.write(library, night).read_text("utf-8")
    page = Page(written)
    assert len(page.addresses) == 4
    for address in page.addresses:
        kind, _, data = address.partition(",")
        assert kind == "data:image/jpeg;base64"
        with Image.open(BytesIO(base64.b64decode(data))) as small:
            assert max(small.size) <= report.BEST_SIZE
    assert page.tags.isdisjoint({"script", "link", "iframe", "object", "form", "a"})
    assert not re.search(r"https?:|url\(|@import", written)
    assert "default-src 'none'" in written


@pytest.mark.skipif(os.name == "nt", reason="permissions")
def test_only_its_owner_may_read_it(library: Library, night: datetime) -> None:
    file = report.write(library, night)
    assert file.stat().st_mode & 0o077 == 0
    assert file.parent.stat().st_mode & 0o077 == 0


def test_the_best_of_a_prompt_is_the_likest(library: Library, night: datetime, ada: SubjectSpec) -> None:
    for seed, likeness in ((1, 0.4), (2, 0.8), (3, None)):
        score(library, seed, ada.uid, likeness)
    (beach,) = (each for each in gathered(library, night).prompts if each.text == BEACH)
    assert [shown.seed for shown in beach.pictures] == [2, 1, 3]
    assert beach.pictures[2].likeness == {"Ada & Co": None}
    assert "Ada & Co no face" in Page(report.write(library, night).read_text("utf-8")).words


def test_stars_count_more_than_likeness(library: Library, night: datetime, ada: SubjectSpec) -> None:
    score(library, 2, ada.uid, 0.9)
    with library.write() as session:
        (worst,) = (row.id for row in gallery.rows(session) if row.seed == 3)
        gallery.mark(session, [worst], rating=4)
    (beach,) = (each for each in gathered(library, night).prompts if each.text == BEACH)
    assert [shown.seed for shown in beach.pictures] == [3, 2, 1]


def test_the_same_failure_is_told_once_with_its_seeds(library: Library, night: datetime) -> None:
    make(library, *(spec(seed, "FAIL <again>") for seed in range(6, 20)))
    (failure,) = gathered(library, night).failures
    assert (failure.text, failure.seeds) == ("FAIL <again>", tuple(range(5, 20)))
    words = Page(report.write(library, night).read_text("utf-8")).words
    assert words.count("The fake engine was told to fail.") == 1
    assert "15 failed" in words
    assert "15 pictures, seeds 5, 6, 7, 8, 9, 10, 11, 12 …" in words
    assert "likeness queue retry --all" in words


def test_nothing_is_called_the_best_that_nobody_judged(library: Library, night: datetime) -> None:
    make(library, spec(6, SNOW))
    written = report.write(library, night).read_text("utf-8")
    assert written.count('class="best"') == 1  # of the beach, by its faces
    with library.write() as session:
        (snow,) = (row.id for row in gallery.rows(session) if row.seed == 6)
        gallery.mark(session, [snow], rating=3)
    assert report.write(library, night).read_text("utf-8").count('class="best"') == 2


def test_a_night_names_both_days_and_what_was_cancelled(library: Library, night: datetime) -> None:
    with library.write() as session:
        queue.enqueue(session, [spec(9, SNOW)])
        queue.cancel(session)
    since, until = night - timedelta(hours=30), datetime.now(UTC)
    words = Page(report.write(library, since, until).read_text("utf-8")).words
    first, last = since.astimezone(), until.astimezone()
    assert f"{first.day} {first:%B %Y, %H:%M} to {last.day} {last:%B}, {last:%H:%M} (30 h " in words
    assert "1 cancelled" in words


def test_what_was_done_before_is_left_out(library: Library, night: datetime) -> None:
    found = gathered(library, datetime.now(UTC) + timedelta(seconds=1))
    assert (found.made, found.failures, found.prompts) == (0, (), ())


def test_a_picture_whose_file_is_gone_is_named(library: Library, night: datetime) -> None:
    for file in library.home.pictures.glob("*.png"):
        file.unlink()
    page = Page(report.write(library, night).read_text("utf-8"))
    assert page.words.count("its file is gone") == 4
    assert page.addresses == []


def test_a_long_night_is_shown_in_part_and_counted_whole(
    library: Library, night: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report, "MOST_SHOWN", 3)
    monkeypatch.setattr(report, "PAGE_ROWS", 2)
    found = gathered(library, night)
    assert (found.made, found.left_out) == (4, 1)
    assert "1 older picture not shown" in Page(report.write(library, night).read_text("utf-8")).words


def test_old_reports_go(library: Library, night: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "KEPT", 2)
    moments = [datetime(2026, 1, day, tzinfo=UTC) for day in (1, 2, 3)]
    written = [report.write(library, night, moment) for moment in moments]
    assert [file.exists() for file in written] == [False, True, True]


def test_reports_go_with_a_person_who_is_deleted(library: Library, night: datetime, ada: SubjectSpec) -> None:
    file = report.write(library, night)
    with library.read() as session:
        subject = subjects.get(session, ada.uid).id
    removal.delete(library, subject)
    assert not file.exists()


def test_a_folder_that_cannot_be_written_is_told(library: Library, night: datetime) -> None:
    library.home.reports.write_text("in the way")
    with pytest.raises(KnownError, match="The report could not be written"):
        report.write(library, night)


def test_the_command_writes_and_opens_it(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    from typer.testing import CliRunner

    from core.cli.app import app

    opened: list[str] = []
    monkeypatch.setattr("typer.launch", opened.append)
    monkeypatch.setattr("core.cli.work.make_engine", lambda home: FakeEngine())

    def likeness(*words: str) -> str:
        done = CliRunner().invoke(app, ["--home", str(home.root), *words])
        assert done.exit_code == 0, done.output
        return done.output

    likeness("queue", "add", "a beach")
    (written,) = re.findall(r"what was not: (.*\.html)", likeness("queue", "run"))
    assert "1 picture made" in Path(written).read_text("utf-8")
    assert "The report: " in likeness("queue", "report", "--open", "--hours", "1")
    assert Path(opened[0]).parent == home.reports
