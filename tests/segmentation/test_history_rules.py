from datetime import date

from segmentation.rules.grid import Segment, Thresholds, classify_client
from segmentation.rules.history import Cause, Change, Standing, changes

LOW, HIGH = Thresholds(100, 0.3), Thresholds(500, 0.3)


def standing(day: int, revenue: int, lines: Thresholds) -> Standing:
    def under(thresholds: Thresholds) -> Segment:
        return classify_client(
            revenue_cents=revenue, margin_rate=0.4, cost_coverage=1.0, tenure_days=400, thresholds=thresholds
        ).segment

    return Standing(date(2026, 1, day), under(lines), lines, under)


def test_only_changes_with_what_caused_them() -> None:
    path = [
        standing(1, 300, LOW),
        standing(2, 310, LOW),
        standing(3, 310, HIGH),
        standing(4, 600, HIGH),
        standing(5, 650, HIGH),
    ]
    assert list(changes(path)) == [
        Change(date(2026, 1, 1), None, Segment.ATHLETE, Cause.FIRST),
        Change(date(2026, 1, 3), Segment.ATHLETE, Segment.THOROUGHBRED, Cause.THRESHOLD),
        Change(date(2026, 1, 4), Segment.THOROUGHBRED, Segment.ATHLETE, Cause.VALUE),
    ]


def test_nothing_known_nothing_changed() -> None:
    assert list(changes([])) == []
