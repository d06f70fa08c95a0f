"""Writes of the migration plan: steps, facts, openings of waves."""

from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction

from accounts.models import User
from clients.models import Client
from segmentation.models import AccompanimentStep, MigrationFacts, ReadinessRun, WaveOpening
from segmentation.rules.waves import Step, Wave
from segmentation.selectors.plan import gates
from segmentation.services.history import stored, told, told_gone
from segmentation.services.readiness import compute_readiness


class GateClosed(Exception):
    """The wave before has not passed its gate."""


@transaction.atomic
def log_step(*, client: Client, step: Step, done_on: date, by: User, now: datetime) -> AccompanimentStep:
    """A step counts once; logged again, the first date stays."""
    row, created = AccompanimentStep.objects.get_or_create(
        client=client, step=step.value, defaults={"done_on": done_on, "by": by, "recorded_at": now}
    )
    if created:
        told(row, None, by=by, at=now)
    return row


@transaction.atomic
def undo_step(*, client: Client, step: Step, by: User, now: datetime) -> None:
    for row in AccompanimentStep.objects.select_for_update().filter(client=client, step=step.value):
        told_gone(row, by=by, at=now)
        row.delete()


@transaction.atomic
def set_facts(
    *, client: Client, is_volunteer: bool, is_ambassador: bool, hours: Decimal | None, by: User, now: datetime
) -> MigrationFacts:
    before = stored(MigrationFacts, client=client)
    row, _created = MigrationFacts.objects.update_or_create(
        client=client,
        defaults={
            "is_volunteer": is_volunteer, "is_ambassador": is_ambassador, "hours": hours, "changed_at": now,
            "changed_by": by,
        },
    )  # fmt: skip
    told(row, before, by=by, at=now)
    return row


@transaction.atomic
def open_wave(*, wave: Wave, today: date, by: User, now: datetime, forced: bool = False) -> WaveOpening:
    """Open a wave behind its gate, or ``forced`` before it; the last night is done again at once.

    Asked twice, the first opening stays. Raises ``GateClosed``.
    """
    opened = WaveOpening.objects.filter(wave=int(wave)).first()
    if opened is not None:
        return opened
    run = ReadinessRun.objects.filter(published=True).order_by("-as_of").first()
    gate = gates(run).get(int(wave)) if run else None
    allowed = wave == Wave.PILOTS or (gate is not None and gate.passed)
    if not allowed and not forced:
        raise GateClosed
    values = {} if gate is None else {
        "migrated_share": gate.migrated_share, "loss": gate.loss, "loss_outside": gate.loss_outside
    }  # fmt: skip
    try:
        opening = WaveOpening.objects.create(
            wave=int(wave), opened_on=today, opened_by=by, forced=not allowed, gate=values
        )
    except IntegrityError:
        raise GateClosed from None
    if run is not None:
        compute_readiness(as_of=run.as_of, now=now)
    return opening
