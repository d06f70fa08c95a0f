"""Builders for questionnaires and types."""

from datetime import UTC, date, datetime, time
from typing import Any

from clients.models import Client, Invitation, Person, QuestionnaireRound, SociotypeResult
from clients.sociotypes.rules.ageing import expires_on, fades_from
from clients.sociotypes.rules.instrument import CURRENT
from clients.sociotypes.rules.scoring import Channel, score
from clients.sociotypes.services.results import result_fields
from clients.sociotypes.services.rounds import invite

PHILE = [5, 1, 5, 2, 1, 1, 5, 2, 5, 4, 1, 1]
MOUTON = [3, 3, 4, 5, 3, 2, 3, 5, 3, 2, 2, 2]
NO = [1, 5, 3, 3, 4, 2, 1, 3, 2, 3, 2, 5]
NUL = [1, 4, 1, 1, 5, 5, 2, 2, 1, 5, 5, 4]
PROBABLE = [3, 4, 4, 4, 3, 2, 2, 4, 3, 3, 2, 3]
FLAT = [3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3]


def make_person(client: Client, **fields: Any) -> Person:
    number = client.people.count() + 1
    plain = {
        "last_name": f"Person {number}",
        "email": f"person{number}.{client.pk}@mail.example",
        "language": "en",
    }
    return Person.objects.create(client=client, **(plain | fields))


def make_result(
    person: Person, answers: list[int | None], day: date, *, channel: Channel = Channel.SELF,
    superseded_on: date | None = None, **fields: Any,
) -> SociotypeResult:  # fmt: skip
    """A result of that day, as scoring those answers gives it."""
    return SociotypeResult.objects.create(
        person=person, channel=channel.value, instrument=CURRENT.name, version=CURRENT.version, language="fr",
        answered_on=day, fades_from=fades_from(day), expires_on=expires_on(day),
        computed_at=datetime.combine(day, time(12), UTC), superseded_on=superseded_on,
        **(result_fields(score(answers, channel=channel, seconds=90)) | fields),
    )  # fmt: skip


def make_invitation(person: Person, now: datetime, name: str = "Round") -> Invitation:
    """An invitation with its mail, as a round writes it."""
    round_, _ = QuestionnaireRound.objects.get_or_create(
        key=name, defaults={"name": name, "created_at": now, "written_at": now}
    )
    return invite(person=person, round_=round_, now=now)
