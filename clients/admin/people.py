from typing import Any

from django.contrib import admin
from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _

from clients.admin.tracked import ScopedInline, SearchTextMixin, TrackedAdmin
from clients.models import BuyingUnit, Client, Consent, Person, UnitMembership


class PersonInline(ScopedInline):
    model = Person
    fields = ("first_name", "last_name", "job_title", "role", "is_decision_maker", "email", "phone")
    verbose_name_plural = Person._meta.verbose_name_plural


class MembershipInline(ScopedInline):
    model = UnitMembership
    fields = ("unit", "joined_on", "left_on")
    autocomplete_fields = ("unit",)
    show_change_link = False


class MemberInline(ScopedInline):
    model = UnitMembership
    fields = ("client", "joined_on", "left_on")
    autocomplete_fields = ("client",)
    show_change_link = False


class ConsentInline(ScopedInline):
    model = Consent
    fields = ("purpose", "given_at", "withdrawn_at", "source")
    show_change_link = False


@admin.register(Person)
class PersonAdmin(SearchTextMixin, TrackedAdmin):
    list_display = (
        "name_shown", "client", "job_title", "role", "is_decision_maker", "email", "phone", "legal_basis", "source",
        "objects_shown", "consents_shown",
    )  # fmt: skip
    list_filter = (
        "role", "is_decision_maker", "language", "legal_basis", ("profiling_objected_at", admin.EmptyFieldListFilter),
    )  # fmt: skip
    list_select_related = ("client",)
    autocomplete_fields = ("client",)
    ordering = ("last_name", "first_name", "pk")
    inlines = (ConsentInline,)
    fieldsets = (
        (None, {"fields": ("client", ("first_name", "last_name"), ("job_title", "role"), "is_decision_maker", "ref")}),
        (Client._meta.get_field("email").verbose_name, {"fields": (("email", "phone"), "language")}),
        (
            Person._meta.get_field("legal_basis").verbose_name,
            {"fields": (("legal_basis", "source"), "profiling_objected_at", "last_contact_on", "left_on")},
        ),
    )  # fmt: skip

    def get_queryset(self, request: Any) -> Any:
        return super().get_queryset(request).prefetch_related("consents")

    @admin.display(description=_("name"), ordering="last_name")
    def name_shown(self, person: Person) -> str:
        return person.name

    @admin.display(description=_("objects to profiling"), boolean=True, ordering="profiling_objected_at")
    def objects_shown(self, person: Person) -> bool:
        return person.profiling_objected_at is not None

    @admin.display(description=_("consents"))
    def consents_shown(self, person: Person) -> str:
        """Those that hold, with where they were given."""
        held = [one for one in person.consents.all() if one.withdrawn_at is None]
        told = [
            f"{one.get_purpose_display()} ({one.source})" if one.source else one.get_purpose_display()
            for one in held
        ]
        return ", ".join(told) or "–"

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        """Somebody's data go by an erasure, which also sees to copies and to later imports."""
        return False


@admin.register(BuyingUnit)
class BuyingUnitAdmin(TrackedAdmin):
    list_display = ("name", "ref", "kind", "head_shown")
    list_filter = ("kind",)
    search_fields = ("name", "ref")
    autocomplete_fields = ("head",)
    ordering = ("name", "pk")
    inlines = (MemberInline,)

    def get_queryset(self, request: Any) -> Any:
        """Each with its head, where the reader may see them."""
        heads = Prefetch("head", Person.objects.visible_to(request.user), to_attr="head_seen")
        return super().get_queryset(request).prefetch_related(heads)

    @admin.display(description=BuyingUnit._meta.get_field("head").verbose_name)
    def head_shown(self, unit: Any) -> str:
        return str(unit.head_seen or "–")

    def client_of(self, record: Any) -> Client | None:
        return record.client if isinstance(record, UnitMembership) else None
