"""Erased people are recognised in a file, and by nothing else than keyed hashes."""

from typing import Any

import pytest
from django.utils import timezone

from clients.models import Suppression
from clients.suppression import Identity, marks_of, suppress, suppressed, suppressed_positions

ZOE = Identity(ref="P-17", email="Zoé.Ardent@mail.example", name="Zoé Ardent", postcode="62 300")
OTHERS = [
    Identity(ref="C1", email="other@mail.example", name="Jean Autre", postcode="75001"),
    Identity(ref="C2", email="zoe.ardent@mail.example"),
    Identity(ref="C3", name="ARDENT  Zoe", postcode="62300"),
    Identity(ref="p-17"),
    Identity(ref="C4", name="Zoé Ardent"),
    Identity(ref="C5", name="Zoé Ardent", postcode="59000"),
    Identity(),
]


def erase_zoe() -> None:
    suppress(marks=marks_of(ZOE), at=timezone.now())


@pytest.mark.django_db
def test_each_sign_is_recognised_and_no_other():
    erase_zoe()
    assert suppressed_positions(OTHERS) == {1, 2, 3}


@pytest.mark.django_db
def test_nothing_is_stored_in_clear_and_twice_is_once():
    erase_zoe()
    erase_zoe()
    stored = list(Suppression.objects.values_list("mark", flat=True))
    assert sorted(stored) == sorted(marks_of(ZOE))
    assert [mark for mark in stored if len(mark) != 64 or not set(mark) <= set("0123456789abcdef")] == []


@pytest.mark.django_db
def test_it_survives_a_change_of_the_secret_key(settings: Any):
    erase_zoe()
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key", [settings.SECRET_KEY]
    assert suppressed_positions(OTHERS) == {1, 2, 3}
    settings.SECRET_KEY_FALLBACKS = []
    assert suppressed_positions(OTHERS) == set()


@pytest.mark.django_db
def test_a_large_file_costs_few_queries(django_assert_num_queries: Any):
    with django_assert_num_queries(1):
        assert suppressed_positions(OTHERS * 300) == set()
    erase_zoe()
    many = [Identity(ref=f"N{number}") for number in range(2_000)] + [ZOE]
    with django_assert_num_queries(4):
        assert suppressed_positions(many) == {2_000}
    assert suppressed(marks_of(ZOE)) == set(marks_of(ZOE))
