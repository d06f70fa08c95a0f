"""Files of people, units, products, costs and interactions."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from clients.models import BuyingUnit, Client, Interaction, Person, UnitMembership
from intake.rules import Kind, Mode
from sales.models import Category, ClientDay, OrderLine, Product
from sales.rollup import rebuild_dirty
from sales.services import mark_all_dirty
from tests.conftest import Cast
from tests.factories.records import make_client, make_order
from tests.intake.helpers import import_text, stored

pytestmark = pytest.mark.django_db


def test_people_come_to_their_clients(cast: Cast, tmp_path: Path) -> None:
    client = make_client(ref="C1", owner=cast.alice)
    body = (
        "client,ref,first_name,last_name,role,is_decision_maker,email,language,last_contact_on\n"
        "C1,P1,Karim,Vasseur,Décide,oui,karim@mail.example,Français,2026-11-01\n"
        "C1,,Ida,Lund,uses,no,ida@mail.example,en,\n"
        "C1,,,Solo,,,,,\n"
    )
    result = import_text(tmp_path, Kind.PEOPLE, body, user=cast.anne)
    assert (result["created"], result["rejected"]) == (3, {})
    karim, ida, solo = Person.objects.order_by("pk")
    assert (karim.ref, karim.role, karim.is_decision_maker, karim.language) == ("P1", "decides", True, "fr")
    assert (ida.ref, ida.email, ida.client, ida.legal_basis, ida.source) == (
        None, "ida@mail.example", client, "contract", "test",
    )  # fmt: skip
    assert [one.search_text for one in (karim, ida, solo)] == [
        one.make_search_text() for one in (karim, ida, solo)
    ]
    before = stored()
    again = import_text(tmp_path, Kind.PEOPLE, body, user=cast.anne)
    assert (again["unchanged"], again["created"], again["updated"]) == (3, 0, 0)
    assert stored() == before


def test_people_are_found_by_reference_then_mail_then_name(db: None, tmp_path: Path) -> None:
    client = make_client(ref="C1")
    one = Person.objects.create(client=client, last_name="Lund", first_name="Ida", email="IDA@mail.example")
    import_text(
        tmp_path, Kind.PEOPLE, "client,ref,last_name,email,job_title\nC1,,Lund,ida@mail.example,Chef\n"
    )
    one.refresh_from_db()
    assert (one.job_title, Person.objects.count()) == ("Chef", 1)
    Person.objects.create(client=client, last_name="Lund", first_name="Ida", email="ida@MAIL.example")
    twice = import_text(tmp_path, Kind.PEOPLE, "client,last_name,email\nC1,Lund,ida@mail.example\n")
    assert twice["rejected"] == {"ambiguous": 1}


def test_people_of_foreign_clients_are_as_unknown_as_absent_ones(cast: Cast, tmp_path: Path) -> None:
    foreign = make_client(ref="foreign", owner=cast.carl)
    Person.objects.create(client=foreign, ref="PX", last_name="Secret")
    make_client(ref="mine", owner=cast.bob)
    body = "client,ref,last_name\nforeign,,A\nabsent,,B\nmine,PX,C\n"
    result = import_text(tmp_path, Kind.PEOPLE, body, user=cast.anne)
    assert result["rejected"] == {"client_unknown": 2, "not_yours": 1}
    assert list(Person.objects.values_list("last_name", flat=True)) == ["Secret"]


UNITS = (
    "ref,name,kind,head,client,joined_on,left_on\n"
    "U1,Famille,household,ida@mail.example,A,2024-01-01,\n"
    "U1,,,,B,2024-02-01,\n"
    "U2,Groupe,Groupe d’entreprises,,C,2023-01-01,2023-12-31\n"
)


def test_units_with_head_and_members(cast: Cast, tmp_path: Path) -> None:
    for ref in "ABC":
        make_client(ref=ref, owner=cast.alice)
    ida = Person.objects.create(
        client=Client.objects.get(ref="A"), last_name="Lund", email="ida@mail.example"
    )
    body = UNITS.replace("Groupe d’entreprises", "group")
    result = import_text(tmp_path, Kind.UNITS, body, user=cast.anne)
    assert (result["created"], result["new_units"], result["rejected"]) == (3, 2, {})
    family = BuyingUnit.objects.get(ref="U1")
    assert (family.name, family.kind, family.head) == ("Famille", "household", ida)
    members = UnitMembership.objects.order_by("client__ref").values_list(
        "client__ref", "unit__ref", "left_on"
    )
    assert list(members) == [("A", "U1", None), ("B", "U1", None), ("C", "U2", date(2023, 12, 31))]
    before = stored()
    assert import_text(tmp_path, Kind.UNITS, body, user=cast.anne)["unchanged"] == 3
    assert stored() == before


def test_a_client_belongs_to_one_unit_at_a_time(cast: Cast, tmp_path: Path) -> None:
    make_client(ref="A", owner=cast.alice)
    make_client(ref="F", owner=cast.carl)
    body = "ref,name,client,joined_on,left_on\nU1,One,A,2024-01-01,\nU2,Two,A,2024-03-01,\nU3,Three,F,2024-01-01,\n"
    result = import_text(tmp_path, Kind.UNITS, body, user=cast.anne)
    assert result["rejected"] == {"other_unit": 1, "client_unknown": 1}
    assert list(BuyingUnit.objects.values_list("ref", flat=True)) == ["U1"]
    move = "ref,name,client,joined_on,left_on\nU1,One,A,2024-01-01,2024-03-01\nU2,Two,A,2024-03-01,\n"
    moved = import_text(tmp_path, Kind.UNITS, move, user=cast.anne)
    assert (moved["updated"], moved["created"], moved["rejected"]) == (1, 1, {})
    backwards = import_text(
        tmp_path, Kind.UNITS, "ref,client,joined_on,left_on\nU2,A,2024-03-01,2024-03-01\n"
    )
    assert backwards["rejected"] == {"dates_in_order": 1}


PRODUCTS = (
    "ref,name,category,near_universe,sold_online,introduced_on,unit_cost\n"
    "P1,Comté,Food > Cheese,no,yes,2019-03-01,3.20\n"
    "P2,Wine,Drinks>Wine,yes,non,,\n"
    "P3,Brie,Food > Cheese,,,2020-01-01,0\n"
)


def test_products_with_their_tree(db: None, tmp_path: Path) -> None:
    result = import_text(tmp_path, Kind.PRODUCTS, PRODUCTS)
    assert (result["created"], result["rejected"]) == (3, {})
    comte, wine, brie = Product.objects.order_by("ref")
    assert (comte.category.name, comte.category.parent.name, comte.sold_online) == ("Cheese", "Food", True)
    assert (comte.introduced_on, comte.unit_cost) == (date(2019, 3, 1), Decimal("3.2"))
    assert (wine.category.is_near_universe, wine.sold_online, wine.unit_cost) == (True, False, None)
    assert (brie.unit_cost, brie.sold_online, Category.objects.count()) == (0, None, 4)
    before = stored()
    assert import_text(tmp_path, Kind.PRODUCTS, PRODUCTS)["unchanged"] == 3
    assert stored() == before


def test_a_category_is_never_part_of_itself(db: None, tmp_path: Path) -> None:
    body = "ref,name,category\nP1,A,X > Y\nP2,B,Y > X\nP3,C,Z > Z\n"
    assert import_text(tmp_path, Kind.PRODUCTS, body)["rejected"] == {"category_circle": 2}
    assert Category.objects.get(name="Y").parent.name == "X"


def test_products_count_for_everybody_and_are_not_a_managers_to_change(cast: Cast, tmp_path: Path) -> None:
    assert import_text(tmp_path, Kind.PRODUCTS, PRODUCTS, user=cast.anne)["rejected"] == {"not_for_all": 3}
    assert import_text(tmp_path, Kind.PRODUCTS, PRODUCTS, user=cast.diane)["created"] == 3


def test_costs_of_products_and_of_lines(cast: Cast, tmp_path: Path) -> None:
    client = make_client(ref="C1", owner=cast.alice)
    lamp = Product.objects.create(ref="P1", name="Lamp")
    order = make_order(client, date(2024, 3, 1), 1000, product=lamp, quantity=2)
    make_order(client, date(2024, 3, 2), 500, 700)
    mark_all_dirty()
    rebuild_dirty()
    other = order.lines.first().order.ref
    body = f"product,unit_cost,order,line_cost\nP1,2.5,,\nP9,1,,\n,,{other},7.25\n,,nowhere,1\n"
    result = import_text(tmp_path, Kind.COSTS, body, user=cast.diane)
    assert result["rejected"] == {"product_unknown": 1, "order_unknown": 1}
    assert (result["updated"], result["rebuilt_days"]) == (2, 1)
    assert Product.objects.get(ref="P1").unit_cost == Decimal("2.5")
    assert ClientDay.objects.get(day=date(2024, 3, 1)).cost == 725
    unclear = OrderLine.objects.filter(day=date(2024, 3, 2)).first().order.ref
    again = import_text(tmp_path, Kind.COSTS, f"order,line_cost\n{unclear},1\n", user=cast.diane)
    assert again["rejected"] == {"line_unclear": 1}
    at = import_text(tmp_path, Kind.COSTS, f"order,position,line_cost\n{unclear},2,1\n", user=cast.anne)
    assert (at["updated"], OrderLine.objects.get(order__ref=unclear, position=2).cost_cents) == (1, 100)
    for_all = import_text(tmp_path, Kind.COSTS, "product,unit_cost\nP1,9\n", user=cast.anne)
    assert for_all["rejected"] == {"not_for_all": 1}


TALKS = (
    "client,kind,happened_at,summary,person,minutes,came_from_client,ref\n"
    "C1,call,2026-11-03 10:30,Asked about delivery,ida@mail.example,15,yes,I1\n"
    "C1,Visite,2026-11-05,Showed the range,,60,,\n"
)


def test_interactions(cast: Cast, tmp_path: Path) -> None:
    client = make_client(ref="C1", owner=cast.alice)
    ida = Person.objects.create(client=client, last_name="Lund", email="ida@mail.example")
    result = import_text(tmp_path, Kind.INTERACTIONS, TALKS, user=cast.anne)
    assert (result["created"], result["rejected"]) == (2, {})
    call, visit = Interaction.objects.order_by("happened_at")
    assert (call.kind, call.happened_at, call.person, call.minutes, call.by, call.came_from_client) == (
        "call", datetime(2026, 11, 3, 10, 30, tzinfo=UTC), ida, 15, cast.anne, True,
    )  # fmt: skip
    assert (visit.kind, visit.ref, visit.minutes) == ("visit", None, 60)
    before = stored()
    assert import_text(tmp_path, Kind.INTERACTIONS, TALKS, user=cast.anne)["unchanged"] == 2
    assert stored() == before


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("C1,call,2027-01-01,Future,,,,", "in_future"),
        ("C1,call,2026-02-30,Never,,,,", "not_a_day"),
        ("C1,song,2026-01-01,La,,,,", "not_a_choice"),
        ("C1,call,2026-01-01,,,,,", "missing"),
        ("C1,call,2026-01-01,Long,,1441,,", "out_of_range"),
        ("C1,call,2026-01-01,Long,,many,,", "not_a_number"),
        ("C1,call,2026-01-01,Who,nobody@mail.example,,,", "person_unknown"),
        ("C1,call,2026-01-01,Maybe,,,perhaps,", "not_yes_or_no"),
        ("C2,call,2026-01-01,Whose,,,,", "client_unknown"),
    ],
)
def test_bad_interactions(db: None, tmp_path: Path, row: str, code: str) -> None:
    make_client(ref="C1")
    header = TALKS.split("\n", maxsplit=1)[0]
    result = import_text(
        tmp_path, Kind.INTERACTIONS, f"{header}\n{row}\n", decimal_mark=".", date_format="%Y-%m-%d"
    )
    assert (result["rejected"], Interaction.objects.count()) == ({code: 1}, 0)


def test_only_update_leaves_what_is_new(db: None, tmp_path: Path) -> None:
    make_client(ref="C1")
    result = import_text(tmp_path, Kind.INTERACTIONS, TALKS.replace("ida@mail.example", ""), mode=Mode.UPDATE)
    assert result["rejected"] == {"no_such_record": 2}
