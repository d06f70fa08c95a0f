"""Sites and audits for the tests of this app."""

from datetime import UTC, datetime
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from clients.models import Client
from trust_audit.models import Audit, Site
from trust_audit.rules.checklist import Mode, Profile
from trust_audit.services.audits import new_audit, set_level
from trust_audit.states import SiteKind

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc000"
    "000301010018dd8db00000000049454e44ae426082"
)


def make_site(*, client: Client | None = None, kind: SiteKind | None = None, **fields: Any) -> Site:
    kind = kind or (SiteKind.CLIENT if client else SiteKind.OWN)
    values = {"name": "Shop", "url": "https://shop.example/", "allowed_at": NOW} | fields
    return Site.objects.create(kind=kind.value, client=client, **values)


def make_audit(site: Site, lead: User | None = None, mode: Mode = Mode.EXPRESS, **more: Any) -> Audit:
    return new_audit(
        site=site, profile=more.pop("profile", Profile.GOODS_B2C), mode=mode, lead=lead,
        now=more.pop("now", NOW), **more,
    )  # fmt: skip


def mark_all(audit: Audit, level: int, by: User | None = None, **others: int) -> None:
    changed = {code.replace("_", "-"): at for code, at in others.items()}
    for code in audit.results.filter(applies=True).order_by("position").values_list("code", flat=True):
        set_level(audit=audit, code=code, level=changed.get(code, level), by=by, now=NOW)


def picture(name: str = "screen.png", content: bytes = PNG) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "image/png")
