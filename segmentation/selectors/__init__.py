"""Reads of the segments."""

from segmentation.selectors.runs import (
    active_thresholds,
    own_segments_by_client,
    playbooks_by_client,
    published_run,
    segment_of,
)

__all__ = [
    "active_thresholds",
    "own_segments_by_client",
    "playbooks_by_client",
    "published_run",
    "segment_of",
]
