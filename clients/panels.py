"""What this app itself shows on the page of a client."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.rights import may
from accounts.rules import Act
from clients.households import family_circle, units_of
from clients.models import Client, Interaction, Task
from clients.record_forms import InteractionForm
from clients.registry import Panel
from clients.rules import ClientKind, TaskState
from clients.timeline import service_time, timeline

PEOPLE_SHOWN = 30
TASKS_SHOWN = 10


def _people(client: Client, user: Any) -> Mapping[str, Any]:
    people = list(
        client.people.order_by("left_on", "-is_decision_maker", "last_name", "pk")[: PEOPLE_SHOWN + 1]
    )
    here = [person for person in people if person.left_on is None]
    return {
        "people": here[:PEOPLE_SHOWN],
        "left": [person for person in people if person.left_on is not None],
        "nobody_decides": client.kind == ClientKind.COMPANY
        and not any(person.is_decision_maker for person in here),
        "may_edit": may(user, Act.EDIT),
    }


def _tasks(client: Client, user: Any) -> Mapping[str, Any]:
    tasks = Task.objects.visible_to(user).filter(client=client, state=TaskState.OPEN).select_related("owner")
    return {
        "tasks": list(tasks.order_by("due_on", "pk")[:TASKS_SHOWN]),
        "today": timezone.localdate(),
        "may_edit": may(user, Act.EDIT),
    }


def _timeline(client: Client, user: Any) -> Mapping[str, Any]:
    now = timezone.now()
    may_edit = may(user, Act.EDIT)
    form = InteractionForm(client=client, now=now, instance=Interaction(client=client)) if may_edit else None
    return {
        "timeline": timeline(client, user),
        "service": service_time(client, user, now),
        "form": form,
        "may_edit": may_edit,
    }


def _units(client: Client, user: Any) -> Mapping[str, Any] | None:
    memberships = units_of(client, user)
    return {
        "memberships": memberships,
        "has_open": any(one.left_on is None for one in memberships),
        "may_edit": may(user, Act.EDIT),
    }


def _family(client: Client, user: Any) -> Mapping[str, Any] | None:
    if client.kind != ClientKind.COMPANY:
        return None
    circle = family_circle(client, user, timezone.localdate() - timedelta(days=1))
    return {"circle": circle} if circle else None


people_panel = Panel("people", "clients/panels/people.html", _people, "side", 5, _("People"))
tasks_panel = Panel("tasks", "clients/panels/tasks.html", _tasks, "side", 10, _("Tasks"))
units_panel = Panel("units", "clients/panels/units.html", _units, "side", 30, _("Household or group"))
timeline_panel = Panel("timeline", "clients/panels/timeline.html", _timeline, "main", 40, _("Timeline"))
family_panel = Panel("family", "clients/panels/family.html", _family, "main", 50, _("Company family"))
PANELS = (people_panel, tasks_panel, units_panel, timeline_panel, family_panel)
