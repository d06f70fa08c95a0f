"""The invented portfolio as numbers: no database."""

from collections import Counter
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.defaults import DEMO_PASSWORD
from cmix_site.demo.catalogue import FAMILIES
from cmix_site.demo.lives import DAYS, LAST_YEAR, YEAR_BEFORE, Fate, draw_lives, purchase_days, season
from cmix_site.demo.names import draw_card
from cmix_site.demo.orders import draw_orders
from cmix_site.demo.people import PEOPLE
from cmix_site.demo.words import SURNAMES

FIRST = date(2023, 11, 26)


def story(seed: int = 1, clients: int = 120):
    rng = np.random.default_rng(seed)
    lives = draw_lives(clients, rng)
    who, when = purchase_days(lives, FIRST, rng)
    return lives, who, when, list(draw_orders(lives, who, when, rng))


@given(clients=st.integers(1, 300), seed=st.integers(0, 2**32))
def test_lives_are_plausible_at_any_size(clients, seed):
    lives = draw_lives(clients, np.random.default_rng(seed))
    assert len(lives) == clients
    assert np.allclose(lives.tastes.sum(axis=1), 1)
    assert lives.rate.min() > 0
    assert lives.value.min() > 0
    assert 0 <= lives.discount.min() <= lives.discount.max() <= 0.28


def test_every_fate_occurs():
    lives = draw_lives(60, np.random.default_rng(3))
    assert set(lives.fates) == {fate.value for fate in Fate}


def test_fates_show_in_the_orders():
    lives, who, when, _ = story()

    def in_windows(fate: Fate) -> list[tuple[bool, bool, bool]]:
        return [
            tuple(
                bool(((when >= low) & (when < high) & (who == client)).any())
                for low, high in ((0, YEAR_BEFORE), (YEAR_BEFORE, LAST_YEAR), (LAST_YEAR, DAYS))
            )
            for client in np.flatnonzero(lives.fates == fate)
        ]

    assert set(in_windows(Fate.PROSPECT)) == {(False, False, False)}
    assert set(in_windows(Fate.ONCE)) == {(True, False, False)}
    assert set(in_windows(Fate.NEW)) == {(False, False, True)}
    assert set(in_windows(Fate.RETURNED)) == {(True, False, True)}
    assert {now for *_, now in in_windows(Fate.LOST)} == {False}
    assert {now for *_, now in in_windows(Fate.STOPPED)} == {True}


def test_season_peaks_in_june_and_december():
    weights = season(FIRST, (1.0,) * 7)
    months = Counter()
    for offset, weight in enumerate(weights):
        months[date.fromordinal(FIRST.toordinal() + offset).month] += weight
    assert {month for month, _ in months.most_common(2)} == {6, 12}
    assert np.isclose(weights.mean(), 1)


def test_refunds_come_later_and_never_exceed_the_sale():
    _, _, _, chunks = story()
    for chunk in chunks:
        sold = dict(
            zip(zip(chunk.lines.order, chunk.lines.position, strict=True), chunk.lines.amount, strict=True)
        )
        assert (chunk.refunds.day > chunk.day[chunk.refunds.order]).all()
        assert chunk.refunds.day.max(initial=0) < DAYS
        back = zip(chunk.refunds.order, chunk.refunds.position, chunk.refunds.amount, strict=True)
        assert all(0 <= -amount <= sold[order, position] for order, position, amount in back)


def test_the_same_seed_tells_the_same_story():
    first, second, other = (np.concatenate([c.lines.amount for c in story(seed)[3]]) for seed in (1, 1, 2))
    assert np.array_equal(first, second)
    assert not np.array_equal(first, other)


def test_catalogue_has_a_family_at_an_assumed_rate_and_one_without_any_cost():
    costs = {family.name: any(article.cost is not None for article in family.articles) for family in FAMILIES}
    assert [name for name, known in costs.items() if not known] == ["Emballages", "Services"]
    assert [family.name for family in FAMILIES if family.assumed_margin_rate is not None] == ["Emballages"]
    assert len(FAMILIES) == 8
    assert sum(len(family.articles) for family in FAMILIES) == 58


@pytest.mark.parametrize("person", [True, False])
def test_cards_lead_nowhere_real(person):
    rng = np.random.default_rng(5)
    cards = [draw_card(person, rng) for _ in range(200)]
    assert {card.email.rsplit(".", 1)[1] for card in cards} == {"example"}
    assert all(card.email.isascii() for card in cards)
    starts = {card.phone[:8] for card in cards}
    assert starts == ({"06 39 98"} if person else {"03 53 01", "04 65 71"})


def test_words_do_not_repeat():
    assert len(set(SURNAMES)) == len(SURNAMES)
    assert len({person.email for person in PEOPLE}) == len(PEOPLE)
    assert len(DEMO_PASSWORD) >= 12
