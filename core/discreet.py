"""What the program says, without what it says it of: names, prompts and paths stand in the gaps of its own
sentences, and only those sentences are kept.

Nothing is guessed about a name: what is not written in this program's source does not come through.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

PROGRAM = Path(__file__).resolve().parent.parent
GAP = "…"
LEAST_LETTERS = 8
"""A sentence with fewer letters of its own says nothing of where it is from."""
MOST_LENGTH = 2000
_SLOT = re.compile(r"\{\w*\}|%[sdr]")
_FRAME = re.compile(r'\s*File "(?P<file>[^"]+)", line (?P<line>\d+)(?:,)? in (?P<name>[\w<>.]+)')
_ENDED = re.compile(r"Fatal Python error: \w[\w ]*|[A-Z]\w*(Error|Exception)\b|.*hread 0x\w+ \(most recent.*")


def plain(text: str) -> str:
    """A message of this program with “…” for all that was put into it; “…” alone for any other text."""
    text = " ".join(text.split())[:MOST_LENGTH]
    if whole := _written(text):
        return whole
    sentences = [_written(each) or GAP for each in re.split(r"(?<=[.!?:]) ", text)]
    return re.sub(rf"{GAP}( {GAP})+", GAP, " ".join(sentences))


def trace(lines: list[str]) -> list[str]:
    """What the last lines of a program that died say of where it was: frames, and the kind of fault."""
    kept = []
    for line in lines:
        if frame := _FRAME.match(line):
            kept.append(f"  {source(frame['file'])}:{frame['line']} in {frame['name']}")
        elif ended := _ENDED.match(line.strip()):
            kept.append(f"  {ended[0]}")
    return kept


def source(file: str) -> str:
    """A source file without the folders it is installed in, which may name somebody."""
    parts = Path(file).parts
    if "site-packages" in parts:
        return "/".join(parts[parts.index("site-packages") + 1 :])
    if Path(file).is_relative_to(PROGRAM):
        return Path(file).relative_to(PROGRAM).as_posix()
    return parts[-1] if parts else file


@lru_cache(256)
def _written(text: str) -> str:
    """The sentence of the source that `text` is, with gaps; "" when there is none. The one with most letters
    of its own counts."""
    found = [said for pattern, said in _sentences() if pattern.fullmatch(text)]
    return max(found, key=_letters, default="")


@cache
def _sentences() -> list[tuple[re.Pattern[str], str]]:
    said = {each for file in (PROGRAM / "core").rglob("*.py") for each in _said_in(file)}
    return [(_pattern(each), each) for each in said if _letters(each) >= LEAST_LETTERS]


def _said_in(file: Path) -> Iterator[str]:
    """Every text of a source file but its docstrings, with gaps where something is put in."""
    tree = ast.parse(file.read_text("utf-8"))
    silent = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    silent |= {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if id(node) in silent:
            continue
        if isinstance(node, ast.JoinedStr):
            parts = [str(part.value) if isinstance(part, ast.Constant) else GAP for part in node.values]
            yield " ".join("".join(parts).split())
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
            yield " ".join(_SLOT.sub(GAP, node.value).split())


def _pattern(said: str) -> re.Pattern[str]:
    return re.compile(".+?".join(map(re.escape, said.split(GAP))), re.DOTALL)


def _letters(said: str) -> int:
    return sum(letter.isalpha() for letter in said)
