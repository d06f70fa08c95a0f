"""Results: written from a sheet or an observation, kept as history, taken away on objection."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from clients.models import AnswerSheet, Person, SociotypeResult
from clients.sociotypes.permission import ProfileRefused, is_profiled, refused_profiling
from clients.sociotypes.rules.ageing import expires_on, fades_from
from clients.sociotypes.rules.instrument import CURRENT, Instrument, Sociotype, instrument_of
from clients.sociotypes.rules.observed import (
    TRAITS_OF,
    Certainty,
    Trait,
    observed_confidence,
    observed_p,
    observed_status,
)
from clients.sociotypes.rules.scoring import RULE_VERSION, Channel, Score, Status, score
from common.reasons import Reason


class NoFact(ValueError):
    """An observation without a fact seen, or with facts of another type."""


def answers_of(sheet: AnswerSheet, instrument: Instrument) -> list[int | None]:
    given = dict(sheet.answers.values_list("item", "value"))
    return [given.get(key) for key in instrument.keys]


@transaction.atomic
def score_sheet(*, sheet: AnswerSheet, now: datetime) -> SociotypeResult:
    """Score a completed sheet and put its result where it belongs in the person's history."""
    instrument = instrument_of(sheet.instrument, sheet.version)
    channel = Channel(sheet.channel)
    found = score(
        answers_of(sheet, instrument), channel=channel, seconds=sheet.seconds, instrument=instrument
    )
    result = SociotypeResult(
        person_id=sheet.person_id, sheet=sheet, channel=channel.value, by=sheet.interviewer,
        instrument=instrument.name, version=instrument.version, language=sheet.language,
        seconds=sheet.seconds, **result_fields(found),
    )  # fmt: skip
    return _keep(result, day=timezone.localdate(now), now=now)


def result_fields(found: Score) -> dict[str, Any]:
    """The columns that a score fills."""
    p: Sequence[float | None] = found.p or (None,) * 4
    return {
        "rule_version": RULE_VERSION, "status": found.status.value, "readiness": found.readiness,
        "base_confidence": found.base_confidence, "answered": found.answered,
        "type": found.type or "", "also": found.also or "", "acts_as": found.acts_as or "",
        "flags": [flag.value for flag in found.flags], "is_suspect": bool(found.flags),
        "because": [reason.as_json() for reason in found.because],
        **{f"scale_{name.lower()}": value for name, value in found.scales.items()},
        **{f"p{k}": value for k, value in enumerate(p, start=1)},
    }  # fmt: skip


def observed_fields(kind: Sociotype, certainty: Certainty, seen: Sequence[Trait]) -> dict[str, Any]:
    """The columns that an observation fills."""
    reason = Reason("observed", {"type": kind.value, "certainty": certainty.value})
    return {
        "channel": Channel.OBSERVED.value, "instrument": CURRENT.name, "version": CURRENT.version,
        "rule_version": RULE_VERSION, "type": kind.value, "acts_as": kind.value,
        "status": observed_status(certainty).value, "base_confidence": observed_confidence(certainty),
        "certainty": certainty.value, "traits": [trait.value for trait in seen], "because": [reason.as_json()],
        **{f"p{k}": value for k, value in enumerate(observed_p(kind, certainty), start=1)},
    }  # fmt: skip


@transaction.atomic
def observe(
    *, person: Person, kind: Sociotype, certainty: Certainty, traits: Iterable[Trait], by: Any, now: datetime
) -> SociotypeResult:
    """Note a type that was seen. Raises ``NoFact`` without at least one trait of that type, and
    ``ProfileRefused``."""
    if not is_profiled(person):
        raise ProfileRefused(person.pk)
    seen = [trait for trait in TRAITS_OF[kind] if trait in set(traits)]
    if not seen:
        raise NoFact(kind.value)
    result = SociotypeResult(person=person, by=by, **observed_fields(kind, certainty, seen))
    return _keep(result, day=timezone.localdate(now), now=now)


def _keep(result: SociotypeResult, *, day: date, now: datetime) -> SociotypeResult:
    """Save it, as the current one when it counts more than what stands there."""
    Person.objects.select_for_update().get(pk=result.person_id)  # two at once: one after the other
    result.answered_on, result.computed_at = day, now
    result.fades_from, result.expires_on = fades_from(day), expires_on(day)
    current = _current(result.person_id)
    if current is not None and not supersedes(result, current, day):
        result.superseded_on = day
    elif current is not None:
        current.superseded_on = day
        current.save(update_fields=["superseded_on"])
    result.save()
    return result


def _current(person_id: int) -> SociotypeResult | None:
    return SociotypeResult.objects.filter(person_id=person_id, superseded_on__isnull=True).first()


def supersedes(new: SociotypeResult, current: SociotypeResult, day: date) -> bool:
    """An own answer always comes before an observation, and an answer without enough of it before none.

    A flagged answer is excluded until a person confirms it (``docs/method.md``): until then it takes no valid type
    away that the person gave themselves.
    """
    if new.status == Status.INCOMPLETE:
        return current.status == Status.INCOMPLETE
    observed = Channel.OBSERVED.value
    own = current.channel != observed
    if new.needs_confirmation and own and current.type and not current.needs_confirmation:
        return day > current.expires_on
    if new.channel == observed and own and current.status != Status.INCOMPLETE:
        return day > current.expires_on
    return True


@transaction.atomic
def confirm(*, result: SociotypeResult, by: Any, now: datetime) -> bool:
    """A person looked at a flagged answer and lets it count; False when there was nothing to confirm."""
    Person.objects.select_for_update().get(pk=result.person_id)  # as in _keep
    waiting = SociotypeResult.objects.filter(pk=result.pk, is_suspect=True, confirmed_at__isnull=True)
    if not waiting.update(confirmed_at=now, confirmed_by=by):
        return False
    _take_place(SociotypeResult.objects.get(pk=result.pk))
    return True


def _take_place(confirmed: SociotypeResult) -> None:
    """Of the earlier answer beside which it waited, from the day it was given on; a later one stays."""
    current, day = _current(confirmed.person_id), confirmed.answered_on
    if confirmed.superseded_on is None or current is None or current.computed_at > confirmed.computed_at:
        return
    if supersedes(confirmed, current, day):
        SociotypeResult.objects.filter(pk=current.pk).update(superseded_on=day)
        SociotypeResult.objects.filter(pk=confirmed.pk).update(superseded_on=None)


@transaction.atomic
def forget_types(people: QuerySet[Person]) -> dict[str, int]:
    """Take away results and answers of people who want no profile. Safe to repeat.

    Their invitations stay: a round tells how many it asked, and the link answers that it is closed.
    """
    ids = list(people.values_list("pk", flat=True))
    results = SociotypeResult.objects.filter(person_id__in=ids)
    sheets = AnswerSheet.objects.filter(person_id__in=ids)
    counts = {"results": results.count(), "sheets": sheets.count()}
    results.delete()
    sheets.delete()
    return counts


def forget_refused() -> dict[str, int]:
    """Everybody whose objection or taken-back consent stands, wherever it was noted."""
    with_result = Q(pk__in=SociotypeResult.objects.values("person_id"))
    with_answers = Q(pk__in=AnswerSheet.objects.values("person_id"))
    return forget_types(refused_profiling().filter(with_result | with_answers))
