"""What "My week" shows: only lines whose client the reader may see, even if the list was frozen with more."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.utils.functional import Promise

from accounts.models import User
from attention.labels import ACTS, CHANNELS, REASONS
from attention.models import ListLine, WeeklyList
from attention.rules.acts import channel
from attention.rules.lines import LineState, origin_of
from attention.rules.value import Basis
from clients.models import Client, Task
from clients.personal.profiling import profiled_q
from common.periods import IsoWeek
from common.wording import explain
from kinetics.selectors import published_run
from segmentation.rules.grid import Segment
from segmentation.selectors.own import segments_played

REASONS_ON_CARD = 2
UNCOVERED_SHOWN = 8


class Missing(StrEnum):
    """Why there is no list to show."""

    NO_CLIENTS = "no_clients"
    NO_HOURS = "no_hours"
    NO_NIGHT = "no_night"
    LATER = "later"
    PAST = "past"


@dataclass(frozen=True)
class Card:
    line: ListLine
    client: Client
    reasons: list[str]
    act: str
    channel: str
    last_touch: date | None
    is_assumed: bool  # the amount rests on an assumed margin, or on none
    task: Task | None = None  # made from this line


@dataclass(frozen=True)
class LeftOut:
    client: Client
    value_cents: int


@dataclass(frozen=True)
class Hours:
    """Minutes of one list; percentages are whole and never above 100."""

    capacity: int
    planned: int
    done: int

    @property
    def planned_percent(self) -> int:
        return min(100, self.planned * 100 // self.capacity) if self.capacity else 0

    @property
    def done_percent(self) -> int:
        return min(100, self.done * 100 // self.capacity) if self.capacity else 0


@dataclass(frozen=True)
class WeekPage:
    owner: User
    week: IsoWeek
    is_own: bool
    is_current: bool
    weekly_list: WeeklyList | None
    missing: Missing | None
    todo: list[Card]
    answered: list[Card]
    hours: Hours
    uncovered: list[LeftOut]
    next_best: list[LeftOut]

    @property
    def value_cents(self) -> int:
        return sum(card.line.value_cents for card in self.todo)

    @property
    def is_revenue(self) -> bool:
        """No margin is known at all: the amounts are revenue."""
        cards = [*self.todo, *self.answered]
        return any(card.line.inputs.get("basis") == Basis.REVENUE for card in cards)

    @property
    def uncovered_shown(self) -> list[LeftOut]:
        return self.uncovered[:UNCOVERED_SHOWN]

    @property
    def uncovered_more(self) -> int:
        return max(0, len(self.uncovered) - UNCOVERED_SHOWN)

    @property
    def athlete_segments(self) -> list[tuple[str, str | Promise]]:
        """Where the list of clients has the athletes: in a segment of the grid or in the company's own."""
        return segments_played(Segment.ATHLETE)

    @property
    def previous_week(self) -> IsoWeek:
        return self.week.plus(-1)

    @property
    def next_week(self) -> IsoWeek | None:
        return None if self.is_current else self.week.plus(1)


@dataclass(frozen=True)
class OwnerRow:
    """One owner's week in the team's overview, counted over the lines the reader may see."""

    owner: User
    weekly_list: WeeklyList | None
    lines: int
    answered: int
    planned_minutes: int
    done_minutes: int
    open_cents: int
    uncovered: int


def owners_visible_to(user: User) -> QuerySet[User]:
    """Owners of at least one client that ``user`` may see, by name."""
    visible = Client.objects.visible_to(user).filter(owner=OuterRef("pk"))
    return User.objects.filter(Exists(visible)).order_by("name", "pk")


def owns_clients(user: User) -> bool:
    return Client.objects.filter(owner=user).exists()


def week_page(*, reader: User, owner: User, week: IsoWeek, today: date) -> WeekPage:
    """The list of ``owner`` for ``week`` as ``reader`` may see it."""
    weekly_list = (
        WeeklyList.objects.filter(owner=owner, iso_year=week.year, iso_week=week.week)
        .select_related("kinetics_run")
        .first()
    )
    cards = _cards(weekly_list, reader)
    left_out = weekly_list.left_out if weekly_list else []
    visible = _visible_clients(reader, [row["client"] for row in left_out])
    is_current = week >= IsoWeek.of(today)
    return WeekPage(
        owner=owner,
        week=week,
        is_own=owner == reader,
        is_current=is_current,
        weekly_list=weekly_list,
        missing=None if weekly_list else _why_missing(owner, is_current),
        todo=[card for card in cards if card.line.state == LineState.OPEN],
        answered=[card for card in cards if card.line.state != LineState.OPEN],
        hours=_hours(owner, weekly_list, cards),
        uncovered=_left_out(left_out, "uncovered_athlete", visible),
        next_best=_left_out(left_out, "next_best", visible),
    )


