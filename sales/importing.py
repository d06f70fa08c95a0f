"""One file of orders, from its bytes to the rollup.

Reading and staging happen outside any transaction; then everything is written in a single one, so a
file that breaks off, or a process that dies, leaves nothing half-written.
"""

import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction

from clients.models import Client as ClientRecord
from common.reading.conventions import Conventions
from common.reading.conventions import settle as settle_generally
from common.reading.files import open_table
from common.reading.refusals import FileRefused
from common.reading.rejects import RejectFile
from common.reading.table import Table
from sales import staging
from sales.discounting import shares_of, take_off
from sales.labels import REJECTS
from sales.models import ExchangeRate
from sales.reading.lines import Line, LineReader
from sales.reading.rates import RateBook, Rates
from sales.rollup import rebuild_dirty
from sales.rules import Field, Mapping, Reject
from sales.writing import Keeper, Written, write_staged

BATCH = 20_000
FOLDER = "imports"  # below the storage of files

Progress = Callable[[int, int], None]
"""(done, total) in bytes of the file as it lies on disk; total 0 means unknown."""


@dataclass(frozen=True)
class Request:
    """What to import, as whom, and when. ``user`` is ``None`` for an operator without limits."""

    path: Path
    name: str
    mapping: Mapping
    today: date
    now: datetime
    owner: Any = None
    user: Any = None
    observed_from: date | None = None
    dry_run: bool = False
    keeper: Keeper | None = None


NUMBERS = (
    Field.AMOUNT,
    Field.QUANTITY,
    Field.UNIT_PRICE,
    Field.COST,
    Field.REFUNDED,
    Field.DISCOUNT,
    Field.SUBTOTAL,
)


def settle(path: Path, name: str, mapping: Mapping) -> Conventions:
    """How the file writes its columns, days and numbers. Raises ``FileRefused``."""
    return settle_generally(
        path, name, mapping, missing=mapping.missing(), numbers=NUMBERS, dates=[Field.DAY]
    )


def rates_of(currency: str) -> Rates:
    return list(ExchangeRate.objects.filter(currency=currency).order_by("day").values_list("day", "rate"))


def line_reader(conventions: Conventions, today: date) -> LineReader:
    net_of = RateBook(rates_of).net_of
    return LineReader(conventions, currency=settings.CMIX_CURRENCY, net_of=net_of, today=today)


def new_rejects_path() -> Path:
    return Path(default_storage.path(f"{FOLDER}/{secrets.token_hex(16)}.csv"))


def import_file(
    request: Request, *, progress: Progress | None = None, fence: Callable[[], None] | None = None
) -> dict[str, Any]:
    """Import the file and rebuild the rollup; returns the counts that people and programs read.

    ``fence`` is called inside the writing transaction and may raise to stop it. Raises
    ``FileRefused`` when the file as a whole cannot be imported; nothing is written then.
    """
    started = time.perf_counter()
    conventions = settle(request.path, request.name, request.mapping)
    rejects = RejectFile(new_rejects_path())
    try:
        with staging.staging_tables():
            told = progress or (lambda done, total: None)
            read, described, undiscounted = _stage(request, conventions, rejects, told)
            written = _write(request, fence or (lambda: None))
            written = replace(written, rejected=undiscounted | written.rejected)
        _add_late_rejects(request, rejects, written)
        days = 0 if request.dry_run else rebuild_dirty()
    except BaseException:
        rejects.discard()
        raise
    rejects.close()
    return _result(read, rejects, written) | {
        "rebuilt_days": days,
        "described": described
        | {"date_format": conventions.date_format, "decimal_mark": conventions.decimal_mark},
        "seconds": round(time.perf_counter() - started, 2),
    }


def _stage(
    request: Request, conventions: Conventions, rejects: RejectFile, progress: Progress
) -> tuple[int, dict[str, str], dict[int, Reject]]:
    reader = line_reader(conventions, request.today)
    read = 0
    with open_table(request.path, request.name, request.mapping.encoding) as table:
        rejects.begin(table.header)
        while taken := _stage_batch(table, reader, rejects):
            read += taken
            progress(table.progress(), table.size)
    undiscounted = take_off(reader.discounts(), reader.net_of, settings.CMIX_CURRENCY)
    staging.analyze()
    return read, table.described, undiscounted


def _stage_batch(table: Table, reader: LineReader, rejects: RejectFile) -> int:
    """Stage the next rows; returns how many were read, 0 at the end of the file."""
    lines: list[Line] = []
    read = 0
    for number, cells, problem in islice(table.rows, BATCH):
        read += 1
        line = Reject(problem) if problem else reader.read(number, cells)
        if isinstance(line, Line):
            lines.append(line)
            lines.extend(reader.new_refunds)
            reader.new_refunds.clear()
        else:
            if problem:
                reader.lost(cells)
            rejects.add(number, line, str(REJECTS[line]), cells)
    staging.stage("import_line", lines)
    _stage_references(reader)
    return read


