from functools import partial

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class SegmentationConfig(AppConfig):
    name = "segmentation"
    verbose_name = _("Segmentation")

    def ready(self) -> None:
        from clients.merging.followers import leave
        from clients.personal import add_source
        from clients.registry import (
            Column,
            Panel,
            Shape,
            add_column,
            add_join,
            add_panel,
            add_shape,
            add_timeline,
        )
        from common import navigation
        from segmentation import dossier, panels
        from segmentation.personal import source
        from segmentation.timeline import moves

        add_shape(
            "clients", Shape(pgettext_lazy("a picture of the clients", "Grid"), "grid", "segmentation:grid")
        )
        add_join("segmentation-place", dossier.with_place)
        add_join("segmentation", dossier.with_rows, later=True)
        add_source(source)
        add_timeline(moves)

        label = pgettext_lazy("the C of attention", "Care")
        navigation.add(navigation.Entry("care", label, "grid", "segmentation:grid", 60, under="/care/"))
        add_panel(Panel("segment", "segmentation/panels/chip.html", panels.chip, zone="head", position=10))
        add_panel(
            Panel(
                "grid", "segmentation/panels/position.html", panels.position,
                zone="side", position=20, title=_("Place in the grid"), later=True,
            )
        )  # fmt: skip
        add_column(
            Column(
                "segment", _("Segment"), panels.with_segment,
                annotate_all=partial(panels.with_segment, who=panels.of_all), template="segmentation/columns/segment.html",
                position=25, choices=panels.segment_choices, only=panels.only_segment,
            )
        )  # fmt: skip
        add_panel(
            Panel(
                "play",
                "segmentation/panels/play.html",
                panels.play,
                zone="main",
                position=45,
                title=_("Playbook"),
                styles=("css/segmentation.css",),
                later=True,
            )
        )
        add_panel(
            Panel(
                "way",
                "segmentation/panels/way.html",
                panels.way,
                zone="side",
                position=30,
                title=_("Way online"),
                styles=("css/segmentation.css",),
                later=True,
            )
        )
        add_column(
            Column(
                "matrix_cell", _("Matrix"), panels.with_cell,
                annotate_all=partial(panels.with_cell, who=panels.of_all), template="segmentation/columns/cell.html",
                position=60, choices=panels.cell_choices, only=panels.only_cell, shown=False,
            )
        )  # fmt: skip
        add_column(
            Column(
                "played", _("Steps played"), panels.with_steps,
                annotate_all=partial(panels.with_steps, who=panels.of_all), position=65, numeric=True, shown=False,
                help_text=_("Steps of playbooks done with the client."),
            )
        )  # fmt: skip
        add_column(
            Column(
                "diagnosis", _("Diagnosis"), panels.with_diagnosis,
                annotate_all=partial(panels.with_diagnosis, who=panels.of_all), template="segmentation/columns/diagnosis.html",
                position=66, choices=panels.diagnosis_choices, only=panels.only_diagnosis, shown=False,
                help_text=_("Why a dilemma is one."),
            )
        )  # fmt: skip
        add_column(
            Column(
                "dilemma_steps", _("Steps out of the dilemma"), panels.with_dilemma_steps,
                annotate_all=partial(panels.with_dilemma_steps, who=panels.of_all), position=67, numeric=True,
                shown=False,
                help_text=_("Steps of the dilemmas' playbook done, of clients with a diagnosis."),
            )
        )  # fmt: skip
        # Events too: the night is done again after a merge and writes those of its day anew.
        for result in ("clientsegment", "clientreadiness", "clientcell", "segmentevent"):
            leave(f"segmentation.{result}")
