"""Products and the tree of their categories, for whoever configures."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.rights import may
from accounts.rules import Act
from clients.listing import show
from clients.past import last_change
from common.htmx import page
from sales.forms import CategoryForm, ProductForm
from sales.goods import PRODUCTS
from sales.models import Category, Product
from sales.selectors import category_rows
from sales.services import Circle, save_category, save_product


def _only_who_configures(request: HttpRequest) -> None:
    if not may(request.user, Act.CONFIGURE):
        raise PermissionDenied


@require_safe
def products(request: HttpRequest) -> HttpResponse:
    _only_who_configures(request)
    links = [(reverse("sales:categories"), _("Categories"), "diagram-3")]
    return show(request, PRODUCTS, links=links)


@require_http_methods(["GET", "HEAD", "POST"])
def product(request: HttpRequest, pk: int) -> HttpResponse:
    _only_who_configures(request)
    found = get_object_or_404(Product.objects.select_related("category"), pk=pk)
    name = found.name
    form = ProductForm(request.POST if request.method == "POST" else None, instance=found)
    if request.method == "POST" and form.is_valid():
        rests = save_product(found, by=request.user, at=timezone.now())
        kept = _("%(name)s is saved.") % {"name": found.name}
        messages.success(request, f"{kept} {_again()}" if rests else kept)
        return redirect("sales:product_list")
    context = {"form": form, "product": found, "headline": name, "cancel_url": reverse("sales:product_list")}
    return _form_page(request, context, found)


def _again() -> str:
    return _("The days of sales that rest on it are computed again tonight.")


def _form_page(request: HttpRequest, context: dict[str, Any], found: Product | Category) -> HttpResponse:
    context["last_change"] = last_change(found) if found.pk else None
    return page(request, "sales/goods_form.html", context, status=422 if context["form"].errors else 200)


@require_safe
def categories(request: HttpRequest) -> HttpResponse:
    _only_who_configures(request)
    rows = category_rows()
    context = {"rows": rows, "near": sum(row.category.is_near_universe for row in rows)}
    return page(request, "sales/categories.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def category_create(request: HttpRequest) -> HttpResponse:
    _only_who_configures(request)
    return _category(request, Category(), _("New category"))


@require_http_methods(["GET", "HEAD", "POST"])
def category(request: HttpRequest, pk: int) -> HttpResponse:
    _only_who_configures(request)
    found = get_object_or_404(Category, pk=pk)
    return _category(request, found, found.name)


def _category(request: HttpRequest, found: Category, headline: str) -> HttpResponse:
    form = CategoryForm(request.POST if request.method == "POST" else None, instance=found)
    if request.method == "POST" and form.is_valid():
        try:
            days = save_category(found, rate=form.rate, by=request.user, at=timezone.now())
            kept = _("%(name)s is saved.") % {"name": found.name}
            messages.success(request, f"{kept} {_again()}" if days else kept)
            return redirect("sales:categories")
        except Circle:
            form.add_error("parent", _("The category would be part of itself."))
    context = {"form": form, "headline": headline, "cancel_url": reverse("sales:categories")}
    return _form_page(request, context, found)
