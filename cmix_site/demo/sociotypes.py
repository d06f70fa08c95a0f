"""Questionnaires of the demo: who answered what and when, a round under way, steps of accompaniment.

Invitations have no mail: the demo sends nobody anything. No answer is as old as those the night asks again, so
that the nights after it send nothing either.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from django.conf import settings
from django.utils.crypto import get_random_string

from clients.models import (
    AnswerSheet,
    Client,
    Invitation,
    ItemAnswer,
    Person,
    QuestionnaireRound,
    SociotypeResult,
)
from clients.sociotypes.permission import profiling_q
from clients.sociotypes.rules.ageing import expires_on, fades_from
from clients.sociotypes.rules.asking import LINK_DAYS
from clients.sociotypes.rules.instrument import CURRENT, SCALES, TYPES
from clients.sociotypes.rules.observed import TRAITS_OF, Certainty
from clients.sociotypes.rules.scoring import PROTOTYPES, Channel, Score, score_many, scores_as_rows
from clients.sociotypes.services.results import observed_fields, result_fields
from segmentation.models import AccompanimentStep
from segmentation.rules.waves import STEPS

BATCH = 2_000
MIX = (0.20, 0.40, 0.25, 0.15)  # technophile, technomouton, techno-no, technonul
ANSWERED, OBSERVED, INVITED = 0.58, 0.06, 0.16  # shares of those who decide; nobody knows the others
BY_PHONE, OLD, BETWEEN, CARELESS = 0.18, 0.07, 0.06, 0.02  # shares of the answers
STEPPED = 0.2  # share of the clients with whom something was done
FRESH_DAYS, OLD_DAYS = (8, 420), (670, 880)
STARTED_DAYS_AGO = 6
TONE, ITEM = 0.35, 0.55  # how much answers differ by scale and by statement


@dataclass(frozen=True)
class Asking:
    today: date
    now: datetime
    rng: np.random.Generator

    def ago(self, days: int) -> datetime:
        """Late in the morning of that day."""
        day = self.today - timedelta(days=days)
        return datetime.combine(day, time(11, 20), tzinfo=ZoneInfo(settings.TIME_ZONE))


def make_sociotypes(client_ids: Sequence[int], asking: Asking) -> dict[str, list[int]]:
    """Ids of the round; all else hangs on the clients and their people."""
    mine = set(client_ids)
    people = [person for person in _deciders() if person.client_id in mine]
    who = asking.rng.random(len(people))
    answered = [person for person, x in zip(people, who, strict=True) if x < ANSWERED]
    observed = [person for person, x in zip(people, who, strict=True) if ANSWERED <= x < ANSWERED + OBSERVED]
    first = ANSWERED + OBSERVED
    invited = [person for person, x in zip(people, who, strict=True) if first <= x < first + INVITED]
    _make_answers(answered, asking)
    _observe(observed, asking)
    round_ = _make_round(invited, asking)
    _make_steps(client_ids, asking)
    return {"QuestionnaireRound": [round_.pk]}


def _deciders() -> list[Person]:
    """Of whom a type may be derived and who can be asked, in order of their clients."""
    people = Person.objects.filter(profiling_q(), is_decision_maker=True, left_on__isnull=True)
    return list(people.select_related("client").order_by("client__ref", "pk"))


# Answers


def draw_answers(count: int, rng: np.random.Generator) -> Any:
    """``count`` × 12 answers, 1 to 5. Pure."""
    kinds = rng.choice(len(TYPES), count, p=MIX)
    near = np.minimum(kinds + 1, len(TYPES) - 1)
    part = np.where(rng.random(count) < BETWEEN, 0.5, 0.0)[:, None]  # these stand between two types
    leaning = PROTOTYPES[kinds] * (1 - part) + PROTOTYPES[near] * part
    scales = 3 + 1.35 * leaning + TONE * rng.standard_normal((count, len(SCALES)))
    places = [SCALES.index(item.scale) for item in CURRENT.items]
    values = np.clip(np.rint(scales[:, places] + ITEM * rng.standard_normal((count, len(places)))), 1, 5)
    turned = np.array([item.reversed for item in CURRENT.items])
    answers = np.where(turned, 6 - values, values)
    answers[rng.random(count) < CARELESS] = 4  # always the same tick
    return answers


def _days_ago(count: int, rng: np.random.Generator) -> list[int]:
    old = rng.random(count) < OLD
    return np.where(old, rng.integers(*OLD_DAYS, count), rng.integers(*FRESH_DAYS, count)).tolist()


def _make_answers(people: Sequence[Person], asking: Asking) -> None:
    rng, count = asking.rng, len(people)
    table = draw_answers(count, rng)
    channels = [Channel.PHONE if phoned else Channel.SELF for phoned in rng.random(count) < BY_PHONE]
    seconds = [float(value) for value in rng.integers(55, 260, count)]
    moments = [asking.ago(days) for days in _days_ago(count, rng)]
    sheets = AnswerSheet.objects.bulk_create(
        [
            _sheet(person, channel, taken, at)
            for person, channel, taken, at in zip(people, channels, seconds, moments, strict=True)
        ],
        batch_size=BATCH,
    )
    ItemAnswer.objects.bulk_create(
        (
            ItemAnswer(sheet=sheet, item=key, value=int(value), answered_at=sheet.saved_at)
            for sheet, row in zip(sheets, table, strict=True)
            for key, value in zip(CURRENT.keys, row, strict=True)
        ),
        batch_size=BATCH,
    )
    scored = scores_as_rows(score_many(table), channels, seconds)
    results = [_result(sheet, found) for sheet, found in zip(sheets, scored, strict=True)]
    SociotypeResult.objects.bulk_create(results, batch_size=BATCH)


def _sheet(person: Person, channel: Channel, seconds: float, at: datetime) -> AnswerSheet:
    return AnswerSheet(
        person=person, channel=channel.value, instrument=CURRENT.name, version=CURRENT.version, seconds=seconds,
        interviewer_id=person.client.owner_id if channel == Channel.PHONE else None, language=person.language,
        started_at=at - timedelta(seconds=seconds), saved_at=at, completed_at=at,
    )  # fmt: skip


def _result(sheet: AnswerSheet, found: Score) -> SociotypeResult:
    return SociotypeResult(
        person=sheet.person, sheet=sheet, channel=sheet.channel, by_id=sheet.interviewer_id, instrument=sheet.instrument,
        version=sheet.version, language=sheet.language, seconds=sheet.seconds, **result_fields(found),
        **_dated(sheet.saved_at),
    )  # fmt: skip


def _dated(at: datetime) -> dict[str, Any]:
    day = at.date()
    return {
        "answered_on": day, "fades_from": fades_from(day), "expires_on": expires_on(day), "computed_at": at,
    }  # fmt: skip


def _observe(people: Sequence[Person], asking: Asking) -> None:
    rng = asking.rng
    rows = []
    for person in people:
        kind = TYPES[int(rng.choice(len(TYPES), p=MIX))]
        certainty = list(Certainty)[int(rng.integers(len(Certainty)))]
        seen = TRAITS_OF[kind][: int(rng.integers(1, len(TRAITS_OF[kind]) + 1))]
        at = asking.ago(int(rng.integers(*FRESH_DAYS)))
        fields = observed_fields(kind, certainty, seen)
        rows.append(SociotypeResult(person=person, by_id=person.client.owner_id, **fields, **_dated(at)))
    SociotypeResult.objects.bulk_create(rows, batch_size=BATCH)


# A round under way


def _make_round(people: Sequence[Person], asking: Asking) -> QuestionnaireRound:
    """Its invitations have no mail: nothing waits to be sent, and no reminder is due without one."""
    at = asking.ago(STARTED_DAYS_AGO)
    starter = people[0].client.owner_id if people else None
    round_ = QuestionnaireRound.objects.create(
        name="Qui commande en ligne ?", key="demo:round", created_at=at, written_at=at, created_by_id=starter,
        audience=sorted({person.client_id for person in people}),
    )  # fmt: skip
    invitations = Invitation.objects.bulk_create(
        [_invitation(place, person, round_, at) for place, person in enumerate(people)], batch_size=BATCH
    )
    answering = [each for place, each in enumerate(invitations) if place % 5 == 0]
    begun = [each for place, each in enumerate(invitations) if place % 5 == 1]
    _answer_links(answering, asking, done=True)
    _answer_links(begun, asking, done=False)
    return round_


def _invitation(place: int, person: Person, round_: QuestionnaireRound, at: datetime) -> Invitation:
    """Of ten one was revoked and one ran out before its time; the first of five answered, the second began."""
    revoked, over = place % 10 == 3, place % 10 == 4
    return Invitation(
        person=person, round=round_, nonce=get_random_string(22), created_at=at,
        expires_at=at + timedelta(days=2 if over else LINK_DAYS),
        revoked_at=at + timedelta(days=1) if revoked else None, revoked_by_id=round_.created_by_id if revoked else None,
    )  # fmt: skip


def _answer_links(invitations: Sequence[Invitation], asking: Asking, *, done: bool) -> None:
    """All twelve statements, or the first five of them."""
    table = draw_answers(len(invitations), asking.rng)
    at, given = asking.ago(STARTED_DAYS_AGO - 2), CURRENT.keys if done else CURRENT.keys[:5]
    rows = [_sheet(each.person, Channel.SELF, 130.0 if done else 40.0, at) for each in invitations]
    for sheet, invitation in zip(rows, invitations, strict=True):
        sheet.invitation, sheet.completed_at = invitation, at if done else None
    sheets = AnswerSheet.objects.bulk_create(rows, batch_size=BATCH)
    ItemAnswer.objects.bulk_create(
        (
            ItemAnswer(sheet=sheet, item=key, value=int(value), answered_at=at)
            for sheet, row in zip(sheets, table, strict=True)
            for key, value in zip(given, row, strict=False)
        ),
        batch_size=BATCH,
    )
    if done:
        scored = scores_as_rows(score_many(table), [Channel.SELF] * len(sheets), [130.0] * len(sheets))
        results = [_result(sheet, found) for sheet, found in zip(sheets, scored, strict=True)]
        SociotypeResult.objects.bulk_create(results, batch_size=BATCH)


# Steps of accompaniment


def _make_steps(client_ids: Sequence[int], asking: Asking) -> None:
    owners = dict(Client.objects.filter(pk__in=client_ids).values_list("pk", "owner_id"))
    chosen = [pk for pk in client_ids if asking.rng.random() < STEPPED]
    rows = (row for pk in chosen for row in _steps_of(pk, owners[pk], asking))
    AccompanimentStep.objects.bulk_create(rows, batch_size=BATCH)


def _steps_of(client: int, owner: int | None, asking: Asking) -> Iterator[AccompanimentStep]:
    """The first steps of the four, some weeks apart, in their order."""
    count = 1 + int(asking.rng.integers(len(STEPS)))
    for place, step in enumerate(STEPS[:count]):
        day = asking.today - timedelta(days=3 + 21 * (count - place) + int(asking.rng.integers(0, 15)))
        yield AccompanimentStep(
            client_id=client, step=step.value, done_on=day, by_id=owner, recorded_at=asking.now
        )
