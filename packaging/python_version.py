"""Ends with a clear message on a Python Likeness cannot use. Imported first; parses on old ones."""

import platform
import shutil
import sys

if not (3, 11) <= sys.version_info[:2] <= (3, 13):
    others = [name for name in ("python3.13", "python3.12", "python3.11") if shutil.which(name)]
    hint = f"Start it with: {others[0]} {' '.join(sys.argv)}" if others else "Install one of those first."
    sys.exit(f"Likeness needs Python 3.11, 3.12 or 3.13; this is Python {platform.python_version()}. {hint}")
