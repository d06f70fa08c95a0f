"""The table of rights as an installation changes it: within its ceilings, told, effective at once everywhere."""

import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import RightsChange, RightsTable, User
from accounts.rights import may_with, reach
from accounts.rules import CEILINGS, RIGHTS, Act, Reach, Role, choices_for, reach_of
from accounts.services import RightsRefused, RightsStale, change_rights, said_now
from clients.models import Client
from kinetics.services import recompute_kinetics
from sales.rollup import rebuild_dirty
from sales.services import mark_all_dirty
from segmentation.services import classify_clients
from tests.conftest import Cast
from tests.factories.records import make_client, make_order


def give(cast: Cast, role: Role, by: User | None = None, **acts: Reach) -> list[RightsChange]:
    wanted = {(role, Act(act)): wanted for act, wanted in acts.items()}
    return change_rights(wanted=wanted, seen=said_now()[1], by=by or cast.oscar, now=timezone.now())


@pytest.fixture
def clients(cast: Cast) -> dict[str, Client]:
    owners = {"alice": cast.alice, "bob": cast.bob, "carl": cast.carl}
    return {
        name: make_client(owner=owner, name=f"{name.title()}s", ref=f"R-{name}")
        for name, owner in owners.items()
    }


# --- rules --------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("act", list(Act))
def test_nothing_stored_goes_beyond_the_ceiling_or_seeing(role: Role, act: Act) -> None:
    for stored in (-1, 0, 1, 2, 3, 99, "x", None):
        said = {role.value: {act.value: stored}}
        found = reach_of(role, act, said)  # type: ignore[arg-type]
        if role == Role.ADMINISTRATOR:
            assert found == RIGHTS[role][act]
            continue
        assert found <= CEILINGS[role].get(act, Reach.NONE)
        assert act == Act.CONFIGURE or found <= reach_of(role, Act.SEE, said)  # type: ignore[arg-type]
        assert reach_of(role, Act.SEE, said) >= Reach.OWN  # type: ignore[arg-type]


def test_seeing_less_is_doing_less() -> None:
    said = {"account_manager": {"see": 1}}
    assert {act: reach_of(Role.ACCOUNT_MANAGER, act, said) for act in Act} == {
        act: Reach.NONE if act == Act.CONFIGURE else Reach.OWN for act in Act
    }


def test_what_is_delivered_can_be_chosen() -> None:
    assert [
        (role, act) for role in Role for act in Act if reach_of(role, act) not in choices_for(role, act)
    ] == []
    assert choices_for(Role.SALES, Act.ERASE) == [Reach.NONE]
    assert choices_for(Role.DIRECTOR, Act.CONFIGURE) == [Reach.NONE, Reach.ALL]


def test_one_client_at_hand_is_judged_like_the_rows(cast: Cast, clients: dict[str, Client]) -> None:
    give(cast, Role.SALES, see=Reach.ALL, edit=Reach.TEAM)
    give(cast, Role.ACCOUNT_MANAGER, edit=Reach.OWN)
    for user in (cast.alice, cast.anne, cast.carl, cast.diane, cast.oscar):
        user = User.objects.get(pk=user.pk)
        for act in Act:
            rows = set(Client.objects.visible_to(user, act=act))
            assert {client for client in clients.values() if may_with(user, act, client)} == rows


# --- writing ------------------------------------------------------------------------------------
def test_a_change_is_told_and_the_same_again_is_none(cast: Cast) -> None:
    (change,) = give(cast, Role.SALES, see=Reach.TEAM, edit=Reach.OWN)
    assert (change.role, change.act, change.before, change.after, change.by) == (
        "sales",
        "see",
        1,
        2,
        cast.oscar,
    )
    assert give(cast, Role.SALES, see=Reach.TEAM) == []
    assert (RightsChange.objects.count(), said_now()[1]) == (1, 1)


@pytest.mark.parametrize(
    ("role", "act", "wanted"),
    [
        (Role.SALES, "erase", Reach.OWN), (Role.SALES, "configure", Reach.ALL), (Role.SALES, "see", Reach.NONE),
        (Role.SALES, "export", Reach.ALL), (Role.ACCOUNT_MANAGER, "erase", Reach.ALL),
        (Role.ACCOUNT_MANAGER, "configure", Reach.ALL), (Role.DIRECTOR, "configure", Reach.TEAM),
        (Role.ADMINISTRATOR, "configure", Reach.NONE), (Role.ADMINISTRATOR, "see", Reach.OWN),
    ],
)  # fmt: skip
def test_ceilings_and_floors_are_kept(role: Role, act: str, wanted: Reach, cast: Cast) -> None:
    with pytest.raises(RightsRefused):
        give(cast, role, **{act: wanted})
    assert (RightsChange.objects.count(), said_now()[0]) == (0, {})


def test_nobody_takes_the_right_to_configure_from_the_own_role(cast: Cast) -> None:
    with pytest.raises(RightsRefused):
        give(cast, Role.DIRECTOR, by=cast.diane, configure=Reach.NONE)
    assert len(give(cast, Role.DIRECTOR, by=cast.oscar, configure=Reach.NONE)) == 1


def test_of_two_who_change_at_once_the_second_is_told(cast: Cast) -> None:
    give(cast, Role.SALES, see=Reach.TEAM)
    with pytest.raises(RightsStale):
        change_rights(wanted={(Role.SALES, Act.SEE): Reach.OWN}, seen=0, by=cast.oscar, now=timezone.now())


