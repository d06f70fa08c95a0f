from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from common import navigation


class ClientsConfig(AppConfig):
    name = "clients"
    verbose_name = _("Clients")

    def ready(self) -> None:
        _add_questionnaires()
        from clients import (
            handlers,  # noqa: F401  (registers the jobs)
            palette,
            registry,
        )
        from clients.bulk import acts
        from clients.duplicates.selectors import panel as duplicates
        from clients.listing import pinned_below
        from clients.lists import register
        from clients.panels import PANELS
        from clients.personal import Source, add_source
        from clients.personal.holdings import collect, erase
        from clients.personal.selectors import panel as privacy_panel
        from clients.reminders import MAIL_KIND, renew
        from clients.timeline import batches, done_tasks, talks
        from jobs.outbox import before_sending

        register()
        acts.register()
        before_sending(MAIL_KIND, renew)
        add_source(Source("clients", collect, erase, position=10))
        navigation.add(
            navigation.Entry("clients", _("Clients"), "people", "clients:list", 20, below=pinned_below)
        )
        navigation.add(
            navigation.Entry("tasks", _("Tasks"), "check2-square", "clients:tasks", 15, badge=_due)
        )
        navigation.add(
            navigation.Entry(
                key="duplicates", label=_("Duplicates"), icon="intersect", url_name="clients:duplicates",
                position=82, allowed=lambda user: user.may_merge,
            )
        )  # fmt: skip
        registry.add_panel(
            registry.Panel(
                "duplicates", "clients/panels/duplicates.html", duplicates, zone="side", position=15,
                title=_("Likely the same client"), later=True,
            )
        )  # fmt: skip
        registry.add_panel(
            registry.Panel(
                "privacy", "clients/panels/privacy.html", privacy_panel, "side", 90, _("Personal data"),
                later=True,
            )
        )  # fmt: skip
        navigation.add(
            navigation.Entry(
                key="retention", label=_("Personal data"), icon="shield-check", url_name="clients:retention",
                position=85, allowed=lambda user: user.may_erase,
            )
        )  # fmt: skip
        for panel in PANELS:
            registry.add_panel(panel)
        for source in (talks, done_tasks, batches):
            registry.add_timeline(source)
        for found in (palette.clients, palette.people, palette.units):
            registry.add_search(found)
        for command in _commands():
            registry.add_command(command)


def _due(user: Any) -> int:
    """How many tasks wait for the person today; asked for when the frame is printed."""
    from django.utils import timezone

    from clients.desk import due_count

    return due_count(user, timezone.localdate())


def _commands() -> list[Any]:
    from clients.registry import Command

    return [
        Command(_("Log a call"), "clients:log_any", "telephone", _("visit e-mail meeting note")),
        Command(_("New task"), "clients:task_any", "check2-square", _("reminder")),
        Command(_("New client"), "clients:create", "plus-lg", "", lambda user: user.may_assign),
        Command(_("New buying unit"), "clients:unit_create", "diagram-3", _("household group")),
        Command(_("Go to: Buying units"), "clients:unit_list", "diagram-3", _("household group")),
    ]


def _add_questionnaires() -> None:
    from clients.personal import Source, add_source
    from clients.registry import add_panel
    from clients.sociotypes import bulk, handlers, holdings  # noqa: F401, registers the job of a round
    from clients.sociotypes.panels import types_panel

    navigation.add(navigation.Entry("sociotypes", _("Questionnaires"), "ui-checks", "sociotypes:rounds", 65))
    add_panel(types_panel)
    bulk.register()
    add_source(Source("sociotypes", holdings.collect, holdings.erase, position=20))
