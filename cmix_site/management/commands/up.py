"""``manage.py up``: the whole product on one machine: pages, worker and clock."""

import argparse
import http.client
import os
import socket
import sys
import time
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from clients.models import Client
from cmix_site import night, prepared
from cmix_site.supervisor import Supervisor
from jobs.services import retry

HOST = "127.0.0.1"


class Command(BaseCommand):
    help = "Prepare the database and run the pages, the worker and its clock until Ctrl-C."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=_port, default=8000)
        demo = parser.add_mutually_exclusive_group()
        demo.add_argument(
            "--demo", action="store_true", default=settings.CMIX_DEMO, help="load the demo's people and sales"
        )
        demo.add_argument("--no-demo", dest="demo", action="store_false")

    def handle(self, *args: Any, port: int, demo: bool, **options: Any) -> None:
        _refuse_busy_port(port)
        supervisor = Supervisor(_environment(port, demo), str(settings.BASE_DIR))
        self._prepare(demo)
        supervisor.listen()
        supervisor.start("web server", _web_server(port))
        supervisor.start("worker", _worker())
        if _answers(supervisor, port):
            self._say(self.style.SUCCESS(f"Customer Mix answers at http://{HOST}:{port}/ (Ctrl-C ends it)"))
        code = supervisor.watch()
        self._say("Stopped.")
        if code:
            raise CommandError("A part of the product ended by itself; its last words stand above.")

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()  # into a pipe or a file, too, it is said now and not at the end

    def _prepare(self, demo: bool) -> None:
        self._say(f"Data: {settings.DATA_DIR}")
        call_command("migrate", interactive=False, verbosity=0)
        prepared.translations()
        if prepared.static_files():
            self._say("Static files collected.")
        filled = demo and not Client.objects.exists()
        if filled:
            self._say("Loading the demo …")
            call_command("demo", quarter=True, stdout=self.stdout)
        job = night.enqueue_night(as_of=night.last_closed_day(timezone.now()))
        if filled:
            retry(job)  # a night over an empty database may be done already


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port between 1 and 65535")
    return int(text)


def _refuse_busy_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise CommandError(
                f"Port {port} is taken: end what runs there, or choose another with --port."
            ) from error


def _environment(port: int, demo: bool) -> dict[str, str]:
    defaults = {"CMIX_BASE_URL": f"http://{HOST}:{port}"}
    return defaults | os.environ | {"CMIX_DEMO": "1" if demo else "0", "PYTHONUNBUFFERED": "1"}


def _web_server(port: int) -> list[str]:
    return [
        sys.executable, "-m", "gunicorn", "cmix_site.wsgi", "--bind", f"{HOST}:{port}", "--workers", "2",
        "--worker-class", "gthread", "--threads", "4", "--graceful-timeout", "5", "--log-level", "warning",
    ]  # fmt: skip


def _worker() -> list[str]:
    """With the file-system broker one process does one thing after the other; with Redis several."""
    command = [
        sys.executable, "-m", "celery", "--quiet", "-A", "cmix_site", "worker", "--beat", "--loglevel", "INFO",
        "--without-gossip", "--without-mingle", "--without-heartbeat",
    ]  # fmt: skip
    if settings.CELERY_BROKER_URL.startswith("filesystem"):
        return [*command, "--pool", "solo"]
    return [*command, "--pool", "prefork", "--concurrency", str(os.cpu_count() or 2)]


def _answers(supervisor: Supervisor, port: int) -> bool:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and not supervisor.ended and not supervisor.asked_by:
        connection = http.client.HTTPConnection(HOST, port, timeout=5)
        try:
            connection.request("GET", "/health/live")
            return connection.getresponse().status == 200
        except OSError:
            time.sleep(0.1)
        finally:
            connection.close()
    return False
