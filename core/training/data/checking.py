"""Looking through a data set before hours are spent on it."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from core.errors import KnownError
from core.library.data_sets import LINES
from core.training.data import lines
from core.training.data.lines import Header, Line

SHOWN = 20
Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Checked:
    """`pictures` in order; `subjects`: how many different; `alone`: pictures by their number of subjects;
    `faults`: each with its line."""

    header: Header
    pictures: int
    subjects: int
    together: dict[int, int]
    faults: tuple[str, ...]

    def __str__(self) -> str:
        each = ", ".join(f"{count} with {number}" for number, count in sorted(self.together.items()))
        said = f"{self.header.name}: {self.pictures} pictures ({each}) of {self.subjects} people and things."
        real = f" {len(self.header.people)} are real people." if self.header.people else ""
        found = "\n".join(["", *self.faults[:SHOWN]]) if self.faults else " No faults."
        more = f"\n… and {len(self.faults) - SHOWN} more." if len(self.faults) > SHOWN else ""
        return f"{said}{real} Licence: {self.header.licence or 'none noted'}.{found}{more}"


def check(folder: Path, progress: Progress = lambda *_: None) -> Checked:
    """Opens every picture, mask and crop. Raises KnownError for what is no data set at all."""
    header, faults, good = lines.read_header(folder), list[str](), list[Line]()
    try:
        found = list(lines.numbered(folder / LINES))
    except KnownError as error:
        return Checked(header, 0, 0, {}, (str(error),))
    seen: Counter[str] = Counter()
    for number, raw in found:
        where = f"{LINES}, line {number}"
        progress(number, len(found), where)
        try:
            line = lines.parse(raw, where)
        except KnownError as error:
            faults.append(str(error))
            continue
        seen[line.image] += 1
        wrong = [*_faults(folder, line), *(["is there twice"] if seen[line.image] == 2 else [])]
        faults += [f"{where}: {each}" for each in wrong]
        good += [] if wrong else [line]
    together = Counter(len(line.subjects) for line in good)
    uids = {subject.uid for line in good for subject in line.subjects}
    return Checked(header, len(good), len(uids), dict(together), tuple(faults))


def _faults(folder: Path, line: Line) -> Iterator[str]:
    try:
        lines.open_image(folder, line)
        if hashlib.sha256((folder / line.image).read_bytes()).hexdigest() != line.sha256:
            yield f"{line.image} is not the file that was written"
        for subject in line.subjects:
            if not lines.open_picture(folder, subject.mask, "L").getbbox():
                yield f"the mask of “{subject.noun}” is empty"
            for view in subject.references:
                lines.open_picture(folder, view.crop)
                if view.mask:
                    lines.open_picture(folder, view.mask, "L")
    except KnownError as error:
        yield str(error)
