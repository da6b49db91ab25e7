"""The two commands: standard library only, one pinned environment, clear words when something is missing."""

import ast
import importlib.metadata
import importlib.util
import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
RECIPES = ROOT / "packaging"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def load(name: str, monkeypatch):
    """One of the scripts as a module, its siblings found as when it is started by its path."""
    monkeypatch.syspath_prepend(str(RECIPES))
    for sibling in ("setup_venv", "python_version"):
        monkeypatch.delitem(sys.modules, sibling, raising=False)
    spec = importlib.util.spec_from_file_location(f"recipe_{name}", RECIPES / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def setup(tmp_path, monkeypatch):
    """setup_venv on a folder of its own; `calls` are the pip commands, answered by `answers`."""
    module = load("setup_venv", monkeypatch)
    (tmp_path / "pyproject.toml").write_text('[dependency-groups]\ntest = ["pytest>=9"]\n')
    (tmp_path / "constraints.txt").write_text("torch==2.13.0\n")
    venv = tmp_path / ".venv"
    names = {"ROOT": tmp_path, "VENV": venv, "STAMP": venv / "likeness.json", "LOG": venv / "install.log"}
    for name, value in (names | {"CONSTRAINTS": tmp_path / "constraints.txt"}).items():
        monkeypatch.setattr(module, name, value)
    module.calls, module.answers = [], []

    def pip(*arguments, constrained=False):
        module.calls.append(arguments)
        return module.answers.pop(0) if module.answers else True

    def make_venv():
        module.python().parent.mkdir(parents=True, exist_ok=True)
        module.python().touch()

    monkeypatch.setattr(module, "_pip", pip)
    monkeypatch.setattr(module, "_make_venv", make_venv)
    return module


def pins() -> dict[str, Requirement]:
    lines = (RECIPES / "constraints.txt").read_text().splitlines()
    found = [Requirement(line) for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(requirement.name): requirement for requirement in found}


def test_the_folder_does_not_shadow_the_packaging_library():
    assert not (RECIPES / "__init__.py").exists()
    import packaging

    assert "site-packages" in packaging.__file__


def test_only_the_standard_library_is_needed():
    scripts = [RECIPES / f"{name}.py" for name in ("run", "test", "setup_venv", "python_version")]
    for script in scripts:
        nodes = list(ast.walk(ast.parse(script.read_text("utf-8"))))
        names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
        names += [node.module for node in nodes if isinstance(node, ast.ImportFrom)]
        allowed = sys.stdlib_module_names | {file.stem for file in scripts}
        assert {name.split(".")[0] for name in names} <= allowed, script


@pytest.mark.parametrize("script", ["run.py", "test.py"])
@pytest.mark.parametrize("version", [(3, 8, 18), (3, 10, 13), (3, 14, 0)])
def test_another_python_gets_a_clear_message(script, version):
    code = (
        f"import platform, runpy, sys; sys.version_info = {version!r}; "
        f"platform.python_version = lambda: {'.'.join(map(str, version))!r}; "
        f"sys.path.insert(0, {str(RECIPES)!r}); "
        f"runpy.run_path({str(RECIPES / script)!r}, run_name='__main__')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith("Likeness needs Python 3.11, 3.12 or 3.13; this is Python 3.")
    assert "Traceback" not in done.stderr


def test_every_line_is_a_full_pin():
    for name, requirement in pins().items():
        assert [specifier.operator for specifier in requirement.specifier] == ["=="], name


def test_pins_agree_with_what_the_project_asks_for():
    asked = PROJECT["project"]["dependencies"] + PROJECT["dependency-groups"]["test"]
    for requirement in map(Requirement, asked):
        pin = next(iter(pins()[canonicalize_name(requirement.name)].specifier)).version
        if requirement.marker is None or requirement.marker.evaluate():
            assert requirement.specifier.contains(pin), f"{requirement} but pinned to {pin}"


def test_everything_the_project_pulls_in_is_pinned_and_is_what_is_installed():
    asked = PROJECT["project"]["dependencies"] + PROJECT["dependency-groups"]["test"]
    seen, waiting = set(), [(Requirement(line), "") for line in asked]
    while waiting:
        requirement, extra = waiting.pop()
        name = canonicalize_name(requirement.name)
        if requirement.marker and not requirement.marker.evaluate({"extra": extra}):
            continue
        fresh = {(name, each) for each in {"", *requirement.extras}} - seen
        if not fresh or is_cuda_only(name):
            continue
        assert name in pins(), f"{name} is not in packaging/constraints.txt"
        installed = importlib.metadata.version(name).split("+")[0]
        assert pins()[name].specifier.contains(installed), (
            f"{name} {installed} is installed, {pins()[name]} is pinned"
        )
        seen |= fresh
        waiting += [
            (Requirement(line), each) for line in importlib.metadata.requires(name) or [] for _, each in fresh
        ]


def is_cuda_only(name: str) -> bool:
    """What PyTorch's CUDA build pins itself."""
    return name.startswith(("nvidia-", "cuda-")) or name == "triton"


def test_the_first_time_installs_torch_then_the_project(setup):
    setup.ready()
    torch, project = setup.calls
    assert torch == ("install", "--no-index", "--no-deps", "torch==2.13.0")
    assert project[:4] == ("install", "-c", str(setup.CONSTRAINTS), "-e")
    assert "pytest>=9" not in project


def test_the_second_time_pip_is_not_called(setup):
    setup.ready()
    setup.calls.clear()
    assert setup.ready() == setup.python()
    assert setup.calls == []


def test_tests_add_their_own_packages_once_and_run_accepts_them(setup):
    setup.ready()
    setup.ready(tests=True)
    assert "pytest>=9" in setup.calls[-1]
    setup.calls.clear()
    setup.ready(tests=True)
    setup.ready()
    assert setup.calls == []


@pytest.mark.parametrize("file", ["constraints.txt", "pyproject.toml"])
def test_a_changed_pin_installs_again(setup, file, tmp_path):
    setup.ready()
    setup.calls.clear()
    with (tmp_path / file).open("a") as text:
        text.write("# changed\n")
    setup.ready()
    assert setup.calls


def test_an_installation_that_was_cut_off_is_done_again(setup):
    setup.answers = [True, False]
    with pytest.raises(SystemExit):
        setup.ready()
    assert not setup.STAMP.exists()
    setup.ready()
    assert json.loads(setup.STAMP.read_text())["torch"] == "cpu"


def test_the_cpu_build_is_looked_for_locally_then_at_pytorchs_own_index(setup, monkeypatch):
    monkeypatch.setattr(setup.sys, "platform", "linux")
    setup.answers = [False, True]
    setup.ready("cpu")
    assert "--no-index" in setup.calls[0]
    assert setup.PYTORCH_CPU_INDEX in setup.calls[1]


@pytest.mark.parametrize(("flavour", "platform"), [("cuda", "linux"), ("cpu", "darwin"), ("cpu", "win32")])
def test_elsewhere_the_plain_index_has_the_right_build(setup, monkeypatch, flavour, platform):
    monkeypatch.setattr(setup.sys, "platform", platform)
    assert setup._torch_sources(flavour) == [["-c", str(setup.CONSTRAINTS)]]


@pytest.mark.parametrize(("answers", "flavour"), [(True, "cuda"), (False, "cpu")])
def test_auto_asks_whether_there_is_a_card(setup, monkeypatch, answers, flavour):
    monkeypatch.setattr(setup, "_answers", lambda command: answers)
    setup.ready("auto")
    assert json.loads(setup.STAMP.read_text())["torch"] == flavour


def test_another_flavour_replaces_torch_and_stays_chosen(setup):
    setup.ready("cpu")
    setup.calls.clear()
    setup.ready("cuda")
    assert setup.calls[0] == ("uninstall", "-y", "torch")
    setup.calls.clear()
    setup.ready()
    assert setup.calls == []


def test_offline_says_what_to_do(setup):
    setup.answers = [False, False]

    def write(*_):
        setup.python().parent.mkdir(parents=True, exist_ok=True)
        setup.LOG.parent.mkdir(exist_ok=True)

    setup._make_venv = write
    original = setup._install_torch

    def offline(flavour):
        setup.LOG.write_text("WARNING: NewConnectionError: Failed to establish a new connection\n")
        original(flavour)

    setup._install_torch = offline
    with pytest.raises(SystemExit, match="offline") as stop:
        setup.ready()
    assert "PIP_FIND_LINKS" in str(stop.value)
    assert "Nothing is lost" in str(stop.value)


@pytest.fixture
def run(tmp_path, monkeypatch):
    """run.py with every program it would start written down instead; `run.codes` are their exit codes."""
    module = load("run", monkeypatch)
    module.started, module.codes = [], []
    monkeypatch.setattr(module.setup_venv, "ready", lambda torch=None: tmp_path / "python")

    def call(command, cwd):
        module.started.append(command[1:])
        return module.codes.pop(0) if module.codes else 0

    monkeypatch.setattr(module.subprocess, "call", call)
    monkeypatch.setenv("DISPLAY", ":0")
    return module


def started(run, monkeypatch, *arguments) -> int:
    monkeypatch.setattr(sys, "argv", ["run.py", *map(str, arguments)])
    return run.main()


def test_run_makes_the_demo_then_opens_the_window_on_it(run, monkeypatch, tmp_path):
    assert started(run, monkeypatch, "--home", tmp_path / "h", "--out", tmp_path / "o") == 0
    demo, window = run.started
    assert demo == ["-m", "core.cli", "--home", str(tmp_path / "h"), "demo", "--out", str(tmp_path / "o")]
    assert window == ["-m", "desktop", "--home", str(tmp_path / "h")]


@pytest.mark.parametrize("why", ["headless", "no display"])
def test_without_a_screen_there_is_no_window(run, monkeypatch, why):
    if why == "no display":
        monkeypatch.delenv("DISPLAY")
        monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
        monkeypatch.setattr(run.sys, "platform", "linux")
    assert started(run, monkeypatch, *["--headless"] * (why == "headless")) == 0
    assert len(run.started) == 1


def test_a_failed_demo_is_the_commands_failure(run, monkeypatch):
    run.codes = [1]
    assert started(run, monkeypatch) == 1
    assert len(run.started) == 1


def test_test_py_hands_its_options_to_pytest(monkeypatch, tmp_path):
    module = load("test", monkeypatch)
    asked = []
    monkeypatch.setattr(
        module.setup_venv, "ready", lambda torch, tests: asked.append((torch, tests)) or "python"
    )
    monkeypatch.setattr(module.subprocess, "call", lambda command, cwd: asked.append(command) or 0)
    monkeypatch.setattr(sys, "argv", ["test.py", "--torch", "cpu", "tests/core", "-k", "queue"])
    assert module.main() == 0
    assert asked == [("cpu", True), ["python", "-m", "pytest", "tests/core", "-k", "queue"]]
