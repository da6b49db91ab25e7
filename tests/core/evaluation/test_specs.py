"""From a protocol's prompt to the spec: nouns in their places, the model's advice, the files it has."""

import pytest

from core import models
from core.evaluation.specs import Member, Studio, Way, placed, planned, ways
from core.settings import Settings
from core.spec import Reference

REFERENCE = (Reference("ab" * 32),)
ADA = Member("Ada", "person", "woman", REFERENCE)
BEN = Member("Ben", "person", "man", REFERENCE)


@pytest.fixture(scope="module")
def studio() -> Studio:
    return Studio(models.find(Settings(), "mini"), Settings())


def test_nouns_are_put_where_they_belong():
    text, spans = placed("{1} with {0}, and {1}.", ["teddy bear", "dog"])
    assert text == "dog with teddy bear, and dog."
    assert [[text[a:b] for a, b in each] for each in spans] == [["teddy bear"], ["dog", "dog"]]
    assert placed("nobody", ["dog"]) == ("nobody", [()])


def test_a_spec_follows_the_models_advice(studio):
    spec = studio.spec(Way("ip-adapter-plus", "uniform"), "a {0} and a {1}", [ADA, BEN], 7, maps=True)
    advice = studio.model.advice
    assert (spec.steps, spec.guidance, spec.scheduler) == (advice.steps, advice.guidance, advice.scheduler)
    assert [subject.scale for subject in spec.subjects] == [advice.scale] * 2
    assert (spec.merging, spec.adapter, spec.seed, spec.maps) == ("uniform", "ip-adapter-plus", 7, True)
    assert spec.prompt == "a woman and a man"


def test_what_is_said_goes_before_the_advice(studio):
    own = Studio(studio.model, Settings(), steps=3, size=128, guidance=2.0, scale=0.4)
    spec = own.spec(Way("ip-adapter"), "a {0}", [ADA], 1)
    assert (spec.steps, spec.width, spec.height, spec.guidance) == (3, 128, 128, 2.0)
    assert spec.subjects[0].scale == 0.4


def test_maps_are_asked_of_methods_that_have_them(studio):
    assert not studio.spec(Way("text"), "a {0} and a {1}", [ADA, BEN], 1, maps=True).maps
    assert not studio.spec(Way("ip-adapter-plus"), "a {0}", [ADA], 1, maps=True).maps


def test_a_member_the_prompt_does_not_name_is_left_out(studio):
    spec = studio.spec(Way("ip-adapter-plus"), "a {1} alone", [ADA, BEN], 1)
    assert [subject.name for subject in spec.subjects] == ["Ben"]


def test_every_method_with_every_way_of_merging(studio):
    found = ways(studio.model)
    assert {way.method for way in found} == set(studio.model.methods())
    plus = [way.merging for way in found if way.method == "ip-adapter-plus"]
    assert plus == ["relevance-mean", "relevance-across", "uniform"]
    assert [way for way in found if way.method == "text"] == [Way("text")]
    assert len({way.name for way in found}) == len({way.label for way in found}) == len(found)


def test_a_way_that_cannot_be_tried_says_why(studio):
    def trials(way):
        return [studio.spec(way, "a {0}", [ADA], 1)]

    found, left_out = planned([Way("text"), Way("mip-adapter-plus", "uniform")], trials)
    assert [spec.method for spec in found] == ["text"]
    assert "has no mip-adapter-plus adapter" in left_out["MIP-Adapter plus, uniform"]
