"""The pictures of a protocol, made and measured one after another. Each is kept with its measures before the
next begins: a run that was stopped goes on where it stopped."""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

import msgspec
from msgspec import Struct
from PIL import Image

from core.disk import write_whole
from core.engine import Engine, Rendered
from core.errors import KnownError
from core.metadata import Made, Saved, png
from core.spec import RenderSpec

Measures = dict[str, float | None]
"""By name; None where there was nothing to measure."""

Maps = dict[str, Image.Image]
"""By uid: an 8-bit grey picture of where the subject acts."""

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Trial:
    """One picture. `row`: whose line of the table it counts for; `kind`: what is asked of it; `name`: its
    file."""

    row: str
    kind: str
    name: str
    spec: RenderSpec


Judge = Callable[[Trial, Image.Image, Maps], Measures]


class Record(Struct, frozen=True):
    """What is kept of a trial. `key` changes with all that decides picture or measures. `references`: the
    crop that stands for each subject, by name."""

    key: str
    row: str
    kind: str
    name: str
    prompt: str
    seed: int
    seconds: float
    made: Made
    measures: Measures
    references: dict[str, str] = {}


@dataclass(frozen=True)
class Outcome:
    """`left_out`: rows that could not be made, and why."""

    records: list[Record] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Store:
    """A run's folder: pictures/NAME.png and records/NAME.json. `judged_by` names what measures, so that
    measures of another judge are made anew."""

    folder: Path
    judged_by: str

    def picture(self, name: str) -> Path:
        return self.folder / "pictures" / f"{name}.png"

    def find(self, trial: Trial) -> Record | None:
        """What was kept of this very trial; None when it is still to be made."""
        try:
            record = msgspec.json.decode(self._record(trial.name).read_bytes(), type=Record)
        except (OSError, msgspec.DecodeError):
            return None
        known = record.key == self.key(trial) and self.picture(trial.name).is_file()
        return record if known else None

    def save(self, trial: Trial, rendered: Rendered, measures: Measures) -> Record:
        """The picture first: a record is never without its picture. Raises KnownError."""
        saved = Saved.of(trial.spec, rendered.made, rendered.scores)
        record = Record(
            self.key(trial), trial.row, trial.kind, trial.name, trial.spec.prompt, trial.spec.seed,
            round(rendered.seconds, 3), rendered.made, measures,
            {subject.name: subject.references[0].crop for subject in trial.spec.subjects},
        )  # fmt: skip
        picture = png.encode(rendered.width, rendered.height, rendered.rgb, saved)
        self._write(self.picture(trial.name), picture)
        self._write(self._record(trial.name), msgspec.json.encode(record))
        return record

    def key(self, trial: Trial) -> str:
        text = "|".join((self.judged_by, trial.row, trial.kind, trial.spec.to_json()))
        return hashlib.sha256(text.encode()).hexdigest()

    def _record(self, name: str) -> Path:
        return self.folder / "records" / f"{name}.json"

    def _write(self, path: Path, data: bytes) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, data)
        except OSError as error:
            raise KnownError(
                f"{path} cannot be written: {error.strerror or error}. What was made before is kept; the "
                "same command goes on from here."
            ) from error


def work(trials: Sequence[Trial], store: Store, engine: Engine, judge: Judge, progress: Progress) -> Outcome:
    """Makes what is missing. A row whose pictures cannot be made is left out with its reason; the others go
    on."""
    known = {trial.name: record for trial in trials if (record := store.find(trial))}
    outcome = Outcome()
    done = len(known)
    for batch in _batches([trial for trial in trials if trial.name not in known], engine, outcome):
        progress(done, len(trials), f"{batch[0].row}: {batch[0].name}")
        try:
            known |= _make(batch, store, engine, judge)
        except KnownError as error:
            outcome.left_out[batch[0].row] = str(error)
        done += len(batch)
    progress(len(trials), len(trials), "")
    outcome.records.extend(known[trial.name] for trial in trials if trial.name in known)
    return outcome


def opened(maps: Mapping[str, bytes]) -> Maps:
    """The maps of a rendered picture as pictures."""
    from io import BytesIO

    return {uid: Image.open(BytesIO(data)).convert("L") for uid, data in maps.items()}


def safe(name: str) -> str:
    """As a file's name."""
    return re.sub(r"[^\w.-]+", "-", name).strip("-.")


def _batches(trials: Sequence[Trial], engine: Engine, outcome: Outcome) -> Iterator[list[Trial]]:
    """Trials that can run together: of one row, with as many subjects. Rows that failed are passed over."""
    for row, group in groupby(trials, key=lambda trial: (trial.row, len(trial.spec.subjects))):
        waiting = list(group)
        while waiting and row[0] not in outcome.left_out:
            size = max(1, engine.batch_size(waiting[0].spec))
            batch, waiting = waiting[:size], waiting[size:]
            yield batch


def _make(batch: Sequence[Trial], store: Store, engine: Engine, judge: Judge) -> dict[str, Record]:
    size = max(1, engine.batch_size(batch[0].spec))
    rendered = engine.render([trial.spec for trial in batch], lambda _: None, size)
    return {
        trial.name: store.save(trial, each, judge(trial, _image(each), opened(each.maps)))
        for trial, each in zip(batch, rendered, strict=True)
    }


def _image(rendered: Rendered) -> Image.Image:
    return Image.frombytes("RGB", (rendered.width, rendered.height), rendered.rgb)
