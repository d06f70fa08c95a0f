"""The list of products."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.rights import may
from accounts.rules import Act
from common.lists.spec import DATE_CELL, YES_CELL, Column, Empty, Filter, ListSpec, Options, Rows
from sales.models import Category, Product
from sales.rules import with_parts

_NONE = "none"
_MAX_OFFERED = 500


def _yes_no(value: bool | None) -> str | None:
    """As an import reads it back."""
    return None if value is None else "yes" if value else "no"


def _category(product: Product) -> str | None:
    return product.category.name if product.category else None


_COLUMNS = [
    Column("name", _("Product"), sort="name"),
    Column("ref", _("Reference"), sort="ref", position=20, side=True),
    Column("category", _("Category"), sort="category__name", position=30, value=_category),
    Column("sold_online", _("Sold on the internet"), template=YES_CELL, sort="sold_online", position=40, export=_yes_no),
    Column("introduced_on", _("Introduced on"), template=DATE_CELL, sort="introduced_on", position=50, numeric=True),
    Column("unit_cost", _("Unit cost"), template="sales/cells/cost.html", sort="unit_cost", position=60, numeric=True),
]  # fmt: skip
# The headers an import of products knows.
_RECORD = [
    Column("ref", _("Reference")), Column("name", _("Name")), Column("category", _("Category"), value=_category),
    Column("sold_online", _("Sold on the internet"), export=_yes_no), Column("introduced_on", _("Introduced on")),
    Column("unit_cost", _("Unit cost")),
]  # fmt: skip


def _categories(user: Any) -> Options:
    names = Category.objects.order_by("name").values_list("pk", "name")[:_MAX_OFFERED]
    return [(_NONE, _("No category")), *((str(pk), name) for pk, name in names)]


def _in_category(rows: Rows, value: str, user: Any) -> Rows:
    """A category holds the products of its parts as well."""
    if value == _NONE:
        return rows.filter(category=None)
    parents = dict(Category.objects.values_list("pk", "parent_id"))
    return rows.filter(category__in=with_parts(parents, int(value)))


def _sold_online(rows: Rows, value: str, user: Any) -> Rows:
    return rows.filter(sold_online={"yes": True, "no": False}.get(value))


def _lacks(rows: Rows, value: str, user: Any) -> Rows:
    return rows.filter(**{value: None})


def _filters(user: Any) -> list[Filter]:
    answers = [("yes", _("Yes")), ("no", _("No")), ("unknown", _("Unknown"))]
    lacking = [("introduced_on", _("No introduction date")), ("unit_cost", _("No cost"))]
    return [
        Filter("category", _("Category"), _in_category, _categories, primary=True),
        Filter("online", _("Sold on the internet"), _sold_online, lambda user: answers, primary=True),
        Filter("lacks", _("Missing"), _lacks, lambda user: lacking, primary=True),
    ]


def _counted(count: int, shown: str, narrowed: bool) -> str:
    if narrowed:
        text = ngettext("%(count)s product fits what you ask.", "%(count)s products fit what you ask.", count)
    else:
        text = ngettext("%(count)s product is known.", "%(count)s products are known.", count)
    return text % {"count": shown}


def _empty(user: Any) -> Empty:
    title, text = _("No products yet"), _("Products come with an import, of their own or of orders.")
    return Empty(title, text, "box-seam", reverse("intake:imports"), _("To the imports"))


PRODUCTS = ListSpec(
    key="products", title=_("Products"), url_name="sales:product_list", position=65,
    # Products hang on no client: whoever configures sees them all, others none.
    rows=lambda user: Product.objects.all() if may(user, Act.CONFIGURE) else Product.objects.none(),
    columns=lambda user: _COLUMNS, filters=_filters, default_sort="name",
    search=lambda rows, text: rows.filter(name__icontains=text) | rows.filter(ref__icontains=text),
    search_hint=_("Name or reference"), prepare=lambda rows: rows.select_related("category"),
    prepare_record=lambda rows, user: rows.select_related("category"), record=_RECORD,
    link=lambda row: reverse("sales:product", args=[row.pk]),
    counted=_counted, nothing_fits=_("No product fits"), empty=_empty, allowed=lambda user: may(user, Act.CONFIGURE),
)  # fmt: skip
