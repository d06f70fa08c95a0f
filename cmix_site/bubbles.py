"""Hands the expected revenue of kinetics to the grid of segmentation: the two apps never meet."""

from collections.abc import Mapping, Sequence

from kinetics.models import ClientIndicator
from kinetics.selectors import published_run


def expected_revenue(client_ids: Sequence[int]) -> Mapping[int, int | None]:
    """Expected revenue of the next 52 weeks in cents by client; empty before the first night."""
    run = published_run()
    if run is None:
        return {}
    rows = ClientIndicator.objects.filter(run=run, client_id__in=client_ids)
    return dict(rows.values_list("client_id", "expected_cents"))
