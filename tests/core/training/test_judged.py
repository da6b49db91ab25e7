"""Who a trained model is judged by: people it never saw."""

import numpy as np
import pytest
from scene_packs import write_portraits

from core.errors import KnownError
from core.faces import Face
from core.spec import Reference
from core.training.data import judged

MARKS = ((1.0, 1.0),) * 5
HELD_OUT = 4


class Judge:
    """Finds one face in every picture, of its own direction."""

    def __init__(self) -> None:
        self.asked = 0

    def find(self, picture):  # type: ignore[no-untyped-def]
        self.asked += 1
        embedding = np.eye(128, dtype=np.float32)[self.asked].tobytes()
        return [Face((1.0, 2.0, 30.0, 40.0), MARKS, 0.9, 0.9, embedding)]


class Engine:
    def prepare(self, photo, box, kind, size):  # type: ignore[no-untyped-def]
        assert (box, kind, size) == ((1.0, 2.0, 30.0, 40.0), "person", 64)
        return Reference(photo.stem, None)


def test_the_held_out_portraits_are_the_cast_women_and_men_in_turn(tmp_path):
    file = write_portraits(tmp_path)
    cast = judged.gather(Engine(), Judge(), file, tmp_path / "work", 64, lambda *_: None)
    assert len(cast.members) == HELD_OUT
    assert [member.noun for member in cast.members] == ["woman", "man"] * (HELD_OUT // 2)
    assert {member.references[0].crop for member in cast.members} == set(cast.faces)
    assert all(len(cast.rivals(member.name)) == HELD_OUT // 2 for member in cast.members)


def test_without_a_face_there_is_nobody_to_judge_by(tmp_path):
    class Blind(Judge):
        def find(self, picture):  # type: ignore[no-untyped-def]
            return []

    with pytest.raises(KnownError, match="find no women or no men"):
        judged.gather(Engine(), Blind(), write_portraits(tmp_path), tmp_path / "work", 64, lambda *_: None)
