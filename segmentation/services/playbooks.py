"""Writes of playbooks: their texts, what was played, what a dilemma is."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from clients.models import Client
from segmentation.models import DilemmaDiagnosis, PlaybookText, PlayedStep
from segmentation.rules.grid import Segment
from segmentation.rules.playbooks import Diagnosis, Stage
from segmentation.services.history import stored, told


@transaction.atomic
def play_step(
    *, client: Client, segment: Segment, stage: int, step: int, done: bool, today: date, by: User
) -> None:
    """Mark a step done, or not done again; doing it twice changes nothing."""
    place = {"client": client, "segment": segment.value, "stage": stage, "step": step}
    if done:
        PlayedStep.objects.get_or_create(**place, defaults={"done_on": today, "by": by})
    else:
        PlayedStep.objects.filter(**place).delete()


@transaction.atomic
def diagnose(
    *, client: Client, diagnosis: Diagnosis, target: Segment, today: date, by: User, now: datetime
) -> DilemmaDiagnosis:
    before = stored(DilemmaDiagnosis, client=client)
    row, _created = DilemmaDiagnosis.objects.update_or_create(
        client=client,
        defaults={"diagnosis": diagnosis.value, "target": target.value, "made_on": today, "by": by},
    )
    told(row, before, by=by, at=now)
    return row


@transaction.atomic
def write_playbook(
    *, segment: Segment, language: str, aim: str, stages: Sequence[Stage], by: User, now: datetime
) -> PlaybookText:
    row, _created = PlaybookText.objects.update_or_create(
        segment=segment.value, language=language,
        defaults={
            "aim": aim, "stages": [stage.as_json() for stage in stages], "changed_at": now, "changed_by": by
        },
    )  # fmt: skip
    return row


@transaction.atomic
def restore_playbook(*, segment: Segment, language: str) -> None:
    """Back to the shipped text."""
    PlaybookText.objects.filter(segment=segment.value, language=language).delete()
