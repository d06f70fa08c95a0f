"""Answers as they come in: saved one by one, completed once, never lost between two devices.

Every write locks the invitation first, so that two devices of one person stand in line: an answer is either
saved before the sheet is completed, or its sender is told that the sheet was completed.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from clients.models import AnswerSheet, Invitation, ItemAnswer, Person, QuestionnaireOptOut, SociotypeResult
from clients.services.records import save_record
from clients.sociotypes.permission import ProfileRefused, is_profiled
from clients.sociotypes.rules.asking import thinking_seconds
from clients.sociotypes.rules.instrument import CHOICES, CURRENT, instrument_of
from clients.sociotypes.rules.scoring import Channel
from clients.sociotypes.services.results import forget_types, score_sheet


class Closed(Exception):
    """The link no longer takes answers: completed, revoked, expired or refused meanwhile."""


class NotAnswered(Exception):
    """Statements that were neither answered nor passed over; ``position`` is the first of them, from 1."""

    def __init__(self, position: int) -> None:
        super().__init__(position)
        self.position = position


def _locked(invitation: Invitation, now: datetime) -> Invitation:
    """The invitation as it stands now, held until the transaction ends. Raises ``Closed``."""
    held = Invitation.objects.select_for_update().filter(pk=invitation.pk).first()
    if held is None or held.revoked_at is not None or now > held.expires_at:
        raise Closed
    if QuestionnaireOptOut.objects.filter(person_id=held.person_id).exists() or not is_profiled(held.person):
        raise Closed
    return held


def _sheet(invitation: Invitation, language: str, now: datetime) -> AnswerSheet:
    sheet, _ = AnswerSheet.objects.get_or_create(
        invitation=invitation,
        defaults={
            "person_id": invitation.person_id, "channel": Channel.SELF.value, "instrument": CURRENT.name,
            "version": CURRENT.version, "language": language, "started_at": now, "saved_at": now,
        },
    )  # fmt: skip
    if sheet.completed_at is not None:
        raise Closed
    return sheet


@transaction.atomic
def begin(*, invitation: Invitation, language: str, now: datetime) -> AnswerSheet:
    """Open the sheet; one that is open stays as it is. Raises ``Closed``."""
    return _sheet(_locked(invitation, now), language, now)


@transaction.atomic
def save_answer(
    *, invitation: Invitation, item: str, value: int | None, language: str, now: datetime
) -> AnswerSheet:
    """Keep one answer, also over an earlier one to the same statement. Raises ``Closed``, ``ValueError``."""
    sheet = _sheet(_locked(invitation, now), language, now)
    _write(sheet, {item: value}, now)
    sheet.seconds += thinking_seconds(sheet.saved_at, now)
    sheet.saved_at, sheet.language = max(now, sheet.saved_at), language
    sheet.save(update_fields=["seconds", "saved_at", "language"])
    return sheet


def _write(sheet: AnswerSheet, values: Mapping[str, int | None], now: datetime) -> None:
    known = instrument_of(sheet.instrument, sheet.version).keys
    for item, value in values.items():
        if item not in known or (value is not None and value not in CHOICES):
            raise ValueError(item)
        ItemAnswer.objects.update_or_create(
            sheet=sheet, item=item, defaults={"value": value, "answered_at": now}
        )


@transaction.atomic
def complete(*, invitation: Invitation, now: datetime) -> SociotypeResult:
    """Close the sheet and score it. Sent twice, the second finds the result of the first.

    Raises ``Closed``, and ``NotAnswered`` while a statement was not met.
    """
    held = Invitation.objects.select_for_update().filter(pk=invitation.pk).first()
    done = SociotypeResult.objects.filter(sheet__invitation=held).first() if held else None
    if done is not None:
        return done
    sheet = _sheet(_locked(invitation, now), invitation.person.language, now)
    met = set(sheet.answers.values_list("item", flat=True))
    for position, key in enumerate(instrument_of(sheet.instrument, sheet.version).keys, start=1):
        if key not in met:
            raise NotAnswered(position)
    sheet.completed_at = now
    sheet.save(update_fields=["completed_at"])
    return score_sheet(sheet=sheet, now=now)


@transaction.atomic
def record_phone_answers(
    *, person: Person, values: Mapping[str, int | None], language: str, by: Any, now: datetime
) -> SociotypeResult:
    """What a rep read out and ticked. Raises ``ProfileRefused``, ``ValueError``."""
    Person.objects.select_for_update().get(pk=person.pk)
    if not is_profiled(person):
        raise ProfileRefused(person.pk)
    sheet = AnswerSheet.objects.create(
        person=person, channel=Channel.PHONE.value, interviewer=by, instrument=CURRENT.name,
        version=CURRENT.version, language=language, started_at=now, saved_at=now, completed_at=now,
    )  # fmt: skip
    _write(sheet, values, now)
    return score_sheet(sheet=sheet, now=now)


@transaction.atomic
def opt_out(*, person: Person, now: datetime) -> None:
    """No more questionnaires; unsent answers go, an earlier type stays until it expires."""
    QuestionnaireOptOut.objects.get_or_create(person=person, defaults={"at": now})
    AnswerSheet.objects.filter(person=person, completed_at__isnull=True).delete()
    person.invitations.filter(revoked_at__isnull=True, sheet__isnull=True).update(revoked_at=now)


@transaction.atomic
def object_to_profiling(*, person: Person, now: datetime) -> None:
    """The person wants no type: it is taken away with all answers, and nothing is derived any more."""
    stands = Person.objects.select_for_update().select_related(None).get(pk=person.pk)
    if stands.profiling_objected_at is None:
        stands.profiling_objected_at = now
        save_record(stands, by=None, at=now, client=stands.client)
    QuestionnaireOptOut.objects.get_or_create(person=person, defaults={"at": now})
    forget_types(Person.objects.filter(pk=person.pk))
