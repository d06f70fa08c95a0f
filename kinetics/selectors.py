"""Reads of published runs."""

from datetime import date

from clients.models import Client
from kinetics.models import ClientIndicator, KineticsRun


def published_run(as_of: date | None = None) -> KineticsRun | None:
    """The newest published night, or that of ``as_of``."""
    runs = KineticsRun.objects.published().nights()
    if as_of is not None:
        runs = runs.filter(as_of=as_of)
    return runs.order_by("-as_of", "-published_at").first()


def indicator_of(client: Client, run: KineticsRun | None = None) -> ClientIndicator | None:
    """The client's row in ``run`` (default: the newest published), with its run."""
    run = run or published_run()
    if run is None:
        return None
    return ClientIndicator.objects.filter(run=run, client=client).select_related("run").first()
