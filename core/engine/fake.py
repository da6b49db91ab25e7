"""An engine that answers at once, for tests and for trying the window: same calls, drawn labels instead of
pictures."""

import hashlib
import os
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from pathlib import Path

from msgspec import structs
from PIL import Image, ImageDraw

from core.economy import AS_ASKED, LOWEST, Economy
from core.engine import EngineOptions, FaceScore, OnStep, Rendered, Scan, Scores, Step
from core.errors import KnownError, PartlyDone
from core.faces import Box, Face
from core.paths import Home
from core.spec import Kind, Reference, RenderSpec

LEAKED: list[bytes] = []
KEPT = 1000
"""So many specs are remembered: a long night must not look like a leak."""
NO_PICTURE = "The fake engine gave no picture."


class FakeEngine:
    """Deterministic pictures: a colour from the spec, the prompt written on it.

    `faces`: file name → what `scan` finds there. `step_seconds`: how long each step takes. `batch`: what
    fits. `trouble`: called with the specs before they are rendered; what it raises is the failure.
    Prompts that hold "FAIL", "BUG", "DIE", "HANG" or "LEAK" raise KnownError, raise RuntimeError, end
    this process, hang after the first step, or keep 32 MB for good; "STARVE" ends as for memory, "HUNGRY"
    unless all memory is saved; "SPOILT" comes out as no picture; a photo whose name holds "HANG" is never
    answered: for engines in a child process, to which no function can be given. `calls` counts the calls
    by name; `economies` holds what each render began with.
    """

    def __init__(
        self,
        *,
        faces: Mapping[str, Sequence[Face]] | None = None,
        references: Path | None = None,
        step_seconds: float = 0.0,
        batch: int = 1,
        trouble: Callable[[Sequence[RenderSpec]], None] | None = None,
    ) -> None:
        self.faces = dict(faces or {})
        self.references = references
        self.step_seconds = step_seconds
        self.batch = batch
        self.trouble = trouble
        self.calls: Counter[str] = Counter()
        self.rendered: list[RenderSpec] = []
        self.economies: list[Economy] = []
        self.closed = False

    @classmethod
    def made_for(cls, options: EngineOptions) -> "FakeEngine":
        """As a child process makes it. The device "fake:0.05" says that a step takes 0.05 s."""
        kind, _, seconds = options.device.partition(":")
        return cls(
            references=Home(options.home).references, step_seconds=float(seconds) if kind == "fake" else 0.0
        )

    def start(self) -> None:
        self.calls["start"] += 1

    def scan(self, photo: Path) -> Scan:
        self.calls["scan"] += 1
        if not photo.exists():
            raise KnownError(f"{photo} is not there.")
        if "HANG" in photo.name:
            time.sleep(3600)
        return Scan(tuple(self.faces.get(photo.name, ())), "fake")

    def group(self, embeddings: Sequence[bytes]) -> list[int]:
        """Equal embeddings are one person."""
        self.calls["group"] += 1
        order = {embedding: label for label, embedding in enumerate(dict.fromkeys(embeddings))}
        return [order[embedding] for embedding in embeddings]

    def prepare(self, photo: Path, box: Box | None, kind: Kind, size: int) -> Reference:
        self.calls["prepare"] += 1
        with Image.open(photo) as picture:
            cut = picture.convert("RGB").crop(_whole(box or (0, 0, *picture.size)))
        crop = _png(cut.resize((size, size)))
        mask = _png(Image.new("L", (size, size), 255))
        return Reference(self._store(crop), self._store(mask))

    def batch_size(self, spec: RenderSpec) -> int:
        self.calls["batch_size"] += 1
        return self.batch

    def render(
        self,
        specs: Sequence[RenderSpec],
        on_step: OnStep,
        batch_size: int | None = None,
        economy: Economy = AS_ASKED,
    ) -> list[Rendered]:
        self.calls["render"] += 1
        self.economies.append(economy)
        _as_the_prompt_says(specs, economy)
        if self.trouble:
            self.trouble(specs)
        pictures = [picture(spec) for spec in specs]
        for step in range(1, specs[0].steps + 1):
            time.sleep(self.step_seconds)
            on_step(Step(step, specs[0].steps, tuple(map(_preview, pictures)) if step % 5 == 1 else ()))
            if any("HANG" in spec.prompt for spec in specs):
                time.sleep(3600)
        self.rendered += specs
        del self.rendered[:-KEPT]
        spoilt = {at: NO_PICTURE for at, each in enumerate(specs) if "SPOILT" in each.prompt}
        seconds = self.step_seconds * specs[0].steps / len(specs)
        drawn = zip(specs, pictures, strict=True)
        made = [_rendered(spec, each, seconds, len(specs), economy) for spec, each in drawn]
        if spoilt:
            raise PartlyDone({at: one for at, one in enumerate(made) if at not in spoilt}, spoilt)
        return made

    def abort(self) -> None: ...

    def close(self) -> None:
        self.calls["close"] += 1
        self.closed = True

    def _store(self, png: bytes) -> str:
        name = hashlib.sha256(png).hexdigest()
        if self.references:
            file = self.references / name[:2] / f"{name}.png"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(png)
        return name


