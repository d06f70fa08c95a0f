"""A company's own segmentation: which is in force, who belongs where, what its rules would do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from django.db.models import Count
from django.utils.functional import Promise
from numpy.typing import NDArray

from common import arrays
from common.periods import WINDOW_DAYS
from segmentation.labels import SEGMENTS
from segmentation.models import ClientSegment, OwnMember, OwnSegment, OwnSegmentation, SegmentationRun
from segmentation.rules.grid import Segment
from segmentation.rules.own import Condition, Fact, Method, OwnFacts, assign
from segmentation.selectors.features import Portfolio, portfolio_on
from segmentation.selectors.runs import published_run

Ids = NDArray[np.int64]


def own_in_force() -> OwnSegmentation | None:
    return OwnSegmentation.objects.filter(in_force=True).first()


def own_names() -> dict[str, tuple[str, str]]:
    """Name and playbook of every own segment, by the code events and columns use."""
    rows = OwnSegment.objects.values_list("pk", "name", "playbook")
    return {f"own:{pk}": (name, playbook) for pk, name, playbook in rows}


def own_choices() -> list[tuple[str, str | Promise]] | None:
    """Code and name of each segment of the segmentation in force, in one query; None while the grid counts."""
    rows = OwnSegmentation.objects.filter(in_force=True).order_by("segments__position", "segments__code")
    found = list(rows.values_list("segments__pk", "segments__name"))
    return [(f"own:{pk}", name) for pk, name in found if pk is not None] if found else None


def segments_played(playbook: Segment) -> list[tuple[str, str | Promise]]:
    """Code and name of the segments in the list of clients whose clients are played by ``playbook``: the one of the
    grid, or the company's own that map to it."""
    run = published_run()
    if run is None or run.own_id is None:
        return [(playbook.value, SEGMENTS[playbook])]
    rows = OwnSegment.objects.filter(segmentation=run.own_id, playbook=playbook.value)
    return [(f"own:{pk}", name) for pk, name in rows.order_by("position", "code").values_list("pk", "name")]


def segments_in_order(segmentation: OwnSegmentation) -> list[OwnSegment]:
    return list(segmentation.segments.order_by("position", "code"))


def own_segments_of(segmentation: OwnSegmentation, portfolio: Portfolio, as_of: date) -> Ids:
    """Id of each client's own segment, in the order of the features; 0 for none."""
    client_ids = portfolio.features.client_ids
    if segmentation.method == Method.IMPORTED:
        rows = arrays.select(
            f"SELECT client_id, segment_id FROM segmentation_ownmember WHERE segmentation_id = {segmentation.pk:d}",
            ("client_id", "segment_id"),
        )
        return arrays.spread(client_ids, rows["client_id"], rows["segment_id"])
    segments = segments_in_order(segmentation)
    ids = np.array([*(segment.pk for segment in segments), 0], dtype=np.int64)
    rules = [segment.rule for segment in segments]
    return ids[assign(_facts(rules, portfolio, as_of), rules)]  # NOWHERE, -1, is the last: 0


def stored_own(run: SegmentationRun, client_ids: Ids) -> Ids:
    """Ids of the own segments ``run`` gave, in the order of ``client_ids``; 0 for none."""
    rows = arrays.select(
        f"SELECT client_id, COALESCE(own_id, 0) AS own FROM segmentation_clientsegment WHERE run_id = {run.pk:d}",
        ("client_id", "own"),
    )
    return arrays.spread(client_ids, rows["client_id"], rows["own"])


def _facts(rules: Sequence[Sequence[Condition]], portfolio: Portfolio, as_of: date) -> OwnFacts:
    features = portfolio.features
    assert portfolio.orders is not None  # computed from the rollup
    assert portfolio.recency_days is not None
    asked = {
        (condition.fact, condition.value)
        for rule in rules
        for condition in rule
        if condition.fact in _MEMBERS
    }
    return OwnFacts(
        numbers={
            Fact.REVENUE: features.revenue_cents.astype(float), Fact.MARGIN: features.margin_rate,
            Fact.ORDERS: portfolio.orders, Fact.RECENCY: portfolio.recency_days,
        },
        members={one: _members(*one, features.client_ids, as_of) for one in asked},
        count=len(features),
    )  # fmt: skip


_MEMBERS = {
    Fact.TAG: "SELECT client_id FROM clients_client_tags WHERE tag_id = {value}",
    Fact.KIND: "SELECT id AS client_id FROM clients_client WHERE kind = '{value}'",
    Fact.OWNER: "SELECT id AS client_id FROM clients_client WHERE owner_id = {value}",
    Fact.TEAM: "SELECT id AS client_id FROM clients_client WHERE team_id = {value}",
    Fact.CATEGORY: (
        "SELECT DISTINCT o.client_id FROM sales_orderline l JOIN sales_order o ON o.id = l.order_id"
        " JOIN sales_product p ON p.id = l.product_id WHERE p.category_id = {value}"
        " AND l.amount_cents > 0 AND l.day > '{since}' AND l.day <= '{until}'"
    ),
}


def _members(fact: Fact, value: float | int | str, client_ids: Ids, as_of: date) -> NDArray[np.bool_]:
    # Kinds are words of ours, everything else is an id: nothing a person typed enters the statement.
    plain = {"company": "company", "person": "person"}[str(value)] if fact == Fact.KIND else f"{int(value):d}"
    since = as_of - timedelta(days=WINDOW_DAYS)
    sql = _MEMBERS[fact].format(value=plain, since=since.isoformat(), until=as_of.isoformat())
    return np.isin(client_ids, arrays.select(sql, ("client_id",))["client_id"])


@dataclass(frozen=True)
class SegmentCount:
    segment: OwnSegment | None  # None: in no segment
    clients: int
    revenue_cents: int


def preview(segmentation: OwnSegmentation, as_of: date) -> list[SegmentCount]:
    """How many clients, with what revenue, each segment would hold on ``as_of``; last who is in none."""
    portfolio = portfolio_on(as_of)
    ids, revenue = own_segments_of(segmentation, portfolio, as_of), portfolio.features.revenue_cents
    rows: list[OwnSegment | None] = [*segments_in_order(segmentation), None]
    return [
        SegmentCount(row, int((ids == (row.pk if row else 0)).sum()), int(revenue[ids == (row.pk if row else 0)].sum()))
        for row in rows
    ]  # fmt: skip


def known_counts(segmentation: OwnSegmentation) -> dict[int, int]:
    """Clients by segment: the members of an imported one, else the newest run under it."""
    if segmentation.method == Method.IMPORTED:
        rows = (
            OwnMember.objects.filter(segmentation=segmentation).values("segment_id").annotate(n=Count("pk"))
        )
        return {row["segment_id"]: row["n"] for row in rows}
    run = SegmentationRun.objects.filter(own=segmentation, published=True).order_by("-as_of").first()
    if run is None:
        return {}
    placed = (
        ClientSegment.objects.filter(run=run, own__isnull=False)
        .values("own_id")
        .annotate(n=Count("client_id"))
    )
    return {row["own_id"]: row["n"] for row in placed}
