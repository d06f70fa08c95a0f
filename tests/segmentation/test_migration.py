"""Readiness, plan and matrix from records: the commands, the pages, who sees what, how many queries."""

import json
from datetime import date, timedelta
from io import StringIO
from typing import Any

import numpy as np
import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from clients.models import Client
from sales.models import Order, OrderLine, Product
from sales.rollup import rebuild_dirty
from sales.services import mark_all_dirty, mark_clients_dirty
from segmentation.models import (
    AccompanimentStep,
    ClientCell,
    ClientReadiness,
    MigrationFacts,
    ReadinessAssumptions,
    WaveOpening,
)
from segmentation.rules.matrix import CELLS, WHYS, Bucket, Cell, Why, flows, online_share, place
from segmentation.rules.readiness import Assumptions
from segmentation.rules.waves import Hold, Step, Wave
from segmentation.selectors.matrix import path_of
from segmentation.services import classify_clients
from segmentation.services.matrix import compute_matrix, set_reference
from segmentation.services.migration import GateClosed, log_step, open_wave, set_facts
from segmentation.services.readiness import compute_readiness, set_assumptions
from tests.clients.sociotypes.records import MOUTON, NO, NUL, PHILE, make_person, make_result
from tests.conftest import Cast, whole_page
from tests.factories.records import make_client
from tests.segmentation.records import AS_OF, NOW
from tests.segmentation.test_pages import lead_of, listed_in, text_of

BEGAN = date(2026, 1, 1)
BEFORE = BEGAN - timedelta(days=100)


def sums(*values: int) -> Any:
    return np.array([values])


@pytest.mark.parametrize(
    ("values", "first", "cell", "why"),
    [
        ((100, 0, 0, 0, 0, 0), BEFORE, Cell.CURRENT, Why.KNOWN),
        ((40, 60, 0, 0, 0, 0), BEFORE, Cell.MIGRATION, Why.KNOWN),
        ((0, 10, 90, 0, 0, 0), BEFORE, Cell.MUTATION, Why.KNOWN),
        ((100, 0, 0, 0, 0, 0), BEGAN, Cell.OFFLINE_NEW, Why.KNOWN),
        ((0, 100, 0, 0, 0, 0), BEGAN, Cell.CONQUEST, Why.KNOWN),
        ((0, 0, 100, 0, 0, 0), BEGAN, Cell.DIVERSIFICATION, Why.KNOWN),
        ((50, 50, 0, 0, 0, 0), BEFORE, Cell.MIGRATION, Why.KNOWN),  # of equal ones the higher
        ((100, 0, 0, 0, 99, 0), BEFORE, Cell.CURRENT, Why.KNOWN),  # what is unknown cannot change it
        ((100, 0, 0, 0, 100, 0), BEFORE, Cell.UNKNOWN, Why.NO_CHANNEL),
        ((0, 60, 0, 70, 0, 0), BEFORE, Cell.UNKNOWN, Why.NO_INTRODUCTION),
        ((0, 0, 0, 0, 5, 9), BEFORE, Cell.UNKNOWN, Why.NO_CHANNEL_NO_FLAG),
        ((0, 0, 0, 0, 0, 0), BEFORE, Cell.ABSENT, Why.KNOWN),
        ((-5, 0, 0, 0, 0, 0), BEFORE, Cell.ABSENT, Why.KNOWN),
    ],
)
def test_a_client_is_where_most_of_its_revenue_is(
    values: tuple[int, ...], first: date, cell: Cell, why: Why
) -> None:
    placed = place(sums(*values), np.array([first >= BEGAN]))
    assert (CELLS[placed.cell[0]], WHYS[placed.why[0]]) == (cell, why)


def test_without_a_reference_day_nobody_is_placed() -> None:
    placed = place(np.array([[100, 0, 0, 0, 0, 0], [0] * 6]), None)
    assert [(CELLS[c], WHYS[w]) for c, w in zip(placed.cell, placed.why, strict=True)] == [
        (Cell.UNKNOWN, Why.NO_REFERENCE), (Cell.ABSENT, Why.KNOWN),
    ]  # fmt: skip


bought = st.lists(st.tuples(*[st.integers(-1000, 100_000)] * 6), min_size=1, max_size=20)


