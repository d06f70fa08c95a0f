"""What imports keep of people: rows as they were before, as long as an import can be undone."""

from collections.abc import Iterator
from datetime import datetime

from clients.personal.sources import Section, Source, Subject
from intake.models import KeptRow


def collect(subject: Subject) -> Iterator[Section]:
    """Copies of what the records themselves hold, or held until an import: nothing of its own."""
    return iter(())


def erase(subject: Subject, now: datetime) -> dict[str, int]:
    """Their former rows go; undoing the import is refused then, because the record was changed since."""
    of_person = KeptRow.objects.filter(model="clients.person", record_id__in=subject.person_ids)
    erased = of_person.exclude(before="").update(before="{}")
    if subject.is_whole:
        of_client = KeptRow.objects.filter(model="clients.client", record_id__in=subject.client_ids)
        erased += of_client.exclude(before="").update(before="{}")
    return {"kept_rows": erased}


source = Source("intake", collect, erase, position=30)
