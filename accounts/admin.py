from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.contrib.auth.models import Group
from django.db.models import ForeignKey, QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.models import RightsChange, Team, User
from accounts.querysets import OwnedQuerySet
from accounts.rights import may, reach
from accounts.rules import Act, Role

admin.site.site_header = settings.CMIX_COMPANY
admin.site.site_title = settings.CMIX_COMPANY
admin.site.index_title = _("Administration")
admin.site.unregister(Group)  # roles say what a person may do


class ScopedAdmin(admin.ModelAdmin):
    """Rows the person may see anyway; administrators act on all, account managers as ``manager_may`` says.

    A model whose ``manager_may`` is empty does not exist for account managers. Other apps subclass this
    for their own models; the model's queryset needs ``visible_to`` as soon as managers may see it.
    """

    manager_may: frozenset[str] = frozenset()

    def _may(self, request: HttpRequest, act: str) -> bool:
        user = request.user
        if not user.is_authenticated or not user.is_active:
            return False
        if user.is_superuser or user.role == Role.ADMINISTRATOR:
            return True
        return user.role == Role.ACCOUNT_MANAGER and act in self.manager_may

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        """Whatever the form sends, only what the person sees can be chosen."""
        rows = db_field.related_model._default_manager.all()  # type: ignore[union-attr]
        if hasattr(rows, "visible_to"):
            kwargs["queryset"] = rows.visible_to(request.user)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """The list is called what it holds."""
        title = capfirst(self.model._meta.verbose_name_plural)
        return super().changelist_view(request, {"title": title} | (extra_context or {}))

    def _in_scope(self, request: HttpRequest, record: Any) -> bool:
        return record is None or self.get_queryset(request).filter(pk=record.pk).exists()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        if self._may(request, "see all"):
            return rows
        if not self._may(request, "view"):
            return rows.none()
        return rows.visible_to(request.user)  # type: ignore[attr-defined]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._may(request, "view")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "view") and self._in_scope(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self._may(request, "add") and self._reaches(request, None)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "change") and self._in_scope(request, obj) and self._reaches(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "delete") and self._in_scope(request, obj) and self._reaches(request, obj)

    def _reaches(self, request: HttpRequest, record: Any) -> bool:
        """What hangs on clients is written as far as the right to edit goes, not as far as that to see."""
        rows = self.model._default_manager.all()
        if self._may(request, "see all") or not isinstance(rows, OwnedQuerySet):
            return True
        if record is None or reach(request.user, Act.EDIT) == reach(request.user, Act.SEE):
            return may(request.user, Act.EDIT)
        return rows.visible_to(request.user, act=Act.EDIT).filter(pk=record.pk).exists()


class ReadOnlyAdmin(ScopedAdmin):
    """What imports and jobs write is looked up here, never typed."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class UserCreationForm(AdminUserCreationForm):
    class Meta:
        model = User
        fields = ("email", "name", "role", "team", "language")


@admin.register(User)
class UserAdmin(ScopedAdmin, DjangoUserAdmin):
    manager_may = frozenset({"view"})
    add_form = UserCreationForm
    list_display = ("email", "name", "role", "team", "is_active")
    list_filter = ("role", "team", "is_active")
    list_select_related = ("team",)
    search_fields = ("email", "name")
    ordering = ("email",)
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("email", "password", "name", "is_active")}),
        (_("Work"), {"fields": ("role", "team", "weekly_hours")}),
        (_("Reading"), {"fields": ("language", "time_zone")}),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": ("email", "name", "role", "team", "language", "usable_password", "password1", "password2"),
            },
        ),
    )  # fmt: skip

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """The password's hash is nobody's to read but an administrator's link to change it."""
        fieldsets = super().get_fieldsets(request, obj)
        if self.has_change_permission(request, obj):
            return fieldsets
        return [
            (title, {**options, "fields": [name for name in options["fields"] if name != "password"]})
            for title, options in fieldsets
        ]

    def get_list_filter(self, request: HttpRequest) -> Any:
        return ("role", "team", "is_active") if self._may(request, "see all") else ("role", "is_active")


@admin.register(Team)
class TeamAdmin(ScopedAdmin):
    manager_may = frozenset({"view"})
    list_display = ("name",)
    search_fields = ("name",)
    ordering = ("name",)


@admin.register(RightsChange)
class RightsChangeAdmin(ReadOnlyAdmin):
    """The table itself is set on its page; here administrators read what became of it."""

    list_display = ("at", "by", "role", "act", "before", "after")
    list_filter = ("role", "act")
    list_select_related = ("by",)
    ordering = ("-at", "-pk")
