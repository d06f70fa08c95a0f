"""The exports of well-known shops and CRMs: their column names, our own invented rows, from the upload to the tables."""

from datetime import UTC, date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from clients.models import Client, Person
from common.reading.shapes import Mapping
from intake import catalogue
from intake.catalogue import OFFERS
from intake.imports import import_by_operator
from intake.presets import NAMES, PRESETS
from intake.reading import head
from intake.rules import Kind
from sales.importing import preview as sales_preview
from sales.models import Category, ExchangeRate, Order, OrderLine, Product
from sales.reading.discounts import spread
from sales.rules import Mapping as OrderMapping
from sales.rules import Reject
from tests.factories.records import make_client
from tests.intake.helpers import NOW, TODAY, stored

pytestmark = pytest.mark.django_db

SHOPIFY_CUSTOMERS = """\
Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,Default Address Address1,\
Default Address Address2,Default Address City,Default Address Province Code,Default Address Country Code,\
Default Address Zip,Default Address Phone,Phone,Accepts SMS Marketing,Total Spent,Total Orders,Note,Tax Exempt,Tags
'7001,Nora,Delattre,nora@mail.example,yes,,12 rue des Lilas,,Lens,,FR,'62300,'+33321000000,'+33321000000,no,52.40,2,,no,"vip, north"
'7002,,,phone-only,no,,,,,,FR,,,'+33600000000,no,0.00,0,,no,
'7003,Ida,Lund,ida@mail.example,no,,,,Oslo,,NO,0150,,,no,0.00,0,,no,
"""
SHOPIFY_ORDERS = """\
Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,Shipping,Taxes,\
Total,Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,Lineitem name,Lineitem price,\
Lineitem compare at price,Lineitem sku,Lineitem requires shipping,Lineitem taxable,Lineitem fulfillment status,\
Billing Name,Billing Street,Billing City,Billing Zip,Billing Country,Cancelled at,Payment Method,Refunded Amount,Id
#1001,nora@mail.example,partially_refunded,2026-03-01 10:00:00 +0100,fulfilled,,no,USD,40.00,0.00,0.00,40.00,,0.00,std,\
2026-03-01 09:59:12 +0100,2,Comté,10.00,,FR-1,true,true,fulfilled,Nora Delattre,,Lens,62300,FR,,card,15.00,9001
#1001,nora@mail.example,,,,,,,,,,,,,,2026-03-01 09:59:12 +0100,1,Wine,20.00,,VI-7,true,true,fulfilled,,,,,,,,,
#1002,ida@mail.example,paid,2026-03-02 10:00:00 +0100,fulfilled,,no,EUR,5.50,0.00,0.00,5.50,,0.00,std,\
2026-03-02 09:59:12 +0100,1,Comté,5.50,,FR-1,true,true,fulfilled,Ida Lund,,Oslo,0150,NO,,card,0.00,9002
"""
PRESTASHOP_CUSTOMERS = """\
"ID";"Social title";"First name";"Last name";"Email address";"Sales";"Enabled";"Newsletter";"Partner offers";"Registration";"Last visit";
"3";"Mrs.";"Nora";"Delattre";"nora@mail.example";"€52.40";"1";"0";"0";"2024-07-02 15:20:02";"2026-07-03 16:04:15";
"4";"Mr.";"Karim";"Vasseur";"karim@mail.example";"--";"1";"1";"0";"2025-01-02 15:20:02";"--";
"""
PRESTASHOP_CUSTOMERS_FR = """\
"ID";"Titre";"Prénom";"Nom";"Adresse e-mail";"Ventes";"Activé";"Newsletter";"Offres partenaires";"Inscription";"Dernière visite";
"3";"Mme";"Nora";"Delattre";"nora@mail.example";"52,40 €";"1";"0";"0";"02/07/2024 15:20:02";"13/07/2026 16:04:15";
"4";"M.";"Karim";"Vasseur";"karim@mail.example";"--";"1";"1";"0";"22/01/2025 15:20:02";"--";
"""
PRESTASHOP_ORDERS = """\
"ID";"Reference";"New client";"Delivery";"Customer";"Total";"Payment";"Status";"Date";
"5";"KHWLILZLL";"0";"France";"N. Delattre";"€1,061.80";"Bank wire";"Delivered";"2026-03-01 12:14:29";
"4";"FFATNOMMJ";"1";"France";"K. Vasseur";"€14.90";"Cheque";"Delivered";"2026-03-02 09:01:00";
"""
PRESTASHOP_ORDERS_FR = """\
"ID";"Référence";"Nouveau client";"Livraison";"Client";"Total";"Paiement";"État";"Date";
"5";"KHWLILZLL";"0";"France";"N. Delattre";"1 061,80 €";"Virement";"Livré";"13/03/2026 12:14:29";
"4";"FFATNOMMJ";"1";"France";"K. Vasseur";"14,90 €";"Chèque";"Livré";"14/03/2026 09:01:00";
"""
WOO_CUSTOMERS = """\
Name,Username,"Last Active","Sign Up",Email,Orders,"Total Spend",AOV,"Country / Region",City,Region,"Postal Code"
"Nora Delattre",nora,"2026-03-01 10:00:00","2024-05-01 10:00:00",nora@mail.example,2,52.40,26.20,FR,Lens,,62300
"Guest Lund",,"2026-03-02 10:00:00",,guest@mail.example,1,5.50,5.50,NO,Oslo,,0150
"""
WOO_ORDERS = """\
Date,"Order #","N. Revenue (formatted)",Status,Customer,"Customer type",Product(s),"Items sold",Coupon(s),"N. Revenue",Attribution
"2026-03-01 10:00:00",501,€40.00,completed,"Nora Delattre",returning,"2× Comté",2,,40,Direct
"2026-03-02 11:00:00",502,€-15.00,refunded,"Nora Delattre",returning,"1× Comté",-1,,-15,Direct
"""
WOO_PRODUCTS = """\
ID,Type,SKU,Name,Published,"Is featured?","Visibility in catalog","In stock?","Regular price",Categories,Tags
11,simple,FR-1,Comté,1,0,visible,1,10,"Food > Cheese",
12,simple,VI-7,Wine,-1,0,visible,1,20,Drinks,
13,variable,,No number,1,0,visible,1,,Food,
"""
SHOPIFY_PRODUCTS = """\
Handle,Title,Body (HTML),Vendor,Product Category,Type,Tags,Published,Option1 Name,Option1 Value,Variant SKU,Variant Price,Cost per item,Status
comte,Comté,<p>Hi</p>,Val,Food > Cheese,Cheese,,true,Title,Default Title,FR-1,10.00,6.25,active
wine,Wine,,Val,Drinks,Wine,,false,Title,Default Title,VI-7,20.00,,draft
"""
HUBSPOT = """\
"Record ID","Company name","Company owner","Create Date","Phone Number","Last Activity Date","City","Country/Region","Industry"
"9001","Laiterie du Val","","2024-01-01 09:00","+33 3 21 00 00 00","","Lille","France","FOOD"
"""
SALESFORCE = """\
"Account Owner","Account Name","Account ID","Phone","Website","Billing Street","Billing City","Billing State/Province","Billing Zip/Postal Code","Billing Country","Type"
"","Laiterie du Val","001xx000003DGb2","+33 3 21 00 00 00","laiterie.example","1 rue","Lille","","59000","France","Customer"
"""
ZOHO = """\
Record Id,Account Owner,Account Name,Phone,Website,Billing Street,Billing City,Billing State,Billing Code,Billing Country,Parent Account
zcrm_55001,,Laiterie du Val,+33 3 21 00 00 00,laiterie.example,1 rue,Lille,,59000,France,
"""
DYNAMICS = """\
(Do Not Modify) Account,(Do Not Modify) Row Checksum,(Do Not Modify) Modified On,Account Name,Main Phone,Address 1: Street 1,Address 1: City,Address 1: ZIP/Postal Code,Address 1: Country/Region,Website
a1b2-c3,xx==,2026-01-01 10:00,Laiterie du Val,+33 3 21 00 00 00,1 rue,Lille,59000,France,laiterie.example
"""


