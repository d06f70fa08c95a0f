"""Companies and private persons; of a private person also the person, whose data hang there."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.defaults import default_language
from clients.labels import KINDS
from clients.models import Client, Person, Tag
from clients.rules import ClientKind, ClientState, PersonRole
from intake import fields
from intake.fields import FieldSpec, Reading
from intake.kinds.base import RecordKind, Values
from intake.rules import Code, Kind, Mode, Problem
from intake.sql import literal, moment, rows, run, staged_outside
from intake.work import Work

MAX_LAST_NAME = 100
_KIND_WORDS = {
    **dict.fromkeys(("societe", "entreprise", "b2b", "organization", "organisation", "professionnel"), "company"),
    **dict.fromkeys(("particulier", "individual", "b2c", "personne", "contact"), "person"),
}  # fmt: skip
_text = fields.text

FIELDS = (
    FieldSpec("ref", _("Client reference"), _text(64), "varchar(64)", (
        "reference", "refclient", "referenceclient", "codeclient", "clientref", "clientid", "customerid", "idclient",
        "numeroclient", "customernumber", "accountnumber", "recordid", "id",
    ), required=True),
    FieldSpec("name", _("Name"), _text(200), "varchar(200)", (
        "nom", "raisonsociale", "societe", "company", "companyname", "accountname", "nomclient", "clientname", "nomcomplet",
        "customername",
    )),
    FieldSpec("kind", _("Kind"), fields.choice(KINDS, _KIND_WORDS), "varchar(10)", ("type", "genre", "nature", "typeclient"),
              options=KINDS),
    FieldSpec("first_name", _("First name"), _text(100), "varchar(100)", ("prenom", "firstname", "billingfirstname"),
              help_text=_("Of a private person.")),
    FieldSpec("last_name", _("Last name"), _text(100), "varchar(100)", ("nomdefamille", "lastname", "surname"),
              help_text=_("Of a private person.")),
    FieldSpec("owner", _("Owner"), fields.colleague, "bigint", ("proprietaire", "commercial", "responsable", "accountowner",
              "companyowner", "vendeur"), help_text=_("E-mail or name of a colleague.")),
    FieldSpec("street", _("Street"), _text(200), "varchar(200)", ("rue", "adresse", "address", "address1", "streetaddress",
              "billingaddress1", "defaultaddressaddress1")),
    FieldSpec("postcode", _("Postcode"), _text(16), "varchar(16)", ("codepostal", "cp", "zip", "zipcode", "postalcode",
              "billingpostcode", "defaultaddresszip")),
    FieldSpec("city", _("City"), _text(100), "varchar(100)", ("ville", "billingcity", "defaultaddresscity")),
    FieldSpec("country", _("Country"), _text(60), "varchar(60)", ("pays", "countryregion", "billingcountry",
              "defaultaddresscountrycode")),
    FieldSpec("email", _("E-mail"), fields.email, "varchar(254)", ("courriel", "mail", "emailaddress", "billingemail",
              "adresseemail")),
    FieldSpec("phone", _("Phone"), fields.phone, "varchar(40)", ("telephone", "tel", "phonenumber", "billingphone", "mobile",
              "portable")),
    FieldSpec("language", _("Language"), fields.choice(dict(settings.LANGUAGES)), "varchar(5)", ("langue", "lang", "locale")),
    FieldSpec("registration_number", _("Registration number"), _text(40), "varchar(40)", (
        "siren", "siret", "vat", "vatnumber", "tva", "numerotva", "numerodidentification", "numerodimmatriculation",
        "companynumber",
    )),
    FieldSpec("website", _("Website"), fields.url, "varchar(200)", ("siteweb", "site", "web", "url", "companydomainname",
              "domain")),
    FieldSpec("parent", _("Parent company"), _text(64), "varchar(64)", ("societemere", "maisonmere", "parentcompany",
              "parentaccount", "parentref"), help_text=_("Its reference; it may stand in the same file.")),
    FieldSpec("tags", _("Tags"), fields.words(40), "", ("etiquettes", "motscles", "labels", "groupes", "groups"),
              help_text=_("Parted by commas. Tags are added, never taken away.")),
    FieldSpec("observed_from", _("Observed from"), fields.day(), "date", ("observedepuis", "observea partirde", "clientdepuis",
              "customersince"), nature="day"),
)  # fmt: skip
_STORED = (
    "name", "kind", "street", "postcode", "city", "country", "email", "phone", "language", "registration_number",
    "website", "observed_from",
)  # fmt: skip
_EMPTY = (
    "street", "postcode", "city", "country", "email", "phone", "registration_number", "website",
)  # fmt: skip
_CHANGED = "SELECT record_id AS id FROM intake_row WHERE act IN ('create', 'update')"


def _check(values: Values, reading: Reading) -> Sequence[Problem]:
    """The name of a private person may come in two halves; it must fit the person's last name."""
    halves = " ".join(part for part in (values.get("first_name"), values.get("last_name")) if part)
    if not values.get("name") and halves:
        values["name"] = halves[:200]
    if values.get("owner") is not None:
        values["team_id"] = _teams(reading).get(values["owner"])
    is_person = values.get("kind") == ClientKind.PERSON
    if is_person and not values.get("last_name") and len(values.get("name") or "") > MAX_LAST_NAME:
        return [Problem(Code.TOO_LONG.value, "name")]
    if values.get("parent") and values["parent"] == values.get("ref"):
        return [Problem(Code.PARENT_CIRCLE.value, "parent")]
    return []


