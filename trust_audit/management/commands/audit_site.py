from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, CommandParser
from django.core.validators import URLValidator
from django.utils import timezone, translation

from common.commands import JsonCommand
from trust_audit.limits import Limits
from trust_audit.models import Audit, ProbeRun, Site
from trust_audit.probes import run_probes
from trust_audit.rules.checklist import Mode, Profile
from trust_audit.selectors.workspace import proposals_of
from trust_audit.services.audits import new_audit, next_number
from trust_audit.services.importing import own_site
from trust_audit.services.probing import codes_to_probe, store_outcome
from trust_audit.wording import probe_sentence

LOOPBACK = ("127.0.0.0/8", "::1/128")
NOT_PROBED: dict[str, Any] = {
    "level": None,
    "status": "not_probed",
    "confidence": None,
    "facts": {},
    "because": [],
}


class Command(JsonCommand):
    help = (
        "Begin an audit of a site and run the probes on it; print what they propose per criterion. Whoever runs "
        "it says that the site may be audited."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("url", metavar="URL")
        parser.add_argument(
            "--profile", choices=[one.value for one in Profile], default=Profile.GOODS_B2C.value
        )
        parser.add_argument("--mode", choices=[one.value for one in Mode], default=Mode.FULL.value)
        parser.add_argument("--allow-loopback", action="store_true", help="the site may be on this machine")
        parser.add_argument(
            "--delay", type=float, help="seconds between two requests; 1, or 0 with --allow-loopback"
        )
        parser.add_argument("--language", default="en", help="of the sentences")

    def run(self, **options: Any) -> dict[str, Any]:
        url = _address(options["url"])
        audit, run = _begin(url, Profile(options["profile"]), Mode(options["mode"]))
        loopback = options["allow_loopback"]
        delay = options["delay"] if options["delay"] is not None else (0.0 if loopback else 1.0)
        outcome = run_probes(
            url,
            codes=codes_to_probe(audit),
            limits=Limits(delay=delay),
            allow_nets=[*settings.CMIX_AUDIT_ALLOW_NETS, *(LOOPBACK if loopback else ())],
        )
        store_outcome(run=run, outcome=outcome, now=timezone.now())
        with translation.override(options["language"]):
            return {
                "audit": audit.pk,
                "url": outcome.url,
                "profile": audit.profile,
                "mode": audit.mode,
                "pages": outcome.pages,
                "bytes_read": outcome.bytes_read,
                "seconds": round(outcome.seconds, 3),
                "note": probe_sentence(outcome.note.as_json()) if outcome.note else None,
                "criteria": _described(audit),
            }


def _address(url: str) -> str:
    try:
        URLValidator(schemes=["http", "https"])(url)
    except ValidationError as error:
        raise CommandError(f"{url} is no address of a site") from error
    return url


def _begin(url: str, profile: Profile, mode: Mode) -> tuple[Audit, ProbeRun]:
    now = timezone.now()
    site = own_site(url, url.split("://", 1)[1].strip("/"))
    Site.objects.filter(pk=site.pk, allowed_at__isnull=True).update(allowed_at=now)
    audit = new_audit(site=site, profile=profile, mode=mode, lead=None, now=now)
    run = ProbeRun.objects.create(audit=audit, number=next_number(audit), requested_at=now)
    return audit, run


def _described(audit: Audit) -> dict[str, dict[str, Any]]:
    found = {row.code: row for row in proposals_of(audit)}
    described: dict[str, dict[str, Any]] = {}
    for code in audit.results.order_by("position").values_list("code", flat=True):
        row = found.get(code)
        described[code] = (
            NOT_PROBED
            if row is None
            else {
                "level": row.level,
                "status": row.status,
                "confidence": row.confidence,
                "facts": row.facts,
                "because": [probe_sentence(one) for one in row.because],
                "urls": row.urls,
            }
        )
    return described
