"""The morning's mail of what is due: one a person and day."""

import json
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core import mail as django_mail
from django.core.management import call_command
from django.utils import timezone

from accounts.models import User
from clients import tasks
from clients.models import Client, Task
from clients.reminders import MAIL_KIND, build_mail, remind
from clients.rules import TaskState
from jobs.models import OutMail
from tests.conftest import Cast
from tests.factories.records import make_client, make_task

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)  # 07:30 in Paris


def due(owner: User, days: int = 0, name: str = "Maison Léa", **fields: Any) -> Task:
    return make_task(make_client(owner=owner, name=name), due_on=TODAY + timedelta(days=days), **fields)


def mailed() -> list[str]:
    return sorted(message.to[0] for message in django_mail.outbox)


def test_twice_is_one_mail_and_tomorrow_is_another(cast: Cast) -> None:
    due(cast.alice)
    assert remind(now=NOW) == {"written": 1, "sent": 1}
    assert remind(now=NOW + timedelta(hours=1)) == {"written": 0, "sent": 0}
    assert mailed() == ["alice@example.org"]
    assert remind(now=NOW + timedelta(days=1)) == {"written": 1, "sent": 1}
    assert [(row.kind, row.key) for row in OutMail.objects.order_by("pk")] == [
        (MAIL_KIND, f"2026-11-24:{cast.alice.pk}"), (MAIL_KIND, f"2026-11-25:{cast.alice.pk}"),
    ]  # fmt: skip


def test_it_names_what_is_due_today_and_late_and_nothing_else(cast: Cast) -> None:
    due(cast.alice, title="Ring <them>")
    due(cast.alice, -3, title="Send the offer")
    due(cast.alice, 1, title="Tomorrow's")
    due(cast.alice, title="Without a mail", remind_by_mail=False)
    due(cast.alice, title="Done already", state=TaskState.DONE, done_at=NOW)
    due(cast.alice, title="Called off", state=TaskState.CANCELLED)
    due(cast.bob, 1)
    remind(now=NOW)
    (message,) = django_mail.outbox
    html = str(message.alternatives[0][0])
    assert message.subject == "2 tasks are due"
    for text, ring in ((message.body, "Ring <them>"), (html, "Ring &lt;them&gt;")):
        assert text.index("Send the offer") < text.index(ring)
        assert ("overdue since 21 November 2026" in text, "due today" in text) == (True, True)
        for other in ("Tomorrow", "Without a mail", "Done already", "Called off"):
            assert other not in text
    assert "<style>" not in html


def test_in_the_owners_language(cast: Cast) -> None:
    task = due(cast.alice, -1)
    User.objects.filter(pk=cast.alice.pk).update(language="fr")
    cast.alice.refresh_from_db()
    french = build_mail(cast.alice, TODAY, [task])
    assert french.subject == "1 tâche est à faire"
    assert "en retard depuis le 23 novembre 2026" in french.text
    assert 'lang="fr"' in french.html


def test_a_client_out_of_sight_is_not_named(cast: Cast) -> None:
    foreign, own = due(cast.alice, name="Gone"), due(cast.alice, name="Kept")
    Client.objects.filter(pk=foreign.client_id).update(owner=cast.carl)
    assert own.client.owner == cast.alice
    remind(now=NOW)
    (message,) = django_mail.outbox
    assert ("Kept" in message.body, "Gone" in message.body, message.to) == (
        True,
        False,
        ["alice@example.org"],
    )


def test_a_mail_that_waited_tells_what_is_due_when_it_leaves(cast: Cast) -> None:
    done, _ = due(cast.alice, title="Done since"), due(cast.alice, title="Still open")
    Task.objects.exclude(pk=done.pk).update(title="Still open")
    remind(now=NOW)
    django_mail.outbox.clear()
    OutMail.objects.update(state="pending", sent_at=None)
    Task.objects.filter(pk=done.pk).update(state=TaskState.DONE, done_at=NOW)
    assert remind(now=NOW + timedelta(minutes=5)) == {"written": 0, "sent": 1}
    (message,) = django_mail.outbox
    assert (message.subject, "Done since" in message.body) == ("1 task is due", False)


def test_who_was_switched_off_gets_none(cast: Cast) -> None:
    due(cast.alice)
    User.objects.filter(pk=cast.alice.pk).update(is_active=False)
    assert remind(now=NOW) == {"written": 0, "sent": 0}
    assert mailed() == []


def test_each_at_seven_of_the_own_clock(cast: Cast) -> None:
    due(cast.alice)
    due(cast.bob)
    User.objects.filter(pk=cast.bob.pk).update(time_zone="America/Martinique")
    assert remind(now=NOW - timedelta(hours=1)) == {"written": 0, "sent": 0}
    remind(now=NOW)
    assert mailed() == ["alice@example.org"]
    remind(now=NOW + timedelta(hours=5))
    assert mailed() == ["alice@example.org", "bob@example.org"]


@pytest.mark.parametrize(("day", "written"), [("2026-11-24", 1), ("2026-11-23", 0)])
def test_the_command_takes_a_day(cast: Cast, day: str, written: int) -> None:
    due(cast.alice)
    out = StringIO()
    call_command("remind_tasks", "--day", day, "--json", stdout=out)
    assert json.loads(out.getvalue()) == {"written": written, "sent": written}


def test_the_task_of_the_beat_does_the_same(cast: Cast) -> None:
    User.objects.filter(pk=cast.alice.pk).update(time_zone="UTC")
    due(cast.alice, -30)
    tasks.remind_tasks()
    assert OutMail.objects.count() == int(timezone.now().hour >= 7)
