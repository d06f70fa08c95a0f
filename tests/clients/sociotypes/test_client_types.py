"""The type of every client at once equals what a plain loop over its people says."""

from datetime import UTC, date, datetime, timedelta
from random import Random

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clients.dossier import Dossier, people
from clients.models import Client, Person, SociotypeResult
from clients.sociotypes.rules.derived import ClientStatus
from clients.sociotypes.rules.instrument import TYPES
from clients.sociotypes.rules.scoring import Channel
from clients.sociotypes.selectors import client_types
from clients.sociotypes.selectors.people import results_of
from clients.sociotypes.selectors.types import types_of
from tests.clients.sociotypes.records import FLAT, MOUTON, NO, NUL, PHILE, PROBABLE, make_person, make_result
from tests.factories.records import make_client

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 1)
NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)


def of(client, as_of=DAY):
    found = client_types(as_of)
    (row,) = np.flatnonzero(found.client_ids == client.pk)
    kind = int(found.acts_as[row])
    return TYPES[kind].value if kind >= 0 else None, ClientStatus(int(found.status[row])), found, row


def test_the_decision_maker_speaks_for_the_client():
    client = make_client()
    make_result(make_person(client, is_decision_maker=True), NUL, DAY)
    for _ in range(3):
        make_result(make_person(client), PHILE, DAY)
    kind, status, found, row = of(client)
    assert (kind, status, bool(found.known[row])) == ("technonul", ClientStatus.FIRM, True)
    assert found.confidence[row] == pytest.approx(96.9589, abs=1e-3)
    assert found.p[row] == pytest.approx([2.77e-07, 0.000139021, 0.030271475, 0.969589227], abs=1e-8)


def test_without_one_the_others_speak_in_the_measure_of_their_confidence():
    client = make_client()
    make_result(make_person(client, is_decision_maker=True), NUL, DAY - timedelta(days=700))  # expired
    make_result(make_person(client), MOUTON, DAY)
    make_result(make_person(client), MOUTON, DAY, channel=Channel.PHONE)
    make_result(make_person(client), PHILE, DAY)
    kind, status, found, row = of(client)
    results = SociotypeResult.objects.exclude(type="technonul")
    weights = np.array([each.confidence(DAY) for each in results])
    p = np.array([each.p for each in results])
    assert (kind, status) == ("technomouton", ClientStatus.PROBABLE)
    assert found.p[row] == pytest.approx((weights[:, None] * p).sum(axis=0) / weights.sum(), abs=1e-8)
    assert found.confidence[row] == pytest.approx(weights.mean(), abs=1e-6)


def test_a_tie_acts_as_the_less_ready():
    client = make_client()
    make_result(make_person(client), PHILE, DAY)
    make_result(make_person(client), NUL, DAY)
    assert of(client)[:2] == ("technonul", ClientStatus.TIE)


@pytest.mark.parametrize(
    ("made", "status"),
    [
        (lambda person: None, ClientStatus.NOT_ASKED),
        (lambda person: make_result(person, FLAT, DAY, is_suspect=False), ClientStatus.UNDETERMINED),
        (lambda person: make_result(person, PHILE, DAY, is_suspect=True), ClientStatus.SUSPECT),
        (lambda person: make_result(person, PHILE, date(2025, 4, 30)), ClientStatus.EXPIRED),
        (lambda person: make_result(person, PHILE, date(2025, 5, 1)), ClientStatus.FIRM),
        (lambda person: make_result(person, PHILE, DAY + timedelta(days=1)), ClientStatus.NOT_ASKED),
        (lambda person: make_result(person, PHILE, DAY, superseded_on=DAY), ClientStatus.NOT_ASKED),
        (lambda person: make_result(person, PROBABLE, DAY), ClientStatus.PROBABLE),
        (
            lambda person: make_result(person, PHILE, DAY, is_suspect=True, confirmed_at=NOON),
            ClientStatus.FIRM,
        ),
    ],
)
def test_why_a_client_is_known_or_not(made, status):
    client = make_client()
    made(make_person(client))
    _, found, types, row = of(client)
    assert (found, bool(types.known[row])) == (status, status >= ClientStatus.TIE)
    assert bool(np.isnan(types.p[row]).all()) == (status < ClientStatus.TIE)


def test_an_objection_counts_at_once():
    client = make_client()
    person = make_person(client)
    make_result(person, PHILE, DAY)
    Person.objects.filter(pk=person.pk).update(profiling_objected_at=NOON)
    assert of(client)[:2] == (None, ClientStatus.OBJECTED)
    SociotypeResult.objects.all().delete()
    assert of(client)[1] == ClientStatus.OBJECTED


