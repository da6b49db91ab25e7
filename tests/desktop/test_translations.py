"""The window's words: all of them can be translated, none is missing from the catalogue, none lost its
values."""

import ast
import importlib.util
import re
from datetime import date, datetime
from pathlib import Path
from string import Formatter

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication

from desktop import i18n, words

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "desktop").rglob("*.py"))
CATALOGUE = ROOT / "resources" / "translations" / "likeness_zh_CN.ts"
SHOWN = {
    "QLabel": (0,), "QPushButton": (0,), "QCheckBox": (0,), "QRadioButton": (0,), "QAction": (0,),
    "QGroupBox": (0,), "text": (0,), "button": (0, 4), "icon_button": (1,), "setText": (0,),
    "setToolTip": (0,), "setWindowTitle": (0,), "setPlaceholderText": (0,), "setAccessibleName": (0,),
    "setAccessibleDescription": (0,), "setInformativeText": (0,), "addAction": (0, 1), "addMenu": (0,),
    "addTab": (1,), "addButton": (0,), "addItem": (0,), "addRow": (0,), "say": (0,), "EmptyState": (1, 2),
    "add": (0, 2), "add_wide": (0, 2), "KnownError": (0,), "ChoreResult": (0,), "ProgressLine": (0,),
    "getSaveFileName": (1, 3), "getOpenFileNames": (1, 3), "getOpenFileName": (1, 3),
    "getExistingDirectory": (1,), "warning": (1, 2), "question": (1, 2),
}  # fmt: skip
"""What shows words, and at which of its places they stand."""
NAMED = {"tip", "placeholderText", "title", "toolTip", "suffix", "prefix", "windowTitle"}
PRODUCT = "Likeness"
KNOWN = (ast.Constant, ast.Name, ast.Attribute, ast.Subscript, ast.IfExp, ast.Call)
"""What `tr` may be given: a literal, or the name of one that `noop` marked."""


def _command():
    spec = importlib.util.spec_from_file_location("translations", ROOT / "packaging" / "translations.py")
    module = importlib.util.module_from_spec(spec)
    import sys

    sys.modules["translations"] = module
    spec.loader.exec_module(module)
    return module


translations = _command()
MESSAGES = [each for each in translations.read(CATALOGUE) if each.where]


def calls(file: Path) -> list[ast.Call]:
    return [node for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.Call)]


EVERY = [(file, call) for file in FILES for call in calls(file)]


def name_of(call: ast.Call) -> str:
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def test_the_catalogue_has_every_text_of_the_window():
    missing = {each.source for each in translations.said()} - {each.source for each in MESSAGES}
    assert not missing, "Run: python packaging/translations.py"


def test_what_is_translated_is_known_beforehand():
    for file, call in EVERY:
        if name_of(call) in ("tr", "noop"):
            kinds = (ast.Constant,) if name_of(call) == "noop" else KNOWN
            where = f"{file.name}:{call.lineno}: no literal, nor a name of one"
            assert isinstance(call.args[0], kinds), where


def test_no_word_is_shown_untranslated():
    escaped = [f"{file.name}:{call.lineno} {name_of(call)}" for file, call in EVERY if bare(call)]
    assert not escaped


def bare(call: ast.Call) -> bool:
    """Whether words are shown that nobody can translate."""
    places = SHOWN.get(name_of(call), ())
    parts = [call.args[at] for at in places if at < len(call.args)]
    parts += [each.value for each in call.keywords if each.arg in NAMED]
    return any(worded(part) for part in parts)


def worded(part: ast.expr) -> bool:
    match part:
        case ast.Constant(value=str(text)):
            return bool(re.search(r"[A-Za-z]{2}", text)) and text != PRODUCT
        case ast.JoinedStr(values=values):
            return any(worded(value) for value in values)
        case ast.IfExp(body=one, orelse=other) | ast.BinOp(left=one, right=other):
            return worded(one) or worded(other)
        case ast.BoolOp(values=values):
            return any(worded(value) for value in values)
    return False


def test_such_a_word_is_found():
    assert bare(ast.parse('QLabel("Hello")', mode="eval").body)
    assert bare(ast.parse('messages.say(f"{count} of them")', mode="eval").body)
    assert not bare(ast.parse('QLabel(tr("Hello"))', mode="eval").body)


def test_what_is_counted_has_its_words():
    for file, call in EVERY:
        if name_of(call) == "many" and isinstance(call.args[1], ast.Constant):
            assert call.args[1].value in words.NOUNS, f"{file.name}:{call.lineno}"


def test_translations_keep_the_values():
    for each in MESSAGES:
        if each.translation:
            assert fields(each.translation) == fields(each.source), each.source


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.fixture
def chinese(qapp: QApplication):
    assert i18n.install("zh_CN") == "zh_CN"
    yield
    i18n.install("en")


def test_the_window_reads_what_the_catalogue_says(chinese: None):
    """The .qm file is made from the .ts file as it is."""
    wrong = [each.source for each in MESSAGES if i18n.tr(each.source) != (each.translation or each.source)]
    assert wrong == [], "Run: python packaging/translations.py"


def test_qts_own_words_are_translated_too(chinese: None):
    assert QCoreApplication.translate("QPlatformTheme", "Cancel") == "取消"


def test_values_are_filled_in(chinese: None):
    assert "12" in words.many(12, "picture")


def test_days_are_said_in_the_windows_language(chinese: None):
    assert words.day(date(2026, 5, 3)) == "2026年5月3日"
    i18n.install("en")
    assert words.moment(datetime(2026, 5, 3, 9, 5)) == "3 May 2026, 09:05"


def test_english_needs_no_catalogue(qapp: QApplication):
    assert i18n.install("en") == "en"
    assert words.many(1, "picture") == "1 picture"
    assert words.many(12_000, "person") == "12,000 people"


@pytest.mark.parametrize(
    ("wished", "spoken"),
    [
        (["zh-Hans-CN", "zh-CN", "en-US"], "zh_CN"),
        (["zh_CN"], "zh_CN"),
        (["zh-Hant-TW", "en"], "en"),
        (["de-DE", "zh-CN"], "zh_CN"),
        (["de-DE"], "en"),
        ([], "en"),
    ],
)
def test_the_systems_language_is_taken_where_we_speak_it(wished: list[str], spoken: str):
    assert i18n.of_system(wished) == spoken


def test_what_vanished_is_kept_for_later(tmp_path: Path):
    message = translations.Message
    file = tmp_path / "likeness_xx.ts"
    old = [message("Gone", "Weg", "desktop/a.py"), message("Stays", "Bleibt", "desktop/a.py")]
    new = [message("Stays", "", "desktop/b.py"), message("New <&>", "", "desktop/b.py")]
    translations.write(file, translations.merged(new, old))
    assert translations.read(file) == [
        message("Stays", "Bleibt", "desktop/b.py"),
        message("New <&>", "", "desktop/b.py"),
        message("Gone", "Weg", ""),
    ]
