"""The command line: every job without a window."""

import os


def main() -> None:
    """The entry point of `likeness`."""
    stay_offline()
    from core.cli.app import app

    app()


def stay_offline() -> None:
    """Tells every library, before it is imported, that nothing leaves this computer."""
    for name in (
        "ORT_DISABLE_TELEMETRY",
        "HF_HUB_OFFLINE",
        "HF_HUB_DISABLE_TELEMETRY",
        "TRANSFORMERS_OFFLINE",
    ):
        os.environ.setdefault(name, "1")