# --- effect -------------------------------------------------------------------------------------
def form_of(browser: Any, **answers: str) -> dict[str, str]:
    page = browser.get(reverse("accounts:rights"))
    cells = [cell for row in page.context["rows"] for cell in row.cells if len(cell.choices) > 1]
    return (
        {"version": str(page.context["version"])}
        | {cell.name: str(int(cell.reach)) for cell in cells}
        | answers
    )


def names_in(page: Any) -> set[str]:
    text = b"".join(page.streaming_content) if page.streaming else page.content
    return {name for name in ("Alices", "Bobs", "Carls") if name in text.decode()}


def test_the_page_changes_the_table_for_who_configures_alone(
    cast: Cast, clients: dict[str, Client], browser_of: Any
) -> None:
    alice, diane, url = browser_of(cast.alice), browser_of(cast.diane), reverse("accounts:rights")
    assert names_in(alice.get(reverse("clients:list"))) == {"Alices"}
    done = diane.post(url, form_of(diane, **{"sales-see": "2"}), follow=True).content.decode()
    assert "1 right was changed." in done
    assert "changed here" in done
    assert names_in(alice.get(reverse("clients:list"))) == {"Alices", "Bobs"}
    assert [browser_of(user).post(url, {"version": "1"}).status_code for user in (cast.alice, cast.anne)] == [
        403
    ] * 2
    assert "<select" not in alice.get(url).content.decode()
    told = diane.post(url, form_of(diane) | {"version": "0"}, follow=True).content.decode()
    assert "somebody else changed the table meanwhile" in told
    refused = diane.post(url, form_of(diane, **{"director-configure": "0"}), follow=True).content.decode()
    assert "lock yourself out" in refused
    diane.post(url, form_of(diane, **{"sales-erase": "3", "administrator-see": "1"}))  # not offered, not read
    assert RightsChange.objects.count() == 1


def test_pages_search_exports_and_charts_follow(
    cast: Cast, clients: dict[str, Client], browser_of: Any
) -> None:
    yesterday, now = timezone.localdate() - timedelta(days=1), timezone.now()
    for client in clients.values():
        for weeks in range(2, 60, 4):
            make_order(client, yesterday - timedelta(weeks=weeks), 50_000)
    mark_all_dirty()
    rebuild_dirty()
    recompute_kinetics(as_of=yesterday, now=now)
    classify_clients(as_of=yesterday, now=now)
    alice = browser_of(cast.alice)

    def seen() -> dict[str, set[str]]:
        return {
            "list": names_in(alice.get(reverse("clients:list"))),
            "search": names_in(alice.get(reverse("clients:search"), {"q": "s"})),
            "chart": names_in(alice.get(reverse("segmentation:grid"))),
            "export": names_in(alice.post(reverse("clients:export", args=["clients"]), {"as": "csv"})),
        }

    before = seen()
    assert before == {key: {"Alices"} for key in before}
    give(cast, Role.SALES, see=Reach.ALL)
    after = seen()
    assert after == {key: {"Alices", "Bobs", "Carls"} for key in before} | {"export": {"Alices"}}
    assert alice.get(reverse("clients:detail", args=[clients["carl"].pk])).status_code == 200
    assert alice.get(reverse("clients:edit", args=[clients["carl"].pk])).status_code == 404
    assert (
        reverse("clients:edit", args=[clients["carl"].pk])
        not in alice.get(reverse("clients:detail", args=[clients["carl"].pk])).content.decode()
    )
    give(cast, Role.SALES, export=Reach.NONE, see=Reach.OWN)
    assert alice.post(reverse("clients:export", args=["clients"]), {"as": "csv"}).status_code == 403
    assert alice.get(reverse("clients:detail", args=[clients["carl"].pk])).status_code == 404


def test_the_administration_follows(cast: Cast, clients: dict[str, Client], browser_of: Any) -> None:
    anne = browser_of(cast.anne)
    change = reverse("admin:clients_client_change", args=[clients["alice"].pk])
    assert "_save" in anne.get(change).content.decode()
    give(cast, Role.ACCOUNT_MANAGER, edit=Reach.OWN, assign=Reach.NONE)
    assert "_save" not in anne.get(change).content.decode()
    assert anne.post(change, {"name": "Other"}).status_code == 403
    assert anne.get(reverse("admin:clients_client_add")).status_code == 403
    give(cast, Role.ACCOUNT_MANAGER, see=Reach.OWN)
    assert names_in(anne.get(reverse("admin:clients_client_changelist"))) == set()
    give(cast, Role.ACCOUNT_MANAGER, see=Reach.ALL)
    assert names_in(anne.get(reverse("admin:clients_client_changelist"))) == {"Alices", "Bobs", "Carls"}


def test_a_page_asks_no_query_more(cast: Cast, clients: dict[str, Client], browser_of: Any) -> None:
    alice = browser_of(cast.alice)

    def queries() -> list[str]:
        with CaptureQueriesContext(connection) as caught:
            alice.get(reverse("clients:list"))
        return [query["sql"] for query in caught.captured_queries]

    queries()
    before = queries()
    give(cast, Role.SALES, edit=Reach.NONE)
    asked = queries()
    assert len(asked) == len(before)
    assert sum("accounts_rightstable" in sql for sql in asked) == 1


def test_work_under_way_follows_within_seconds(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """A user at hand that no request brought, as in a job."""
    assert reach(cast.alice, Act.SEE) == Reach.OWN
    RightsTable.objects.create(pk=1, said={"sales": {"see": 3}})
    assert reach(cast.alice, Act.SEE) == Reach.OWN
    moment = time.monotonic()
    monkeypatch.setattr("accounts.models.time.monotonic", lambda: moment + 10)
    assert reach(cast.alice, Act.SEE) == Reach.ALL
