"""What a frozen program does first: it is the command line, the window, or one of its own modules in a
process of its own (core.ourselves)."""

import importlib
import sys
from pathlib import Path

from core.ourselves import RUN


def main() -> object:
    if sys.argv[1:2] == [RUN]:
        module = sys.argv[2]
        del sys.argv[1:3]
    else:
        window = Path(sys.executable).stem == "likeness-window"
        module = "desktop.__main__" if window else "core.cli"
    return importlib.import_module(module).main()


if __name__ == "__main__":
    sys.exit(main())
