"""Grid, readiness, and matrix with flows on generated clients with their order lines and sociotypes.

``python -m bench.migration [--clients 200000] [--postgres]``: SQLite in a temporary folder, or
CMIX_DATABASE_URL, else a private server. One JSON line each; the floor is one SQL sum over the lines. The pages
are asked for by a director in the same process.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from bench.night import prepare, say, spent

GOALS = {"postgresql": 3.0, "sqlite": 6.0}
PAGE_GOAL_MS = 300
LINES_A_DAY = 2.5
FLOOR = "SELECT COUNT(*), SUM(total) FROM (SELECT order_id, SUM(net_cents) AS total FROM sales_orderline GROUP BY order_id) s"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=200_000)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--data", type=Path, help="keeps the clients for the next time (SQLite)")
    parser.add_argument("--fill", action="store_true", help="nothing else")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cmix-bench-") as name:
        folder = options.data or Path(name)
        folder.mkdir(exist_ok=True)
        folder.chmod(0o755)
        prepare(options.postgres, folder)
        if options.fill:
            fill(options.clients)
            return
        # By another process: a night's worker has not made millions of lines before.
        asked = [
            "--fill",
            "--clients",
            str(options.clients),
            "--data",
            str(folder),
            *["--postgres"] * options.postgres,
        ]
        subprocess.run([sys.executable, "-m", "bench.migration", *asked], check=True)
        measure(options.clients)


def fill(clients: int) -> None:
    """Orders, lines, products, people and types for the population of the night's bench."""
    from django.db import connection, transaction

    from bench.population import write_population
    from clients.models import Client
    from common.arrays import day_number, insert, select
    from sales.models import OrderLine
    from sales.rollup import rebuild_dirty
    from sales.services import mark_all_dirty

    if OrderLine.objects.exists():
        return
    started = time.perf_counter()
    if not Client.objects.exists():
        write_population(clients)
    names = ("client_id", "day", "gross", "refund", "costed", "cost")
    days = select(
        f"SELECT client_id, {day_number('day')} AS day, gross, gross - rev AS refund,"
        " CASE WHEN abs_rc > 0 THEN 1 ELSE 0 END AS costed, cost FROM sales_clientday",
        names,
    )
    rng = np.random.default_rng(5)
    with transaction.atomic(), connection.cursor() as cursor:
        for table, columns in _sales(days, rng):
            insert(table, columns)
        cursor.execute("UPDATE sales_product SET sold_online = (id % 3 = 0) WHERE id % 3 < 2")
        # The same sums again, with what lines alone can tell; by the rollup itself.
        cursor.execute(f"{'DELETE FROM' if connection.vendor == 'sqlite' else 'TRUNCATE'} sales_clientday")
        mark_all_dirty()
        rebuild_dirty()
    with connection.cursor() as cursor:
        _people(cursor)
        cursor.execute("ANALYZE" if connection.vendor == "sqlite" else "VACUUM ANALYZE")
    say(name=f"prepared {clients:,} clients", seconds=time.perf_counter() - started, floor_seconds=0, ratio=0)


def _sales(days: dict[str, Any], rng: np.random.Generator) -> list[tuple[str, dict[str, Any]]]:
    from bench.population import AS_OF
    from common.arrays import Column

    count, products = len(days["client_id"]), 200
    ids = np.arange(1, count + 1)
    order = np.repeat(ids, 1 + rng.poisson(LINES_A_DAY - 1, count))
    first = np.searchsorted(order, ids)
    # What came back that day is a line more, after the others.
    back = ids[days["refund"] > 0]
    sold, order = len(order), np.concatenate([order, back])
    position = np.concatenate([np.arange(sold) - first[order[:sold] - 1] + 1, np.full(len(back), 100)])
    net = np.concatenate([_shared(days["gross"], order[:sold], first), -days["refund"][back - 1]])
    cost = np.concatenate([_shared(days["cost"], order[:sold], first), np.zeros(len(back))]).astype(float)
    cost[days["costed"][order - 1] == 0] = np.nan
    introduced = np.datetime64(AS_OF, "D") - rng.integers(0, 2000, products)
    introduced[::11] = np.datetime64("NaT")
    numbers = np.arange(products)
    return [
        ("sales_product", {
            "id": Column("bigint", numbers + 1), "ref": Column("text", numbers, [f"P{n}" for n in numbers]),
            "name": Column("text", numbers, [f"P{n}" for n in numbers]), "introduced_on": Column("date", introduced),
        }),
        ("sales_order", {
            "id": Column("bigint", ids), "client_id": Column("bigint", days["client_id"]),
            "ref": Column("text", ids - 1, [f"O{n}" for n in ids]),
            "channel": Column("text", rng.choice(3, count, p=(0.1, 0.35, 0.55)), ["", "online", "offline"]),
        }),
        ("sales_orderline", {
            "order_id": Column("bigint", order),
            "day": Column("date", np.datetime64("0001-01-01", "D") + (days["day"][order - 1] - 1)),
            "position": Column("integer", position), "cost_cents": Column("bigint", cost), "product_id": Column("bigint", rng.integers(1, products + 1, len(order))),
            "amount_cents": Column("bigint", net), "net_cents": Column("bigint", net),
            "currency": Column("text", np.zeros(len(order), dtype=int), ["EUR"]),
        }),
    ]  # fmt: skip


