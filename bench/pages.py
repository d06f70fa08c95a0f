"""How long the pages take at 50,000 clients: gunicorn with 2 workers, requests one after the other.

``python -m bench.pages [--clients 50000] [--requests 20] [--data FOLDER]``: one JSON line a page with the
median and the slowest time, the processor time, the number of queries, the size of the answer and the goal. The floor is
a page that asks nothing of the database. With ``--data`` the portfolio is kept for the next time. ``--postgres`` asks
CMIX_DATABASE_URL, else a private server; the processor time is then that of Django without the database's.
"""

import argparse
import contextlib
import gzip
import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bench.night import prepare

ROOT = Path(__file__).parent.parent
DIRECTOR = "helene.montaudin@demo.example"
SEED_CLIENTS = 2_500  # of the demo; copied until there are enough
COPIED = {  # columns that hold a number of a copied table, so that each copy keeps to itself
    "clients_client": {"id": "clients_client", "parent_id": "clients_client"},
    "clients_client_tags": {"id": "clients_client_tags", "client_id": "clients_client"},
    "clients_person": {"id": "clients_person", "client_id": "clients_client"},
    "clients_consent": {"id": "clients_consent", "person_id": "clients_person"},
    "clients_sociotyperesult": {"id": "clients_sociotyperesult", "person_id": "clients_person"},
    "clients_interaction": {"id": "clients_interaction", "client_id": "clients_client", "person_id": "clients_person"},
    "clients_task": {"id": "clients_task", "client_id": "clients_client"},
    "clients_unitmembership": {"id": "clients_unitmembership", "client_id": "clients_client"},
    "sales_order": {"id": "sales_order", "client_id": "clients_client"},
    "sales_orderline": {"id": "sales_orderline", "order_id": "sales_order"},
    "sales_clientday": {"client_id": "clients_client"},
    "segmentation_accompanimentstep": {"id": "segmentation_accompanimentstep", "client_id": "clients_client"},
}  # fmt: skip
_ONCE = ("sheet_id", "origin")  # unique: only the first has them
_DIFFERENT = {"clients_client": ("name", "search_text"), "clients_person": ("last_name", "search_text")}


@dataclass(frozen=True)
class Page:
    name: str
    path: str
    goal_ms: int
    goal_queries: int
    goal_kb: int = 1_000
    part: bool = False  # as htmx asks for it


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clients", type=int, default=50_000)
    parser.add_argument("--requests", type=int, default=20)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--postgres", action="store_true")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="cmix-bench-") as folder:
        _use(options.data or Path(folder), options.postgres)
        _fill(options.clients)
        with _served() as port:
            _measure(port, options.requests)
    return 0


def _use(folder: Path, postgres: bool) -> None:
    if postgres:
        return prepare(True, folder)
    import django

    os.environ |= {
        "CMIX_DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "cmix_site.settings", "CMIX_LOG_LEVEL": "ERROR",
    }  # fmt: skip
    os.environ.pop("CMIX_DATABASE_URL", None)
    django.setup()
    return None


def _fill(clients: int) -> None:
    """The demo, multiplied, and its night. Nothing when the folder holds it already."""
    from django.core.management import call_command
    from django.db import connection

    from clients.models import Client
    from common.statistics import gather_statistics

    call_command("migrate", verbosity=0)
    if Client.objects.count() >= clients:
        gather_statistics()  # kept from before a migration: its indexes are not counted yet
        return
    begin = time.perf_counter()
    call_command("demo", clients=min(SEED_CLIENTS, clients), stdout=open(os.devnull, "w"))  # noqa: SIM115
    _multiply(clients)
    call_command("run_night", stdout=open(os.devnull, "w"))  # noqa: SIM115
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    _say(name="prepared", clients=Client.objects.count(), seconds=time.perf_counter() - begin)


def _multiply(clients: int) -> None:
    """Copy all rows with moved ids, so that the portfolio keeps its shape and its orders."""
    from django.core.management.color import no_style
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        highest = {table: _highest(cursor, table) for table, columns in COPIED.items() if "id" in columns}
        for copy in range(1, clients // SEED_CLIENTS):
            for table, numbers in COPIED.items():
                cursor.execute(_copy_sql(cursor, table, numbers, highest, copy))
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), _copied_models()):
            cursor.execute(statement)
        cursor.execute("ANALYZE")