def bring(folder: Path, kind: Kind, name: str, text: str) -> dict[str, Any]:
    """Import as the page would: the preset is found by the header alone."""
    path = folder / f"{name}.csv"
    path.write_text(text, "utf-8-sig")
    header, _ = head(path, path.name)
    found = OFFERS[kind].fitting(header)
    assert next(iter(found)) == name
    return import_by_operator(
        kind=kind, path=path, mapping=found[name], owner=None, today=TODAY, now=NOW, legal_basis="contract", source=name
    )  # fmt: skip


def again(folder: Path, kind: Kind, name: str, text: str) -> None:
    before = stored()
    bring(folder, kind, name, text)
    assert stored() == before


def test_every_preset_has_a_name_and_known_fields() -> None:
    for kind, presets in PRESETS.items():
        fields = {spec.name for spec in OFFERS[kind].fields}
        for name, preset in presets.items():
            assert name in NAMES
            assert set(preset.columns) <= fields


def test_shopify_customers(tmp_path: Path) -> None:
    result = bring(tmp_path, Kind.CLIENTS, "shopify_customers", SHOPIFY_CUSTOMERS)
    assert (result["created"], result["rejected"]) == (2, {"not_an_email": 1})
    nora = Client.objects.get(ref="nora@mail.example")
    assert (nora.name, nora.kind, nora.phone, nora.city, nora.country, sorted(nora.tags.values_list("name", flat=True))) == (
        "Nora Delattre", "person", "+33321000000", "Lens", "FR", ["north", "vip"],
    )  # fmt: skip
    assert Person.objects.get(client=nora).first_name == "Nora"
    again(tmp_path, Kind.CLIENTS, "shopify_customers", SHOPIFY_CUSTOMERS)


