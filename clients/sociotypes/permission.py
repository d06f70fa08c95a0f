"""Whom we may profile and whom we may ask. Checked again at every step: an objection counts at once."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from clients.models import Consent, Person
from clients.rules import ClientState, ConsentPurpose, LegalBasis


class ProfileRefused(Exception):
    """Somebody wants no profile; nothing is derived or kept."""


def _consents(purpose: ConsentPurpose) -> QuerySet[Consent]:
    return Consent.objects.filter(person=OuterRef("pk"), purpose=purpose.value)


def profiling_q() -> Q:
    """People of whom a type may be derived: no objection, no consent taken back, and a consent where it
    is what our knowing them rests on."""
    given = Exists(_consents(ConsentPurpose.PROFILING).filter(withdrawn_at__isnull=True))
    taken_back = Exists(_consents(ConsentPurpose.PROFILING).filter(withdrawn_at__isnull=False))
    rests_on_consent = Q(legal_basis=LegalBasis.CONSENT.value)
    return Q(profiling_objected_at__isnull=True) & (Q(given) | (~Q(taken_back) & ~rests_on_consent))


def of_profiled_q() -> Q:
    """``profiling_q`` of rows that have a person (results, sheets), asked of each: the set of all people whom we may
    profile would cost more than the rows. What most meet first, and is cheapest, stands first."""
    withdrawn = Consent.objects.filter(purpose=ConsentPurpose.PROFILING.value, withdrawn_at__isnull=False)
    given = Consent.objects.filter(
        person=OuterRef("person_id"), purpose=ConsentPurpose.PROFILING.value, withdrawn_at__isnull=True
    )
    founded = ~Q(person__legal_basis=LegalBasis.CONSENT.value) & ~Q(
        person_id__in=withdrawn.order_by().values("person_id")
    )
    return Q(person__profiling_objected_at__isnull=True) & (founded | Q(Exists(given)))


def may_be_profiled() -> QuerySet[Person]:
    return Person.objects.filter(profiling_q())


def refused_profiling() -> QuerySet[Person]:
    """Everybody else. Said without a NOT around ``profiling_q``, which the databases answer row by row."""
    given = Exists(_consents(ConsentPurpose.PROFILING).filter(withdrawn_at__isnull=True))
    withdrawn = Consent.objects.filter(purpose=ConsentPurpose.PROFILING.value, withdrawn_at__isnull=False)
    unfounded = Q(legal_basis=LegalBasis.CONSENT.value) | Q(pk__in=withdrawn.values("person_id"))
    return Person.objects.filter(Q(profiling_objected_at__isnull=False) | (unfounded & ~Q(given)))


def is_profiled(person: Person) -> bool:
    return may_be_profiled().filter(pk=person.pk).exists()


def no_more_questionnaires_q() -> Q:
    """Said so on a questionnaire's page, or took back the consent to be asked."""
    given = Exists(_consents(ConsentPurpose.QUESTIONNAIRE).filter(withdrawn_at__isnull=True))
    taken_back = Exists(_consents(ConsentPurpose.QUESTIONNAIRE).filter(withdrawn_at__isnull=False))
    return Q(questionnaire_opt_out__isnull=False) | (Q(taken_back) & ~Q(given))


def still_there_q() -> Q:
    return Q(left_on__isnull=True, client__state=ClientState.ACTIVE.value)
