"""The list of clients: own facts, and the columns and filters of the apps above."""

from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.rights import may, sees_others
from accounts.rules import Act
from clients import registry
from clients.labels import KINDS
from clients.lists import parts
from clients.models import BuyingUnit, Client, Interaction, Person, UnitMembership
from clients.rules import InteractionKind
from common.lists.spec import (
    MOMENT_CELL,
    Column,
    Empty,
    Filter,
    ListSpec,
    Rows,
    choice_filter,
    date_filter,
    id_filter,
    text_filter,
    yes_no_filter,
)

KIND_OPTIONS = [(kind.value, label) for kind, label in KINDS.items()]
_CONTACTS = [kind.value for kind in InteractionKind if kind != InteractionKind.NOTE]


def _of_client() -> Rows:
    """What passed between us and the client; a note to oneself is no contact."""
    return Interaction.objects.filter(client=OuterRef("pk"), kind__in=_CONTACTS)


def _with_last_contact(clients: Rows) -> Rows:
    newest = _of_client().order_by("-happened_at").values("happened_at")[:1]
    return clients.annotate(last_contact=Subquery(newest))


def _contact_before(clients: Rows, day: date, user: Any) -> Rows:
    """Nobody spoke with them since; who was never spoken with counts too."""
    begin = timezone.make_aware(datetime.combine(day, time.min))
    return clients.filter(~Exists(_of_client().filter(happened_at__gte=begin)))


def _decided(clients: Rows, yes: bool) -> Rows:
    deciders = Person.objects.filter(client=OuterRef("pk"), is_decision_maker=True, left_on=None)
    return clients.filter(Exists(deciders) if yes else ~Exists(deciders))


def _in_city(clients: Rows, text: str, user: Any) -> Rows:
    return clients.filter(Q(city__icontains=text) | Q(postcode__istartswith=text))


def _in_country(clients: Rows, text: str, user: Any) -> Rows:
    return clients.filter(country__icontains=text)


def _unit_filter() -> Filter:
    """Members at present of a household or group; asked for by the list of buying units."""

    def named(value: str, user: Any) -> Any:
        return BuyingUnit.objects.visible_to(user).filter(pk=int(value)).first() or "–"

    def apply(rows: Rows, value: str, user: Any) -> Rows:
        members = UnitMembership.objects.filter(unit_id=int(value), left_on=None)
        return rows.filter(pk__in=members.values("client_id"))

    return replace(id_filter("unit", _("Buying unit"), "", lambda user: [], named), apply=apply)


def _filters(user: Any) -> list[Filter]:
    return [
        choice_filter("kind", _("Kind"), KIND_OPTIONS, primary=True),
        parts.owner_filter(),
        parts.team_filter(),
        parts.tag_filter(),
        text_filter("city", _("City or postcode"), _in_city),
        text_filter("country", _("Country"), _in_country),
        yes_no_filter("decider", _("Has a decision-maker"), _decided),
        _unit_filter(),
        date_filter("contact_before", _("Last contact before"), _contact_before),
    ]


def _words_of_tags(client: Client) -> str:
    return ", ".join(sorted(tag.name for tag in client.tags.all()))


_NAME = Column("name", _("Name"), sort="name")
_PLAIN = [
    Column("ref", _("Reference"), sort="ref", position=12, shown=False),
    Column(
        "kind", _("Kind"), position=15, sort="kind", shown=False, value=lambda row: row.get_kind_display(),
    ),
    Column("city", _("City"), sort="city", position=80, side=True, value=lambda row: row.city or None),
    Column("postcode", _("Postcode"), sort="postcode", position=81, shown=False, side=True),
    Column("country", _("Country"), sort="country", position=82, shown=False, side=True),
    Column("email", _("E-mail"), sort="email", position=83, shown=False, side=True),
    Column("phone", _("Phone"), sortable=False, position=84, shown=False, side=True),
    Column(
        "last_contact", _("Last contact"), _with_last_contact, MOMENT_CELL, position=60, shown=False, side=True,
        numeric=True,
    ),
    Column(
        "created", _("Created"), template=MOMENT_CELL, position=86, shown=False, side=True, sort="created_at",
        value=lambda row: row.created_at, numeric=True,
    ),
]  # fmt: skip
_TEAM = Column(
    "team", _("Team"), sort="team__name", position=91, shown=False, side=True,
    value=lambda row: row.team.name if row.team else None,
)  # fmt: skip


