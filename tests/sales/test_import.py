"""What an import writes, what it leaves alone, and that it does so whole or not at all."""

import csv
import gzip
import json
from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from clients.models import Client
from common.reading.refusals import FileRefused
from intake.models import RecordImport
from sales.importing import Request, import_file
from sales.models import Category, ClientDay, DirtyDay, ExchangeRate, OnlineDay, Order, OrderLine, Product
from sales.presets import PRESETS
from sales.rules import Mapping
from tests.conftest import Cast
from tests.factories.records import make_client, make_order
from tests.sales.helpers import NOW, TODAY, import_text

pytestmark = pytest.mark.django_db

FULL = """client,client_name,city,country,order,day,product,product_name,category,quantity,unit_price,cost
C1,Écluse SA,Paris,France,O1,2024-03-01,P1,Lamp,Light,2,10.50,12
C1,Écluse SA,Paris,France,O1,2024-03-01,P2,Bulb,Light,3,1.00,
C1,Écluse SA,Paris,France,R1,2024-03-09,P1,Lamp,Light,-1,10.50,-6
C2,Bois,Lyon,France,O2,2024-02-29,,,,1,0,
"""


def stored_lines() -> list[tuple[Any, ...]]:
    return list(
        OrderLine.objects.order_by("order__ref", "day", "position").values_list(
            "order__ref", "order__client__ref", "day", "position", "product__ref", "quantity",
            "amount_cents", "net_cents", "cost_cents",
        )
    )  # fmt: skip


def test_lines_orders_clients_and_products_are_written(cast: Cast, tmp_path: Path) -> None:
    result = import_text(tmp_path, FULL, owner=cast.alice)

    wanted = {
        "read": 4, "accepted": 4, "rejected": {}, "clients": 2, "orders": 3, "lines": 4, "refund_lines": 1,
        "new_clients": 2, "new_orders": 3, "changed_orders": 0, "unchanged_orders": 0,
        "lines_without_rate": 0, "rejects_file": "", "rebuilt_days": 3,
    }  # fmt: skip
    assert {name: result[name] for name in wanted} == wanted
    assert stored_lines() == [
        ("O1", "C1", date(2024, 3, 1), 1, "P1", Decimal(2), 2100, 2100, 1200),
        ("O1", "C1", date(2024, 3, 1), 2, "P2", Decimal(3), 300, 300, None),
        ("O2", "C2", date(2024, 2, 29), 1, None, Decimal(1), 0, 0, None),
        ("R1", "C1", date(2024, 3, 9), 1, "P1", Decimal(-1), -1050, -1050, -600),
    ]
    client = Client.objects.get(ref="C1")
    assert (client.name, client.city, client.country) == ("Écluse SA", "Paris", "France")
    assert (client.owner, client.team, client.observed_from) == (cast.alice, cast.paris, None)
    assert (client.search_text, client.created_at) == (client.make_search_text(), NOW)
    client.full_clean()
    lamp = Product.objects.get(ref="P1")
    assert (lamp.name, lamp.category.name, lamp.unit_cost) == ("Lamp", "Light", None)


def test_the_rollup_follows(tmp_path: Path) -> None:
    import_text(tmp_path, FULL)
    days = ClientDay.objects.order_by("day").values_list(
        "client__ref", "day", "orders", "rev", "gross", "rc", "cost"
    )
    assert list(days) == [
        ("C2", date(2024, 2, 29), 1, 0, 0, 0, 0),
        ("C1", date(2024, 3, 1), 1, 2400, 2400, 2100, 1200),
        ("C1", date(2024, 3, 9), 0, -1050, 0, -1050, -600),
    ]
    assert not DirtyDay.objects.exists()


