from typing import Any

from django.contrib import admin
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from accounts.admin import ReadOnlyAdmin, ScopedAdmin
from sales.models import Category, ExchangeRate, Order, Product
from sales.services import assume_margin, set_category, set_sold_online, set_unit_cost


@admin.register(Category)
class CategoryAdmin(ScopedAdmin):
    list_display = ["name", "assumed_margin_rate"]
    search_fields = ["name"]

    @transaction.atomic
    def save_model(self, request: HttpRequest, obj: Category, form: Any, change: bool) -> None:
        rate = obj.assumed_margin_rate
        if change:
            obj.assumed_margin_rate = form.initial.get("assumed_margin_rate")
        super().save_model(request, obj, form, change)
        assume_margin(category=obj, rate=rate, by=request.user, at=timezone.now())


@admin.register(Product)
class ProductAdmin(ScopedAdmin):
    list_display = ["ref", "name", "category", "unit_cost"]
    list_select_related = ["category"]
    search_fields = ["ref", "name"]
    autocomplete_fields = ["category"]

    @transaction.atomic
    def save_model(self, request: HttpRequest, obj: Product, form: Any, change: bool) -> None:
        """What days of the rollup rest on goes through the services, which mark them."""
        cost, category, sold = obj.unit_cost, obj.category, obj.sold_online
        if change:
            obj.unit_cost, obj.category_id = form.initial.get("unit_cost"), form.initial.get("category")
            obj.sold_online = form.initial.get("sold_online")
        super().save_model(request, obj, form, change)
        set_unit_cost(product=obj, cost=cost)
        set_category(product=obj, category=category)
        set_sold_online(product=obj, sold=sold)


@admin.register(ExchangeRate)
class ExchangeRateAdmin(ScopedAdmin):
    list_display = ["currency", "day", "rate"]
    list_filter = ["currency"]
    date_hierarchy = "day"


@admin.register(Order)
class OrderAdmin(ReadOnlyAdmin):
    manager_may = frozenset({"view"})
    list_display = ["ref", "client", "channel"]
    list_filter = ["channel"]
    list_select_related = ["client"]
    search_fields = ["ref"]
    show_full_result_count = False
