"""The world's faults, said in the user's words."""


class KnownError(Exception):
    """What went wrong, what was kept, and what to do. Its text is shown as it stands; anything else is a
    bug."""


class Cancelled(Exception):
    """Raised out of an engine's `on_step` to stop a picture between two steps."""
