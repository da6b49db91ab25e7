"""Which picture goes where: no two files get one name, and nothing is lost that the user did not give up."""

from dataclasses import replace
from pathlib import Path

import pytest
from finished_pictures import finished, spec, subject
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import KnownError
from core.export import ExportPreset
from core.export.plan import Plan, plan
from core.export.sizes import Size
from core.library.gallery import PictureRow

OUT = Path("/out")


@pytest.fixture(scope="module")
def row(tmp_path_factory: pytest.TempPathFactory) -> PictureRow:
    return finished(tmp_path_factory.mktemp("pictures"))


def planned(
    rows: list[PictureRow], there: tuple[str, ...] = (), kept: tuple[Path, ...] = (), **changes
) -> Plan:
    preset = ExportPreset(names="{label}", **changes)
    return plan(rows, preset, OUT, kept, lambda folder: there if folder == OUT else ())


def targets(made: Plan) -> list[str]:
    return [str(each.target.relative_to(OUT)) for each in made.files]


@pytest.mark.parametrize(
    ("conflict", "expected", "replaces"),
    [
        ("number", ["red-3.png", "red-4.png"], [False, False]),
        ("overwrite", ["red.png", "red-3.png"], [True, False]),
        ("skip", [], []),
        ("ask", ["red-3.png", "red-4.png"], [False, False]),
    ],
)
def test_a_name_that_is_taken(
    row: PictureRow, conflict: str, expected: list[str], replaces: list[bool]
) -> None:
    made = planned([row, row], ("RED.png", "red-2.png"), conflict=conflict)
    assert targets(made) == expected
    assert [each.replaces for each in made.files] == replaces
    assert len(made.taken) == 2
    assert len(made.skipped) == (2 if conflict == "skip" else 0)


@pytest.mark.parametrize("conflict", ["number", "overwrite", "skip", "ask"])
def test_pictures_of_one_export_never_share_a_name(row: PictureRow, conflict: str) -> None:
    rows = [replace(row, label=label) for label in ("red", "RED", "Red", "blue")]
    assert targets(planned(rows, conflict=conflict)) == ["red.png", "RED-2.png", "Red-3.png", "blue.png"]


def test_one_letter_written_in_two_ways_is_one_name(row: PictureRow) -> None:
    assert targets(planned([replace(row, label="Å")], ("A\u030a.png",))) == ["Å-2.png"]


def test_a_sidecar_that_is_there_takes_the_name(row: PictureRow) -> None:
    assert targets(planned([row], ("red.png.xmp",), sidecar=True)) == ["red-2.png"]
    assert targets(planned([row], ("red.png.xmp",))) == ["red.png"]
    assert targets(planned([row], ("red.png.xmp",), sidecar=True, conflict="skip")) == ["red.png"]


def test_the_librarys_pictures_are_never_written_over(row: PictureRow) -> None:
    made = planned([row], ("red.png",), (OUT / "red.png",), conflict="overwrite")
    assert targets(made) == ["red-2.png"]


def test_subfolders_are_looked_into_as_well(row: PictureRow, tmp_path: Path) -> None:
    (tmp_path / "2026").mkdir()
    (tmp_path / "2026" / "1.jpg").touch()
    preset = ExportPreset(format="jpeg", names="{year}/{number}")
    made = plan([row, row], preset, tmp_path)
    assert [each.target for each in made.files] == [
        tmp_path / "2026" / "1-2.jpg",
        tmp_path / "2026" / "2.jpg",
    ]


words = st.text(max_size=12) | st.sampled_from(
    ["red", "RED", "red-2", "../red", "con", "\u0130", "ı", "ß", "SS"]
)


@settings(max_examples=150, deadline=None)
@given(
    labels=st.lists(words, max_size=8),
    there=st.lists(words.map(lambda word: f"{word}.png"), max_size=4),
    conflict=st.sampled_from(["number", "overwrite", "skip", "ask"]),
)
def test_whatever_the_words_no_two_files_collide(
    row: PictureRow, labels: list[str], there: list[str], conflict: str
) -> None:
    rows = [replace(row, label=label) for label in labels]
    made = planned(rows, tuple(there), conflict=conflict)
    names = [each.target.name.casefold() for each in made.files]
    assert len(set(names)) == len(names)
    assert len(made.files) + len(made.skipped) == len(rows)
    assert all(each.target.parent == OUT and len(each.target.name.encode()) <= 143 for each in made.files)
    lost = {name.casefold() for name in there} & set(names)
    assert not lost or conflict == "overwrite"


@pytest.mark.parametrize(
    ("size", "enlarge", "sides"),
    [
        ("whole", False, (96, 64)),
        ("48", False, (48, 32)),
        ("2048", False, (96, 64)),
        ("192", True, (192, 128)),
        ("50x16", False, (24, 16)),
        ("50%", False, (48, 32)),
        ("200%", False, (96, 64)),
        ("200%", True, (192, 128)),
    ],
)
def test_sizes(row: PictureRow, size: str, enlarge: bool, sides: tuple[int, int]) -> None:
    read = Size.read(size)
    assert str(read) == size
    assert planned([row], size=read, enlarge=enlarge).files[0].size == sides


@pytest.mark.parametrize("size", ["", "big", "0", "5", "99999", "900%", "0%", "10x", "-50%", "1e3"])
def test_what_is_no_size_is_refused(size: str) -> None:
    with pytest.raises(KnownError, match="no size"):
        Size.read(size)


def test_a_size_no_format_holds_is_refused(row: PictureRow) -> None:
    with pytest.raises(KnownError, match="too many"):
        planned([replace(row, width=4096, height=4096)], size=Size.read("800%"), enlarge=True)


def test_a_person_nobody_named_gives_no_name(tmp_path: Path) -> None:
    two = spec(subjects=(subject("u1", "Person 3"), subject("u2", "Ben/../..")))
    row = finished(tmp_path, what=two)
    made = plan([row], ExportPreset(names="{person}/{number}"), OUT, (), lambda _: ())
    assert targets(made) == ["Ben-..-/1.png"]


def test_settings_of_another_version_are_said(row: PictureRow) -> None:
    with pytest.raises(KnownError, match="cannot be read"):
        planned([replace(row, spec='{"version": 9}')])
