"""Whom we may profile is one rule, said in three ways for the databases: of people, of those refused, of their rows."""

from datetime import UTC, date, datetime
from itertools import product

import pytest

from clients.models import Consent, SociotypeResult
from clients.personal.profiling import unprofiled_clients
from clients.rules import ConsentPurpose, LegalBasis
from clients.sociotypes.permission import may_be_profiled, of_profiled_q, refused_profiling
from tests.clients.sociotypes.records import PHILE, make_person, make_result
from tests.conftest import Cast
from tests.factories.records import make_client

pytestmark = pytest.mark.django_db

THEN = datetime(2026, 1, 5, 9, tzinfo=UTC)
BASES = (LegalBasis.CONSENT, LegalBasis.LEGITIMATE_INTEREST)
# Consents as (purpose, taken back).
CONSENTS = [
    [], [(ConsentPurpose.PROFILING, False)], [(ConsentPurpose.PROFILING, True)],
    [(ConsentPurpose.PROFILING, True), (ConsentPurpose.PROFILING, False)], [(ConsentPurpose.QUESTIONNAIRE, True)],
    [(ConsentPurpose.QUESTIONNAIRE, False)],
]  # fmt: skip


def test_the_three_ways_to_say_it_agree(cast: Cast) -> None:
    client, expected = make_client(owner=cast.alice), set()
    for basis, objected, consents in product(BASES, (None, THEN), CONSENTS):
        person = make_person(client, legal_basis=basis.value, profiling_objected_at=objected)
        for purpose, taken_back in consents:
            Consent.objects.create(
                person=person, purpose=purpose.value, given_at=THEN, withdrawn_at=THEN if taken_back else None
            )
        make_result(person, list(PHILE), date(2026, 1, 5))
        given = (ConsentPurpose.PROFILING, False) in consents
        taken = (ConsentPurpose.PROFILING, True) in consents
        if objected is None and (given or (not taken and basis != LegalBasis.CONSENT)):
            expected.add(person.pk)
    everybody = set(client.people.values_list("pk", flat=True))
    assert 0 < len(expected) < len(everybody)
    assert set(may_be_profiled().values_list("pk", flat=True)) == expected
    assert set(refused_profiling().values_list("pk", flat=True)) == everybody - expected
    rows = SociotypeResult.objects.filter(of_profiled_q())
    assert set(rows.values_list("person_id", flat=True)) == expected


def test_who_is_the_person_of_a_company_withholds_no_client(cast: Cast) -> None:
    private, company, other = (
        make_client(owner=cast.alice, kind=kind) for kind in ("person", "company", "person")
    )
    for client, is_client in ((private, True), (company, True), (other, False)):
        make_person(client, is_client=is_client, profiling_objected_at=THEN)
    assert list(unprofiled_clients().values_list("client_id", flat=True)) == [private.pk]