def _teams(reading: Reading) -> dict[int, int | None]:
    return dict(found for found in reading.people.values() if found)


def write(work: Work) -> None:
    _find(work)
    work.decide()
    work.reject("s.act = 'create' AND s.name IS NULL", Code.MISSING, "name")
    work.reject_erased({"ref": "ref", "email": "email", "name": "name", "postcode": "postcode"})
    _check_parents(work)
    _create(work)
    _update(work)
    _write_people(work)
    _write_tags(work)
    work.refresh_search(Client, _CHANGED)
    mine = f"SELECT id FROM clients_person WHERE is_client AND client_id IN ({_CHANGED})"
    work.refresh_search(Person, mine)
    work.tell_created(Client, "t.id")
    work.tell_created(Person, "t.client_id")


def _find(work: Work) -> None:
    work.find_clients("ref", "record_id")
    work.reject(
        "EXISTS (SELECT 1 FROM clients_client c WHERE c.id = s.record_id AND c.state = %s)",
        Code.ERASED, "ref", [ClientState.ERASED.value],
    )  # fmt: skip
    visible, parameters = work.visible_clients()
    # Who updates learns no more of a foreign client than of an absent one.
    foreign = Code.NO_SUCH_RECORD if work.mode == Mode.UPDATE else Code.NOT_YOURS
    work.reject(
        staged_outside("record_id", visible), foreign,
        "" if work.mode == Mode.UPDATE else "ref", parameters,
    )  # fmt: skip


def _check_parents(work: Work) -> None:
    if "parent" not in work.mapped:
        return
    work.find_clients("parent", "parent_id")
    visible, parameters = work.visible_clients()
    outside = staged_outside("parent_id", visible).removeprefix("s.")
    run(f"UPDATE intake_row SET parent_id = NULL WHERE {outside}", parameters)
    unknown = (
        "s.parent IS NOT NULL AND s.parent_id IS NULL AND NOT EXISTS "
        "(SELECT 1 FROM intake_row o WHERE o.ref = s.parent AND o.act = 'create')"
    )
    # A row that goes may be the parent of another.
    while work.reject(unknown, Code.PARENT_UNKNOWN, "parent"):
        pass
    work.reject_numbers(_circles(), Code.PARENT_CIRCLE, "parent")
    while work.reject(unknown, Code.PARENT_UNKNOWN, "parent"):
        pass


