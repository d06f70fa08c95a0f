"""The outbox against a real SMTP server that misbehaves."""

import email
import random
import signal
import time
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from jobs import outbox
from jobs.models import OutMail
from tests.conftest import Cast
from tests.installations import Installation
from tests.jobs.faulty_smtp import faulty_smtp
from tests.jobs.test_outbox import NOW, queue, state_of
from tests.servers import free_port


def _use(settings: Any, url: str) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", int(url.rpartition(":")[2])
    settings.EMAIL_TIMEOUT = 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fault", "state", "accepted", "error"),
    [
        ("", "sent", 1, ""),
        ("slow", "sent", 1, ""),
        ("451", "pending", 0, "451 not this one"),
        ("550", "failed", 0, "550 not this one"),
        ("451 data", "pending", 0, "451 not this text"),
        ("550 data", "failed", 0, "550 not this text"),
        ("cut", "uncertain", 1, "SMTPServerDisconnected: Connection unexpectedly closed"),
        ("cut before", "uncertain", 0, "SMTPServerDisconnected: Connection unexpectedly closed"),
    ],
)
def test_each_answer_of_a_server_has_its_state(
    cast: Cast, settings: Any, fault: str, state: str, accepted: int, error: str
) -> None:
    row = queue(cast)
    with faulty_smtp(lambda recipient, nth: fault) as (notes, url):
        _use(settings, url)
        assert outbox.deliver(row.pk, NOW) == state
    row.refresh_from_db()
    assert (sum(notes.accepted.values()), row.error.partition(": [")[0]) == (accepted, error)
    assert row.lease_until is None


@pytest.mark.django_db
def test_text_arrives_as_written(cast: Cast, settings: Any) -> None:
    row = queue(cast)
    with faulty_smtp(lambda recipient, nth: "") as (notes, url):
        _use(settings, url)
        outbox.deliver(row.pk, NOW)
    text, html = email.message_from_bytes(notes.messages[0]).get_payload()
    # A line with a single dot would end the message if it were not doubled on the way.
    assert text.get_payload(decode=True).decode().split() == row.text.split()
    assert html.get_payload(decode=True).decode().strip() == row.html


@pytest.mark.django_db
@pytest.mark.parametrize(("password", "state"), [("right", "sent"), ("wrong", "pending")])
def test_wrong_password_is_a_server_away(cast: Cast, settings: Any, password: str, state: str) -> None:
    """A setting to repair, not a refusal of the mail: it goes out once somebody repaired it."""
    row = queue(cast)
    with faulty_smtp(lambda recipient, nth: "", password="right") as (_, url):
        _use(settings, url)
        settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "mix", password
        assert outbox.deliver(row.pk, NOW) == state


@pytest.mark.django_db
def test_greylisted_mail_goes_out_after_its_wait(cast: Cast, settings: Any) -> None:
    row = queue(cast)
    with faulty_smtp(lambda recipient, nth: "451" if nth == 1 else "") as (notes, url):
        _use(settings, url)
        assert outbox.drain(NOW) == {"pending": 1}
        assert outbox.drain(NOW + timedelta(seconds=47)) == {}
        assert outbox.drain(NOW + timedelta(seconds=74)) == {"sent": 1}
    assert list(notes.accepted.values()) == [1]
    assert state_of(row) == "sent"


@pytest.mark.django_db
def test_refusals_end_when_the_time_is_over(cast: Cast, settings: Any) -> None:
    row = queue(cast, give_up_at=NOW + timedelta(seconds=30))
    with faulty_smtp(lambda recipient, nth: "451") as (_, url):
        _use(settings, url)
        assert outbox.drain(NOW) == {"failed": 1}
    row.refresh_from_db()
    assert (row.state, row.error) == ("failed", "451 not this one")


