"""A mix of types that names no small group, and lets none be worked out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.sociotypes.rules.mix import LEAST, MIX_FROM, told_mix

CASES = [
    ({"a": 5, "b": 4, "c": 0}, None),
    ({"a": 20, "b": 5, "c": 0}, {"a": 20, "b": 5, "c": 0}),
    ({"a": 20, "b": 6, "c": 1}, {"a": 20, "b": None, "c": None}),
    ({"a": 20, "b": 3, "c": 2}, {"a": 20, "b": None, "c": None}),
    ({"a": 20, "b": 2, "c": 1, "d": 7}, {"a": 20, "b": None, "c": None, "d": None}),
    ({"a": 9, "b": 1}, {"a": None, "b": None}),
]


@pytest.mark.parametrize(("counts", "told"), CASES)
def test_small_groups_are_withheld(counts: dict[str, int], told: dict[str, int | None] | None) -> None:
    assert told_mix(counts) == told


@given(st.dictionaries(st.sampled_from("abcd"), st.integers(0, 40)))
def test_what_is_withheld_cannot_be_worked_out(counts: dict[str, int]) -> None:
    told = told_mix(counts)
    if told is None:
        assert sum(counts.values()) < MIX_FROM
        return
    withheld = [name for name, count in told.items() if count is None]
    assert all(count is None or count == counts[name] for name, count in told.items())
    assert all(count == 0 or count >= LEAST for count in told.values() if count is not None)
    there = [name for name, count in counts.items() if count]
    assert len(withheld) != 1 or len(there) == 1
    assert not withheld or sum(counts[name] for name in withheld) >= LEAST
