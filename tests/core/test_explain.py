"""Who is where in a picture: stored beside it, or worked out by making it again."""

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from msgspec import structs
from PIL import Image

from core import explain, relevance_map, relevance_view
from core.engine import Rendered
from core.engine.fake import FakeEngine
from core.errors import KnownError
from core.library import Library, files, open_library, subjects
from core.metadata import png
from core.paths import Home
from core.spec import Reference, RenderSpec, StartPhoto, SubjectSpec

ADA = SubjectSpec("u1", "Ada Lovelace", "person", "woman", (Reference("a" * 64),), ((2, 7),))
REX = SubjectSpec("u2", "Rex", "object", "dog", (Reference("b" * 64),), ((14, 17),))
SPEC = RenderSpec(
    "a woman and a dog", "mini", 96, 64, 7, 3, 3.0, method="ip-adapter", adapter="ip-adapter",
    subjects=(ADA, REX), precision="fp32",
)  # fmt: skip


def save(folder: Path, name: str = "one", **changes: object) -> Path:
    spec = structs.replace(SPEC, **changes)
    (rendered,) = FakeEngine().render([spec], lambda _: None)
    return files.save_picture(folder, name, rendered, spec).path


@pytest.fixture
def mapped(tmp_path: Path) -> Path:
    return save(tmp_path, maps=True)


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    return save(tmp_path)


class Otherwise(FakeEngine):
    """Renders something else than was rendered before."""

    def render(self, specs: Sequence[RenderSpec], *rest: object) -> list[Rendered]:
        return super().render([structs.replace(spec, seed=spec.seed + 1) for spec in specs], *rest)  # type: ignore


def test_stored_maps_need_no_engine_at_all(mapped: Path) -> None:
    engine = FakeEngine()
    done = explain.explain(mapped, engine)
    assert done == explain.Explained(mapped.with_name("one-explained.png"), ("Ada Lovelace", "Rex"), False)
    assert engine.calls["render"] == 0
    assert explain.explain(mapped, engine) == done


def test_a_picture_without_maps_is_made_again_and_keeps_them(plain: Path) -> None:
    engine, before = FakeEngine(), plain.read_bytes()
    assert explain.stored(plain) == ()
    assert explain.explain(plain, engine).made_again
    assert engine.rendered[0].maps
    assert plain.read_bytes() == before
    assert [each.name for each in explain.stored(plain)] == ["Ada Lovelace", "Rex"]
    assert not explain.explain(plain, engine).made_again
    assert engine.calls["render"] == 1


def test_the_steps_are_told(plain: Path) -> None:
    steps: list[int] = []
    explain.work_out(plain, FakeEngine(), on_step=lambda step: steps.append(step.step))
    assert steps == [1, 2, 3]


def test_maps_of_other_pixels_are_never_kept(plain: Path) -> None:
    with pytest.raises(KnownError, match="other pixels"):
        explain.explain(plain, Otherwise())
    assert sorted(plain.parent.iterdir()) == [plain]


def test_what_was_different_is_said(plain: Path) -> None:
    saved = png.read(plain)
    rgb = Image.open(plain).convert("RGB").tobytes()
    elsewhere = structs.replace(saved, made=saved.made | {"device": "another"})
    plain.write_bytes(png.encode(96, 64, rgb, elsewhere))
    with pytest.raises(KnownError, match="device: another then, fake now"):
        explain.work_out(plain, Otherwise())


def test_a_map_of_a_picture_that_had_this_name_is_not_believed(mapped: Path) -> None:
    mapped.unlink()
    assert save(mapped.parent, seed=8) == mapped
    assert explain.stored(mapped) == ()
    assert explain.explain(mapped, FakeEngine()).made_again


@pytest.mark.parametrize("name", ["rex", "@Rex", " REX "])
def test_one_subject_alone_keeps_the_colour_it_has_among_all(mapped: Path, name: str) -> None:
    done = explain.explain(mapped, FakeEngine(), subject=name)
    assert done.subjects == ("Rex",)
    first, second = relevance_view.palette()[:2]
    colours = {colour for _, colour in Image.open(done.path).getcolors(1 << 24)}
    assert second in colours
    assert first not in colours


