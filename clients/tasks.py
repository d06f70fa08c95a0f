from celery import shared_task
from django.utils import timezone

from clients.reminders import remind
from clients.sociotypes.services.tending import tend


@shared_task(name="clients.tend_sociotypes")
def tend_sociotypes() -> None:
    tend(timezone.now())


@shared_task(name="clients.remind_tasks")
def remind_tasks() -> None:
    remind(now=timezone.now())
