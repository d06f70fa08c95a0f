"""Orders know how they came; merged clients are found under their old references, erased ones by nobody."""

from pathlib import Path

import pytest

from clients.models import Client
from clients.rules import ClientState
from sales.models import Order
from tests.factories.records import make_client
from tests.sales.helpers import import_text


@pytest.mark.parametrize(
    ("word", "channel"),
    [("online", "online"), ("En ligne", "online"), ("MAGASIN", "offline"), ("", ""), ("Inconnu", "")],
)
def test_the_channel_is_read_in_the_words_of_files(db: None, tmp_path: Path, word: str, channel: str) -> None:
    import_text(tmp_path, f"client,order,day,amount,channel\nC1,A,2024-03-01,1,{word}\n")
    assert Order.objects.get().channel == channel


def test_an_unknown_channel_is_rejected_and_an_empty_one_keeps_what_is_known(
    db: None, tmp_path: Path
) -> None:
    result = import_text(
        tmp_path, "client,order,day,amount,channel\nC1,A,2024-03-01,1,web\nC1,B,2024-03-01,1,moon\n"
    )
    assert result["rejected"] == {"channel_unknown": 1}
    import_text(tmp_path, "client,order,day,amount,channel\nC1,A,2024-03-01,1,\n")
    assert Order.objects.get().channel == "online"
    import_text(tmp_path, "client,order,day,amount,channel\nC1,A,2024-03-01,1,shop\n")
    assert Order.objects.get().channel == "offline"


def test_orders_of_a_merged_client_go_to_the_survivor(db: None, tmp_path: Path) -> None:
    last = make_client(ref="last")
    middle = make_client(ref="middle", state=ClientState.MERGED.value, merged_into=last)
    make_client(ref="first", state=ClientState.MERGED.value, merged_into=middle)

    result = import_text(tmp_path, "client,order,day,amount\nfirst,A,2024-03-01,1\nlast,B,2024-03-01,1\n")

    assert (result["rejected"], result["new_clients"]) == ({}, 0)
    assert set(Order.objects.values_list("ref", "client__ref")) == {("A", "last"), ("B", "last")}
    assert import_text(tmp_path, "client,order,day,amount\nmiddle,A,2024-03-01,1\n")["unchanged_orders"] == 1


def test_orders_of_an_erased_client_are_refused(db: None, tmp_path: Path) -> None:
    make_client(ref="gone", state=ClientState.ERASED.value)
    result = import_text(tmp_path, "client,order,day,amount\ngone,A,2024-03-01,1\nC1,B,2024-03-01,1\n")
    assert (result["accepted"], result["rejected"]) == (1, {"erased": 1})
    assert Client.objects.get(ref="gone").orders.count() == 0


def test_a_dry_run_writes_nothing(db: None, tmp_path: Path) -> None:
    result = import_text(tmp_path, "client,order,day,amount\nC1,A,2024-03-01,1\n", dry_run=True)
    assert (result["new_clients"], result["new_orders"], result["lines"]) == (1, 1, 1)
    assert (Client.objects.count(), Order.objects.count()) == (0, 0)
