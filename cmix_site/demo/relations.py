"""Write who stands behind the demo's clients: people, households, groups, talks, tasks, tags."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from django.conf import settings

from clients.models import BuyingUnit, Client, Consent, Interaction, Person, Tag, Task, UnitMembership
from clients.rules import (
    ClientKind,
    ConsentPurpose,
    InteractionKind,
    LegalBasis,
    PersonRole,
    TaskState,
    UnitKind,
)
from cmix_site.demo.circle import GROUP_SIGNS, JOBS, SOURCES, TAGS, Talk, draw_name, pick_talk
from cmix_site.demo.lives import Fate
from cmix_site.demo.names import email_of_person

BATCH = 2_000
HOUSEHOLD_EVERY = 6  # of so many private persons in a row, the first two live together
GROUP_EVERY = 80  # one group for so many firms
PARENT_EVERY = 25  # one firm in so many has two subsidiaries
_OTHER_ROLES = (PersonRole.BUYS, PersonRole.USES, PersonRole.PAYS, PersonRole.ADVISES)


@dataclass(frozen=True)
class Circle:
    """``clients`` in order of their numbers, saved, each with its fate; ``today`` is the day of the demo."""

    clients: Sequence[Client]
    fates: Sequence[Fate]
    today: date
    rng: np.random.Generator

    def moment(self, days_ago: int) -> datetime:
        """A working hour of that day, or of the Friday before."""
        day = self.today - timedelta(days=days_ago)
        day -= timedelta(days=max(0, day.weekday() - 4))
        at = time(int(self.rng.integers(9, 18)), int(self.rng.choice([0, 15, 30, 45])))
        return datetime.combine(day, at, tzinfo=ZoneInfo(settings.TIME_ZONE))


def settle_households(clients: Sequence[Client]) -> list[tuple[Client, Client]]:
    """Before they are saved: pairs of private persons who share name, address and who looks after them."""
    persons = [client for client in clients if client.kind == ClientKind.PERSON]
    pairs = list(zip(persons[::HOUSEHOLD_EVERY], persons[1::HOUSEHOLD_EVERY], strict=False))
    for head, other in pairs:
        first, surname = other.name.split(" ", 1)[0], head.name.split(" ", 1)[1]
        other.name = f"{first} {surname}"
        other.email = email_of_person(other.name)
        for field in ("street", "postcode", "city", "owner", "team"):
            setattr(other, field, getattr(head, field))
        other.search_text = other.make_search_text()
    return pairs


def make_relations(circle: Circle, households: Sequence[tuple[Client, Client]]) -> dict[str, list[int]]:
    """Everything around the clients; returns the ids of what bears no mark of the demo, by model."""
    people = _make_people(circle)
    units = [*_make_households(households, people, circle), *_make_groups(people, circle)]
    _make_subsidiaries(circle)
    tags = _make_tags(circle)
    _make_talks(people, circle)
    return {"BuyingUnit": [unit.pk for unit in units], "Tag": tags}


def _make_people(circle: Circle) -> dict[int, list[Person]]:
    """People by client id."""
    rows = [person for client in circle.clients for person in _people_of(client, circle)]
    found: dict[int, list[Person]] = {}
    for person in Person.objects.bulk_create(rows, batch_size=BATCH):
        found.setdefault(person.client_id, []).append(person)
    consents = [consent for people in found.values() for consent in _consents_of(people[0], circle)]
    Consent.objects.bulk_create(consents, batch_size=BATCH)
    return found


def _people_of(client: Client, circle: Circle) -> Iterator[Person]:
    rng = circle.rng
    if client.kind == ClientKind.PERSON:
        first, last = client.name.split(" ", 1)
        yield _person(client, (first, last), PersonRole.DECIDES, circle, is_client=True)
        return
    decides = rng.random() < 0.72  # of the other firms nobody knows who decides
    yield _person(client, draw_name(rng), PersonRole.DECIDES if decides else PersonRole.BUYS, circle)
    for _ in range(int(rng.choice(4, p=[0.4, 0.35, 0.17, 0.08]))):
        yield _person(client, draw_name(rng), _OTHER_ROLES[int(rng.integers(len(_OTHER_ROLES)))], circle)


def _person(
    client: Client, name: tuple[str, str], role: PersonRole, circle: Circle, *, is_client: bool = False
) -> Person:
    rng = circle.rng
    first, last = name
    jobs = JOBS[role]
    domain = client.email.split("@")[1]
    seen, left = int(rng.integers(1, 500)), rng.random() < 0.04 and not is_client
    person = Person(
        client=client, first_name=first, last_name=last, role=role.value, is_client=is_client,
        job_title="" if is_client else jobs[int(rng.integers(len(jobs)))],
        is_decision_maker=role == PersonRole.DECIDES, language=client.language,
        email=client.email if is_client else email_of_person(f"{first} {last}").split("@")[0] + f"@{domain}",
        phone=client.phone if is_client else "",
        legal_basis=(LegalBasis.CONTRACT if is_client else LegalBasis.LEGITIMATE_INTEREST).value,
        source=SOURCES[int(rng.integers(len(SOURCES)))],
        last_contact_on=circle.today - timedelta(days=seen) if rng.random() < 0.8 else None,
        left_on=circle.today - timedelta(days=int(rng.integers(20, 400))) if left else None,
        profiling_objected_at=circle.moment(int(rng.integers(10, 300))) if rng.random() < 0.02 else None,
    )  # fmt: skip
    person.search_text = person.make_search_text()
    return person


def _consents_of(person: Person, circle: Circle) -> Iterator[Consent]:
    """Most buyers once said yes to offers by e-mail, some took it back; few to questionnaires."""
    given = int(circle.rng.integers(200, 900))
    for purpose, share in ((ConsentPurpose.EMAIL, 0.55), (ConsentPurpose.QUESTIONNAIRE, 0.25)):
        if circle.rng.random() < share:
            taken_back = (
                circle.moment(int(circle.rng.integers(5, 190))) if circle.rng.random() < 0.1 else None
            )
            yield Consent(
                person=person, purpose=purpose.value, given_at=circle.moment(given), withdrawn_at=taken_back,
                source=person.source,
            )  # fmt: skip


def _make_households(
    pairs: Sequence[tuple[Client, Client]], people: dict[int, list[Person]], circle: Circle
) -> list[BuyingUnit]:
    joined = circle.today - timedelta(days=900)
    rows = [
        BuyingUnit(
            ref=f"D-U{number:04d}", name=f"Foyer {head.name.split(' ', 1)[1]}", kind=UnitKind.HOUSEHOLD.value,
            head=people[head.pk][0],
        )
        for number, (head, _) in enumerate(pairs, start=1)
    ]  # fmt: skip
    for unit in rows:
        unit.search_text = unit.make_search_text()
    units = BuyingUnit.objects.bulk_create(rows)
    UnitMembership.objects.bulk_create(
        UnitMembership(unit=unit, client=client, joined_on=joined)
        for unit, pair in zip(units, pairs, strict=True)
        for client in pair
    )
    return units


def _firms(circle: Circle) -> list[Client]:
    return [client for client in circle.clients if client.kind == ClientKind.COMPANY]


def _make_groups(people: dict[int, list[Person]], circle: Circle) -> list[BuyingUnit]:
    """Firms that buy together, of both teams; somebody has left each."""
    firms = _firms(circle)
    units = []
    for number in range(max(1, len(firms) // GROUP_EVERY)):
        members = firms[number * GROUP_EVERY : number * GROUP_EVERY + 6]
        if len(members) < 2:
            break
        unit = BuyingUnit.objects.create(
            ref=f"D-G{number + 1:03d}", name=f"Groupement {GROUP_SIGNS[number % len(GROUP_SIGNS)]}",
            kind=UnitKind.GROUP.value, head=people[members[0].pk][0],
        )  # fmt: skip
        UnitMembership.objects.bulk_create(_memberships(unit, members, circle))
        units.append(unit)
    return units


def _memberships(unit: BuyingUnit, members: Sequence[Client], circle: Circle) -> Iterator[UnitMembership]:
    for place, client in enumerate(members):
        joined = circle.today - timedelta(days=int(circle.rng.integers(300, 900)))
        left = circle.today - timedelta(days=90) if place == len(members) - 1 and place > 1 else None
        yield UnitMembership(unit=unit, client=client, joined_on=joined, left_on=left)


def _make_subsidiaries(circle: Circle) -> None:
    """Every so many firms, two of the same team belong to the one before them."""
    firms = _firms(circle)
    changed: list[Client] = []
    for place in range(10, len(firms), PARENT_EVERY):
        parent = firms[place]
        for child in firms[place + 1 : place + 8]:
            if child.team_id == parent.team_id and sum(one.parent_id == parent.pk for one in changed) < 2:
                child.parent = parent
                changed.append(child)
    Client.objects.bulk_update(changed, ["parent"], batch_size=BATCH)


def _make_tags(circle: Circle) -> list[int]:
    """Ids of the tags that are new."""
    made = []
    through = Client.tags.through
    for name in TAGS:
        tag, created = Tag.objects.get_or_create(name=name)
        made += [tag.pk] if created else []
        chosen = [client for client in circle.clients if circle.rng.random() < 0.07]
        through.objects.bulk_create(
            (through(client_id=client.pk, tag_id=tag.pk) for client in chosen), batch_size=BATCH
        )
    return made


def _make_talks(people: dict[int, list[Person]], circle: Circle) -> None:
    """The talks of two years; what was to come next after the last one is a task, done or still open."""
    rows: list[Interaction] = []
    for client, fate in zip(circle.clients, circle.fates, strict=True):
        for _ in range(int(circle.rng.poisson(2.2))):
            talk = pick_talk(fate, circle.rng)
            rows.append(_interaction(client, people[client.pk], talk, circle))
    saved = Interaction.objects.bulk_create(rows, batch_size=BATCH)
    newest = {one.client_id: one for one in sorted(saved, key=lambda one: one.happened_at)}
    tasks = [_task(one, circle) for one in newest.values() if one.next_step]
    Task.objects.bulk_create(tasks, batch_size=BATCH)


def _interaction(client: Client, people: Sequence[Person], talk: Talk, circle: Circle) -> Interaction:
    rng = circle.rng
    known = talk.minutes and rng.random() < 0.85  # of the others nobody wrote down how long it took
    person = people[int(rng.integers(len(people)))] if rng.random() < 0.8 else None
    return Interaction(
        client=client, person=person, by=client.owner, kind=talk.kind.value,
        happened_at=circle.moment(int(rng.integers(1, 720) * rng.random()) + 1),
        minutes=int(talk.minutes * rng.choice([0.5, 1, 1, 1.5])) if known else None,
        summary=talk.summary, next_step=talk.next_step,
        came_from_client=talk.by_client and talk.kind != InteractionKind.NOTE,
    )  # fmt: skip


def _task(interaction: Interaction, circle: Circle) -> Task:
    happened = interaction.happened_at.date()
    due = happened + timedelta(days=int(circle.rng.integers(4, 60)))
    # What is long past was mostly done; a few tasks wait since last week.
    waits = due >= circle.today - timedelta(days=10)
    state = TaskState.OPEN if waits else TaskState.DONE
    client = interaction.client
    return Task(
        client=client, owner=client.owner, created_by=client.owner, title=interaction.next_step, due_on=due,
        state=state.value, origin=f"interaction:{interaction.pk}",
        done_at=None if waits else circle.moment(max(1, (circle.today - due).days)),
    )  # fmt: skip
