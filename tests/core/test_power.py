"""The real computer's commands, none of which is run."""

import subprocess
import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import psutil
import pytest

from core import power
from core.errors import KnownError
from core.power import ThisComputer


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What would have been run."""
    ran: list[list[str]] = []

    def run(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        ran.append(command)
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(power.subprocess, "run", run)
    return ran


@pytest.mark.parametrize(
    ("platform", "sleeps", "ends"),
    [
        ("linux", "systemctl suspend", "systemctl poweroff"),
        ("darwin", "pmset sleepnow", 'osascript -e tell application "System Events" to shut down'),
        ("win32", "rundll32.exe powrprof.dll,SetSuspendState 0,1,0", "shutdown.exe /s /t 0"),
    ],
)
def test_each_platforms_own_commands(
    monkeypatch: pytest.MonkeyPatch, commands: list[list[str]], platform: str, sleeps: str, ends: str
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    ThisComputer().sleep()
    ThisComputer().shut_down()
    assert [" ".join(command) for command in commands] == [sleeps, ends]


def test_another_platform_is_told(monkeypatch: pytest.MonkeyPatch, commands: list[list[str]]) -> None:
    monkeypatch.setattr(sys, "platform", "plan9")
    with pytest.raises(KnownError, match="does not know how to make this computer sleep"):
        ThisComputer().sleep()
    assert commands == []


def missing(*_: Any, **__: Any) -> None:
    raise FileNotFoundError("systemctl")


def refused(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.CompletedProcess(command, 1, "", "Interactive authentication required.\n")


@pytest.mark.parametrize(
    ("run", "said"), [(missing, "could not be made to shut down"), (refused, "authentication required")]
)
def test_a_refusal_is_told_in_words(
    monkeypatch: pytest.MonkeyPatch, run: Callable[..., Any], said: str
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(power.subprocess, "run", run)
    with pytest.raises(KnownError, match=said):
        ThisComputer().shut_down()


@pytest.mark.parametrize(
    ("battery", "emptied"),
    [
        (None, False),
        (SimpleNamespace(power_plugged=True), False),
        (SimpleNamespace(power_plugged=None), False),
        (SimpleNamespace(power_plugged=False), True),
    ],
)
def test_the_battery(monkeypatch: pytest.MonkeyPatch, battery: object, emptied: bool) -> None:
    monkeypatch.setattr(psutil, "sensors_battery", lambda: battery, raising=False)
    assert ThisComputer().on_battery() is emptied


def test_a_system_without_sensors_has_no_battery(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(psutil, "sensors_battery", raising=False)
    assert not ThisComputer().on_battery()


@pytest.mark.parametrize("allowed", [True, False])
def test_it_is_kept_awake_once_and_let_go_once(monkeypatch: pytest.MonkeyPatch, allowed: bool) -> None:
    calls: list[str] = []

    class Mode:
        active = allowed

        def __enter__(self) -> None:
            calls.append("awake")

        def __exit__(self, *_: object) -> None:
            calls.append("rest")

    monkeypatch.setattr("wakepy.keep.running", lambda **_: Mode())
    computer = ThisComputer()
    assert [computer.stay_awake(), computer.stay_awake()] == [allowed, allowed]
    computer.rest()
    computer.rest()
    assert calls == ["awake", "rest"]
