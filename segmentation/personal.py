"""Where the grid placed a private client, night by night, and why."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from clients.personal.sources import Section, Source, Subject, table
from segmentation.models import ClientSegment, SegmentEvent
from segmentation.selectors.explained import reasons_of


def collect(subject: Subject) -> Iterator[Section]:
    if not subject.is_whole:
        return
    rows = ClientSegment.objects.filter(client__in=subject.client_ids, run__published=True)
    yield Section(
        "segments",
        _("Segments"),
        ["as_of", "rule_version", "segment", "revenue_cents", "margin_rate", "why"],
        [
            [
                row.run.as_of, row.run.rule_version, str(row.own) if row.own_id else row.get_segment_display(), row.revenue_cents, row.margin_rate,
                " ".join(reasons_of(row)),
            ]
            for row in rows.select_related("run__thresholds", "own").order_by("run__as_of")
        ],
    )  # fmt: skip
    events = SegmentEvent.objects.filter(client__in=subject.client_ids).order_by("as_of")
    yield table("segment_events", events, ["as_of", "before", "after", "cause", "rule_version"])


source = Source("segmentation", collect, position=50)