def test_shopify_orders(tmp_path: Path) -> None:
    """Further rows of an order say neither currency nor buyer's name; a refund is said once for the order."""
    ExchangeRate.objects.create(currency="USD", day=date(2026, 3, 1), rate=Decimal("0.5"))
    nora = make_client(ref="nora@mail.example", name="Nora")
    result = bring(tmp_path, Kind.ORDERS, "shopify_orders", SHOPIFY_ORDERS)
    assert (result["read"], result["accepted"], result["rejected"], result["lines"]) == (3, 3, {}, 4)
    lines = OrderLine.objects.filter(order__ref="#1001").order_by("position")
    assert list(lines.values_list("product__ref", "quantity", "amount_cents", "currency", "net_cents")) == [
        ("FR-1", 2, 2000, "USD", 1000), (None, None, -1500, "USD", -750), ("VI-7", 1, 2000, "USD", 1000),
    ]  # fmt: skip
    assert set(Order.objects.values_list("ref", "client__ref")) == {
        ("#1001", nora.ref), ("#1002", "ida@mail.example"),
    }  # fmt: skip
    assert Client.objects.get(ref="ida@mail.example").name == "Ida Lund"
    again(tmp_path, Kind.ORDERS, "shopify_orders", SHOPIFY_ORDERS)


def shopify_order(ref: str, discount: str, *lines: tuple[str, str], goods: str = "") -> str:
    rows = []
    for at, (sku, price) in enumerate(lines):
        first = at == 0
        rows.append(
            f"{ref},nora@mail.example,paid,,,,no,EUR,{goods if first else ''},,,,CODE,{discount if first else ''},std,"
            f"2026-03-01 09:59:12 +0100,1,{sku},{price},,{sku},true,true,,,,,,,,card,{'0.00' if first else ''},9"
        )
    return "\n".join(rows) + "\n"


def test_a_discount_of_a_shopify_order_is_spread_in_whole_cents(tmp_path: Path) -> None:
    header = SHOPIFY_ORDERS.partition("\n")[0] + "\n"
    text = header + shopify_order("#1", "10.00", ("A", "33.33"), ("B", "33.33"), ("C", "33.34"))
    text += shopify_order("#2", "0.05", ("A", "0.03"), ("B", "0.02")) + shopify_order(
        "#3", "5.00", ("A", "4.99")
    )
    text += shopify_order("#4", "1.00", ("A", "9.00"), ("B", "abc")) + shopify_order("#5", "", ("A", "7.00"))
    result = bring(tmp_path, Kind.ORDERS, "shopify_orders", text)
    assert result["rejected"] == {"discount_not_spread": 2, "number_unreadable": 1}
    found = OrderLine.objects.order_by("order__ref", "position")
    assert list(found.values_list("order__ref", "product__ref", "amount_cents", "net_cents")) == [
        ("#1", "A", 3000, 3000), ("#1", "B", 3000, 3000), ("#1", "C", 3000, 3000), ("#2", "A", 0, 0), ("#2", "B", 0, 0),
        ("#5", "A", 700, 700),
    ]  # fmt: skip
    assert not Order.objects.filter(ref__in=["#3", "#4"]).exists()
    again(tmp_path, Kind.ORDERS, "shopify_orders", text)


