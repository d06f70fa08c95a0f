"""Jobs of this app."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from clients.bulk.services import JOB_KIND, UNDO_KIND, run_bulk, run_undo
from clients.export_jobs import JOB_KIND as EXPORT_KIND
from clients.export_jobs import run_export
from clients.models import Batch, ExportFile
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


@handler(EXPORT_KIND, _("Export of a list"))
def do_export(context: Context) -> Mapping[str, Any]:
    file = ExportFile.objects.select_related("owner").get(batch=context.payload["batch"])
    return run_export(context=context, file=file, user=file.owner)
