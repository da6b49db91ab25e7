"""Makes .venv with what the tests need and runs the whole test suite; other arguments go to pytest.

    python3 packaging/test.py [--torch auto|cpu|cuda] [pytest's own options]
"""

import argparse
import subprocess
import sys

import python_version  # noqa: F401 - checks it
import setup_venv


def main() -> int:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    setup_venv.add_torch_option(parser)
    options, for_pytest = parser.parse_known_args()
    python = setup_venv.ready(options.torch, tests=True)
    return subprocess.call([str(python), "-m", "pytest", *for_pytest], cwd=setup_venv.ROOT)


if __name__ == "__main__":
    sys.exit(main())
