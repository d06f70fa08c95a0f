"""The checklist: six families of criteria, and what a profile and a mode leave of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

LANGUAGES = ("en", "fr")
LEVELS = (0, 1, 2, 3, 4)
TOP = 4
WEIGHTS = range(1, 6)
# The eleven of the express mode: the heaviest criteria, and the phone number.
EXPRESS = frozenset(
    {
        "SEAL-01", "BRD-01", "NAV-01", "NAV-02", "ORD-01", "ORD-04", "ORD-06", "PRE-01", "PRE-02", "TEC-01",
        "TEC-02",
    }
)  # fmt: skip


class Family(StrEnum):
    SEAL = "SEAL"
    BRAND = "BRD"
    NAVIGATION = "NAV"
    ORDERS = "ORD"
    PRESENTATION = "PRE"
    TECHNOLOGY = "TEC"


class Scale(StrEnum):
    LEVELS = "L"
    YES_PARTIAL_NO = "YP"


class Automation(StrEnum):
    PROPOSED = "A"
    HINTS = "H"
    HUMAN = "M"


class Mode(StrEnum):
    EXPRESS = "express"
    FULL = "full"


class Profile(StrEnum):
    GOODS_B2C = "goods-b2c"
    GOODS_B2B = "goods-b2b"
    SERVICE = "service"
    SHOWCASE = "showcase"


Words = Mapping[str, str]  # by language


@dataclass(frozen=True)
class Law:
    """A pointer to a duty, not legal advice; ``checked_on`` is the day somebody last looked."""

    ref: str
    jurisdiction: str
    checked_on: date


@dataclass(frozen=True)
class Criterion:
    """``anchors`` has one text per level the scale allows; ``cap``: ceiling of the overall score while
    the level is 0, or None."""

    code: str
    family: Family
    scale: Scale
    weight: int
    automation: Automation
    cap: int | None
    question: Words
    why: Words
    how: Words
    anchors: Mapping[str, tuple[str, ...]]
    law: Law | None

    @property
    def levels(self) -> tuple[int, ...]:
        return LEVELS if self.scale == Scale.LEVELS else (0, 2, 4)

    def anchors_in(self, language: str) -> list[tuple[int, str]]:
        return list(zip(self.levels, self.anchors[language], strict=True))


@dataclass(frozen=True)
class ProfileRules:
    name: Words
    not_applicable: frozenset[str] = frozenset()
    reason: Words = field(default_factory=dict)
    weights: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Item:
    """What an audit keeps of a criterion: what its score is made of."""

    code: str
    family: Family
    weight: int
    cap: int | None = None
    not_applicable: bool = False  # as the profile presets it


@dataclass(frozen=True)
class Checklist:
    version: str
    families: Mapping[Family, Words]
    criteria: tuple[Criterion, ...]
    profiles: Mapping[Profile, ProfileRules]

    def by_code(self) -> dict[str, Criterion]:
        return {criterion.code: criterion for criterion in self.criteria}

    def items(self, profile: Profile, mode: Mode) -> tuple[Item, ...]:
        """The criteria an audit of this profile and mode asks, with their weights."""
        rules = self.profiles[profile]
        return tuple(
            Item(
                code=one.code,
                family=one.family,
                weight=rules.weights.get(one.code, one.weight),
                cap=one.cap,
                not_applicable=one.code in rules.not_applicable,
            )
            for one in self.criteria
            if mode == Mode.FULL or one.code in EXPRESS
        )


def read_checklist(data: Mapping[str, Any]) -> Checklist:
    """The checklist as its file says. Raises ``ValueError`` naming the criterion that is not in order."""
    checked_on = _day(data["checked_on"])
    criteria = tuple(_criterion(row, checked_on) for row in data["criterion"])
    codes = [one.code for one in criteria]
    if len(set(codes)) != len(codes):
        raise ValueError("a code stands twice")
    profiles = {Profile(name): _profile(row, set(codes)) for name, row in data["profile"].items()}
    families = {Family(row["code"]): row["name"] for row in data["family"]}
    return Checklist(str(data["version"]), families, criteria, profiles)


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def _criterion(row: Mapping[str, Any], checked_on: date) -> Criterion:
    law = row.get("law")
    criterion = Criterion(
        code=row["code"],
        family=Family(row["code"].split("-")[0]),
        scale=Scale(row["scale"]),
        weight=row["weight"],
        automation=Automation(row["automation"]),
        cap=row.get("cap"),
        question=row["question"],
        why=row["why"],
        how=row["how"],
        anchors={language: tuple(texts) for language, texts in row["anchors"].items()},
        law=Law(law["ref"], law["jurisdiction"], _day(law.get("checked_on", checked_on))) if law else None,
    )
    _refuse_faults(criterion)
    return criterion


def _refuse_faults(one: Criterion) -> None:
    complete = all(
        texts.get(language, "").strip()
        for texts in (one.question, one.why, one.how)
        for language in LANGUAGES
    ) and all(
        len(one.anchors.get(language, ())) == len(one.levels) and all(one.anchors[language])
        for language in LANGUAGES
    )
    if not complete:
        raise ValueError(f"{one.code}: a text is missing")
    if one.weight not in WEIGHTS:
        raise ValueError(f"{one.code}: a weight is 1 to 5")
    if one.cap is not None and not 0 <= one.cap <= 100:
        raise ValueError(f"{one.code}: a cap is 0 to 100")


def _profile(row: Mapping[str, Any], codes: set[str]) -> ProfileRules:
    rules = ProfileRules(
        name=row["name"],
        not_applicable=frozenset(row.get("not_applicable", ())),
        reason=row.get("reason", {}),
        weights=row.get("weights", {}),
    )
    if unknown := (rules.not_applicable | set(rules.weights)) - codes:
        raise ValueError(f"a profile names unknown criteria: {sorted(unknown)}")
    return rules