def test_a_consent_taken_back_counts_at_once():
    client = make_client()
    person = make_person(client)
    make_result(person, PHILE, DAY)
    person.consents.create(purpose="profiling", given_at=NOON, withdrawn_at=NOON)
    assert of(client)[1] == ClientStatus.OBJECTED
    person.consents.create(purpose="profiling", given_at=NOON + timedelta(days=1))
    assert of(client)[1] == ClientStatus.FIRM


def test_where_knowing_somebody_rests_on_consent_the_consent_is_needed():
    client = make_client()
    person = make_person(client, legal_basis="consent")
    make_result(person, PHILE, DAY)
    assert of(client)[1] == ClientStatus.OBJECTED
    person.consents.create(purpose="profiling", given_at=NOON)
    assert of(client)[1] == ClientStatus.FIRM


def test_who_left_speaks_no_more():
    client = make_client()
    make_result(make_person(client, left_on=DAY, is_decision_maker=True), PHILE, DAY)
    make_result(make_person(client), NO, DAY)
    assert of(client)[:2] == ("techno-no", ClientStatus.FIRM)
    assert of(client, DAY - timedelta(days=1))[1] == ClientStatus.NOT_ASKED


def test_every_active_client_is_there_once_in_order():
    clients = [make_client() for _ in range(3)]
    Client.objects.filter(pk=clients[1].pk).update(state="erased")
    make_result(make_person(clients[1]), PHILE, DAY)
    found = client_types(DAY)
    assert found.client_ids.tolist() == [clients[0].pk, clients[2].pk]
    assert found.status.tolist() == [0, 0]


def test_confidence_fades():
    client = make_client()
    result = make_result(make_person(client), PHILE, date(2025, 8, 1))
    _, _, found, row = of(client, date(2026, 11, 1))
    assert found.confidence[row] == pytest.approx(result.confidence(date(2026, 11, 1)), abs=1e-6)
    assert result.confidence(date(2026, 11, 1)) == pytest.approx(99.9409 * (1 - 0.5 * 92 / 184), abs=1e-3)


def test_more_clients_need_no_more_queries():
    def queries():
        with CaptureQueriesContext(connection) as captured:
            client_types(DAY)
        return len(captured)

    make_result(make_person(make_client()), PHILE, DAY)
    one = queries()
    for answers in (MOUTON, NO):
        make_result(make_person(make_client()), answers, DAY)
    assert queries() == one
    assert one <= 5


@pytest.mark.parametrize("kind", ["company", "person"])
def test_the_page_of_a_client_derives_as_the_night_does(kind):
    """Whoever decides, left, objected, waits to be confirmed or answered long ago."""
    made = (
        {"answers": PHILE, "decides": True}, {"answers": NO, "decides": True, "left_on": DAY},
        {"answers": NUL, "objects": True}, {"answers": MOUTON, "result": {"is_suspect": True}},
        {"answers": PROBABLE, "day": date(2025, 4, 30)}, {"answers": PROBABLE, "day": date(2025, 9, 1)},
        {"answers": NUL, "result": {"superseded_on": DAY}}, {"own": True}, {"own": True, "objects": True},
    )  # fmt: skip
    clients = [make_client(kind=kind) for _ in range(40)]
    chance = Random(7)
    for client in clients:
        for said in chance.sample(made, chance.randint(0, 4)):
            own = bool(said.get("own")) and not client.people.filter(is_client=True).exists()
            person = make_person(
                client, is_decision_maker=said.get("decides", False), left_on=said.get("left_on"), is_client=own,
                profiling_objected_at=NOON if said.get("objects") else None,
            )  # fmt: skip
            if "answers" in said:
                make_result(person, said["answers"], said.get("day", DAY), **said.get("result", {}))
    night = client_types(DAY)
    for row, client in enumerate(clients):
        dossier = Dossier(client, None, datetime.combine(DAY, NOON.timetz()))
        alone = types_of(client, dossier.of(people), dossier.of(results_of), DAY)
        assert (alone.status[0], alone.acts_as[0], alone.known[0]) == (
            night.status[row], night.acts_as[row], night.known[row],
        )  # fmt: skip
        np.testing.assert_array_equal(alone.p[0], night.p[row])
        np.testing.assert_array_equal(alone.confidence[0], night.confidence[row])
    assert len({*night.status.tolist()}) > 4
