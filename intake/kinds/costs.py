"""Costs: of a piece of a product, which counts for everybody, or of one line of an order.

A row that names an order says the cost of exactly one of its lines, found by product, day and position
as far as the row names them; nothing is spread over several lines.
"""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from common.money import MAX_CENTS, to_cents
from intake import fields, staging
from intake.fields import FieldSpec, Reading
from intake.kinds.base import RecordKind, Values
from intake.kinds.products import UNIT_COST
from intake.rules import Code, Kind, Mode, Problem
from intake.sql import repeated, run
from intake.work import Work
from sales.models import OrderLine, Product
from sales.services import mark_days_of_lines, mark_days_of_products

_amount = fields.number(places=2, least=-MAX_CENTS // 100, most=MAX_CENTS // 100)


def _cents(cell: Any, reading: Reading) -> int:
    return to_cents(_amount(cell, reading))


FIELDS = (
    FieldSpec("product", _("Product reference"), fields.text(64), "varchar(64)", (
        "sku", "variantsku", "productid", "productref", "codeproduit", "codearticle", "refproduit", "referenceproduit",
        "reference", "ref",
    )),
    FieldSpec("unit_cost", _("Unit cost"), UNIT_COST, "decimal(14,4)", (
        "coutunitaire", "costperitem", "prixachat", "prixdachat", "wholesaleprice", "prixderevient", "cost", "cout",
    ), nature="number"),
    FieldSpec("order", _("Order reference"), fields.text(120), "", ("orderref", "orderid", "commande", "refcommande",
              "referencedecommande", "invoice", "facture")),
    FieldSpec("day", _("Day"), fields.day(), "date", ("date", "jour"), nature="day"),
    FieldSpec("position", _("Position in the order"), fields.whole(least=1, most=1_000_000), "", ("ligne", "line",
              "positiondanslacommande"), nature="number"),
    FieldSpec("line_cost", _("Cost of the line"), _cents, "bigint", ("coutdelaligne", "linecost", "coutligne"), nature="number"),
)  # fmt: skip


def _check(values: Values, reading: Reading) -> Sequence[Problem]:
    values["order_ref"], values["place"] = (
        values.pop("order", None),
        values.pop("position", None),
    )  # words of SQL
    if values["order_ref"]:
        return [] if values.get("line_cost") is not None else [Problem(Code.MISSING.value, "line_cost")]
    if not values.get("product"):
        return [Problem(Code.MISSING.value, "product")]
    return [] if values.get("unit_cost") is not None else [Problem(Code.MISSING.value, "unit_cost")]


def _key(values: Values) -> str:
    parts = ("product", "order_ref", "day", "place")
    return "|".join(f"{part}:{values.get(part)}" for part in parts)


def write(work: Work) -> None:
    run("UPDATE intake_row SET product_id = p.id FROM sales_product p WHERE p.ref = intake_row.product")
    work.reject("s.product IS NOT NULL AND s.product_id IS NULL", Code.PRODUCT_UNKNOWN, "product")
    if not work.for_all:
        work.reject("s.order_ref IS NULL", Code.NOT_FOR_ALL)
    _find_lines(work)
    run("UPDATE intake_row SET record_id = product_id WHERE order_ref IS NULL")
    work.reject(repeated("line_id"), Code.TWICE_IN_FILE)
    if work.mode == Mode.CREATE:
        _skip_known(work)
    run("UPDATE intake_row SET act = 'product' WHERE order_ref IS NULL")
    run("UPDATE intake_row SET act = 'update', record_id = line_id WHERE order_ref IS NOT NULL")
    work.update(OrderLine, {"cost_cents": "line_cost"}, touches=False, client="NULL")
    mark_days_of_lines("SELECT record_id FROM intake_row WHERE act = 'update'")
    run(
        "UPDATE intake_row SET act = CASE WHEN act = 'same' THEN 'l-same' ELSE 'l-upd' END WHERE act <> 'product'"
    )
    run("UPDATE intake_row SET act = 'update' WHERE act = 'product'")
    work.update(Product, {"unit_cost": "unit_cost"}, touches=False)
    mark_days_of_products("SELECT record_id FROM intake_row WHERE act = 'update'")
    run(
        "UPDATE intake_row SET act = CASE act WHEN 'l-same' THEN 'same' WHEN 'l-upd' THEN 'update' ELSE act END"
    )


def _find_lines(work: Work) -> None:
    """The one line that fits; an order of somebody else's client is as unknown as an absent one."""
    visible, parameters = work.visible_clients()
    run(
        f"UPDATE intake_row SET order_id = o.id FROM sales_order o WHERE o.ref = intake_row.order_ref "
        f"AND o.client_id IN ({visible})", parameters,
    )  # fmt: skip
    work.reject("s.order_ref IS NOT NULL AND s.order_id IS NULL", Code.ORDER_UNKNOWN, "order")
    staging.analyze("order_id", "product_id")
    run("CREATE TEMPORARY TABLE intake_line (number bigint primary key, id bigint)")
    run(
        """
        INSERT INTO intake_line SELECT s.number, MIN(l.id) FROM intake_row s
        JOIN sales_orderline l ON l.order_id = s.order_id
        WHERE (s.product_id IS NULL OR l.product_id = s.product_id) AND (s.day IS NULL OR l.day = s.day)
        AND (s.place IS NULL OR l.position = s.place)
        GROUP BY s.number HAVING COUNT(*) = 1
        """
    )
    run("UPDATE intake_row SET line_id = i.id FROM intake_line i WHERE i.number = intake_row.number")
    run("DROP TABLE intake_line")
    work.reject("s.order_ref IS NOT NULL AND s.line_id IS NULL", Code.LINE_UNCLEAR)


def _skip_known(work: Work) -> None:
    """Only where no cost is known yet."""
    for known in (
        "order_ref IS NULL AND product_id IN (SELECT id FROM sales_product WHERE unit_cost IS NOT NULL)",
        "line_id IN (SELECT id FROM sales_orderline WHERE cost_cents IS NOT NULL)",
    ):  # apart: an OR of the two would look for each row through all that have a cost
        work.counts["skipped"] += run(f"DELETE FROM intake_row WHERE {known}")


COSTS = RecordKind(
    Kind.COSTS, FIELDS, key=_key, write=write, check=_check, needs=(("unit_cost", "line_cost"),),
    staged={"order_ref": "varchar(120)", "place": "integer", "product_id": "bigint", "order_id": "bigint",
            "line_id": "bigint"},
    sample=(
        {"product": "FR-101", "unit_cost": "3.2000"},
        {"product": "FR-101", "order": "O-2001", "line_cost": "38.40"},
    ),
)  # fmt: skip
