"""Every kind of thing that may reach the program damaged or forged, and how often each is tried."""

import importlib
import os
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import NamedTuple

Try = Callable[[Random, Path], None]
"""Makes one mutant in an empty folder and gives it to the program. Raises what the program should not."""


class Kind(NamedTuple):
    """`share`: of all mutants, in ten thousandths. `heavy`: needs torch or onnxruntime, which take seconds to
    import. `made_by`: module and function that opens it in a folder for its sources."""

    share: int
    heavy: bool
    made_by: str

    def open(self, folder: Path) -> Try:
        module, _, function = self.made_by.partition(":")
        return getattr(importlib.import_module(module), function)(folder)


KINDS: dict[str, Kind] = {
    "images": Kind(3000, False, "_fuzz_photos:images"),
    "thumbnails": Kind(1000, False, "_fuzz_photos:thumbnails"),
    "masks": Kind(200, False, "_fuzz_photos:masks"),
    "starts": Kind(200, False, "_fuzz_photos:starts"),
    "profiles": Kind(300, False, "_fuzz_profiles:profiles"),
    "metadata": Kind(1200, False, "_fuzz_texts:metadata"),
    "maps": Kind(400, False, "_fuzz_texts:maps"),
    "specs": Kind(500, False, "_fuzz_texts:specs"),
    "settings": Kind(400, False, "_fuzz_texts:settings"),
    "wire": Kind(500, False, "_fuzz_texts:wire"),
    "prompts": Kind(500, False, "_fuzz_texts:prompts"),
    "sums": Kind(200, False, "_fuzz_texts:sums"),
    "advice": Kind(300, False, "_fuzz_models:advice"),
    "folders": Kind(400, False, "_fuzz_models:folders"),
    "adapters": Kind(500, False, "_fuzz_models:adapters"),
    "libraries": Kind(300, False, "_fuzz_libraries:libraries"),
    "kept-values": Kind(100, False, "_fuzz_libraries:kept_values"),
    "backups": Kind(40, False, "_fuzz_libraries:backups"),
    "pickles": Kind(150, True, "_fuzz_weights:pickles"),
    "models": Kind(20, True, "_fuzz_weights:models_"),
    "weights": Kind(40, True, "_fuzz_weights:adapters"),
    "encodings": Kind(30, True, "_fuzz_weights:encodings"),
    "prepared": Kind(60, False, "_fuzz_texts:prepared"),
    "packs": Kind(25, True, "_fuzz_onnx:packs"),
    "segmenters": Kind(35, True, "_fuzz_onnx:segmenters"),
}
if "FUZZ_SPOILT" in os.environ:  # a test of this form
    KINDS["spoilt"] = Kind(0, False, os.environ["FUZZ_SPOILT"])