def test_a_second_import_changes_nothing(tmp_path: Path) -> None:
    import_text(tmp_path, FULL)
    before = (stored_lines(), list(OrderLine.objects.order_by("pk").values_list("pk")))

    again = import_text(tmp_path, FULL)

    assert (again["accepted"], again["lines"], again["orders"], again["clients"]) == (4, 4, 3, 2)
    assert (again["new_clients"], again["new_orders"], again["changed_orders"]) == (0, 0, 0)
    assert (again["unchanged_orders"], again["rebuilt_days"]) == (3, 0)
    assert (stored_lines(), list(OrderLine.objects.order_by("pk").values_list("pk"))) == before


def test_only_the_days_of_changed_orders_are_replaced(tmp_path: Path) -> None:
    import_text(tmp_path, FULL)
    kept = OrderLine.objects.get(order__ref="R1").pk

    result = import_text(tmp_path, FULL.replace("3,1.00,", "4,1.00,"))

    assert (result["changed_orders"], result["unchanged_orders"], result["rebuilt_days"]) == (1, 2, 1)
    assert OrderLine.objects.get(order__ref="R1").pk == kept
    assert ClientDay.objects.get(client__ref="C1", day=date(2024, 3, 1)).rev == 2500


def test_a_channel_told_later_moves_all_days_of_its_order(tmp_path: Path) -> None:
    """Though not a line of them changes."""
    import_text(tmp_path, FULL)
    header, *rows = FULL.splitlines()
    told = "\n".join(
        [f"{header},channel", *(f"{row},online" if ",O1," in row else f"{row}," for row in rows), ""]
    )

    result = import_text(tmp_path, told)

    assert (result["changed_orders"], result["rebuilt_days"]) == (0, 1)
    ways = ClientDay.objects.order_by("day").values_list("day", "online", "offline", "no_channel")
    assert list(ways) == [
        (date(2024, 2, 29), 0, 0, 0), (date(2024, 3, 1), 2400, 0, 0), (date(2024, 3, 9), 0, 0, 0),
    ]  # fmt: skip
    sold = OnlineDay.objects.order_by("product__ref").values_list("client__ref", "day", "product__ref", "rev")
    assert list(sold) == [("C1", date(2024, 3, 1), "P1", 2100), ("C1", date(2024, 3, 1), "P2", 300)]


def test_a_line_gone_from_its_order_and_day_goes_and_another_day_stays(tmp_path: Path) -> None:
    import_text(
        tmp_path, "client,order,day,amount\nC1,O1,2024-03-01,10\nC1,O1,2024-03-01,5\nC1,O1,2024-03-09,-5\n"
    )

    result = import_text(tmp_path, "client,order,day,amount\nC1,O1,2024-03-01,10\n")

    assert (result["changed_orders"], result["rebuilt_days"]) == (1, 1)
    assert [line[2:4] + line[6:7] for line in stored_lines()] == [
        (date(2024, 3, 1), 1, 1000), (date(2024, 3, 9), 1, -500),
    ]  # fmt: skip


def test_without_an_order_column_a_clients_day_is_one_order(tmp_path: Path) -> None:
    body = "client,day,amount\nC1,19970101,29.33\nC1,19970101,29.73\nC1,19970118,14.96\nC2,19970112,0\n"
    result = import_text(tmp_path, body)
    assert (result["orders"], result["lines"]) == (3, 4)
    assert set(Order.objects.values_list("ref", flat=True)) == {
        "@C1@1997-01-01", "@C1@1997-01-18", "@C2@1997-01-12",
    }  # fmt: skip
    # A sale at price 0 is a purchase day all the same.
    assert ClientDay.objects.get(client__ref="C2").orders == 1


def test_clients_and_products_that_exist_keep_what_they_have(cast: Cast, tmp_path: Path) -> None:
    make_client(ref="C1", name="Known", owner=cast.carl)
    light = Category.objects.create(name="Other")
    Product.objects.create(ref="P1", name="Known lamp", category=light, unit_cost=Decimal("4.5"))

    import_text(tmp_path, FULL, owner=cast.alice)

    client, product = Client.objects.get(ref="C1"), Product.objects.get(ref="P1")
    assert (client.name, client.owner, client.team) == ("Known", cast.carl, cast.lyon)
    assert (product.name, product.category, product.unit_cost) == ("Known lamp", light, Decimal("4.5"))


