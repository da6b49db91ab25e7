"""docs/manual.md says nothing that does not work: its first album is run, its other commands are parsed."""

import re
import shlex
from pathlib import Path

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from core.cli.app import app
from core.engine.fake import FakeEngine
from core.faces import Face

MANUAL = (Path(__file__).resolve().parent.parent / "docs" / "manual.md").read_text("utf-8")
BLOCKS = [block.splitlines() for block in re.findall(r"```sh\n(.*?)```", MANUAL, re.S)]
LINES = [line for block in BLOCKS for line in block]
MARKS = ((1.0, 1.0),) * 5


def leaves(command, path=()):
    """Every command that does something, by its words."""
    inside = getattr(command, "commands", {})
    if not inside or getattr(command, "invoke_without_command", False):
        yield path, command
    for name, each in inside.items():
        yield from leaves(each, (*path, name))


COMMANDS = dict(leaves(typer.main.get_command(app)))


def split(line: str):
    """A line of the manual as the words of its command and the rest."""
    program, *words = shlex.split(line)
    assert program == "likeness", line
    for length in (3, 2, 1):
        if tuple(words[:length]) in COMMANDS:
            return tuple(words[:length]), words[length:]
    raise AssertionError(f"There is no such command: {line}")


@pytest.mark.parametrize("line", LINES)
def test_each_command_exists_and_takes_these_words(line):
    words, rest = split(line)
    COMMANDS[words].make_context(words[-1], list(rest))


def test_every_command_is_in_the_manual():
    assert {split(line)[0] for line in LINES} == set(COMMANDS)


def test_the_first_album_works_as_written(home, photo, monkeypatch):
    faces = {f"{name}-{i}.jpg": [face(who)] for who, name in enumerate(("ada", "ben")) for i in range(3)}
    engine = FakeEngine(faces=faces, references=home.references)
    monkeypatch.setattr("core.cli.work.make_engine", lambda home: engine)
    for i, name in enumerate(faces):
        photo(f"holiday/{name}", colour=(30 * i, 90, 60))
    for i in (1, 2):
        file = photo(f"rex{i}.jpg", colour=(200, 30 * i, 9))
    monkeypatch.chdir(file.parent)
    for line in BLOCKS[0]:
        done = CliRunner().invoke(app, ["--home", str(home.root), *shlex.split(line)[1:]])
        assert done.exit_code == 0, f"{line}\n{done.output}"
    assert len(list(home.pictures.glob("*.png"))) == 6


def face(who: int) -> Face:
    vector = np.eye(4, dtype=np.float32)[who].tobytes()
    return Face((8.0, 6.0, 40.0, 42.0), MARKS, 0.9, 0.8, vector)


def test_exit_codes_are_those_of_the_program():
    from core.cli import faults

    told = set(re.findall(r"(?:^|\s)(\d+): ", MANUAL.split("## Exit codes")[1]))
    written = set(re.findall(r"typer\.Exit\((\d+)\)", Path(faults.__file__).read_text("utf-8")))
    assert written <= told | {"0"}
