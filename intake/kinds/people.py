"""The persons of clients, known by their reference, else by client and e-mail, else by client and name."""

from collections.abc import Sequence

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.defaults import default_language
from clients.labels import LEGAL_BASES, PERSON_ROLES
from clients.models import Person
from clients.rules import PersonRole
from intake import fields
from intake.fields import FieldSpec, Reading
from intake.kinds.base import RecordKind, Values
from intake.rules import Code, Kind, Mode, Problem
from intake.sql import literal, moment, run, staged_outside
from intake.work import Work

_text = fields.text
FIELDS = (
    FieldSpec("client", _("Client reference"), _text(64), "varchar(64)", (
        "refclient", "referenceclient", "codeclient", "clientref", "clientid", "customerid", "company", "companyid",
        "societe", "account", "accountid",
    ), required=True),
    FieldSpec("ref", _("Reference"), _text(64), "varchar(64)", ("reference", "refpersonne", "personref", "contactid", "idcontact",
              "personid", "id")),
    FieldSpec("first_name", _("First name"), _text(100), "varchar(100)", ("prenom", "firstname")),
    FieldSpec("last_name", _("Last name"), _text(100), "varchar(100)", ("nom", "nomdefamille", "lastname", "surname", "name")),
    FieldSpec("job_title", _("Job title"), _text(120), "varchar(120)", ("fonction", "jobtitle", "poste", "titre", "title", "job")),
    FieldSpec("role", _("Role"), fields.choice(PERSON_ROLES), "varchar(12)", ("roledachat", "buyingrole")),
    FieldSpec("is_decision_maker", _("Decision-maker"), fields.yes_no, "boolean", ("decideur", "decisionmaker")),
    FieldSpec("email", _("E-mail"), fields.email, "varchar(254)", ("courriel", "mail", "emailaddress", "adresseemail")),
    FieldSpec("phone", _("Phone"), fields.phone, "varchar(40)", ("telephone", "tel", "phonenumber", "mobile", "portable")),
    FieldSpec("language", _("Language"), fields.choice(dict(settings.LANGUAGES)), "varchar(5)", ("langue", "lang", "locale")),
    FieldSpec("legal_basis", _("Legal basis"), fields.choice(LEGAL_BASES), "varchar(20)", ("baselegale", "legalbasis")),
    FieldSpec("source", _("Source"), _text(120), "varchar(120)", ("origine", "leadsource")),
    FieldSpec("last_contact_on", _("Last contact from the person"), fields.day(future=False), "date",
              ("derniercontact", "derniercontactdelapersonne", "lastcontact"), nature="day"),
    FieldSpec("left_on", _("Left on"), fields.day(), "date", ("partile", "partiele", "lefton"), nature="day"),
)  # fmt: skip
_UPDATED = tuple(spec.name for spec in FIELDS if spec.name not in ("client", "ref"))
_SAME_NAME = "p.last_name = intake_row.last_name AND p.first_name = COALESCE(intake_row.first_name, '') AND p.email = ''"
_CHANGED = "SELECT record_id AS id FROM intake_row WHERE act IN ('create', 'update')"


def _key(values: Values) -> str:
    if values.get("ref"):
        return f"r:{values['ref']}"
    if values.get("email"):
        return f"e:{values['client']}|{values['email'].lower()}"
    return f"n:{values['client']}|{values.get('last_name')}|{values.get('first_name')}"


def _check(values: Values, reading: Reading) -> Sequence[Problem]:
    values["email_key"] = values["email"].lower() if values.get("email") else None
    if not any(values.get(name) for name in ("ref", "email", "last_name")):
        return [Problem(Code.MISSING.value, "last_name")]
    return []


def write(work: Work) -> None:
    work.require_clients()
    _find(work)
    work.decide()
    work.reject("s.act = 'create' AND s.last_name IS NULL", Code.MISSING, "last_name")
    work.reject_erased({"ref": "ref", "email": "email", "name": _NAME})
    _create(work)
    columns = {name: name for name in _UPDATED if name in work.mapped}
    if "ref" in work.mapped:
        columns["ref"] = "ref"
    work.update(Person, columns | {"client_id": "client_id"}, client="t.client_id")
    work.refresh_search(Person, _CHANGED)
    work.tell_created(Person, "t.client_id")


_NAME = "(COALESCE(first_name, '') || ' ' || COALESCE(last_name, ''))"


