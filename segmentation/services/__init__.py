"""Writes of the segments."""

from segmentation.services.grid import classify_clients
from segmentation.services.own import import_segments, put_in_force
from segmentation.services.thresholds import activate_thresholds, propose_when_due

__all__ = ["activate_thresholds", "classify_clients", "import_segments", "propose_when_due", "put_in_force"]
