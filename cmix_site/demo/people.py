"""Who logs in to the demo; the password is ``accounts.defaults.DEMO_PASSWORD``."""

from dataclasses import dataclass
from decimal import Decimal

from accounts.defaults import DEMO_DOMAIN
from accounts.rules import Role
from common.text import searchable


@dataclass(frozen=True)
class Person:
    name: str
    role: Role
    team: str = ""
    weekly_hours: Decimal = Decimal(10)
    language: str = "fr"

    @property
    def email(self) -> str:
        return f"{searchable(self.name).replace(' ', '.')}@{DEMO_DOMAIN}"


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
