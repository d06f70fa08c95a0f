"""No page, search, export or mail names a client its reader may not see."""

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from attention.services import send_lists
from common.lists.registry import lists_for
from common.periods import IsoWeek
from jobs.models import OutMail
from tests.access.test_matrix import address
from tests.access.walk import READERS, entries, shapes
from tests.access.world import CANARIES, SEES, World, body_of

# Pages that show more when asked for more.
QUESTIONS = {
    "clients:list": ["q=kanari", "q=lens", "scope=all", "scope=team", "sort=name", "sort=-kinetics_revenue"],
    "clients:search": ["q=kanari", "q=mail.example", "q=REF"],
    "clients:person_list": ["q=kanari", "decides=yes", "sort=-client"],
    "clients:unit_list": ["q=kanari", "kind=household"],
    "clients:task_list": ["q=kanari", "scope=all", "sort=client"],
    "clients:interaction_list": ["q=kanari", "kind=visit"],
    "sales:order_list": ["q=kanari", "sort=client", "sort=-net"],
    "clients:batch_list": ["q=kanari"],
    "clients:bulk": ["act=tag&all=1", "act=assign&all=1&list=q%3Dkanari"],
    "clients:pick": ["client=lens", "q=kanari", "parent=REF"],
    "clients:timeline": ["kind=call", "kind=task", "page=1"],
    "clients:unit_create": ["client=1", "client=2", "client=3", "client=4"],
    "segmentation:grid": ["segment=athlete", "segment=whale", "segment=dilemma", "segment=thoroughbred"],
    "segmentation:export": [""],
    "kinetics:overview": ["q=kanari", "scope=fell", "scope=rose", "sort=-moved&col=email&col=city"],
    "trust:portfolio": ["kind=client"],
    "home": ["owner=team"],
}


def questions(name: str, usual: str) -> list[str]:
    return list(dict.fromkeys(["", usual, *QUESTIONS.get(name, [])]))


def met_by(reader: str, world: World) -> tuple[list[str], set[str]]:
    """Foreign canaries by page, and whose canaries this reader was given."""
    browser, found, met = world.browser(reader), [], set()
    for entry in entries():
        if "GET" not in entry.methods:
            continue
        for question in questions(entry.name, entry.fields.get("query", "")):
            for headers in shapes():
                response = browser.get(f"{address(entry, world)}?{question}", headers=headers)
                if response.status_code == 200:
                    text = body_of(response)
                    sung = {owner for owner, bird in CANARIES.items() if bird in text}
                    met |= sung
                    found += [f"{entry.name}?{question}: {CANARIES[owner]}" for owner in sung - SEES[reader]]
    return found, met


@pytest.mark.parametrize("reader", READERS)
def test_no_page_sings_a_foreign_canary(reader: str, world: World):
    found, met = met_by(reader, world)
    assert found == []
    # The walk would prove nothing if it did not meet the reader's own.
    assert met == SEES[reader]


@pytest.mark.parametrize("reader", ["owner", "colleague", "stranger", "manager", "elsewhere", "director"])
def test_no_export_sings_a_foreign_canary(reader: str, world: World):
    browser, found, own = world.browser(reader), [], set()
    for spec in lists_for(world.readers[reader]):
        for content in ("csv", "csv-record"):
            text = body_of(browser.post(reverse("clients:export", args=[spec.key]), {"as": content}))
            found += [f"{spec.key}, {content}: {bird}" for bird in world.foreign(reader) if bird in text]
            own |= {owner for owner, bird in CANARIES.items() if bird in text}
    assert (found, own) == ([], SEES[reader])


def test_each_owner_is_asked_for_by_others(world: World):
    """Somebody else's week is not found by those who do not see that person's clients."""
    statuses = {
        reader: world.browser(reader).get(f"{reverse('home')}?owner={world.readers['owner'].pk}").status_code
        for reader in READERS
        if world.readers[reader] and reader != "inactive"
    }
    assert statuses == {
        "owner": 200, "colleague": 404, "stranger": 404, "manager": 200, "elsewhere": 404, "director": 200,
        "administrator": 200,
    }  # fmt: skip


def test_mails_name_the_clients_of_their_reader_alone(world: World, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        send_lists(week=IsoWeek.of(timezone.localdate()), now=timezone.now())
    heard = {
        out.recipient.email: {
            owner for owner, bird in CANARIES.items() if bird in out.subject + out.text + out.html
        }
        for out in OutMail.objects.filter(recipient__isnull=False).select_related("recipient")
    }
    assert {address: birds for address, birds in heard.items() if birds} == {
        f"{owner}@example.org": {owner} for owner in ("alice", "bob", "carl", "lea")
    }
    for message in mail.outbox:
        (address_,) = message.to
        bodies = [message.body, *(part.content for part in message.alternatives)]
        assert {owner for owner, bird in CANARIES.items() if bird in "".join(bodies)} == heard[address_]
