"""Called by the process of ``test_two_devices`` in a database of its own, where threads really meet."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connection
from django.utils import timezone

from clients.models import AnswerSheet, Invitation, ItemAnswer, SociotypeResult
from clients.sociotypes.rules.instrument import CURRENT
from clients.sociotypes.services import answering
from tests.clients.sociotypes.records import make_invitation, make_person
from tests.factories.records import make_client


def at_once(*works: Callable[[], str]) -> list[str]:
    barrier = Barrier(len(works))

    def run(work: Callable[[], str]) -> str:
        barrier.wait()
        try:
            return work()
        except answering.Closed:
            return "closed"
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def saving(invitation: Invitation, key: str, value: int) -> Callable[[], str]:
    def work() -> str:
        answering.save_answer(invitation=invitation, item=key, value=value, language="fr", now=timezone.now())
        return "saved"

    return work


def new_invitation() -> Invitation:
    return make_invitation(make_person(make_client()), timezone.now())


def different_statements() -> dict[str, object]:
    invitation, keys = new_invitation(), CURRENT.keys[:6]
    said = at_once(*(saving(invitation, key, 3) for key in keys))
    kept = sorted(ItemAnswer.objects.values_list("item", flat=True))
    return {"said": said, "kept": kept, "sheets": AnswerSheet.objects.count(), "asked": sorted(keys)}


def answer_while_sending() -> dict[str, object]:
    invitation = new_invitation()
    for key in CURRENT.keys:
        saving(invitation, key, 3)()

    def send() -> str:
        answering.complete(invitation=invitation, now=timezone.now())
        return "sent"

    change, sent, again = at_once(saving(invitation, "A1", 5), send, send)
    result = SociotypeResult.objects.get(person=invitation.person)
    kept = ItemAnswer.objects.get(sheet__invitation=invitation, item="A1").value
    return {"change": change, "sent": [sent, again], "scored": result.scale_a, "kept": kept}


def one_statement() -> dict[str, object]:
    invitation = new_invitation()
    at_once(saving(invitation, "A1", 1), saving(invitation, "A1", 5))
    return {
        "kept": list(ItemAnswer.objects.filter(sheet__invitation=invitation).values_list("value", flat=True))
    }
