"""The people nobody learned from, as the demo's protocol needs them: what a trained model is judged by beside
the demo album. One reference each, their portrait; the judge compares with the face in it."""

from pathlib import Path

from PIL import Image

from core.engine import Engine
from core.errors import KnownError
from core.evaluation.album import Cast, Progress
from core.evaluation.identity import vectors
from core.evaluation.specs import Member
from core.faces import Face, FaceBackend
from core.training.scenes.packs import Portraits, read_portraits


def gather(engine: Engine, judge: FaceBackend, file: Path, work: Path, size: int, progress: Progress) -> Cast:
    """Women and men in turn. References are prepared in `work` for an encoder of `size` pixels, from the face
    the judge finds. Raises KnownError for a file that holds no portraits, or when nobody's face is found."""
    portraits = read_portraits(file, held_out=True)
    work.mkdir(parents=True, exist_ok=True)
    found = {}
    for number, row in enumerate(_in_turn(portraits)):
        progress(number, len(portraits), "faces of the portraits")
        name, noun = f"portrait {int(portraits.row[row])}", "man" if portraits.man[row] else "woman"
        photo = work / f"{name}.png"
        picture = Image.fromarray(portraits.rgb[row].permute(1, 2, 0).numpy())
        picture.save(photo)
        if faces := judge.find(picture):
            reference = engine.prepare(photo, faces[0].box, "person", size)
            found[Member(name, "person", noun, (reference,))] = faces[0]
    return _cast(found, file)


def _cast(found: dict[Member, Face], file: Path) -> Cast:
    if len({member.noun for member in found}) < 2:
        raise KnownError(f"The face models find no women or no men among the held-out portraits of {file}.")
    return Cast(tuple(found), {member.name: vectors([face]) for member, face in found.items()})


def _in_turn(portraits: Portraits) -> list[int]:
    """A woman, a man, and so on as far as both go."""
    men = portraits.man.tolist()
    women_first = [[row for row, man in enumerate(men) if man == sex] for sex in (False, True)]
    return [row for pair in zip(*women_first, strict=False) for row in pair]
