"""What the trust audit keeps in the small company: a signed audit for each client, more for Alice's."""

from typing import Any

from django.utils import timezone

from accounts.models import User
from clients.models import Client
from tests.conftest import Cast
from trust_audit.models import Audit, Seal, Site
from trust_audit.rules.checklist import Mode, Profile
from trust_audit.rules.gains import Effort
from trust_audit.services.audits import new_audit, set_level, sign
from trust_audit.services.evidence import add_finding, add_record
from trust_audit.services.followup import add_action, share
from trust_audit.states import Impact, Proof, SiteKind


def audited_site(client: Client, name: str, owner: User | None) -> Audit:
    site = Site.objects.create(
        name=name,
        url=f"https://{name.split()[0].lower()}.example/",
        kind=SiteKind.CLIENT.value,
        client=client,
    )
    audit = _begun(site, owner)
    return sign(audit=audit, by=owner, now=timezone.now()) if owner else audit


def _begun(site: Site, lead: User | None) -> Audit:
    now = timezone.now()
    audit = new_audit(site=site, profile=Profile.GOODS_B2C, mode=Mode.EXPRESS, lead=lead, now=now)
    set_level(audit=audit, code="TEC-01", level=2, by=lead, now=now)
    return audit


def trust_objects(cast: Cast, client: Client) -> dict[str, int]:
    """By the names the matrix uses; all hang on the site of ``client``."""
    site, now = client.sites.get(), timezone.now()
    signed, audit = site.audits.get(), _begun(site, cast.alice)
    common: dict[str, Any] = {"audit": audit, "code": "TEC-01", "by": cast.alice, "now": now}
    finding = add_finding(**common, text="The certificate is old", impact=Impact.MAJOR, page=None)
    evidence = add_record(
        **common, kind=Proof.URL, data={}, captured_on=timezone.localdate(), url="https://shop.example/"
    )
    action = add_action(
        **common, title="Renew the certificate", owner=cast.alice, due_on=None, effort=Effort.SMALL, gain=1.0
    )
    link = share(audit=signed, note="", days=3, by=cast.alice, now=now)
    seal = Seal.objects.create(site=site, issuer="Guild of shops")
    return {
        "site": site.pk, "audit": audit.pk, "signed": signed.pk, "finding": finding.pk, "evidence": evidence.pk,
        "action": action.pk, "link": link.pk, "seal": seal.pk,
    }  # fmt: skip
