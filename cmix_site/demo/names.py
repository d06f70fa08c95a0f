"""Names and addresses of the demo's clients. Pure."""

from dataclasses import dataclass

import numpy as np

from clients.rules import ClientKind
from cmix_site.demo.words import FIRM_KINDS, FIRM_SIGNS, FIRST_NAMES, REGIONS, STREETS, SURNAMES, Region
from common.text import searchable


@dataclass(frozen=True)
class Card:
    """How a client stands in the address book."""

    name: str
    kind: ClientKind
    region: Region
    street: str
    postcode: str
    city: str
    email: str
    phone: str
    language: str


def draw_card(person: bool, rng: np.random.Generator) -> Card:
    region = REGIONS[int(rng.integers(len(REGIONS)))]
    town = region.towns[int(rng.integers(len(region.towns)))]
    number = f"{rng.integers(10_000):04d}"
    name = _person(rng) if person else _firm(rng)
    start = "06 39 98" if person else region.phone
    return Card(
        name=name,
        kind=ClientKind.PERSON if person else ClientKind.COMPANY,
        region=region,
        street=f"{rng.integers(1, 120)} {_pick(STREETS, rng)}",
        postcode=town.postcode,
        city=town.name,
        email=_email(name, person, town.name),
        phone=f"{start} {number[:2]} {number[2:]}",
        language="en" if rng.random() < 0.02 else "fr",
    )


def _pick(words: tuple[str, ...], rng: np.random.Generator) -> str:
    return words[int(rng.integers(len(words)))]


def _person(rng: np.random.Generator) -> str:
    return f"{_pick(FIRST_NAMES, rng)} {_pick(SURNAMES, rng)}"


def _firm(rng: np.random.Generator) -> str:
    named = _pick(SURNAMES, rng) if rng.random() < 0.6 else _pick(FIRM_SIGNS, rng)
    return f"{_pick(FIRM_KINDS, rng)} {named}"


def _email(name: str, person: bool, town: str) -> str:
    return email_of_person(name) if person else f"contact@{_slug(name)}-{_slug(town)}.example"


def email_of_person(name: str) -> str:
    return f"{_slug(name).replace('-', '.', 1)}@courriel.example"


def _slug(text: str) -> str:
    return "".join(sign if sign.isalnum() else "-" for sign in searchable(text))
