"""Writes of the segments."""

from segmentation.services.grid import classify_clients
from segmentation.services.thresholds import activate_thresholds, propose_when_due

__all__ = ["activate_thresholds", "classify_clients", "propose_when_due"]
