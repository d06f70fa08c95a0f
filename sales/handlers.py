"""Jobs of this app."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jobs.registry import Context, handler
from sales.imports import JOB_KIND, run_import
from sales.models import OrderImport


@handler(JOB_KIND, _("Import of orders"))
def import_orders(context: Context) -> Mapping[str, Any]:
    order_import = OrderImport.objects.select_related("imported_by", "owner_of_new").get(
        pk=context.payload["import"]
    )
    size = 0

    def progress(done: int, total: int) -> None:
        nonlocal size
        size = total
        context.checkpoint(done=done, total=total or None)

    return run_import(
        order_import=order_import, today=timezone.localdate(), now=timezone.now(), progress=progress,
        fence=lambda: context.checkpoint(done=size),
    )  # fmt: skip