def test_an_order_has_one_client(cast: Cast, tmp_path: Path) -> None:
    import_text(tmp_path, "client,order,day,amount\nC1,O1,2024-03-01,10\n")

    stored = import_text(tmp_path, "client,order,day,amount\nC2,O1,2024-03-02,10\nC2,O2,2024-03-02,1\n")
    within = import_text(tmp_path, "client,order,day,amount\nC3,O3,2024-03-01,10\nC4,O3,2024-03-01,10\n")

    assert stored["rejected"] == within["rejected"] == {"order_of_other_client": 1}
    assert {line[:2] for line in stored_lines()} == {("O1", "C1"), ("O2", "C2"), ("O3", "C3")}
    assert not Client.objects.filter(ref="C4").exists()


def test_a_manager_imports_for_clients_in_sight_alone(cast: Cast, tmp_path: Path) -> None:
    make_client(ref="mine", owner=cast.bob)
    foreign = make_client(ref="foreign", owner=cast.carl)
    make_order(foreign, date(2024, 1, 1), 100)
    body = "client,order,day,amount\nmine,A,2024-03-01,1\nforeign,B,2024-03-01,2\nnew,C,2024-03-01,3\n"

    result = import_text(tmp_path, body, user=cast.anne, owner=cast.anne)

    assert (result["accepted"], result["rejected"]) == (2, {"not_your_client": 1})
    assert set(Order.objects.filter(ref__in="ABC").values_list("ref", flat=True)) == {"A", "C"}
    assert Client.objects.get(ref="new").owner == cast.anne
    rows = read_rejects(result)
    assert rows[1:] == [["3", "not_your_client", "", rows[1][3], "foreign", "B", "2024-03-01", "2"]]
    assert "carl" not in rows[1][3].lower()


def read_rejects(result: dict[str, Any]) -> list[list[str]]:
    return list(csv.reader(StringIO(Path(result["rejects_file"]).read_text("utf-8-sig"))))


def test_rejected_rows_can_be_had_as_a_file_without_formulas(tmp_path: Path) -> None:
    body = "client,day,amount,note\n=1+1,2024-03-01,1,=cmd\nC1,2024-03-01,-5.00,fine\n,2024-03-01,-7,@x\n"
    result = import_text(tmp_path, body, columns={"client": "client", "day": "day", "amount": "amount"})

    assert result["rejected"] == {"client_missing": 1, "formula": 1}
    rows = read_rejects(result)
    assert [row[:2] for row in rows[1:]] == [["2", "formula"], ["4", "client_missing"]]
    assert rows[1][4:] == ["'=1+1", "2024-03-01", "1", "'=cmd"]
    assert rows[2][4:] == ["", "2024-03-01", "-7", "'@x"]


def test_other_currencies_count_at_the_last_rate_of_seven_days(tmp_path: Path) -> None:
    ExchangeRate.objects.create(currency="USD", day=date(2024, 3, 1), rate=Decimal("0.925"))
    body = "client,order,day,amount,currency\nC1,A,2024-03-08,10.10,usd\nC1,B,2024-03-09,10.10,USD\nC1,C,2024-03-09,1,\n"

    result = import_text(tmp_path, body)

    assert (result["accepted"], result["lines_without_rate"]) == (3, 1)
    nets = dict(OrderLine.objects.values_list("order__ref", "net_cents"))
    assert nets == {"A": 934, "B": None, "C": 100}  # 934.25
    ExchangeRate.objects.create(currency="USD", day=date(2024, 3, 9), rate=Decimal("0.9"))
    assert import_text(tmp_path, body)["changed_orders"] == 1
    assert OrderLine.objects.get(order__ref="B").net_cents == 909


