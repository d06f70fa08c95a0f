"""The nightly run: built aside, then published in one transaction (kinetics 5).

Readers follow the published run, so they see one complete run whatever happens here. A run that fails
or is killed leaves the former visible; the next run removes what it left.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from common import arrays
from common.arrays import Column
from common.locks import lock_until_commit, one_snapshot
from common.periods import KEPT_NIGHTS, nights_to_forget
from kinetics.forecast import Forecast, Portfolio, make_forecast
from kinetics.models import ClientIndicator, KineticsRun
from kinetics.rules import RULE_VERSION
from kinetics.scoring import score
from kinetics.selectors import totals_of
from kinetics.states import RunMode, RunState
from sales.rollup import rebuild_dirty
from sales.windows import Windows, fetch_all

WRITTEN_AT_ONCE = 25_000  # clients of one transaction
ABANDONED_AFTER = timedelta(hours=1)
Progress = Callable[[int, int], None]


class RunSuperseded(Exception):
    """A later run of the same date took over while this one was computing."""


@dataclass
class _Phases:
    """Seconds of each phase, for the run's page."""

    began: float = field(default_factory=time.perf_counter)
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.seconds[name] = round(self.seconds.get(name, 0.0) + time.perf_counter() - start, 3)

    @property
    def total(self) -> float:
        return time.perf_counter() - self.began


def recompute_kinetics(
    *, as_of: date, now: datetime, mode: RunMode = RunMode.NIGHT, progress: Progress | None = None
) -> KineticsRun:
    """Compute and publish every client's indicators as of ``as_of``; a rerun replaces the former run.

    ``now`` is the knowledge cut-off. ``progress(done, total)``: half is everything read.
    Raises ``RunSuperseded`` when another run of the same date started meanwhile.
    """
    phases = _Phases()
    run = _open_run(as_of, mode, now)
    try:
        with phases("rollup"):
            rebuild_dirty()
        with phases("features"):
            windows = _read(as_of, progress or _unheard)
        with phases("model"):
            forecast, portfolio = make_forecast(windows, as_of), Portfolio.of(windows, as_of)
        with phases("write"):
            counts = _write(run, windows, forecast, portfolio, progress or _unheard)
        _publish(run, forecast, portfolio, counts, phases)
    except Exception as error:
        _give_up(run, error)
        raise
    _remove_hidden_rows()
    _prune(run)
    return run


def backfill(*, first: date, last: date, step: int, now: datetime) -> list[KineticsRun]:
    """One run every ``step`` days from ``first`` to ``last``, kept apart from the nights."""
    days = range(0, (last - first).days + 1, step)
    return [
        recompute_kinetics(as_of=first + timedelta(days=day), now=now, mode=RunMode.BACKFILL) for day in days
    ]


def _open_run(as_of: date, mode: RunMode, now: datetime) -> KineticsRun:
    """A new run takes over from whatever still claims to build this date."""
    mine = Q(as_of=as_of, mode=mode) | Q(started_at__lt=now - ABANDONED_AFTER)
    with transaction.atomic():
        KineticsRun.objects.filter(mine, state=RunState.BUILDING).update(
            state=RunState.FAILED, error="interrupted"
        )
        run = KineticsRun.objects.create(
            as_of=as_of, mode=mode, code_version=RULE_VERSION, knowledge_cutoff=now, started_at=now
        )
    _remove_hidden_rows()
    return run


def _unheard(done: int, total: int) -> None:
    """Nobody follows the progress."""


def _read(as_of: date, progress: Progress) -> Windows:
    """An import that ends meanwhile counts for all clients or for none, and waits for the next night."""
    with one_snapshot():
        windows = fetch_all(as_of)
    progress(1, 2)
    return windows


