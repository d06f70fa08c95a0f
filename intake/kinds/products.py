"""Products, their place in the tree of categories, and what a piece costs."""

import re
from collections.abc import Sequence
from itertools import pairwise

from django.utils.translation import gettext_lazy as _

from common.reading.conventions import folded
from intake import fields, staging
from intake.fields import FieldSpec, Reading
from intake.kinds.base import RecordKind, Values
from intake.rules import BadCell, Code, Kind, Problem
from intake.sql import rows, run
from intake.work import Work
from sales.models import Category, Product
from sales.services import mark_days_of_products

MAX_CATEGORY, MAX_DEPTH = 120, 10
_COMMA = re.compile(r"(?<!\\),")
UNIT_COST = fields.number(places=4, least=0, most=9_999_999_999)


SEVERAL = "categories"
"""The folded name of a column that holds several categories in a cell, parted by commas, as WooCommerce writes
them; a comma within a name has a backslash there. Elsewhere a comma belongs to the name."""


def _path(cell: object, reading: Reading) -> str:
    """ "Food > Cheese" as its parts, parted by bars; of several the deepest, which tells most, else the first."""
    if folded(reading.columns.get("category", "")) != SEVERAL:
        return _one_path(str(cell), reading)
    written = [path.replace("\\,", ",") for path in _COMMA.split(str(cell)) if path.strip()]
    return max((_one_path(path, reading) for path in written), key=lambda path: path.count("|"), default="")


def _one_path(written: str, reading: Reading) -> str:
    parts = [fields.text(MAX_CATEGORY)(part, reading) for part in written.replace("|", ">").split(">")]
    parts = [part for part in parts if part]
    if not parts or len(parts) > MAX_DEPTH:
        raise BadCell(Code.TOO_LONG if parts else Code.MISSING)
    return "|".join(parts)


FIELDS = (
    FieldSpec("ref", _("Product reference"), fields.text(64), "varchar(64)", (
        "reference", "sku", "variantsku", "productid", "codeproduit", "codearticle", "refproduit", "referenceproduit", "handle",
        "id",
    ), required=True),
    FieldSpec("name", _("Product name"), fields.text(200), "varchar(200)", ("nom", "name", "title", "designation", "libelle",
              "nomduproduit", "productname")),
    FieldSpec("category", _("Product category"), _path, "text", (
        "categorie", "categoriedeproduit", "categories", "famille", "productcategory", "type", "rootcategory",
        "categoriepardefaut", "defaultcategory",
    ), help_text=_("A path such as Food > Cheese. Of several in a column called Categories, the deepest counts.")),
    FieldSpec("near_universe", _("Near universe"), fields.yes_no, "boolean", ("universproche", "isnearuniverse"),
              help_text=_("Of the category.")),
    FieldSpec("sold_online", _("Sold on the internet"), fields.yes_no, "boolean",
              ("vendusurinternet", "venduenligne", "online", "published", "enligne", "active")),
    FieldSpec("introduced_on", _("Introduced on"), fields.day(), "date", ("introduitle", "lancele", "datedajout", "createdat",
              "dateadded", "launchdate"), nature="day"),
    FieldSpec("unit_cost", _("Unit cost"), UNIT_COST, "decimal(14,4)", (
        "coutunitaire", "cost", "costperitem", "prixachat", "prixdachat", "wholesaleprice", "prixderevient",
    ), nature="number"),
    FieldSpec("family", _("Handle of the variants"), fields.text(255), "", ("handle",),
              help_text=_("Rows that share it take name and category from their first when they leave them out.")),
)  # fmt: skip


def _check(values: Values, reading: Reading) -> Sequence[Problem]:
    if values.get("near_universe") is not None and not values.get("category"):
        return [Problem(Code.MISSING.value, "category")]
    return []


