"""What this app itself shows on the page of a client."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.rights import may_with
from accounts.rules import Act
from clients.dossier import people, present, waiting_tasks
from clients.households import family_circle, units_of
from clients.registry import Dossier, Panel
from clients.rules import ClientKind
from clients.timeline import talks_of, timeline

PEOPLE_SHOWN = 30


def _people(dossier: Dossier) -> Mapping[str, Any]:
    here = dossier.of(present)
    return {
        "people": here[:PEOPLE_SHOWN],
        "left": [person for person in dossier.of(people) if person.left_on is not None][:PEOPLE_SHOWN],
        "nobody_decides": dossier.client.kind == ClientKind.COMPANY
        and not any(person.is_decision_maker for person in here),
        "may_edit": may_with(dossier.user, Act.EDIT, dossier.client),
    }


def _tasks(dossier: Dossier) -> Mapping[str, Any]:
    return {
        "tasks": waiting_tasks(dossier),
        "today": dossier.today,
        "may_edit": may_with(dossier.user, Act.EDIT, dossier.client),
    }


def _timeline(dossier: Dossier) -> Mapping[str, Any]:
    """The way to log a talk; the events come by the timeline's own address, right after the page."""
    context = {"may_edit": may_with(dossier.user, Act.EDIT, dossier.client)}
    if not dossier.whole:
        return context
    return context | {"timeline": timeline(dossier), "service": dossier.of(talks_of).service}


def _units(dossier: Dossier) -> Mapping[str, Any] | None:
    memberships = units_of(dossier.client, dossier.user)
    return {
        "memberships": memberships,
        "has_open": any(one.left_on is None for one in memberships),
        "may_edit": may_with(dossier.user, Act.EDIT, dossier.client),
    }


def _family(dossier: Dossier) -> Mapping[str, Any] | None:
    if dossier.client.kind != ClientKind.COMPANY:
        return None
    circle = family_circle(dossier.client, dossier.user, dossier.today - timedelta(days=1))
    return {"circle": circle} if circle else None


people_panel = Panel("people", "clients/panels/people.html", _people, "side", 5, _("People"))
tasks_panel = Panel("tasks", "clients/panels/tasks.html", _tasks, "side", 10, _("Tasks"))
units_panel = Panel(
    "units", "clients/panels/units.html", _units, "side", 30, _("Household or group"), later=True
)
timeline_panel = Panel("timeline", "clients/panels/timeline.html", _timeline, "main", 40, _("Timeline"))
family_panel = Panel(
    "family", "clients/panels/family.html", _family, "main", 50, _("Company family"), later=True
)
PANELS = (people_panel, tasks_panel, units_panel, timeline_panel, family_panel)
