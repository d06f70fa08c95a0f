"""What the indicators add to the client's page, to the client list and to the top bar."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import (
    BigIntegerField,
    CharField,
    F,
    FilteredRelation,
    FloatField,
    Q,
    QuerySet,
    Value,
)
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from clients.registry import Dossier
from common.joins import with_row_of_run
from common.once import once
from kinetics.explanations import evidence_label, states_of
from kinetics.labels import EVIDENCES
from kinetics.models import ClientIndicator
from kinetics.selectors import indicator_of, published_night, published_run
from sales.selectors import monthly_revenue

MONTHS = 12
_RELATION = "kinetics_row"


def as_of_note(request: HttpRequest) -> str | None:
    """The day the figures of all pages are of; ``None`` before the first night."""
    run = once(request).of(published_run)
    if run is None:
        return None
    return _("Figures as of %(day)s") % {"day": date_format(run.as_of, "SHORT_DATE_FORMAT")}


def with_row(clients: QuerySet[Any]) -> QuerySet[Any]:
    """Joins each client's row of the published night, as ``kinetics_joined``."""
    clients = with_row_of_run(clients, "kinetics_joined", "indicators", published_night())
    return clients.select_related("kinetics_joined__run")


def row_of(dossier: Dossier) -> ClientIndicator | None:
    if not hasattr(dossier.client, "kinetics_joined_run"):
        return indicator_of(dossier.client)
    row: ClientIndicator | None = getattr(dossier.client, "kinetics_joined", None)
    if row is not None:
        dossier.once.keep(row.run, published_run)
    return row


def strip(dossier: Dossier) -> Mapping[str, Any] | None:
    """The indicators of one client, each with state, figure, change and reasons."""
    row = dossier.of(row_of)
    if row is None:
        return None
    return {
        "kinetics_row": row,
        "kinetics_months": monthly_revenue(dossier, row.run.as_of, MONTHS),
        "kinetics_states": states_of(row),
        "kinetics_evidence": evidence_label(row),
    }


def _joined(clients: QuerySet[Any]) -> QuerySet[Any] | None:
    """With the relation to the published night that all columns share; None before the first night."""
    if _RELATION in clients.query._filtered_relations:  # type: ignore[attr-defined]
        return clients
    run = published_run()
    if run is None:
        return None
    row = FilteredRelation("indicators", condition=Q(indicators__run=run.pk))
    return clients.annotate(**{_RELATION: row})


def with_indicator(key: str, field: str, output: Any) -> Callable[[QuerySet[Any]], QuerySet[Any]]:
    """Annotates ``key`` with a field of the published run; all columns share one outer join."""

    def annotate(clients: QuerySet[Any]) -> QuerySet[Any]:
        joined = _joined(clients)
        if joined is None:
            return clients.annotate(**{key: Value(None, output_field=output)})
        return joined.annotate(**{key: F(f"{_RELATION}__{field}")})

    return annotate


def with_moved(clients: QuerySet[Any]) -> QuerySet[Any]:
    """Adds ``moved``: cents gained or lost over equal windows; null where there is nothing to compare."""
    joined = _joined(clients)
    if joined is None:
        return clients.annotate(moved=Value(None, output_field=BigIntegerField()))
    return joined.annotate(moved=F(f"{_RELATION}__r0_cents") - F(f"{_RELATION}__r1_cents"))


def compared(clients: QuerySet[Any]) -> QuerySet[Any]:
    """Those alone who have two windows to compare, with ``moved``. Asked for first, the relation is an inner join:
    the database then may begin with the night's rows."""
    joined = _joined(clients)
    return (
        clients.none()
        if joined is None
        else with_moved(joined.filter(**{f"{_RELATION}__r1_cents__isnull": False}))
    )


with_revenue = with_indicator("revenue", "revenue_cents", BigIntegerField())
with_growth = with_indicator("growth", "growth_rate", FloatField())
with_expected = with_indicator("expected", "expected_cents", BigIntegerField())
with_evidence = with_indicator("evidence", "evidence", CharField())


def evidence_choices() -> list[tuple[str, str | Promise]]:
    return [(evidence.value, label) for evidence, label in EVIDENCES.items()]
