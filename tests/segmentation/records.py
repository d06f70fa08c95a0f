"""Clients of the grid: rollup rows as the import would leave them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from accounts.models import User
from clients.models import Client
from sales.models import ClientDay
from tests.factories.records import make_client

AS_OF = date(2026, 6, 30)
NOW = datetime(2026, 7, 1, 2, 0, tzinfo=UTC)


def sell(
    client: Client, revenue: int, margin_rate: float | None, *, days_ago: int = 30, assumed: int = 0,
    as_of: date = AS_OF,
) -> ClientDay:  # fmt: skip
    """One day of sales; ``margin_rate`` null leaves the cost unknown."""
    costed = revenue if margin_rate is not None else 0
    return ClientDay.objects.create(
        client=client, day=as_of - timedelta(days=days_ago), orders=1, rev=revenue, gross=max(revenue, 0),
        abs_rev=abs(revenue), rc=costed, abs_rc=abs(costed),
        cost=round(costed * (1 - (margin_rate or 0))), abs_rc_assumed=assumed,
    )  # fmt: skip


def client_with(
    revenue: int, margin_rate: float | None, *, owner: User | None = None, assumed: int = 0, **fields: Any
) -> Client:
    """A client known since two years, with one day of sales in the last 52 weeks."""
    client = make_client(owner=owner, **fields)
    ClientDay.objects.create(
        client=client, day=AS_OF - timedelta(days=700), orders=1, rev=100, gross=100, abs_rev=100, rc=100,
        abs_rc=100, cost=50, abs_rc_assumed=0,
    )  # fmt: skip
    sell(client, revenue, margin_rate, assumed=assumed)
    return client


def four_corners(owner: User | None = None) -> dict[str, Client]:
    """One client per segment under preset ABC: revenue line 3,000.00, margin line 28.6 %."""
    return {
        "athlete": client_with(500_000, 0.40, owner=owner, name="Atalante"),
        "whale": client_with(300_000, 0.10, owner=owner, name="Boréas"),
        "thoroughbred": client_with(80_000, 0.50, owner=owner, name="Circé"),
        "dilemma": client_with(60_000, 0.05, owner=owner, name="Dédale"),
        "to_qualify": client_with(50_000, None, owner=owner, name="Écho"),
    }