def _shared(amounts: Any, order: Any, first: Any) -> Any:
    """In equal parts over the lines of an order, the rest with its first."""
    parts = amounts[order - 1] // np.bincount(order)[order]
    parts[first] += amounts - np.bincount(order - 1, parts).astype(np.int64)
    return parts


def _people(cursor: Any) -> None:
    """A person a client; nine of ten have answered, the types in turn."""
    from bench.population import AS_OF

    day, later = AS_OF - timedelta(days=100), AS_OF + timedelta(days=400)
    stamp = f"{AS_OF} 00:00:00+00:00"
    cursor.execute(
        "INSERT INTO clients_person (client_id, first_name, last_name, job_title, role, is_decision_maker, is_client,"
        " email, phone, language, legal_basis, source, search_text, created_at, updated_at)"
        " SELECT id, '', ref, '', 'decides', TRUE, FALSE, '', '', 'fr', 'contract', '', '', %s, %s FROM clients_client",
        [stamp, stamp],
    )
    share = "CASE WHEN id %% 4 = {k} THEN 0.76 ELSE 0.08 END"
    names = "CASE id %% 4 WHEN 0 THEN 'technophile' WHEN 1 THEN 'technomouton' WHEN 2 THEN 'techno-no' ELSE 'technonul' END"
    cursor.execute(
        "INSERT INTO clients_sociotyperesult (person_id, channel, instrument, version, rule_version, language, p1, p2, p3,"
        " p4, type, also, acts_as, status, base_confidence, answered, flags, because, is_suspect, certainty, traits, answered_on,"
        " fades_from, expires_on, computed_at) SELECT id, 'self', 'sociotype-12', 1, 'b', 'fr',"
        f" {', '.join(share.format(k=k) for k in range(4))}, {names}, '', {names}, 'firm', 76, 12, '[]', '[]', FALSE, '', '[]',"
        " %s, %s, %s, %s FROM clients_person WHERE id %% 10 <> 0",
        [day, later, later, stamp],
    )


def _use_plain_static() -> None:
    """The pages name static files; here nobody has collected them."""
    from django.conf import settings

    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}


def measure(clients: int) -> None:
    from django.db import connection

    from bench.population import AS_OF
    from segmentation.services import classify_clients
    from segmentation.services.matrix import compute_matrix
    from segmentation.services.readiness import compute_readiness

    now, goal = datetime.now(UTC), GOALS[connection.vendor]
    base = min(spent(_floor) for _ in range(2))
    _use_plain_static()
    works: list[tuple[str, Callable[[], Any]]] = [
        ("grid, first night", lambda: classify_clients(as_of=AS_OF - timedelta(days=1), now=now)),
        ("grid", lambda: classify_clients(as_of=AS_OF, now=now)),
        ("readiness", lambda: compute_readiness(as_of=AS_OF, now=now)),
        ("matrix with flows", lambda: compute_matrix(as_of=AS_OF, now=now)),
    ]
    for name, work in works:
        forget_peak()
        done = spent(work)
        say(
            name=f"{name}, {clients:,} clients", seconds=done.seconds, floor_seconds=base.seconds,
            ratio=done.seconds / base.seconds, cpu_seconds=done.cpu, goal_seconds=goal, met=done.cpu <= goal,
            peak_mb=peak_mb(),
        )  # fmt: skip
    _pages(base.seconds)


def forget_peak() -> None:
    """Filling the tables takes more memory than any step: the kernel counts anew from what is held now."""
    Path("/proc/self/clear_refs").write_text("5")


def peak_mb() -> float:
    """The most memory this process (not the server) has held since ``forget_peak``, MB: ``ru_maxrss``, in KiB on Linux."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


def _floor() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(FLOOR)
        cursor.fetchall()


def _pages(floor: float) -> None:
    from django.test import Client as Browser
    from django.urls import reverse

    from accounts.models import User
    from accounts.rules import Role

    User.objects.filter(email="d@example.org").delete()
    director = User.objects.create_user(
        "d@example.org", "correct horse battery", name="D", role=Role.DIRECTOR.value
    )
    browser = Browser(headers={"host": "127.0.0.1"})
    browser.force_login(director)
    for name in ("grid", "moved", "thresholds", "readiness", "plan", "matrix", "playbooks"):
        url, times = reverse(f"segmentation:{name}"), []
        for _ in range(6):
            started = time.process_time()
            assert browser.get(url).status_code == 200
            times.append(time.process_time() - started)
        best = sorted(times)[len(times) // 2]
        say(
            name=f"page {name}", seconds=best, floor_seconds=floor, ratio=best / floor,
            goal_seconds=PAGE_GOAL_MS / 1000, met=best * 1000 <= PAGE_GOAL_MS,
        )  # fmt: skip


if __name__ == "__main__":
    main()
    sys.exit(0)
