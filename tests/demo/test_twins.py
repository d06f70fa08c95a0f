"""The demo has people who stand twice, and the search of the night finds them."""

from datetime import UTC, date, datetime
from io import StringIO

import pytest
from django.core.management import call_command

from clients.duplicates.finding import find_duplicate_people
from clients.models import Person, PersonPair
from cmix_site.demo.twins import SPELLINGS, capitals, misspelt, turned

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("write", "expected"),
    [
        (misspelt, ("Léa", "Gareesson")),
        (capitals, ("Lea", "GARESSON")),
        (turned, ("Garesson", "Léa")),
    ],
)
def test_how_another_writes_a_name(write, expected):
    assert write("Léa", "Garesson") == expected


@pytest.mark.django_db
def test_the_search_finds_every_spelling():
    call_command(
        "demo", "--clients", "400", "--today", date(2026, 11, 22).isoformat(), "--json", stdout=StringIO()
    )
    planted = {(twin.pk, twin.ref) for twin in Person.objects.filter(ref__startswith="D-T")}
    assert len(planted) >= len(SPELLINGS)
    find_duplicate_people(now=NOW)
    found = {(pair.right_id, pair.right.ref) for pair in PersonPair.objects.select_related("right")}
    assert planted <= found
