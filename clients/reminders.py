"""The mail that reminds somebody of what is due: one a person and day, in the person's language."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import css_inline
from django.conf import settings
from django.db.models import Exists, OuterRef
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from clients.desk import due_tasks
from clients.models import Task
from clients.rules import TaskState
from jobs.models import OutMail
from jobs.outbox import drain, queue_mail

MAIL_KIND = "clients.tasks"
REMIND_HOUR = 7
MOST_IN_MAIL = 30
MAIL_TIME = timedelta(hours=16)
"""How long a mail is tried: after the evening of its day it reminds of nothing that can still be done."""


@dataclass(frozen=True)
class Mail:
    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class MailTask:
    title: str
    url: str
    client: str
    day: str
    is_late: bool


def remind(*, now: datetime, day: date | None = None) -> dict[str, int]:
    """Write and send the reminders of ``day``; without one, of each owner's own today from 07:00 there on.

    Returns how many mails are new and in which state those handed over now ended. Safe to repeat and to run
    at the same time: an owner has one mail a day. Never call it inside a transaction.
    """
    written = sum(_write(owner, on, now) for owner, on in _whose_turn(now, day))
    return {"written": written, "sent": 0} | drain(now, kind=MAIL_KIND)


def _whose_turn(now: datetime, day: date | None) -> Iterator[tuple[User, date]]:
    waiting = Task.objects.filter(owner=OuterRef("pk"), state=TaskState.OPEN, remind_by_mail=True)
    for owner in User.objects.filter(Exists(waiting), is_active=True).order_by("pk"):
        local = now.astimezone(ZoneInfo(owner.time_zone))
        if day:
            yield owner, day
        elif local.hour >= REMIND_HOUR:
            yield owner, local.date()


def mail_key(owner: User, day: date) -> str:
    return f"{day}:{owner.pk}"


def _write(owner: User, day: date, now: datetime) -> bool:
    """Whether there was something to remind of that no mail of the day told yet."""
    key = mail_key(owner, day)
    if OutMail.objects.filter(kind=MAIL_KIND, key=key).exists():
        return False
    tasks = _tasks(owner, day)
    if not tasks:
        return False
    mail = build_mail(owner, day, tasks)
    queue_mail(
        kind=MAIL_KIND, key=key, recipient=owner, subject=mail.subject, text=mail.text, html=mail.html, now=now,
        give_up_at=now + MAIL_TIME,
    )  # fmt: skip
    return True


def _tasks(owner: User, day: date) -> list[Task]:
    """What is due by ``day``, longest first, of clients the owner sees."""
    tasks = due_tasks(owner, day).filter(remind_by_mail=True).select_related("client")
    return list(tasks.order_by("due_on", "pk"))


def renew(mail: OutMail) -> None:
    """As it leaves: what was done, or whose client went out of sight, since it was written is not named."""
    owner, day = mail.recipient, date.fromisoformat(mail.key.partition(":")[0])
    if owner is None:
        return
    built = build_mail(owner, day, _tasks(owner, day))
    mail.subject, mail.text, mail.html = built.subject, built.text, built.html
    mail.save(update_fields=["subject", "text", "html"])


def build_mail(owner: User, day: date, tasks: list[Task]) -> Mail:
    with translation.override(owner.language):
        context = _context(owner, day, tasks)
        html = render_to_string("emails/tasks.html", context)
        return Mail(
            subject=_subject(len(tasks)),
            text=render_to_string("emails/tasks.txt", context),
            html=css_inline.inline(html, load_remote_stylesheets=False),
        )


def _subject(tasks: int) -> str:
    if not tasks:
        return _("No task is due any more")
    return ngettext("%(count)s task is due", "%(count)s tasks are due", tasks) % {"count": tasks}


def _context(owner: User, day: date, tasks: list[Task]) -> dict[str, Any]:
    return {
        "owner": owner,
        "company": settings.CMIX_COMPANY,
        "language": owner.language,
        "day": date_format(day, "DATE_FORMAT"),
        "tasks": [_mail_task(task, day) for task in tasks[:MOST_IN_MAIL]],
        "count": len(tasks),
        "more": max(0, len(tasks) - MOST_IN_MAIL),
        "url": f"{settings.CMIX_BASE_URL}{reverse('clients:tasks')}",
    }


def _mail_task(task: Task, day: date) -> MailTask:
    return MailTask(
        title=task.title,
        url=f"{settings.CMIX_BASE_URL}{task.client.get_absolute_url()}",
        client=task.client.name,
        day=date_format(task.due_on, "DATE_FORMAT"),
        is_late=task.due_on < day,
    )
