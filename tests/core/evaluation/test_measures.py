"""Each measure against the same thing written out by hand."""

import math

import numpy as np
import pytest
from evaluation_stubs import face
from PIL import Image

from core.evaluation import agreement, identity, relevance, swaps
from core.evaluation.agreement import Check

RANDOM = np.random.default_rng(3)


def unit(rows: int, width: int = 8):
    values = RANDOM.normal(size=(rows, width)).astype(np.float32)
    return values / np.linalg.norm(values, axis=1, keepdims=True)


def cosine(a, b) -> float:
    return sum(x * y for x, y in zip(a, b, strict=True)) / (math.hypot(*a) * math.hypot(*b))


class TestIdentity:
    def test_similarity_is_the_mean_cosine(self):
        references, seen = unit(3), unit(1)[0]
        expected = sum(cosine(seen, row) for row in references) / 3
        assert identity.similarity(face(seen), references) == pytest.approx(expected, abs=1e-6)

    def test_a_table_for_faces_and_people(self):
        faces, people = [face(row) for row in unit(2)], [unit(3), unit(1), unit(4)]
        table = identity.similarities(faces, people)
        assert table.shape == (2, 3)
        for i, one in enumerate(faces):
            for j, references in enumerate(people):
                assert table[i, j] == pytest.approx(identity.similarity(one, references), abs=1e-6)
        assert identity.similarities([], people).shape == (0, 3)

    def test_rank_one_is_the_best_of_all_candidates(self):
        candidates = {"ada": np.eye(3, dtype=np.float32)[:1], "eve": np.eye(3, dtype=np.float32)[1:2]}
        assert identity.is_first(face([0.9, 0.4, 0.0]), "ada", candidates)
        assert not identity.is_first(face([0.4, 0.9, 0.0]), "ada", candidates)
        assert not identity.is_first(face([0.5, 0.5, 0.0]), "ada", candidates)  # a draw is not recognised

    def test_no_face_and_a_face_that_points_away_count_nothing(self):
        assert [identity.preserved(value) for value in (None, -0.3, 0.4)] == [0.0, 0.0, 0.4]


class TestSwaps:
    LEFT, RIGHT = (4.0, 10.0, 24.0, 40.0), (40.0, 10.0, 60.0, 40.0)

    def maps(self, *sides):
        """8 × 8 maps, strong on the named half."""
        made = []
        for side in sides:
            grey = np.full((8, 8), 20, np.uint8)
            grey[:, :4] = 200 if side == "left" else 20
            grey[:, 4:] = 200 if side == "right" else 20
            made.append(grey)
        return made

    def test_a_face_stands_where_its_subjects_map_is_strong(self):
        faces = [self.RIGHT, self.LEFT]
        assert swaps.by_maps(faces, self.maps("left", "right"), (64, 64)) == (1, 0)
        assert swaps.by_maps(faces, self.maps("right", "left"), (64, 64)) == (0, 1)

    def test_a_single_face_belongs_to_one_subject(self):
        assert swaps.by_maps([self.RIGHT], self.maps("left", "right"), (64, 64)) == (None, 0)
        assert swaps.by_maps([self.LEFT], self.maps("left", "right"), (64, 64)) == (0, None)

    def test_maps_that_tell_nothing(self):
        flat = [np.full((8, 8), 9, np.uint8)] * 2
        assert swaps.by_maps([self.LEFT, self.RIGHT], flat, (64, 64)) is None
        assert swaps.by_maps([], self.maps("left", "right"), (64, 64)) is None

    def test_a_box_beyond_the_picture_is_read_at_its_edge(self):
        outside = [(-30.0, 0.0, -5.0, 9.0), (62.0, 0.0, 99.0, 99.0)]
        assert swaps.by_maps(outside, self.maps("left", "right"), (64, 64)) == (0, 1)

    def test_who_is_named_first_stands_left(self):
        assert swaps.by_order([self.RIGHT, self.LEFT], 2) == (1, 0)
        assert swaps.by_order([self.LEFT], 2) is None

    def test_swapped_is_more_like_the_other(self):
        table = np.array([[0.2, 0.5], [0.1, 0.4]], np.float32)  # both faces look like the second subject
        assert swaps.swapped(table, (0, 1)) == [True, False]
        assert swaps.swapped(table, (1, 0)) == [True, False]
        assert swaps.swapped(table, (None, 1)) == [False]


class TestAgreement:
    def picture(self, colour, inner=None):
        made = Image.new("RGB", (60, 60), colour)
        if inner:
            made.paste(inner, (12, 0, 48, 60))
        return np.asarray(made)

    def test_what_is_behind_the_people_decides(self):
        blue = self.picture((40, 50, 200), inner=(200, 150, 130))
        assert agreement.holds(blue, Check("behind", 235))
        assert not agreement.holds(blue, Check("behind", 0))
        assert not agreement.holds(self.picture((120, 121, 125)), Check("behind", 235))  # grey has no hue

    def test_hues_meet_at_red(self):
        assert agreement.holds(self.picture((200, 20, 40)), Check("behind", 5))
        assert agreement.holds(self.picture((200, 40, 20)), Check("behind", 355))

    def test_one_tint_over_all(self):
        sepia = self.picture((150, 120, 80), inner=(90, 72, 48))
        assert agreement.holds(sepia, Check("tint", 35))
        assert not agreement.holds(self.picture((150, 120, 80), inner=(20, 40, 200)), Check("tint", 35))

    def test_no_colour(self):
        assert agreement.holds(self.picture((90, 92, 90)), Check("grey"))
        assert not agreement.holds(self.picture((90, 92, 90), inner=(150, 90, 60)), Check("grey"))

    def test_colourfulness_is_the_mean_spread_of_the_channels(self):
        picture = RANDOM.integers(0, 256, (5, 4, 3), dtype=np.uint8)
        spread = [max(map(int, pixel)) - min(map(int, pixel)) for row in picture for pixel in row]
        assert agreement.colourfulness(picture) == pytest.approx(sum(spread) / len(spread) / 255)


class TestRelevance:
    def test_changes_inside_and_outside_a_box(self):
        before, after = (RANDOM.integers(0, 256, (6, 8, 3), dtype=np.uint8) for _ in range(2))
        inside, outside = [], []
        for y in range(6):
            for x in range(8):
                each = inside if 2 <= x < 5 and 1 <= y < 4 else outside
                each += [abs(int(before[y, x, c]) - int(after[y, x, c])) for c in range(3)]
        found = relevance.changes(before, after, (2.2, 0.9, 5.1, 4.0))
        assert found == pytest.approx((sum(inside) / len(inside), sum(outside) / len(outside)))

    def test_a_box_without_an_inside_or_an_outside(self):
        picture = np.zeros((4, 4, 3), np.uint8)
        for box in ((0, 0, 4, 4), (9, 9, 12, 12)):
            with pytest.raises(ValueError, match="box"):
                relevance.changes(picture, picture, box)

    def test_the_score_is_the_mean_ratio(self):
        assert relevance.score([(4.0, 2.0), (3.0, 3.0)]) == 1.5
        assert relevance.score([(1.0, 0.0)]) == math.inf