@given(bought)
def test_what_is_unknown_never_decides_a_cell(rows: list[tuple[int, ...]]) -> None:
    """Whatever row the unknown purchases went to, a cell that is given stays."""
    table, is_new = np.array(rows), np.zeros(len(rows), dtype=bool)
    known = place(table, is_new)
    unknown = np.maximum(table[:, 3:], 0).sum(axis=1)
    for row in (Bucket.OFFLINE, Bucket.CLASSIC_ONLINE, Bucket.NEW_ONLINE):
        resolved = np.maximum(table, 0)
        resolved[:, row] += unknown
        resolved[:, 3:] = 0
        cells = place(resolved, is_new).cell
        settled = known.cell != CELLS.index(Cell.UNKNOWN)
        assert cells[settled].tolist() == known.cell[settled].tolist()


@given(bought)
def test_flows_count_every_client_once(rows: list[tuple[int, ...]]) -> None:
    table = np.array(rows)
    cells = place(table, np.zeros(len(rows), dtype=bool)).cell
    found = flows(cells, cells[::-1])
    assert sum(count for _a, _b, count, _who in found) == len(rows)
    share = online_share(table[:, 0], table[:, 1])
    assert ((share >= 0) & (share <= 1) | np.isnan(share)).all()


def sell(client: Client, days_ago: int, cents: int, channel: str, product: Product | None = None) -> None:
    number = Order.objects.count() + 1
    order = Order.objects.create(client=client, ref=f"M{number}", channel=channel)
    OrderLine.objects.create(
        order=order, day=AS_OF - timedelta(days=days_ago), position=1, amount_cents=cents, net_cents=cents,
        currency="EUR", cost_cents=cents // 2, product=product,
    )  # fmt: skip


@pytest.fixture
def portfolio(cast: Cast) -> dict[str, Client]:
    """Four types and an unknown, with orders of every way; the offer online began with 2026."""
    classic = Product.objects.create(ref="old", name="old", sold_online=True, introduced_on=date(2020, 1, 1))
    new = Product.objects.create(ref="new", name="new", sold_online=True, introduced_on=date(2026, 2, 1))
    vague = Product.objects.create(ref="vague", name="vague")
    plan: list[tuple[str, list[int] | None, int, str, Product | None, User]] = [
        ("Aster", PHILE, 100_000, "online", new, cast.alice), ("Bellis", MOUTON, 200_000, "online", classic, cast.alice),
        ("Cistus", NO, 300_000, "offline", None, cast.alice), ("Dahlia", NUL, 400_000, "offline", None, cast.carl),
        ("Erica", None, 500_000, "", vague, cast.carl),
    ]  # fmt: skip
    found = {}
    for name, answers, cents, channel, product, owner in plan:
        client = found[name] = make_client(owner=owner, name=name)
        sell(client, 400, 10_000, "offline")
        sell(client, 30, cents, channel, product)
        if answers:
            make_result(make_person(client, is_decision_maker=True), answers, AS_OF - timedelta(days=60))
    mark_all_dirty()
    rebuild_dirty()
    set_reference(online_began_on=BEGAN, new_since=BEGAN, by=cast.diane, now=NOW)
    classify_clients(as_of=AS_OF, now=NOW)
    return found


def command(name: str, *arguments: str) -> dict[str, Any]:
    out = StringIO()
    call_command(name, "--as-of", AS_OF.isoformat(), "--json", *arguments, stdout=out)
    return json.loads(out.getvalue().splitlines()[-1])


@pytest.mark.django_db
def test_the_matrix_command_places_everybody_with_flows_and_reasons(portfolio: dict[str, Client]) -> None:
    found = command("migration_matrix", "--since", (AS_OF - timedelta(days=91)).isoformat())
    cells = {
        name: (row["clients"], row["revenue_cents"]) for name, row in found["cells"].items() if row["clients"]
    }
    assert cells == {
        "current": (2, 700_000),
        "migration": (1, 200_000),
        "mutation": (1, 100_000),
        "unknown": (1, 500_000),
    }
    assert found["cells"]["migration"]["margin_rate"] == 0.5
    assert found["unknown_because"] == {"no_channel_no_flag": 1}
    assert [(row["from"], row["to"], row["clients"]) for row in found["flows"]] == [
        ("current", "current", 2), ("current", "migration", 1), ("current", "mutation", 1), ("current", "unknown", 1),
    ]  # fmt: skip
    assert set(found["sociotypes"]) == {"technophile", "technomouton", "techno-no", "technonul", "unknown"}
    assert found["sociotypes"]["technophile"]["mutation"]["clients"] == 1
    again = command("migration_matrix")
    assert {**again, "seconds": 0} == {**found, "seconds": 0}