@pytest.mark.django_db
def test_server_away_costs_one_try_of_one_mail(cast: Cast, settings: Any) -> None:
    for number in range(3):
        queue(cast, key=str(number))
    _use(settings, f"smtp://127.0.0.1:{free_port()}")
    assert outbox.drain(NOW) == {"unreachable": 1}
    assert sorted(OutMail.objects.values_list("state", "attempts")) == [
        ("pending", 0), ("pending", 0), ("pending", 1),
    ]  # fmt: skip
    assert outbox.deliver(OutMail.objects.get(attempts=1).pk, NOW + timedelta(hours=1)) == "pending"


PEOPLE = """
from datetime import timedelta
from django.utils import timezone
from accounts.models import User
from jobs.outbox import queue_mail
now = timezone.now()
for number in range({count}):
    user = User.objects.create(email=f"user{{number}}@example.org", name="User")
    queue_mail(kind="attention.list", key=str(number), recipient=user, subject="Week", text="Call Ada.",
               html="<p>Call Ada.</p>", now=now, give_up_at=now + timedelta(days=6))
"""
DRAIN = """
import time
from django.utils import timezone
from jobs.outbox import drain
while True:
    drain(timezone.now())
    time.sleep(0.05)
"""
HURRY = "UPDATE jobs_outmail SET next_attempt_at = '2000-01-01 00:00:00' WHERE state = 'pending' RETURNING id"
LEFT = "SELECT COUNT(*) FROM jobs_outmail WHERE state IN ('pending', 'claimed', 'data')"
STATES = "SELECT message_id, state, lease_until FROM jobs_outmail"


def _fault(recipient: str, nth: int) -> str:
    """Of 60: 5 greylisted, 3 refused for good, 3 cut twice, the rest slow enough to be killed amid."""
    number = int(recipient.partition("@")[0].removeprefix("user"))
    if number % 12 == 1 and nth == 1:
        return "451"
    if number % 20 == 7 and nth <= 2:
        return "cut"
    return "550" if number % 20 == 5 else "slow"


@pytest.mark.slow
@pytest.mark.parametrize("uncertain", ["hold", "resend"])
def test_killed_senders_never_double_a_mail(installation: Installation, uncertain: str) -> None:
    """F5 of the faults to survive: three senders, killed at random moments, on a server that misbehaves."""
    installation.python(PEOPLE.format(count=60))
    dice, kills = random.Random(5), 0
    with faulty_smtp(_fault) as (notes, url):
        environment = {"CMIX_EMAIL_URL": url, "CMIX_JOB_LEASE": "5", "CMIX_MAIL_UNCERTAIN": uncertain}

        def sender() -> Any:
            return installation.start_python(DRAIN, **environment)

        senders = [sender() for _ in range(3)]
        try:
            deadline = time.monotonic() + 150
            left = 60
            while left and time.monotonic() < deadline:
                time.sleep(dice.uniform(0.1, 0.6))
                if kills < 5 and sum(notes.tries.values()) > 3 * kills:
                    victim = dice.randrange(3)
                    senders[victim].send_signal(signal.SIGKILL)
                    senders[victim].wait()
                    senders[victim], kills = sender(), kills + 1
                if kills == 5:
                    installation.rows(HURRY)
                    ((left,),) = installation.rows(LEFT)
        finally:
            for process in senders:
                process.kill()
                process.wait()
    rows = installation.rows(STATES)
    _check_outcome(rows, notes.accepted, kills, uncertain)


def _check_outcome(rows: list[Any], accepted: Counter[str], kills: int, uncertain: str) -> None:
    states = Counter(state for _, state, _ in rows)
    assert kills == 5
    assert len(rows) == 60
    assert states["failed"] == 3
    assert all(accepted[message] >= 1 for message, state, _ in rows if state == "sent")
    assert all(accepted[message] == 0 for message, state, _ in rows if state == "failed")
    if uncertain == "hold":
        assert set(states) == {"sent", "failed", "uncertain"}
        assert max(accepted.values()) == 1
        assert states["uncertain"] >= 3
        assert all(lease is None for *_, lease in rows)
    else:
        assert states == {"sent": 57, "failed": 3}
        assert sum(accepted.values()) - len(accepted) <= 2 * 3 + kills
