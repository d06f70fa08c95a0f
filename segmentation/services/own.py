"""Writes of a company's own segmentation: imported, computed by rules, put in force."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from django.db import transaction

from accounts.models import User
from clients.models import Client
from clients.rules import ClientState
from common.arrays import Column, insert
from common.locks import lock_until_commit
from common.text import clean
from segmentation.models import OwnMember, OwnSegment, OwnSegmentation
from segmentation.rules.own import Condition, Method, playbook_named
from segmentation.selectors.runs import published_run
from segmentation.services.grid import classify_clients

MAX_SEGMENTS = 100
SHOWN_REJECTS = 20
_CHUNK = 5_000


@dataclass(frozen=True)
class Assigned:
    """A row of the file: which client goes into which segment; ``line`` counts the header as 1."""

    line: int
    ref: str
    segment: str
    name: str = ""


@dataclass
class ImportResult:
    """``rejected`` counts rows by reason; ``examples`` are the first of them with their line and reference."""

    segmentation: OwnSegmentation
    rows: int = 0
    clients: int = 0
    changed: int = 0
    segments: dict[str, int] = field(default_factory=dict)
    rejected: dict[str, int] = field(default_factory=dict)
    examples: list[tuple[int, str, str]] = field(default_factory=list)

    def reject(self, row: Assigned, reason: str) -> None:
        self.rejected[reason] = self.rejected.get(reason, 0) + 1
        if len(self.examples) < SHOWN_REJECTS:
            self.examples.append((row.line, row.ref, reason))


class TooManySegments(Exception):
    """More different segments than a segmentation may have: probably the wrong column."""


@transaction.atomic
def import_segments(*, rows: Iterable[Assigned], name: str, by: User | None, now: datetime) -> ImportResult:
    """Make the segmentation ``name`` what the file says; who is no longer in the file is in no segment.

    A reference of a merged client counts for the client it lives on in. The same file again changes
    nothing. A new segment takes the playbook its own word names, if any. Raises ``TooManySegments``.
    """
    lock_until_commit("segmentation")
    segmentation = _imported(name, by, now)
    result = ImportResult(segmentation)
    asked, names = _read(rows, result)
    segments = _segments(segmentation, asked, names)
    wanted = _clients(asked, result)
    result.clients = len(wanted)
    result.changed = _replace_members(segmentation, {pk: segments[code].pk for pk, code in wanted.items()})
    for code in wanted.values():
        result.segments[code] = result.segments.get(code, 0) + 1
    if result.changed:
        segmentation.changed_at, segmentation.changed_by = now, by
        segmentation.save(update_fields=["changed_at", "changed_by"])
    return result


def _imported(name: str, by: User | None, now: datetime) -> OwnSegmentation:
    segmentation, _created = OwnSegmentation.objects.get_or_create(
        name=name,
        defaults={"method": Method.IMPORTED.value, "created_at": now, "changed_at": now, "changed_by": by},
    )
    if segmentation.method != Method.IMPORTED:
        raise ValueError("a segmentation of this name is computed by rules")
    return segmentation


def _read(rows: Iterable[Assigned], result: ImportResult) -> tuple[dict[str, Assigned], dict[str, str]]:
    """Rows by reference, the first one counting, and the names of the segments."""
    asked: dict[str, Assigned] = {}
    names: dict[str, str] = {}
    for row in rows:
        result.rows += 1
        if not row.ref or not row.segment:
            result.reject(row, "empty")
        elif row.ref in asked:
            if asked[row.ref].segment != row.segment:
                result.reject(row, "twice")
        else:
            asked[row.ref] = row
            names[row.segment] = names.get(row.segment) or row.name
            if len(names) > MAX_SEGMENTS:
                raise TooManySegments
    return asked, names


def _segments(
    segmentation: OwnSegmentation, asked: Mapping[str, Assigned], names: Mapping[str, str]
) -> dict[str, OwnSegment]:
    known = {segment.code: segment for segment in segmentation.segments.all()}
    for code in sorted({row.segment for row in asked.values()}):
        name = names.get(code) or code
        if code not in known:
            known[code] = OwnSegment.objects.create(
                segmentation=segmentation, code=code, name=name, position=len(known),
                playbook=playbook_named(code, name),
            )  # fmt: skip
        elif names.get(code) and known[code].name != name:
            known[code].name = name
            known[code].save(update_fields=["name"])
    return known


def _clients(asked: Mapping[str, Assigned], result: ImportResult) -> dict[int, str]:
    """Segment code by client."""
    refs, found, known = list(asked), {}, set()
    for start in range(0, len(refs), _CHUNK):
        clients = Client.objects.filter(ref__in=refs[start : start + _CHUNK])
        for pk, ref, state, survivor in clients.values_list("pk", "ref", "state", "merged_into_id"):
            if state == ClientState.ERASED:
                continue
            known.add(ref)
            # A client's own row outweighs that of one merged into it.
            if state == ClientState.ACTIVE:
                found[pk] = asked[ref].segment
            else:
                found.setdefault(survivor, asked[ref].segment)
    for ref in refs:
        if ref not in known:
            result.reject(asked[ref], "unknown")
    return found


def _replace_members(segmentation: OwnSegmentation, wanted: Mapping[int, int]) -> int:
    """Clients that came, went or changed."""
    members = OwnMember.objects.filter(segmentation=segmentation)
    present = dict(members.values_list("client_id", "segment_id"))
    gone = [pk for pk, segment in present.items() if wanted.get(pk) != segment]
    for start in range(0, len(gone), _CHUNK):
        members.filter(client__in=gone[start : start + _CHUNK]).delete()
    new = [pk for pk, segment in wanted.items() if present.get(pk) != segment]
    if new:
        insert(OwnMember._meta.db_table, {
            "segmentation_id": Column("bigint", np.full(len(new), segmentation.pk)),
            "client_id": Column("bigint", np.array(new, dtype=np.int64)),
            "segment_id": Column("bigint", np.array([wanted[pk] for pk in new], dtype=np.int64)),
        })  # fmt: skip
    return len(set(gone) | set(new))


@transaction.atomic
def put_in_force(*, segmentation: OwnSegmentation | None, now: datetime) -> bool:
    """Let ``segmentation`` take the grid's place everywhere, or the grid take it back (None), and place
    everybody again on the last night's day. Asked again, it takes in what was changed since.

    Returns whether a night was there to be done again.
    """
    lock_until_commit("segmentation")
    OwnSegmentation.objects.filter(in_force=True).update(in_force=False)
    if segmentation is not None:
        OwnSegmentation.objects.filter(pk=segmentation.pk).update(in_force=True)
    run = published_run()
    if run is not None:
        classify_clients(as_of=run.as_of, now=now)
    return run is not None


@transaction.atomic
def create_by_rules(*, name: str, by: User | None, now: datetime) -> OwnSegmentation:
    return OwnSegmentation.objects.create(
        name=name, method=Method.RULES.value, created_at=now, changed_at=now, changed_by=by
    )


@transaction.atomic
def save_segment(
    *, segment: OwnSegment, conditions: Sequence[Condition], by: User | None, now: datetime
) -> OwnSegment:
    """A new segment comes last and takes its code from its name."""
    if segment.pk is None:
        last = segment.segmentation.segments.order_by("-position").first()
        segment.position = last.position + 1 if last else 0
        segment.code = segment.code or clean(segment.name)[:40]
    segment.conditions = [condition.as_json() for condition in conditions]
    segment.save()
    OwnSegmentation.objects.filter(pk=segment.segmentation_id).update(changed_at=now, changed_by=by)
    return segment


@transaction.atomic
def move_segment(*, segment: OwnSegment, up: bool) -> None:
    """Ask it one place earlier or later."""
    ordered = list(segment.segmentation.segments.order_by("position", "code"))
    at = ordered.index(segment)
    to = at - 1 if up else at + 1
    if 0 <= to < len(ordered):
        ordered[at], ordered[to] = ordered[to], ordered[at]
    for position, one in enumerate(ordered):
        if one.position != position:
            OwnSegment.objects.filter(pk=one.pk).update(position=position)


@transaction.atomic
def delete_segment(*, segment: OwnSegment) -> Any:
    return segment.delete()
