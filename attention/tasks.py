from celery import shared_task
from django.utils import timezone

from attention import services


@shared_task(name="attention.weekly_lists")
def weekly_lists() -> None:
    services.ensure_lists(now=timezone.now())
