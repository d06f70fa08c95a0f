"""Reads of published classifications."""

from datetime import date

from clients.models import Client
from segmentation.models import ClientSegment, SegmentationRun


def published_run(as_of: date | None = None) -> SegmentationRun | None:
    runs = SegmentationRun.objects.filter(published=True).select_related("thresholds")
    if as_of is not None:
        runs = runs.filter(as_of=as_of)
    return runs.order_by("-as_of").first()


def segment_of(client: Client, run: SegmentationRun | None = None) -> ClientSegment | None:
    run = run or published_run()
    if run is None:
        return None
    return ClientSegment.objects.filter(run=run, client=client).select_related("run__thresholds").first()
