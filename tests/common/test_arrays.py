"""Numbers that travel together come back as they were; texts of one row each go in by blocks."""

import numpy as np
import pytest

from clients.models import Client
from common import arrays
from common.arrays import Part, places, select, select_packed, spread

pytestmark = pytest.mark.django_db

BIG = (1 << 40) - 1


def source(rows: list[tuple[int, int, int, int | None]]) -> str:
    selects = " UNION ALL ".join(
        f"SELECT {a} AS a, {b} AS b, {c} AS c, {'NULL' if d is None else d} AS d" for a, b, c, d in rows
    )
    return f"({selects}) q"


@pytest.mark.parametrize("most", [(BIG, 3, 255), (BIG, BIG, 255), (BIG, BIG, BIG)])
def test_packed_columns_come_back(most: tuple[int, int, int]) -> None:
    """Whatever fits into one number: all three, two of them, or none."""
    rng = np.random.default_rng(1)
    rows = [
        (*(int(rng.integers(0, top + 1)) for top in most), int(rng.integers(-(10**12), 10**12)))
        for _ in range(50)
    ]
    rows += [(*most, -1), (0, 0, 0, 0)]
    parts = [Part(name, name, top) for name, top in zip("abc", most, strict=True)]
    found = select_packed(parts, {"d": "d"}, source(rows))
    assert sorted(zip(*(found[name].tolist() for name in "abcd"), strict=True)) == sorted(rows)


def test_nothing_comes_back_from_nothing() -> None:
    found = select_packed([Part("a", "a", 7), Part("b", "b", 7)], {}, f"{source([(1, 2, 3, 4)])} WHERE a > 7")
    assert {name: values.tolist() for name, values in found.items()} == {"a": [], "b": []}


def test_spread_names_only_who_is_known() -> None:
    ids = np.array([2, 5, 9])
    assert spread(ids, np.array([9, 4, 2]), np.array([1, 2, 3]), -1).tolist() == [3, -1, 1]
    assert spread(np.zeros(0, dtype=np.int64), np.array([9]), np.array([1])).tolist() == []


def test_a_text_of_its_own_for_every_row(monkeypatch: pytest.MonkeyPatch) -> None:
    from bench.population import write_population

    monkeypatch.setattr(arrays, "_BLOCK", 7)  # more labels than rows in a block
    write_population(30)
    assert sorted(Client.objects.values_list("pk", "ref")) == [(n, f"B{n}") for n in range(1, 31)]
    assert select("SELECT COUNT(*) AS n FROM clients_client", ["n"])["n"].tolist() == [30]


@pytest.mark.parametrize(
    "ids", [[1, 2, 4], [3, 70_000], [-5, 0, 2], []], ids=["dense", "gaps", "from below zero", "none"]
)
def test_places_are_those_of_the_ids(ids: list[int]) -> None:
    """By the table and by halving alike; who is not there, or beyond both ends, is not known."""
    who = np.array([4, 1, 3, 70_000, 99_999_999, 0, -1, -5, 2, 1])
    place, known = places(np.array(ids, dtype=np.int64), who)
    assert known.tolist() == [one in ids for one in who.tolist()]
    assert [ids[at] for at in place[known].tolist()] == who[known].tolist()
