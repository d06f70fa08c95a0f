"""Likely duplicates among a population of which we know which clients are one.

``python -m bench.duplicates [--clients N] [--seed S]`` prints one JSON object with recall, precision and
seconds; the floor is reading the clients alone. Two in a hundred clients are planted duplicates of others,
written as people write: other legal form, no accents, words turned round, a typing error, another notation of
phone or number, a sign left out. Decoys that are not duplicates: branches in other towns, namesakes, couples,
companies behind one switchboard. SQLite database of its own in a temporary folder.
"""

import argparse
import json
import os
import random
import sys
import tempfile
import time
import unicodedata
from typing import Any

SHARE = 0.02
FORMS = ["SA", "SAS", "SARL", "S.A.R.L.", "Ltd", "GmbH", "SCI", "& Cie", ""]
FIRST = ["Zoé", "Élodie", "Noël", "Aïcha", "Jules", "Inès", "Théo", "Maëlle", "Côme", "Lucie", "Hélène", "Rémi",
         "Karim", "Anaïs", "Basile", "Capucine", "Désiré", "Émile", "Flavie", "Gaël"]  # fmt: skip
SYLLABLES = ["ba", "cor", "dé", "fal", "gri", "ho", "jan", "ké", "lu", "mar", "nè", "or", "pla", "qui", "ro", "sé",
             "tan", "vu", "zor", "bel", "chi", "dra", "vil", "mon", "ter", "len"]  # fmt: skip
TRADES = [
    "Menuiserie",
    "Imprimerie",
    "Boulangerie",
    "Transports",
    "Électricité",
    "Jardins",
    "Conseil",
    "Optique",
]
STREETS = ["rue", "avenue", "boulevard", "place", "chemin"]