def _stage_references(reader: LineReader) -> None:
    clients = [
        (*client[:5], ClientRecord(ref=client.ref, name=client.name, city=client.city).make_search_text())
        for client in reader.new_clients
    ]
    staging.stage("import_client", clients)
    staging.stage("import_product", reader.new_products)
    staging.stage("import_order", reader.new_orders)
    for fresh in (reader.new_clients, reader.new_products, reader.new_orders):
        fresh.clear()


def _write(request: Request, fence: Callable[[], None]) -> Written:
    with transaction.atomic():
        fence()
        written = write_staged(
            owner=request.owner, user=request.user, observed_from=request.observed_from, now=request.now,
            keeper=request.keeper,
        )  # fmt: skip
        if request.dry_run:
            transaction.set_rollback(True)
        return written


def _add_late_rejects(request: Request, rejects: RejectFile, written: Written) -> None:
    """Rows refused against what is stored are rare; a second look at the file finds their cells."""
    if not written.rejected:
        return
    with open_table(request.path, request.name, request.mapping.encoding) as table:
        for number, cells, _ in table.rows:
            if reason := written.rejected.get(number):
                rejects.add(number, reason, str(REJECTS[reason]), cells)


def _result(read: int, rejects: RejectFile, written: Written) -> dict[str, Any]:
    rejected = {str(reason): count for reason, count in sorted(rejects.counts.items())}
    return {
        "read": read,
        "accepted": read - sum(rejected.values()),
        "rejected": rejected,
        **written.counts,
        "rejects_file": str(rejects.path) if rejects.exists else "",
    }


@dataclass(frozen=True)
class PreviewRow:
    number: int
    cells: list[tuple[str, bool]]  # text, and whether the column is used
    reason: Reject | None
    share: "Share | None" = None


@dataclass(frozen=True)
class Share:
    """What a discount of the whole order takes off a line and what it leaves, in cents of ``currency``."""

    taken_off: int
    remains: int
    currency: str


@dataclass(frozen=True)
class Preview:
    """The head of a file read by a mapping, without writing anything."""

    header: list[str]
    rows: list[PreviewRow]
    read: int
    rejected: dict[Reject, int]
    described: dict[str, str]


def preview(
    path: Path, name: str, mapping: Mapping, *, today: date, shown: int = 20, most: int = 2000
) -> Preview:
    """Raises ``FileRefused``."""
    conventions = settle(path, name, mapping)
    reader = line_reader(conventions, today)
    rejected: dict[Reject, int] = {}
    rows: list[PreviewRow] = []
    lines: list[Line] = []
    used = set(conventions.positions.values())
    read = 0
    with open_table(path, name, mapping.encoding) as table:
        for number, cells, problem in islice(table.rows, most):
            read += 1
            line = Reject(problem) if problem else reader.read(number, cells)
            reason = line if isinstance(line, Reject) else None
            if isinstance(line, Reject):
                rejected[line] = rejected.get(line, 0) + 1
            else:
                lines.append(line)
            if len(rows) < shown:
                texts = [(str(cell)[:60], at in used) for at, cell in enumerate(cells)]
                rows.append(PreviewRow(number, texts, reason))
    described = table.described | {
        "date_format": conventions.date_format, "decimal_mark": conventions.decimal_mark
    }  # fmt: skip
    # The rest of the last order may lie beyond what was read.
    shares, refused = _discounted(reader, lines, cut=lines[-1].order if lines and read == most else None)
    if refused:
        rejected[Reject.DISCOUNT_NOT_SPREAD] = len(refused)
    rows = [
        replace(row, reason=Reject.DISCOUNT_NOT_SPREAD) if row.number in refused
        else replace(row, share=shares.get(row.number))
        for row in rows
    ]  # fmt: skip
    return Preview(table.header, rows, read, rejected, described)


def _discounted(
    reader: LineReader, lines: Sequence[Line], cut: int | None
) -> tuple[dict[int, Share], set[int]]:
    """Shares by the number of the row, and rows that an import would leave out with their order."""
    said = {order: (cents, goods) for order, cents, goods in reader.discounts() if order != cut}
    mine = sorted((line for line in lines if line.order in said), key=lambda line: (line.order, line.number))
    rows = [
        (*said[line.order], line.order, line.day, line.position, line.amount_cents, line.currency)
        for line in mine if line.amount_cents > 0
    ]  # fmt: skip
    not_spread, parts = shares_of(rows, reader.net_of, settings.CMIX_CURRENCY)
    lost = {order for (order,) in not_spread} | {
        order for order, (cents, _goods) in said.items() if cents is None
    }
    remains = {(order, day, position): cents for order, day, position, cents, _net in parts}
    shares = {
        line.number: Share(line.amount_cents - left, left, line.currency)
        for line in mine if (left := remains.get((line.order, str(line.day), line.position))) is not None
    }  # fmt: skip
    return shares, {line.number for line in mine if line.order in lost}


def head(path: Path, name: str, shown: int = 5) -> tuple[list[str], list[list[str]]]:
    """Header and first rows of a file, for choosing its columns. Raises ``FileRefused``."""
    with open_table(path, name) as table:
        rows = [[str(cell)[:60] for cell in cells] for _, cells, _ in islice(table.rows, shown)]
    if not rows:
        raise FileRefused("no_rows")
    return table.header, rows
