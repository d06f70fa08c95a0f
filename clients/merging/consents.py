"""Two records of one person said yes and no to the same: the no holds."""

from datetime import datetime

from django.core.serializers.json import DjangoJSONEncoder

from clients.merging.repointing import Journal
from clients.models import Consent, Person


def stricter_consents(mine: Person, theirs: Person, journal: Journal, now: datetime) -> None:
    """Before they are one: an open consent of the one ends where the other took the same back."""
    rows = list(Consent.objects.filter(person__in=[mine, theirs]).order_by("pk"))
    for consent in (row for row in rows if row.withdrawn_at is None):
        others = [
            row for row in rows if row.person_id != consent.person_id and row.purpose == consent.purpose
        ]
        if others and all(row.withdrawn_at is not None for row in others):
            until = max(now, consent.given_at)
            Consent.objects.filter(pk=consent.pk).update(withdrawn_at=until)
            told = DjangoJSONEncoder().default(until)
            journal.note(Consent, consent.pk, {"withdrawn_at": None}, {"withdrawn_at": told})
