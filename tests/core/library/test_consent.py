"""Nobody is pictured without consent, whichever way a job comes to wait or to be made."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from library_makers import photo
from msgspec import structs
from sqlalchemy import select

from core.edit import again
from core.errors import KnownError
from core.library import Library, jobs, photos, subjects, undo
from core.library.tables import Job, Subject
from core.repeat import check_consent
from core.spec import RenderSpec, StartPhoto, SubjectSpec

AddPerson = Callable[..., int]


@dataclass(frozen=True)
class Asked:
    """Ada, who agreed, and the settings of a picture of her."""

    library: Library
    ada: int
    spec: RenderSpec

    def says(self, consent: str) -> None:
        """What she says now, without the jobs hearing of it: written behind their backs."""
        with self.library.write() as session:
            session.get_one(Subject, self.ada).consent = consent

    def claimed(self) -> list[RenderSpec]:
        with self.library.write() as session:
            return [job.spec for job in jobs.claim(session, lambda _: 9).jobs]


@pytest.fixture
def asked(library: Library, add_person: AddPerson) -> Asked:
    ada = add_person("Ada")
    with library.write() as session:
        subjects.set_consent(session, ada, "granted", "family album")
        uid, (reference,) = subjects.card(session, ada).uid, subjects.references(session, ada)
    shown = SubjectSpec(uid, "Ada", "person", "woman", (reference.prepared,), ((0, 5),))
    return Asked(library, ada, RenderSpec("woman", "mini", 64, 64, 1, 2, 3.0, subjects=(shown,)))


def queued(library: Library, *specs: RenderSpec) -> list[int]:
    with library.write() as session:
        return jobs.enqueue(session, specs)


@pytest.mark.parametrize("consent", ["unknown", "denied", "withdrawn"])
def test_every_way_to_a_picture_asks(asked: Asked, consent: str) -> None:
    (job,) = queued(asked.library, asked.spec)
    asked.says(consent)
    other = structs.replace(asked.spec, steps=9)
    ways: dict[str, Callable[[], object]] = {
        "queueing": lambda: queued(asked.library, asked.spec),
        "duplicating": lambda: queued(asked.library, *again(asked.spec, 2, None)),
        "repeating": lambda: check_consent(asked.library, asked.spec),
        "editing": lambda: edit(asked.library, job, other),
    }
    for way in ways.values():
        with pytest.raises(KnownError, match="no consent from Ada"):
            way()
    assert asked.claimed() == []
    with asked.library.read() as session:
        assert session.execute(select(Job.state, Job.error)).all() == [
            ("failed", "There is no consent from Ada. Record it on the People page before making pictures.")
        ]


def edit(library: Library, job: int, spec: RenderSpec) -> None:
    with library.write() as session:
        jobs.edit(session, job, spec)


def test_a_failed_job_that_waits_again_is_not_made(asked: Asked) -> None:
    (job,) = queued(asked.library, asked.spec)
    with asked.library.write() as session:
        assert jobs.claim(session, lambda _: 1).jobs
        jobs.fail(session, job, "no memory", retry=False)
    asked.says("withdrawn")
    with asked.library.write() as session:
        jobs.retry(session, [job])
    assert asked.claimed() == []


@pytest.mark.parametrize("change", ["cancel", "clear"])
def test_taking_back_brings_no_picture_of_somebody_who_withdrew(asked: Asked, change: str) -> None:
    (job,) = queued(asked.library, asked.spec)
    with asked.library.write() as session:
        jobs.cancel(session, [job])
        if change == "clear":
            jobs.clear(session)
            undo.undo(session)
    asked.says("withdrawn")
    with asked.library.write() as session:
        undo.undo(session)
    assert asked.claimed() == []


def test_withdrawing_stops_what_waits_and_what_is_being_made(asked: Asked) -> None:
    first, _ = queued(asked.library, asked.spec, structs.replace(asked.spec, steps=3))
    with asked.library.write() as session:
        assert [job.id for job in jobs.claim(session, lambda _: 1).jobs] == [first]
        assert subjects.set_consent(session, asked.ada, "withdrawn") == 2
        assert jobs.still_running(session, [first]) == set()
        assert jobs.counts(session)["cancelled"] == 2
    assert asked.claimed() == []


def test_who_was_merged_is_asked_for_under_the_new_name(asked: Asked, add_person: AddPerson) -> None:
    """A job and a picture name whom they were made for by a uid that a merging takes away; crops stay."""
    into = add_person("Bea")
    queued(asked.library, asked.spec)
    with asked.library.write() as session:
        subjects.set_consent(session, into, "granted", "family album")
        subjects.merge(session, into, [asked.ada])
    assert asked.claimed() == [asked.spec]
    queued(asked.library, asked.spec)
    with asked.library.write() as session:
        assert subjects.set_consent(session, into, "withdrawn") == 2
    for way in (lambda: queued(asked.library, asked.spec), lambda: check_consent(asked.library, asked.spec)):
        with pytest.raises(KnownError, match="no consent from Bea"):
            way()
    assert subjects.delete(asked.library, into).jobs == 2


def test_a_photo_to_start_from_counts_too(asked: Asked) -> None:
    """Ada is on it: what starts from it goes when she withdraws, and when she is deleted."""
    with asked.library.write() as session:
        (face, *_) = subjects.faces(session, asked.ada)
        stranger, _ = photos.add(session, photo("/photos/empty.jpg"))
    start = StartPhoto(face.photo, face.photo_sha256)
    from_her = RenderSpec("a beach", "mini", 64, 64, 1, 2, 3.0, start=start)
    from_none = structs.replace(
        from_her, start=StartPhoto("/photos/empty.jpg", photo("/photos/empty.jpg").sha256)
    )
    queued(asked.library, from_her, from_none)
    asked.says("withdrawn")
    with pytest.raises(KnownError, match="shows Ada"):
        queued(asked.library, from_her)
    asked.says("granted")
    assert stranger
    assert subjects.delete(asked.library, asked.ada).jobs == 1
    assert asked.claimed() == [from_none]
