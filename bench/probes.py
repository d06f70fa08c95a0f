"""All probes on the good demo shop, without pauses, against fetching as many of its pages and nothing more.

``python -m bench.probes``: one JSON line; the floor is 60 plain requests in turn. ``work_seconds`` is the time of the
processor that the audit itself took; the target is 2 seconds and 200 MB for 60 pages.
"""

import http.client
import json
import os
import resource
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cmix_site.settings")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from trust_audit.demo_shop import Shop, serving
from trust_audit.probes import PROBES, Limits, run_probes

LOOPBACK = ("127.0.0.0/8",)


def plain_requests(shop: Shop, count: int) -> float:
    """Seconds for so many requests on one connection."""
    parts = urlsplit(shop.url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port)
    start = time.perf_counter()
    for _ in range(count):
        connection.request("GET", "/")
        connection.getresponse().read()
    taken = time.perf_counter() - start
    connection.close()
    return taken


def measure() -> dict[str, object]:
    with serving("good") as shop:
        limits = Limits(delay=0)
        run_probes(
            shop.url, codes=["NAV-01"], limits=Limits(delay=0, pages=3), allow_nets=LOOPBACK
        )  # imports
        start, work = time.perf_counter(), time.thread_time()
        outcome = run_probes(shop.url, codes=PROBES, limits=limits, allow_nets=LOOPBACK)
        seconds, work = time.perf_counter() - start, time.thread_time() - work
        floor = plain_requests(shop, outcome.pages)
    return {
        "name": f"audit of {outcome.pages} pages", "seconds": seconds, "floor_seconds": floor, "ratio": seconds / floor,
        "work_seconds": work, "probes": len(outcome.proposals), "kilobytes": outcome.bytes_read // 1000,
        "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }  # fmt: skip


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure()) + "\n")
