"""The Concept101 protocol (arXiv 2409.17920 §4, data: CustomConcept101 of arXiv 2212.04488) on the user's own
copy: 101 pairs of concepts, 12 prompts each, one picture a prompt; CLIP-T, CLIP-I and DINO, the latter two
as means over both concepts' photos, all as means over the pairs.

The data's own layout: dataset_multiconcept.json, a list of [first, second, prompts], where a concept has
`class_prompt` and `instance_data_dir` and the third names `prompt_filename_compose`; the photos in
benchmark_dataset/CONCEPT/; prompts/*.txt with a prompt a line, {0} and {1} for the concepts.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec
from PIL import Image

from core.engine import Engine
from core.errors import KnownError
from core.evaluation.clip import Clip, image_score, text_score
from core.evaluation.dino import Dino
from core.evaluation.identity import Vectors
from core.evaluation.photos import kind, photos, references
from core.evaluation.rows import TIME, Column
from core.evaluation.specs import Member, Studio, Way
from core.evaluation.trials import Maps, Measures, Trial, safe

INDEX = "dataset_multiconcept.json"
SEED = 420
STEPS = 30
KIND = "pair of concepts"

COLUMNS = (
    Column("CLIP-T", "clip_t", "2.5 · max(cos, 0) of picture and prompt (CLIP)"),
    Column("CLIP-I", "clip_i", "mean cosine of the picture to each photo of both concepts (CLIP)"),
    Column("DINO", "dino", "the same with DINO's class token"),
    TIME,
)


@dataclass(frozen=True)
class Concept:
    name: str
    noun: str
    files: tuple[Path, ...]


@dataclass(frozen=True)
class Combination:
    """Two concepts and the prompts for them, with {0} and {1}."""

    number: int
    concepts: tuple[Concept, Concept]
    prompts: tuple[str, ...]


def read(data: Path) -> list[Combination]:
    """The user's copy. Raises KnownError saying what was expected and what is missing."""
    try:
        entries: Any = msgspec.json.decode((data / INDEX).read_bytes())
    except (OSError, msgspec.DecodeError) as error:
        raise KnownError(
            f"{data} is no copy of CustomConcept101: expected {INDEX}, benchmark_dataset and prompts in it "
            f"({error})."
        ) from error
    try:
        return [_combination(data, number, *entry) for number, entry in enumerate(entries)]
    except (TypeError, KeyError, AttributeError) as error:
        raise KnownError(f"{data / INDEX} is not laid out as CustomConcept101's: {error!r}.") from error


def members(
    combinations: Sequence[Combination],
    engine: Engine,
    size: int,
    progress: Callable[[int, int, str], None],
) -> dict[str, Member]:
    """Every concept prepared for the engine, by name; prepared before, it is only looked up."""
    concepts = {each.name: each for pair in combinations for each in pair.concepts}
    made = {}
    for number, concept in enumerate(concepts.values()):
        progress(number, len(concepts), f"references of {concept.name}")
        crops = references(engine, concept.files, concept.noun, size)
        made[concept.name] = Member(concept.name, kind(concept.noun), concept.noun, crops)
    return made


def trials(
    way: Way, combinations: Sequence[Combination], cast: dict[str, Member], studio: Studio
) -> list[Trial]:
    return [
        _trial(way, pair, number, cast, studio)
        for pair in combinations
        for number in range(len(pair.prompts))
    ]


class Judge:
    """Measures a picture against its prompt and its concepts' photos, whose features are kept."""

    def __init__(self, combinations: Sequence[Combination], clip: Clip, dino: Dino) -> None:
        self._clip, self._dino = clip, dino
        self._files = {each.name: each.files for pair in combinations for each in pair.concepts}
        self._clip_of = lru_cache(None)(lambda name: _features(clip.images, self._files[name]))
        self._dino_of = lru_cache(None)(lambda name: _features(dino.images, self._files[name]))

    def __call__(self, trial: Trial, image: Image.Image, _: Maps) -> Measures:
        names = [subject.name for subject in trial.spec.subjects]
        by_clip, by_dino = self._clip.images([image]), self._dino.images([image])
        return {
            "clip_t": text_score(by_clip[0], self._clip.texts([trial.spec.prompt])[0]),
            "clip_i": _mean([image_score(by_clip, self._clip_of(name)) for name in names]),
            "dino": _mean([image_score(by_dino, self._dino_of(name)) for name in names]),
        }


def _trial(way: Way, pair: Combination, number: int, cast: dict[str, Member], studio: Studio) -> Trial:
    shown = [cast[concept.name] for concept in pair.concepts]
    spec = studio.spec(way, pair.prompts[number], shown, SEED)
    return Trial(way.label, KIND, safe(f"{way.name}--{pair.number:03}-{number:02}"), spec)


def _combination(data: Path, number: int, first: Any, second: Any, prompts: Any) -> Combination:
    file = data / prompts["prompt_filename_compose"]
    return Combination(number, (_concept(data, first), _concept(data, second)), _prompts(file))


def _concept(data: Path, told: Any) -> Concept:
    name = PurePosixPath(told["instance_data_dir"]).name
    return Concept(name, told["class_prompt"], photos(data / "benchmark_dataset" / name))


def _prompts(file: Path) -> tuple[str, ...]:
    try:
        lines = [line.strip() for line in file.read_text("utf-8").splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        raise KnownError(f"The prompts in {file} cannot be read: {error}.") from error
    found = tuple(line for line in lines if "{0}" in line or "{1}" in line)
    if not found:
        raise KnownError(f"{file} holds no prompts: expected lines with {{0}} and {{1}}.")
    return found


def _features(encode: Callable[[list[Image.Image]], Vectors], files: Sequence[Path]) -> Vectors:
    """(R, E) of whole photos, a few at a time."""
    import numpy as np

    from core.images import open_photo

    parts = [files[start : start + 8] for start in range(0, len(files), 8)]
    return np.concatenate([encode([open_photo(file).image for file in part]) for part in parts])


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
