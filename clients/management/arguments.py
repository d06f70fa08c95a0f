from django.core.management import CommandError

from clients.personal.sources import NotAPerson, Subject, find_record, subject_of


def asked_subject(ref: str) -> Subject:
    """Whoever ``ref`` names. Raises ``CommandError`` when nobody does or when it is a company."""
    record = find_record(ref)
    if record is None:
        raise CommandError(f"nobody is known by {ref!r}")
    try:
        return subject_of(record)
    except NotAPerson as error:
        raise CommandError(f"{ref!r} is a company; name one of its people") from error