@pytest.mark.django_db
def test_the_readiness_command_agrees_with_the_records(portfolio: dict[str, Client], cast: Cast) -> None:
    set_assumptions(
        values=Assumptions(market=0.4),
        facts=["online_order", "tracking", "edi"],
        market_on=AS_OF,
        by=cast.diane,
        now=NOW,
    )
    found = command("readiness")
    assert (found["clients"], found["revenue_cents"]) == (5, 1_500_000)
    assert found["coverage"] == pytest.approx(1_000_000 / 1_500_000)
    rows = {row.client.name: row for row in ClientReadiness.objects.select_related("client")}
    assert {name: row.type for name, row in rows.items()} == {
        "Aster": 0,
        "Bellis": 1,
        "Cistus": 2,
        "Dahlia": 3,
        "Erica": -1,
    }
    assert {name: row.online_share for name, row in rows.items()} == {
        "Aster": 1.0, "Bellis": 1.0, "Cistus": 0.0, "Dahlia": 0.0, "Erica": None,
    }  # fmt: skip
    ready = sum(row.revenue_cents * row.ready for row in rows.values() if row.ready)
    assert found["pri"]["central"] == pytest.approx(ready / 1_000_000)
    assert found["migrated"]["central"] == pytest.approx(300_000 / 1_000_000)
    p3, p4 = rows["Dahlia"].p3, rows["Dahlia"].p4
    one = 400_000 * (p3 * 0.15 + p4 * 0.25)
    other = 300_000 * (rows["Cistus"].p3 * 0.15 + rows["Cistus"].p4 * 0.25)
    assert found["risk2"]["cents"] == round((one + other) * 0.4)
    assert (found["assumptions"]["lead"], found["laggards"]["warning"], found["ask_first"]) == (0.6, True, 1)


@pytest.mark.django_db
def test_steps_lower_the_risk_and_open_the_way(portfolio: dict[str, Client], cast: Cast) -> None:
    for wave in (Wave.PILOTS, Wave.FORWARD, Wave.FOLLOWERS, Wave.UNCONCERNED):
        open_wave(wave=wave, today=AS_OF, by=cast.diane, now=NOW, forced=True)
    cistus = portfolio["Cistus"]

    def row() -> ClientReadiness:
        compute_readiness(as_of=AS_OF, now=NOW)
        return ClientReadiness.objects.get(run__published=True, client=cistus)

    before = row()
    assert (before.wave, before.hold) == (Wave.UNCONCERNED, Hold.STEPS)
    for step in (Step.AWARENESS, Step.INFORMATION, Step.AWARENESS):
        log_step(client=cistus, step=step, done_on=AS_OF, by=cast.alice, now=NOW)
    after = row()
    assert (after.hold, AccompanimentStep.objects.count()) == (Hold.NONE, 2)
    assert after.risk2_cents == pytest.approx(before.risk2_cents / 2)
    log_step(client=cistus, step=Step.TRAINING, done_on=AS_OF + timedelta(days=1), by=cast.alice, now=NOW)
    assert row().risk2_cents == after.risk2_cents  # not before its day


@pytest.mark.django_db
def test_a_wave_waits_for_the_gate_of_the_one_before(portfolio: dict[str, Client], cast: Cast) -> None:
    compute_readiness(as_of=AS_OF, now=NOW)
    open_wave(wave=Wave.PILOTS, today=AS_OF - timedelta(days=27), by=cast.diane, now=NOW)
    with pytest.raises(GateClosed):
        open_wave(wave=Wave.FORWARD, today=AS_OF, by=cast.diane, now=NOW)
    forced = open_wave(wave=Wave.FORWARD, today=AS_OF, by=cast.diane, now=NOW, forced=True)
    assert (forced.forced, WaveOpening.objects.get(wave=0).forced) == (True, False)
    assert open_wave(wave=Wave.FORWARD, today=AS_OF, by=cast.oscar, now=NOW).opened_by == cast.diane


