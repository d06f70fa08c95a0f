"""Find every row that points at a record and point it at another one, noting each in the journal."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import IntegrityError, models, transaction

from clients.merging.followers import is_left
from clients.models import Change
from clients.rules import ChangeAct

AT_ONCE = 500
Link = tuple[type[models.Model], models.ForeignKey[Any, Any]]


def links_to(model: type[models.Model]) -> Iterator[Link]:
    """Every foreign key to ``model``, also those of tables between two models and those without a way back."""
    for relation in model._meta.get_fields(include_hidden=True):
        if not (
            relation.auto_created and not relation.concrete and (relation.one_to_many or relation.one_to_one)
        ):
            continue
        holder: Any = relation.related_model
        is_key = isinstance(holder._meta.pk, models.CompositePrimaryKey)
        if not is_key and not is_left(holder._meta.label_lower):
            yield holder, relation.field  # type: ignore[misc,union-attr]


class Journal:
    """Collects what a batch changed, in the order in which it was done."""

    def __init__(self, batch: Any, by: Any, at: Any) -> None:
        self.batch, self.by, self.at = batch, by, at
        self.rows: list[Change] = []

    def note(
        self, model: type[models.Model], record_id: int, before: dict[str, Any], after: dict[str, Any],
        client: Any = None,
    ) -> None:  # fmt: skip
        self.rows.append(
            Change(
                batch=self.batch, client=client, model=model._meta.label_lower, record_id=record_id, by=self.by,
                at=self.at, act=ChangeAct.UPDATED.value, before=before, after=after,
            )
        )  # fmt: skip

    def write(self) -> None:
        Change.objects.bulk_create(self.rows, batch_size=AT_ONCE)


def repoint(
    model: type[models.Model], *, old: int, new: int, journal: Journal, without: Sequence[str] = ()
) -> dict[str, int]:
    """Point all that points at ``old`` to ``new``; returns how many rows of which model were moved.

    A row that may not be there twice (a tag both have, a place on the same week's list) stays. ``without``
    names fields ("app.model.field") that the caller settles itself.
    """
    counts: dict[str, int] = {}
    for holder, field in links_to(model):
        label = holder._meta.label_lower
        if f"{label}.{field.name}" in without:
            continue
        moved = _move(holder, field.attname, old, new)
        for pk in moved:
            journal.note(holder, pk, {field.attname: old}, {field.attname: new})
        if moved:
            counts[label] = counts.get(label, 0) + len(moved)
    return counts


def _move(holder: type[models.Model], attname: str, old: int, new: int) -> list[int]:
    rows = holder._base_manager.filter(**{attname: old})
    found = list(rows.order_by("pk").values_list("pk", flat=True))
    if not found:
        return []
    if _try(rows, attname, new):
        return found
    return [pk for pk in found if _try(holder._base_manager.filter(pk=pk), attname, new)]


def _try(rows: models.QuerySet[Any], attname: str, new: int) -> bool:
    """False when a constraint refuses the row at its new place."""
    try:
        with transaction.atomic():
            rows.update(**{attname: new})
    except IntegrityError:
        return False
    return True
