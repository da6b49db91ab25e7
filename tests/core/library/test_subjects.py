"""People and objects: naming, merging, consent, references, cards."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from library_makers import face, photo, sha
from sqlalchemy import event, func, select

from core.errors import KnownError
from core.library import Library, photos, subjects
from core.library.tables import Face, Job, JobSubject, Reference, Subject
from core.spec import Reference as Prepared

AddPerson = Callable[..., int]


def job_for(library: Library, subject: int, state: str = "queued") -> int:
    with library.write() as session:
        job = Job(state=state, position=1, spec="{}", shape="", attempts=0, created_at=datetime(2026, 1, 1))
        session.add(job)
        session.flush()
        session.add(JobSubject(job_id=job.id, subject_id=subject))
        return job.id


def test_a_card_tells_all(library: Library, add_person: AddPerson) -> None:
    ada = add_person("Ada", faces=3, references=2)
    with library.read() as session:
        card = subjects.get(session, "ada")
    assert (card.id, card.kind, card.name, card.handle, card.noun) == (ada, "person", "Ada", "ada", "woman")
    assert (card.faces, card.references, card.consent, card.named) == (3, 2, "unknown", True)
    assert card.cover == subjects.Cover("/photos/Ada2.jpg", (10, 10, 60, 70), 0.2)


def test_a_card_leaves_out_what_is_ignored_or_switched_off(library: Library, add_person: AddPerson) -> None:
    ada = add_person("Ada", faces=3, references=2)
    with library.write() as session:
        subjects.set_face_state(session, subjects.faces(session, ada)[0].id, "ignored")
        subjects.set_reference(session, subjects.references(session, ada)[0].id, enabled=False)
    with library.read() as session:
        card = subjects.card(session, ada)
    assert (card.faces, card.references) == (2, 1)
    assert card.cover
    assert card.cover.photo == "/photos/Ada1.jpg"


def test_an_objects_cover_is_its_first_reference(library: Library) -> None:
    with library.write() as session:
        guitar = subjects.create(session, "object", "My guitar", "guitar")
        subjects.add_reference(session, guitar, Prepared(crop=sha("a")), None, None)
        subjects.add_reference(session, guitar, Prepared(crop=sha("b")), None, None)
        assert subjects.card(session, guitar).cover == subjects.Cover(crop=sha("a"))


def test_cards_are_ordered_as_people_look_for_them(library: Library, add_person: AddPerson) -> None:
    add_person("Group", faces=5, named=False)
    add_person("Few", faces=1)
    add_person("Many", faces=4)
    star = add_person("Star", faces=0)
    hidden = add_person("Hidden")
    with library.write() as session:
        subjects.set_favourite(session, star, True)
        subjects.set_ignored(session, hidden, True)
    with library.read() as session:
        assert [card.name for card in subjects.cards(session)] == ["Star", "Many", "Few", "Group"]
        assert [card.name for card in subjects.cards(session, ignored=True)] == ["Hidden"]
        assert subjects.cards(session, "object") == []


def test_cards_cost_a_few_queries_however_many_people_there_are(
    library: Library, add_person: AddPerson
) -> None:
    for number in range(12):
        add_person(f"P{number}")
    said: list[str] = []
    with library.read() as session:
        event.listen(session.connection(), "before_cursor_execute", lambda *args: said.append(args[2]))
        assert len(subjects.cards(session)) == 12
    assert len(said) == 5


def test_suggestions_are_numbered(library: Library) -> None:
    with library.write() as session:
        subjects.suggest(session)
        subjects.suggest(session)
        assert [(c.name, c.handle, c.named) for c in subjects.cards(session)] == [
            ("Person 1", "person1", False),
            ("Person 2", "person2", False),
        ]


def test_naming_sets_the_handle_and_confirms_the_faces(library: Library, add_person: AddPerson) -> None:
    someone = add_person("Person 1", named=False)
    with library.write() as session:
        subjects.rename(session, someone, "  Ada   King ", "woman")
        card = subjects.card(session, someone)
        assert (card.name, card.handle, card.named) == ("Ada King", "ada-king", True)
        assert {row.state for row in subjects.faces(session, someone)} == {"confirmed"}


def test_two_of_one_name_have_two_handles(library: Library, add_person: AddPerson) -> None:
    add_person("Ada")
    other = add_person("Ada")
    with library.write() as session:
        assert subjects.card(session, other).handle == "ada2"
        subjects.rename(session, other, "Ada", "girl")
        assert subjects.card(session, other).handle == "ada2"


def test_a_name_two_share_asks_for_the_handle(library: Library, add_person: AddPerson) -> None:
    add_person("Ada B")
    add_person("Ada B")
    with library.read() as session, pytest.raises(KnownError, match="@ada-b, @ada-b2"):
        subjects.get(session, "ada b")


@pytest.mark.parametrize("who", ["ada", "@ada", "Ada", " ADA ", "@ADA"])
def test_somebody_is_found_however_they_are_called(library: Library, add_person: AddPerson, who: str) -> None:
    ada = add_person("Ada")
    with library.read() as session:
        card = subjects.get(session, who)
        assert card.id == ada
        assert subjects.get(session, card.uid).id == ada


def test_an_unknown_name_gets_near_matches(library: Library, add_person: AddPerson) -> None:
    with library.read() as session, pytest.raises(KnownError, match="no people or objects yet"):
        subjects.get(session, "ada")
    add_person("Adelheid")
    add_person("Ben")
    with library.read() as session:
        with pytest.raises(KnownError, match="Did you mean @adelheid"):
            subjects.get(session, "@adelhied")
        with pytest.raises(KnownError, match=r"Known: @adelheid, @ben"):
            subjects.get(session, "zzzzz")
        with pytest.raises(KnownError, match="Nobody is called @bne"):
            subjects.by_handles(session, ["ben", "bne"])


def test_handles_give_cards_in_their_order(library: Library, add_person: AddPerson) -> None:
    add_person("Ada")
    add_person("Ben")
    with library.read() as session:
        assert [c.name for c in subjects.by_handles(session, ["ben", "ada"]).values()] == ["Ben", "Ada"]
        assert subjects.by_handles(session, []) == {}


def test_merging_moves_everything(library: Library, add_person: AddPerson) -> None:
    ada, other = add_person("Ada", faces=2, references=1), add_person("Group", faces=3, named=False)
    job = job_for(library, other)
    with library.write() as session:
        shared = subjects.references(session, ada)[0].prepared
        subjects.add_reference(session, other, shared, None, None)
        assert subjects.merge(session, ada, [other, ada, other]) == ""
    with library.read() as session:
        card = subjects.card(session, ada)
        assert (card.name, card.faces, card.references) == ("Ada", 5, 2)
        assert {row.state for row in subjects.faces(session, ada)} == {"confirmed"}
        assert session.scalar(select(func.count()).select_from(Subject)) == 1
        assert session.scalar(select(func.count()).select_from(Reference)) == 2
        assert session.execute(select(JobSubject.job_id, JobSubject.subject_id)).all() == [(job, ada)]


def test_merging_into_a_group_takes_the_name(library: Library, add_person: AddPerson) -> None:
    group, ada = add_person("Person 1", named=False, noun="person"), add_person("Ada")
    with library.write() as session:
        subjects.merge(session, group, [ada])
        card = subjects.card(session, group)
    assert (card.name, card.handle, card.noun, card.named) == ("Ada", "ada", "woman", True)


@pytest.mark.parametrize(
    ("mine", "theirs", "then", "said"),
    [
        ("granted", "denied", "denied", "as strict as"),
        ("granted", "unknown", "unknown", "as strict as"),
        ("withdrawn", "granted", "withdrawn", "stays"),
        ("granted", "granted", "granted", ""),
    ],
)
def test_merging_keeps_the_stricter_consent_and_says_so(
    library: Library,
    add_person: AddPerson,
    mine: subjects.Consent,
    theirs: subjects.Consent,
    then: str,
    said: str,
) -> None:
    ada, other = add_person("Ada"), add_person("Eve")
    with library.write() as session:
        subjects.set_consent(session, ada, mine)
        subjects.set_consent(session, other, theirs)
        note = subjects.merge(session, ada, [other])
        assert subjects.card(session, ada).consent == then
    assert (said in note) if said else note == ""


def test_a_person_and_an_object_do_not_merge(library: Library, add_person: AddPerson) -> None:
    ada = add_person("Ada")
    with library.write() as session:
        ball = subjects.create(session, "object", "Ball", "ball")
    with pytest.raises(KnownError, match="Nothing was merged"), library.write() as session:
        subjects.merge(session, ada, [ball])
    with library.read() as session:
        assert len(subjects.cards(session)) == 2


def test_consent_has_scope_and_date(library: Library, add_person: AddPerson) -> None:
    ada = add_person("Ada")
    asked = datetime(2026, 5, 1, 14, tzinfo=timezone(timedelta(hours=2)))
    with library.write() as session:
        subjects.set_consent(session, ada, "granted", " family\n album ", asked)
        card = subjects.card(session, ada)
        assert (card.consent, card.consent_scope, card.consent_at) == (
            "granted",
            "family album",
            datetime(2026, 5, 1, 12),
        )
        subjects.set_consent(session, ada, "unknown")
        assert subjects.card(session, ada).consent_at is None
        subjects.set_consent(session, ada, "granted")
        when = subjects.card(session, ada).consent_at
    assert when
    assert abs(datetime.now(UTC).replace(tzinfo=None) - when) < timedelta(minutes=1)


def test_withdrawn_consent_cancels_what_waits(library: Library, add_person: AddPerson) -> None:
    ada = add_person("Ada")
    waiting, done = job_for(library, ada), job_for(library, ada, "done")
    with library.write() as session:
        assert subjects.set_consent(session, ada, "withdrawn") == 1
        states = dict(session.execute(select(Job.id, Job.state)).all())
    assert states == {waiting: "cancelled", done: "done"}


def test_wrong_consent_is_told(library: Library, add_person: AddPerson) -> None:
    ada = add_person("Ada")
    with library.write() as session:
        ball = subjects.create(session, "object", "Ball", "ball")
        with pytest.raises(KnownError, match="consent is for people"):
            subjects.set_consent(session, ball, "granted")
        with pytest.raises(KnownError, match="no consent status"):
            subjects.set_consent(session, ada, "maybe")  # type: ignore[arg-type]


def test_the_same_crop_twice_is_one_reference(library: Library, add_person: AddPerson) -> None:
    ada = add_person("Ada", references=1)
    with library.write() as session:
        known = subjects.references(session, ada)[0]
        assert subjects.add_reference(session, ada, known.prepared, None, None) == known.id
        assert len(subjects.references(session, ada)) == 1
        assert (known.photo, known.box) == ("/photos/Ada0.jpg", (1, 2, 3, 4))


@pytest.mark.parametrize("weight", [0, -1, 10.1, float("nan")])
def test_a_wrong_weight_is_told(library: Library, add_person: AddPerson, weight: float) -> None:
    ada = add_person("Ada")
    with library.write() as session:
        reference = subjects.references(session, ada)[0].id
        with pytest.raises(KnownError, match="weight"):
            subjects.set_reference(session, reference, weight=weight)
        subjects.set_reference(session, reference, weight=2.5)
        assert subjects.references(session, ada)[0].prepared.weight == 2.5


def test_what_is_gone_is_told(library: Library) -> None:
    calls: list[Callable[..., object]] = [
        lambda s: subjects.card(s, 99),
        lambda s: subjects.rename(s, 99, "Ada"),
        lambda s: subjects.merge(s, 99, [1]),
        lambda s: subjects.set_ignored(s, 99, True),
        lambda s: subjects.set_reference(s, 99, enabled=True),
        lambda s: subjects.set_face_state(s, 99, "ignored"),
        lambda s: subjects.set_consent(s, 99, "granted"),
        lambda s: subjects.set_notes(s, 99, ""),
        lambda s: subjects.add_reference(s, 99, Prepared(crop=sha("a")), None, None),
    ]
    for call in calls:
        with pytest.raises(KnownError, match="no longer in the library"), library.write() as session:
            call(session)


def test_empty_suggestions_go_and_others_stay(library: Library, add_person: AddPerson) -> None:
    add_person("Named", faces=0, references=0)
    add_person("With face", faces=1, references=0, named=False)
    add_person("With reference", faces=0, references=1, named=False)
    noted = add_person("With notes", faces=0, references=0, named=False)
    add_person("Empty", faces=0, references=0, named=False)
    with library.write() as session:
        subjects.set_notes(session, noted, "my aunt")
        subjects.drop_empty_suggestions(session)
        assert "Empty" not in {card.name for card in subjects.cards(session)}
        assert len(subjects.cards(session)) == 4


def test_all_that_is_stored_can_be_shown(library: Library, add_person: AddPerson) -> None:
    ada = add_person("Ada", faces=2, references=1)
    job_for(library, ada)
    with library.write() as session:
        subjects.set_consent(session, ada, "granted", "album")
        subjects.set_notes(session, ada, "likes hats")
    shown = subjects.stored(library, ada)
    assert shown["consent"]["status"] == "granted"
    assert shown["embeddings"] == {"count": 2, "bytes": 2 * 512}
    assert [each["photo"] for each in shown["faces"]] == ["/photos/Ada1.jpg", "/photos/Ada0.jpg"]
    assert (len(shown["references"]), shown["jobs"], shown["pictures"]) == (1, {"queued": 1}, [])


def test_faces_come_confirmed_first_then_best(library: Library, add_person: AddPerson) -> None:
    ada = add_person("Ada", faces=3)
    with library.write() as session:
        worst = subjects.faces(session, ada)[-1]
        subjects.set_face_state(session, worst.id, "confirmed")
        assert [row.quality for row in subjects.faces(session, ada)] == [0.0, 0.2, 0.1]
        photo_id, _ = photos.add(session, photo("/x.jpg"))
        photos.save_scan(session, photo_id, [face("nobody")], "toy")
        assert session.scalar(select(func.count()).select_from(Face)) == 4
        assert len(subjects.faces(session, ada)) == 3
