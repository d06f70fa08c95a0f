import email
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail as django_mail
from django.db import transaction

from accounts.models import User
from jobs import outbox
from jobs.models import OutMail
from jobs.rules import MailState
from tests.conftest import Cast

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
LATER = timedelta(seconds=121)


def queue(cast: Cast, key: str = "2026-W48:1", **fields: Any) -> OutMail:
    defaults = {
        "kind": "attention.list", "key": key, "recipient": cast.alice, "subject": "Your week",
        "text": "Call Ada.\n.\nThen Bob — déjà.", "html": "<p>Call <b>Ada</b>.</p>", "now": NOW,
        "give_up_at": NOW + timedelta(days=6),
    }  # fmt: skip
    return outbox.queue_mail(**(defaults | fields))


def state_of(mail: OutMail) -> str:
    return OutMail.objects.values_list("state", flat=True).get(pk=mail.pk)


def put(mail: OutMail, **fields: Any) -> None:
    OutMail.objects.filter(pk=mail.pk).update(**fields)


def test_queue_twice_is_one_mail(cast: Cast) -> None:
    first, second = queue(cast), queue(cast, subject="Another")
    assert first.pk == second.pk
    assert (second.subject, second.to_email, second.state) == ("Your week", "alice@example.org", "pending")


def test_queue_belongs_to_the_callers_transaction(cast: Cast) -> None:
    with transaction.atomic():
        queue(cast)
        transaction.set_rollback(True)
    assert not OutMail.objects.exists()


def test_message_id_is_the_same_for_the_same_mail_and_unguessable(settings: Any) -> None:
    first = outbox.message_id("attention.list", "2026-W48:1")
    assert first == outbox.message_id("attention.list", "2026-W48:1")
    assert first != outbox.message_id("attention.list", "2026-W48:2")
    assert first.startswith("<attention.list.2026.W48.1.")
    assert first.endswith("@localhost>")
    settings.SECRET_KEY = "another"
    assert first != outbox.message_id("attention.list", "2026-W48:1")


def test_subject_stays_one_line(cast: Cast) -> None:
    assert queue(cast, subject="A\r\nBcc: x@example.org" + "y" * 300).subject == (
        "A Bcc: x@example.org" + "y" * 230
    )


