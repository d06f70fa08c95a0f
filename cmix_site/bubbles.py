"""Hands the expected revenue of kinetics to the grid of segmentation: the two apps never meet."""

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from kinetics.models import ClientIndicator, KineticsRun
from kinetics.selectors import published_run
from kinetics.states import Evidence


def expected_revenue(client_ids: Sequence[int]) -> Mapping[int, int | None]:
    """Expected revenue of the next 52 weeks in cents by client; empty before the first night."""
    run = published_run()
    if run is None:
        return {}
    rows = ClientIndicator.objects.filter(run=run, client_id__in=client_ids)
    return dict(rows.values_list("client_id", "expected_cents"))


def alerted_clients(as_of: date) -> NDArray[np.int64]:
    """Ids of the clients whose purchases gave alarm in the newest night up to ``as_of``."""
    run = KineticsRun.objects.published().nights().filter(as_of__lte=as_of).order_by("-as_of").first()
    if run is None:
        return np.zeros(0, dtype=np.int64)
    rows = ClientIndicator.objects.filter(run=run, evidence=Evidence.ALERT.value)
    return np.array(sorted(rows.values_list("client_id", flat=True)), dtype=np.int64)
