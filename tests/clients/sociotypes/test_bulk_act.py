"""From ticked clients to the preview of a round."""

from typing import Any

import pytest
from django.urls import reverse

from clients.bulk.registry import acts_for
from clients.models import Invitation, QuestionnaireRound
from jobs.models import Job, OutMail
from tests.clients.sociotypes.records import make_person
from tests.clients.test_bulk import URL, fields
from tests.conftest import Cast
from tests.factories.records import make_client

pytestmark = pytest.mark.django_db


def confirmed(browser: Any, question: dict[str, Any]) -> Any:
    """The act asks nothing: what will happen is read, then confirmed."""
    url = reverse(URL, args=["clients"])
    return browser.post(url, fields(browser.get(url, question)))


def test_ticked_clients_go_to_the_preview_and_nothing_is_written(cast: Cast, browser_of: Any) -> None:
    clients = [make_client(owner=cast.alice, name=f"Client {letter}") for letter in "ABC"]
    for client in clients:
        make_person(client, is_decision_maker=True)
    foreign = make_client(owner=cast.carl, name="Lyonnaise")
    browser = browser_of(cast.alice)
    ticked = [clients[0].pk, clients[2].pk, foreign.pk]
    answer = confirmed(browser, {"act": "questionnaire", "id": ticked})
    assert (answer.status_code, answer.url) == (
        302, f"{reverse('sociotypes:new')}?clients={clients[0].pk},{clients[2].pk}",
    )  # fmt: skip
    shown = browser.get(answer.url)
    assert "2 clients were chosen in the list." in shown.content.decode()
    seen = browser.post(reverse("sociotypes:new"), fields(shown) | {"name": "Spring"})
    assert "2 people would be invited." in seen.content.decode()
    written = (QuestionnaireRound, Invitation, Job, OutMail)
    assert [model.objects.count() for model in written] == [0, 0, 0, 0]


def test_all_that_fit_are_chosen_by_the_list_itself(cast: Cast, browser_of: Any) -> None:
    for name in ("Azur un", "Azur deux", "Bruyère"):
        make_person(make_client(owner=cast.alice, name=name), is_decision_maker=True)
    make_person(make_client(owner=cast.carl, name="Azur trois"), is_decision_maker=True)
    browser = browser_of(cast.alice)
    answer = confirmed(browser, {"act": "questionnaire", "all": "1", "list": "q=azur"})
    assert answer.url == f"{reverse('sociotypes:new')}?listed=q%3Dazur"
    shown = browser.get(answer.url)
    assert "2 clients were chosen in the list." in shown.content.decode()
    sent = fields(shown) | {"name": "Spring", "start": "1"}
    assert browser.post(reverse("sociotypes:new"), sent).status_code == 302
    chosen = QuestionnaireRound.objects.get().audience
    assert len(chosen) == 2


def test_it_is_offered_to_who_may_edit_and_only_for_own_clients(cast: Cast, browser_of: Any) -> None:
    client = make_client(owner=cast.alice)
    offered = [user.name for user in (cast.alice, cast.anne, cast.diane) if _is_offered(user)]
    assert offered == ["Alice", "Anne", "Diane"]
    foreign = browser_of(cast.carl).get(
        reverse(URL, args=["clients"]), {"act": "questionnaire", "id": [client.pk]}
    )
    assert (foreign.status_code, foreign.url.startswith(reverse("clients:list"))) == (302, True)


def _is_offered(user: Any) -> bool:
    return "questionnaire" in [act.key for act in acts_for("clients", user)]
