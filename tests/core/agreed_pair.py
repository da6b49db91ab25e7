"""The command line on a library in which two people are named and have agreed."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from core.cli.app import app
from core.engine.fake import FakeEngine
from core.faces import Face
from core.paths import Home

MARKS = ((10.0, 10.0), (20.0, 10.0), (15.0, 15.0), (11.0, 20.0), (19.0, 20.0))
Likeness = Callable[..., str]


def command_line(home: Home, photo: Any, monkeypatch: pytest.MonkeyPatch) -> Likeness:
    """Runs `likeness` with these words; gives what it says, on stderr where it is to fail. Ada and Ben are
    there."""
    faces = {}
    for number, name in enumerate(("ada", "ben")):
        vector = np.eye(4, dtype=np.float32)[number].tobytes()
        for at in range(2):
            file = photo(f"album/{name}-{at}.jpg", colour=(60 * at + 20, 90 * number, 60))
            faces[file.name] = [Face((8.0, 6.0, 40.0, 42.0), MARKS, 0.9, 0.8, vector)]
    engine = FakeEngine(faces=faces, references=home.references)
    monkeypatch.setattr("core.cli.work.make_engine", lambda home: engine)

    def run(*arguments: object, fails: int = 0) -> str:
        result = CliRunner().invoke(app, ["--home", str(home.root), *map(str, arguments)])
        assert result.exit_code == fails, f"{result.output}\n{result.exception!r}"
        return result.stderr if fails else result.stdout

    run("import", file.parent)
    for handle, name in (("person1", "Ada"), ("person2", "Ben")):
        run("person", "name", handle, name, "--class", "woman")
        run("person", "consent", name, "granted")
    return run
