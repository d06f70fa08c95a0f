from celery import shared_task
from django.utils import timezone

from cmix_site import night


@shared_task(name="cmix.night")
def run_night() -> None:
    night.enqueue_night(as_of=night.last_closed_day(timezone.now()))


@shared_task(name="cmix.catch_up")
def catch_up() -> None:
    night.catch_up(timezone.now())
