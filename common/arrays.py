"""numpy arrays out of a query and into a table, without a Python object for every number.

Measured on 7.6 million rows, a tuple of objects per row costs more than the computation itself.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

Array = NDArray[Any]
_HEADER = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
_END = b"\xff\xff"
_WIRE = {"bigint": ">i8", "integer": ">i4", "smallint": ">i2", "double precision": ">f8", "date": ">i4"}
_WIRE["timestamp with time zone"] = ">i8"
_POSTGRES_EPOCH = np.datetime64("2000-01-01", "D")
# Rows encoded at once: few enough to stay in the processor's cache, and the server works meanwhile.
_BLOCK = 2_000


def day_number(expression: str) -> str:
    """SQL for the proleptic Gregorian ordinal of a date column, as ``date.toordinal`` gives it."""
    if connection.vendor == "postgresql":
        return f"({expression} - DATE '0001-01-01' + 1)"
    return f"CAST(julianday({expression}) - 1721424.5 AS INTEGER)"


def days_of(ordinals: NDArray[np.int64]) -> Array:
    """Days as ``datetime64[D]`` from ordinals as ``day_number`` gives them; 0 is no day (NaT)."""
    days = np.datetime64("0001-01-01", "D") + (ordinals - 1)
    days[ordinals == 0] = np.datetime64("NaT")
    return days


def select(sql: str, names: Sequence[str]) -> dict[str, Array]:
    """Columns of whole numbers as arrays of 64 bits; rows in any order, the same in every column.

    NULLs are left out, so that a column may be shorter than the others. ``sql`` is written by us,
    without a person's text in it.
    """
    return _select_sent(sql, names) if connection.vendor == "postgresql" else _select_printed(sql, names)


@dataclass(frozen=True)
class Part:
    """A column of whole numbers from 0 to ``most``, never NULL."""

    name: str
    expression: str
    most: int


def select_packed(parts: Sequence[Part], whole: Mapping[str, str], source: str) -> dict[str, Array]:
    """As ``select``, with as many ``parts`` in one number as fit: each number that travels costs as much as another.

    ``whole``: columns that may be negative, by name; ``source``: what follows FROM.
    """
    groups = _groups(parts)
    packed = {f"packed{n}": _packing(group) for n, group in enumerate(groups)}
    columns = packed | dict(whole)
    found = select(
        f"SELECT {', '.join(f'{sql} AS {name}' for name, sql in columns.items())} FROM {source}",
        list(columns),
    )
    for n, group in enumerate(groups):
        rest = found.pop(f"packed{n}")
        for part in reversed(group):
            bits = part.most.bit_length()
            found[part.name] = rest & ((1 << bits) - 1)
            rest = rest >> bits
    return found


_MOST_BITS = 62


def _groups(parts: Sequence[Part]) -> list[list[Part]]:
    groups: list[list[Part]] = []
    room = 0
    for part in parts:
        if not groups or part.most.bit_length() > room:
            groups.append([])
            room = _MOST_BITS
        groups[-1].append(part)
        room -= part.most.bit_length()
    return groups


def _packing(group: Sequence[Part]) -> str:
    sql = f"CAST({group[0].expression} AS BIGINT)"
    for part in group[1:]:
        sql = f"({sql} * {1 << part.most.bit_length()} + {part.expression})"
    return sql


def _select_printed(sql: str, names: Sequence[str]) -> dict[str, Array]:
    """SQLite prints each column into one text: half the time of a Python integer for every number."""
    texts = ", ".join(f"group_concat({name}, ' ')" for name in names)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {texts} FROM ({sql}) AS q")
        row = cursor.fetchone()
    return {
        name: np.fromstring(text or "", dtype=np.int64, sep=" ")
        for name, text in zip(names, row, strict=True)
    }


def _select_sent(sql: str, names: Sequence[str]) -> dict[str, Array]:
    """PostgreSQL packs each column into one string of bytes: a client library spends microseconds a row."""
    packed = ", ".join(f"string_agg(int8send(CAST({name} AS bigint)), ''::bytea)" for name in names)
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY (SELECT {packed} FROM ({sql}) AS q) TO STDOUT (FORMAT binary)") as copy,
    ):
        data = memoryview(b"".join(copy))
    result, at = {}, len(_HEADER) + 2
    for name in names:
        size = max(int.from_bytes(data[at : at + 4], "big", signed=True), 0)  # −1: no row
        result[name] = np.frombuffer(data[at + 4 : at + 4 + size], dtype=">i8").astype(np.int64)
        at += 4 + size
    return result


def places(ids: NDArray[np.int64], who: Array) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Where each of ``who`` stands in ``ids``, which rise; and whether it does (elsewhere its place means nothing).

    The ids of a table are nearly without gaps: one look into a table of them all takes a fifth of halving.
    """
    if not len(ids) or not len(who):
        return np.zeros(len(who), dtype=np.int64), np.zeros(len(who), dtype=bool)
    if ids[0] <= 0 or ids[-1] > _GAPS * len(ids):
        place = np.minimum(np.searchsorted(ids, who), len(ids) - 1)
        return place, ids[place] == who
    beyond = int(ids[-1]) + 1
    table = np.full(beyond + 1, -1, dtype=np.int64)
    table[ids] = np.arange(len(ids))
    place = table[np.clip(who, 0, beyond)]
    return np.maximum(place, 0), place >= 0


