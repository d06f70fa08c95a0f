"""Jobs of this app."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from intake.imports import JOB_KIND, UNDO_KIND, run_import, run_undo
from intake.models import RecordImport
from jobs.registry import Context, handler


@handler(JOB_KIND, _("Import of a file"))
def import_file(context: Context) -> Mapping[str, Any]:
    record_import = RecordImport.objects.select_related("imported_by", "owner_of_new").get(
        pk=context.payload["import"]
    )
    size = 0

    def progress(done: int, total: int) -> None:
        nonlocal size
        size = total
        context.checkpoint(done=done, total=total or None)

    return run_import(
        record_import=record_import, today=timezone.localdate(), now=timezone.now(), progress=progress,
        fence=lambda: context.checkpoint(done=size),
    )  # fmt: skip


@handler(UNDO_KIND, _("Undoing of an import"))
def undo_import(context: Context) -> Mapping[str, Any]:
    record_import = RecordImport.objects.get(pk=context.payload["import"])
    user = User.objects.filter(pk=context.payload["user"]).first()
    return run_undo(record_import=record_import, user=user, now=timezone.now())
