"""The system's trash, where it has one."""

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QFile


def away(file: Path) -> Path | None:
    """Moves a file to the trash; where it lies now, None where the system does not say. May be called off the
    GUI thread. Raises OSError where there is no trash."""
    moved = QFile(str(file))
    if not moved.moveToTrash():
        raise OSError(0, "there is no trash for this folder")
    now = Path(moved.fileName())
    return now if moved.fileName() and now != file else None


def forget_notes(files: Iterable[Path]) -> None:
    """Of files that came back: the note that freedesktop's trash keeps of each would show it there for
    ever."""
    for file in files:
        if file.parent.name == "files" and not file.exists():
            (file.parent.parent / "info" / f"{file.name}.trashinfo").unlink(missing_ok=True)
