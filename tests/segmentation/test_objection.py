"""A private client who objects to profiling shows no class, wave, playbook or path on the pages of segmentation."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from clients.dossier import Dossier
from clients.models import Client, Person
from clients.personal.profiling import set_objection
from clients.registry import joined
from clients.rules import ClientKind
from clients.sociotypes.rules.derived import ClientStatus
from clients.sociotypes.selectors import client_types
from segmentation import panels
from segmentation.models import ClientReadiness, PlayedStep
from segmentation.rules.waves import Step, Wave
from segmentation.selectors.matrix import path_of
from segmentation.selectors.plan import waves_seen
from segmentation.selectors.readiness import readiness_run
from segmentation.selectors.standing import standing_on
from segmentation.services import classify_clients
from segmentation.services.matrix import compute_matrix
from segmentation.services.migration import log_step
from segmentation.services.readiness import compute_readiness
from tests.clients.sociotypes.records import MOUTON, make_person, make_result
from tests.conftest import Cast, whole_page
from tests.segmentation.records import AS_OF, NOW
from tests.segmentation.test_migration import portfolio  # noqa: F401, a fixture
from tests.segmentation.test_pages import listed_in, text_of

pytestmark = pytest.mark.django_db


def private(client: Client) -> Person:
    """The client as a private person, who is the client."""
    Client.objects.filter(pk=client.pk).update(kind=ClientKind.PERSON.value)
    client.refresh_from_db()
    person = client.people.first() or make_person(client)
    Person.objects.filter(pk=person.pk).update(is_client=True)
    return person


@pytest.fixture
def people(portfolio: dict[str, Client], cast: Cast) -> dict[str, Person]:  # noqa: F811
    """Bellis with a type and a wave, Erica in the queue of the unknown: both private, both computed."""
    found = {name: private(portfolio[name]) for name in ("Bellis", "Erica")}
    bellis = portfolio["Bellis"]
    log_step(client=bellis, step=Step.AWARENESS, done_on=AS_OF, by=cast.alice, now=NOW)
    PlayedStep.objects.create(client=bellis, segment="whale", stage=0, step=0, done_on=AS_OF, by=cast.alice)
    night()
    return found


def night() -> None:
    classify_clients(as_of=AS_OF, now=NOW)
    compute_readiness(as_of=AS_OF, now=NOW)
    compute_matrix(as_of=AS_OF, now=NOW)


def object_(people: dict[str, Person], cast: Cast) -> None:
    for person in people.values():
        set_objection(person=person, objected=True, by=cast.alice, now=NOW)


def waves(user: Any) -> dict[int, int]:
    run = readiness_run()
    assert run is not None
    return {int(row.wave): row.clients for row in waves_seen(run, user).rows}


@pytest.mark.parametrize("night_after", [False, True])
def test_the_plan_and_the_queue_lose_who_objects(
    people: dict[str, Person], cast: Cast, browser_of: Any, night_after: bool
) -> None:
    url, diane = reverse("segmentation:plan"), browser_of(cast.diane)

    def listed() -> dict[int, list[str]]:
        return {wave: listed_in(diane.get(f"{url}?wave={wave}").content.decode()) for wave in (-1, 2)}

    assert (listed(), waves(cast.diane)[-1], waves(cast.diane)[2]) == ({-1: ["Erica"], 2: ["Bellis"]}, 1, 1)
    object_(people, cast)
    if night_after:
        night()
    assert listed() == {-1: [], 2: []}
    assert [waves(user) for user in (cast.diane, cast.alice, cast.carl)] == [
        {-1: 0, 0: 1, 1: 0, 2: 0, 3: 1, 4: 1}, {-1: 0, 0: 1, 1: 0, 2: 0, 3: 1, 4: 0}, {-1: 0, 0: 0, 1: 0, 2: 0, 3: 0, 4: 1},
    ]  # fmt: skip


def test_the_page_of_the_client_has_no_path_wave_or_playbook(
    people: dict[str, Person], cast: Cast, browser_of: Any
) -> None:
    client, browser = people["Bellis"].client, browser_of(cast.alice)
    titles = ("Way online", "Followers", "Accompaniment: 1 of 4")

    def shown() -> list[bool]:
        text = text_of(browser.get(whole_page(client)).content.decode())
        main = text[text.index(client.name) :]
        return [title in main for title in titles]

    assert shown() == [True, True, True]
    assert [step.cell for step in path_of(client)] == ["migration", "current"]
    object_(people, cast)
    assert shown() == [False, False, False]
    assert path_of(client) == []
    for read in (client, Client.objects.get(pk=client.pk), joined(Client.objects.all()).get(pk=client.pk)):
        dossier = Dossier(read, cast.alice, NOW)
        nothing = [panel(dossier) for panel in (panels.way, panels.play, panels.position, panels.chip)]
        assert nothing == [None, None, None, None]


def test_the_list_of_clients_has_no_cell_and_no_steps(
    people: dict[str, Person], cast: Cast, browser_of: Any
) -> None:
    browser, client = browser_of(cast.alice), people["Bellis"].client

    def columns() -> tuple[Any, Any]:
        rows = panels.with_steps(panels.with_cell(Client.objects.filter(pk=client.pk)))
        return rows.values_list("matrix_cell", "played").get()

    def clicked() -> list[str]:
        return listed_in(browser.get("/clients/?matrix_cell=migration").content.decode())

    assert (columns(), clicked()) == (("migration", 1), ["Bellis"])
    object_(people, cast)
    assert (columns(), clicked()) == ((None, None), [])


def test_the_night_counts_who_objects_as_unknown(people: dict[str, Person], cast: Cast) -> None:
    """Also when somebody else of the private client has a type."""
    bellis = people["Bellis"].client
    other = make_person(bellis, is_decision_maker=True)
    make_result(other, MOUTON, AS_OF)
    object_(people, cast)
    found = client_types(AS_OF)
    row = found.client_ids.tolist().index(bellis.pk)
    assert (int(found.acts_as[row]), int(found.status[row])) == (-1, ClientStatus.OBJECTED)
    standing = standing_on(AS_OF, AS_OF - timedelta(days=91))
    place = standing.client_ids.tolist().index(bellis.pk)
    assert (standing.type[place], standing.segment[place], bool(standing.known[place])) == (-1, -1, False)
    run = compute_readiness(as_of=AS_OF, now=NOW)
    row = ClientReadiness.objects.get(run=run, client=bellis)
    assert (row.type, row.wave, row.ready, row.p1) == (-1, Wave.ASK, None, None)
    assert (run.results["sums"]["clients"], run.results["types"][-1]["clients"]) == (5, 2)


def test_a_company_stays_when_one_of_its_people_objects(
    people: dict[str, Person], cast: Cast, browser_of: Any
) -> None:
    cistus = Client.objects.get(name="Cistus")
    person = make_person(cistus)
    set_objection(person=person, objected=True, by=cast.alice, now=NOW)
    html = browser_of(cast.alice).get(reverse("segmentation:plan") + "?wave=3").content.decode()
    assert (listed_in(html), [step.cell for step in path_of(cistus)]) == (["Cistus"], ["current"])