def test_mail_is_sent_once_with_text_html_and_headers(cast: Cast) -> None:
    row = queue(cast)
    assert outbox.deliver(row.pk, NOW) == MailState.SENT
    assert outbox.deliver(row.pk, NOW) == MailState.SENT
    (sent,) = django_mail.outbox
    parsed = email.message_from_bytes(sent.message().as_bytes())
    assert [part.get_content_type() for part in parsed.walk()] == [
        "multipart/alternative", "text/plain", "text/html",
    ]  # fmt: skip
    headers = ("To", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress", "List-Id")
    assert [parsed[name] for name in headers] == [
        "alice@example.org", row.message_id, "auto-generated", "All", "<attention-list.localhost>",
    ]  # fmt: skip
    row.refresh_from_db()
    assert (row.attempts, row.lease_until, row.error, row.sent_at is not None) == (1, None, "", True)


def test_drain_twice_sends_once(cast: Cast) -> None:
    for number in range(3):
        queue(cast, key=str(number))
    assert outbox.drain(NOW) == {"sent": 3}
    assert outbox.drain(NOW) == {}
    assert len(django_mail.outbox) == 3


def test_drain_of_one_kind_leaves_the_others(cast: Cast) -> None:
    queue(cast)
    other = queue(cast, kind="report")
    assert outbox.drain(NOW, kind="attention.list") == {"sent": 1}
    assert state_of(other) == "pending"


def test_nothing_is_sent_before_its_time_or_after_it(cast: Cast) -> None:
    row = queue(cast)
    assert outbox.drain(NOW - timedelta(seconds=1)) == {}
    assert outbox.drain(NOW + timedelta(days=6)) == {"failed": 1}
    row.refresh_from_db()
    assert (row.state, row.error, django_mail.outbox) == ("failed", "not sent in time", [])


def test_nothing_is_sent_to_somebody_who_left(cast: Cast) -> None:
    row = queue(cast)
    User.objects.filter(pk=cast.alice.pk).update(is_active=False)
    assert outbox.drain(NOW) == {"failed": 1}
    row.refresh_from_db()
    assert (row.state, row.error, django_mail.outbox) == ("failed", "the account was closed", [])


def test_absent_mail_is_none() -> None:
    assert outbox.deliver(404, NOW) is None


@pytest.mark.parametrize("backend", ["filebased", "console", "dummy", "locmem"])
def test_every_backend_of_django_serves(cast: Cast, settings: Any, tmp_path: Path, backend: str) -> None:
    settings.EMAIL_BACKEND = f"django.core.mail.backends.{backend}.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    assert outbox.deliver(queue(cast).pk, NOW) == MailState.SENT
    assert len(list(tmp_path.iterdir())) == (backend == "filebased")


def test_folder_that_cannot_be_written_is_a_server_away(cast: Cast, settings: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "file")
    row = queue(cast)
    assert outbox.drain(NOW) == {"unreachable": 1}
    assert state_of(row) == "pending"


def test_text_alone_is_one_part(cast: Cast) -> None:
    outbox.deliver(queue(cast, html="").pk, NOW)
    assert django_mail.outbox[0].message().get_content_type() == "text/plain"


def test_mail_never_goes_out_inside_a_transaction(transactional_db: None, cast: Cast) -> None:
    row = queue(cast)
    with pytest.raises(RuntimeError), transaction.atomic():
        outbox.deliver(row.pk, NOW)
    assert (state_of(row), django_mail.outbox) == ("pending", [])


def test_sender_that_died_before_the_body_sent_nothing(cast: Cast) -> None:
    row = queue(cast)
    put(row, state="claimed", fence=1, lease_until=NOW + LATER)
    assert outbox.drain(NOW) == {}
    assert outbox.drain(NOW + 2 * LATER) == {"sent": 1}


def test_sender_that_died_within_the_body_leaves_a_doubt(cast: Cast) -> None:
    row = queue(cast)
    put(row, state="data", fence=1, lease_until=NOW + LATER)
    assert outbox.drain(NOW + 2 * LATER) == {"uncertain": 1}
    assert outbox.drain(NOW + 4 * LATER) == {}
    assert (state_of(row), django_mail.outbox) == ("uncertain", [])


def test_doubt_is_sent_again_when_the_company_prefers_doubles(cast: Cast, settings: Any) -> None:
    settings.CMIX_MAIL_UNCERTAIN = "resend"
    row = queue(cast)
    put(row, state="data", fence=1, lease_until=NOW)
    assert outbox.drain(NOW + LATER) == {"sent": 1}
    assert django_mail.outbox[0].message()["Message-ID"] == row.message_id


def test_slow_sender_may_still_settle_its_own_doubt(cast: Cast) -> None:
    row = queue(cast)
    held = outbox._claim(row.pk, outbox._Clock.at(NOW))
    assert held is not None
    held.enter_data()
    outbox.recover(NOW + 2 * LATER)
    assert state_of(row) == "uncertain"
    held.sent()
    assert state_of(row) == "sent"


def test_zombie_cannot_write_after_a_new_claim(cast: Cast) -> None:
    row = queue(cast)
    zombie = outbox._claim(row.pk, outbox._Clock.at(NOW))
    outbox.recover(NOW + LATER)
    assert outbox._claim(row.pk, outbox._Clock.at(NOW + 2 * LATER)) is not None
    assert zombie is not None
    with pytest.raises(outbox.LeaseLost):
        zombie.enter_data()


@pytest.mark.parametrize(("arrived", "state", "sent"), [(True, "sent", 0), (False, "pending", 1)])
def test_person_settles_a_doubt_once(cast: Cast, arrived: bool, state: str, sent: int) -> None:
    row = queue(cast)
    put(row, state="uncertain")
    after = NOW + timedelta(days=30)  # its own time is long over
    assert outbox.resolve_uncertain(row, arrived, after)
    assert state_of(row) == state
    assert not outbox.resolve_uncertain(row, arrived, after)
    outbox.drain(after)
    assert (state_of(row), len(django_mail.outbox)) == ("sent", sent)


def test_bodies_are_forgotten_after_35_days(cast: Cast) -> None:
    old, waiting, young, doubtful = (queue(cast, key=key) for key in "abcd")
    put(old, state="sent", created_at=NOW - timedelta(days=36))
    put(waiting, created_at=NOW - timedelta(days=36))
    put(young, state="sent", created_at=NOW - timedelta(days=34))
    put(doubtful, state="uncertain", created_at=NOW - timedelta(days=36))
    assert outbox.purge_bodies(NOW) == 2
    assert outbox.purge_bodies(NOW) == 0
    kept = OutMail.objects.exclude(text="").order_by("key").values_list("key", flat=True)
    assert list(kept) == ["b", "c"]
    doubtful.refresh_from_db()
    with pytest.raises(outbox.BodyGone):
        outbox.resolve_uncertain(doubtful, False, NOW)
