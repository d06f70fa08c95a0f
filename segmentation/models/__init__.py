from segmentation.models.events import SegmentEvent
from segmentation.models.grid import ClientSegment, ClientSegmentQuerySet, GridThresholds, SegmentationRun

__all__ = ["ClientSegment", "ClientSegmentQuerySet", "GridThresholds", "SegmentEvent", "SegmentationRun"]
