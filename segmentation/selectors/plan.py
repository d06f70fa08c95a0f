"""The migration plan: waves with their gates, who is next in each, whom to ask first."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.utils.functional import Promise

from accounts.rights import sees_all
from clients.personal.profiling import profiled_q, withheld_q
from common.paging import Page
from segmentation.labels import HOLDS, WAVE_NOTES, WAVES
from segmentation.models import ClientReadiness, ReadinessRun, WaveOpening
from segmentation.rules.grid import Segment
from segmentation.rules.waves import STEPS, Gate, Hold, Wave
from segmentation.selectors.playbooks import Done

PAGE_ROWS = 50


@dataclass(frozen=True)
class WaveRow:
    """``gate``: of the wave before, which this one waits for; null for the pilots and the queue."""

    wave: Wave
    label: str | Promise
    note: str | Promise
    clients: int
    revenue_cents: int
    migrated_share: float | None
    opening: WaveOpening | None
    gate: Gate | None


def gates(run: ReadinessRun) -> dict[int, Gate]:
    """By wave that may open: the gate of the wave before it."""
    return {
        row["wave"] + 1: Gate(
            migrated_share=row["migrated"] / row["revenue"] if row["revenue"] else None,
            loss=row["loss"], loss_outside=row["loss_outside"], is_open=row["opened_on"] is not None,
        )
        for row in run.results["waves"]
    }  # fmt: skip


@dataclass(frozen=True)
class WavesSeen:
    """``withheld``: how many more the reader would see, did they not object to profiling."""

    rows: list[WaveRow]
    withheld: int


def waves_seen(run: ReadinessRun, user: Any) -> WavesSeen:
    """Counts and sums of the clients the reader may see; gates are of the whole portfolio. Private clients who
    object to profiling are in no wave, nor in the queue."""
    rows = ClientReadiness.objects.filter(run=run).visible_to(user)
    refused = _by_wave(rows.filter(withheld_q()))
    found = _stored_waves(run, refused) if sees_all(user) else _by_wave(rows.filter(profiled_q()))
    return WavesSeen(_wave_rows(run, found), sum(row["clients"] for row in refused.values()))


def _wave_rows(run: ReadinessRun, found: Mapping[int, dict[str, Any]]) -> list[WaveRow]:
    openings = {row.wave: row for row in WaveOpening.objects.select_related("opened_by")}
    gate, shares = gates(run), {row["wave"]: row for row in run.results["waves"]}
    rows = []
    for wave in (*(each for each in Wave if each != Wave.ASK), Wave.ASK):
        row = found.get(int(wave), {"clients": 0, "revenue": 0})
        whole = shares.get(int(wave))
        rows.append(
            WaveRow(
                wave=wave, label=WAVES[wave], note=WAVE_NOTES[wave], clients=row["clients"],
                revenue_cents=round(row["revenue"] or 0),
                migrated_share=whole["migrated"] / whole["revenue"] if whole and whole["revenue"] else None,
                opening=openings.get(int(wave)), gate=gate.get(int(wave)) if wave > Wave.PILOTS else None,
            )
        )  # fmt: skip
    return rows


def _by_wave(rows: QuerySet[ClientReadiness]) -> dict[int, dict[str, Any]]:
    sums = rows.values("wave").annotate(clients=Count("client_id"), revenue=Sum("revenue_cents")).order_by()
    return {row["wave"]: dict(row) for row in sums}


def _stored_waves(run: ReadinessRun, refused: dict[int, dict[str, Any]]) -> dict[int, dict[str, Any]]:
    """The night's own sums, less those who object: no second pass over all rows."""
    stored = {row["wave"]: row for row in run.results["waves"]} | {int(Wave.ASK): _asked(run)}
    nothing = {"clients": 0, "revenue": 0}
    return {
        wave: {name: row[name] - refused.get(wave, nothing)[name] for name in nothing}
        for wave, row in stored.items()
    }


def _asked(run: ReadinessRun) -> dict[str, Any]:
    sums = run.results["sums"]
    waves = run.results["waves"]
    return {
        "clients": int(sums["clients"]) - sum(row["clients"] for row in waves),
        "revenue": sums["revenue"] - sum(row["revenue"] for row in waves),
    }


@dataclass(frozen=True, kw_only=True)
class PlanPage(Page[ClientReadiness]):
    total: int


def plan_page(
    run: ReadinessRun, user: Any, wave: int, hold: int | None, number: int, counted: int | None = None
) -> PlanPage:
    """Who is next in a wave: by priority; in the queue of the unknown by revenue. Nobody who objects to profiling.
    ``counted``: how many there are, when the caller knows."""
    rows = ClientReadiness.objects.filter(profiled_q(), run=run, wave=wave).visible_to(user)
    if hold is not None:
        rows = rows.filter(hold=hold)
    total = rows.count() if counted is None else counted
    number = min(number, max(1, -(-total // PAGE_ROWS)))
    start = (number - 1) * PAGE_ROWS
    ids = list(
        rows.order_by("-priority", "client_id").values_list("client_id", flat=True)[start : start + PAGE_ROWS]
    )
    shown = ClientReadiness.objects.filter(run=run, client__in=ids).select_related("client")
    found = {row.client_id: row for row in shown}
    return PlanPage(
        rows=[found[one] for one in ids if one in found], number=number, size=PAGE_ROWS,
        has_next=start + PAGE_ROWS < total, total=total,
    )  # fmt: skip


@dataclass(frozen=True)
class ClientWay:
    """One client on its way online, for its page."""

    row: ClientReadiness | None
    wave: str
    hold: str
    offer: str
    steps: list[tuple[str, Done | None]]

    @property
    def steps_done(self) -> int:
        return sum(1 for _step, done in self.steps if done)


# Whales come twice: first served the same at lower cost, then with new services (text 000).
OFFERS = {
    Segment.WHALE: ("whale_first", "whale_then"),
    Segment.THOROUGHBRED: ("new_services", "new_services"),
    Segment.ATHLETE: ("escorted", "escorted"),
}


def way_of(row: ClientReadiness | None, segment: str, done: Mapping[str, Done]) -> ClientWay:
    """``row`` of the newest readiness; ``segment`` whose playbook counts; ``done`` by step of accompaniment."""
    migrated = row is not None and (row.online_share or 0) >= 0.5
    offers = OFFERS.get(segment, ("", ""))  # type: ignore[call-overload]
    return ClientWay(
        row=row,
        wave=str(WAVES[Wave(row.wave)]) if row else "",
        hold=str(HOLDS[Hold(row.hold)]) if row else "",
        offer=offers[1 if migrated else 0],
        steps=[(step.value, done.get(step.value)) for step in STEPS],
    )
