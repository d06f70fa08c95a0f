"""Lists as files, with a line that tells who took what."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.http import FileResponse, QueryDict, StreamingHttpResponse
from django.utils import timezone

from clients.models import Batch
from clients.rules import BatchKind
from common.exports import table_response
from common.lists.pages import exported
from common.lists.state import ListState

FORMATS = ("csv", "xlsx")


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
) -> StreamingHttpResponse | FileResponse:  # fmt: skip
    """Note the export, then stream the rows; counted first, for a stream cannot tell before its end.

    ``content``: "csv" or "xlsx", with "-record" for complete records. ``ids``: only these rows.
    """
    wanted, _sep, kind = content.partition("-")
    file_format = wanted if wanted in FORMATS else "csv"
    whole = kind == "record" and bool(state.spec.record)
    rows = state.asked_rows().order_by().count() if ids is None else len(ids)
    note_export(state=state, rows=rows, file_format=file_format, whole=whole, by=by, at=now)
    header, body = exported(state, whole=whole, ids=ids)
    name = f"{state.spec.key}-{timezone.localtime(now):%Y-%m-%d}"
    return table_response(file_format, name, header, body)
