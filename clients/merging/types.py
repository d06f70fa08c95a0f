"""Two records of one person hold a sociotype each: the one that counts is found as if one person had given both."""

from datetime import date

from clients.merging.repointing import Journal
from clients.models import Person, SociotypeResult
from clients.sociotypes.services.results import supersedes


def one_type(mine: Person, theirs: Person, journal: Journal, today: date) -> None:
    """Before they are one: the newer answer comes before the older, and an own answer before an observation.

    What counts less becomes history from the day on which both were there. What counts is noted too, unchanged: an
    undo is refused once a later answer has taken its place.
    """
    current = SociotypeResult.objects.filter(person__in=[mine, theirs], superseded_on__isnull=True)
    rows = list(current.order_by("answered_on", "computed_at", "pk"))
    if len(rows) < 2:
        return
    older, newer = rows
    kept, history = (newer, older) if supersedes(newer, older, today) else (older, newer)
    day = newer.answered_on
    SociotypeResult.objects.filter(pk=history.pk).update(superseded_on=day)
    journal.note(SociotypeResult, history.pk, {"superseded_on": None}, {"superseded_on": day.isoformat()})
    journal.note(SociotypeResult, kept.pk, {"superseded_on": None}, {"superseded_on": None})