def _columns(user: Any) -> list[Column]:
    others = [parts.owner_column(), _TEAM] if sees_others(user) else []
    found = [*_PLAIN, *registry.columns(), *others]
    return [_NAME, *sorted(found, key=lambda column: column.position)]


def _half(client: Client, name: str) -> str | None:
    """Half of a private person's name, which the client holds in one piece."""
    return next((getattr(person, name) or None for person in client.as_person), None)  # type: ignore[attr-defined]


RECORD = (
    Column("ref", _("Reference")),
    Column("name", _("Name")),
    Column("kind", _("Kind")),
    Column("first_name", _("First name"), value=lambda row: _half(row, "first_name")),
    Column("last_name", _("Last name"), value=lambda row: _half(row, "last_name")),
    Column("owner", _("Owner"), value=lambda row: row.owner.email if row.owner else None),
    Column("team", _("Team"), value=lambda row: row.team.name if row.team else None),
    Column("street", _("Street")),
    Column("postcode", _("Postcode")),
    Column("city", _("City")),
    Column("country", _("Country")),
    Column("email", _("E-mail")),
    Column("phone", _("Phone")),
    Column("language", _("Language")),
    Column("registration_number", _("Registration number")),
    Column("website", _("Website")),
    Column("parent_ref", _("Parent company"), value=lambda row: row.parent.ref if row.parent else None),
    Column("tags", _("Tags"), value=_words_of_tags),
    Column("observed_from", _("Observed from")),
)


def _prepare(clients: Rows) -> Rows:
    return clients.select_related("owner", "team").defer("search_text")


def _prepare_record(clients: Rows, user: Any) -> Rows:
    """A parent out of sight is not named in a file either."""
    parents = Prefetch("parent", Client.objects.visible_to(user).only("ref"))
    of_person = Prefetch("people", Person.objects.filter(is_client=True), to_attr="as_person")
    return (
        clients.select_related("owner", "team")
        .prefetch_related("tags", of_person, parents)
        .defer("search_text")
    )


def _counted(count: int, shown: str, narrowed: bool) -> str:
    if narrowed:
        text = ngettext(
            "%(count)s client fits what you ask.", "%(count)s clients fit what you ask.", count
        )  # fmt: skip
    else:
        text = ngettext("%(count)s client is yours to see.", "%(count)s clients are yours to see.", count)
    return text % {"count": shown}


def _empty(user: Any) -> Empty:
    if may(user, Act.IMPORT):
        return Empty(
            _("No clients yet"), _("Clients come with the first import of orders."), "people",
            reverse("intake:imports"), _("Import orders"),
        )  # fmt: skip
    return Empty(
        _("No clients yet"), _("Your account manager gives you clients; they then stand here."), "people"
    )


CLIENTS = ListSpec(
    key="clients", title=_("Clients"), url_name="clients:list", position=10,
    rows=lambda user: Client.objects.visible_to(user), passed=lambda user: Client.objects.passed_by(user),
    indexed=("name", "ref", "kind", "city", "postcode"), columns=_columns, filters=_filters, scopes=parts.scopes(), default_sort="name",
    search=lambda rows, text: rows.matching(text),  # type: ignore[attr-defined]
    search_hint=_("Name, reference, place…"),
    prepare=_prepare, small=lambda row: row.ref,
    link=lambda row: reverse("clients:detail", args=[row.pk]),
    counted=_counted, prepare_record=_prepare_record,
    empty=_empty, nothing_fits=_("No client fits"), record=RECORD,
)  # fmt: skip