@pytest.mark.django_db
def test_results_of_a_rerun_are_identical(portfolio: dict[str, Client]) -> None:
    def kept() -> list[Any]:
        readiness = ClientReadiness.objects.filter(run__published=True).order_by("client_id")
        cells = ClientCell.objects.filter(run__published=True).order_by("client_id")
        drop = ("id", "run_id")
        return [
            [{k: v for k, v in row.items() if k not in drop} for row in rows.values()]
            for rows in (readiness, cells)
        ]

    compute_readiness(as_of=AS_OF, now=NOW)
    compute_matrix(as_of=AS_OF, now=NOW)
    first = kept()
    compute_readiness(as_of=AS_OF, now=NOW)
    compute_matrix(as_of=AS_OF, now=NOW)
    assert kept() == first


@pytest.fixture
def computed(portfolio: dict[str, Client]) -> dict[str, Client]:
    compute_readiness(as_of=AS_OF, now=NOW)
    compute_matrix(as_of=AS_OF, now=NOW)
    return portfolio


@pytest.mark.django_db
def test_each_reader_gets_the_sums_of_own_clients(
    computed: dict[str, Client], cast: Cast, browser_of: Any
) -> None:
    leads = {
        user.name: lead_of(browser_of(user).get(reverse("segmentation:matrix")).content.decode())
        for user in (cast.alice, cast.carl, cast.diane)
    }
    tail = "clients buy mainly online; they bring {} of the revenue of the last 52 weeks."
    assert leads == {
        "Alice": f"2 of 3 {tail.format('50%')}", "Carl": f"0 of 2 {tail.format('0%')}",
        "Diane": f"2 of 5 {tail.format('20%')}",
    }  # fmt: skip
    ready = browser_of(cast.carl).get(reverse("segmentation:readiness")).content.decode()
    assert "the type is known for 44% of it" in lead_of(ready)
    assert "Aster" not in browser_of(cast.carl).get(reverse("segmentation:plan") + "?wave=1").content.decode()


@pytest.mark.django_db
def test_scenarios_are_reckoned_and_not_kept(
    computed: dict[str, Client], cast: Cast, browser_of: Any
) -> None:
    url = reverse("segmentation:readiness")
    html = text_of(browser_of(cast.diane).get(f"{url}?lead=50&market=100").content.decode())
    assert "Scenario, nothing is kept" in html
    assert ReadinessAssumptions.objects.count() == 0
    assert "the migration will be braked" in html
    untold = "Unknown: nobody has said yet"
    assert html.count(untold) == 0
    assert text_of(browser_of(cast.diane).get(url).content.decode()).count(untold) == 2


@pytest.mark.django_db
def test_assumptions_are_versioned_and_counted_at_once(
    computed: dict[str, Client], cast: Cast, browser_of: Any
) -> None:
    browser, url = browser_of(cast.diane), reverse("segmentation:assumptions")
    fields = {f"{name}{n}": value for name, values in (
        ("rho", (90, 60, 25, 10)), ("h1", (20, 10, 0, 0)), ("h2", (0, 0, 15, 25)), ("hours", (1, 2, 4, 8))
    ) for n, value in enumerate(values)}  # fmt: skip
    sent = fields | {"market": 40, "competitor_facts": ["edi", "tracking"]}
    for _again in range(2):
        assert browser.post(url, sent).status_code == 302
    version = ReadinessAssumptions.objects.get()
    assert (version.assumptions.lead, version.assumptions.market, version.created_by) == (
        0.4,
        0.4,
        cast.diane,
    )
    assert browser.post(url, sent | {"rho0": 101}).status_code == 200
    assert "Assumptions version" in text_of(browser.get(reverse("segmentation:readiness")).content.decode())


