"""Starts an act on many rows, does it chunk by chunk, and takes it back."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from accounts.rights import may
from clients.bulk import registry
from clients.bulk.registry import BulkAct, Chunk
from clients.models import Batch, Change, Client
from clients.rules import UNDO_DAYS, BatchKind
from common.lists import registry as lists
from common.lists.state import ListState
from jobs.models import Job
from jobs.registry import Context
from jobs.services import JobFailed, enqueue

JOB_KIND, UNDO_KIND = "clients.bulk", "clients.bulk_undo"
AT_ONCE = 500
MAX_ROWS = 100_000


def chosen_ids(state: ListState, act: BulkAct, ids: Sequence[int] | None) -> list[int]:
    """The rows of the list that the act may touch: the ticked ones, or all that fit; by key."""
    rows = state.asked_rows() if ids is None else state.spec.rows(state.user).filter(pk__in=ids)
    allowed = rows.visible_to(state.user, act=act.right)  # type: ignore[attr-defined]
    return list(allowed.order_by("pk").values_list("pk", flat=True)[: MAX_ROWS + 1])


@transaction.atomic
def start_bulk(
    *, act: BulkAct, ids: Sequence[int], values: Mapping[str, Any], label: str, user: Any, token: str,
    now: datetime,
) -> Batch:  # fmt: skip
    """Write the batch and its job. The same ``token`` again (a second click) finds what the first began."""
    key = f"{user.pk}:{token}"
    if before := Job.objects.filter(kind=JOB_KIND, key=key).first():
        return Batch.objects.get(pk=before.payload["batch"])
    counts = {"rows": len(ids), "act": act.full_key}
    batch = Batch.objects.create(kind=BatchKind.BULK.value, label=label[:200], by=user, at=now, counts=counts)
    payload = {
        "batch": batch.pk, "act": act.key, "list": act.list_key, "ids": list(ids), "values": dict(values),
        "at": now.isoformat(),
    }  # fmt: skip
    job = enqueue(kind=JOB_KIND, key=key, payload=payload, user=user)
    if job.payload["batch"] != batch.pk:  # somebody else's click was faster
        batch.delete()
        return Batch.objects.get(pk=job.payload["batch"])
    Batch.objects.filter(pk=batch.pk).update(counts=counts | {"job": job.pk})
    batch.refresh_from_db()
    return batch


def run_bulk(*, context: Context, batch: Batch, user: Any) -> dict[str, Any]:
    """Do what is left of the act. Each chunk is one transaction with its checkpoint: a worker that was
    killed leaves whole chunks, and the next goes on behind them."""
    payload = context.payload
    act, spec = registry.find(payload["list"], payload["act"]), lists.get(payload["list"])
    if act is None or act.apply is None or spec is None or user is None or not user.is_active:
        raise JobFailed("nobody may do this act any more")
    ids, now = payload["ids"], datetime.fromisoformat(payload["at"])
    at, changed, kept = (context.cursor.get(name, 0) for name in ("at", "changed", "kept"))
    while at < len(ids):
        part = ids[at : at + AT_ONCE]
        with transaction.atomic():
            # Rights are asked again now: rows that went to somebody else are left alone.
            mine = spec.rows(user).visible_to(user, act=act.right).filter(pk__in=part)  # type: ignore[attr-defined]
            if spec.rows(user).model is Client:  # held: none of them is merged away under the act
                mine = mine.select_for_update(of=("self",))
            allowed = list(mine.order_by("pk").values_list("pk", flat=True))
            changed += act.apply(Chunk(batch, user, allowed, payload["values"], now))
            kept += len(part) - len(allowed)
            at += len(part)
            context.checkpoint(done=at, total=len(ids), cursor={"at": at, "changed": changed, "kept": kept})
    # Done again from its beginning an act changes nothing: what it wrote the first time still counts.
    changed = max(changed, batch.changes.count())
    result: dict[str, Any] = {"batch": batch.pk, "changed": changed, "not_allowed": kept}
    if act.finish:
        result |= act.finish(batch, payload["values"], user)
    Batch.objects.filter(pk=batch.pk).update(counts=batch.counts | result)
    return result


def act_of(batch: Batch) -> BulkAct | None:
    list_key, _, key = str(batch.counts.get("act", "")).partition(".")
    return registry.find(list_key, key)


def job_of(batch: Batch, kind: str = JOB_KIND) -> Job | None:
    number = batch.counts.get("undo_job" if kind == UNDO_KIND else "job")
    return Job.objects.filter(pk=number, kind=kind).first() if number else None


def can_undo(batch: Batch, user: Any, now: datetime) -> bool:
    """By who did it or sees all, within ``UNDO_DAYS``, once, when the act is done and knows how."""
    act, job = act_of(batch), job_of(batch)
    return bool(
        act and act.undo and may(user, act.right) and job and job.is_over and batch.kind == BatchKind.BULK.value
        and batch.undone_at is None and not batch.counts.get("undo_job")
        and batch.at >= now - timedelta(days=UNDO_DAYS)
        and Batch.objects.visible_to(user).filter(pk=batch.pk).exists()
    )  # fmt: skip


@transaction.atomic
def start_undo(*, batch: Batch, user: Any, now: datetime) -> Job | None:
    """``None`` when it cannot be undone; twice begins one job."""
    batch = Batch.objects.select_for_update().get(pk=batch.pk)
    if not can_undo(batch, user, now):
        return None
    payload = {"batch": batch.pk, "at": now.isoformat()}
    job = enqueue(kind=UNDO_KIND, key=str(batch.pk), payload=payload, user=user)
    Batch.objects.filter(pk=batch.pk).update(counts=batch.counts | {"undo_job": job.pk})
    return job


def run_undo(*, context: Context, batch: Batch, user: Any) -> dict[str, Any]:
    """Take back what the batch changed and nobody has changed since."""
    act = act_of(batch)
    if act is None or act.undo is None or user is None or not user.is_active:
        raise JobFailed("nobody can take this act back any more")
    now, last = datetime.fromisoformat(context.payload["at"]), _last_change(context, batch)
    total = batch.changes.filter(pk__lte=last).count()
    after, done, undone = (context.cursor.get(name, 0) for name in ("after", "done", "undone"))
    while changes := list(batch.changes.filter(pk__gt=after, pk__lte=last).order_by("pk")[:AT_ONCE]):
        with transaction.atomic():
            undone += act.undo(batch, changes, user, now)
            after, done = changes[-1].pk, done + len(changes)
            context.checkpoint(
                done=done, total=total, cursor={"after": after, "done": done, "undone": undone, "last": last}
            )
    counts = batch.counts | {"undone": undone, "not_undone": done - undone}
    Batch.objects.filter(pk=batch.pk).update(undone_at=now, undone_by=user, counts=counts)
    return {"batch": batch.pk, "undone": undone}


def _last_change(context: Context, batch: Batch) -> int:
    """The undo writes its own changes into the batch's history; they are not undone in turn."""
    if "last" in context.cursor:
        return int(context.cursor["last"])
    newest = batch.changes.order_by("-pk").values_list("pk", flat=True).first()
    return newest or 0


def tell(changes: Sequence[Change]) -> int:
    """Write history rows and say how many."""
    return len(Change.objects.bulk_create(changes, batch_size=AT_ONCE))
