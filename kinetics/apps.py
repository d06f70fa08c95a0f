from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class KineticsConfig(AppConfig):
    name = "kinetics"
    verbose_name = _("Kinetics")

    def ready(self) -> None:
        from clients.personal import add_source
        from clients.registry import Column, Panel, add_column, add_join, add_panel
        from common import navigation
        from common.lists.registry import add
        from kinetics import panels
        from kinetics.lists import MOVED
        from kinetics.personal import source

        add_source(source)
        add(MOVED)

        navigation.add(navigation.Entry("kinetics", _("Kinetics"), "activity", "kinetics:overview", 70))
        navigation.add_note("as of", panels.as_of_note)
        add_join("kinetics", panels.with_row)
        add_panel(Panel("kinetics", "kinetics/panels/strip.html", panels.strip, zone="strip", position=10))
        money, delta = "clients/columns/money.html", "clients/columns/delta.html"
        add_column(
            Column("revenue", _("Revenue, 52 weeks"), panels.with_revenue, money, position=30, numeric=True)
        )
        add_column(
            Column(
                "growth",
                pgettext_lazy("amount", "Change"),
                panels.with_growth,
                delta,
                position=35,
                numeric=True,
            )
        )
        add_column(
            Column(
                "moved", _("Gained or lost"), panels.with_moved, money, position=36, numeric=True, shown=False,
                help_text=_("Revenue against the same time before, over equal windows."),
            )
        )  # fmt: skip
        add_column(Column("expected", _("Expected"), panels.with_expected, money, position=40, numeric=True))
        add_column(
            Column(
                "evidence", _("Evidence"), panels.with_evidence, "kinetics/columns/evidence.html",
                position=45, sortable=False, choices=panels.evidence_choices,
            )
        )  # fmt: skip
