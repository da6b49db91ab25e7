"""The long forms of what must hold, one command each: `python tests/torture kills --count 10000`.

Every form is a file beside this one with `main(arguments) -> int`, and ends with one line of JSON: its
figures. The exit code is 1 when anything was violated. The short forms run in the test suite, and
docs/reliability.md holds the figures.
"""

import importlib
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
FORMS = sorted(file.stem for file in HERE.glob("[a-z]*.py") if not file.stem.startswith("test_"))


def main() -> int:
    for folder in (HERE.parent / "core", HERE.parents[1], HERE):
        sys.path.insert(0, str(folder))
    form = sys.argv[1] if len(sys.argv) > 1 else ""
    if form not in FORMS:
        print(f"python tests/torture {{{' | '.join(FORMS)}}} [--help]", file=sys.stderr)
        return 2
    return int(importlib.import_module(form).main(sys.argv[2:]))


if __name__ == "__main__":
    sys.exit(main())
