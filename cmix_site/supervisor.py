"""Run a few processes as one: each in its own process group, all ended when one ends or a signal comes.

Ending only a leader would leave its children behind: an orphaned beat keeps publishing.
"""

import contextlib
import logging
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import FrameType

logger = logging.getLogger(__name__)
GRACE_SECONDS = 10.0
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass
class Part:
    name: str
    process: subprocess.Popen[bytes]

    def send(self, how: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, how)

    @property
    def group_lives(self) -> bool:
        self.process.poll()  # a leader that ended would stay in the group as a zombie
        try:
            os.killpg(self.process.pid, 0)
        except ProcessLookupError:
            return False
        return True


class Supervisor:
    def __init__(self, environment: Mapping[str, str], folder: str) -> None:
        self.environment, self.folder = dict(environment), folder
        self.parts: list[Part] = []
        self.asked_by: signal.Signals | None = None

    def listen(self) -> None:
        """From now on a signal asks us to end, instead of ending us before the others."""
        for number in SIGNALS:
            signal.signal(number, self._asked)

    def _asked(self, number: int, frame: FrameType | None) -> None:
        self.asked_by = signal.Signals(number)

    def start(self, name: str, command: Sequence[str]) -> None:
        process = subprocess.Popen(
            command, cwd=self.folder, env=self.environment, start_new_session=True, stdin=subprocess.DEVNULL
        )
        self.parts.append(Part(name, process))

    @property
    def ended(self) -> Part | None:
        return next((part for part in self.parts if part.process.poll() is not None), None)

    def watch(self) -> int:
        """Wait for a signal or for the end of a part, then end all; returns the exit code."""
        while self.asked_by is None and self.ended is None:
            time.sleep(0.2)
        ended = None if self.asked_by else self.ended
        if ended:
            logger.error("%s ended with %s, everything stops", ended.name, ended.process.returncode)
        self.stop()
        return 1 if ended else 0

    def stop(self) -> None:
        for part in self.parts:
            part.send(signal.SIGTERM)
        deadline = time.monotonic() + GRACE_SECONDS
        while time.monotonic() < deadline and any(part.group_lives for part in self.parts):
            time.sleep(0.05)
        for part in self.parts:
            if part.group_lives:
                logger.warning("%s did not end in time and is killed", part.name)
                part.send(signal.SIGKILL)
            part.process.wait()
