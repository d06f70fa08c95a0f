"""Who logs in to the demo. Pure."""

from dataclasses import dataclass
from decimal import Decimal

from accounts.rules import Role
from common.text import searchable

DOMAIN = "demo.example"
PASSWORD = "demo-demo-demo"


@dataclass(frozen=True)
class Person:
    name: str
    role: Role
    team: str = ""
    weekly_hours: Decimal = Decimal(10)
    language: str = "fr"

    @property
    def email(self) -> str:
        return f"{searchable(self.name).replace(' ', '.')}@{DOMAIN}"


PEOPLE = (
    Person("Claire Garesson", Role.ACCOUNT_MANAGER, "Lille", Decimal(10)),
    Person("Julien Rochelin", Role.SALES, "Lille", Decimal(12)),
    Person("Inès Fontandier", Role.SALES, "Lille", Decimal(9)),
    Person("Paul Verdatier", Role.SALES, "Lille", Decimal("8.5")),
    Person("Marc Chantivier", Role.ACCOUNT_MANAGER, "Lyon", Decimal(8)),
    Person("Nadia Courigny", Role.SALES, "Lyon", Decimal(12)),
    Person("Louise Perossard", Role.SALES, "Lyon", Decimal(10)),
    Person("Emma Brisdale", Role.SALES, "Lyon", Decimal(11), language="en"),
    Person("Hélène Montaudin", Role.DIRECTOR, weekly_hours=Decimal(8)),
    Person("Samir Bellatier", Role.ADMINISTRATOR, weekly_hours=Decimal(8)),
)
