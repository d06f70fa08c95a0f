"""Files of orders do not bring the erased back, and find the merged where they live on."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from clients.models import Client
from clients.rules import ClientState
from clients.suppression import Identity, marks_of, suppress
from sales.models import Order
from tests.factories.records import make_client
from tests.sales.helpers import import_text

pytestmark = pytest.mark.django_db
HEAD = "client,order,day,amount\n"


def test_an_erased_reference_is_refused_with_its_reason(tmp_path: Path) -> None:
    suppress(marks=marks_of(Identity(ref="P7")), at=datetime(2026, 11, 1, tzinfo=UTC))
    result = import_text(tmp_path, f"{HEAD}P7,O1,2026-01-05,10\nP8,O2,2026-01-05,20\np7,O3,2026-01-06,30\n")
    assert (result["rejected"], result["accepted"]) == ({"erased": 2}, 1)
    assert list(Client.objects.values_list("ref", flat=True)) == ["P8"]
    rows = Path(result["rejects_file"]).read_text(encoding="utf-8-sig").splitlines()[1:]
    assert [row.split(",")[:2] for row in rows] == [["2", "erased"], ["4", "erased"]]


def test_orders_of_a_merged_reference_go_to_the_survivor(tmp_path: Path) -> None:
    survivor = make_client(ref="S")
    make_client(ref="L", state=ClientState.MERGED.value, merged_into=survivor)
    first = import_text(tmp_path, f"{HEAD}L,O1,2026-01-05,10\nS,O2,2026-01-05,20\n")
    again = import_text(tmp_path, f"{HEAD}L,O1,2026-01-05,10\nL,O2,2026-01-05,25\nX,O1,2026-01-05,1\n")
    assert (first["rejected"], again["rejected"]) == ({}, {"order_of_other_client": 1})
    assert again["changed_orders"] == 1
    assert list(Order.objects.order_by("ref").values_list("ref", "client__ref")) == [("O1", "S"), ("O2", "S")]
    assert not Client.objects.filter(ref="X").exists()
