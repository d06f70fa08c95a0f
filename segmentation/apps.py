from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class SegmentationConfig(AppConfig):
    name = "segmentation"
    verbose_name = _("Segmentation")

    def ready(self) -> None:
        from clients.merging.followers import leave
        from clients.personal import add_source
        from clients.registry import Column, Panel, add_column, add_panel
        from common import navigation
        from segmentation import panels
        from segmentation.personal import source

        add_source(source)

        leave("segmentation.ClientSegment")
        label = pgettext_lazy("the C of attention", "Care")
        navigation.add(navigation.Entry("care", label, "grid", "segmentation:grid", 60, under="/care/"))
        add_panel(Panel("segment", "segmentation/panels/chip.html", panels.chip, zone="head", position=10))
        add_panel(
            Panel(
                "grid", "segmentation/panels/position.html", panels.position,
                zone="side", position=20, title=_("Place in the grid"),
            )
        )  # fmt: skip
        add_column(
            Column(
                "segment", _("Segment"), panels.with_segment, template="segmentation/columns/segment.html",
                position=25, choices=panels.segment_choices,
            )
        )  # fmt: skip