def _circles() -> list[int]:
    """Numbers of rows whose parent would be below them. Only clients with a parent are looked at."""
    above: dict[str, str] = {
        f"i{child}": f"i{parent}"
        for child, parent in Client.objects.exclude(parent=None).values_list("pk", "parent_id")
    }
    found = []
    for number, ref, record, parent, parent_id in rows(
        "SELECT number, ref, record_id, parent, parent_id FROM intake_row WHERE parent IS NOT NULL ORDER BY number"
    ):
        child = f"i{record}" if record else f"r{ref}"
        target = f"i{parent_id}" if parent_id else f"r{parent}"
        before = above.get(child)
        above[child] = target
        if _returns(above, child):
            found.append(number)
            above.pop(child)
            if before:
                above[child] = before
    return found


def _returns(above: dict[str, str], start: str) -> bool:
    seen, one = {start}, above.get(start)
    while one is not None and one not in seen:
        seen.add(one)
        one = above.get(one)
    return one == start


def _create(work: Work) -> None:
    owner, stamp = work.owner, moment(work.stamp)
    columns = {
        "ref": "s.ref", "name": "s.name", "kind": f"COALESCE(s.kind, '{ClientKind.COMPANY.value}')",
        "owner_id": f"COALESCE(s.owner, {literal(owner and owner.pk)})",
        "team_id": f"CASE WHEN s.owner IS NULL THEN {literal(owner and owner.team_id)} ELSE s.team_id END",
        **{name: f"COALESCE(s.{name}, '')" for name in _EMPTY},
        "language": f"COALESCE(s.language, {literal(default_language())})",
        "observed_from": "s.observed_from", "state": literal(ClientState.ACTIVE.value), "search_text": "''",
        "created_at": stamp, "updated_at": stamp,
    }  # fmt: skip
    work.create(Client, columns)
    run(
        "UPDATE intake_row SET record_id = c.id FROM clients_client c "
        "WHERE c.ref = intake_row.ref AND intake_row.act = 'create'"
    )
    work.keep_created(Client, "SELECT record_id AS id FROM intake_row WHERE act = 'create'")
    if "parent" in work.mapped:
        run(
            "UPDATE intake_row SET parent_id = c.id FROM clients_client c "
            "WHERE c.ref = intake_row.parent AND intake_row.parent_id IS NULL"
        )
        run(
            "UPDATE clients_client SET parent_id = s.parent_id FROM intake_row s "
            "WHERE s.record_id = clients_client.id AND s.act = 'create' AND s.parent_id IS NOT NULL"
        )


def _update(work: Work) -> None:
    run(
        "UPDATE intake_row SET person_id = p.id FROM clients_person p "
        "WHERE p.client_id = intake_row.record_id AND p.is_client AND intake_row.act = 'update'"
    )
    # A client renamed in one piece renames the person.
    run(
        "UPDATE intake_row SET first_name = '', last_name = SUBSTR(intake_row.name, 1, 100) FROM clients_client c "
        "WHERE c.id = intake_row.record_id AND intake_row.person_id IS NOT NULL AND intake_row.name <> c.name "
        "AND intake_row.first_name IS NULL AND intake_row.last_name IS NULL"
    )
    columns = {name: name for name in _STORED if name in work.mapped or name == "name"}
    if "owner" in work.mapped:
        columns |= {"owner_id": "owner", "team_id": "team_id"}
    if "parent" in work.mapped:
        columns["parent_id"] = "parent_id"
    personal = {name: name for name in ("first_name", "last_name", "email", "phone", "language")}
    work.update(Person, personal, record="person_id", client="t.client_id")
    work.update(Client, columns, client="t.id")
    run(
        "UPDATE intake_row SET act = 'update' WHERE act = 'same' AND person_id IN "
        "(SELECT record_id FROM intake_keptrow WHERE record_import_id = %s AND model = 'clients.person')",
        [work.record_import.pk],
    )


