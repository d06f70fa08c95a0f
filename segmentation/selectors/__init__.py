"""Reads of the segments."""

from segmentation.selectors.runs import active_thresholds, playbooks_by_client, published_run, segment_of

__all__ = ["active_thresholds", "playbooks_by_client", "published_run", "segment_of"]
