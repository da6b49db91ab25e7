"""The one door to cv2.

opencv-python points Qt at its own bundled plugins and fonts, and the loader at its own libraries, by changing
the environment while it is imported. A PySide6 window in the same process, or in a child of it, would then
fail to start.
"""

import os
from functools import cache
from typing import Any


@cache
def load_cv2() -> Any:
    """Imports cv2 and leaves the environment as it was. Only errors are logged."""
    before = dict(os.environ)
    try:
        import cv2
    finally:
        _restore(before)
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)
    return cv2


def _restore(before: dict[str, str]) -> None:
    for name in set(os.environ) - set(before):
        del os.environ[name]
    for name, value in before.items():
        if os.environ.get(name) != value:
            os.environ[name] = value