@pytest.mark.django_db
def test_the_plan_lists_the_unknown_by_revenue_and_waves_by_worth(
    computed: dict[str, Client], cast: Cast, browser_of: Any
) -> None:
    browser, url = browser_of(cast.diane), reverse("segmentation:plan")
    listed = {wave: listed_in(browser.get(f"{url}?wave={wave}").content.decode()) for wave in range(-1, 5)}
    assert listed == {-1: ["Erica"], 0: ["Aster"], 1: [], 2: ["Bellis"], 3: ["Cistus"], 4: ["Dahlia"]}
    assert listed_in(browser.get(f"{url}?wave=nonsense&hold=99").content.decode()) == ["Aster"]
    assert browser.post(reverse("segmentation:wave_open", args=[9])).status_code == 404
    answer = browser.post(reverse("segmentation:wave_open", args=[2]), follow=True)
    assert "The wave before has not passed its gate" in text_of(answer.content.decode())


@pytest.mark.django_db
def test_lists_ask_as_many_queries_for_three_as_for_one(cast: Cast, browser_of: Any) -> None:
    browser, counts = browser_of(cast.carl), []
    for number in (1, 2):
        for _ in range(number):
            client = make_client(owner=cast.carl)
            sell(client, 30, 10_000, "online")
        mark_all_dirty()
        classify_clients(as_of=AS_OF, now=NOW)
        compute_readiness(as_of=AS_OF, now=NOW)
        compute_matrix(as_of=AS_OF, now=NOW)
        for name in ("plan", "readiness", "matrix", "playbooks"):
            with CaptureQueriesContext(connection) as captured:
                assert browser.get(reverse(f"segmentation:{name}") + "?wave=-1").status_code == 200
            counts.append(len(captured))
    assert counts[:4] == counts[4:]
    assert max(counts) <= 16


@pytest.mark.django_db
def test_the_client_page_shows_the_way_and_takes_steps(
    computed: dict[str, Client], cast: Cast, browser_of: Any
) -> None:
    client, browser = computed["Bellis"], browser_of(cast.alice)
    text = text_of(browser.get(whole_page(client)).content.decode())
    assert "Followers" in text
    assert "Accompaniment: 0 of 4" in text
    assert [step.cell for step in path_of(client)] == ["migration", "current"]
    url = reverse("segmentation:step", args=[client.pk])
    browser.post(url, {"step": "awareness", "done_on": (AS_OF + timedelta(days=9999)).isoformat()})
    assert AccompanimentStep.objects.count() == 0
    browser.post(url, {"step": "awareness"})
    assert AccompanimentStep.objects.get().by == cast.alice
    browser.post(url, {"step": "awareness", "undo": "1"})
    assert AccompanimentStep.objects.count() == 0
    browser.post(reverse("segmentation:facts", args=[client.pk]), {"is_ambassador": "on", "hours": "3.5"})
    facts = MigrationFacts.objects.get()
    assert (facts.is_ambassador, facts.is_volunteer, str(facts.hours)) == (True, False, "3.5")
    assert (
        browser.post(
            reverse("segmentation:step", args=[computed["Dahlia"].pk]), {"step": "awareness"}
        ).status_code
        == 404
    )


@pytest.mark.django_db
def test_an_ambassador_opens_the_wave_of_followers_in_its_team(
    computed: dict[str, Client], cast: Cast
) -> None:
    set_facts(
        client=computed["Aster"], is_volunteer=False, is_ambassador=True, hours=None, by=cast.alice, now=NOW
    )
    open_wave(wave=Wave.FOLLOWERS, today=AS_OF, by=cast.diane, now=NOW, forced=True)
    OrderLine.objects.filter(order__client=computed["Bellis"]).update(day=AS_OF - timedelta(days=400))
    mark_clients_dirty([computed["Bellis"].pk])
    assert ClientReadiness.objects.get(run__published=True, client=computed["Bellis"]).hold == Hold.DONE
    compute_readiness(as_of=AS_OF, now=NOW)
    assert ClientReadiness.objects.get(run__published=True, client=computed["Bellis"]).hold == Hold.NONE


@pytest.mark.django_db
def test_the_list_filters_by_cell(computed: dict[str, Client], cast: Cast, browser_of: Any) -> None:
    browser = browser_of(cast.alice)
    assert listed_in(browser.get("/clients/?matrix_cell=migration").content.decode()) == ["Bellis"]
    assert listed_in(browser.get("/clients/?matrix_cell=current").content.decode()) == ["Cistus"]
