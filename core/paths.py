"""Where everything of one home folder lies, and where the program's own resources lie."""

import contextlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_data_path

from core.disk import OTHERS

RESOURCES = Path(__file__).resolve().parent.parent / "resources"


OURS = (
    "library*", "backups*", "references", "cache", "pictures", "reports", "settings.json", "likeness.log*",
    "window.ini", "runner.lock", "wildcards", "compose-presets.json", "training",
    ".*.part*",
)  # fmt: skip
"""What lies in a home, by name."""


@dataclass(frozen=True)
class Home:
    """One user's folder: library, reference crops, caches, pictures. Readable by its owner only."""

    root: Path

    @property
    def database(self) -> Path:
        return self.root / "library.db"

    @property
    def backups(self) -> Path:
        """Copies of the library, named by when and why."""
        return self.root / "backups"

    @property
    def references(self) -> Path:
        """Crops and masks, named by the SHA-256 of their bytes."""
        return self.root / "references"

    @property
    def encodings(self) -> Path:
        return self.root / "cache" / "encodings"

    @property
    def thumbnails(self) -> Path:
        return self.root / "cache" / "thumbnails"

    @property
    def pictures(self) -> Path:
        return self.root / "pictures"

    @property
    def reports(self) -> Path:
        """What each queue made, as pages to read in the morning (`core.report`)."""
        return self.root / "reports"

    @property
    def settings(self) -> Path:
        return self.root / "settings.json"

    @property
    def export_presets(self) -> Path:
        """The user's own ways of exporting (`core.export.presets`)."""
        return self.root / "export-presets.json"

    @property
    def models(self) -> Path:
        """Models that were downloaded, a folder each (`core.downloads`)."""
        return self.root / "models"

    @property
    def model_sums(self) -> Path:
        """What model files were when they were added (`core.recorded`)."""
        return self.root / "model-sums.json"

    @property
    def compose_presets(self) -> Path:
        """The user's named settings for new pictures (`core.presets`)."""
        return self.root / "compose-presets.json"

    @property
    def training(self) -> Path:
        """Data sets made from the library, a folder each, and notes of what learned from whom
        (`core.library.data_sets`)."""
        return self.root / "training"

    @property
    def wildcards(self) -> Path:
        """Text files that prompts draw from (`core.wildcards`)."""
        return self.root / "wildcards"

    @property
    def sums(self) -> Path:
        """SHA-256 sums of large files (`core.sums`)."""
        return self.root / "cache" / "hashes.json"

    @property
    def log(self) -> Path:
        return self.root / "likeness.log"

    def reference(self, sha256: str) -> Path:
        """The file of one crop or mask."""
        return self.references / sha256[:2] / f"{sha256}.png"

    def create(self) -> "Home":
        """Makes what is missing. A home that others may enter (copied from a disk that knows no owners) is
        closed to them, with all that is in it."""
        cache = self.root / "cache"
        for folder in (self.root, self.references, cache, self.encodings, self.thumbnails, self.pictures):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if _is_open(self.root):
            for file in self.exposed():
                # Not ours to change, or on a disk without permissions: `core.doctor` tells.
                with contextlib.suppress(OSError):
                    file.chmod(stat.S_IMODE(file.stat().st_mode) & ~OTHERS)
        return self

    def exposed(self) -> list[Path]:
        """What of this home others than its owner may read, change or enter; nothing where files have no such
        permissions (Windows)."""
        if os.name == "nt" or not self.root.is_dir():
            return []
        return [file for file in self._kept() if _is_open(file)]

    def _kept(self) -> Iterator[Path]:
        """The folder and what is ours in it: somebody may have chosen one that holds other things too."""
        if self.database.exists() and not self.root.stat().st_mode & stat.S_ISVTX:
            yield self.root
        for name in OURS:
            for found in self.root.glob(name):
                yield found
                yield from (file for file in found.rglob("*") if not file.is_symlink())


def _is_open(file: Path) -> bool:
    return os.name != "nt" and bool(stat.S_IMODE(file.stat().st_mode) & OTHERS)


def default_home() -> Home:
    """`LIKENESS_HOME`, else the platform's data folder."""
    chosen = os.environ.get("LIKENESS_HOME")
    return Home(Path(chosen).expanduser() if chosen else user_data_path("Likeness", appauthor=False))
