from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.rights import sees_others
from accounts.rules import Act
from attention.forms import AnswerForm, LineTaskForm
from attention.labels import ACTS
from attention.models import ListLine
from attention.rules.lines import SNOOZE_WEEKS, task_day
from attention.selectors.explanation import explanation_of
from attention.selectors.week import owners_visible_to, owns_clients, tasks_of_lines, team_overview, week_page
from attention.services import answer_line, open_line_task
from common.htmx import page
from common.periods import IsoWeek

TEAM = "team"
CARDS_AT_ONCE = 25
FIRST_WEEK = IsoWeek(1970, 1)  # no order is older


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """My week; for those who see others' clients also anybody's, and the team's overview."""
    reader: User = request.user  # type: ignore[assignment]
    today = timezone.localdate()
    week, asked = _asked_week(request, today), request.GET.get("owner", "")
    if sees_others(reader) and (asked == TEAM or (not asked and not owns_clients(reader))):
        return _team(request, reader, week, today)
    return page(request, "attention/week.html", _week_context(request, _owner(reader, asked), week, today))


def _asked_week(request: HttpRequest, today: date) -> IsoWeek:
    text, current = request.GET.get("week", ""), IsoWeek.of(today)
    try:
        week = IsoWeek.parse(text) if text else current
    except ValueError as error:
        raise Http404(str(error)) from error
    if not FIRST_WEEK <= week <= current:
        raise Http404("no list of that week")
    return week


def _owner(reader: User, asked: str) -> User:
    """Oneself, or an owner one of whose clients the reader may see; anybody else is a 404."""
    if not asked or asked == str(reader.pk):
        return reader
    if not asked.isascii() or not asked.isdigit() or len(asked) > 18:
        raise Http404("no such owner")
    return get_object_or_404(owners_visible_to(reader), pk=int(asked))


def _team(request: HttpRequest, reader: User, week: IsoWeek, today: date) -> HttpResponse:
    rows = team_overview(reader=reader, week=week)
    context = {
        "rows": rows,
        "week": week,
        "next_week": None if week >= IsoWeek.of(today) else week.plus(1),
        "previous_week": week.plus(-1),
        "planned_minutes": sum(row.planned_minutes for row in rows),
        "done_minutes": sum(row.done_minutes for row in rows),
        "open_clients": sum(row.lines - row.answered for row in rows),
        "open_cents": sum(row.open_cents for row in rows),
        "owners": [row.owner for row in rows],
    }
    return page(request, "attention/team.html", context)


def _week_context(
    request: HttpRequest, owner: User, week: IsoWeek, today: date, problem: str = ""
) -> dict[str, Any]:
    """The first cards unless all are asked for; an answer brings the next one into sight."""
    reader: User = request.user  # type: ignore[assignment]
    found = week_page(reader=reader, owner=owner, week=week, today=today)
    return {
        "page": found,
        "cards": found.todo if "all" in request.GET else found.todo[:CARDS_AT_ONCE],
        "answer_query": "?all=1" if "all" in request.GET else "",
        "owners": list(owners_visible_to(reader)) if sees_others(reader) else [],
        "snooze_weeks": SNOOZE_WEEKS[1:],
        "task_day": task_day(today),
        "today": today,
        "problem": problem,
    }


@require_safe
def why(request: HttpRequest, pk: int) -> HttpResponse:
    lines = ListLine.objects.visible_to(request.user).select_related("client", "weekly_list__kinetics_run")
    line = get_object_or_404(lines, pk=pk)
    context = {
        "why": explanation_of(line),
        "act": ACTS[line.act],
        "task": tasks_of_lines([line], request.user).get(line.pk),
        "task_day": task_day(timezone.localdate()),
    }
    return page(request, "attention/why.html", context, partial="why")


@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer a line; htmx gets the week anew, a plain form is sent back to the line."""
    lines = ListLine.objects.visible_to(request.user).select_related("weekly_list__owner")
    line = get_object_or_404(lines, pk=pk)
    _owner(request.user, str(line.weekly_list.owner_id))  # type: ignore[arg-type]
    form = AnswerForm(request.POST, today=timezone.localdate())
    if not form.is_valid():
        return _refused(request, line, form)
    answer_line(line=line, now=timezone.now(), **form.answer)
    if getattr(request, "htmx", False):
        return page(request, "attention/week.html", _context_of(request, line), partial="week")
    return HttpResponseRedirect(_url_of(line))


@require_POST
def task(request: HttpRequest, pk: int) -> HttpResponse:
    """What a line suggests becomes a task by a day, once however often it is asked for."""
    lines = ListLine.objects.visible_to(request.user, act=Act.EDIT)
    line = get_object_or_404(lines.select_related("client", "weekly_list__owner"), pk=pk)
    _owner(request.user, str(line.weekly_list.owner_id))  # type: ignore[arg-type]
    form = LineTaskForm(request.POST, today=timezone.localdate())
    if not form.is_valid():
        return _said(request, line, form)
    open_line_task(line=line, by=request.user, at=timezone.now(), **form.cleaned_data)
    if getattr(request, "htmx", False):
        return page(request, "attention/week.html", _context_of(request, line), partial="week")
    messages.success(request, _("Task saved."))
    return HttpResponseRedirect(_url_of(line))


def _refused(request: HttpRequest, line: ListLine, form: AnswerForm) -> HttpResponse:
    if "state" in form.errors:
        raise BadRequest("unknown answer")
    return _said(request, line, form)


def _said(request: HttpRequest, line: ListLine, form: Form) -> HttpResponse:
    problem = " ".join(str(message) for messages in form.errors.values() for message in messages)
    context = _context_of(request, line, problem)
    # htmx swaps only what came with 200.
    status = 200 if getattr(request, "htmx", False) else 422
    return page(request, "attention/week.html", context, partial="week", status=status)


def _context_of(request: HttpRequest, line: ListLine, problem: str = "") -> dict[str, Any]:
    weekly_list = line.weekly_list
    return _week_context(request, weekly_list.owner, weekly_list.week, timezone.localdate(), problem)


def _url_of(line: ListLine) -> str:
    weekly_list = line.weekly_list
    return f"{reverse('home')}?owner={weekly_list.owner_id}&week={weekly_list.week}#line-{line.pk}"
