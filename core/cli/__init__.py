"""The command line: every job without a window."""


def main() -> None:
    """The entry point of `likeness`."""
    from core.engine.offline import stay_offline

    stay_offline()
    from core.cli.app import app

    app()
