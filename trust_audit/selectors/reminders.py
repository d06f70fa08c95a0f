"""What of the trust audits waits for one person: late actions, what ends soon, what fell."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from trust_audit.models import Action, Audit, Seal
from trust_audit.selectors.portfolio import SOON, Due, dues_of
from trust_audit.selectors.scores import compared, local_day, scored_many
from trust_audit.wording import sentence

FRESH = timedelta(days=7)


@dataclass(frozen=True)
class Reminder:
    text: str
    path: str


def reminders_for(user: Any, today: date) -> list[Reminder]:
    """In the active language; the late actions first."""
    return [*_late_actions(user, today), *_own_seals(user, today), *_led_sites(user, today)]


def _late_actions(user: Any, today: date) -> list[Reminder]:
    rows = Action.objects.visible_to(user).open().filter(owner=user, due_on__lt=today).select_related("site")
    return [
        Reminder(
            _("%(site)s: %(action)s was due on %(day)s.")
            % {"site": one.site.name, "action": one.title, "day": _short(one.due_on)},
            one.get_absolute_url(),
        )
        for one in rows.order_by("due_on", "pk")
    ]


def _short(day: date | None) -> str:
    return date_format(day, "SHORT_DATE_FORMAT") if day else "–"


def _own_seals(user: Any, today: date) -> list[Reminder]:
    rows = Seal.objects.visible_to(user).filter(owner=user, renewal_on__lte=today + SOON)
    return [
        Reminder(
            _("%(site)s: the seal of %(issuer)s ends on %(day)s.")
            % {"site": one.site.name, "issuer": one.issuer, "day": _short(one.renewal_on)},
            one.site.get_absolute_url(),
        )
        for one in rows.select_related("site").order_by("renewal_on", "pk")
    ]


def _led_sites(user: Any, today: date) -> list[Reminder]:
    """Of each site whose last signed audit the user led: its end, the certificate's, and what fell."""
    lasts: dict[int, Audit] = {}
    rows = Audit.objects.visible_to(user).signed().select_related("site", "previous__site")
    for audit in rows.order_by("signed_at", "pk"):
        lasts[audit.site_id] = audit
    led = [audit for audit in lasts.values() if audit.lead_id == user.pk]
    found = []
    alerts = _alerts([audit for audit in led if audit.previous_id], today)
    for audit in led:
        path = audit.site.get_absolute_url()
        found += [Reminder(_said(audit, due), path) for due in dues_of(audit.site, audit, (), today)]
        found += [Reminder(f"{audit.site.name}: {text}", path) for text in alerts[audit.pk]]
    return found


def _said(audit: Audit, due: Due) -> str:
    values = {"site": audit.site.name, "day": _short(due.day)}
    if due.kind == "certificate":
        return _("%(site)s: the certificate ends on %(day)s.") % values
    return _("%(site)s: to be audited again by %(day)s.") % values


def _alerts(audits: list[Audit], today: date) -> dict[int, list[str]]:
    fresh = [one for one in audits if one.signed_at and today - local_day(one.signed_at) <= FRESH]
    pairs = [(one, one.previous) for one in fresh if one.previous and one.previous.is_signed]
    found: dict[int, list[str]] = defaultdict(list)
    both = scored_many([one for pair in pairs for one in pair], today)
    for after, before in pairs:
        alerts = compared(both[before.pk], both[after.pk]).alerts
        found[after.pk] = [sentence(one) for one in alerts]
    return found


def absolute(base_url: str, reminders: list[Reminder]) -> list[tuple[str, str]]:
    """For mails: the text and the whole address."""
    return [(one.text, f"{base_url}{one.path}") for one in reminders]
