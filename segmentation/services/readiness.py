"""Writes of readiness: the night's computation, the assumptions."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from django.db import transaction
from numpy.typing import NDArray

from accounts.models import User
from clients.sociotypes.rules.derived import ClientStatus
from common.arrays import Column, insert, select, spread
from common.locks import lock_until_commit
from common.periods import WINDOW_DAYS, nights_to_forget
from sales.rollup import rebuild_dirty
from segmentation.models import ClientReadiness, ReadinessAssumptions, ReadinessRun, WaveOpening
from segmentation.rules.matrix import online_share
from segmentation.rules.readiness import (
    COMPETITOR_FACTS,
    MIGRATED_FROM,
    MIN_DEPARTURES,
    RULE_VERSION,
    Assumptions,
    Clients,
    PerClient,
    measured_hazard,
    measured_rho,
    per_client,
    sum_up,
)
from segmentation.rules.waves import MIN_GATE_DAYS, WAVES, Movers, Wave, holds, loss_of, priority, waves_of
from segmentation.selectors.readiness import current_assumptions
from segmentation.selectors.standing import Escort, Standing, escort_on, standing_on

KEPT_NIGHTS = 3
Ints = NDArray[np.int64]


@transaction.atomic
def compute_readiness(*, as_of: date, now: datetime) -> ReadinessRun:
    """Readiness, risks and waves of every client as of a day, stored and published as a whole.

    A rerun of a day replaces that day's run; equal inputs give equal rows.
    """
    lock_until_commit("readiness")
    rebuild_dirty()
    standing = standing_on(as_of, as_of - timedelta(days=WINDOW_DAYS))
    escort = escort_on(as_of, standing.client_ids)
    online = online_share(standing.year.online, standing.year.offline)
    version = current_assumptions()
    found = _reckon(standing, escort, online, version.assumptions if version else Assumptions(), as_of)
    run = ReadinessRun.objects.create(
        as_of=as_of, assumptions=version, rule_version=RULE_VERSION, computed_at=now, results=found.results
    )
    insert(ClientReadiness._meta.db_table, _columns(run.pk, standing, escort, online, found))
    _publish(run)
    return run


@dataclass(frozen=True)
class _Reckoned:
    each: PerClient
    waves: Ints
    holds: Ints
    rank: NDArray[np.float64]
    results: dict[str, Any]


def _reckon(
    standing: Standing, escort: Escort, online: NDArray[np.float64], assumed: Assumptions, as_of: date
) -> _Reckoned:
    clients = Clients(standing.revenue, standing.p, standing.known, online, escort.steps_done)
    movers = Movers(
        revenue=standing.revenue, type=standing.type, firm=standing.status == ClientStatus.FIRM,
        tie=standing.status == ClientStatus.TIE, athlete=standing.athlete, alert=escort.alert,
        volunteer=escort.volunteer, ambassador=escort.ambassador, sector=escort.sector, steps=escort.steps,
        online=online,
    )  # fmt: skip
    hours = _hours(standing.type, escort.hours, assumed)
    first_rank = priority(standing.revenue, per_client(clients, assumed).ready, online, hours)
    waves = waves_of(movers, first_rank)
    opened = {row.wave: row.opened_on for row in WaveOpening.objects.filter(opened_on__lte=as_of)}
    measures = _measures(standing, waves, online, opened, escort)
    measured = replace(
        assumed,
        rho=measured_rho(assumed.rho, measures["invited"], measures["migrated"]),
        h1=measured_hazard(assumed.h1, measures["departed"], measures["at_risk"]),
        h2=measured_hazard(assumed.h2, measures["departed"], measures["at_risk"]),
    )
    each = per_client(clients, measured)
    results = {
        "sums": asdict(sum_up(clients, each)),
        "in_force": measured.as_json(),
        "assumed": assumed.as_json(),
        "measures": measures,
        "types": _by_type(standing, online),
        "waves": _wave_sums(standing, waves, online, opened, as_of),
    }
    rank = priority(standing.revenue, each.ready, online, hours)
    rank = np.where(waves == int(Wave.ASK), standing.revenue, rank)
    return _Reckoned(each, waves, holds(movers, waves, frozenset(opened)), rank, results)


def _hours(types: Ints, own: NDArray[np.float64], assumed: Assumptions) -> NDArray[np.float64]:
    by_type = np.array([*assumed.hours, 1.0])[types]  # −1, unknown, is the last
    return np.where(np.isnan(own), by_type, own)


def _measures(
    standing: Standing,
    waves: Ints,
    online: NDArray[np.float64],
    opened: Mapping[int, date],
    escort: Escort,
) -> dict[str, list[int]]:
    """By type: asked to migrate (a step logged, or its wave open), migrated of those; clients who bought in the
    year before, and those of them who bought nothing since."""
    invited = (escort.steps > 0) | np.isin(waves, sorted(opened))
    migrated = invited & (np.nan_to_num(online) >= MIGRATED_FROM)
    before = standing.before.bought
    departed = before & ~standing.year.bought
    flags = {"invited": invited, "migrated": migrated, "at_risk": before, "departed": departed}
    return {
        name: [int((flag & (standing.type == kind)).sum()) for kind in range(4)]
        for name, flag in flags.items()
    }


def _by_type(standing: Standing, online: NDArray[np.float64]) -> list[dict[str, float]]:
    """Clients, revenue and revenue online of the four types and, last, of the unknown."""
    moved = standing.revenue * np.nan_to_num(online)
    return [
        {
            "clients": int((standing.type == kind).sum()),
            "revenue": float(standing.revenue[standing.type == kind].sum()),
            "online": float(moved[standing.type == kind].sum()),
        }
        for kind in (0, 1, 2, 3, -1)
    ]


def _wave_sums(
    standing: Standing, waves: Ints, online: NDArray[np.float64], opened: Mapping[int, date], as_of: date
) -> list[dict[str, Any]]:
    migrated = np.nan_to_num(online) >= MIGRATED_FROM
    rows = []
    for wave in (int(each) for each in WAVES):
        inside = waves == wave
        rows.append({
            "wave": wave, "clients": int(inside.sum()), "revenue": float(standing.revenue[inside].sum()),
            "migrated": float(standing.revenue[inside & migrated].sum()),
            "opened_on": opened[wave].isoformat() if wave in opened else None,
            **_losses(standing.client_ids, inside, opened.get(wave), as_of),
        })  # fmt: skip
    return rows


def _losses(
    client_ids: Ints, inside: NDArray[np.bool_], opened_on: date | None, as_of: date
) -> dict[str, float | None]:
    """What was bought since the wave opened against the same days a year before, in the wave and elsewhere."""
    if opened_on is None or (as_of - opened_on).days < MIN_GATE_DAYS:
        return {"loss": None, "loss_outside": None}
    now, before = (_bought(client_ids, opened_on, as_of, back) for back in (0, 364))
    return {
        "loss": loss_of(now[inside].sum(), before[inside].sum()),
        "loss_outside": loss_of(now[~inside].sum(), before[~inside].sum()),
    }


def _bought(client_ids: Ints, since: date, until: date, back: int) -> Ints:
    first, last = (day - timedelta(days=back) for day in (since, until))
    rows = select(
        f"SELECT client_id, SUM(rev) AS rev FROM sales_clientday WHERE day > '{first}' AND day <= '{last}'"
        " GROUP BY client_id",
        ("client_id", "rev"),
    )
    return spread(client_ids, rows["client_id"], rows["rev"])


def _columns(
    run_id: int, standing: Standing, escort: Escort, online: NDArray[np.float64], found: _Reckoned
) -> dict[str, Column]:
    real, small = "double precision", "smallint"
    return {
        "run_id": Column("bigint", np.full(len(standing.client_ids), run_id)),
        "client_id": Column("bigint", standing.client_ids),
        "revenue_cents": Column("bigint", standing.revenue.astype(np.int64)),
        **{f"p{k + 1}": Column(real, np.where(standing.known, standing.p[:, k], np.nan)) for k in range(4)},
        "type": Column(small, standing.type),
        "status": Column(small, standing.status),
        "ready": Column(real, found.each.ready),
        "online_share": Column(real, online),
        "steps": Column(small, escort.steps),
        "risk1_cents": Column(real, found.each.risk1),
        "risk2_cents": Column(real, found.each.risk2),
        "wave": Column(small, found.waves),
        "hold": Column(small, found.holds),
        "priority": Column(real, found.rank),
    }


def _publish(run: ReadinessRun) -> None:
    replaced = ReadinessRun.objects.filter(as_of=run.as_of, published=True)
    grace = list(replaced.values_list("pk", flat=True))  # a page being built still reads its rows
    replaced.update(published=False)
    run.published = True
    run.save(update_fields=["published"])
    published = ReadinessRun.objects.filter(published=True)
    old = nights_to_forget(published.values_list("as_of", flat=True), KEPT_NIGHTS) - {run.as_of}
    stale = ReadinessRun.objects.filter(published=False).exclude(pk__in=[*grace, run.pk])
    gone = [
        *published.filter(as_of__in=old).values_list("pk", flat=True),
        *stale.values_list("pk", flat=True),
    ]
    ClientReadiness.objects.filter(run__in=gone).delete()
    ReadinessRun.objects.filter(pk__in=gone).delete()


@transaction.atomic
def set_assumptions(
    *, values: Assumptions, facts: Sequence[str], market_on: date | None, by: User, now: datetime
) -> ReadinessAssumptions:
    """A new version, with the lead as the facts on competitors make it; the last night is done again with it."""
    known = [fact for fact in COMPETITOR_FACTS if fact in facts]
    values = replace(values, lead=len(known) / len(COMPETITOR_FACTS))
    current = current_assumptions()
    same = current and (current.assumptions, current.competitor_facts, current.market_on)
    if current and same == (values, known, market_on):
        return current
    version = ReadinessAssumptions.objects.create(
        values=values.as_json(), competitor_facts=known, market_on=market_on, created_at=now, created_by=by
    )
    run = ReadinessRun.objects.filter(published=True).order_by("-as_of").first()
    if run is not None:
        compute_readiness(as_of=run.as_of, now=now)
    return version


__all__ = ["MIN_DEPARTURES", "compute_readiness", "set_assumptions"]
