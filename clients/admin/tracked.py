"""What every record of clients shares in the administration: scope, search, history."""

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.db import models, transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.admin import ScopedAdmin
from accounts.models import Team, User
from clients.history import record_change, record_deletion, stored_values
from clients.models import Client


class KeepingForm(forms.ModelForm):
    """Who stands there now may stay, also where the person could not choose them: colleagues are named on every page."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            rows = field.queryset if isinstance(field, forms.ModelChoiceField) else None
            if rows is not None and rows.model in (User, Team):
                standing = rows.model.objects.filter(pk=getattr(self.instance, f"{name}_id", None))
                cast(forms.ModelChoiceField, field).queryset = rows | standing


def out_of_sight(record: Any, user: Any) -> set[str]:
    """Fields of a record that name somebody's client, person or unit whom ``user`` may not see."""
    found = set()
    for field in record._meta.concrete_fields if record else ():
        rows: Any = field.related_model._default_manager.all() if field.is_relation else None
        if rows is None or field.related_model in (User, Team) or not hasattr(rows, "visible_to"):
            continue
        value = getattr(record, field.attname)
        if value is not None and not rows.visible_to(user).filter(pk=value).exists():
            found.add(field.name)
    return found


def _without(fields: Any, names: set[str]) -> list[Any]:
    kept = [_without(one, names) if isinstance(one, list | tuple) else one for one in fields]
    return [one for one in kept if one and (isinstance(one, list) or one not in names)]


class TrackedAdmin(ScopedAdmin):
    """Account managers work on the records of their team's clients; each change enters the history."""

    manager_may = frozenset({"view", "add", "change"})
    list_per_page = 50
    show_full_result_count = False
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    readonly_fields: tuple[str, ...] = ("created_at", "updated_at")  # type: ignore[misc]
    form = KeepingForm

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """A parent, head or person out of sight is neither named nor changed."""
        hidden = out_of_sight(obj, request.user)
        return [
            (title, {**options, "fields": _without(options["fields"], hidden)})
            for title, options in super().get_fieldsets(request, obj)
        ]

    def client_of(self, record: Any) -> Client | None:
        """Whose history tells of the record."""
        return getattr(record, "client", None)

    @transaction.atomic
    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        before = stored_values(obj) if change else None
        super().save_model(request, obj, form, change)
        self._tell(request, obj, before)

    @transaction.atomic
    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        record_deletion(obj, by=request.user, at=timezone.now(), client=self.client_of(obj))
        super().delete_model(request, obj)

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for record in queryset:
            record_deletion(record, by=request.user, at=timezone.now(), client=self.client_of(record))
        super().delete_queryset(request, queryset)

    @transaction.atomic
    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        before = {row.pk: stored_values(row) for row in formset.queryset} if change else {}
        owner = form.instance if isinstance(form.instance, Client) else None
        for row in getattr(formset, "initial_forms", ()):
            if formset.can_delete and row in formset.deleted_forms:
                record = row.instance
                client = owner or self.client_of(record)
                record_deletion(record, by=request.user, at=timezone.now(), client=client)
        super().save_formset(request, form, formset, change)
        for record in [*(changed for changed, _ in formset.changed_objects), *formset.new_objects]:
            record_change(
                record, before=before.get(record.pk), by=request.user, at=timezone.now(),
                client=owner or self.client_of(record),
            )  # fmt: skip

    def _tell(self, request: HttpRequest, record: Any, before: dict[str, Any] | None) -> None:
        record_change(
            record, before=before, by=request.user, at=timezone.now(), client=self.client_of(record)
        )


class ScopedInline(admin.TabularInline):
    """Rows inside a record; who may change the record may change them."""

    extra = 0
    form = KeepingForm
    show_change_link = True

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may_change(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may_change(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may_change(request, obj)

    def _may_change(self, request: HttpRequest, obj: Any) -> bool:
        return self.admin_site._registry[self.parent_model].has_change_permission(request, obj)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: Any = super().get_queryset(request)
        return rows.visible_to(request.user)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        rows = db_field.related_model._default_manager.all()
        if hasattr(rows, "visible_to"):
            kwargs["queryset"] = rows.visible_to(request.user)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class VisibleUserFilter(admin.RelatedFieldListFilter):
    """Offers only the colleagues the reader sees."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        people = User.objects.visible_to(request.user).filter(is_active=True).order_by("name", "pk")
        return [(pk, name) for pk, name in people.values_list("pk", "name")]


def searching(queryset: QuerySet[Any], text: str) -> tuple[QuerySet[Any], bool]:
    """Search as the pages do: every word somewhere in ``search_text``, accents or not."""
    return queryset.matching(text), False  # type: ignore[attr-defined]


class SearchTextMixin(admin.ModelAdmin):
    search_fields = ("search_text",)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return searching(queryset, search_term)
