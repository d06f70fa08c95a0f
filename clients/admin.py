from typing import Any

from django.contrib import admin
from django.db.models import ForeignKey, QuerySet
from django.http import HttpRequest

from accounts.admin import ScopedAdmin
from clients.models import Client


@admin.register(Client)
class ClientAdmin(ScopedAdmin):
    manager_may = frozenset({"view", "change"})
    list_display = ("name", "ref", "kind", "owner", "team", "city")
    list_filter = ("kind",)
    list_select_related = ("owner", "team")
    search_fields = ("search_text",)
    autocomplete_fields = ("owner", "team")
    readonly_fields = ("created_at", "updated_at")
    ordering = ("name", "pk")
    list_per_page = 50
    show_full_result_count = False

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[Any, bool]:
        return queryset.matching(search_term), False  # type: ignore[attr-defined]

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        """Owner and team come from what the person sees, whatever the form sends."""
        model: Any = db_field.related_model
        kwargs["queryset"] = model.objects.visible_to(request.user)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)
