"""The words of the window in the user's language. The English text is the key; Qt Linguist's catalogues in
resources/translations hold the others (made by packaging/translations.py)."""

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from core.paths import RESOURCES

CONTEXT = "Likeness"
LANGUAGES = {"en": "English", "zh_CN": "简体中文"}
"""Each by its own name, whatever the window speaks."""
CATALOGUES = RESOURCES / "translations"
_installed: list[QTranslator] = []
_spoken = ["en"]


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


def install(chosen: str) -> str:
    """From now on the window speaks `chosen`, or the system's language for "". Returns which that is: what is
    there already keeps its words."""
    language = chosen or of_system(QLocale.system().uiLanguages())
    _spoken[0] = language
    while _installed:
        QCoreApplication.removeTranslator(_installed.pop())
    if language != "en":
        _load(f"qtbase_{language}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))
        _load(f"likeness_{language}", str(CATALOGUES))
    return language


def locale() -> QLocale:
    """Of the window's language: for the names of months, whatever the system speaks."""
    return QLocale(_spoken[0])


def of_system(wished: list[str]) -> str:
    """The first of the system's languages that we speak; English when there is none. Traditional Chinese is
    none of ours."""
    for each in wished:
        parts = each.replace("_", "-").split("-")
        if parts[0] == "zh" and not {"Hant", "TW", "HK", "MO"} & set(parts):
            return "zh_CN"
        if parts[0] == "en":
            return "en"
    return "en"


def _load(name: str, folder: str) -> None:
    translator = QTranslator()
    if translator.load(name, folder):
        QCoreApplication.installTranslator(translator)
        _installed.append(translator)