def _copied_models() -> list[Any]:
    """Their new rows were numbered by us: PostgreSQL has to go on after them."""
    from django.apps import apps

    return [model for model in apps.get_models(include_auto_created=True) if model._meta.db_table in COPIED]


def _highest(cursor: Any, table: str) -> int:
    cursor.execute(f"SELECT MAX(id) FROM {table}")
    return int(cursor.fetchone()[0] or 0)


def _copy_sql(cursor: Any, table: str, numbers: dict[str, str], highest: dict[str, int], copy: int) -> str:
    from django.db import connection

    columns = [column.name for column in connection.introspection.get_table_description(cursor, table)]
    moved = {name: f"{name} + {copy * highest[master]}" for name, master in numbers.items()}
    moved |= {"ref": f"ref || '-{copy}'"} | dict.fromkeys(_ONCE, "NULL")
    moved |= {name: f"{name} || ' {_word(copy)}'" for name in _DIFFERENT.get(table, ())}
    chosen = ", ".join(moved.get(name, f'"{name}"') for name in columns)
    listed = ", ".join(f'"{name}"' for name in columns)
    key, master = next(iter(numbers.items()))
    return f"INSERT INTO {table} ({listed}) SELECT {chosen} FROM {table} WHERE {key} <= {highest[master]}"


def _word(copy: int) -> str:
    """Tells the names of copies apart, or all of them would be likely duplicates."""
    return "".join(chr(97 + copy * step % 26) for step in (3, 7, 11, 5, 17, 9))


@contextlib.contextmanager
def _served() -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "cmix_site.wsgi", "--workers", "2", "--worker-class", "gthread",
               "--threads", "2", "--bind", f"127.0.0.1:{port}", "--log-level", "error"]  # fmt: skip
    server = subprocess.Popen(command, cwd=ROOT)
    try:
        _wait(port)
        yield port
    finally:
        server.terminate()
        server.wait(20)


def _wait(port: int) -> None:
    for _ in range(1200):
        with contextlib.suppress(OSError):
            if _get(port, "/health/live", "")[0] == 200:
                return
        time.sleep(0.1)
    raise RuntimeError("the server did not start")


