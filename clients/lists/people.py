"""The lists of people and of buying units."""

from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.querysets import visible_q
from clients.labels import PERSON_ROLES, UNIT_KINDS
from clients.lists import parts
from clients.models import BuyingUnit, Person
from common.lists.spec import (
    DATE_CELL,
    YES_CELL,
    Column,
    Empty,
    Filter,
    ListSpec,
    Rows,
    Scope,
    choice_filter,
    date_filter,
    yes_no_filter,
)

_ROLES = [(role.value, label) for role, label in PERSON_ROLES.items()]
_UNIT_KINDS = [(kind.value, label) for kind, label in UNIT_KINDS.items()]
_PEOPLE = [
    Column("name", _("Name"), sort="last_name"),
    parts.client_column(),
    Column("role", _("Role"), sort="role", position=30, value=lambda row: row.get_role_display()),
    Column("decides", _("Decision-maker"), template=YES_CELL, sort="is_decision_maker", position=35,
           value=lambda row: row.is_decision_maker),
    Column("job_title", _("Job title"), sort="job_title", position=40, side=True),
    Column("email", _("E-mail"), sort="email", position=50, side=True),
    Column("phone", _("Phone"), sortable=False, position=55, side=True, shown=False),
    Column("language", _("Language"), sort="language", position=60, side=True, shown=False,
           value=lambda row: row.get_language_display()),
    Column("last_contact_on", _("Last contact"), template=DATE_CELL, sort="last_contact_on",
           position=65, numeric=True, side=True),
    Column("profiling", _("Objected to profiling"), template=YES_CELL, sortable=False, position=70, shown=False,
           value=lambda row: row.profiling_objected_at is not None),
    Column("left_on", _("Left on"), template=DATE_CELL, sort="left_on", position=75, shown=False, numeric=True),
]  # fmt: skip
_PERSON_RECORD = (
    Column("ref", _("Reference"), value=lambda row: row.ref),
    Column("client_ref", _("Client"), value=lambda row: row.client.ref),
    Column("first_name", _("First name")),
    Column("last_name", _("Last name")),
    Column("job_title", _("Job title")),
    Column("role", _("Role")),
    Column("is_decision_maker", _("Decision-maker")),
    Column("email", _("E-mail")),
    Column("phone", _("Phone")),
    Column("language", _("Language")),
    Column("legal_basis", _("Legal basis")),
    Column("source", _("Source")),
    Column("last_contact_on", _("Last contact from the person")),
    Column("left_on", _("Left on")),
)


def _objected(rows: Rows, yes: bool) -> Rows:
    return rows.filter(profiling_objected_at__isnull=not yes)


def _quiet_since(rows: Rows, day: Any, user: Any) -> Rows:
    return rows.filter(Q(last_contact_on__lt=day) | Q(last_contact_on=None))


def _person_filters(user: Any) -> list[Filter]:
    return [
        choice_filter("role", _("Role"), _ROLES, primary=True),
        yes_no_filter("decides", _("Decision-maker"), lambda rows, yes: rows.filter(is_decision_maker=yes)),
        parts.owner_filter("client__"),
        parts.team_filter("client__"),
        yes_no_filter("objected", _("Objected to profiling"), _objected),
        date_filter("contact_before", _("Last contact before"), _quiet_since),
        yes_no_filter("left", _("Has left"), lambda rows, yes: rows.filter(left_on__isnull=not yes)),
    ]


def _count_people(count: int, shown: str, narrowed: bool) -> str:
    if narrowed:
        text = ngettext("%(count)s person fits what you ask.", "%(count)s people fit what you ask.", count)
    else:
        text = ngettext(
            "%(count)s person of your clients is known.", "%(count)s people of your clients are known.", count
        )
    return text % {"count": shown}


PEOPLE = ListSpec(
    key="people", title=_("People"), url_name="clients:person_list", position=20,
    rows=lambda user: Person.objects.visible_to(user),
    columns=lambda user: parts.columns_for(user, _PEOPLE, parts.owner_column("client__")),
    filters=_person_filters, scopes=parts.scopes("client__"), default_sort="name",
    search=lambda rows, text: rows.matching(text),  # type: ignore[attr-defined]
    search_hint=_("Name, job, e-mail, phone…"),
    prepare=lambda rows: rows.select_related("client__owner"),
    prepare_record=lambda rows, user: rows.select_related("client"),
    link=lambda row: reverse("clients:detail", args=[row.client_id]), small=lambda row: row.ref or "",
    counted=_count_people, nothing_fits=_("No person fits"), record=_PERSON_RECORD,
    empty=lambda user: Empty(
        _("Nobody known yet"), _("People are added on the page of their client, or come with an import."), "people",
        reverse("clients:list"), _("Show the clients"),
    ),
)  # fmt: skip


def _with_members(user: Any) -> Any:
    """Members at present that the reader may see."""

    def annotate(units: Rows) -> Rows:
        seen = Q(memberships__left_on=None) & visible_q(user, client="memberships__client__")
        return units.annotate(members=Count("memberships", filter=seen, distinct=True))

    return annotate


def _unit_columns(user: Any) -> list[Column]:
    return [
        Column("name", _("Name"), sort="name"),
        Column("kind", _("Kind"), sort="kind", position=20, value=lambda row: row.get_kind_display()),
        Column("members", _("Clients"), _with_members(user), position=40, numeric=True),
        Column("created", _("Created"), template=DATE_CELL, sort="created_at", position=60, shown=False, numeric=True,
               value=lambda row: row.created_at, side=True),
    ]  # fmt: skip


def _search_units(units: Rows, text: str) -> Rows:
    return units.filter(Q(name__icontains=text) | Q(ref__icontains=text))


def _count_units(count: int, shown: str, narrowed: bool) -> str:
    if narrowed:
        text = ngettext(
            "%(count)s buying unit fits what you ask.", "%(count)s buying units fit what you ask.", count
        )
    else:
        text = ngettext(
            "%(count)s household or group of yours buys as one.",
            "%(count)s households or groups of yours buy as one.",
            count,
        )
    return text % {"count": shown}


UNITS = ListSpec(
    key="units", title=_("Buying units"), url_name="clients:unit_list", position=30,
    rows=lambda user: BuyingUnit.objects.visible_to(user), columns=_unit_columns,
    filters=lambda user: [choice_filter("kind", _("Kind"), _UNIT_KINDS, primary=True)],
    scopes=lambda user: list[Scope](), default_sort="name", search=_search_units,
    search_hint=_("Name or reference"), small=lambda row: row.ref,
    link=lambda row: f"{reverse('clients:list')}?unit={row.pk}",
    counted=_count_units, nothing_fits=_("No buying unit fits"),
    record=(Column("ref", _("Reference")), Column("name", _("Name")), Column("kind", _("Kind"))),
    empty=lambda user: Empty(
        _("No buying unit yet"), _("A household or a group of companies that buys as one, with a head who decides."),
        "diagram-3",
    ),
)  # fmt: skip
