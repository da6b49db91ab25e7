"""What goes together and what does not, said in words."""

from typing import Any, get_args

import pytest

from core import methods
from core.errors import KnownError
from core.methods import METHODS, SETTINGS, check, check_given, summary, uses
from core.spec import FaceId, Method, PhotoVerse, Reference, Region, RenderSpec, SubjectSpec

ALL: tuple[Method, ...] = get_args(Method)
READING = {method for method in ALL if method != "text"}
VISUAL = READING - {"fastcomposer"}
PHOTOVERSE = {"photoverse", "photoverse+mip"}
FASTCOMPOSER = {"fastcomposer", "fastcomposer+ip-adapter", "fastcomposer+ip-adapter-plus"}
FACEID = {"ip-adapter-faceid", "ip-adapter-faceid-plus", "ip-adapter-faceid-plusv2"}
USED: dict[str, set[str]] = {
    "adapter": READING,
    "fusion": {"fastcomposer+ip-adapter", "fastcomposer+ip-adapter-plus"},
    "scale": READING,
    "scales": READING,
    "text_scales": PHOTOVERSE | FASTCOMPOSER,
    "begin": VISUAL,
    "end": VISUAL,
    "merging": VISUAL,
    "relevance_text": VISUAL - {"photoverse"},
    "joining": VISUAL,
    "layers": VISUAL,
    "regions": VISUAL,
    "maps": READING,
    "alpha": FASTCOMPOSER,
    "words": PHOTOVERSE,
    "gamma": PHOTOVERSE,
    "sigma": PHOTOVERSE,
    "lora": PHOTOVERSE | FACEID,
    "s_scale": {"ip-adapter-faceid-plusv2"},
}


def test_every_method_and_every_setting_is_known() -> None:
    assert set(METHODS) == set(ALL)
    assert set(SETTINGS) == set(USED)
    assert len({setting.option for setting in SETTINGS.values()}) == len(SETTINGS)


@pytest.mark.parametrize("method", ALL)
@pytest.mark.parametrize("setting", SETTINGS)
def test_a_setting_without_use_is_refused_by_its_name(method: Method, setting: str) -> None:
    assert uses(method, setting) == (method in USED[setting])
    if method in USED[setting]:
        return check_given([setting], [method])
    with pytest.raises(KnownError) as refused:
        check_given([setting], [method])
    said = str(refused.value)
    assert said.startswith(f"{SETTINGS[setting].option} ({SETTINGS[setting].words}) belongs to ")
    assert said.endswith(f"{METHODS[method].title} has no use for it.")


def test_one_of_several_methods_is_enough() -> None:
    check_given(["alpha"], ["text", "fastcomposer"])
    with pytest.raises(KnownError, match="IP-Adapter and PhotoVerse have no use for it"):
        check_given(["alpha"], ["ip-adapter", "photoverse"])
    check_given(["steps"], ["text"])


def subject(name: str = "Ada", at: int = 0, **fields: Any) -> SubjectSpec:
    return SubjectSpec(
        uid=name, name=name, kind=fields.pop("kind", "person"), noun="cat", spans=((at, at + 3),),
        references=(Reference("0" * 64),), **fields,
    )  # fmt: skip


def spec(method: Method, subjects: tuple[SubjectSpec, ...] = (), **fields: Any) -> RenderSpec:
    own = METHODS[method]
    fields.setdefault("merging", own.merging[0] if own.merging else "uniform")
    fields.setdefault("fusion", "f" if own.fusion else "")
    fields |= {"method": method, "adapter": "a" if own.adapter else "", "subjects": subjects}
    prompt = " ".join(["cat"] * max(1, len(subjects)))
    return RenderSpec(prompt, "m", 64, 64, 0, 1, 1.0, **fields)


TWO = (subject(), subject("Ben", 4))


@pytest.mark.parametrize("method", ALL)
def test_each_method_takes_two_people_as_it_is(method: Method) -> None:
    check(spec(method, TWO))


