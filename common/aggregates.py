"""Aggregates that both databases know under another name."""

from typing import Any

from django.db.models import Aggregate, TextField

SEPARATOR = "\x1f"


class Joined(Aggregate):
    """All values of a text in one, parted by ``SEPARATOR``; null for none. ``parted`` takes it apart."""

    function = "STRING_AGG"
    template = "%(function)s(%(expressions)s, %(separator)s)"
    output_field = TextField()

    def as_sql(self, *args: Any, **kwargs: Any) -> Any:
        return super().as_sql(*args, **(kwargs | {"separator": "CHR(31)"}))

    def as_sqlite(self, *args: Any, **kwargs: Any) -> Any:
        found = {"function": "GROUP_CONCAT", "separator": "CHAR(31)"}
        return super().as_sql(*args, **(kwargs | found))


def parted(text: str | None) -> list[str]:
    return text.split(SEPARATOR) if text else []
