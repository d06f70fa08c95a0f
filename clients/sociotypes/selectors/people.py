"""What pages show of a person's type, and of what the types of its people make of a client."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise

from accounts.querysets import visible_q
from clients.dossier import Dossier, people, present
from clients.models import Person, SociotypeResult
from clients.sociotypes.labels import (
    CERTAINTIES,
    CLIENT_STATUSES,
    FLAGS,
    MEANINGS,
    REASONS,
    SCALE_NAMES,
    STATUSES,
    TRAITS,
    type_name,
    type_names,
)
from clients.sociotypes.permission import may_be_profiled, of_profiled_q
from clients.sociotypes.rules.derived import ClientStatus
from clients.sociotypes.rules.instrument import SCALES, TYPES, Sociotype
from clients.sociotypes.rules.observed import Certainty, Trait
from clients.sociotypes.rules.scoring import Flag, Status
from clients.sociotypes.selectors.types import types_of
from common.prepared import prepared
from common.reasons import Reason
from common.wording import explain


@dataclass(frozen=True)
class ShownType:
    """A result as it is told: ``confidence`` 0…100 as of the day; expired ones have none."""

    result: SociotypeResult
    name: str
    meaning: str | Promise
    also: str
    status: str | Promise
    confidence: float | None
    expired: bool
    sentences: Sequence[str]
    flags: Sequence[str | Promise]
    traits: Sequence[str | Promise]
    certainty: str | Promise

    @property
    def place(self) -> int:
        """1 … 4 from the readiest on; 0 without a type: the shade of its chip."""
        return TYPES.index(Sociotype(self.result.type)) + 1 if self.result.type else 0


def shown(result: SociotypeResult, as_of: date) -> ShownType:
    kind = result.kind
    return ShownType(
        result=result, name=type_name(result.type), meaning=MEANINGS[kind] if kind else "",
        also=type_name(result.also), status=STATUSES[Status(result.status)],
        confidence=result.confidence(as_of), expired=as_of > result.expires_on,
        sentences=[explain(named(reason), REASONS) for reason in result.because],
        flags=[FLAGS[Flag(flag)] for flag in result.flags],
        traits=[TRAITS[Trait(trait)] for trait in result.traits],
        certainty=CERTAINTIES[Certainty(result.certainty)] if result.certainty else "",
    )  # fmt: skip


def named(reason: dict[str, Any]) -> Reason:
    """The reason with the names of types and certainties that readers see."""
    values = dict(reason["values"])
    if "type" in values:
        values["type"] = type_name(values["type"])
    if "certainty" in values:
        values["certainty"] = CERTAINTIES[Certainty(values["certainty"])]
    if "scales" in values:
        scales = [each.strip() for each in values["scales"].split(",")]
        values["scales"] = ", ".join(str(SCALE_NAMES[scale]) for scale in SCALES if scale in scales)
    return Reason(reason["code"], values)


@dataclass(frozen=True)
class PersonType:
    """``current`` None: never asked, or no profile allowed (``refused``). ``waiting``: a later answer that takes
    its place once it is confirmed."""

    person: Person
    current: ShownType | None
    waiting: ShownType | None
    history: Sequence[ShownType]
    refused: bool
    opted_out: bool


def person_type(person: Person, as_of: date) -> PersonType:
    refused = not may_be_profiled().filter(pk=person.pk).exists()
    results = [] if refused else list(_results([person.pk]))
    current = next((result for result in results if result.superseded_on is None), None)
    waiting = _waiting(current, results)
    return PersonType(
        person=person, current=shown(current, as_of) if current else None, refused=refused,
        waiting=shown(waiting, as_of) if waiting else None,
        history=[shown(result, as_of) for result in results if result not in (current, waiting)],
        opted_out=hasattr(person, "questionnaire_opt_out"),
    )  # fmt: skip


def _waiting(current: SociotypeResult | None, results: Sequence[SociotypeResult]) -> SociotypeResult | None:
    """The newest flagged answer that came after the current one and waits for somebody to confirm it."""
    later = [one for one in results if current and one.computed_at > current.computed_at]
    return max(
        (one for one in later if one.needs_confirmation), key=lambda one: one.computed_at, default=None
    )


def _results(asked: Sequence[int]) -> Any:
    rows = SociotypeResult.objects.filter(person_id__in=asked).select_related("by", "confirmed_by", "sheet")
    return rows.order_by("-answered_on", "-pk")


@dataclass(frozen=True)
class ClientType:
    name: str
    place: int
    status: str | Promise
    confidence: float | None
    known: bool


@dataclass(frozen=True)
class ClientPanel:
    derived: ClientType
    people: Sequence[tuple[Person, ShownType | None, bool]]  # person, type, no profile wanted


def results_of(dossier: Dossier) -> list[SociotypeResult]:
    """Results of everybody of the client that count today, newest first."""
    return _counting(dossier.client.pk, dossier.today)


@prepared
def _counting(client: int, today: date) -> QuerySet[SociotypeResult]:
    rows = SociotypeResult.objects.filter(person__client=client).order_by("-answered_on", "-pk")
    return rows.filter(Q(superseded_on__isnull=True) | Q(superseded_on__gt=today))


def client_panel(dossier: Dossier) -> ClientPanel | None:
    """None for a client without people."""
    here: Sequence[Any] = dossier.of(present)
    if not here:
        return None
    allowed = {person.pk for person in here if person.is_profiled}
    current = {
        result.person_id: shown(result, dossier.today)
        for result in dossier.of(results_of)
        if result.superseded_on is None and result.person_id in allowed
    }
    rows = [(person, current.get(person.pk), person.pk not in allowed) for person in here]
    return ClientPanel(client_type(dossier), rows)


def client_type(dossier: Dossier) -> ClientType:
    found = types_of(dossier.client, dossier.of(people), dossier.of(results_of), dossier.today)
    kind, known = int(found.acts_as[0]), bool(found.known[0])
    return ClientType(
        name=str(type_names()[TYPES[kind]]) if kind >= 0 else "", place=kind + 1,
        status=CLIENT_STATUSES[ClientStatus(int(found.status[0]))],
        confidence=float(found.confidence[0]) if known else None, known=known,
    )  # fmt: skip


@dataclass(frozen=True)
class ScaleRow:
    name: str | Promise
    value: float | None


@dataclass(frozen=True)
class NearRow:
    name: str | Promise
    p: float
    is_type: bool


def scale_rows(result: SociotypeResult) -> list[ScaleRow]:
    return [ScaleRow(SCALE_NAMES[scale], result.scales[scale.value]) for scale in SCALES]


def near_rows(result: SociotypeResult) -> list[NearRow]:
    """The four types, nearest first, with the likelihood of each."""
    if result.p is None:
        return []
    names = type_names()
    rows = [
        NearRow(names[kind], p, kind.value == result.type) for kind, p in zip(TYPES, result.p, strict=True)
    ]
    return sorted(rows, key=lambda row: -row.p)


def to_confirm(user: Any) -> Any:
    """Flagged answers of people one may work with, newest first: the current ones, and those that came after it;
    of several of a person the last."""
    flagged = Q(is_suspect=True, confirmed_at__isnull=True)
    later = SociotypeResult.objects.filter(
        flagged | Q(superseded_on__isnull=True),
        person=OuterRef("person"),
        computed_at__gt=OuterRef("computed_at"),
    )
    # Few rows, whose clients are read anyway: asked of each, rather than of the list of clients that are gone.
    visible = visible_q(user, client="person__client__")
    waiting = SociotypeResult.objects.filter(visible, of_profiled_q(), flagged, ~Exists(later))
    return waiting.select_related("person__client").order_by("-answered_on", "-pk")