PLACED = (subject(region=Region(box=(0, 0, 0.5, 1))),)
REFUSED = [
    ("ip-adapter-faceid", (subject(), subject("Rex", 4, kind="object")), {}, "Rex cannot be known so"),
    ("ip-adapter", tuple(subject(f"P{n}", 4 * n) for n in range(9)), {}, "at most 8 .* and 9 are named"),
    ("fastcomposer", PLACED, {}, "the region of Ada has nothing to act on"),
    ("text", PLACED, {}, "the region of Ada has nothing to act on"),
    ("fastcomposer", TWO, {"layers": (("mid", 0.5),)}, "strengths by layer do nothing"),
    ("ip-adapter", TWO, {"layers": (("mid", 0.5), ("mid", 1.0))}, "has one strength"),
    ("fastcomposer", TWO, {"joining": "concatenated"}, "cannot be joined"),
    ("ip-adapter", TWO, {"merging": "relevance-trained"}, "possible: relevance-mean, .*uniform"),
    ("photoverse", TWO, {"merging": "relevance-mean"}, "possible: uniform"),
    ("ip-adapter", TWO, {"merging": "uniform", "relevance_text": "class"}, "not looked for by words"),
    ("fastcomposer+ip-adapter", TWO, {"fusion": ""}, "needs a FastComposer file"),
    ("ip-adapter", TWO, {"fusion": "f"}, "takes no second adapter"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "subjects", "fields", "said"), REFUSED, ids=lambda value: str(value)[:40])
def test_what_does_not_go_together_is_said(
    method: Method, subjects: tuple[SubjectSpec, ...], fields: dict[str, Any], said: str
) -> None:
    with pytest.raises(KnownError, match=f"^{METHODS[method].title}: .*{said}".replace("+", r"\+")):
        check(spec(method, subjects, **fields))


def test_eight_go_and_words_alone_take_more() -> None:
    many = tuple(subject(f"P{n}", 4 * n) for n in range(9))
    check(spec("ip-adapter", many[:8]))
    check(spec("fastcomposer", many))


def test_refused_subjects_come_with_who_is_too_many_and_what_takes_them_all() -> None:
    many = tuple(subject(f"P{n}", 4 * n) for n in range(10))
    with pytest.raises(methods.UnfitSubjects) as refused:
        check(spec("ip-adapter", many))
    assert (refused.value.extra, refused.value.most) == (("P8", "P9"), 8)
    assert refused.value.others == ("fastcomposer",)
    with pytest.raises(methods.UnfitSubjects) as refused:
        check(spec("ip-adapter-faceid", (subject(), subject("Rex", 4, kind="object"))))
    assert (refused.value.extra, refused.value.most) == (("Rex",), 0)
    assert set(refused.value.others) == READING - FACEID


def test_maps_show_what_words_say_of_subjects_that_act_everywhere() -> None:
    check(spec("ip-adapter", TWO, merging="uniform", relevance_text="class", maps=True))


def test_the_summary_names_the_method_and_its_main_settings() -> None:
    assert summary(spec("ip-adapter")) == {}
    assert summary(spec("text", TWO)) == {"Method": "Text alone"}
    weighed = (subject(scale=0.5), subject("Ben", 4, scale=0.9))
    assert summary(spec("ip-adapter-plus", weighed)) == {
        "Method": "IP-Adapter plus", "Strength": "0.5, 0.9", "Merging": "relevance-mean",
    }  # fmt: skip
    told = summary(spec("photoverse", TWO[:1], photoverse=PhotoVerse(words=3, sigma=0.5)))
    assert told == {
        "Method": "PhotoVerse", "Strength": "0.75", "Text strength": "1", "Pseudo-words": "3",
        "PhotoVerse alpha": "1", "PhotoVerse gamma": "1", "PhotoVerse sigma": "0.5",
    }  # fmt: skip
    assert summary(spec("fastcomposer", TWO))["FastComposer alpha"] == "0.7"
    faces = summary(spec("ip-adapter-faceid-plusv2", TWO, faceid=FaceId(s_scale=0.5, lora=0.2)))
    assert (faces["FaceID s"], faces["FaceID LoRA"]) == ("0.5", "0.2")
    assert "FaceID s" not in summary(spec("ip-adapter-faceid", TWO))
    assert not {"Ada", "Ben"} & {part for value in faces.values() for part in value.split(", ")}


def test_every_title_is_its_own() -> None:
    assert len({info.title for info in METHODS.values()}) == len(METHODS)
    assert methods.MOST_SUBJECTS == 8