def _get(port: int, path: str, session: str, part: bool = False) -> tuple[int, bytes]:
    """Asked as browsers do: packed. The size that counts is that of the page unpacked."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path, headers={
        "Cookie": f"sessionid={session}", "Accept-Language": "fr", "Accept-Encoding": "gzip", **_asked_as(part),
    })  # fmt: skip
    response = connection.getresponse()
    body = response.read()
    if response.headers.get("Content-Encoding") == "gzip":
        body = gzip.decompress(body)
    connection.close()
    return response.status, body


def _asked_as(part: bool) -> dict[str, str]:
    return {"HX-Request": "true"} if part else {}


def _measure(port: int, requests: int) -> None:
    from accounts.models import User

    director = User.objects.get(email=DIRECTOR)
    seller = User.objects.get(email="julien.rochelin@demo.example")
    floor = _median(port, Page("floor", "/health/live", 0, 0), "", requests)[0]
    for page in _pages():
        user = seller if page.name == "my week" else director
        seconds, slowest, size = _median(port, page, _session(user), requests)
        queries, cpu = _inside(page, user)
        _say(
            name=page.name, seconds=seconds, floor_seconds=floor, ratio=seconds / floor, slowest=slowest,
            cpu_seconds=cpu, queries=queries, kilobytes=size / 1000, goal_seconds=page.goal_ms / 1000,
            met=seconds * 1000 <= page.goal_ms and queries <= page.goal_queries and size <= page.goal_kb * 1000,
        )  # fmt: skip


def _pages() -> list[Page]:
    from django.urls import reverse

    from clients.models import Client, Person

    client, person = Client.objects.filter(orders__isnull=False).first(), Person.objects.first()
    assert client is not None
    assert person is not None
    clients = reverse("clients:list")
    return [
        Page("client list", clients, 60, 15, 60),
        Page("search", f"{clients}?q=horloge", 80, 15, 60),
        Page("page 400", f"{clients}?page=400", 80, 15, 60),
        Page("list, filtered", f"{clients}?kind=person&city=lens&contact_before=2026-01-01", 80, 15, 60),
        *(Page(f"list, {asked}", f"{clients}?{asked}", 80, 18, 60)
          for asked in ("tag=1", "segment=whale", "evidence=alert", "matrix_cell=migration", "scope=nobody")),
        *_others(), *_sorted("clients"), *_sorted("orders"),
        *(Page(f"palette {text!r}", f"{reverse('clients:search')}?q={quote(text)}", 80, 10)
          for text in ("horl", "lens martin", "zzzz", "O12")),
        Page("client page", reverse("clients:detail", args=[client.pk]), 40, 20),
        Page("client page, later", reverse("clients:more", args=[client.pk]), 40, 20, part=True),
        Page("client page, timeline", reverse("clients:timeline", args=[client.pk]), 40, 20, part=True),
        Page("client page at once", reverse("clients:more", args=[client.pk]), 40, 20),
        Page("person", reverse("clients:person", args=[person.pk]), 80, 20),
        Page("type of a person", reverse("sociotypes:person", args=[person.pk]), 80, 20),
        Page("questionnaires", reverse("sociotypes:rounds"), 80, 20),
        Page("reliability", reverse("sociotypes:reliability"), 80, 20),
        Page("duplicates", reverse("clients:duplicates"), 80, 15),
        Page("duplicates, page 400", f"{reverse('clients:duplicates')}?page=400", 80, 15),
        Page("grid", reverse("segmentation:grid"), 80, 20, 115),
        Page("grid, filtered", f"{reverse('segmentation:grid')}?tag=1", 80, 20),
        Page("matrix", reverse("segmentation:matrix"), 80, 20),
        Page("readiness", reverse("segmentation:readiness"), 80, 20),
        Page("plan", reverse("segmentation:plan"), 80, 20, 60),
        Page("kinetics", reverse("kinetics:overview"), 80, 20, 70),
        Page("my week", reverse("home"), 80, 20, 135),
    ]  # fmt: skip


def _others() -> Iterator[Page]:
    """Every other list, its first page and its 400th."""
    from django.urls import reverse

    for name in ("person_list", "unit_list", "task_list", "interaction_list", "batch_list"):
        yield Page(name, reverse(f"clients:{name}"), 80, 15, 60)
        yield Page(f"{name}, page 400", f"{reverse(f'clients:{name}')}?page=400", 80, 15, 60)
    orders = reverse("sales:order_list")
    for asked in ("", "?page=400", "?q=O12", "?q=horloge", "?channel=online", "?since=2026-06-01"):
        yield Page(f"orders{asked}", f"{orders}{asked}", 80, 15, 60)


def _sorted(key: str) -> Iterator[Page]:
    """Every column of a list that sorts, largest first."""
    from django.urls import reverse

    from accounts.models import User
    from common.lists.registry import get

    spec = get(key)
    assert spec is not None
    for column in spec.columns(User.objects.get(email=DIRECTOR)):
        if column.sortable:
            yield Page(f"{key} by {column.key}", f"{reverse(spec.url_name)}?sort=-{column.key}", 80, 18, 60)


def _session(user: Any) -> str:
    from django.test import Client as Browser

    browser = Browser()
    browser.force_login(user)
    return str(browser.cookies["sessionid"].value)


def _median(port: int, page: Page, session: str, requests: int) -> tuple[float, float, int]:
    """Median and slowest seconds, and bytes; both workers are warm when it starts."""
    for _ in range(4):
        status, body = _get(port, page.path, session, page.part)
        if status != 200:
            raise RuntimeError(f"{page.path} answers {status}")
    times = []
    for _ in range(requests):
        begin = time.perf_counter()
        _get(port, page.path, session, page.part)
        times.append(time.perf_counter() - begin)
    return statistics.median(times), max(times), len(body)


def _inside(page: Page, user: Any) -> tuple[int, float]:
    """Queries of a request, and the median of its processor time, which a busy machine does not stretch."""
    from django.db import connection
    from django.test import Client as Browser
    from django.test.utils import CaptureQueriesContext

    browser = Browser(headers={"host": "127.0.0.1", **_asked_as(page.part)})
    browser.force_login(user)
    with CaptureQueriesContext(connection) as captured:
        browser.get(page.path)
    queries, times = len(captured), []  # the next request empties the log
    for _ in range(9):
        begin = time.process_time()
        browser.get(page.path)
        times.append(time.process_time() - begin)
    return queries, statistics.median(times)


def _say(**values: Any) -> None:
    sys.stdout.write(json.dumps(values) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
