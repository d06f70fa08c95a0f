"""Importing small texts in tests."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sales.importing import Request, import_file
from sales.rules import Mapping

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
COLUMNS = {"client": "client", "day": "day", "amount": "amount"}


def import_text(folder: Path, body: str | bytes, *, name: str = "orders.csv", **more: Any) -> dict[str, Any]:
    """``columns`` default to those named like fields in the first line."""
    content = body.encode() if isinstance(body, str) else body
    path = folder / name
    path.write_bytes(content)
    columns = more.pop("columns", None)
    if columns is None:
        header = content.split(b"\n")[0].decode().split(",")
        columns = {column: column for column in header}
    mapping = Mapping(columns, **more.pop("mapping", {}))
    return import_file(Request(path, name, mapping, TODAY, NOW, **more))
