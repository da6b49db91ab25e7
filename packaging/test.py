"""Makes .venv with what the tests need and runs the whole test suite; other arguments go to pytest.

    python3 packaging/test.py [--torch auto|cpu|cuda] [pytest's own options]

Without a file or folder among them the suite runs in three parts at the same time: what computes, the rest of
core, and all else. Many tests wait for a disk or another process, so three do not crowd two cores.
"""

import argparse
import contextlib
import subprocess
import sys
import tempfile
from pathlib import Path

import python_version  # noqa: F401 - checks it
import setup_venv

CORE = "core"
COMPUTING = ("diffusion", "evaluation", "training")
"""Folders of core's tests."""


def main() -> int:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    setup_venv.add_torch_option(parser)
    options, for_pytest = parser.parse_known_args()
    pytest = [str(setup_venv.ready(options.torch, tests=True)), "-m", "pytest", *for_pytest]
    if any((setup_venv.ROOT / word.partition("::")[0]).exists() for word in for_pytest):
        return subprocess.call(pytest, cwd=setup_venv.ROOT)
    return in_parts(pytest)


def in_parts(pytest: list[str]) -> int:
    """The words of the first part come as it goes, those of the others after it."""
    first, *others = parts()
    with contextlib.ExitStack() as stack:
        said = [stack.enter_context(tempfile.TemporaryFile("w+")) for _ in others]
        running = [
            subprocess.Popen([*pytest, *part], cwd=setup_venv.ROOT, stdout=file, stderr=subprocess.STDOUT)
            for part, file in zip(others, said, strict=True)
        ]
        codes = [subprocess.call([*pytest, *first], cwd=setup_venv.ROOT)]
        for process, file in zip(running, said, strict=True):
            codes.append(process.wait())
            file.seek(0)
            print(file.read(), flush=True)
    return next((code for code in codes if code), 0)


def parts() -> list[list[str]]:
    """All that holds tests, each in one part."""
    tests = Path(setup_venv.ROOT, "tests")
    computing = [tests / CORE / name for name in COMPUTING]
    core = [path for path in (tests / CORE).iterdir() if path not in computing]
    return [
        sorted(str(path) for path in part if _tested(path))
        for part in (core, computing, (path for path in tests.iterdir() if path.name != CORE))
    ]


def _tested(path: Path) -> bool:
    return path.match("test_*.py") or (path.is_dir() and any(path.rglob("test_*.py")))


if __name__ == "__main__":
    sys.exit(main())
