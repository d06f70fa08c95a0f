"""Lists as files, with a line that tells who took what: short ones at once, long ones by a job."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.http import FileResponse, HttpResponseRedirect, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.querysets import OwnedQuerySet
from accounts.rules import Act
from clients.models import Batch
from clients.querysets import UnitQuerySet
from clients.rules import BatchKind
from common.exports import table_response
from common.lists.pages import exported
from common.lists.spec import Rows
from common.lists.state import ListState

FORMATS = ("csv", "xlsx")
DIRECT_ROWS = 2_000
"""A file of more rows is written by a job: it takes longer than a page may."""


def exportable(rows: Rows, user: Any) -> Rows:
    """Those whose clients ``user`` may export; what hangs on no client is whole or not shown at all."""
    owned = isinstance(rows, OwnedQuerySet | UnitQuerySet)
    return rows.visible_to(user, act=Act.EXPORT) if owned else rows  # type: ignore[attr-defined]


def read_content(state: ListState, content: str) -> tuple[str, bool]:
    """Format, and whether complete records are asked for, from "csv" or "xlsx" with "-record"."""
    wanted, _sep, kind = content.partition("-")
    return wanted if wanted in FORMATS else "csv", kind == "record" and bool(state.spec.record)


def note_export(
    *, state: ListState, rows: int, file_format: str, whole: bool, by: Any, at: datetime
) -> Batch:
    """The audit line. What was searched for stays out of it: it may be a person's name."""
    query = QueryDict(state.query, mutable=True)
    query.pop("q", None)
    counts = {
        "rows": rows, "list": state.spec.key, "format": file_format, "whole": whole, "query": query.urlencode(),
        "searched": bool(state.q),
    }  # fmt: skip
    label = f"{state.spec.title}, {file_format.upper()}"
    return Batch.objects.create(kind=BatchKind.EXPORT.value, label=label[:200], by=by, at=at, counts=counts)


def export_list(
    *, state: ListState, content: str, by: Any, now: datetime, ids: Sequence[int] | None = None
) -> StreamingHttpResponse | FileResponse | HttpResponseRedirect:
    """Note the export, then stream the rows; counted first, for a stream cannot tell before its end.

    More than ``DIRECT_ROWS`` are left to a job, and the answer leads to its progress. ``content``: "csv" or
    "xlsx", with "-record" for complete records. ``ids``: only these rows.
    """
    from clients.export_jobs import start_export

    asked = exportable(state.asked_rows().order_by(), by)
    rows = (asked if ids is None else asked.filter(pk__in=ids)).count()
    if rows > DIRECT_ROWS:
        return redirect(
            "clients:batch", start_export(state=state, content=content, rows=rows, ids=ids, by=by, now=now).pk
        )
    file_format, whole = read_content(state, content)
    note_export(state=state, rows=rows, file_format=file_format, whole=whole, by=by, at=now)
    header, body = exported(state, whole=whole, ids=ids, only=lambda found: exportable(found, by))
    name = f"{state.spec.key}-{timezone.localtime(now):%Y-%m-%d}"
    return table_response(file_format, name, header, body)