class Population:
    """Clients as dictionaries of stored fields, and the pairs of references that are truly one."""

    def __init__(self, clients: int, seed: int = 1) -> None:
        self.chance = random.Random(seed)
        self.rows: list[dict[str, Any]] = []
        self.truth: set[tuple[str, str]] = set()
        planted = round(clients * SHARE)
        while len(self.rows) < clients - planted:
            self._add(self._person() if self.chance.random() < 0.4 else self._company())
            if self.chance.random() < 0.05 and len(self.rows) < clients - planted:
                self._add(self._decoy(self.rows[-1]))
        for original in self.chance.sample(self.rows, planted):
            copy = self._add(self._respelled(original))
            self.truth.add((original["ref"], copy["ref"]))

    def _add(self, row: dict[str, Any]) -> dict[str, Any]:
        row = row | {"ref": f"D{len(self.rows):07d}"}
        self.rows.append(row)
        return row

    def _word(self, low: int = 2, high: int = 4) -> str:
        return "".join(self.chance.choices(SYLLABLES, k=self.chance.randint(low, high))).capitalize()

    def _place(self) -> dict[str, Any]:
        number = self.chance.randint(1, 900)
        street = f"{self.chance.randint(1, 200)} {self.chance.choice(STREETS)} {self._word()}"
        town = random.Random(number)
        city = "Saint-" * (number % 7 == 0) + "".join(town.choices(SYLLABLES, k=3)).capitalize()
        return {"postcode": f"{10000 + number * 90}", "city": city, "street": street}

    def _phone(self) -> str:
        return f"0{self.chance.randint(1, 9)}{self.chance.randint(0, 99_999_999):08d}"

    def _company(self) -> dict[str, Any]:
        name = (
            f"{self.chance.choice(TRADES)} {self._word()} {self._word()} {self.chance.choice(FORMS)}".strip()
        )
        domain = f"{self._word(3, 5).lower()}{self.chance.randint(1, 9999)}.example"
        return self._place() | {
            "kind": "company", "name": name, "email": _plain(f"contact@{domain}"), "phone": self._phone(),
            "registration_number": f"{self.chance.randint(0, 999_999_999):09d}",
        }  # fmt: skip

    def _person(self) -> dict[str, Any]:
        first, last = self.chance.choice(FIRST), self._word(2, 4)
        email = _plain(f"{first}.{last}{self.chance.randint(1, 99999)}@mail.example").lower()
        return self._place() | {
            "kind": "person", "name": f"{first} {last}", "email": email, "phone": self._phone(),
            "registration_number": "",
        }  # fmt: skip

    def _decoy(self, row: dict[str, Any]) -> dict[str, Any]:
        """Somebody else who shares something: a branch or namesake elsewhere, a spouse, a switchboard."""
        other = self._company() if row["kind"] == "company" else self._person()
        kind = self.chance.randrange(3)
        if kind == 0:
            return other | {"name": row["name"]}
        if row["kind"] == "company":
            return other | {name: row[name] for name in ("phone", "postcode", "city")}
        first = self.chance.choice([name for name in FIRST if not row["name"].startswith(name)])
        shared = {name: row[name] for name in ("street", "postcode", "city", "phone")}
        return other | shared | {"name": f"{first} {row['name'].split(' ', 1)[1]}"}

    def _respelled(self, row: dict[str, Any]) -> dict[str, Any]:
        row = dict(row)
        row["name"] = self.chance.choice([self._turned, self._mistyped, self._without_accents])(row["name"])
        if row["kind"] == "company":
            row["name"] = self._other_form(row["name"])
        changes = [
            self._phone_abroad,
            self._mail_shouted,
            self._number_as_vat,
            self._moved_street,
            self._left_out,
        ]
        for change in self.chance.sample(changes, 3):
            change(row)
        return row

    def _turned(self, name: str) -> str:
        words = name.split(" ")
        return " ".join([*words[1:], words[0]]).upper()

    def _mistyped(self, name: str) -> str:
        at = self.chance.randrange(1, len(name) - 1)
        how = self.chance.randrange(3)
        if how == 0:
            return name[:at] + name[at + 1 :]
        if how == 1:
            return name[:at] + self.chance.choice("aeinrst") + name[at:]
        return name[:at] + name[at + 1] + name[at] + name[at + 2 :]

    def _without_accents(self, name: str) -> str:
        return _plain(name)

    def _other_form(self, name: str) -> str:
        return f"{name} {self.chance.choice(FORMS)}".strip() if self.chance.random() < 0.5 else name

    def _phone_abroad(self, row: dict[str, Any]) -> None:
        digits = row["phone"][1:]
        if digits:
            row["phone"] = f"+33 {digits[0]} {digits[1:3]} {digits[3:5]} {digits[5:7]} {digits[7:]}"

    def _mail_shouted(self, row: dict[str, Any]) -> None:
        row["email"] = row["email"].upper() if self.chance.random() < 0.5 else f"new{row['email']}"

    def _number_as_vat(self, row: dict[str, Any]) -> None:
        if row["registration_number"]:
            siren = row["registration_number"]
            row["registration_number"] = self.chance.choice([f"FR12{siren}", f"{siren}00015", ""])

    def _moved_street(self, row: dict[str, Any]) -> None:
        row["street"] = row["street"].replace("avenue", "av.").replace("boulevard", "Bd").upper()

    def _left_out(self, row: dict[str, Any]) -> None:
        row[self.chance.choice(["phone", "email", "postcode", "street"])] = ""