_GAPS = 8


def spread(ids: NDArray[np.int64], who: Array, what: Array, default: int = 0) -> NDArray[np.int64]:
    """``what`` of ``who`` in the order of ``ids``, which rise; ``default`` for those not named."""
    found = np.full(len(ids), default, dtype=np.int64)
    place, known = places(ids, who)
    found[place[known]] = what[known]
    return found


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
    into = f"{quote(table)} ({', '.join(quote(name) for name in columns)})"
    write = _copy if connection.vendor == "postgresql" else _execute_many
    write(into, list(columns.values()))


def _execute_many(into: str, columns: list[Column]) -> None:
    """Past Django's cursor, which would keep every row until the last is written."""
    rows = zip(*(_plain(column) for column in columns), strict=True)
    marks = ", ".join("?" * len(columns))
    connection.ensure_connection()
    with connection.wrap_database_errors:
        connection.connection.executemany(f"INSERT INTO {into} VALUES ({marks})", rows)


def _plain(column: Column) -> list[Any]:
    """Python values; SQLite itself turns NaN into NULL and whole floats into integers."""
    if column.kind == "text":
        labels = np.array(column.labels, dtype=object)
        return list(labels[column.values])
    if column.values.dtype.kind == "M":
        texts: list[Any] = np.datetime_as_string(column.values).tolist()
        return [None if text == "NaT" else text for text in texts] if np.isnat(column.values).any() else texts
    return list(column.values.tolist())


def _copy(into: str, columns: list[Column]) -> None:
    """Rows of PostgreSQL's binary COPY."""
    row_type = _row_type(columns)
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {into} FROM STDIN (FORMAT binary)") as copy,
    ):
        copy.write(_HEADER)
        for block in _blocks(columns):
            copy.write(_encode(block, row_type))
        copy.write(_END)


def _row_type(columns: list[Column]) -> Any:
    """One row, every field at its full width: its size, then its bytes."""
    fields = [("fields", ">i2")]
    for i, column in enumerate(columns):
        fields += [(f"size{i}", ">i4"), (f"value{i}", _wire(column))]
    return np.dtype(fields)


def _wire(column: Column) -> str:
    if column.kind != "text":
        return _WIRE[column.kind]
    return f"S{max(1, *(len(label.encode()) for label in column.labels))}"


def _blocks(columns: list[Column]) -> Iterator[list[Column]]:
    for first in range(0, len(columns[0].values), _BLOCK):
        part = slice(first, first + _BLOCK)
        yield [_part(column, part) for column in columns]


def _part(column: Column, part: slice) -> Column:
    """With the labels that occur, when there are more of them than rows: every block encodes its labels."""
    if len(column.labels) <= _BLOCK:
        return Column(column.kind, column.values[part], column.labels)
    used, codes = np.unique(column.values[part], return_inverse=True)
    return Column(column.kind, codes, [column.labels[code] for code in used.tolist()])


def _encode(columns: list[Column], row_type: Any) -> bytes:
    """Fill whole rows, then cut out the bytes that NULLs and short texts leave unused."""
    rows = np.zeros(len(columns[0].values), dtype=row_type)
    used = np.ones((len(rows), row_type.itemsize), dtype=bool)
    rows["fields"] = len(columns)
    for i, column in enumerate(columns):
        wire, at = row_type.fields[f"value{i}"]
        values, sizes = _fields(column, wire)
        rows[f"size{i}"], rows[f"value{i}"] = sizes, values
        if (sizes < wire.itemsize).any():
            used[:, at : at + wire.itemsize] = np.arange(wire.itemsize) < sizes[:, None]
    return rows.view(np.uint8).reshape(used.shape)[used].tobytes()


def _fields(column: Column, wire: Any) -> tuple[Array, Array]:
    """What to send of each value and its size in bytes, −1 for NULL."""
    values = column.values
    if column.kind == "text":
        encoded = [label.encode() for label in column.labels]
        return np.array(encoded, dtype=wire)[values], np.array([len(text) for text in encoded])[values]
    if values.dtype.kind == "M":
        null = np.isnat(values)
        values = (values - _POSTGRES_EPOCH).astype(np.int64)
    else:
        null = np.isnan(values) if values.dtype.kind == "f" else np.zeros(len(values), dtype=bool)
    if wire.kind == "i" and values.dtype.kind == "f":
        values = np.rint(values)
    return np.where(null, 0, values), np.where(null, -1, wire.itemsize)
