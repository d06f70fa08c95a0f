"""Send the lists of a week, and make what the hour asks for."""

from collections import Counter, defaultdict
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Count

from accounts.models import User
from attention.emails import MAIL_KIND, build_mail, week_prefix
from attention.models import WeeklyList
from attention.rules.lines import due_week
from attention.services.freezing import freeze_lists, owners_with_clients
from common.periods import IsoWeek
from jobs.models import OutMail
from jobs.outbox import drain
from jobs.rules import MailState


def send_lists(*, week: IsoWeek, now: datetime) -> dict[str, int]:
    """Hand over the mails of ``week`` that are due; returns how many of its lists are in which mail state.

    Safe to repeat and to run at the same time: each mail is claimed before it is sent. Never call it
    inside a transaction.
    """
    drain(now, kind=MAIL_KIND, key_prefix=week_prefix(week))
    return mail_states(week)


def leave_out_objected(mail: OutMail) -> None:
    """Written again when somebody it names objected to profiling, or is gone, since the list was frozen."""
    frozen = WeeklyList.objects.filter(mail=mail).select_related("owner").first()
    if frozen is None or frozen.lines.count() == frozen.lines.visible_to(frozen.owner).count():
        return
    built = build_mail(frozen, frozen.owner)
    mail.subject, mail.text, mail.html = built.subject, built.text, built.html
    mail.save(update_fields=["subject", "text", "html"])


def mail_states(week: IsoWeek) -> dict[str, int]:
    lists = WeeklyList.objects.filter(iso_year=week.year, iso_week=week.week, mail__isnull=False)
    counted = lists.values_list("mail__state").annotate(lists=Count("pk"))
    return {state.value: 0 for state in MailState} | dict(counted.order_by())


def ensure_lists(*, now: datetime) -> dict[str, int]:
    """Freeze and send what owners should have at their own wall clock; run hourly.

    From Monday 06:00 local on an owner has the list of that ISO week; a missed Monday is caught up at
    the next run, and a second run at the same hour changes nothing.
    """
    by_week: dict[IsoWeek, list[User]] = defaultdict(list)
    for owner in owners_with_clients():
        if week := due_week(now.astimezone(ZoneInfo(owner.time_zone))):
            by_week[week].append(owner)
    counts: Counter[str] = Counter()
    for week, owners in sorted(by_week.items()):
        counts.update(freeze_lists(week=week, now=now, owners=owners))
        counts.update(send_lists(week=week, now=now))
    return dict(counts)
