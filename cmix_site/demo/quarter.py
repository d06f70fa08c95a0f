"""The quarter before the demo's first night, so that who moved in the grid shows from the first day."""

from datetime import date, datetime, timedelta

from segmentation.models import SegmentationRun
from segmentation.services import classify_clients

WEEKS = 13


def look_back(*, until: date, now: datetime) -> int:
    """Place the clients as of each week's end of the quarter before ``until``; returns how many weeks.

    Nothing where the grid was computed before: its events stand in the order of their days.
    """
    if SegmentationRun.objects.exists():
        return 0
    for week in range(WEEKS, 0, -1):
        classify_clients(as_of=until - timedelta(weeks=week), now=now)
    return WEEKS
