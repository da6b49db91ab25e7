"""What the demo leaves behind: contact-sheet.png and summary.json."""

import importlib.metadata
import platform
import statistics
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from core import contact_sheet, settings
from core.contact_sheet import Row, Shown
from core.demo.truth import Truth
from core.disk import write_whole
from core.faces import open_backend
from core.library import Library, jobs, subjects
from core.library.gallery import PictureRow
from core.metadata import Saved, png
from core.paths import RESOURCES, Home

if TYPE_CHECKING:
    from core.demo import Screen

VERSION = 1
LIBRARIES = ("likeness", "torch", "diffusers", "transformers", "onnxruntime", "numpy", "pillow", "sqlalchemy")


def write(
    out: Path,
    library: Library,
    truth: Truth,
    found: dict[str, Any],
    players: dict[str, str],
    pictures: list[PictureRow],
    seconds: dict[str, float],
    screen: "Screen",
) -> dict[str, Any]:
    """Writes both files into `out`, each whole or not at all, and returns the summary."""
    out.mkdir(parents=True, exist_ok=True)
    timings = _timings(out, seconds)
    made = [_picture(row, took) for row, took in zip(pictures, _took(library, pictures), strict=True)]
    summary = {
        "version": VERSION,
        "album": found,
        "people": _people(library, truth, players),
        "objects": {name: players[name] for name in truth.objects},
        "pictures": made,
        "identity": _identity(made),
        "seconds": timings,
        "machine": _machine(),
        "libraries": _libraries(),
    }
    threshold = open_backend(settings.load(library.home).faces, RESOURCES / "models").threshold
    sheet = out / "contact-sheet.png"
    rows = [_row(library.home, each) for each in made]
    contact_sheet.save(sheet, "Likeness: the demo album", _subtitle(summary, threshold), rows, threshold)
    write_whole(out / "summary.json", msgspec.json.format(msgspec.json.encode(summary), indent=2))
    screen.say(f"Contact sheet: {sheet}")
    return summary


def _picture(row: PictureRow, seconds: float | None) -> dict[str, Any]:
    """One picture as plain data. `identity`: by name, None where no face was found for that person."""
    saved = png.read(Path(row.path))
    people = {s.uid: s.name for s in saved.spec.subjects if s.kind == "person"}
    return {
        "file": row.path,
        "sha256": row.sha256,
        "template": saved.spec.template,
        "prompt": saved.spec.prompt,
        "seed": row.seed,
        "method": saved.spec.method,
        "steps": saved.spec.steps,
        "width": row.width,
        "height": row.height,
        "seconds": None if seconds is None else round(seconds, 2),
        "identity": {name: _rounded(saved.scores.identity.get(uid)) for uid, name in people.items()},
        "faces": [
            {
                "box": [round(x) for x in face.box],
                "best": people.get(face.best or ""),
                "similarity": {people.get(uid, uid): round(s, 4) for uid, s in face.similarity.items()},
            }
            for face in saved.scores.faces
        ],
        "made": saved.made,
    }


def _row(home: Home, picture: dict[str, Any]) -> Row:
    saved = png.read(Path(picture["file"]))
    facts = f"{picture['method']} · {picture['steps']} steps · seed {picture['seed']}"
    facts += f" · {picture['seconds']:.1f} s" if picture["seconds"] else ""
    return Row(_shown(home, saved), picture["template"], facts, Path(picture["file"]))


def _shown(home: Home, saved: Saved) -> tuple[Shown, ...]:
    return tuple(
        Shown(
            handle,
            subject.noun,
            tuple(home.reference(r.crop) for r in subject.references),
            subject.name if subject.kind == "person" else None,
            saved.scores.identity.get(subject.uid),
        )
        for handle, subject in zip(_handles(saved), saved.spec.subjects, strict=True)
    )


def _handles(saved: Saved) -> list[str]:
    """The subjects' handles as the prompt names them, in the spec's order."""
    from core.prompt import handles

    return handles(saved.spec.template)


def _took(library: Library, pictures: list[PictureRow]) -> list[float | None]:
    """What rendering each picture took; None when its line was cleared from the queue."""
    with library.read() as session:
        known = {row.id: row.seconds for row in jobs.rows(session, ("done",))}
    return [known.get(row.job_id or -1) for row in pictures]


def _people(library: Library, truth: Truth, players: dict[str, str]) -> list[dict[str, Any]]:
    with library.read() as session:
        cards = [(name, subjects.get(session, players[name])) for name in truth.nouns]
    return [
        {
            "name": name,
            "handle": card.handle,
            "noun": card.noun,
            "faces": card.faces,
            "references": card.references,
            "consent": card.consent,
            "scope": card.consent_scope,
        }
        for name, card in cards
    ]


def _identity(made: list[dict[str, Any]]) -> dict[str, Any]:
    """How many of the people asked for have a face, and their mean similarity."""
    asked = [value for picture in made for value in picture["identity"].values()]
    found = [value for value in asked if value is not None]
    own = sum(face["best"] in picture["identity"] for picture in made for face in picture["faces"])
    return {
        "asked": len(asked),
        "faces_found": len(found),
        "faces_in_pictures": own,
        "mean_similarity": round(statistics.fmean(found), 4) if found else None,
    }


def _timings(out: Path, seconds: dict[str, float]) -> dict[str, float]:
    """Of this run, and of an earlier one for stages that had nothing left to do."""
    try:
        before = msgspec.json.decode((out / "summary.json").read_bytes())["seconds"]
    except (OSError, msgspec.DecodeError, KeyError, TypeError):
        before = {}
    stages = ("import", "group", "references", "render")
    worked = {stage: round(seconds.get(stage, 0.0), 2) for stage in stages}
    kept = {stage: max(worked[stage], before.get(stage, 0.0)) for stage in stages}
    return kept | {"last_run": round(sum(seconds.values()), 2)}


def _machine() -> dict[str, Any]:
    import os

    return {
        "system": platform.system(),
        "machine": platform.machine(),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
    }


def _libraries() -> dict[str, str]:
    found = {}
    for name in LIBRARIES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def _subtitle(summary: dict[str, Any], threshold: float) -> str:
    album, identity = summary["album"], summary["identity"]
    return (
        f"{len(summary['pictures'])} pictures by the embedded model · {album['found_faces']} faces of "
        f"{album['true_people']} people found, grouping F1 {album['pairwise_f1']:.3f} · nobody here exists\n"
        f"Bars: likeness to the person's references (cosine; from {threshold:.2f}, the tick, two faces count "
        f"as one person's) · {identity['faces_found']} of {identity['asked']} people have a face"
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
