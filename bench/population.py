"""Seeded buyers for the benchmarks: rollup rows of the size and shape of a real portfolio."""

from datetime import date

import numpy as np
from django.db import connection, transaction
from numpy.typing import NDArray

from common import arrays
from common.arrays import Column

AS_OF = date(2026, 11, 21)
DAYS_OF_HISTORY = 3 * 364
CHUNK = 25_000
Array = NDArray[np.int64]


def write_population(clients: int, seed: int = 1) -> int:
    """Clients 1…n and their rollup rows (about 7.5 a client), written set-based. Returns the rows."""
    total = 0
    for first in range(1, clients + 1, CHUNK):
        ids = np.arange(first, min(first + CHUNK, clients + 1))
        rng = np.random.default_rng([seed, first])
        with transaction.atomic():
            arrays.insert("clients_client", _client_columns(ids))
            columns = _day_columns(ids, rng)
            arrays.insert("sales_clientday", columns)
        total += len(columns["client_id"].values)
    with connection.cursor() as cursor:
        # Freshly written tables have no statistics yet, and a night does not start on such.
        inside = connection.vendor == "sqlite" or connection.in_atomic_block  # no vacuum inside a transaction
        cursor.execute("ANALYZE" if inside else "VACUUM ANALYZE")
    return total


def _client_columns(ids: Array) -> dict[str, Column]:
    n = len(ids)
    labels = [f"B{number}" for number in ids]
    numbers, zeros = np.arange(n), np.zeros(n, dtype=int)
    text = {"ref": labels, "name": labels, "search_text": labels}
    plain = {"kind": "company", "street": "", "postcode": "", "city": "", "country": "", "email": "",
             "phone": "", "language": "fr", "created_at": "", "updated_at": ""}  # fmt: skip
    columns = {"id": Column("bigint", ids)}
    columns |= {name: Column("text", numbers, values) for name, values in text.items()}
    stamps = {"created_at", "updated_at"}
    columns |= {name: Column("text", zeros, [value]) for name, value in plain.items() if name not in stamps}
    when = np.full(n, np.datetime64(AS_OF, "us"))
    return columns | {name: Column("timestamp with time zone", when) for name in stamps}


def _day_columns(ids: Array, rng: np.random.Generator) -> dict[str, Column]:
    client, day = _purchases(ids, rng)
    n = len(client)
    gross = np.rint(np.exp(rng.normal(9.6, 0.9, n))).astype(np.int64)
    refund = np.where(rng.random(n) < 0.04, np.rint(gross * rng.random(n)), 0).astype(np.int64)
    rev = gross - refund
    costed = rng.random(n) < 0.95
    rc = np.where(costed, rev, 0)
    cost = np.rint(rc * rng.uniform(0.5, 0.9, n)).astype(np.int64)
    whole = {
        "rev": rev, "gross": gross, "abs_rev": gross + refund, "rc": rc, "abs_rc": np.abs(rc), "cost": cost,
        "abs_rc_assumed": np.zeros(n, dtype=np.int64),
    }  # fmt: skip
    return {
        "client_id": Column("bigint", client),
        "day": Column("date", np.datetime64(AS_OF, "D") - day),
        "orders": Column("integer", np.ones(n, dtype=np.int64)),
    } | {name: Column("bigint", values) for name, values in whole.items()}


def _purchases(ids: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    """Client and age in days of every purchase day: Gamma-Poisson buyers, a third of them gone."""
    born = rng.integers(0, DAYS_OF_HISTORY, len(ids))
    gone = np.where(rng.random(len(ids)) < 0.35, rng.uniform(0, 1, len(ids)), 0.0) * born
    count = 1 + rng.poisson(rng.gamma(1.0, 2.4e-2 * 0.62, len(ids)) * (born - gone))
    client = np.repeat(ids, count)
    low, high = np.repeat(gone, count), np.repeat(born, count)
    day = np.rint(rng.uniform(low, high + 0.5)).astype(np.int64)
    first = np.r_[0, np.cumsum(count)[:-1]]
    day[first] = born
    keys = np.unique(client * 4096 + (4095 - day))
    return keys // 4096, 4095 - keys % 4096
