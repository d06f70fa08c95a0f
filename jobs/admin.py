"""Jobs and mails for the administrator: to read, and to decide what a machine cannot know."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.admin import ReadOnlyAdmin
from jobs import outbox, services
from jobs.models import Job, OutMail
from jobs.rules import MailState


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    list_display = [
        "kind",
        "key",
        "state",
        "attempts",
        "done_units",
        "total_units",
        "created_at",
        "finished_at",
    ]
    list_filter = ["state", "kind"]
    search_fields = ["key"]
    ordering = ["-created_at"]
    list_select_related = ["requested_by"]
    actions = ["run_again"]

    @admin.action(description=_("Run again (jobs that are over only)"))
    def run_again(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        count = sum(services.retry(job) for job in queryset)
        self.message_user(request, ngettext("%d job waits.", "%d jobs wait.", count) % count)


@admin.register(OutMail)
class OutMailAdmin(ReadOnlyAdmin):
    list_display = ["kind", "key", "to_email", "state", "attempts", "next_attempt_at", "sent_at"]
    list_filter = ["state", "kind"]
    search_fields = ["key", "to_email"]
    ordering = ["-created_at"]
    exclude = ["html"]
    actions = ["arrived", "send_again"]

    @admin.action(description=_("It arrived (uncertain mails only)"))
    def arrived(self, request: HttpRequest, queryset: QuerySet[OutMail]) -> None:
        count = self._resolve(queryset, arrived=True)
        self.message_user(request, ngettext("%d mail is settled.", "%d mails are settled.", count) % count)

    @admin.action(description=_("Send again (uncertain mails only)"))
    def send_again(self, request: HttpRequest, queryset: QuerySet[OutMail]) -> None:
        purged = queryset.filter(state=MailState.UNCERTAIN, text="").count()
        count = self._resolve(queryset.exclude(text=""), arrived=False)
        self.message_user(
            request, ngettext("%d mail goes out again.", "%d mails go out again.", count) % count
        )
        if purged:
            self.message_user(
                request,
                ngettext(
                    "%d mail is too old: its text was deleted.",
                    "%d mails are too old: their texts were deleted.",
                    purged,
                )
                % purged,
                messages.WARNING,
            )

    def _resolve(self, queryset: QuerySet[OutMail], *, arrived: bool) -> int:
        now = timezone.now()
        return sum(outbox.resolve_uncertain(mail, arrived, now) for mail in queryset)
