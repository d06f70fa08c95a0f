"""Computing now: by whoever may import, once in a quarter of an hour, followed by whoever began it."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from jobs.models import Job
from jobs.services import run
from kinetics.models import KineticsRun
from sales.services import mark_all_dirty
from tests.conftest import Cast
from tests.factories.records import make_client, make_order


@pytest.mark.django_db(transaction=True)
def test_a_manager_has_the_figures_computed_now(cast: Cast, browser_of: Any) -> None:
    make_order(make_client(owner=cast.alice), timezone.localdate() - timedelta(days=30), 1_000)
    mark_all_dirty()
    anne = browser_of(cast.anne)
    assert reverse("recompute") in anne.get(reverse("admin:index")).content.decode()
    begun = anne.post(reverse("recompute"))
    job = Job.objects.get()
    assert (begun.url, job.kind, job.requested_by) == (
        reverse("jobs:progress", args=[job.pk]),
        "night",
        cast.anne,
    )
    again = anne.post(reverse("recompute"))
    other = browser_of(cast.diane).post(reverse("recompute"))
    assert (again.url, other.url, Job.objects.count()) == (begun.url, reverse("home"), 1)
    done = run(job.pk)
    assert done is not None
    assert (done.state, KineticsRun.objects.exclude(published_at=None).count()) == ("done", 1)


def test_sales_do_not_begin_it(cast: Cast, browser_of: Any) -> None:
    assert browser_of(cast.alice).post(reverse("recompute")).status_code == 403
    assert browser_of(cast.anne).get(reverse("recompute")).status_code == 405
    assert Job.objects.count() == 0
