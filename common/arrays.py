"""numpy arrays out of a query and into a table: binary COPY on PostgreSQL, plain rows on SQLite.

A tuple of Python objects per row would cost more than the computation itself on PostgreSQL.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

Array = NDArray[Any]
_HEADER = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
_END = b"\xff\xff"
_WIRE = {"bigint": ">i8", "integer": ">i4", "smallint": ">i2", "double precision": ">f8", "date": ">i4"}
_WIRE["timestamp with time zone"] = ">i8"
_NATIVE = {"bigint": np.int64, "double precision": np.float64}
_SEND = {"bigint": "int8send", "double precision": "float8send"}
_POSTGRES_EPOCH = np.datetime64("2000-01-01", "D")


def day_number(expression: str) -> str:
    """SQL for the proleptic Gregorian ordinal of a date column, as ``date.toordinal`` gives it."""
    if connection.vendor == "postgresql":
        return f"({expression} - DATE '0001-01-01' + 1)"
    return f"CAST(julianday({expression}) - 1721424.5 AS INTEGER)"


def select(sql: str, columns: Mapping[str, str]) -> dict[str, Array]:
    """Columns of a query as arrays. ``columns``: name → "bigint" or "double precision".

    ``sql`` is written by us, without a person's text in it, and gives no NULL.
    """
    if connection.vendor == "postgresql":
        return _select_packed(sql, columns)
    names = ", ".join(columns)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {names} FROM ({sql}) AS q")
        # Straight from the cursor: a list of all rows would keep the garbage collector busy.
        table = np.fromiter(chain.from_iterable(cursor), dtype=_table_type(columns))
    table = table.reshape(-1, len(columns))
    return {name: table[:, i].astype(_NATIVE[kind]) for i, (name, kind) in enumerate(columns.items())}


def _table_type(columns: Mapping[str, str]) -> Any:
    return np.float64 if "double precision" in columns.values() else np.int64


def _select_packed(sql: str, columns: Mapping[str, str]) -> dict[str, Array]:
    """Each column as one string of bytes: a client library spends microseconds on every row."""
    packed = ", ".join(
        f"string_agg({_SEND[kind]}(CAST({name} AS {kind})), ''::bytea)" for name, kind in columns.items()
    )
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY (SELECT {packed} FROM ({sql}) AS q) TO STDOUT (FORMAT binary)") as copy,
    ):
        data = memoryview(b"".join(copy))
    result, at = {}, len(_HEADER) + 2
    for name, kind in columns.items():
        size = max(int.from_bytes(data[at : at + 4], "big", signed=True), 0)  # −1: no row
        wire = np.frombuffer(data[at + 4 : at + 4 + size], dtype=_WIRE[kind])
        result[name] = wire.astype(_NATIVE[kind])
        at += 4 + size
    return result


@dataclass(frozen=True)
class Column:
    """Values for one column. ``kind`` as in SQL; NaN or NaT is NULL.

    "text" holds codes that index ``labels``; "date" holds datetime64[D], "timestamp with time zone"
    datetime64[us] in UTC.
    """

    kind: str
    values: Array
    labels: Sequence[str] = ()


def insert(table: str, columns: Mapping[str, Column]) -> None:
    """Insert rows in the caller's transaction; names come from code, never from a person."""
    quote = connection.ops.quote_name
    names = ", ".join(quote(name) for name in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {quote(table)} ({names}) FROM STDIN (FORMAT binary)") as copy:
                copy.write(_HEADER + _encode(list(columns.values())) + _END)
            return
        marks = ", ".join(["%s"] * len(columns))
        rows = zip(*(_plain(column) for column in columns.values()), strict=True)
        cursor.executemany(f"INSERT INTO {quote(table)} ({names}) VALUES ({marks})", rows)  # type: ignore[arg-type]


def _plain(column: Column) -> list[Any]:
    """Python values; SQLite itself turns NaN into NULL and whole floats into integers."""
    if column.kind == "text":
        labels = np.array(column.labels, dtype=object)
        return list(labels[column.values])
    if column.values.dtype.kind == "M":
        texts: list[Any] = np.datetime_as_string(column.values).tolist()
        return [None if text == "NaT" else text for text in texts] if np.isnat(column.values).any() else texts
    return list(column.values.tolist())


def _encode(columns: list[Column]) -> bytes:
    """Rows of PostgreSQL's binary COPY: every field at its full width, then the unused bytes cut out."""
    rows = len(columns[0].values)
    widths = [4 + _width(column) for column in columns]
    block = np.zeros((rows, 2 + sum(widths)), dtype=np.uint8)
    used = np.ones(block.shape, dtype=bool)
    block[:, :2] = np.frombuffer(np.array(len(columns), dtype=">i2").tobytes(), dtype=np.uint8)
    at = 2
    for column, width in zip(columns, widths, strict=True):
        _fill(column, block[:, at : at + width], used[:, at : at + width])
        at += width
    return block[used].tobytes()


def _width(column: Column) -> int:
    if column.kind == "text":
        return max(len(label.encode()) for label in column.labels)
    return np.dtype(_WIRE[column.kind]).itemsize


def _fill(column: Column, block: Array, used: Array) -> None:
    if column.kind == "text":
        _fill_text(column, block, used)
        return
    values = column.values
    if values.dtype.kind == "M":
        null = np.isnat(values)
        values = (values - _POSTGRES_EPOCH).astype(np.int64)
    else:
        null = np.isnan(values) if values.dtype.kind == "f" else np.zeros(len(values), dtype=bool)
    wire = np.dtype(_WIRE[column.kind])
    if wire.kind == "i" and values.dtype.kind == "f":
        values = np.rint(np.where(null, 0, values))
    sizes = np.where(null, -1, wire.itemsize).astype(">i4")
    block[:, :4] = sizes.view(np.uint8).reshape(-1, 4)
    block[:, 4:] = np.where(null, 0, values).astype(wire).view(np.uint8).reshape(-1, wire.itemsize)
    used[null, 4:] = False


def _fill_text(column: Column, block: Array, used: Array) -> None:
    encoded = [label.encode() for label in column.labels]
    width = block.shape[1] - 4
    prefixed = [np.array(len(text), dtype=">i4").tobytes() + text.ljust(width, b"\0") for text in encoded]
    block[:] = np.frombuffer(b"".join(prefixed), dtype=np.uint8).reshape(len(encoded), -1)[column.values]
    sizes = np.array([len(text) for text in encoded])[column.values]
    used[:, 4:] = np.arange(width) < sizes[:, None]
