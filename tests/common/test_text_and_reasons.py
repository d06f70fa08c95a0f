"""Text as people search it, and reasons in the reader's words."""

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from common.reasons import Reason
from common.text import clean, searchable
from common.wording import explain

CATALOGUE = {
    "fell": "Revenue fell by %(drop_rate)s to %(revenue_cents)s.",
    "gap": "%(gap_points)s points since %(since_date)s, %(weeks)s weeks, %(mean)s on average.",
}


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("Écrémé & Fils", "ecreme & fils"),
        ("STRASSE ß", "strasse ss"),
        ("Ångström", "angstrom"),
        ("ﬁn", "fin"),
    ],
)
def test_folds_case_and_accents(written: str, found: str) -> None:
    assert searchable(written) == found


def test_leaves_empty_parts_out() -> None:
    assert searchable("A", "", "B") == "a b"


@given(st.text(max_size=60))
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert searchable(searchable(text)) == searchable(text)


def test_controls_and_direction_overrides_go() -> None:
    assert clean("a\x00b\u202ec \t d\ufeff") == "abc d"


def test_reasons_print_in_the_readers_language() -> None:
    reason = Reason("fell", {"drop_rate": 0.5, "revenue_cents": 120_000})
    with translation.override("en"):
        assert explain(reason, CATALOGUE) == "Revenue fell by 50% to €1,200."
    with translation.override("fr"):
        assert explain(reason, CATALOGUE) == "Revenue fell by 50\u202f% to 1\u202f200\u00a0€."


def test_reasons_survive_the_database() -> None:
    reason = Reason("gap", {"gap_points": 0.021, "since_date": "2026-11-22", "weeks": 3, "mean": 1.25})
    assert Reason.from_json(reason.as_json()) == reason
    with translation.override("en"):
        assert (
            explain(reason.as_json(), CATALOGUE) == "+2.1 points since 22 Nov 2026, 3 weeks, 1.2 on average."
        )


def test_an_unknown_value_prints_a_dash() -> None:
    reason = Reason("fell", {"drop_rate": None, "revenue_cents": None})
    assert explain(reason, CATALOGUE) == "Revenue fell by – to –."


def test_an_unknown_code_is_an_error() -> None:
    with pytest.raises(KeyError):
        explain(Reason("rose"), CATALOGUE)
