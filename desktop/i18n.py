"""The words of the window in the user's language. The English text is the key; Qt Linguist's catalogues in
resources/translations hold the others."""

from PySide6.QtCore import QCoreApplication

CONTEXT = "Likeness"


def tr(text: str, /, **values: object) -> str:
    """`text` in the window's language, with `{name}` filled from `values`.

    Always called with a literal, so that the catalogue can be made from the source; a text that is made at
    import time is marked by `noop` and goes through `tr` where it is shown.
    """
    translated = QCoreApplication.translate(CONTEXT, text)
    return translated.format(**values) if values else translated


def noop(text: str) -> str:
    """Marks a text for the catalogue that `tr` translates later: before a QApplication nothing is."""
    return text