def _cards(weekly_list: WeeklyList | None, reader: User) -> list[Card]:
    if weekly_list is None:
        return []
    lines = list(weekly_list.lines.visible_to(reader).select_related("client").order_by("rank"))
    tasks = tasks_of_lines(lines, reader)
    return [_card(line, tasks.get(line.pk)) for line in lines]


def tasks_of_lines(lines: list[ListLine], reader: Any) -> dict[int, Task]:
    """By line the task that was made from it, as far as ``reader`` sees the client; one query."""
    origins = {origin_of(line.pk): line.pk for line in lines}
    tasks = Task.objects.visible_to(reader).filter(origin__in=origins) if origins else ()
    return {origins[str(task.origin)]: task for task in tasks}


def _card(line: ListLine, task: Task | None) -> Card:
    touched = line.inputs.get("last_touch")
    return Card(
        line=line,
        client=line.client,
        reasons=[explain(reason, REASONS) for reason in line.reasons[:REASONS_ON_CARD]],
        act=str(ACTS[line.act]),
        channel=str(CHANNELS[channel(line.dose_minutes)]),
        last_touch=date.fromisoformat(touched) if touched else None,
        is_assumed=line.inputs.get("basis") == Basis.PORTFOLIO,
        task=task,
    )


def _visible_clients(reader: User, client_ids: Iterable[int]) -> dict[int, Client]:
    wanted = list(client_ids)
    return (
        Client.objects.visible_to(reader).filter(profiled_q("pk")).only("name").in_bulk(wanted)
        if wanted
        else {}
    )


def _left_out(rows: list[dict[str, Any]], why: str, visible: dict[int, Client]) -> list[LeftOut]:
    return [
        LeftOut(visible[row["client"]], row["value_cents"])
        for row in rows
        if row["why"] == why and row["client"] in visible
    ]


def _hours(owner: User, weekly_list: WeeklyList | None, cards: list[Card]) -> Hours:
    capacity = weekly_list.capacity_minutes if weekly_list else round(owner.weekly_hours * 60)
    return Hours(
        capacity=capacity,
        planned=sum(card.line.dose_minutes for card in cards),
        done=sum(card.line.spent_minutes or 0 for card in cards),
    )


def _why_missing(owner: User, is_current: bool) -> Missing:
    if not is_current:
        return Missing.PAST
    if not owns_clients(owner):
        return Missing.NO_CLIENTS
    if not owner.weekly_hours:
        return Missing.NO_HOURS
    return Missing.LATER if published_run() else Missing.NO_NIGHT


def team_overview(*, reader: User, week: IsoWeek) -> list[OwnerRow]:
    """Every owner whose clients ``reader`` may see, with what is planned and done in ``week``."""
    owners = list(owners_visible_to(reader).filter(is_active=True))
    lists = {
        one.owner_id: one
        for one in WeeklyList.objects.filter(iso_year=week.year, iso_week=week.week, owner__in=owners)
    }
    counts = _counts(reader, [one.pk for one in lists.values()])
    uncovered = [
        row["client"] for one in lists.values() for row in one.left_out if row["why"] == "uncovered_athlete"
    ]
    visible = _visible_clients(reader, uncovered)
    return [_owner_row(owner, lists.get(owner.pk), counts, visible) for owner in owners]


def _counts(reader: User, list_ids: list[int]) -> dict[int, dict[str, int]]:
    rows = (
        ListLine.objects.visible_to(reader)
        .filter(weekly_list__in=list_ids)
        .values("weekly_list_id")
        .annotate(
            lines=Count("pk"),
            answered=Count("pk", filter=~Q(state=LineState.OPEN)),
            planned=Sum("dose_minutes"),
            done=Sum("spent_minutes"),
            open_cents=Sum("value_cents", filter=Q(state=LineState.OPEN)),
        )
        .order_by()
    )
    return {row["weekly_list_id"]: row for row in rows}


def _owner_row(
    owner: User, weekly_list: WeeklyList | None, counts: dict[int, dict[str, int]], visible: dict[int, Client]
) -> OwnerRow:
    row: dict[str, int] = counts.get(weekly_list.pk, {}) if weekly_list else {}
    return OwnerRow(
        owner=owner,
        weekly_list=weekly_list,
        lines=row.get("lines", 0),
        answered=row.get("answered", 0),
        planned_minutes=row.get("planned") or 0,
        done_minutes=row.get("done") or 0,
        open_cents=row.get("open_cents") or 0,
        uncovered=len(_left_out(weekly_list.left_out, "uncovered_athlete", visible)) if weekly_list else 0,
    )
