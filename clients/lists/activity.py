"""The lists of tasks and of interactions."""

from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import User
from clients.labels import INTERACTION_KINDS, TASK_STATES
from clients.lists import parts
from clients.models import Interaction, Task
from clients.rules import TaskState
from common.lists.spec import (
    MOMENT_CELL,
    Column,
    Empty,
    Filter,
    ListSpec,
    Rows,
    Scope,
    choice_filter,
    date_filter,
    id_filter,
)

_STATES = [(state.value, label) for state, label in TASK_STATES.items()]
_KINDS = [(kind.value, label) for kind, label in INTERACTION_KINDS.items()]


def _client_page(row: Any) -> str:
    return reverse("clients:detail", args=[row.client_id])


def _whose(key: str, label: Any) -> Filter:
    return id_filter(key, label, f"{key}_id", parts.owners, parts.named(User))


_TASK_COLUMNS = [
    Column("title", _("What to do"), sort="title"),
    parts.client_column(),
    Column("due_on", _("Due"), template="clients/cells/due.html", sort="due_on", position=30, numeric=True,
           value=lambda row: (row.due_on, row.state), export=lambda value: value[0]),
    Column("state", _("State"), sort="state", position=40, value=lambda row: row.get_state_display()),
    Column("doer", _("Who does it"), sort="owner__name", position=50, value=lambda row: row.owner.name, side=True),
    Column("done_at", _("Done"), template=MOMENT_CELL, sort="done_at", position=60, numeric=True, shown=False,
           side=True),
    Column("note", _("Note"), sortable=False, position=70, shown=False, side=True,
           value=lambda row: Truncator(row.note).chars(80), export=lambda value: value),
]  # fmt: skip


def _task_scopes(user: Any) -> list[Scope]:
    def mine(rows: Rows, who: Any) -> Rows:
        return rows.filter(owner_id=who.pk)

    return [
        Scope("", _("Open"), lambda rows, who: rows.filter(state=TaskState.OPEN.value)),
        Scope("mine", _("Mine, open"), lambda rows, who: mine(rows, who).filter(state=TaskState.OPEN.value)),
        Scope("done", _("Done"), lambda rows, who: rows.filter(state=TaskState.DONE.value)),
        Scope("all", _("All")),
    ]


def _count_tasks(count: int, shown: str, narrowed: bool) -> str:
    if narrowed:
        text = ngettext("%(count)s task fits what you ask.", "%(count)s tasks fit what you ask.", count)
    else:
        text = ngettext("%(count)s task is open.", "%(count)s tasks are open.", count)
    return text % {"count": shown}


TASKS = ListSpec(
    key="tasks", title=_("Tasks"), url_name="clients:task_list", position=40,
    rows=lambda user: Task.objects.visible_to(user), columns=lambda user: _TASK_COLUMNS,
    filters=lambda user: [
        _whose("owner", _("Who does it")),
        date_filter("due_before", _("Due before"), lambda rows, day, user: rows.filter(due_on__lt=day)),
        choice_filter("state", _("State"), _STATES),
    ],
    scopes=_task_scopes, default_sort="due_on",
    search=lambda rows, text: rows.filter(Q(title__icontains=text) | Q(client__search_text__icontains=text)),
    search_hint=_("What to do, or a client"),
    prepare=lambda rows: rows.select_related("client", "owner"), link=_client_page,
    counted=_count_tasks, nothing_fits=_("No task fits"),
    empty=lambda user: Empty(_("Nothing to do"), _("Tasks are written on the page of a client."), "check2-circle"),
)  # fmt: skip

_INTERACTION_COLUMNS = [
    Column("summary", _("What happened"), sortable=False, value=lambda row: Truncator(row.summary).chars(90),
           export=lambda value: value),
    parts.client_column(),
    Column("kind", _("Kind"), sort="kind", position=30, value=lambda row: row.get_kind_display()),
    Column("happened_at", _("When"), template=MOMENT_CELL, sort="happened_at", position=40, numeric=True),
    Column("minutes", _("Minutes"), sort="minutes", position=50, numeric=True),
    Column("next_step", _("What comes next"), sortable=False, position=60, side=True),
    Column("by", _("By"), sort="by__name", position=70, side=True, value=lambda row: row.by.name if row.by else None),
    Column("person", _("Person"), sortable=False, position=75, side=True, shown=False,
           value=lambda row: row.person_here.name if row.person_here else None),
]  # fmt: skip
_INTERACTION_RECORD = (
    Column("ref", _("Reference")),
    Column("client_ref", _("Client"), value=lambda row: row.client.ref),
    Column("person_ref", _("Person"), value=lambda row: row.person_here.ref if row.person_here else None),
    Column("kind", _("Kind")),
    Column("happened_at", _("When")),
    Column("minutes", _("Minutes")),
    Column("summary", _("What happened")),
    Column("next_step", _("What comes next")),
    Column("came_from_client", _("Came from the client")),
    Column("by", _("By"), value=lambda row: row.by.email if row.by else None),
)


def _count_interactions(count: int, shown: str, narrowed: bool) -> str:
    if narrowed:
        text = ngettext(
            "%(count)s interaction fits what you ask.", "%(count)s interactions fit what you ask.", count
        )
    else:
        text = ngettext(
            "%(count)s interaction with your clients is noted.",
            "%(count)s interactions with your clients are noted.",
            count,
        )
    return text % {"count": shown}


INTERACTIONS = ListSpec(
    key="interactions", title=_("Interactions"), url_name="clients:interaction_list", position=50,
    rows=lambda user: Interaction.objects.visible_to(user), columns=lambda user: _INTERACTION_COLUMNS,
    filters=lambda user: [
        choice_filter("kind", _("Kind"), _KINDS, primary=True),
        _whose("by", _("By")), parts.owner_filter("client__"),
        date_filter("since", _("Since"), lambda rows, day, user: rows.filter(happened_at__date__gte=day)),
        date_filter("until", _("Until"), lambda rows, day, user: rows.filter(happened_at__date__lte=day)),
    ],
    scopes=parts.scopes("client__"), default_sort="-happened_at",
    search=lambda rows, text: rows.filter(Q(summary__icontains=text) | Q(client__search_text__icontains=text)),
    search_hint=_("What happened, or a client"),
    prepare=lambda rows: rows.select_related("client", "by", "person"),
    prepare_record=lambda rows, user: rows.select_related("client", "by", "person"), link=_client_page,
    counted=_count_interactions, nothing_fits=_("No interaction fits"), record=_INTERACTION_RECORD,
    empty=lambda user: Empty(
        _("Nothing noted yet"), _("Calls, visits and mails are noted on the page of a client."), "chat-left-text"
    ),
)  # fmt: skip
