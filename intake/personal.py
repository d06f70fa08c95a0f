"""What imports keep of people: the files themselves for a week, rows as they were until an import can no longer be
undone."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.models import Interaction, UnitMembership
from clients.personal.erasing import needles_of
from clients.personal.needles import Needles
from clients.personal.sources import Section, Source, Subject
from common.reading.files import open_table
from common.reading.refusals import FileRefused
from intake.imports import path_of
from intake.models import KeptRow, RecordImport

FORGOTTEN = "{}"


class _Finder:
    """Whether a row of a file is about the subject: it says an e-mail, a phone, a reference or both names."""

    def __init__(self, subject: Subject) -> None:
        needles: Needles = needles_of(subject)
        self._texts = [text.casefold() for text in needles.strong]
        self._refs = {ref.casefold() for ref in needles.refs}
        names = [(person.first_name.casefold(), person.last_name.casefold()) for person in subject.people]
        self._halves = [{first, last} for first, last in names if first and last]

    def finds(self, cells: Iterable[Any]) -> bool:
        said = [str(cell).strip().casefold() for cell in cells]
        together, apart = " ".join(said), set(said)
        return (
            any(text in together for text in self._texts)
            or not self._refs.isdisjoint(apart)
            or any(halves <= apart for halves in self._halves)
        )

    def rows(self, path: Path, name: str) -> Iterator[tuple[int, Sequence[Any]]]:
        """Numbers and cells of the rows that are; of a file that cannot be read, none."""
        try:
            with open_table(path, name) as table:
                yield from ((number, cells) for number, cells, _shape in table.rows if self.finds(cells))
        except (FileRefused, OSError):
            return


def _files() -> Iterator[tuple[RecordImport, str, Path, str]]:
    """Each stored file: of which import, in which of its fields, where, and what it is read as."""
    stored = RecordImport.objects.exclude(stored_as="", rejects_stored_as="").order_by("pk")
    for record_import in stored:
        if record_import.stored_as:
            yield record_import, "stored_as", path_of(record_import.stored_as), record_import.file_name
        if record_import.rejects_stored_as:
            name = record_import.rejects_stored_as
            yield record_import, "rejects_stored_as", path_of(name), name


def _kept_of(subject: Subject) -> QuerySet[KeptRow]:
    """Former rows of the subject's records; of one of a company's people only the person's own and their talks."""
    mine = Q(model="clients.person", record_id__in=subject.person_numbers)
    talks = Interaction.objects.filter(person__in=subject.person_ids)
    if subject.is_whole:
        talks = Interaction.objects.filter(client__in=subject.client_ids)
        members = UnitMembership.objects.filter(client__in=subject.client_ids)
        mine |= Q(model="clients.client", record_id__in=subject.client_ids)
        mine |= Q(model="clients.unitmembership", record_id__in=members.values("pk"))
    mine |= Q(model="clients.interaction", record_id__in=talks.values("pk"))
    return KeptRow.objects.filter(mine).exclude(before__in=["", FORGOTTEN])


def collect(subject: Subject) -> Iterator[Section]:
    kept = _kept_of(subject).order_by("record_import", "pk").select_related("record_import")
    yield Section(
        "before_imports", gettext_lazy("As it was before imports"), [_("file"), _("record"), _("values")],
        [[one.record_import.file_name, one.model, one.before] for one in kept],
        names=["file", "record", "values"],
    )  # fmt: skip
    finder = _Finder(subject)
    found = [
        [record_import.file_name, field == "rejects_stored_as", number, " · ".join(map(str, cells))]
        for record_import, field, path, name in _files()
        for number, cells in finder.rows(path, name)
    ]
    yield Section(
        "import_files", gettext_lazy("Rows of imported files"),
        [_("file"), _("among the rows left out"), _("line"), _("row")], found,
        names=["file", "left_out", "line", "row"],
    )  # fmt: skip


def erase(subject: Subject, now: datetime) -> dict[str, int]:
    """Their former rows go at once, files with a row of theirs when it is committed; undoing such an import is
    refused then, because the record was changed since."""
    finder = _Finder(subject)
    transaction.on_commit(lambda: _delete_files(finder))
    return {"kept_rows": _kept_of(subject).update(before=FORGOTTEN)}


def _delete_files(finder: _Finder) -> None:
    for record_import, field, path, name in list(_files()):
        if next(finder.rows(path, name), None) is not None:
            path.unlink(missing_ok=True)
            RecordImport.objects.filter(pk=record_import.pk).update(**{field: ""})


source = Source("intake", collect, erase, position=30)
