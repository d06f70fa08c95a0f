from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from clients.admin.tracked import TrackedAdmin, VisibleUserFilter
from clients.models import Interaction, Task
from clients.rules import TaskState


@admin.register(Interaction)
class InteractionAdmin(TrackedAdmin):
    manager_may = frozenset({"view", "add", "change", "delete"})
    list_display = ("happened_at", "kind", "client", "person_shown", "by", "minutes", "next_step")
    list_filter = ("kind", ("by", VisibleUserFilter))
    list_select_related = ("client", "person", "by")
    autocomplete_fields = ("client", "person", "by")
    search_fields = ("client__search_text",)
    date_hierarchy = "happened_at"
    ordering = ("-happened_at", "-pk")

    @admin.display(description=Interaction._meta.get_field("person").verbose_name)
    def person_shown(self, talk: Interaction) -> str:
        return str(talk.person_here or "–")


@admin.register(Task)
class TaskAdmin(TrackedAdmin):
    manager_may = frozenset({"view", "add", "change", "delete"})
    list_display = ("title", "client", "due_on", "owner", "state")
    list_filter = ("state", ("owner", VisibleUserFilter))
    list_select_related = ("client", "owner")
    autocomplete_fields = ("client", "owner")
    search_fields = ("title", "client__search_text")
    date_hierarchy = "due_on"
    ordering = ("due_on", "pk")
    readonly_fields = ("state", "done_at", "created_at", "updated_at")  # type: ignore[misc]
    actions = ("mark_done",)

    @admin.action(description=_("Mark as done"), permissions=["change"])
    def mark_done(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        done = 0
        for task in queryset.filter(state=TaskState.OPEN).select_related("client"):
            task.state, task.done_at = TaskState.DONE.value, timezone.now()
            self.save_model(request, task, form=None, change=True)
            done += 1
        self.message_user(request, ngettext("%d task done.", "%d tasks done.", done) % done)
