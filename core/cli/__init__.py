"""The command line: every job without a window."""


def main() -> None:
    """The entry point of `likeness`."""
    from core.environment import set_environment

    set_environment()
    from core.cli.app import app

    app()
