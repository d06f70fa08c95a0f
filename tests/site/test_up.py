"""``manage.py up`` as a person meets it: one command, one address, and nothing left behind."""

import http.client
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.installations import Installation, children_of, group_members, wait_for
from tests.servers import free_port

pytestmark = pytest.mark.slow


def get(port: int, path: str) -> tuple[int, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    except OSError:
        return 0, None
    finally:
        connection.close()


@contextmanager
def running(installation: Installation, *options: str) -> Iterator[tuple["subprocess.Popen[bytes]", int]]:
    port = free_port()
    process = installation.start(sys.executable, "manage.py", "up", "--port", str(port), *options)
    try:
        wait_for(lambda: f"http://127.0.0.1:{port}/" in installation.log or process.poll() is not None, 180)
        assert process.poll() is None, installation.log[-4000:]
        yield process, port
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def test_up_serves_works_and_leaves_nothing_behind(installation: Installation) -> None:
    with running(installation, "--no-demo") as (process, port):
        assert get(port, "/health/live") == (200, {"live": True})
        # The first heartbeat went through the broker and the worker.
        wait_for(lambda: get(port, "/health/ready") == (200, {"ready": True}), 120)
        groups = children_of(process.pid)
        assert [bool(group_members(group)) for group in groups] == [True, True]
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    assert [group_members(group) for group in groups] == [[], []]
    assert get(port, "/health/live") == (0, None)


def test_up_ends_when_the_worker_dies(installation: Installation) -> None:
    with running(installation, "--no-demo") as (process, _):
        web, worker = children_of(process.pid)
        # The leader alone: what it started would go on publishing.
        wait_for(lambda: len(group_members(worker)) > 1, 90)
        subprocess.run(["kill", "-KILL", str(worker)], check=True)
        assert process.wait(90) == 1
    assert (group_members(web), group_members(worker)) == ([], [])
    assert "everything stops" in installation.log


def test_up_refuses_a_taken_port(installation: Installation) -> None:
    import socket

    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        process = installation.start(sys.executable, "manage.py", "up", "--port", str(port), "--no-demo")
        assert process.wait(90) == 1
    assert f"Port {port} is taken" in installation.log


@pytest.mark.once
def test_queue_folder_belongs_to_the_installation(installation: Installation) -> None:
    installation.python("from jobs.services import enqueue\nenqueue(kind='test.steps', key='1')")
    assert len(list(Path(installation.folder, "queue", "msg").iterdir())) == 1


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http"])
def test_up_refuses_what_is_no_port(port: str) -> None:
    with pytest.raises(CommandError, match="is not a port between 1 and 65535"):
        call_command("up", f"--port={port}")
