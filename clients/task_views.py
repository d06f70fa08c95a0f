from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.rights import sees_others
from accounts.rules import Act
from clients.desk import desk
from clients.editing import back, saved, visible, visible_client
from clients.models import Client, Task
from clients.record_forms import AnyTaskForm, TaskForm
from clients.rules import TaskState
from clients.services import postpone_task, postponed_to, save_task, set_task_state
from clients.services.activity import POSTPONE_STEPS
from common.htmx import page

STATES = {"done": TaskState.DONE, "open": TaskState.OPEN, "cancelled": TaskState.CANCELLED}
MAX_PEOPLE = 100


@require_safe
def tasks(request: HttpRequest) -> HttpResponse:
    return page(request, "clients/tasks.html", _desk(request, request.GET.get("owner", "")), partial="desk")


def _desk(request: HttpRequest, asked: str) -> dict[str, Any]:
    reader: Any = request.user
    owner = _owner(reader, asked)
    people = User.objects.visible_to(reader).filter(is_active=True).order_by("name", "pk")
    return {
        "desk": desk(owner, reader, timezone.localdate()),
        "owner": owner,
        "is_own": owner == reader,
        "people": list(people[:MAX_PEOPLE]) if sees_others(reader) else [],
        "steps": _steps(timezone.localdate()),
        "today": timezone.localdate(),
    }


def _steps(today: date) -> list[tuple[str, str, date]]:
    words = {"tomorrow": _("Tomorrow"), "monday": _("Next Monday"), "month": _("In four weeks")}
    return [(step, words[step], postponed_to(today, step)) for step in POSTPONE_STEPS]


def _owner(reader: Any, asked: str) -> User:
    """Oneself, or somebody the reader sees; anybody else is not found."""
    if not asked or asked == str(reader.pk):
        return reader  # type: ignore[no-any-return]
    if not asked.isascii() or not asked.isdigit() or len(asked) > 18:
        raise Http404("no such person")
    return get_object_or_404(User.objects.visible_to(reader), pk=int(asked))


def _task(request: HttpRequest, pk: int) -> Task:
    return visible(request, Task, pk, Act.EDIT, "client", "owner")  # type: ignore[no-any-return]


def _answer(request: HttpRequest, task: Task) -> HttpResponse:
    """htmx on "My tasks" gets the desk anew; a plain form goes back to where it was sent from."""
    if getattr(request, "htmx", False) and request.POST.get("desk"):
        context = _desk(request, request.POST["desk"])
        return page(request, "clients/tasks.html", context, partial="desk")
    return redirect(back(request, f"{task.client.get_absolute_url()}#panel-tasks"))


@require_POST
def task_state(request: HttpRequest, pk: int) -> HttpResponse:
    task = _task(request, pk)
    state = STATES.get(request.POST.get("state", ""))
    if state is None:
        raise BadRequest("unknown state")
    set_task_state(task=task, state=state, by=request.user, at=timezone.now())
    return _answer(request, task)


@require_POST
def task_postpone(request: HttpRequest, pk: int) -> HttpResponse:
    task, step = _task(request, pk), request.POST.get("step", "")
    if step not in POSTPONE_STEPS:
        raise BadRequest("unknown day")
    due_on = postponed_to(timezone.localdate(), step)
    postpone_task(task=task, due_on=due_on, by=request.user, at=timezone.now())
    return _answer(request, task)


@require_http_methods(["GET", "HEAD", "POST"])
def task_create(request: HttpRequest, pk: int) -> HttpResponse:
    client = visible_client(request, pk, Act.EDIT)
    form = TaskForm(
        request.POST or None, instance=Task(client=client), client=client, user=request.user,
        today=timezone.localdate(), initial=_asked(request),
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        return _saved(request, form, client)
    return _form(
        request, form, _("New task for %(client)s") % {"client": client.name}, client.get_absolute_url()
    )


@require_http_methods(["GET", "HEAD", "POST"])
def task_any(request: HttpRequest) -> HttpResponse:
    form = AnyTaskForm(
        request.POST or None, instance=Task(), user=request.user, today=timezone.localdate(), initial=_asked(request)
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        return _saved(request, form, form.cleaned_data["client"])
    return _form(request, form, _("New task"), reverse("clients:tasks"))


def _asked(request: HttpRequest) -> dict[str, Any]:
    return {"due_on": timezone.localdate()}


def _saved(request: HttpRequest, form: TaskForm, client: Client) -> HttpResponse:
    form.instance.client = client
    save_task(form.instance, by=request.user, at=timezone.now())
    messages.success(request, _("Task saved."))
    return redirect(f"{client.get_absolute_url()}#panel-tasks")


def _form(request: HttpRequest, form: TaskForm, headline: str, cancel_url: str) -> HttpResponse:
    context = {"form": form, "headline": headline, "cancel_url": cancel_url}
    return page(request, "generic/form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def task_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Also where a task is handed over to somebody else."""
    task = _task(request, pk)
    title, client = task.title, task.client

    def form_for(instance: Any, data: Any = None) -> TaskForm:
        return TaskForm(data, instance=instance, client=client, user=request.user, today=timezone.localdate())

    form = form_for(task, request.POST or None)
    if request.method == "POST" and form.is_valid():
        conflict = saved(
            request, form, lambda: save_task(task, by=request.user, at=timezone.now(), seen=form.seen_version),
            form_for, reverse("clients:tasks"),
        )  # fmt: skip
        if conflict:
            return conflict
        messages.success(request, _("Task saved."))
        return redirect("clients:tasks")
    context = {
        "form": form,
        "headline": title,
        "lead": client.name,
        "cancel_url": reverse("clients:tasks"),
    }
    return page(request, "generic/form.html", context)
