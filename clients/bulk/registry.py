"""The acts a list offers on the rows somebody ticked. An app adds its own in ``AppConfig.ready``."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpResponseBase
from django.utils.functional import Promise

from accounts.rights import may
from accounts.rules import Act
from clients.models import Batch

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Chunk:
    """Some rows of an act, still the asker's to touch. ``ids`` are keys of the list's rows."""

    batch: Batch
    user: Any
    ids: Sequence[int]
    values: Values
    now: datetime


@dataclass(frozen=True)
class BulkAct:
    """One act on many rows of the list ``list_key``.

    ``form(data, user=…)`` asks what the act needs; its ``payload()`` is what the job is given, as JSON.
    ``sentence(values, count, user)`` says exactly what will happen. ``apply`` writes one chunk, set-based,
    inside the transaction of its checkpoint, and returns how many rows it changed; doing it again changes
    nothing. ``undo`` takes back one chunk of the batch's changes and returns how many it could.
    ``right`` is asked of the person and of every row. An act with ``respond`` needs no job: it answers the
    confirmation itself, from the state of the list and the chosen keys (``None``: all that fit).
    """

    key: str
    list_key: str
    label: str | Promise
    icon: str
    position: int
    right: Act
    sentence: Callable[[Values, int, Any], str]
    apply: Callable[[Chunk], int] | None
    form: Callable[..., Any] | None = None
    undo: Callable[[Batch, Sequence[Any], Any, datetime], int] | None = None
    respond: Callable[..., HttpResponseBase] | None = None
    finish: Callable[[Batch, Values, Any], Values] | None = None

    @property
    def full_key(self) -> str:
        return f"{self.list_key}.{self.key}"


_acts: dict[str, BulkAct] = {}


def add_bulk_act(act: BulkAct) -> None:
    _acts[act.full_key] = act


def find(list_key: str, key: str) -> BulkAct | None:
    return _acts.get(f"{list_key}.{key}")


def acts_for(list_key: str, user: Any) -> list[BulkAct]:
    found = [act for act in _acts.values() if act.list_key == list_key and may(user, act.right)]
    return sorted(found, key=lambda act: act.position)
