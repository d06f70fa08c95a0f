"""What time asks for: reminders, asking again, forgetting. Run daily; safe at any frequency."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from clients.models import AnswerSheet, Invitation, ItemAnswer, Person, QuestionnaireRound, SociotypeResult
from clients.sociotypes.emails import queue_invitation
from clients.sociotypes.links import refuses
from clients.sociotypes.rules.ageing import ANSWERS_KEPT_MONTHS, REASK_MONTHS, plus_months
from clients.sociotypes.rules.asking import REMIND_AFTER_DAYS, reminder_due
from clients.sociotypes.rules.scoring import Channel, Status
from clients.sociotypes.selectors.asking import judged
from clients.sociotypes.services.results import forget_refused
from clients.sociotypes.services.rounds import invite
from clients.sociotypes.services.throttle import forget_old_uses
from jobs.rules import MailState

REASK_PATIENCE_MONTHS = 3
"""Somebody whose answer expired longer ago than this is left to a round that a person starts."""


def tend(now: datetime) -> dict[str, int]:
    forgotten = forget_refused()
    return {
        "reminders": send_reminders(now),
        "asked_again": ask_again(now) if settings.CMIX_SOCIOTYPE_REASK else 0,
        "answers_purged": purge_answers(now),
        "types_forgotten": forgotten["results"],
        "link_uses_forgotten": forget_old_uses(now),
    }


def send_reminders(now: datetime) -> int:
    """At most two, to whom the invitation reached and who has not answered, revoked or refused."""
    first = now - timedelta(days=REMIND_AFTER_DAYS[0])
    waiting = Invitation.objects.filter(
        created_at__lte=first, expires_at__gt=now, revoked_at__isnull=True, mail__state=MailState.SENT,
        reminders__lt=len(REMIND_AFTER_DAYS),
    ).exclude(sheet__completed_at__isnull=False)  # fmt: skip
    due = [
        invitation
        for invitation in waiting.select_related("person__client")
        if reminder_due(
            invited_at=invitation.created_at, reminded_at=invitation.reminded_at,
            reminders=invitation.reminders, now=now,
        )
    ]  # fmt: skip
    return sum(_remind(invitation, now) for invitation in due)


@transaction.atomic
def _remind(invitation: Invitation, now: datetime) -> bool:
    """The count is raised under its old value, so that two processes send one reminder between them."""
    if not invitation.person.email or refuses(invitation):
        return False
    number = invitation.reminders + 1
    mine = Invitation.objects.filter(pk=invitation.pk, reminders=invitation.reminders)
    if not mine.update(reminders=number, reminded_at=now):
        return False
    started = AnswerSheet.objects.filter(invitation=invitation).exists()
    queue_invitation(invitation, reminder=number, started=started, now=now)
    return True


def ask_again(now: datetime) -> int:
    """Invite whose own answer reached month 17, in one round a month, before the type expires."""
    today = timezone.localdate(now)
    old = SociotypeResult.objects.filter(
        superseded_on__isnull=True, channel__in=[Channel.SELF, Channel.PHONE],
        answered_on__lte=plus_months(today, -REASK_MONTHS),
        expires_on__gt=plus_months(today, -REASK_PATIENCE_MONTHS),
    ).exclude(status=Status.INCOMPLETE)  # fmt: skip
    lately = Invitation.objects.filter(created_at__gt=now - timedelta(days=90)).values("person_id")
    people = judged(Person.objects.filter(sociotypes__in=old).exclude(pk__in=lately), now)
    due = list(people.filter(verdict="").distinct().order_by("pk"))
    if not due:
        return 0
    round_ = _month_round(now)
    for person in due:
        with transaction.atomic():
            invite(person=person, round_=round_, now=now)
    return len(due)


def _month_round(now: datetime) -> QuestionnaireRound:
    today = timezone.localdate(now)
    with translation.override(settings.LANGUAGE_CODE):
        name = _("Asked again, %(month)s") % {"month": date_format(today, "F Y")}
    round_, _created = QuestionnaireRound.objects.get_or_create(
        key=f"reask:{today:%Y-%m}", defaults={"name": name, "created_at": now, "written_at": now}
    )
    return round_


@transaction.atomic
def purge_answers(now: datetime) -> int:
    """Answers statement by statement go after 36 months; scales, type and history stay."""
    today = timezone.localdate(now)
    before = timezone.make_aware(
        datetime.combine(plus_months(today, -ANSWERS_KEPT_MONTHS), datetime.min.time())
    )
    return ItemAnswer.objects.filter(sheet__saved_at__lt=before).delete()[0]
