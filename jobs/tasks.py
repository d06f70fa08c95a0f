from celery import shared_task
from django.utils import timezone

from jobs import outbox, services
from jobs.models import Heartbeat


@shared_task(name="jobs.run")
def run_job(*, job_id: int) -> None:
    services.run(job_id)


@shared_task(name="jobs.sweep")
def sweep() -> None:
    services.sweep(timezone.now())


@shared_task(name="jobs.heartbeat")
def heartbeat() -> None:
    Heartbeat.objects.update_or_create(name="worker", defaults={"beaten_at": timezone.now()})


@shared_task(name="jobs.send_mails")
def send_mails() -> None:
    outbox.drain(timezone.now())
