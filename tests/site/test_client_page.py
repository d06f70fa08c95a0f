"""The page of a client about whom everything is known: all panels, in few queries, however much there is."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clients.models import SavedView
from clients.registry import panels
from tests.conftest import Cast
from tests.site.dossier import whole_client

ZONES = ("head", "strip", "main", "side")
QUERIES = 20


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("who", ["alice", "diane"])
def test_every_panel_shows_in_twenty_queries(cast: Cast, browser_of: Any, who: str, count: int) -> None:
    client = whole_client(cast, count)
    for number in range(count):
        SavedView.objects.create(
            owner=cast.alice, list_key="clients", name=f"View {number}", is_pinned=True, is_shared=True
        )
    browser = browser_of(getattr(cast, who))
    with CaptureQueriesContext(connection) as captured:
        response = browser.get(client.get_absolute_url())
    shown = {item.panel.key for items in response.context["zones"].values() for item in items}
    assert shown == {panel.key for zone in ZONES for panel in panels(zone)}
    page = response.content.decode()
    assert (page.count("Tag "), page.count(">View ")) == (count, count)
    assert len(captured) == QUERIES
