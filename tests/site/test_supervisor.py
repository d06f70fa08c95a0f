import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from cmix_site import supervisor
from cmix_site.supervisor import Supervisor
from tests.installations import group_members, wait_for

DEAF = "import pathlib, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); pathlib.Path({!r}).touch(); time.sleep(60)"
WITH_CHILD = "import subprocess, sys; p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); print(p.pid, flush=True); p.wait()"


@pytest.fixture
def parts(tmp_path: Path) -> Supervisor:
    return Supervisor(os.environ, str(tmp_path))


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_end_of_one_part_ends_all(parts: Supervisor) -> None:
    parts.start("long", python("import time; time.sleep(60)"))
    parts.start("short", python("raise SystemExit(3)"))
    assert parts.watch() == 1
    assert [part.process.returncode for part in parts.parts] == [-signal.SIGTERM, 3]


def test_deaf_part_is_killed(parts: Supervisor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(supervisor, "GRACE_SECONDS", 0.5)
    parts.start("deaf", python(DEAF.format(str(tmp_path / "deaf"))))
    wait_for((tmp_path / "deaf").exists)
    began = time.monotonic()
    parts.stop()
    assert parts.parts[0].process.returncode == -signal.SIGKILL
    assert time.monotonic() - began < 3


def test_children_end_with_their_leader(parts: Supervisor) -> None:
    parts.start("leader", python(WITH_CHILD))
    group = parts.parts[0].process.pid
    wait_for(lambda: len(group_members(group)) == 2)
    parts.parts[0].process.kill()  # the leader alone: its child would go on
    assert parts.watch() == 1
    assert group_members(group) == []


def test_signal_ends_all_with_code_zero(parts: Supervisor) -> None:
    before = {number: signal.getsignal(number) for number in supervisor.SIGNALS}
    try:
        parts.listen()
        parts.start("long", python("import time; time.sleep(60)"))
        threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGTERM)).start()
        assert parts.watch() == 0
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert parts.parts[0].process.returncode == -signal.SIGTERM