def test_a_discount_on_shipping_stays_off_the_goods(tmp_path: Path) -> None:
    """Shopify tells it in the same column; what the goods come to after all discounts says how much was theirs."""
    header = SHOPIFY_ORDERS.partition("\n")[0] + "\n"
    two = (("A", "30.00"), ("B", "10.00"))
    orders = {
        "#1": ("6.90", "40.00", [3000, 1000]),  # all of it off the shipping
        "#2": ("8.00", "38.00", [2850, 950]),  # two off the goods, six off the shipping
        "#3": ("8.00", "32.00", [2400, 800]),  # all of it off the goods
        "#4": ("8.00", "20.00", [2400, 800]),  # articles taken back since: the discount as it is said
        "#5": ("8.00", "45.00", [2400, 800]),  # nothing that fits
        "#6": ("50.00", "40.00", [3000, 1000]),  # dearer to send than to buy
    }
    text = header + "".join(
        shopify_order(ref, off, *two, goods=goods) for ref, (off, goods, _) in orders.items()
    )
    text += shopify_order("#7", "8.00", *two, goods="abc")
    result = bring(tmp_path, Kind.ORDERS, "shopify_orders", text)
    assert result["rejected"] == {"discount_not_spread": 1, "number_unreadable": 1}
    for ref, (_off, _goods, cents) in orders.items():
        found = OrderLine.objects.filter(order__ref=ref).order_by("position")
        assert (ref, list(found.values_list("amount_cents", flat=True))) == (ref, cents)
    again(tmp_path, Kind.ORDERS, "shopify_orders", text)


@pytest.mark.parametrize(
    ("columns", "second"),
    [
        ("Order,Customer,Date,SKU,Total line,Cart Discount Amount", "3.00"),
        ("Order,Customer,Date,SKU,Total line,Total discounts", ""),
    ],
)
def test_a_discount_said_in_each_row_counts_once(tmp_path: Path, columns: str, second: str) -> None:
    """As exports of lines of WooCommerce repeat it, and PrestaShop's by query."""
    path = tmp_path / "lines.csv"
    path.write_text(
        f"{columns}\nW1,Nora,2026-03-01,A,10.00,3.00\nW1,Nora,2026-03-01,B,20.01,{second}\n"
        "W2,Nora,2026-03-02,A,10.00,3.00\nW2,Nora,2026-03-02,B,20.00,4.00\n"
    )
    places = zip(("order", "client", "day", "product", "amount", "discount"), columns.split(","), strict=True)
    mapping = Mapping(dict(places))
    result = import_by_operator(
        kind=Kind.ORDERS, path=path, mapping=mapping, owner=None, today=TODAY, now=NOW, legal_basis="contract", source="w"
    )  # fmt: skip
    assert result["rejected"] == {"discount_not_spread": 2}
    assert list(OrderLine.objects.order_by("position").values_list("amount_cents", flat=True)) == [900, 1801]


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=30), st.integers(0, 10**9))
def test_shares_add_up_and_never_exceed_their_line(amounts: list[int], discount: int) -> None:
    shares = spread(discount, amounts)
    if discount > sum(amounts):
        assert shares is None
        return
    assert shares is not None
    assert sum(shares) == discount
    assert all(0 <= share <= amount for share, amount in zip(shares, amounts, strict=True))


@pytest.mark.parametrize(
    ("name", "text", "since"),
    [
        ("prestashop_customers", PRESTASHOP_CUSTOMERS, date(2024, 7, 2)),
        ("prestashop_customers_fr", PRESTASHOP_CUSTOMERS_FR, date(2024, 7, 2)),
    ],
)
def test_prestashop_customers(tmp_path: Path, name: str, text: str, since: date) -> None:
    assert bring(tmp_path, Kind.CLIENTS, name, text)["created"] == 2
    nora = Client.objects.get(ref="3")
    assert (nora.name, nora.email, nora.kind, nora.observed_from) == (
        "Nora Delattre", "nora@mail.example", "person", since,
    )  # fmt: skip
    again(tmp_path, Kind.CLIENTS, name, text)


