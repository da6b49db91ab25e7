"""Where everything of one home folder lies, and where the program's own resources lie."""

import os
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_data_path

RESOURCES = Path(__file__).resolve().parent.parent / "resources"


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
        cache = self.root / "cache"
        for folder in (self.root, self.references, cache, self.encodings, self.thumbnails, self.pictures):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return self


def default_home() -> Home:
    """`LIKENESS_HOME`, else the platform's data folder."""
    chosen = os.environ.get("LIKENESS_HOME")
    return Home(Path(chosen).expanduser() if chosen else user_data_path("Likeness", appauthor=False))
