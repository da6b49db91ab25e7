"""What a saved picture carries: our own settings as JSON, a text other programs read, and the XMP that says
that it was made by an AI system. Never a face vector."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path, PureWindowsPath
from typing import Any

import msgspec
from msgspec import Struct, structs

from core.errors import KnownError
from core.spec import RenderSpec

VERSION = 1
LONGEST = 1_000_000

Made = dict[str, str | int | float]


class FaceScore(Struct, frozen=True):
    """One face of the picture: its box in pixels, its similarity to each person (by uid), whom it matches
    best."""

    box: tuple[float, float, float, float]
    similarity: dict[str, float]
    best: str | None = None


class Scores(Struct, frozen=True):
    """Read back from a picture; the fields of core.engine.Scores."""

    identity: dict[str, float] = {}
    faces: tuple[FaceScore, ...] = ()
    backend: str = ""


class Saved(Struct, frozen=True):
    """`spec` decides the picture; `made` records what the spec leaves open; `scores` judge the result."""

    spec: RenderSpec
    made: Made = {}
    scores: Scores = Scores()
    version: int = VERSION

    @property
    def size(self) -> tuple[int, int]:
        """The picture's own width and height: a photo's, where only a part of it was made anew."""
        width, height = self.made.get("width"), self.made.get("height")
        if isinstance(width, int) and isinstance(height, int) and width > 0 and height > 0:
            return width, height
        return self.spec.width, self.spec.height

    @classmethod
    def of(cls, spec: RenderSpec, made: Mapping[str, str | int | float], scores: object) -> "Saved":
        """From an engine's values: `scores` is a dataclass with the fields of `Scores`."""
        plain: Any = msgspec.to_builtins(scores)
        return cls(portable(spec), {"likeness": program_version(), **made}, msgspec.convert(plain, Scores))

    def to_json(self) -> str:
        return msgspec.json.encode(self).decode()

    @classmethod
    def from_json(cls, text: str) -> "Saved":
        """Reads what `to_json` wrote, of this version or an older one. Raises KnownError for anything
        else."""
        if len(text) > LONGEST:
            raise KnownError("The settings in this picture are longer than any this program writes.")
        try:
            saved = msgspec.json.decode(text, type=cls)
        except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
            raise KnownError(f"The settings in this picture cannot be read: {error}.") from error
        if saved.version != VERSION:
            raise KnownError(f"This picture was saved by a newer Likeness (format {saved.version}).")
        return saved


def portable(spec: RenderSpec) -> RenderSpec:
    """The spec as a picture carries it: nothing of what was to come after it, and of a start photo only the
    file's name, for its folder says where its owner keeps things."""
    spec = structs.replace(spec, until=None)
    if spec.start is None:
        return spec
    name = PureWindowsPath(spec.start.path).name  # knows both kinds of slashes
    return structs.replace(spec, start=structs.replace(spec.start, path=name))


@cache
def program_version() -> str:
    """The installed version, or the one the source folder says."""
    import tomllib
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("likeness")
    except PackageNotFoundError:
        project = Path(__file__).parents[2] / "pyproject.toml"
        return str(tomllib.loads(project.read_text("utf-8"))["project"]["version"])
