"""The computer as something that sleeps, is shut down, and has a battery: one Protocol, so that no test ever
touches the real one."""

import subprocess
import sys
from typing import Any, Protocol

import psutil

from core.errors import KnownError
from core.log import log

ANSWER_SECONDS = 30.0
COMMANDS = {
    ("linux", "sleep"): ["systemctl", "suspend"],
    ("linux", "shut down"): ["systemctl", "poweroff"],
    ("darwin", "sleep"): ["pmset", "sleepnow"],
    ("darwin", "shut down"): ["osascript", "-e", 'tell application "System Events" to shut down'],
    ("win32", "sleep"): ["rundll32.exe", "powrprof.dll,SetSuspendState", "0,1,0"],
    ("win32", "shut down"): ["shutdown.exe", "/s", "/t", "0"],
}


class Power(Protocol):
    def on_battery(self) -> bool:
        """Whether a battery is being emptied."""
        ...

    def stay_awake(self) -> bool | None:
        """Keeps the computer from sleeping by itself until `rest`, in the thread that asks; the screen may go
        dark. False where the system does not allow it; None where nobody wants it."""
        ...

    def rest(self) -> None:
        """The computer may sleep again."""
        ...

    def sleep(self) -> None:
        """Puts it to sleep. Raises KnownError when the system refuses."""
        ...

    def shut_down(self) -> None:
        """Shuts it down. Raises KnownError when the system refuses."""
        ...


class LeftAlone:
    """A computer on mains power whose sleep is nobody's business."""

    def on_battery(self) -> bool:
        return False

    def stay_awake(self) -> None: ...

    def rest(self) -> None: ...

    def sleep(self) -> None: ...

    def shut_down(self) -> None: ...


class ThisComputer:
    """The real one. `use_battery`: the battery may be emptied, and is not asked about."""

    def __init__(self, use_battery: bool = False) -> None:
        self._awake: Any = None
        self._use_battery = use_battery

    def on_battery(self) -> bool:
        if self._use_battery:
            return False
        try:
            battery = psutil.sensors_battery()
        except (AttributeError, OSError):  # no sensors on this system
            return False
        return battery is not None and battery.power_plugged is False

    def stay_awake(self) -> bool:
        if self._awake is None:
            from wakepy import keep

            self._awake = keep.running(on_fail="pass")
            self._awake.__enter__()
            if not self._awake.active:
                log("power").info("the system does not allow to be kept awake")
        return bool(self._awake.active)

    def rest(self) -> None:
        awake, self._awake = self._awake, None
        if awake is not None:
            awake.__exit__(None, None, None)

    def sleep(self) -> None:
        _run("sleep")

    def shut_down(self) -> None:
        _run("shut down")


def this_computer(use_battery: bool = False) -> Power:
    return ThisComputer(use_battery)


def _run(action: str) -> None:
    command = COMMANDS.get((sys.platform, action))
    if command is None:
        raise KnownError(f"Likeness does not know how to make this computer {action}.")
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=ANSWER_SECONDS)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise KnownError(f"This computer could not be made to {action}: {error}.") from error
    if done.returncode:
        why = done.stderr.strip() or f"{command[0]} ended with {done.returncode}"
        raise KnownError(f"This computer refused to {action}: {why}.")
