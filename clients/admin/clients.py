from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.admin import ReadOnlyAdmin, ScopedAdmin
from accounts.querysets import visible_q
from accounts.rights import may, sees_all
from accounts.rules import Act
from clients.admin.people import MembershipInline, PersonInline
from clients.admin.tracked import ScopedInline, SearchTextMixin, TrackedAdmin, VisibleUserFilter
from clients.bulk.registry import BulkAct, acts_for
from clients.models import Batch, Client, Tag, Task
from clients.services.records import tell_tags

MAX_TICKED = 400
"""Keys that fit into an address."""


def tags_seen(user: Any) -> QuerySet[Tag]:
    """Those on clients one may see, and words not used yet: a tag can say more than a colleague should read."""
    if sees_all(user):
        return Tag.objects.all()
    tagged = Client.tags.through.objects.filter(tag=OuterRef("pk"))
    return Tag.objects.filter(Exists(tagged.filter(visible_q(user, client="client__"))) | ~Exists(tagged))


class SeenTagFilter(admin.RelatedFieldListFilter):
    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        return list(tags_seen(request.user).order_by("name").values_list("pk", "name"))


class TaskInline(ScopedInline):
    model = Task
    fields = ("title", "due_on", "owner", "state")
    readonly_fields = ("state",)
    autocomplete_fields = ("owner",)


def _handed_over(act: BulkAct) -> tuple[Any, str, Any]:
    """An act of the list as an action of the administration: ticks go along, the page asks the rest."""

    def open_page(model_admin: Any, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        ids = list(queryset.values_list("pk", flat=True)[: MAX_TICKED + 1])
        if len(ids) > MAX_TICKED:
            told = _(
                "At most %(most)d clients are handed over from here; the list of clients takes all that fit."
            )
            model_admin.message_user(request, told % {"most": MAX_TICKED}, messages.WARNING)
            return None
        question = urlencode({"act": act.key, "id": ids}, doseq=True)
        return redirect(f"{reverse('clients:bulk', args=['clients'])}?{question}")

    return open_page, act.key, act.label


@admin.register(Client)
class ClientAdmin(SearchTextMixin, TrackedAdmin):
    """Clients are merged or erased on their own pages, never deleted here."""

    list_display = ("name", "ref", "kind", "owner", "team", "city", "updated_at")
    list_filter = ("kind", ("owner", VisibleUserFilter), ("tags", SeenTagFilter), "language")
    list_select_related = ("owner", "team")
    autocomplete_fields = ("owner", "team", "parent", "tags")
    ordering = ("name", "pk")
    inlines = (PersonInline, MembershipInline, TaskInline)
    fieldsets = (
        (None, {"fields": (("ref", "kind"), "name", ("owner", "team"), "tags")}),
        (
            _("Contact"),
            {"fields": (("email", "phone"), "website", "street", ("postcode", "city", "country"))},
        ),
        (_("Company"), {"fields": ("registration_number", "parent")}),
        (_("Reading"), {"fields": ("language", "observed_from")}),
        (_("Dates"), {"fields": (("created_at", "updated_at"),)}),
    )

    def client_of(self, record: Client) -> Client:
        return record

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """The acts of the list of clients: they are confirmed, done and undone in one place."""
        acts = acts_for("clients", request.user)
        return super().get_actions(request) | {act.key: _handed_over(act) for act in acts}

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.related_model is Tag:
            kwargs["queryset"] = tags_seen(request.user)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    @transaction.atomic
    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The tags enter the history as on the client's own page."""
        client = form.instance
        before = sorted(client.tags.values_list("name", flat=True))
        super().save_related(request, form, formsets, change)
        if before != (after := sorted(client.tags.values_list("name", flat=True))):
            tell_tags(client, before, after, request.user, timezone.now())

    def get_list_display(self, request: HttpRequest) -> Any:
        """Who sees one team alone need not read its name in every row."""
        everything = self._may(request, "see all")
        return [name for name in self.list_display if name != "team" or everything]

    def get_list_filter(self, request: HttpRequest) -> Any:
        return (*self.list_filter, "team") if self._may(request, "see all") else self.list_filter

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Administrators too meet no merged or erased client here."""
        return super().get_queryset(request).visible_to(request.user)  # type: ignore[attr-defined]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """The reference ties the client to other systems: it stays."""
        return (*self.readonly_fields, "ref") if obj else self.readonly_fields

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        user: Any = request.user
        return {"owner": user.pk, "team": user.team_id} | super().get_changeform_initial_data(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A client that is new here is a client that is handed to somebody."""
        return super().has_add_permission(request) and may(request.user, Act.ASSIGN)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Tag)
class TagAdmin(ScopedAdmin):
    manager_may = frozenset({"view", "add"})
    list_display = ("name",)
    search_fields = ("name",)
    ordering = ("name",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return tags_seen(request.user) if self._may(request, "view") else Tag.objects.none()


@admin.register(Batch)
class BatchAdmin(ReadOnlyAdmin):
    """What changed many records at once; account managers read their own."""

    manager_may = frozenset({"view"})
    list_display = ("at", "kind", "label", "by", "undone_at")
    list_filter = ("kind",)
    list_select_related = ("by",)
    ordering = ("-at", "-pk")
    date_hierarchy = "at"
