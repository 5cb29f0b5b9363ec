"""Small jobs for tests of pools. Other processes must be able to import them, so they stand in a folder of their own.

What a job gives need not be entries of a store: a pool hands on whatever it is.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class TwoReasons(Exception):
    """Made from two arguments and holding one text: pickle cannot make it again."""

    def __init__(self, first, second):
        super().__init__(f"{first} and {second}")


@dataclass(frozen=True)
class Wait:
    """Lives `weeks` short weeks; gives the process, its parent, and when it began and ended."""

    weeks: int = 1
    seconds: float = 0.01

    def run(self, check):
        began = time.time()
        for week in range(self.weeks):
            time.sleep(self.seconds)
            check(week)
        return [(os.getpid(), os.getppid(), began, time.time())]


@dataclass(frozen=True)
class WaitBeside:
    """Writes its process into a folder, and then waits until there is a file called `go`."""

    folder: str

    def run(self, check):
        Path(self.folder, f"{os.getpid()}.living").touch()
        while not Path(self.folder, "go").exists():
            time.sleep(0.02)
            check()
        return [os.getpid()]


@dataclass(frozen=True)
class Raise:
    """Raises; what is raised is made there, not sent."""

    what: str = "ValueError"

    def run(self, check):
        raise {"ValueError": ValueError("wrong"), "TwoReasons": TwoReasons(1, 2), "SystemExit": SystemExit(3)}[self.what]


@dataclass(frozen=True)
class Give:
    """Gives so many bytes."""

    size: int

    def run(self, check):
        return [bytes(self.size)]


@dataclass(frozen=True)
class GiveWhatCannotBeSent:
    """Gives a lock."""

    def run(self, check):
        return [threading.Lock()]


@dataclass(frozen=True)
class Hold:
    """Something that may be impossible to send."""

    what: Any

    def run(self, check):
        return [type(self.what).__name__]


@dataclass(frozen=True)
class Look:
    """What a process has: environment, deafness to Ctrl-C, modules, and the names of its threads."""

    names: tuple[str, ...] = ()

    def run(self, check):
        deaf = signal.getsignal(signal.SIGINT) is signal.SIG_IGN
        return [{name: os.environ.get(name) for name in self.names}, deaf, sorted(sys.modules)]


@dataclass(frozen=True)
class Die:
    """Kills its own process, after a while; or only if no process has done so before, where a file is named."""

    after: float = 0.0
    once: str = ""

    def run(self, check):
        if self.once and Path(self.once).exists():
            return ["lived"]
        if self.once:
            Path(self.once).touch()
        time.sleep(self.after)
        return os.kill(os.getpid(), signal.SIGKILL)


@dataclass(frozen=True)
class DieWhileSending:
    """Kills its own process when it has begun to send what it gives."""

    size: int = 50_000_000

    def run(self, check):
        threading.Thread(target=self._watch, daemon=True).start()
        return [bytes(self.size)]

    def _watch(self):
        while not any(self._is_sending(frame) for frame in sys._current_frames().values()):
            time.sleep(0.0005)
        os.kill(os.getpid(), signal.SIGKILL)

    def _is_sending(self, frame):
        return frame is not None and (frame.f_code.co_name == "_send_bytes" or self._is_sending(frame.f_back))
