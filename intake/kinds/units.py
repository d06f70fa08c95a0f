"""Buying units: each row says a unit, and a client that belongs to it from a day on."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from accounts.rules import Act
from clients.labels import UNIT_KINDS
from clients.models import BuyingUnit, UnitMembership
from clients.rules import UnitKind
from intake import fields, staging
from intake.fields import FieldSpec, Reading
from intake.kinds.base import RecordKind, Values
from intake.kinds.interactions import find_people
from intake.rules import Code, Kind, Mode, Problem
from intake.sql import analyze, moment, repeated, rows, run, staged_outside
from intake.work import Work

FIELDS = (
    FieldSpec("ref", _("Reference of the unit"), fields.text(64), "varchar(64)", ("reference", "refunite", "referencedelunite",
              "unit", "unite", "household", "foyer", "groupe", "id"), required=True),
    FieldSpec("name", _("Name"), fields.text(200), "varchar(200)", ("nom", "unitname", "nomdelunite")),
    FieldSpec("kind", _("Kind"), fields.choice(UNIT_KINDS, {"group": "group", "groupe": "group"}), "varchar(10)",
              ("type", "genre", "nature"), options=UNIT_KINDS),
    FieldSpec("head", _("Head"), fields.text(254), "varchar(254)", ("tete", "decideur", "decisionmaker", "quidecide"),
              help_text=_("Who decides: reference or e-mail of a person.")),
    FieldSpec("client", _("Client reference"), fields.text(64), "varchar(64)", (
        "member", "membre", "refclient", "referenceclient", "codeclient", "clientref", "clientid",
    )),
    FieldSpec("joined_on", _("Since"), fields.day(), "date", ("depuis", "from", "joined", "dateentree"), nature="day"),
    FieldSpec("left_on", _("Until"), fields.day(), "date", ("jusqua", "left", "datesortie"), nature="day"),
)  # fmt: skip
_FIRST = "s.number IN (SELECT MIN(o.number) FROM intake_row o GROUP BY o.ref)"


def _check(values: Values, reading: Reading) -> Sequence[Problem]:
    joined, left = values.get("joined_on"), values.get("left_on")
    return [Problem(Code.DATES_IN_ORDER.value, "left_on")] if joined and left and left <= joined else []


def write(work: Work) -> None:
    work.require_clients()
    for column in ("ref", "client_id"):  # what rows of the file are compared by
        run(f"CREATE INDEX intake_row_{column} ON intake_row ({column})")
    _find_units(work)
    visible, parameters = work.visible_clients()
    among = f"p.client_id IN ({visible})"
    # The ids are numbers of ours; their query has parameters, so that it is run once.
    ids = (
        rows(f"SELECT p.id FROM clients_person p WHERE {among}", parameters) if "head" in work.mapped else []
    )
    run("CREATE TEMPORARY TABLE intake_visible_person (id bigint primary key)")
    _stage_ids([pk for (pk,) in ids])
    find_people(work, "head", "head_id", "p.id IN (SELECT id FROM intake_visible_person)")
    run("DROP TABLE intake_visible_person")
    _match_members(work)
    _write_units(work)
    _write_members(work)


def _stage_ids(ids: Sequence[int]) -> None:
    staging.stage("intake_visible_person", ["id"], [(pk,) for pk in ids])
    analyze("intake_visible_person")


def _find_units(work: Work) -> None:
    run("UPDATE intake_row SET unit_id = u.id FROM clients_buyingunit u WHERE u.ref = intake_row.ref")
    if work.user is None:
        return
    units = BuyingUnit.objects.visible_to(work.user, act=Act.IMPORT).order_by().values("pk")
    visible, parameters = units.query.sql_with_params()
    foreign = Code.NO_SUCH_RECORD if work.mode == Mode.UPDATE else Code.NOT_YOURS
    work.reject(staged_outside("unit_id", visible), foreign, "", parameters)


def _write_units(work: Work) -> None:
    """The first row of a unit says its name, kind and head."""
    if work.mode == Mode.UPDATE:
        work.reject("s.unit_id IS NULL", Code.NO_SUCH_RECORD)
    while work.reject(f"s.unit_id IS NULL AND s.name IS NULL AND {_FIRST}", Code.MISSING, "name"):
        pass
    run(f"UPDATE intake_row SET act = CASE WHEN unit_id IS NULL THEN 'create' ELSE 'update' END "
        f"WHERE {_FIRST.removeprefix('s.')}")  # fmt: skip
    stamp = moment(work.stamp)
    columns = {
        "ref": "s.ref", "name": "s.name", "kind": f"COALESCE(s.kind, '{UnitKind.HOUSEHOLD.value}')",
        "head_id": "s.head_id", "created_at": stamp, "updated_at": stamp,
    }  # fmt: skip
    work.counts["new_units"] = work.create(BuyingUnit, columns)
    work.keep_created(
        BuyingUnit,
        "SELECT u.id AS id FROM clients_buyingunit u JOIN intake_row s ON s.ref = u.ref WHERE s.act = 'create'",
    )
    if work.mode != Mode.CREATE:
        named: dict[str, str] = {name: name for name in ("name", "kind") if name in work.mapped}
        if "head" in work.mapped:
            named["head_id"] = "head_id"
        work.counts["changed_units"] = work.update(BuyingUnit, named, record="unit_id")
    work.tell_created(BuyingUnit, "NULL")
    run("UPDATE intake_row SET unit_id = u.id FROM clients_buyingunit u WHERE u.ref = intake_row.ref")


def _match_members(work: Work) -> None:
    """What becomes of the memberships; whatever is wrong with one is found before a unit is written."""
    run(
        "UPDATE intake_row SET record_id = m.id FROM clients_unitmembership m WHERE m.unit_id = intake_row.unit_id "
        "AND m.client_id = intake_row.client_id AND m.joined_on = intake_row.joined_on"
    )
    run(
        "UPDATE intake_row SET record_id = m.id FROM clients_unitmembership m WHERE m.unit_id = intake_row.unit_id "
        "AND m.client_id = intake_row.client_id AND m.left_on IS NULL AND intake_row.joined_on IS NULL"
    )
    run("CREATE INDEX intake_row_record ON intake_row (record_id)")
    run("UPDATE intake_row SET act = 'unit' WHERE client_id IS NULL")
    staging.analyze("unit_id", "record_id", "act")
    work.reject(f"s.act IS NULL AND {repeated('record_id')}", Code.TWICE_IN_FILE)
    run("UPDATE intake_row SET act = CASE WHEN record_id IS NULL THEN 'create' ELSE 'update' END "
        "WHERE act IS NULL")  # fmt: skip
    if work.mode == Mode.UPDATE:
        work.reject("s.act = 'create'", Code.NO_SUCH_RECORD)
    if work.mode == Mode.CREATE:
        work.counts["skipped"] += run("DELETE FROM intake_row WHERE act = 'update'")
    run(
        "UPDATE intake_row SET joined_on = %s WHERE act = 'create' AND joined_on IS NULL",
        [work.today.isoformat()],
    )
    _reject_impossible(work)
    run("UPDATE intake_row SET member_act = act, act = NULL")


def _write_members(work: Work) -> None:
    run("UPDATE intake_row SET act = member_act")
    staging.analyze("unit_id", "record_id", "act")
    work.update(UnitMembership, {"left_on": "left_on"}, client="t.client_id", touches=False)
    work.create(
        UnitMembership,
        {
            "unit_id": "s.unit_id",
            "client_id": "s.client_id",
            "joined_on": "s.joined_on",
            "left_on": "s.left_on",
        },
    )
    work.keep_created(
        UnitMembership,
        "SELECT m.id AS id FROM clients_unitmembership m JOIN intake_row s ON s.unit_id = m.unit_id "
        "AND s.client_id = m.client_id AND s.joined_on = m.joined_on WHERE s.act = 'create'",
    )
    work.tell_created(UnitMembership, "t.client_id")


def _reject_impossible(work: Work) -> None:
    """A membership ends after it began, and a client belongs to one unit at a time."""
    work.reject(
        "s.left_on IS NOT NULL AND (s.act = 'create' AND s.left_on <= s.joined_on OR EXISTS "
        "(SELECT 1 FROM clients_unitmembership m WHERE m.id = s.record_id AND s.left_on <= m.joined_on))",
        Code.DATES_IN_ORDER, "left_on",
    )  # fmt: skip
    work.reject(
        "s.act = 'create' AND s.left_on IS NULL AND (EXISTS (SELECT 1 FROM clients_unitmembership m "
        "WHERE m.client_id = s.client_id AND m.left_on IS NULL AND NOT EXISTS (SELECT 1 FROM intake_row o "
        "WHERE o.record_id = m.id AND o.left_on IS NOT NULL)) OR EXISTS (SELECT 1 FROM intake_row o "
        "WHERE o.client_id = s.client_id AND o.act = 'create' AND o.left_on IS NULL AND o.number < s.number))",
        Code.OTHER_UNIT, "client",
    )  # fmt: skip


UNITS = RecordKind(
    Kind.UNITS, FIELDS,
    key=lambda values: f"{values['ref']}|{values.get('client')}|{values.get('joined_on')}",
    write=write, check=_check,
    staged={"client_id": "bigint", "unit_id": "bigint", "head_id": "bigint", "head_key": "varchar(254)",
            "member_act": "varchar(8)"},
    sample=(
        {"ref": "U-1", "name": "Famille Delattre", "kind": "household", "head": "nora@mail.example", "client": "C-1003",
         "joined_on": "2024-01-01"},
        {"ref": "U-2", "name": "Groupe Laiterie", "kind": "group", "head": "P-1", "client": "C-1001",
         "joined_on": "2023-06-01"},
        {"ref": "U-2", "client": "C-1002", "joined_on": "2023-06-01"},
    ),
)  # fmt: skip