@pytest.mark.parametrize(
    ("name", "text", "day"),
    [
        ("prestashop_orders", PRESTASHOP_ORDERS, date(2026, 3, 1)),
        ("prestashop_orders_fr", PRESTASHOP_ORDERS_FR, date(2026, 3, 13)),
    ],
)
def test_prestashop_orders(tmp_path: Path, name: str, text: str, day: date) -> None:
    result = bring(tmp_path, Kind.ORDERS, name, text)
    assert result["rejected"] == {}
    line = OrderLine.objects.get(order__ref="KHWLILZLL")
    assert (line.amount_cents, line.day, line.order.client.name) == (106_180, day, "N. Delattre")
    again(tmp_path, Kind.ORDERS, name, text)


def test_an_amount_in_another_currencys_sign_is_not_taken_for_ours(tmp_path: Path) -> None:
    result = bring(tmp_path, Kind.ORDERS, "prestashop_orders", PRESTASHOP_ORDERS.replace("€14", "$14"))
    assert result["rejected"] == {"number_unreadable": 1}


def test_woocommerce(tmp_path: Path) -> None:
    assert bring(tmp_path, Kind.CLIENTS, "woocommerce_customers", WOO_CUSTOMERS)["created"] == 2
    assert Client.objects.get(ref="guest@mail.example").name == "Guest Lund"
    assert bring(tmp_path, Kind.ORDERS, "woocommerce_orders", WOO_ORDERS)["rejected"] == {}
    assert list(OrderLine.objects.order_by("day").values_list("order__ref", "amount_cents")) == [
        ("501", 4000), ("502", -1500),
    ]  # fmt: skip
    assert bring(tmp_path, Kind.PRODUCTS, "woocommerce_products", WOO_PRODUCTS)["rejected"] == {"missing": 1}
    assert list(Product.objects.order_by("ref").values_list("ref", "category__name", "sold_online")) == [
        ("FR-1", "Cheese", True), ("VI-7", "Drinks", False),
    ]  # fmt: skip
    assert Category.objects.get(name="Cheese").parent == Category.objects.get(name="Food")


WOO_SEVERAL = """\
ID,Type,SKU,Name,Published,"Is featured?","Visibility in catalog","In stock?","Regular price",Categories,Tags
21,simple,A-1,Comté,1,0,visible,1,10,"Gifts, Food > Cheese, Food",
22,simple,A-2,Napkin,1,0,visible,1,10,"Linen\\, wool, Gifts",
23,simple,A-3,Bowl,1,0,visible,1,10,"Table > Bowls, Gifts",
"""
SHOPIFY_VARIANTS = """\
Handle,Title,Body (HTML),Vendor,Product Category,Type,Tags,Published,Option1 Name,Option1 Value,Variant SKU,Variant Price,Cost per item,Status
comte,Comté,<p>Hi</p>,Val,Food > Cheese,Cheese,,true,Size,250 g,FR-1,10.00,6.25,active
comte,,,,,,,,,500 g,FR-2,18.00,12.00,
comte,,,,,,,,,1 kg,FR-3,34.00,,
wine,Wine,,Val,,Wine,,false,Size,1,,20.00,,draft
wine,,,,,,,,,6,VI-6,110.00,,
,,,,,,,,,,LOST-1,1.00,,
"""


def test_woocommerce_with_several_categories_in_a_cell(tmp_path: Path) -> None:
    assert bring(tmp_path, Kind.PRODUCTS, "woocommerce_products", WOO_SEVERAL)["rejected"] == {}
    assert list(Product.objects.order_by("ref").values_list("ref", "category__name", "category__parent__name")) == [
        ("A-1", "Cheese", "Food"), ("A-2", "Linen, wool", None), ("A-3", "Bowls", "Table"),
    ]  # fmt: skip
    again(tmp_path, Kind.PRODUCTS, "woocommerce_products", WOO_SEVERAL)