def _write(
    run: KineticsRun, windows: Windows, forecast: Forecast, portfolio: Portfolio, progress: Progress
) -> dict[str, Counter[str]]:
    counts: dict[str, Counter[str]] = {}
    steps = range(0, len(windows), WRITTEN_AT_ONCE)
    for number, first in enumerate(steps, start=1):
        scores = score(windows.part(first, first + WRITTEN_AT_ONCE), run.as_of, forecast, portfolio)
        _insert(run, scores.columns)
        for name, by_state in scores.counts.items():
            counts.setdefault(name, Counter()).update(by_state)
        progress(len(steps) + number, 2 * len(steps))
    return counts


def _insert(run: KineticsRun, columns: Any) -> None:
    ids = columns["client_id"].values
    with transaction.atomic():
        arrays.insert(
            ClientIndicator._meta.db_table, {"run_id": Column("bigint", ids * 0 + run.pk), **columns}
        )


def _publish(
    run: KineticsRun, forecast: Forecast, portfolio: Portfolio, counts: dict[str, Counter[str]],
    phases: _Phases,
) -> None:  # fmt: skip
    """Flip the pointer. The lock keeps two runs of one date from both doing so."""
    run.params = forecast.params | {
        "share": portfolio.share, "refund_rate": portfolio.refund_rate, "portfolio_ratio": portfolio.ratio,
        "mean_order": forecast.mean_value,
        "rate_prior": {"r": forecast.rate_prior.r, "alpha": forecast.rate_prior.alpha},
    }  # fmt: skip
    run.counts = {"clients": sum(counts.get("evidence", Counter()).values()), "phases": phases.seconds}
    run.counts |= {name: dict(by_state) for name, by_state in counts.items()}
    run.counts["totals"] = totals_of(ClientIndicator.objects.filter(run=run))
    run.seconds = round(phases.total, 3)
    run.published_at = run.started_at + timedelta(seconds=run.seconds)
    same_day = KineticsRun.objects.filter(as_of=run.as_of, mode=run.mode)
    with transaction.atomic():
        lock_until_commit(f"kinetics {run.as_of} {run.mode}")
        if not same_day.filter(pk=run.pk, state=RunState.BUILDING).select_for_update().exists():
            raise RunSuperseded(f"another run of {run.as_of} took over")
        same_day.published().update(state=RunState.REPLACED)
        run.state = RunState.PUBLISHED.value
        run.save()


def _give_up(run: KineticsRun, error: Exception) -> None:
    KineticsRun.objects.filter(pk=run.pk).update(
        state=RunState.FAILED, error=f"{type(error).__name__}: {error}"[:500]
    )
    _remove_hidden_rows()


def _remove_hidden_rows() -> None:
    """Rows of runs nobody can see any more: replaced, failed, or interrupted."""
    hidden = KineticsRun.objects.filter(state__in=[RunState.REPLACED, RunState.FAILED])
    _delete_rows(list(hidden.values_list("pk", flat=True)))


def _delete_rows(run_ids: list[int]) -> None:
    if not run_ids:
        return
    listed = ", ".join(str(run_id) for run_id in run_ids)
    with connection.cursor() as cursor:  # the ORM would first read a million keys
        cursor.execute(f"DELETE FROM {ClientIndicator._meta.db_table} WHERE run_id IN ({listed})")


def _prune(current: KineticsRun) -> None:
    """Forget old nights; their replaced and failed runs go with them."""
    nights = dict(KineticsRun.objects.published().nights().order_by("-as_of").values_list("as_of", "pk"))
    # A day computed once more stays, however long ago it is: somebody asked for it.
    old = nights_to_forget(nights, KEPT_NIGHTS) - {current.as_of}
    gone = [nights[night] for night in old]
    oldest_kept = min(list(nights)[:KEPT_NIGHTS], default=current.as_of)
    ended = Q(state__in=[RunState.REPLACED, RunState.FAILED], as_of__lt=oldest_kept)
    with transaction.atomic():
        _delete_rows(gone)
        KineticsRun.objects.filter(Q(pk__in=gone) | ended).delete()