def _write_people(work: Work) -> None:
    """Of each private person one ``Person``, with the basis and the source of the file.

    Who has one is counted: that looks into the index, where ``NOT EXISTS`` may go through all people for each row.
    """
    basis, stamp = work.record_import, moment(work.stamp)
    run(
        f"""
        INSERT INTO clients_person (client_id, first_name, last_name, job_title, role, is_decision_maker, is_client,
            email, phone, language, legal_basis, source, search_text, created_at, updated_at)
        SELECT c.id, COALESCE(s.first_name, ''), COALESCE(s.last_name, SUBSTR(c.name, 1, 100)), '',
            '{PersonRole.DECIDES.value}', TRUE, TRUE, c.email, c.phone, c.language, %s, %s, '', {stamp}, {stamp}
        FROM intake_row s JOIN clients_client c ON c.id = s.record_id
        WHERE s.act IN ('create', 'update') AND c.kind = '{ClientKind.PERSON.value}'
        AND (SELECT COUNT(*) FROM clients_person p WHERE p.client_id = c.id AND p.is_client) = 0
        ORDER BY s.number
        """,
        [basis.legal_basis, basis.source],
    )
    work.keep_created(
        Person,
        f"SELECT p.id AS id FROM clients_person p WHERE p.is_client AND p.client_id IN ({_CHANGED}) "
        "EXCEPT SELECT person_id FROM intake_row",
    )


def _write_tags(work: Work) -> None:
    if "tags" not in work.mapped:
        return
    new_tags = rows(
        "INSERT INTO clients_tag (name) SELECT DISTINCT g.name FROM intake_tag g JOIN intake_row s "
        "ON s.number = g.number WHERE NOT EXISTS (SELECT 1 FROM clients_tag t WHERE t.name = g.name) RETURNING id"
    )
    tied = rows(
        """
        INSERT INTO clients_client_tags (client_id, tag_id)
        SELECT DISTINCT s.record_id, t.id FROM intake_tag g JOIN intake_row s ON s.number = g.number
        JOIN clients_tag t ON t.name = g.name
        WHERE NOT EXISTS (
            SELECT 1 FROM clients_client_tags x WHERE x.client_id = s.record_id AND x.tag_id = t.id)
        RETURNING id, client_id
        """
    )
    work.keep_created_ids(Tag, [pk for (pk,) in new_tags])
    through: Any = Client.tags.through
    work.keep_created_ids(through, [pk for pk, _client in tied])
    work.tell_tags()
    for number in range(0, len(tied), 500):
        touched = ", ".join(str(client) for _pk, client in tied[number : number + 500])
        run(f"UPDATE intake_row SET act = 'update' WHERE act = 'same' AND record_id IN ({touched})")


CLIENTS = RecordKind(
    Kind.CLIENTS, FIELDS, key=lambda values: f"r:{values['ref']}", write=write, check=_check, asks_basis=True,
    staged={"team_id": "bigint", "parent_id": "bigint", "person_id": "bigint"},
    sample=(
        {"ref": "C-1001", "name": "Laiterie du Val", "kind": "company", "city": "Lille", "postcode": "59000",
         "country": "France", "email": "contact@laiterie.example", "phone": "+33 3 20 00 00 00",
         "registration_number": "123 456 789", "website": "https://laiterie.example", "tags": "cheese, north"},
        {"ref": "C-1002", "name": "Laiterie du Val, Arras", "kind": "company", "city": "Arras", "parent": "C-1001"},
        {"ref": "C-1003", "kind": "person", "first_name": "Nora", "last_name": "Delattre", "language": "fr",
         "email": "nora@mail.example", "city": "Lens"},
    ),
)  # fmt: skip