def _find(work: Work) -> None:
    run(
        "UPDATE intake_row SET record_id = p.id FROM clients_person p "
        "WHERE p.ref = intake_row.ref AND intake_row.ref IS NOT NULL"
    )
    _find_merged()
    _find_without_ref(
        work,
        "p.client_id = intake_row.client_id AND LOWER(p.email) = intake_row.email_key",
        "email_key IS NOT NULL",
    )
    _find_without_ref(
        work,
        f"p.client_id = intake_row.client_id AND {_SAME_NAME}",
        "email_key IS NULL AND last_name IS NOT NULL",
    )
    visible, parameters = work.visible_clients()
    foreign = Code.NO_SUCH_RECORD if work.mode == Mode.UPDATE else Code.NOT_YOURS
    work.reject(staged_outside("record_id", f"SELECT p.id FROM clients_person p WHERE p.client_id IN ({visible})"),
                foreign, "" if work.mode == Mode.UPDATE else "ref", parameters)  # fmt: skip
    _keep_own()


def _find_merged() -> None:
    """A record that was merged is found where it lives on."""
    run(
        "UPDATE intake_row SET record_id = m.person_id FROM clients_mergedperson m "
        "WHERE m.ref = intake_row.ref AND intake_row.ref IS NOT NULL "
        "AND (intake_row.record_id IS NULL OR intake_row.record_id = m.id)"
    )


def _keep_own() -> None:
    """Whom the number of a merged record found keeps the own number and client: the merge decided on both."""
    run(
        "UPDATE intake_row SET ref = p.ref, client_id = p.client_id FROM clients_person p "
        "WHERE p.id = intake_row.record_id AND EXISTS (SELECT 1 FROM clients_mergedperson m "
        "WHERE m.ref = intake_row.ref AND m.person_id = p.id)"
    )


def _find_without_ref(work: Work, match: str, where: str) -> None:
    """Exactly one stored person fits; of several, none is guessed."""
    free = f"intake_row.ref IS NULL AND intake_row.{where}"
    staged = match.replace("intake_row.", "s.")
    run(
        f"UPDATE intake_row SET record_id = (SELECT MIN(p.id) FROM clients_person p WHERE {match}) "
        f"WHERE {free} AND record_id IS NULL"
    )
    work.reject(
        f"s.ref IS NULL AND s.{where.replace('AND ', 'AND s.')} AND s.record_id IS NOT NULL AND "
        f"(SELECT COUNT(*) FROM clients_person p WHERE {staged}) > 1",
        Code.AMBIGUOUS,
    )


def _create(work: Work) -> None:
    stamp, basis = moment(work.stamp), work.record_import
    # A reference of the moment finds the new rows again; those without one lose it right after.
    columns = {
        "client_id": "s.client_id", "ref": "COALESCE(s.ref, '~~' || CAST(s.number AS text))",
        "first_name": "COALESCE(s.first_name, '')", "last_name": "s.last_name",
        "job_title": "COALESCE(s.job_title, '')", "role": f"COALESCE(s.role, '{PersonRole.OTHER.value}')",
        "is_decision_maker": "COALESCE(s.is_decision_maker, FALSE)", "is_client": "FALSE",
        "email": "COALESCE(s.email, '')", "phone": "COALESCE(s.phone, '')",
        "language": f"COALESCE(s.language, {literal(default_language())})",
        "legal_basis": f"COALESCE(s.legal_basis, {literal(basis.legal_basis)})",
        "source": "COALESCE(s.source, s.file_source)", "last_contact_on": "s.last_contact_on",
        "left_on": "s.left_on", "search_text": "''", "created_at": stamp, "updated_at": stamp,
    }  # fmt: skip
    run("UPDATE intake_row SET file_source = %s", [basis.source])
    work.create(Person, columns)
    run(
        "UPDATE intake_row SET record_id = p.id FROM clients_person p "
        "WHERE p.ref = COALESCE(intake_row.ref, '~~' || CAST(intake_row.number AS text)) AND intake_row.act = 'create'"
    )
    run(
        "UPDATE clients_person SET ref = NULL WHERE id IN "
        "(SELECT record_id FROM intake_row WHERE act = 'create' AND ref IS NULL)"
    )
    work.keep_created(Person, "SELECT record_id AS id FROM intake_row WHERE act = 'create'")


PEOPLE = RecordKind(
    Kind.PEOPLE, FIELDS, key=_key, write=write, check=_check, asks_basis=True,
    staged={"client_id": "bigint", "email_key": "varchar(254)", "file_source": "varchar(120)"},
    sample=(
        {"client": "C-1001", "ref": "P-1", "first_name": "Karim", "last_name": "Vasseur", "job_title": "Achats",
         "role": "decides", "is_decision_maker": "yes", "email": "karim@laiterie.example", "language": "fr"},
        {"client": "C-1001", "first_name": "Ida", "last_name": "Lund", "role": "uses", "email": "ida@laiterie.example",
         "phone": "+33 3 20 00 00 01"},
    ),
)  # fmt: skip
