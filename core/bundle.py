"""A support bundle: what helps to find a fault, in one file the user can look through before sending it.
Nothing is sent by this program.

Never in it: photos, pictures, faces, embeddings, names, and where anything lies. Prompts and the full texts
of failures only where the user says so.
"""

import json
import re
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import func, select

from core import doctor, log, settings
from core.discreet import GAP, plain
from core.disk import replacing
from core.errors import KnownError
from core.library import Library, check, jobs, open_library
from core.library.tables import Album, Face, Job, Photo, Picture, Reference, Subject
from core.paths import Home

ABOUT = """This file was made by Likeness on your computer, and was sent nowhere. Look through it before
you send it.

In it: what the program and this computer are, the program's own log, your settings without folders, how many
jobs are in which state and why some failed, how long pictures took, and whether the library is whole.
Not in it: photos, pictures, faces and what recognises them, names, and where your files lie.
{prompts}
"""
WITHOUT = "Prompts are not in it either; “likeness doctor --bundle FILE --with-prompts” adds them."
WITH = "You asked for prompts: they and the full texts of failures are in prompts.json, and may name people."


@dataclass(frozen=True)
class Bundle:
    """Where it lies, and what is in it: each file's name and size in bytes."""

    path: Path
    inside: dict[str, int]


def make(home: Home, target: Path, with_prompts: bool = False) -> Bundle:
    """Writes the bundle, which only its owner may read. Raises KnownError when it cannot be written."""
    if not target.parent.is_dir():
        raise KnownError(f"The bundle could not be written to {target}: there is no such folder.")
    parts = {"about.txt": ABOUT.format(prompts=WITH if with_prompts else WITHOUT).encode()}
    parts |= {name: _json(value) for name, value in _facts(home)}
    parts |= {file.name: _readable(file) for file in log.files(home.log)}
    if with_prompts:
        parts["prompts.json"] = _json(_asked(home, _prompts))
    try:
        with replacing(target) as temporary, zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as packed:
            for name, data in parts.items():
                packed.writestr(name, data)
    except OSError as error:
        raise KnownError(
            f"The bundle could not be written to {target}: {error.strerror or error}."
        ) from error
    return Bundle(target, {name: len(data) for name, data in parts.items()})


def _facts(home: Home) -> Iterator[tuple[str, Any]]:
    yield "doctor.json", [_finding(each) for each in doctor.examine(home)]
    yield "versions.json", log.versions()
    yield "settings.json", _settings(home)
    yield "library.json", _library(home)


def _finding(found: doctor.Finding) -> dict[str, str]:
    """Names of the user's own models and folders are left out."""
    own = found.subject.startswith("Model ") and found.subject != "Model mini"
    subject = "Model of the user's" if own else found.subject
    kept = found.subject in doctor.IMPERSONAL
    return {
        "subject": subject, "state": found.state, "detail": found.detail if kept else plain(found.detail),
        "advice": plain(found.advice) if found.advice else "",
    }  # fmt: skip


def _settings(home: Home) -> dict[str, Any]:
    try:
        own = settings.load(home)
    except KnownError as error:
        return {"unreadable": plain(str(error))}
    told = {name: _amount(value) for name, value in msgspec.structs.asdict(own).items()}
    backends = {"faces": own.faces.partition(":")[0], "segmenter": own.segmenter.partition(":")[0]}
    return told | backends | {"device": own.device} | ({"model": "mini"} if own.model == "mini" else {})


def _amount(value: Any) -> Any:
    """Numbers and switches as they are; of texts only whether there is one, of several how many."""
    if isinstance(value, int | float | None):
        return value
    return (GAP if value else "") if isinstance(value, str) or not hasattr(value, "__len__") else len(value)


def _library(home: Home) -> dict[str, Any]:
    """Whether its file is whole, how much is in it, and how the queue stands; never what is in it."""
    if not home.database.exists():
        return {"there": False}
    try:
        faults = [plain(fault) if " " in fault else GAP for fault in check.whole(home.database)]
        told: dict[str, Any] = {"there": True, "bytes": home.database.stat().st_size, "faults": faults}
        free = shutil.disk_usage(home.root).free
        known = {} if faults else {"schema": check.revision(home.database), **_asked(home, _counts)}
        return told | {"free on its disk": free} | known
    except (KnownError, OSError) as error:
        return {"there": True, "unreadable": plain(str(error))}


def _asked(home: Home, ask: Any) -> Any:
    library = open_library(home)
    try:
        return ask(library)
    finally:
        library.close()


def _counts(library: Library) -> dict[str, Any]:
    tables = {"photos": Photo, "faces": Face, "subjects": Subject, "references": Reference,
              "pictures": Picture, "albums": Album}  # fmt: skip
    with library.read() as session:
        rows = {name: session.scalar(select(func.count()).select_from(each)) for name, each in tables.items()}
        reasons = list(session.scalars(select(Job.error).where(Job.error.is_not(None))))
        seconds = sorted(each for each in session.scalars(select(Job.seconds)) if each is not None)
        paused = jobs.paused(session)
        return {
            "rows": rows,
            "jobs": jobs.counts(session),
            "failures": _tally(map(plain, filter(None, reasons))),
            "paused": plain(paused) if paused else None,
            "hold": msgspec.to_builtins(jobs.hold(session)),
            "seconds a picture": _spread(seconds),
        }


def _prompts(library: Library) -> list[dict[str, Any]]:
    """What each job was asked for, and why it failed."""
    with library.read() as session:
        return [
            {"job": row.id, "state": row.state, "prompt": row.text, "method": row.method, "error": row.error}
            for row in jobs.rows(session)
        ]


def _tally(reasons: Any) -> dict[str, int]:
    counted: dict[str, int] = {}
    for reason in reasons:
        counted[reason] = counted.get(reason, 0) + 1
    return counted


def _spread(seconds: list[float]) -> dict[str, float]:
    if not seconds:
        return {}
    middle = seconds[len(seconds) // 2]
    return {"pictures": len(seconds), "least": seconds[0], "median": middle, "most": seconds[-1]}


def _readable(file: Path) -> bytes:
    """A log as it is but for folders: one that an earlier version wrote may hold some."""
    text = file.read_text("utf-8", errors="replace").replace(str(Path.home()), "~")
    return re.sub(r"(?<![\w.])(~|/|[A-Z]:\\)[^\s\"'»”]*[\\/][^\"'»”\n:]*", GAP, text).encode()


def _json(value: Any) -> bytes:
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()
