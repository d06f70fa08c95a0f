"""The week's lists and whether they arrived, for account managers and the administrator."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.admin import ReadOnlyAdmin
from attention.models import ListLine, WeeklyList
from attention.rules.lines import LineState
from jobs.labels import MAIL_STATES
from jobs.rules import MailState


class LineInline(admin.TabularInline):
    model = ListLine
    fields = readonly_fields = ("rank", "client", "dose_minutes", "state", "answered_at")
    ordering = ("rank",)
    extra = 0
    can_delete = False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[ListLine]:
        rows: Any = super().get_queryset(request)
        return rows.visible_to(request.user).select_related("client")


class MailStateFilter(admin.SimpleListFilter):
    title = _("mail")
    parameter_name = "mail"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(state.value, label) for state, label in MAIL_STATES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(mail__state=self.value()) if self.value() else queryset


class YearFilter(admin.AllValuesFieldListFilter):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = _("year")


@admin.register(WeeklyList)
class WeeklyListAdmin(ReadOnlyAdmin):
    manager_may = frozenset({"view"})
    list_display = (
        "week_shown",
        "owner_shown",
        "lines_shown",
        "answered_shown",
        "planned_minutes",
        "mail_state",
        "mail_sent",
    )
    list_filter = (MailStateFilter, ("iso_year", YearFilter))
    list_select_related = ("owner", "mail")
    search_fields = ("owner__name", "owner__email")
    ordering = ("-iso_year", "-iso_week", "owner__name")
    fields = readonly_fields = (
        "week_shown", "owner", "as_of", "looked_at", "capacity_minutes", "planned_minutes", "frozen_at", "mail_state",
        "mail_sent", "rule_version",
    )  # fmt: skip
    inlines = (LineInline,)
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).annotate(
            line_count=Count("lines"), answered_count=Count("lines", filter=~Q(lines__state=LineState.OPEN))
        )  # fmt: skip

    @admin.display(description=_("week"), ordering="iso_week")
    def week_shown(self, weekly_list: Any) -> str:
        return str(weekly_list.week)

    @admin.display(description=_("owner"), ordering="owner__name")
    def owner_shown(self, weekly_list: Any) -> str:
        return str(weekly_list.owner)

    @admin.display(description=_("clients"))
    def lines_shown(self, weekly_list: Any) -> int:
        return int(weekly_list.line_count)

    @admin.display(description=_("answered"))
    def answered_shown(self, weekly_list: Any) -> int:
        return int(weekly_list.answered_count)

    @admin.display(description=_("mail"))
    def mail_state(self, weekly_list: Any) -> str:
        mail = weekly_list.mail
        return str(MAIL_STATES[MailState(mail.state)]) if mail else "–"

    @admin.display(description=_("sent"))
    def mail_sent(self, weekly_list: Any) -> str:
        sent = weekly_list.mail and weekly_list.mail.sent_at
        return date_format(timezone.localtime(sent), "DATETIME_FORMAT") if sent else "–"
