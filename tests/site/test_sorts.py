"""A sort over all clients asks the database in another way than a page does, and shows the same rows in the same order."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.http import QueryDict

from clients.models import Client
from common.lists.registry import get
from common.lists.spec import ListSpec
from common.lists.state import ListState
from sales.rollup import rebuild_dirty
from sales.services import mark_all_dirty
from segmentation.models import DilemmaDiagnosis, PlayedStep
from segmentation.rules.playbooks import Diagnosis
from tests.conftest import Cast
from tests.factories.records import make_client, make_interaction, make_order, make_person
from tests.site.dossier import NOW, TODAY, _nights

pytestmark = pytest.mark.django_db
DIAGNOSES = [each.value for each in Diagnosis][:2]


def plainly(spec: ListSpec) -> ListSpec:
    """The list as it is said for a page."""
    return replace(
        spec, passed=None,
        columns=lambda user: [replace(column, annotate_all=None) for column in spec.columns(user)],
    )  # fmt: skip


def portfolio(cast: Cast) -> list[Client]:
    """Clients with and without figures, with ties, of several owners; private ones, of whom two object; two gone."""
    owners = [cast.alice, cast.bob, cast.carl, None]
    clients = [
        make_client(owner=owners[n % 4], kind="person" if n % 3 else "company", email=f"{n % 5}@mail.example")
        for n in range(16)
    ]
    for number, client in enumerate(clients):
        for days in (500, 300, 45, 20)[: number % 6]:
            make_order(client, TODAY - timedelta(days=days), 9_000 * (1 + number % 4), cost_cents=6_000)
        if number % 2:
            make_interaction(client, happened_at=NOW - timedelta(days=number % 5))
        if number % 4 == 1:
            DilemmaDiagnosis.objects.create(
                client=client,
                diagnosis=DIAGNOSES[number % 8 // 4],
                target="athlete",
                made_on=TODAY,
                by=cast.diane,
            )
        for step in range(number % 3):
            PlayedStep.objects.create(
                client=client, segment="dilemma", stage=0, step=step, done_on=TODAY, by=cast.diane
            )
    mark_all_dirty()
    rebuild_dirty()
    _nights(1)
    for number in (4, 13):
        make_person(clients[number], is_client=True, profiling_objected_at=NOW)
    Client.objects.filter(pk=clients[10].pk).update(state="merged", merged_into=clients[0])
    Client.objects.filter(pk=clients[7].pk).update(state="erased")
    return clients


def test_a_sort_over_all_shows_what_a_page_would(cast: Cast) -> None:
    portfolio(cast)
    different = set()
    for key in ("clients", "moved"):
        spec = get(key)
        assert spec is not None
        for user in (cast.diane, cast.anne, cast.alice):
            for column in spec.columns(user):
                for sort in (column.key, f"-{column.key}") if column.sortable else ():
                    ids = [order_of(one, sort, user) for one in (spec, plainly(spec))]
                    assert ids[0] == ids[1], (key, user, sort)
                    different.add((key, user.pk, tuple(ids[0])))
                    if key == "clients" and user == cast.diane:
                        assert len(ids[0]) == 14
    assert len(different) > 60  # the figures do differ, so that orders tell


def order_of(spec: ListSpec, sort: str, user: Any) -> list[int]:
    state = ListState.read(spec, QueryDict(f"sort={sort}"), user)
    assert state.sort == sort
    return list(state.in_order(state.asked_rows()).values_list("pk", flat=True))
