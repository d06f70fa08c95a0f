"""Reads of the grid."""

from segmentation.selectors.runs import active_thresholds, published_run, segment_of

__all__ = ["active_thresholds", "published_run", "segment_of"]
