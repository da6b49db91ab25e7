"""FastComposer's single-subject protocol (arXiv 2305.10431 §5.1) on the user's own copy of its data: 15
identities, 40 prompts, 4 pictures of each; identity preservation by any face backend, prompt consistency by
CLIP's cosine.

Identities and prompts are that project's: they are read, never run, from its own `data.py` (in
evaluation/single_object). Photos lie in DATA/IDENTITY/; the first one is the reference.
"""

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from core.engine import Engine
from core.errors import KnownError
from core.evaluation import identity
from core.evaluation.clip import WEIGHT, Clip, text_score
from core.evaluation.identity import Vectors, vectors
from core.evaluation.photos import photos, references
from core.evaluation.rows import TIME, Column
from core.evaluation.specs import Member, Studio, Way
from core.evaluation.trials import Maps, Measures, Trial, safe
from core.faces import FaceBackend

IDENTITIES = "IMAGE_TO_GENDER_EVAL"
PROMPTS = re.compile(r"get_\w+_prompts$")
CLASS, UNIQUE = "class_token", "unique_token"
PICTURES = 4
STEPS = 50
KIND = "one person"

COLUMNS = (
    Column("identity preservation", "identity", "cosine of the face to the reference's, 0 where none is "
           "found or it is negative"),
    Column("prompt consistency", "consistency", "cosine of picture and prompt (CLIP)"),
    Column("CLIP-T", "clip_t", "2.5 · max(cos, 0) of picture and prompt (CLIP)"),
    Column("face found", "found", "pictures in which a face is found", percent=True),
    TIME,
)  # fmt: skip


@dataclass(frozen=True)
class Data:
    """`nouns`: man or woman, by identity. `prompts`: with {0} for the noun. `photos`: of each identity, the
    reference first."""

    nouns: dict[str, str]
    prompts: tuple[str, ...]
    photos: dict[str, tuple[Path, ...]]


def read(data: Path, prompts: Path) -> Data:
    """`prompts`: the data.py of the user's copy of FastComposer. Raises KnownError saying what is missing."""
    try:
        tree = ast.parse(prompts.read_text("utf-8"))
        nouns, texts = _nouns(tree), _prompts(tree)
    except (OSError, UnicodeDecodeError, SyntaxError, ValueError, RecursionError) as error:
        raise KnownError(f"{prompts} cannot be read as FastComposer's data.py: {error}.") from error
    if not nouns or not texts:
        raise KnownError(
            f"{prompts} is not FastComposer's data.py: expected {IDENTITIES} and functions get_…_prompts, "
            f"found {len(nouns)} identities and {len(texts)} prompts."
        )
    return Data(nouns, texts, {name: photos(data / name) for name in sorted(nouns)})


def members(
    data: Data, engine: Engine, size: int, progress: Callable[[int, int, str], None]
) -> dict[str, Member]:
    """Everybody, with one reference."""
    made = {}
    for number, (name, files) in enumerate(data.photos.items()):
        progress(number, len(data.photos), f"reference of {name}")
        noun = data.nouns[name]
        made[name] = Member(name, "person", noun, references(engine, files[:1], noun, size))
    return made


def trials(way: Way, data: Data, cast: dict[str, Member], studio: Studio, pictures: int) -> list[Trial]:
    return [
        Trial(way.label, KIND, safe(f"{way.name}--{name}-{line:02}-{seed}"),
              studio.spec(way, prompt, [cast[name]], seed))
        for name in data.photos
        for line, prompt in enumerate(data.prompts)
        for seed in range(pictures)
    ]  # fmt: skip


class Judge:
    """Raises KnownError when a reference shows no face to this backend."""

    def __init__(self, data: Data, faces: FaceBackend, clip: Clip) -> None:
        self._faces, self._clip = faces, clip
        self._known = {name: _reference_face(faces, files[0]) for name, files in data.photos.items()}

    def __call__(self, trial: Trial, image: Image.Image, _: Maps) -> Measures:
        found = self._faces.find(image)
        known = self._known[trial.spec.subjects[0].name]
        score = text_score(self._clip.images([image])[0], self._clip.texts([trial.spec.prompt])[0])
        return {
            "identity": identity.preserved(identity.similarity(found[0], known) if found else None),
            "found": float(bool(found)),
            "consistency": score / WEIGHT,
            "clip_t": score,
        }


def _reference_face(faces: FaceBackend, file: Path) -> Vectors:
    from core.images import open_photo

    found = faces.find(open_photo(file).image)
    if not found:
        raise KnownError(f"The face models find no face in {file}: it cannot be a reference.")
    return vectors(found[:1])


def _nouns(tree: ast.Module) -> dict[str, str]:
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(getattr(to, "id", "") == IDENTITIES for to in node.targets):
            return {str(name): str(noun) for name, noun in ast.literal_eval(node.value).items()}
    return {}


def _prompts(tree: ast.Module) -> tuple[str, ...]:
    """Every string in the lists of the functions get_…_prompts, in the order of the file."""
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef) and PROMPTS.match(node.name)]
    lists = [node for function in functions for node in ast.walk(function) if isinstance(node, ast.List)]
    return tuple(text for each in lists for entry in each.elts if (text := _prompt(entry)))


def _prompt(node: ast.expr) -> str:
    """A prompt with {0} for the class noun; the made-up word that marks the subject there is left out. Either
    "…{0} {1}…".format(unique, class) or an f-string; "" for anything else."""
    pieces = _formatted(node) if isinstance(node, ast.Call) else _joined(node)
    text = "".join(pieces).replace(f"<{CLASS}>", "{0}").replace(f"<{UNIQUE}>", " ")
    return re.sub(r"\s+", " ", text).strip() if "{0}" in text else ""


def _formatted(call: ast.Call) -> list[str]:
    text = call.func.value if isinstance(call.func, ast.Attribute) and call.func.attr == "format" else None
    if not isinstance(text, ast.Constant):
        return []
    names = [f"<{getattr(argument, 'id', '')}>" for argument in call.args]
    return [re.sub(r"\{(\d)\}", lambda found: names[int(found[1])], str(text.value))]


def _joined(node: ast.expr) -> list[str]:
    if not isinstance(node, ast.JoinedStr):
        return []
    return [_piece(part) for part in node.values]


def _piece(part: ast.expr) -> str:
    if isinstance(part, ast.FormattedValue):
        return f"<{getattr(part.value, 'id', '')}>"
    return str(part.value) if isinstance(part, ast.Constant) else ""
