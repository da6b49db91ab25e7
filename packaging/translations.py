"""Brings the window's catalogues up to date: `python packaging/translations.py [--language zh_CN]`.

Every literal given to `tr` and `noop` in desktop/ comes into resources/translations/likeness_LANGUAGE.ts, in
Qt Linguist's format; what is translated stays, and what the window no longer says is kept as vanished.
pyside6-lupdate finds no `noop` and puts every text into a context without a name, so this looks itself;
pyside6-lrelease then makes the .qm file that the window reads.
"""

import argparse
import ast
import subprocess
import sys
import xml.etree.ElementTree as xml
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CATALOGUES = ROOT / "resources" / "translations"
CONTEXT = "Likeness"
MARKS = ("tr", "noop")


@dataclass(frozen=True)
class Message:
    """`where`: the file that says it first, from the project's folder; "" when none does any more."""

    source: str
    translation: str = ""
    where: str = ""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--language", default="zh_CN")
    file = CATALOGUES / f"likeness_{parser.parse_args().language}.ts"
    messages = merged(said(), read(file) if file.exists() else [])
    file.parent.mkdir(parents=True, exist_ok=True)
    write(file, messages)
    open_ones = [each for each in messages if each.where and not each.translation]
    print(f"{file.name}: {len(messages)} texts, {len(open_ones)} not translated yet.")
    released = Path(sys.executable).with_name("pyside6-lrelease")
    return subprocess.run([released, "-silent", file, "-qm", file.with_suffix(".qm")], check=False).returncode


def said(folder: Path = ROOT / "desktop") -> list[Message]:
    """What the window says, in the order of its files."""
    found: dict[str, str] = {}
    for file in sorted(folder.rglob("*.py")):
        for text in marked(ast.parse(file.read_text("utf-8"))):
            found.setdefault(text, file.relative_to(ROOT).as_posix())
    return [Message(text, where=where) for text, where in found.items()]


def marked(tree: ast.AST) -> Iterator[str]:
    """The literals given to `tr` and `noop`."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name), args=[ast.Constant(value=str(text)), *_]) if name in MARKS:
                yield text


def merged(new: list[Message], old: list[Message]) -> list[Message]:
    """`new` with what was translated already, then what vanished."""
    known = {each.source: each.translation for each in old}
    kept = [Message(each.source, known.get(each.source, ""), each.where) for each in new]
    there = {each.source for each in new}
    return kept + [Message(each.source, each.translation) for each in old if _gone(each, there)]


def _gone(message: Message, there: set[str]) -> bool:
    return message.source not in there and bool(message.translation)


def read(file: Path) -> list[Message]:
    found = []
    for each in xml.parse(file).getroot().iter("message"):
        place = each.find("location")
        where = place.get("filename", "") if place is not None else ""
        found.append(
            Message(each.findtext("source") or "", each.findtext("translation") or "", where[len("../../") :])
        )
    return found


def write(file: Path, messages: list[Message]) -> None:
    root = xml.Element("TS", version="2.1", language=file.stem.removeprefix("likeness_"), sourcelanguage="en")
    context = xml.SubElement(root, "context")
    xml.SubElement(context, "name").text = CONTEXT
    for each in messages:
        entry = xml.SubElement(context, "message")
        if each.where:
            xml.SubElement(entry, "location", filename=f"../../{each.where}")
        xml.SubElement(entry, "source").text = each.source
        translation = xml.SubElement(entry, "translation")
        translation.text = each.translation
        if not each.where:
            translation.set("type", "vanished")
        elif not each.translation:
            translation.set("type", "unfinished")
    xml.indent(root, "  ")
    text = xml.tostring(root, encoding="unicode", short_empty_elements=False)
    file.write_text(f'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n{text}\n', "utf-8")


if __name__ == "__main__":
    sys.exit(main())
