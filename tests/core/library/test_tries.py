"""Making a picture again until everybody is alike enough: the next try is queued with the picture before."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from msgspec import structs
from picture_makers import lines

from core.edit import again
from core.engine.fake import FakeEngine
from core.errors import KnownError
from core.library import Library, gallery, jobs, subjects, tries
from core.library.gallery import PictureRow
from core.runner import Runner
from core.spec import Reference, RenderSpec, SubjectSpec

ADA, BEN = "Ada", "Ben"


class Judged(FakeEngine):
    """Gives each picture the next of these likenesses, by name."""

    def __init__(self, library: Library, *scores: dict[str, float]) -> None:
        super().__init__(references=library.home.references)
        self.scores: Iterator[dict[str, float]] = iter(scores)

    def render(self, specs, on_step, *rest):
        made = super().render(specs, on_step, *rest)
        return [self._judge(spec, each) for spec, each in zip(specs, made, strict=True)]

    def _judge(self, spec, rendered):
        found = next(self.scores)
        identity = {who.uid: found[who.name] for who in spec.subjects if who.name in found}
        return replace(rendered, scores=replace(rendered.scores, identity=identity))


@pytest.fixture
def spec(library: Library) -> RenderSpec:
    """Ada and Ben, who agreed."""
    shown = []
    with library.write() as session:
        for at, name in enumerate((ADA, BEN)):
            number = subjects.create(session, "person", name, "person")
            subjects.set_consent(session, number, "granted")
            uid = subjects.card(session, number).uid
            start = 11 * at
            shown.append(
                SubjectSpec(uid, name, "person", "person", (Reference("a" * 64),), ((start, start + 6),))
            )
    return RenderSpec("person and person", "mini", 64, 64, 7, 2, 3.0, subjects=tuple(shown))


def ask(library: Library, spec: RenderSpec, score: float = 0.45, most: int = 4, keep="all") -> list[int]:
    with library.write() as session:
        return jobs.enqueue(session, tries.asked([spec], score, most, keep))


def work(library: Library, engine: FakeEngine) -> None:
    Runner(library, lambda: engine, lambda event: None, library.home.pictures).run_until_idle()


def made(library: Library) -> list[PictureRow]:
    with library.read() as session:
        return gallery.rows(session)[::-1]


def both(score: float) -> dict[str, float]:
    return {ADA: score, BEN: score}


def test_it_ends_as_soon_as_everybody_is_alike_enough(library: Library, spec: RenderSpec) -> None:
    ask(library, spec)
    work(library, Judged(library, both(0.3), both(0.44), both(0.46)))
    assert [row.flag for row in made(library)] == ["", "", ""]
    assert len({row.seed for row in made(library)}) == 3
    assert [row.until.number for row in lines(library)] == [1, 2, 3]
    assert {row.state for row in lines(library)} == {"done"}


def test_it_ends_after_so_many_tries(library: Library, spec: RenderSpec) -> None:
    ask(library, spec, most=2)
    work(library, Judged(library, both(0.1), both(0.1)))
    assert len(made(library)) == 2


@pytest.mark.parametrize("found", [{ADA: 0.9, BEN: 0.2}, {ADA: 0.9}, {}])
def test_the_person_least_alike_counts_and_nobody_is_missing(
    library: Library, spec: RenderSpec, found: dict[str, float]
) -> None:
    ask(library, spec, most=3)
    work(library, Judged(library, found, both(0.5)))
    assert len(made(library)) == 2


def test_all_but_the_best_are_rejected_but_for_what_the_user_marked(
    library: Library, spec: RenderSpec
) -> None:
    ask(library, spec, keep="best", most=4)
    engine = Judged(library, both(0.2), both(0.4), both(0.1), both(0.3))
    engine.trouble = lambda specs: _rate_first(library) if specs[0].until.number == 4 else None
    work(library, engine)
    assert [row.flag for row in made(library)] == ["", "", "rejected", "rejected"]


def _rate_first(library: Library) -> None:
    with library.write() as session:
        gallery.mark(session, [gallery.rows(session)[-1].id], rating=3)


def test_the_next_try_comes_before_what_waits_and_goes_with_its_batch(
    library: Library, spec: RenderSpec
) -> None:
    (first,) = ask(library, spec)
    with library.write() as session:
        (other,) = jobs.enqueue(session, [structs.replace(spec, seed=99, steps=3)])
    engine = Judged(library, both(0.1), both(0.9), both(0.0))
    work(library, engine)
    assert [each.steps for each in engine.rendered] == [2, 2, 3]
    ids = [row.id for row in lines(library)]
    assert ids == [first, other + 1, other]
    created = {row.id: row.created_at for row in lines(library)}
    assert created[other + 1] == created[first]


def test_a_restart_goes_on_where_it_was(library: Library, spec: RenderSpec) -> None:
    ask(library, spec)

    def stop(specs: list[RenderSpec]) -> None:
        if specs[0].until.number == 2:
            runner._stopping.set()

    engine = Judged(library, both(0.1), both(0.1), both(0.9))
    engine.trouble = stop
    runner = Runner(library, lambda: engine, lambda event: None, library.home.pictures)
    runner.run_until_idle()
    engine.trouble = None
    work(library, engine)
    assert [row.until.number for row in lines(library)] == [1, 2, 3]
    assert [row.state for row in lines(library)] == ["done"] * 3


def test_a_cancelled_try_is_the_last(library: Library, spec: RenderSpec) -> None:
    ask(library, spec)
    engine = Judged(library, both(0.1), both(0.1))
    engine.trouble = lambda specs: _cancel(library) if specs[0].until.number == 2 else None
    work(library, engine)
    assert [row.state for row in lines(library)] == ["done", "cancelled"]


def _cancel(library: Library) -> None:
    with library.write() as session:
        jobs.cancel(session)


def test_nobody_is_tried_again_who_does_not_agree_any_more(library: Library, spec: RenderSpec) -> None:
    ask(library, spec)

    def withdraw(specs: list[RenderSpec]) -> None:
        with library.write() as session:
            ben = subjects.get(session, BEN)
            session.execute(subjects.Subject.__table__.update().where(subjects.Subject.id == ben.id)
                            .values(consent="unknown"))  # fmt: skip

    engine = Judged(library, both(0.1))
    engine.trouble = withdraw
    work(library, engine)
    assert [row.state for row in lines(library)] == ["done"]


def test_a_picture_queued_once_more_begins_its_tries_anew(library: Library, spec: RenderSpec) -> None:
    (first,) = ask(library, spec, most=1)
    with library.write() as session:
        tried = jobs.spec_of(session, first)
        assert tried.until.first == first
        (second,) = jobs.enqueue(session, again(tried, 1, None))
        assert jobs.spec_of(session, second).until == structs.replace(tried.until, first=second)


def test_a_picture_of_nobody_and_numbers_that_cannot_be_are_told(spec: RenderSpec) -> None:
    with pytest.raises(KnownError, match="Nobody is in"):
        tries.asked([structs.replace(spec, subjects=())], 0.5, 3)
    for score, most in ((2.0, 3), (0.5, 0), (0.5, 101)):
        with pytest.raises(KnownError, match="1 to 100 tries"):
            tries.asked([spec], score, most)


def test_other_pictures_of_the_same_batch_may_share_it(spec: RenderSpec) -> None:
    assert jobs.shape(spec) == jobs.shape(tries.asked([spec], 0.5, 3)[0])
