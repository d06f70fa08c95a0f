"""The invitation and its reminders, in the language of the person; the mail's only secret is the link."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import css_inline
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from clients.models import Invitation
from clients.sociotypes.links import address_of, token_of
from jobs.models import OutMail
from jobs.outbox import queue_mail

INVITATION, REMINDER = "sociotype.invitation", "sociotype.reminder"
TRY_FOR = timedelta(days=3)
"""A mail that no server took for three days is given up: the reminder is another chance."""


@dataclass(frozen=True)
class Mail:
    subject: str
    text: str
    html: str


def build_mail(invitation: Invitation, *, reminder: int = 0, started: bool = False) -> Mail:
    """``reminder`` 0 is the invitation itself; ``started``: some answers are saved already."""
    with translation.override(invitation.person.language):
        context = _context(invitation, reminder, started)
        html = render_to_string("emails/questionnaire.html", context)
        return Mail(
            subject=_subject(context),
            text=render_to_string("emails/questionnaire.txt", context),
            html=css_inline.inline(html, load_remote_stylesheets=False),
        )


def _subject(context: dict[str, Any]) -> str:
    if context["reminder"]:
        return _("A reminder from %(company)s: twelve short statements") % context
    return _("%(company)s would like to know how you prefer to work with us") % context


def _context(invitation: Invitation, reminder: int, started: bool) -> dict[str, Any]:
    refuse = reverse("questionnaire:refuse", args=[token_of(invitation)])
    return {
        "company": settings.CMIX_COMPANY,
        "name": invitation.person.name,
        "language": invitation.person.language,
        "url": address_of(invitation),
        "refuse_url": f"{settings.CMIX_BASE_URL}{refuse}",
        "until": date_format(timezone.localtime(invitation.expires_at), "DATE_FORMAT"),
        "reminder": reminder,
        "started": started,
    }


def queue_invitation(invitation: Invitation, *, reminder: int, started: bool, now: datetime) -> OutMail:
    mail = build_mail(invitation, reminder=reminder, started=started)
    return queue_mail(
        kind=REMINDER if reminder else INVITATION, key=f"{invitation.pk}:{reminder}", recipient=None,
        to_email=invitation.person.email, subject=mail.subject, text=mail.text, html=mail.html, now=now,
        give_up_at=min(now + TRY_FOR, invitation.expires_at),
    )  # fmt: skip