def test_french_files_are_read_as_they_are(tmp_path: Path) -> None:
    body = "Code client;Raison sociale;Date facture;Montant HT\n1;Crémerie d'Été;31/12/2023;1 234,56\n2;Bœuf;01/02/2024;-12,00\n"
    columns = {
        "client": "Code client",
        "client_name": "Raison sociale",
        "day": "Date facture",
        "amount": "Montant HT",
    }
    for encoding in ("utf-8", "cp1252", "mac-roman", "utf-16"):
        OrderLine.objects.all().delete()
        Order.objects.all().delete()
        Client.objects.all().delete()
        result = import_text(tmp_path, body.encode(encoding), columns=columns)
        assert result["rejected"] == {}, encoding
        assert list(Client.objects.order_by("ref").values_list("name", flat=True)) == [
            "Crémerie d'Été",
            "Bœuf",
        ], encoding
        assert set(OrderLine.objects.values_list("day", "amount_cents")) == {
            (date(2023, 12, 31), 123456), (date(2024, 2, 1), -1200),
        }  # fmt: skip


def test_day_and_month_are_told_apart_beyond_the_head(tmp_path: Path) -> None:
    body = "client,day,amount\n" + "C1,01/02/2024,1\n" * 2500 + "C1,25/02/2024,1\n"
    import_text(tmp_path, body)
    assert set(OrderLine.objects.values_list("day", flat=True)) == {date(2024, 2, 1), date(2024, 2, 25)}


@pytest.mark.parametrize(
    ("declared", "written"),
    [
        ("%d/%m/%Y", "01/02/2024"),
        ("%d/%m/%Y", "01/02/2024 09:30"),
        ("%m/%d/%y", "02/01/24"),
        ("%d %b %Y", "01 Feb 2024"),
    ],
)
def test_a_declared_format_is_obeyed(tmp_path: Path, declared: str, written: str) -> None:
    import_text(tmp_path, f"client,day,amount\nC1,{written},1\n", mapping={"date_format": declared})
    assert OrderLine.objects.get().day == date(2024, 2, 1)


@pytest.mark.parametrize("declared", ["%Y", "nonsense", "%d/%m", "%Q"])
def test_a_format_that_names_no_day_is_refused(tmp_path: Path, declared: str) -> None:
    with pytest.raises(FileRefused) as refusal:
        import_text(tmp_path, "client,day,amount\nC1,2024-01-01,1\n", mapping={"date_format": declared})
    assert refusal.value.code == "date_format"


