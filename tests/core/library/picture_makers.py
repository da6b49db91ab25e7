"""A queue of small pictures, made by the real worker with an engine that answers at once."""

from msgspec import structs

from core.engine.fake import FakeEngine
from core.library import Library, jobs, subjects
from core.library.job_rows import JobRow
from core.runner import Runner
from core.spec import Reference, RenderSpec, SubjectSpec

MAPPED = (Reference("a" * 64),)


def queue(library: Library, count: int, first_seed: int = 0) -> list[int]:
    """Pictures of a guitar, seeds counting up."""
    with library.write() as session:
        cards = subjects.cards(session, "object")
        guitar = cards[0].id if cards else subjects.create(session, "object", "Guitar", "guitar")
        uid = subjects.card(session, guitar).uid
        subject = SubjectSpec(uid, "Guitar", "object", "guitar", MAPPED, ((2, 8),))
        spec = RenderSpec("a guitar", "mini", 64, 64, 0, 3, 3.0, subjects=(subject,), maps=True)
        return jobs.enqueue(session, [structs.replace(spec, seed=first_seed + n) for n in range(count)])


def work(library: Library) -> FakeEngine:
    """Works the queue off. What was rendered is in the engine."""
    engine = FakeEngine(references=library.home.references)
    Runner(library, lambda: engine, lambda event: None, library.home.pictures).run_until_idle()
    return engine


def states(library: Library) -> dict[int, str]:
    with library.read() as session:
        return {row.id: row.state for row in jobs.rows(session)}


def lines(library: Library) -> list[JobRow]:
    with library.read() as session:
        return jobs.rows(session)