def write(work: Work) -> None:
    if not work.for_all:
        work.reject("1 = 1", Code.NOT_FOR_ALL)
        return
    run("UPDATE intake_row SET record_id = p.id FROM sales_product p WHERE p.ref = intake_row.ref")
    work.decide()
    work.reject("s.act = 'create' AND s.name IS NULL", Code.MISSING, "name")
    _Categories(work).write()
    names = ("name", "sold_online", "introduced_on", "unit_cost")
    work.create(
        Product, {"ref": "s.ref", "category_id": "s.category_id"} | {name: f"s.{name}" for name in names}
    )
    run(
        "UPDATE intake_row SET record_id = p.id FROM sales_product p "
        "WHERE p.ref = intake_row.ref AND intake_row.act = 'create'"
    )
    work.keep_created(Product, "SELECT record_id AS id FROM intake_row WHERE act = 'create'")
    columns = {name: name for name in names if name in work.mapped}
    if "category" in work.mapped:
        columns["category_id"] = "category_id"
    work.update(Product, columns, touches=False)
    mark_days_of_products("SELECT record_id FROM intake_row WHERE act = 'update'")
    work.tell_created(Product, "NULL")
    work.tell_created(Category, "NULL")


class _Categories:
    """The tree of categories, small enough to be held whole; every other file repeats a few paths."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._parents: dict[str, str | None] = {}
        self._near: dict[str, bool] = {}
        self._ids: dict[str, int] = {}
        names = dict(Category.objects.values_list("pk", "name"))
        for pk, name, parent, near in Category.objects.values_list(
            "pk", "name", "parent_id", "is_near_universe"
        ):
            self._ids[name], self._parents[name], self._near[name] = pk, names.get(parent), near
        self._stored = {name: (self._parents[name], self._near[name]) for name in self._ids}

    def write(self) -> None:
        circles = []
        for number, path, near in rows(
            "SELECT number, category, near_universe FROM intake_row WHERE category IS NOT NULL ORDER BY number"
        ):
            parts = path.split("|")
            if not self._place(parts):
                circles.append(number)
            elif near is not None:
                self._near[parts[-1]] = bool(near)
        self._work.reject_numbers(circles, Code.CATEGORY_CIRCLE, "category")
        self._create()
        self._change()
        paths = rows("SELECT DISTINCT category FROM intake_row WHERE category IS NOT NULL")
        run("CREATE TEMPORARY TABLE intake_path (path text, id bigint)")
        staging.stage(
            "intake_path", ["path", "id"], [(path, self._ids[path.split("|")[-1]]) for (path,) in paths]
        )
        run("UPDATE intake_row SET category_id = p.id FROM intake_path p WHERE p.path = intake_row.category")
        run("DROP TABLE intake_path")

    def _place(self, parts: list[str]) -> bool:
        """Hang each part below the one before it; ``False`` when it would then be part of itself."""
        if len(set(parts)) < len(parts):
            return False
        for parent, child in pairwise(parts):
            above: str | None = parent
            while above is not None:
                if above == child:
                    return False
                above = self._parents.get(above)
        for higher, child in zip([None, *parts], parts, strict=False):
            if higher is not None or child not in self._parents:
                self._parents[child] = higher
                self._near.setdefault(child, False)
        return True

    def _create(self) -> None:
        new = [name for name in self._parents if name not in self._stored]
        made = Category.objects.bulk_create(
            [Category(name=name, is_near_universe=self._near[name]) for name in new]
        )
        self._ids |= dict(Category.objects.filter(name__in=new).values_list("name", "pk")) if new else {}
        for category in made:
            if parent := self._parents[category.name]:
                Category.objects.filter(name=category.name).update(parent_id=self._ids[parent])
        self._work.keep_created_ids(Category, [self._ids[name] for name in new])

    def _change(self) -> None:
        for name, (parent, near) in self._stored.items():
            if (self._parents[name], self._near[name]) == (parent, near):
                continue
            pk, above = self._ids[name], self._parents[name]
            self._work.keep(Category, "SELECT %s", [pk])
            Category.objects.filter(pk=pk).update(
                parent_id=self._ids[above] if above else None, is_near_universe=self._near[name]
            )


PRODUCTS = RecordKind(
    Kind.PRODUCTS, FIELDS, key=lambda values: f"r:{values['ref']}", write=write, check=_check, for_all=True,
    staged={"category_id": "bigint"}, family="family", inherited=("name", "category", "sold_online"),
    sample=(
        {"ref": "FR-101", "name": "Comté 18 mois, 250 g", "category": "Food > Cheese", "near_universe": "no",
         "sold_online": "yes", "introduced_on": "2019-03-01", "unit_cost": "3.2000"},
        {"ref": "VI-007", "name": "Wine box", "category": "Drinks > Wine", "near_universe": "yes", "sold_online": "no",
         "introduced_on": "2025-09-15"},
    ),
)  # fmt: skip