def test_a_comma_in_the_only_category_stays(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text('ref,name,category\nB-1,Cup,"Table > Cups, mugs"\n')
    call_command("import_records", "products", str(path), "--json")
    assert Product.objects.get(ref="B-1").category.name == "Cups, mugs"


def test_shopify_variants_inherit_title_and_category(tmp_path: Path) -> None:
    result = bring(tmp_path, Kind.PRODUCTS, "shopify_products", SHOPIFY_VARIANTS)
    assert (result["created"], result["rejected"]) == (4, {"missing": 2})
    assert list(Product.objects.order_by("ref").values_list("ref", "name", "category__name", "sold_online")) == [
        ("FR-1", "Comté", "Cheese", True), ("FR-2", "Comté", "Cheese", True), ("FR-3", "Comté", "Cheese", True),
        ("VI-6", "Wine", None, False),
    ]  # fmt: skip
    again(tmp_path, Kind.PRODUCTS, "shopify_products", SHOPIFY_VARIANTS)


def test_shopify_products_and_their_costs(tmp_path: Path) -> None:
    assert bring(tmp_path, Kind.PRODUCTS, "shopify_products", SHOPIFY_PRODUCTS)["created"] == 2
    assert list(Product.objects.order_by("ref").values_list("ref", "name", "sold_online", "unit_cost")) == [
        ("FR-1", "Comté", True, Decimal("6.25")), ("VI-7", "Wine", False, None),
    ]  # fmt: skip
    costs = bring(tmp_path, Kind.COSTS, "shopify_products", SHOPIFY_PRODUCTS.replace("6.25", "6.50"))
    assert (costs["updated"], costs["rejected"]) == (1, {"missing": 1})


@pytest.mark.parametrize(
    ("name", "text", "ref"),
    [
        ("crm_companies", HUBSPOT, "9001"), ("salesforce_accounts", SALESFORCE, "001xx000003DGb2"),
        ("zoho_accounts", ZOHO, "zcrm_55001"), ("dynamics_accounts", DYNAMICS, "a1b2-c3"),
    ],
)  # fmt: skip
def test_companies_of_a_crm(tmp_path: Path, name: str, text: str, ref: str) -> None:
    assert bring(tmp_path, Kind.CLIENTS, name, text)["rejected"] == {}
    client = Client.objects.get()
    assert (client.ref, client.name, client.kind, client.city, client.country, client.phone) == (
        ref, "Laiterie du Val", "company", "Lille", "France", "+33 3 21 00 00 00",
    )  # fmt: skip
    again(tmp_path, Kind.CLIENTS, name, text)


def test_a_preset_is_said_on_the_command_line_too(tmp_path: Path) -> None:
    path = tmp_path / "customers.csv"
    path.write_text(WOO_CUSTOMERS)
    call_command("import_records", "clients", str(path), "--mapping", "woocommerce_customers", "--json")
    assert set(Client.objects.values_list("ref", flat=True)) == {"nora@mail.example", "guest@mail.example"}


def test_the_preview_shows_what_an_order_discount_takes_off(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(
        "ref,who,day,price,off\nW1,Nora,2026-03-01,10.00,3.00\nW1,Nora,2026-03-01,20.00,\nW2,Nora,2026-03-02,4.00,5.00\n"
        "W3,Nora,2026-03-02,7.00,\nW4,Nora,2026-03-03,8.00,1.00\n"
    )
    mapping = OrderMapping(
        {"order": "ref", "client": "who", "day": "day", "amount": "price", "discount": "off"}
    )
    seen = sales_preview(path, path.name, mapping, today=TODAY)
    assert [(row.share and (row.share.taken_off, row.share.remains), row.reason) for row in seen.rows] == [
        ((100, 900), None), ((200, 1800), None), (None, Reject.DISCOUNT_NOT_SPREAD), (None, None), ((100, 700), None),
    ]  # fmt: skip
    assert seen.rejected == {Reject.DISCOUNT_NOT_SPREAD: 1}
    # What lies beyond the rows that were read may belong to the last order.
    cut = sales_preview(path, path.name, mapping, today=TODAY, most=1)
    assert [(row.share, row.reason) for row in cut.rows] == [(None, None)]
    with override("en"):
        shown = catalogue.preview(
            OFFERS[Kind.ORDERS], path, path.name, Mapping(mapping.columns), user=None, today=TODAY, zone=UTC
        )
    assert [(row.taken_off, row.remains) for row in shown.rows][:3] == [
        ("1.00", "9.00 EUR"),
        ("2.00", "18.00 EUR"),
        ("", ""),
    ]
