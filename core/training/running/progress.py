"""What a stage said while it learned: one JSON line every few seconds, kept beside its checkpoint."""

from pathlib import Path

import msgspec

from core.disk import write_whole
from core.training.running.order import Advanced, encode

NAME = "progress.jsonl"


def add(folder: Path, advanced: Advanced) -> None:
    with (folder / NAME).open("ab") as file:
        file.write(encode(advanced) + b"\n")


def read(folder: Path) -> list[Advanced]:
    """All lines that are whole: the last one may be half of what a killed process wrote."""
    found: list[Advanced] = []
    file = folder / NAME
    for line in file.read_bytes().splitlines() if file.exists() else []:
        try:
            found.append(msgspec.json.decode(line, type=Advanced))
        except msgspec.DecodeError:
            continue
    return found


def forget_after(folder: Path, step: int) -> None:
    """What was told beyond the checkpoint a run goes on from is done again."""
    kept = [each for each in read(folder) if each.step <= step]
    if (folder / NAME).exists():
        write_whole(folder / NAME, b"".join(encode(each) + b"\n" for each in kept))
