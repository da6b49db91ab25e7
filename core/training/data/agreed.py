"""Asked where training begins, not only where a data set was made: may these people be learned from today?"""

from contextlib import closing
from pathlib import Path

from core.errors import KnownError
from core.library import Library, backup, data_sets, open_library
from core.library.training import known, training_refusals
from core.paths import Home
from core.training.data import lines


def check_agreed(data: Path, home: Path, model: Path | None = None) -> None:
    """Raises KnownError, naming them, when somebody in the data set has not agreed to training, has withdrawn
    it, or is not known to the library of this home. With `model`, the folder that learns, it is noted who is
    learned from: they are told of it when they are deleted."""
    found = lines.read(data)
    uids = {subject.uid for line in found.lines for subject in line.subjects}
    if not found.header.people and not Home(home).database.exists():
        return
    with closing(open_library(Home(home))) as library, backup.held(library.home):
        people = _asked(library, data, {*found.header.people}, uids)
        if model is not None:
            data_sets.note_trained(library.home, model, people)


def _asked(library: Library, data: Path, listed: set[str], uids: set[str]) -> set[str]:
    """Who was asked. Somebody of this library counts also where the data set does not list them."""
    with library.read() as session:
        people = listed | known(session, uids)
        refused = training_refusals(session, sorted(people))
    if refused:
        raise KnownError(
            f"The data set in {data} shows {_and(refused)}, without whose consent nothing is learned. Record "
            "it on the People page, or build the data set again."
        )
    return people


def _and(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
