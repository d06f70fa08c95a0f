"""Jobs of this app."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jobs.registry import Context, handler
from jobs.services import JobFailed
from trust_audit.labels import REFUSALS
from trust_audit.limits import Limits
from trust_audit.models import ProbeRun
from trust_audit.probes import run_probes
from trust_audit.services.probing import JOB_KIND, codes_to_probe, refuse_second, store_outcome
from trust_audit.services.refusals import Refused


@handler(JOB_KIND, _("Probes of a site"))
def probe(context: Context) -> Mapping[str, Any]:
    """Visit the site, outside of any transaction, and keep what was found."""
    run = ProbeRun.objects.select_related("audit__site").get(pk=context.payload["run"])
    try:
        refuse_second(run=run)
    except Refused as refusal:
        raise JobFailed(_said(refusal)) from refusal
    outcome = run_probes(
        run.audit.site.url,
        codes=codes_to_probe(run.audit),
        limits=Limits(delay=settings.CMIX_AUDIT_DELAY),
        allow_nets=settings.CMIX_AUDIT_ALLOW_NETS,
        progress=lambda done, total: context.checkpoint(done=done, total=total),
    )
    try:
        with transaction.atomic():
            context.checkpoint(done=outcome.pages)
            stored = store_outcome(run=run, outcome=outcome, now=timezone.now())
    except Refused as refusal:
        raise JobFailed(_said(refusal)) from refusal
    return {"proposals": stored, "pages": outcome.pages}


def _said(refusal: Refused) -> str:
    return str(REFUSALS[refusal.code]) % refusal.values
