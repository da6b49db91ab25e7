"""The rules of the house, checked by the same command as everything else."""

import ast
import importlib.metadata
import re
import subprocess
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
SOURCES = [
    file for part in ("core", "desktop", "packaging", "benchmarks") for file in (ROOT / part).rglob("*.py")
]
TEXTS = [
    file for file in ROOT.rglob("*.md") if not {".venv", "out", ".git"} & set(file.relative_to(ROOT).parts)
]
MOST_LINES = 50


def check(*command: str) -> None:
    done = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_imports_go_one_way():
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_ruff_finds_nothing():
    check("ruff", "check", "--no-cache")


def test_types_hold():
    check("mypy")


def test_recipes_and_tests_are_no_packages():
    """packaging/__init__.py would shadow the library that torch and transformers import."""
    found = [
        file for part in ("packaging", "tests", "benchmarks") for file in (ROOT / part).rglob("__init__.py")
    ]
    assert found == []


def test_functions_are_short_and_finished():
    # A migration is a list of columns.
    for file in (file for file in SOURCES if file.parent.name != "versions"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = node.end_lineno - node.lineno + 1
                assert length <= MOST_LINES, (
                    f"{file.relative_to(ROOT)}:{node.lineno} {node.name}: {length} lines"
                )
                assert not is_stub(node), f"{file}: {node.name} is not written"


def is_stub(function) -> bool:
    """Whether all it does is to say that it is not written."""
    body = [part for part in function.body if not isinstance(getattr(part, "value", None), ast.Constant)]
    return len(body) == 1 and isinstance(body[0], ast.Raise) and "NotImplementedError" in ast.dump(body[0])


@pytest.mark.parametrize("file", SOURCES, ids=lambda file: str(file.relative_to(ROOT)))
def test_nothing_is_left_to_do(file):
    assert not re.search(r"\b(TODO|FIXME|XXX)\b", file.read_text("utf-8"))


def test_the_window_imports_nothing_heavy():
    heavy = re.compile(
        r"^\s*(import|from) (torch|diffusers|transformers|insightface|onnxruntime|cv2|scipy)\b", re.M
    )
    for file in (ROOT / "desktop").rglob("*.py"):
        assert not heavy.search(file.read_text("utf-8")), file


def third_party() -> dict[str, str]:
    """Package → licence, as THIRD_PARTY.md lists them."""
    table = (ROOT / "THIRD_PARTY.md").read_text("utf-8").split("## Packages")[1].split("## Models")[0]
    rows = [
        [cell.strip() for cell in line.split("|")[1:3]] for line in table.splitlines() if line.startswith("|")
    ]
    return dict(rows[2:])


def pinned() -> list[str]:
    lines = (ROOT / "packaging" / "constraints.txt").read_text().splitlines()
    return [canonicalize_name(Requirement(line).name) for line in lines if line and not line.startswith("#")]


def test_every_pinned_package_is_listed_and_no_other():
    assert sorted(third_party()) == sorted(pinned())
    assert all(third_party().values())


@pytest.mark.parametrize("name", pinned())
def test_licences_are_those_the_packages_state(name):
    try:
        stated = importlib.metadata.metadata(name).get("License-Expression")
    except importlib.metadata.PackageNotFoundError:
        pytest.skip("not installed on this platform")
    if stated:
        assert third_party()[name] == stated


@pytest.mark.parametrize("name", pinned())
def test_no_package_forces_its_licence_on_us(name):
    licence = third_party()[name]
    assert not re.search(r"\b(AGPL|GPL)", licence) or "LGPL" in licence, f"{name}: {licence}"


@pytest.mark.parametrize("file", TEXTS, ids=lambda file: str(file.relative_to(ROOT)))
def test_links_in_the_documents_lead_somewhere(file):
    for target in re.findall(r"\]\(([^)#\s]+)", file.read_text("utf-8")):
        if not target.startswith(("http://", "https://", "mailto:")):
            assert (file.parent / target).exists(), f"{file.name} links to {target}"


def test_each_embedded_model_has_its_licence_beside_it():
    for folder in (ROOT / "resources" / "models").iterdir():
        if folder.is_dir():
            assert list(folder.glob("LICENSE*")), folder