@pytest.mark.parametrize("name", ["@ada-lovelace", "ada lovelace"])
def test_a_name_of_two_words_and_its_handle_are_understood(mapped: Path, name: str) -> None:
    assert explain.explain(mapped, FakeEngine(), subject=name).subjects == ("Ada Lovelace",)


def test_somebody_who_is_not_in_it_is_refused_before_anything_is_rendered(plain: Path) -> None:
    engine = FakeEngine()
    with pytest.raises(KnownError, match=r"Nobody called Ben is in this picture\. In it: Ada Lovelace, Rex"):
        explain.explain(plain, engine, subject="Ben")
    assert engine.calls["render"] == 0


def test_where_it_goes(mapped: Path, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    assert explain.explain(mapped, FakeEngine(), folder).path == folder / "one-explained.png"
    assert explain.explain(mapped, FakeEngine(), tmp_path / "named.png").path == tmp_path / "named.png"
    with pytest.raises(KnownError, match="is there already"):
        explain.explain(mapped, FakeEngine(), mapped)
    (tmp_path / "file").touch()
    with pytest.raises(KnownError, match="could not be written"):
        explain.explain(mapped, FakeEngine(), tmp_path / "file" / "x.png")


def test_the_sheet_says_that_it_was_made_by_ai_and_is_no_picture_to_repeat(mapped: Path) -> None:
    path = explain.explain(mapped, FakeEngine()).path
    assert b"trainedAlgorithmicMedia" in path.read_bytes()
    with pytest.raises(KnownError, match="no settings of Likeness"):
        explain.explain(path, FakeEngine())


@pytest.mark.parametrize("changes", [{"subjects": ()}, {"method": "text", "adapter": ""}])
def test_words_alone_have_no_place(tmp_path: Path, changes: dict[str, object]) -> None:
    with pytest.raises(KnownError, match="made from words alone"):
        explain.explain(save(tmp_path, "text", **changes), FakeEngine())


def test_a_method_that_weighs_nothing_is_said(plain: Path) -> None:
    class Blind(FakeEngine):
        def render(self, specs: Sequence[RenderSpec], *rest: object) -> list[Rendered]:
            return super().render([structs.replace(spec, maps=False) for spec in specs], *rest)  # type: ignore

    with pytest.raises(KnownError, match="IP-Adapter does not weigh subjects by place"):
        explain.explain(plain, Blind())


def test_a_picture_of_another_program_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "other.png"
    Image.new("RGB", (8, 8)).save(other)
    with pytest.raises(KnownError, match="no settings of Likeness"):
        explain.explain(other, FakeEngine())


def test_references_that_are_gone_are_said_and_nothing_is_written(plain: Path) -> None:
    def gone(_: object) -> None:
        raise KnownError("A reference of Ada is gone.")

    with pytest.raises(KnownError, match="is gone"):
        explain.explain(plain, FakeEngine(trouble=gone))
    assert sorted(plain.parent.iterdir()) == [plain]


@pytest.fixture
def library(home: Home):  # type: ignore[no-untyped-def]
    opened = open_library(home)
    yield opened
    opened.close()


def test_without_consent_nothing_is_rendered_again(library: Library, tmp_path: Path) -> None:
    with library.write() as session:
        ada = subjects.create(session, "person", "Ada", "woman")
        uid = subjects.card(session, ada).uid
    people = {"subjects": (structs.replace(ADA, uid=uid), REX)}
    plain, mapped = save(tmp_path, "plain", **people), save(tmp_path, "mapped", maps=True, **people)
    engine = FakeEngine()
    with pytest.raises(KnownError, match="There is no consent from Ada"):
        explain.explain(plain, engine, library=library)
    assert engine.calls["render"] == 0
    assert not explain.explain(mapped, engine, library=library).made_again


def test_a_start_photo_that_is_elsewhere_can_be_shown(library: Library, tmp_path: Path) -> None:
    photo = tmp_path / "start.jpg"
    Image.new("RGB", (40, 30), "red").save(photo)
    start = StartPhoto(str(photo), hashlib.sha256(photo.read_bytes()).hexdigest())
    picture, engine = save(tmp_path, "started", start=start), FakeEngine()
    with pytest.raises(KnownError, match="with --photo PATH"):
        explain.explain(picture, engine, library=library)
    assert explain.explain(picture, engine, library=library, photo=photo).made_again


# What is drawn


def a_map(left: int, right: int, name: str = "Ada") -> relevance_map.SubjectMap:
    grey = np.repeat(np.array([[left] * 4 + [right] * 4], np.uint8), 6, axis=0)
    return relevance_map.SubjectMap(name, name, Image.fromarray(grey))


def test_each_colour_is_where_its_subject_weighs_most() -> None:
    two = relevance_view.shown([a_map(255, 100), a_map(100, 255, "Ben")], 64, 48)
    pixels = np.asarray(relevance_view.overlay(Image.new("RGB", (64, 48), "black"), two)).astype(int)
    first, second = (np.array(colour) for colour in relevance_view.palette()[:2])
    assert np.abs(pixels[24, 4] - first * relevance_view.OPACITY).max() <= 2
    assert np.abs(pixels[24, 60] - second * relevance_view.OPACITY).max() <= 2


def test_one_range_for_all_so_that_subjects_can_be_compared() -> None:
    strong, weak = relevance_view.shown([a_map(255, 55), a_map(155, 55)], 8, 6)
    assert strong.strength[3, 0] == pytest.approx(1.0)
    assert weak.strength[3, 0] == pytest.approx(0.5, abs=0.06)


def test_weights_that_are_the_same_everywhere_are_not_made_to_differ() -> None:
    (flat,) = relevance_view.shown([a_map(250, 255)], 8, 6)
    assert flat.strength.min() > 0.9


@pytest.mark.parametrize("size", [(2048, 64), (64, 2048), (64, 64), (1500, 1200)])
@pytest.mark.parametrize("count", [1, 2, 9])
def test_a_sheet_of_any_shape_holds_everybody(size: tuple[int, int], count: int) -> None:
    names = [f"Somebody whose name is long {number}" for number in range(count)]
    many = relevance_view.shown([a_map(255, 20 * n, name) for n, name in enumerate(names)], *size)
    sheet = relevance_view.sheet(Image.new("RGB", size, "white"), many)
    colours = {colour for _, colour in sheet.getcolors(1 << 24)}
    assert set(relevance_view.palette()[:count]) <= colours
    assert max(sheet.size) < 6000


@pytest.mark.parametrize(
    ("columns", "rows", "words"),
    [(slice(0, 2), slice(0, 6), "left"), (slice(6, 8), slice(0, 2), "top right"),
     (slice(2, 6), slice(4, 6), "bottom"), (slice(2, 6), slice(2, 4), "in the middle")],
)  # fmt: skip
def test_the_place_is_said_in_words(columns: slice, rows: slice, words: str) -> None:
    strength = np.zeros((6, 8), np.float32)
    strength[rows, columns] = 1
    assert relevance_view.whereabouts(relevance_view.Shown("Ada", (0, 0, 0), strength)) == words


# The command


@pytest.fixture
def likeness(home: Home, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    from typer.testing import CliRunner

    from core.cli.app import app

    monkeypatch.setattr("core.cli.work.make_engine", lambda home: FakeEngine())

    def run(*arguments: str | Path, fails: int = 0) -> str:
        result = CliRunner().invoke(app, ["--home", str(home.root), "explain", *map(str, arguments)])
        assert result.exit_code == fails, result.output
        return result.stderr if fails else result.stdout

    return run


def test_the_command_says_what_it_did(likeness: Callable[..., str], plain: Path) -> None:
    told = likeness(plain)
    assert f"{plain.with_name('one-explained.png')}: where Ada Lovelace and Rex are." in told
    assert "made again for it, with the same pixels" in told
    again = json.loads(likeness(plain, "--subject", "rex", "--json"))
    assert (again["subjects"], again["made_again"]) == (["Rex"], False)
    assert "made from words alone" in likeness(save(plain.parent, "text", subjects=()), fails=1)
