"""Calls, visits, mails, meetings and notes, known by their reference, else by all that they say."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from clients.labels import INTERACTION_KINDS
from clients.models import Interaction
from clients.models.activity import MAX_MINUTES
from intake import fields, staging
from intake.fields import FieldSpec
from intake.kinds.base import RecordKind, Values
from intake.rules import Code, Kind, Mode
from intake.sql import analyze, literal, moment, run, staged_outside
from intake.work import Work

FIELDS = (
    FieldSpec("client", _("Client reference"), fields.text(64), "varchar(64)", (
        "refclient", "referenceclient", "codeclient", "clientref", "clientid", "customerid", "account",
    ), required=True),
    FieldSpec("kind", _("Kind"), fields.choice(INTERACTION_KINDS, {"email": "mail", "rdv": "meeting", "rendezvous": "meeting"}),
              "varchar(10)", ("type", "genre", "nature", "activitytype"), required=True, options=INTERACTION_KINDS),
    FieldSpec("happened_at", _("When"), fields.moment, "timestamp with time zone",
              ("date", "quand", "day", "jour", "activitydate"), required=True, nature="day"),
    FieldSpec("summary", _("What happened"), fields.long_text(4000), "text",
              ("cequisestpasse", "resume", "notes", "note", "description", "texte", "comment"), required=True),
    FieldSpec("ref", _("Reference"), fields.text(64), "varchar(64)", ("reference", "activityid", "id")),
    FieldSpec("person", _("Person"), fields.text(254), "varchar(254)", ("personne", "personref", "refpersonne", "contact"),
              help_text=_("Reference or e-mail of a person of the client.")),
    FieldSpec("by", _("By"), fields.colleague, "", ("par", "auteur", "owner", "commercial"),
              help_text=_("E-mail or name of a colleague; empty: who imports.")),
    FieldSpec("minutes", _("Minutes"), fields.whole(least=0, most=MAX_MINUTES), "integer", ("duree", "duration", "dureemin"),
              nature="number"),
    FieldSpec("next_step", _("What comes next"), fields.text(300), "varchar(300)", ("suite", "cequisuit", "nextstep")),
    FieldSpec("came_from_client", _("Came from the client"), fields.yes_no, "boolean",
              ("vientduclient", "entrant", "inbound", "vintduclient")),
)  # fmt: skip
_SAME = (
    "i.client_id = intake_row.client_id AND i.kind = intake_row.kind AND i.happened_at = intake_row.happened_at "
    "AND i.summary = intake_row.summary"
)


def _key(values: Values) -> str:
    if values.get("ref"):
        return f"r:{values['ref']}"
    when: datetime = values["happened_at"]
    return f"a:{values['client']}|{values['kind']}|{when.isoformat()}|{values['summary']}"


def write(work: Work) -> None:
    work.require_clients()
    run(
        "UPDATE intake_row SET record_id = i.id FROM clients_interaction i "
        "WHERE i.ref = intake_row.ref AND intake_row.ref IS NOT NULL"
    )
    run(
        f"UPDATE intake_row SET record_id = (SELECT MIN(i.id) FROM clients_interaction i WHERE {_SAME}) "
        "WHERE intake_row.ref IS NULL"
    )
    visible, parameters = work.visible_clients()
    foreign = Code.NO_SUCH_RECORD if work.mode == Mode.UPDATE else Code.NOT_YOURS
    work.reject(staged_outside("record_id", f"SELECT i.id FROM clients_interaction i WHERE i.client_id IN ({visible})"),
                foreign, "" if work.mode == Mode.UPDATE else "ref", parameters)  # fmt: skip
    find_people(work, "person", "person_id", "p.client_id = s.client_id")
    work.decide()
    _create(work)
    names = ("kind", "happened_at", "summary", "minutes", "next_step", "came_from_client")
    columns = {name: name for name in names if name in work.mapped} | {"client_id": "client_id"}
    if "person" in work.mapped:
        columns["person_id"] = "person_id"
    if "by" in work.mapped:
        columns["by_id"] = "by_user"
    work.update(Interaction, columns, client="t.client_id")
    work.tell_created(Interaction, "t.client_id")


def find_people(work: Work, column: str, target: str, among: str) -> None:
    """Fill ``target`` with the person named by reference or e-mail; exactly one must fit.

    ``among``: a condition on the person ``p`` and the staged row ``s``. ``<column>_key`` is staged, too.
    """
    key = f"{column}_key"
    run(f"UPDATE intake_row SET {key} = LOWER({column}) WHERE {column} IS NOT NULL")
    run(f"CREATE INDEX intake_row_{key} ON intake_row ({key})")
    staging.analyze(key)
    free = f"s.{target} IS NULL AND {among}"
    _take_found(target, f"JOIN clients_person p ON s.{column} = p.ref AND {among}")
    led = f"JOIN clients_mergedperson m ON s.{column} = m.ref"
    _take_found(target, f"{led} JOIN clients_person p ON p.id = m.person_id AND {free}")
    _take_found(target, f"JOIN clients_person p ON s.{key} = LOWER(p.email) AND p.email <> '' AND {free}")
    work.reject(f"s.{column} IS NOT NULL AND s.{target} IS NULL", Code.PERSON_UNKNOWN, column)


def _take_found(target: str, people: str) -> None:
    """By one join: a look-up for each row would go through all persons each time."""
    run(
        "CREATE TEMPORARY TABLE intake_found AS SELECT s.number AS number, MIN(p.id) AS id "
        f"FROM intake_row s {people} GROUP BY s.number HAVING COUNT(*) = 1"
    )
    analyze("intake_found")
    run(f"UPDATE intake_row SET {target} = f.id FROM intake_found f WHERE f.number = intake_row.number")
    run("DROP TABLE intake_found")


def _create(work: Work) -> None:
    stamp = moment(work.stamp)
    columns = {
        "client_id": "s.client_id", "person_id": "s.person_id",
        "by_id": f"COALESCE(s.by_user, {literal(work.user and work.user.pk)})",
        "ref": "COALESCE(s.ref, '~~' || CAST(s.number AS text))", "kind": "s.kind",
        "happened_at": "s.happened_at", "minutes": "s.minutes", "summary": "s.summary",
        "next_step": "COALESCE(s.next_step, '')", "came_from_client": "COALESCE(s.came_from_client, FALSE)",
        "created_at": stamp, "updated_at": stamp,
    }  # fmt: skip
    work.create(Interaction, columns)
    run(
        "UPDATE intake_row SET record_id = i.id FROM clients_interaction i WHERE intake_row.act = 'create' "
        "AND i.ref = COALESCE(intake_row.ref, '~~' || CAST(intake_row.number AS text))"
    )
    run(
        "UPDATE clients_interaction SET ref = NULL WHERE id IN "
        "(SELECT record_id FROM intake_row WHERE act = 'create' AND ref IS NULL)"
    )
    work.keep_created(Interaction, "SELECT record_id AS id FROM intake_row WHERE act = 'create'")


def _check(values: Values, reading: fields.Reading) -> tuple[()]:
    values["by_user"] = values.pop("by", None)  # a word of SQL
    return ()


INTERACTIONS = RecordKind(
    Kind.INTERACTIONS, FIELDS, key=_key, write=write, check=_check,
    staged={"client_id": "bigint", "person_id": "bigint", "person_key": "varchar(254)", "by_user": "bigint"},
    sample=(
        {"client": "C-1001", "kind": "call", "happened_at": "2026-11-03 10:30", "summary": "Asked about delivery in spring",
         "person": "P-1", "minutes": "15", "next_step": "Send the offer", "came_from_client": "yes"},
        {"client": "C-1003", "kind": "visit", "happened_at": "2026-11-05", "summary": "Showed the new range", "minutes": "60"},
    ),
)  # fmt: skip
