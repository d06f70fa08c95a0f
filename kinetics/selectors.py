"""Reads of published runs."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, QuerySet, Sum
from django.utils.functional import Promise

from accounts.rights import sees_all
from clients.models import Client
from common.prepared import prepared
from kinetics.labels import EVIDENCES, REVENUE_STATES
from kinetics.models import ClientIndicator, KineticsRun
from kinetics.states import Evidence


def published_run(as_of: date | None = None) -> KineticsRun | None:
    """The newest published night, or that of ``as_of``."""
    found = _nights(0, as_of)
    return found[0] if found else None


@prepared
def _nights(_none: int, as_of: date | None) -> QuerySet[KineticsRun]:
    runs: QuerySet[KineticsRun] = KineticsRun.objects.published().nights()
    if as_of is not None:
        runs = runs.filter(as_of=as_of)
    return runs.order_by("-as_of", "-published_at")[:1]


def published_night() -> QuerySet[Any]:
    """The id of the newest published night, for use within another query."""
    runs = KineticsRun.objects.published().nights()
    return runs.order_by("-as_of", "-published_at").values("pk")[:1]


def indicator_of(client: Client, run: KineticsRun | None = None) -> ClientIndicator | None:
    """The client's row in ``run`` (default: the newest published), with its run."""
    run = run or published_run()
    if run is None:
        return None
    return ClientIndicator.objects.filter(run=run, client=client).select_related("run").first()


@dataclass(frozen=True)
class StateCount:
    key: str
    label: str | Promise
    clients: int


@dataclass(frozen=True)
class Overview:
    """What the last night says about the clients ``user`` may see; totals in cents."""

    run: KineticsRun
    clients: int
    compared: int  # clients with two windows
    change_cents: int | None  # Σ of their ΔR over equal windows; None: nobody to compare
    expected_cents: int | None
    declining: int  # clients in alert
    states: Sequence[StateCount]
    evidences: Sequence[StateCount]

    @property
    def lost_cents(self) -> int | None:
        return None if self.change_cents is None else -self.change_cents


def overview(user: Any, run: KineticsRun) -> Overview:
    rows: QuerySet[Any] = ClientIndicator.objects.filter(run=run).visible_to(user)
    # Who sees every client gets what the night added up.
    totals = (sees_all(user) and run.counts.get("totals")) or totals_of(rows)
    states, evidences = _counts(rows, run, user)
    return Overview(
        run=run, clients=totals["clients"], compared=totals["compared"],
        change_cents=totals["change"], expected_cents=totals["expected"],
        declining=evidences.get(Evidence.ALERT.value, 0),
        states=[StateCount(one.value, label, states.get(one.value, 0)) for one, label in REVENUE_STATES.items()],
        evidences=[StateCount(one.value, label, evidences.get(one.value, 0)) for one, label in EVIDENCES.items()],
    )  # fmt: skip


def totals_of(rows: QuerySet[Any]) -> dict[str, Any]:
    """Clients, those with two windows, Σ of their change and of what is expected, in cents."""
    return rows.aggregate(
        expected=Sum("expected_cents"), clients=Count("client_id"),
        change=Sum(F("r0_cents") - F("r1_cents")), compared=Count("r1_cents"),
    )  # fmt: skip


def _counts(rows: QuerySet[Any], run: KineticsRun, user: Any) -> tuple[dict[str, int], dict[str, int]]:
    """Clients by revenue state and by evidence; who sees every client gets what the night counted."""
    if sees_all(user) and "evidence" in run.counts:
        return run.counts["revenue"], run.counts["evidence"]
    states, evidences = Counter[str](), Counter[str]()
    pairs = rows.order_by().values_list("revenue_state", "evidence").annotate(Count("client_id"))
    for state, evidence, clients in pairs:
        states[state] += clients
        evidences[evidence] += clients
    return states, evidences
