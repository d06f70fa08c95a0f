from segmentation.models.events import SegmentEvent
from segmentation.models.grid import ClientSegment, ClientSegmentQuerySet, GridThresholds, SegmentationRun
from segmentation.models.own import OwnMember, OwnSegment, OwnSegmentation

__all__ = [
    "ClientSegment", "ClientSegmentQuerySet", "GridThresholds", "OwnMember", "OwnSegment", "OwnSegmentation",
    "SegmentEvent", "SegmentationRun",
]  # fmt: skip