def picture(spec: RenderSpec) -> Image.Image:
    """The picture this engine makes of `spec`: equal specs, equal pixels."""
    # A repeat fixes the precision that was left open, and may ask for maps: it must give the same picture.
    digest = hashlib.sha256(structs.replace(spec, precision="auto", maps=False).to_json().encode()).digest()
    drawn = Image.new("RGB", (spec.width, spec.height), (digest[0] // 2, digest[1] // 2, digest[2] // 2))
    ImageDraw.Draw(drawn).text((4, 4), f"{spec.prompt}\n{spec.seed}", fill="white")
    return drawn


def _as_the_prompt_says(specs: Sequence[RenderSpec], economy: Economy) -> None:
    prompts = " ".join(spec.prompt for spec in specs)
    if "STARVE" in prompts or ("HUNGRY" in prompts and economy != LOWEST):
        os._exit(137)
    if "DIE" in prompts:
        os._exit(17)
    if "LEAK" in prompts:
        LEAKED.append(os.urandom(32_000_000))
    if "BUG" in prompts:
        raise RuntimeError("the fake engine was told to fail")
    if "FAIL" in prompts:
        raise KnownError("The fake engine was told to fail.")


def _rendered(spec: RenderSpec, drawn: Image.Image, seconds: float, batch: int, economy: Economy) -> Rendered:
    people = [subject.uid for subject in spec.subjects if subject.kind == "person"]
    faces = tuple(FaceScore((0.0, 0.0, 8.0, 8.0), dict.fromkeys(people, 0.5), uid) for uid in people)
    scores = Scores(dict.fromkeys(people, 0.5), faces, "fake")
    made: dict[str, str | int | float] = {"device": "fake", "precision": "fp32", "batch_size": batch}
    if economy.text:
        made["economy"] = economy.text
    maps = _maps(spec) if spec.maps else {}
    return Rendered(spec.width, spec.height, drawn.tobytes(), scores, seconds, made, maps)


def _maps(spec: RenderSpec) -> dict[str, bytes]:
    """One subject on the left, the next on the right, with weights that fall off to the other side."""
    size, gradient = (max(1, spec.width // 8), max(1, spec.height // 8)), Image.linear_gradient("L")
    return {
        subject.uid: _png(gradient.rotate(90 if number % 2 else -90).resize(size))
        for number, subject in enumerate(spec.subjects)
    }


def _preview(drawn: Image.Image) -> bytes:
    out = BytesIO()
    drawn.resize((32, 32)).save(out, "JPEG")
    return out.getvalue()


def _png(drawn: Image.Image) -> bytes:
    out = BytesIO()
    drawn.save(out, "PNG")
    return out.getvalue()


def _whole(box: Box) -> tuple[int, int, int, int]:
    left, top, right, bottom = box
    return int(left), int(top), max(int(left) + 1, int(right)), max(int(top) + 1, int(bottom))