class People:
    """Who works for the companies of a population, and the pairs of references that are truly one person.

    Two in a hundred are planted: seven of ten at the same client, the others at another one with the same
    e-mail or phone. Decoys: siblings at one client, namesakes at two, colleagues behind one mailbox.
    """

    def __init__(self, population: Population) -> None:
        self.population, self.chance = population, population.chance
        self.companies = [row["ref"] for row in population.rows if row["kind"] == "company"]
        self.rows: list[dict[str, Any]] = []
        self.truth: set[tuple[str, str]] = set()
        for company in self.companies:
            colleague = self._add(self._person(company))
            if self.chance.random() < 0.4:
                self._add(self._decoy(colleague))
        for original in self.chance.sample(self.rows, round(len(self.rows) * SHARE)):
            copy = self._add(self._respelled(original))
            self.truth.add((original["ref"], copy["ref"]))

    def _add(self, row: dict[str, Any]) -> dict[str, Any]:
        row = row | {"ref": f"P{len(self.rows):07d}"}
        self.rows.append(row)
        return row

    def _person(self, company: str) -> dict[str, Any]:
        first, last = self.chance.choice(FIRST), self.population._word(2, 4)
        email = _plain(f"{first}.{last}{self.chance.randint(1, 99999)}@{company}.example").lower()
        return {
            "client": company, "first_name": first, "last_name": last, "email": email,
            "phone": self.population._phone(),
        }  # fmt: skip

    def _decoy(self, row: dict[str, Any]) -> dict[str, Any]:
        other = self._person(row["client"])
        kind = self.chance.randrange(3)
        if kind == 0:  # a brother or sister in the same house
            first = self.chance.choice([name for name in FIRST if name != row["first_name"]])
            return other | {"last_name": row["last_name"], "first_name": first}
        if kind == 1:  # somebody of the same name elsewhere
            names = {name: row[name] for name in ("first_name", "last_name")}
            return self._person(self.chance.choice(self.companies)) | names
        return other | {"email": row["email"]}  # contact@ of the house

    def _respelled(self, row: dict[str, Any]) -> dict[str, Any]:
        row = dict(row)
        if self.chance.random() < 0.3:
            row["client"] = self.chance.choice(self.companies)
            row[self.chance.choice(["email", "phone"])] = ""
        elif self.chance.random() < 0.5:
            row[self.chance.choice(["email", "phone"])] = ""
        how = self.chance.randrange(4)
        if how == 0:
            row["first_name"], row["last_name"] = row["last_name"].upper(), row["first_name"]
        elif how == 1:
            row["first_name"] = _plain(row["first_name"])
        elif how == 2 and row["email"]:
            row["last_name"] = self.population._mistyped(row["last_name"])
            row["email"] = row["email"].upper()
        return row


def _plain(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def measure(population: Population) -> dict[str, Any]:
    """Store the population in the database of this process, find its pairs, compare them with the truth."""
    people = People(population)
    from django.utils import timezone

    from clients.duplicates.finding import find_duplicates
    from clients.models import Client, DuplicatePair, Person, PersonPair

    stored = [Client(**row) for row in population.rows]
    for client in stored:
        client.search_text = client.make_search_text()
    Client.objects.bulk_create(stored, batch_size=2000)
    numbers = dict(Client.objects.values_list("ref", "pk"))
    known = [
        Person(client_id=numbers[row["client"]], **{k: v for k, v in row.items() if k != "client"})
        for row in people.rows
    ]
    Person.objects.bulk_create(known, batch_size=2000)
    started = time.perf_counter()
    for _ in Client.objects.values_list("pk", "name", "city", "email", "phone").iterator():
        pass
    floor = time.perf_counter() - started
    result = find_duplicates(now=timezone.now())
    found = set(DuplicatePair.objects.values_list("left__ref", "right__ref"))
    right = len(found & population.truth)
    return {
        "name": f"duplicates among {len(population.rows):,} clients", "seconds": result["seconds"],
        "floor_seconds": round(floor, 3), "ratio": round(result["seconds"] / floor, 1),
        "planted": len(population.truth), "pairs": len(found),
        "recall": round(right / len(population.truth), 4), "precision": round(right / max(1, len(found)), 4),
        "people": _of_people(people, set(PersonPair.objects.values_list("left__ref", "right__ref"))),
    }  # fmt: skip


def _of_people(people: People, found: set[tuple[str, str]]) -> dict[str, Any]:
    right = len(found & people.truth)
    return {
        "people": len(people.rows), "planted": len(people.truth), "pairs": len(found),
        "recall": round(right / max(1, len(people.truth)), 4), "precision": round(right / max(1, len(found)), 4),
    }  # fmt: skip


def main(arguments: list[str]) -> dict[str, Any]:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(
            CMIX_DATA_DIR=folder, DJANGO_SETTINGS_MODULE="cmix_site.settings", CMIX_LOG_LEVEL="ERROR"
        )
        os.environ.pop("CMIX_DATABASE_URL", None)
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        return measure(Population(options.clients, options.seed))


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(sys.argv[1:])) + "\n")