def test_a_file_cut_half_way_leaves_nothing(tmp_path: Path) -> None:
    lines = "".join(f"C{n},2024-03-01,{n}\n" for n in range(50_000))
    whole = gzip.compress(f"client,day,amount\n{lines}".encode())
    columns = {"client": "client", "day": "day", "amount": "amount"}
    with pytest.raises(FileRefused):
        import_text(tmp_path, whole[: len(whole) // 2], name="o.csv.gz", columns=columns)
    assert (Client.objects.count(), Order.objects.count(), OrderLine.objects.count()) == (0, 0, 0)


def test_a_text_that_stops_being_what_was_declared_leaves_nothing(tmp_path: Path) -> None:
    good = "client,day,amount\n" + "C1,2024-03-01,1\n" * 30_000
    with pytest.raises(FileRefused) as refusal:
        import_text(
            tmp_path, good.encode() + b"\x81,2024-03-01,1\n", mapping={"encoding": "cp1252"},
            columns={"client": "client", "day": "day", "amount": "amount"},
        )  # fmt: skip
    assert refusal.value.code == "encoding"
    assert not Client.objects.exists()


def test_a_fence_lost_in_the_transaction_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "o.csv"
    path.write_text("client,day,amount\nC1,2024-03-01,1\n,2024-03-01,1\n")
    mapping = Mapping({"client": "client", "day": "day", "amount": "amount"})

    def lost() -> None:
        raise RuntimeError("taken over")

    with pytest.raises(RuntimeError):
        import_file(Request(path, "o.csv", mapping, TODAY, NOW), fence=lost)
    assert not Client.objects.exists()


def run_command(*arguments: str) -> dict[str, Any]:
    out = StringIO()
    call_command("import_orders", *arguments, "--json", stdout=out)
    return json.loads(out.getvalue().splitlines()[-1])


def test_the_command_prints_the_agreed_keys(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "cdnow.csv"
    path.write_text("id,date,cds,dollars\n4,19970101,2,29.33\n4,19970118,2,29.73\n")
    result = run_command(
        str(path), "--map", "client=id,day=date", "--map", "amount=dollars", "--owner", "ALICE@example.org",
        "--observed-from", "1997-01-01",
    )  # fmt: skip
    assert {"read", "accepted", "rejected", "clients", "orders", "lines", "refund_lines", "seconds"} <= set(
        result
    )
    client = Client.objects.get()
    assert (client.owner, client.observed_from) == (cast.alice, date(1997, 1, 1))
    record = RecordImport.objects.get()
    assert (record.state, record.counts["lines"], record.imported_by) == ("done", 2, None)


@pytest.mark.parametrize(
    "arguments",
    [("--map", "client=id"), ("--map", "nobody=id"), ("--map", "client"), ("--mapping", "unknown"), (), ("--map", "client=id,day=date,amount=dollars", "--owner", "no@example.org")],
)  # fmt: skip
def test_the_command_says_what_is_wrong(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    path = tmp_path / "o.csv"
    path.write_text("id,date,dollars\n4,19970101,29.33\n")
    with pytest.raises(CommandError):
        run_command(str(path), *arguments)


def test_the_preset_reads_cancellations_as_refunds_of_their_own_day(tmp_path: Path) -> None:
    body = """InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
536365,85123A,HOLDER,6,2010-12-01 08:26:00,2.55,17850,United Kingdom
C536379,85123A,HOLDER,-1,2010-12-03 09:41:00,2.55,17850,United Kingdom
536414,22139,,56,2010-12-01 11:52:00,0,,United Kingdom
"""
    path = tmp_path / "retail.csv"
    path.write_text(body)
    result = import_file(Request(path, path.name, PRESETS["online_retail"], TODAY, NOW))
    assert (result["refund_lines"], result["rejected"]) == (1, {"client_missing": 1})
    days = list(ClientDay.objects.order_by("day").values_list("day", "orders", "rev"))
    assert days == [(date(2010, 12, 1), 1, 1530), (date(2010, 12, 3), 0, -255)]


def test_columns_can_be_named_by_their_number(tmp_path: Path) -> None:
    body = "id,2,when,dollars\nC1,x,2026-01-31,11.77\n"
    by_number = import_text(tmp_path, body, columns={"client": "1", "day": "3", "amount": "4"})
    assert (by_number["accepted"], Client.objects.get().ref) == (1, "C1")
    with pytest.raises(FileRefused) as refusal:
        import_text(tmp_path, body, columns={"client": "1", "day": "5", "amount": "4"})
    assert refusal.value.code == "columns_missing"


def test_columns_can_be_set_apart_by_blanks(tmp_path: Path) -> None:
    body = " id    date     number dollars\n 00001 19970101      1   11.77\n 00002 19970112     12   12.00\n"
    result = import_text(tmp_path, body, columns={"client": "id", "day": "date", "amount": "dollars"})
    assert (result["accepted"], result["described"]["separator"]) == (2, " ")


def test_a_refusal_tells_the_option_that_helps(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("client,day,amount\nC1,01/02/2026,1\n")
    with pytest.raises(CommandError, match=r"Say it with --date-format .*\[date_unclear\]"):
        run_command(str(path), "--map", "client=client,day=day,amount=amount")
