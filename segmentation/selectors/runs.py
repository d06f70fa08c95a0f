"""Published classifications and the lines in force."""

from datetime import date

from django.db.models import QuerySet

from accounts.models import User
from clients.models import Client
from clients.personal.profiling import profiled_q
from common.prepared import prepared
from segmentation.models import ClientSegment, GridThresholds, SegmentationRun


def published_run(as_of: date | None = None) -> SegmentationRun | None:
    """The newest published classification, or that of ``as_of``, with its thresholds."""
    found = _runs(0, as_of)
    return found[0] if found else None


@prepared
def _runs(_none: int, as_of: date | None) -> QuerySet[SegmentationRun]:
    runs = SegmentationRun.objects.filter(published=True).select_related("thresholds__activated_by")
    if as_of is not None:
        runs = runs.filter(as_of=as_of)
    return runs.order_by("-as_of")[:1]


def earlier_run(as_of: date) -> SegmentationRun | None:
    """The newest published classification of a day before ``as_of``."""
    runs = SegmentationRun.objects.filter(published=True, as_of__lt=as_of).select_related("thresholds")
    return runs.order_by("-as_of").first()


def run_up_to(day: date) -> SegmentationRun | None:
    """The newest published classification that was known by ``day``."""
    runs = SegmentationRun.objects.filter(published=True, as_of__lte=day).select_related("thresholds")
    return runs.order_by("-as_of").first()


def segment_of(client: Client, run: SegmentationRun | None = None) -> ClientSegment | None:
    """The client's row in ``run`` (default: the newest published that knows it), with run and lines."""
    rows = ClientSegment.objects.filter(profiled_q(), client=client).select_related(
        "run__thresholds__activated_by", "run__own", "own"
    )
    rows = rows.filter(run=run) if run else rows.filter(run__published=True)
    return rows.order_by("-run__as_of").first()


def active_thresholds() -> GridThresholds | None:
    activated = GridThresholds.objects.filter(activated_at__isnull=False)
    return activated.select_related("activated_by").order_by("-activated_at", "-pk").first()


def waiting_proposal() -> GridThresholds | None:
    """The lines that wait for a person."""
    return GridThresholds.objects.filter(activated_at__isnull=True).order_by("-as_of", "-pk").first()


def playbooks_by_client(*, owner: User, day: date) -> dict[int, str]:
    """What each of the owner's clients is planned by, as known on ``day``: its segment of the grid, or the
    playbook of its own segment where the company's own segmentation is in force (empty: none)."""
    run = run_up_to(day)
    if run is None:
        return {}
    placed = ClientSegment.objects.filter(run=run, client__owner=owner)
    if run.own_id is None:
        return dict(placed.values_list("client_id", "segment"))
    return {pk: playbook or "" for pk, playbook in placed.values_list("client_id", "own__playbook")}


def own_segments_by_client(*, owner: User, day: date) -> dict[int, str]:
    """The name of each client's own segment as known on ``day``; empty where the grid rules."""
    run = run_up_to(day)
    if run is None or run.own_id is None:
        return {}
    placed = ClientSegment.objects.filter(run=run, client__owner=owner, own__isnull=False)
    return dict(placed.values_list("client_id", "own__name"))
