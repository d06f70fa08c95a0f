"""Readiness as pages show it: of the whole portfolio as stored, of a reader's own clients summed from its rows."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import Case, Count, F, FloatField, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Cast, Coalesce

from accounts.rights import sees_all
from clients.personal.profiling import withheld_q
from segmentation.models import ClientReadiness, ReadinessAssumptions, ReadinessRun
from segmentation.rules.readiness import Assumptions, Readiness, Sums, readiness


def current_assumptions() -> ReadinessAssumptions | None:
    return ReadinessAssumptions.objects.select_related("created_by").order_by("-pk").first()


def readiness_run(as_of: date | None = None) -> ReadinessRun | None:
    """The newest stored readiness, or that of a day."""
    runs = ReadinessRun.objects.filter(published=True).select_related("assumptions__created_by")
    if as_of is not None:
        runs = runs.filter(as_of=as_of)
    return runs.order_by("-as_of").first()


@dataclass(frozen=True)
class TypeRow:
    """``type``: position of the sociotype, −1 unknown."""

    type: int
    clients: int
    revenue_cents: int
    online_cents: int
    share: float | None


@dataclass(frozen=True)
class ReadinessPage:
    """``withheld``: clients who object to profiling, counted as unknown from that second on."""

    run: ReadinessRun
    sums: Sums
    found: Readiness
    assumptions: Assumptions
    types: list[TypeRow]
    withheld: int


def readiness_page(
    run: ReadinessRun, user: Any, lead: float | None = None, market: float | None = None
) -> ReadinessPage:
    """Under the assumptions in force, or the scenario of another ``lead`` and ``market``."""
    assumptions = in_force(run)
    if lead is not None or market is not None:
        values = assumptions.as_json()
        values |= {name: value for name, value in (("lead", lead), ("market", market)) if value is not None}
        assumptions = Assumptions.from_json(values)
    rows = ClientReadiness.objects.filter(run=run).visible_to(user)
    withheld = rows.filter(withheld_q())
    theirs = _sums_of(withheld)
    if sees_all(user):
        sums, types = Sums.from_json(run.results["sums"]), _stored_types(run)
    else:
        sums, types = _sums_of(rows), _types_of(rows)
    if theirs.known_clients:  # they objected since the night, which still gave them a type
        sums = sums.plus(theirs, -1).plus(theirs.as_unknown)
        types = _as_unknown(types, _types_of(withheld))
    found = readiness(sums, assumptions)
    return ReadinessPage(run, sums, found, assumptions, types, int(theirs.clients))


def in_force(run: ReadinessRun) -> Assumptions:
    """What ``run`` was computed with: assumptions, replaced where enough was measured."""
    return Assumptions.from_json(run.results["in_force"])


def _stored_types(run: ReadinessRun) -> list[TypeRow]:
    total = sum(row["revenue"] for row in run.results["types"])
    return [
        TypeRow(
            kind, row["clients"], round(row["revenue"]), round(row["online"]),
            row["revenue"] / total if total else None,
        )
        for kind, row in zip((0, 1, 2, 3, -1), run.results["types"], strict=True)
    ]  # fmt: skip


def _as_unknown(types: list[TypeRow], withheld: list[TypeRow]) -> list[TypeRow]:
    """Those of ``withheld`` taken out of their types and counted in the last row, the unknown."""
    known = [_with(row, gone, -1) for row, gone in zip(types[:-1], withheld[:-1], strict=True)]
    last = types[-1]
    for gone in withheld[:-1]:
        last = _with(last, gone, 1)
    whole = sum(row.revenue_cents for row in [*known, last])
    return [replace(row, share=row.revenue_cents / whole if whole else None) for row in [*known, last]]


def _with(row: TypeRow, other: TypeRow, times: int) -> TypeRow:
    return replace(
        row, clients=row.clients + times * other.clients,
        revenue_cents=row.revenue_cents + times * other.revenue_cents,
        online_cents=row.online_cents + times * other.online_cents,
    )  # fmt: skip


def _sums_of(rows: QuerySet[ClientReadiness]) -> Sums:
    revenue, known = Cast("revenue_cents", FloatField()), Q(ready__isnull=False)
    open_share = Value(1.0) - Coalesce(F("online_share"), Value(0.0))
    sums = dict(
        clients=Count("client_id"), revenue=Sum(revenue), known_clients=Count("client_id", filter=known),
        known_revenue=Sum(revenue, filter=known), ready=Sum(revenue * F("ready")), ready_heads=Sum("ready"),
        online=Sum(revenue * F("online_share")), channel_revenue=Sum(revenue, filter=Q(online_share__isnull=False)),
        risk1=Sum("risk1_cents"), risk2=Sum("risk2_cents"), unknown_open=Sum(revenue * open_share, filter=~known),
        **{f"mix{k}": Sum(revenue * F(f"p{k}")) for k in (1, 2, 3, 4)},
    )  # fmt: skip
    # Named apart from the columns, which an aggregate of the same name would hide.
    found = rows.aggregate(**{f"sum_{name}": each for name, each in sums.items()})
    numbers = {name.removeprefix("sum_"): float(value or 0) for name, value in found.items()}
    mix = tuple(numbers.pop(f"mix{k}") for k in (1, 2, 3, 4))
    return Sums(**numbers, mix=mix)


def _types_of(rows: QuerySet[ClientReadiness]) -> list[TypeRow]:
    revenue = Cast("revenue_cents", FloatField())
    moved = Case(When(online_share__isnull=True, then=Value(0.0)), default=revenue * F("online_share"))
    found = {
        row["type"]: row
        for row in rows.values("type").annotate(
            clients=Count("client_id"), total=Sum(revenue), online=Sum(moved)
        )
    }
    whole = sum(row["total"] for row in found.values())
    nothing = {"clients": 0, "total": 0.0, "online": 0.0}
    return [
        TypeRow(
            kind, int(row["clients"]), round(row["total"]), round(row["online"]), row["total"] / whole if whole else None
        )
        for kind in (0, 1, 2, 3, -1)
        for row in [found.get(kind, nothing)]
    ]  # fmt: skip
