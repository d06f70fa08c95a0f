from celery import shared_task
from django.utils import timezone

from clients.sociotypes.services.tending import tend


@shared_task(name="clients.tend_sociotypes")
def tend_sociotypes() -> None:
    tend(timezone.now())
