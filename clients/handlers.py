"""Jobs of this app."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from clients.bulk.services import JOB_KIND, UNDO_KIND, run_bulk, run_undo
from clients.models import Batch
from jobs.models import Job
from jobs.registry import Context, handler


def _asker(context: Context) -> Any:
    return Job.objects.select_related("requested_by").get(pk=context.job_id).requested_by


@handler(JOB_KIND, _("Act on many records"))
def do_bulk(context: Context) -> Mapping[str, Any]:
    batch = Batch.objects.get(pk=context.payload["batch"])
    return run_bulk(context=context, batch=batch, user=_asker(context))


@handler(UNDO_KIND, _("Undo of an act on many records"))
def undo_bulk(context: Context) -> Mapping[str, Any]:
    batch = Batch.objects.get(pk=context.payload["batch"])
    return run_undo(context=context, batch=batch, user=_asker(context))
