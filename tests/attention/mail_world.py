"""Called by the processes of ``test_mail_run`` in their own database."""

from datetime import date, timedelta

from django.utils import timezone

from accounts.models import User
from attention.services import send_lists
from common.periods import IsoWeek
from tests.attention.helpers import fading, know, make_night
from tests.factories.records import make_client


def seed(owners: int) -> None:
    run = make_night(date(2026, 11, 8))
    for number in range(owners):
        owner = User.objects.create_user(
            f"owner{number}@example.org", name=f"Owner {number}", language="en" if number % 2 else "fr"
        )
        know(make_client(owner=owner, name=f"Maison {number} <Écrémé>"), run, **fading(run))


def send(week: str, minutes: int) -> None:
    send_lists(week=IsoWeek.parse(week), now=timezone.now() + timedelta(minutes=minutes))
