"""Questionnaires of the world: a round of Alice's that holds people of all clients, a flagged answer of hers."""

from django.utils import timezone

from clients.models import Client, QuestionnaireRound
from clients.sociotypes.services.rounds import invite
from tests.clients.sociotypes.records import PHILE, make_person, make_result
from tests.conftest import Cast


def asked_objects(cast: Cast, client: Client) -> dict[str, int]:
    now = timezone.now()
    round_ = QuestionnaireRound.objects.create(
        name="Round", key="world", created_by=cast.alice, created_at=now, written_at=now
    )
    people = {}
    for other in Client.objects.filter(name__startswith="Kanari", state="active").order_by("-pk"):
        people[other.pk] = make_person(other, last_name=other.name)
        invite(person=people[other.pk], round_=round_, now=now)
    mine = people[client.pk]
    result = make_result(mine, PHILE, timezone.localdate(), is_suspect=True, flags=["fast"])
    return {
        "round": round_.pk, "asked": mine.pk, "invitation": mine.invitations.get().pk, "sociotype": result.pk
    }  # fmt: skip
