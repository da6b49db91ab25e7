"""Makes .venv with what the tests need and runs the whole test suite; other arguments go to pytest.

    python3 packaging/test.py [--torch auto|cpu|cuda] [pytest's own options]

Without a file or folder among them the suite runs in two halves at the same time: core, and all else.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import python_version  # noqa: F401 - checks it
import setup_venv

CORE = "tests/core"


def main() -> int:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    setup_venv.add_torch_option(parser)
    options, for_pytest = parser.parse_known_args()
    pytest = [str(setup_venv.ready(options.torch, tests=True)), "-m", "pytest", *for_pytest]
    if any((setup_venv.ROOT / word.partition("::")[0]).exists() for word in for_pytest):
        return subprocess.call(pytest, cwd=setup_venv.ROOT)
    return in_two(pytest)


def in_two(pytest: list[str]) -> int:
    """The other half's words come when the first is done."""
    others = sorted(str(path) for path in Path(setup_venv.ROOT, "tests").iterdir() if _tested(path))
    with tempfile.TemporaryFile("w+") as said:
        second = subprocess.Popen(
            [*pytest, *others], cwd=setup_venv.ROOT, stdout=said, stderr=subprocess.STDOUT
        )
        first = subprocess.call([*pytest, CORE], cwd=setup_venv.ROOT)
        code = second.wait()
        said.seek(0)
        print(said.read(), flush=True)
    return first or code


def _tested(path: Path) -> bool:
    """Whether pytest finds tests there that are not core's."""
    folder = path.is_dir() and path.name != "core" and any(path.rglob("test_*.py"))
    return folder or path.match("test_*.py")


if __name__ == "__main__":
    sys.exit(main())
