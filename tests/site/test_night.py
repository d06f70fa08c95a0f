import json
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from attention.models import WeeklyList
from cmix_site import night, tasks
from intake.imports import choose_mapping, confirm, upload
from intake.models import RecordImport
from intake.rules import Kind
from jobs.models import Job
from jobs.services import run_waiting
from kinetics.selectors import published_run
from sales.rules import Mapping
from sales.services import mark_all_dirty
from segmentation.selectors import published_run as published_segments
from tests.conftest import Cast
from tests.factories.records import make_client, make_order

pytestmark = pytest.mark.django_db


def command(name: str, *arguments: str) -> Any:
    out = StringIO()
    call_command(name, *arguments, "--json", stdout=out)
    return json.loads(out.getvalue().splitlines()[-1])


def nights() -> list[str]:
    return list(Job.objects.filter(kind="night").order_by("key").values_list("key", flat=True))


@pytest.fixture
def sales(cast: Cast) -> None:
    today = timezone.localdate()
    for owner in (cast.alice, cast.carl):
        for _ in range(4):
            client = make_client(owner=owner)
            for days in (20, 200, 420, 600):
                make_order(client, today - timedelta(days=days), 100_00 + days, cost_cents=60_00)
    mark_all_dirty()


@pytest.mark.parametrize(
    ("now", "zone", "expected"),
    [
        (datetime(2026, 11, 22, 1, 0, tzinfo=UTC), "Europe/Paris", date(2026, 11, 21)),
        (datetime(2026, 11, 21, 23, 30, tzinfo=UTC), "Europe/Paris", date(2026, 11, 21)),
        (datetime(2026, 11, 21, 22, 30, tzinfo=UTC), "Europe/Paris", date(2026, 11, 20)),
        (datetime(2026, 11, 22, 1, 0, tzinfo=UTC), "Pacific/Auckland", date(2026, 11, 21)),
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), "Europe/Paris", date(2026, 3, 28)),
        (datetime(2026, 10, 25, 1, 0, tzinfo=UTC), "Europe/Paris", date(2026, 10, 24)),
        (datetime(2028, 3, 1, 1, 0, tzinfo=UTC), "Europe/Paris", date(2028, 2, 29)),
    ],
)
def test_night_is_of_the_day_that_ended(now: datetime, zone: str, expected: date, settings: Any) -> None:
    settings.TIME_ZONE = zone
    assert night.last_closed_day(now) == expected


@pytest.mark.parametrize("zone", ["Europe/Paris", "UTC", "Pacific/Auckland", "America/St_Johns"])
def test_each_day_of_a_year_has_one_night(zone: str, settings: Any) -> None:
    """Two beats and their hourly look, through both changes of the clock."""
    settings.TIME_ZONE = zone
    now, days = datetime(2026, 1, 1, 0, 10, tzinfo=UTC), set()
    while now.year == 2026:
        days.add(night.last_closed_day(now))
        now += timedelta(hours=1)
    first, last = min(days), max(days)
    assert len(days) == (last - first).days + 1


def test_two_beats_make_one_night() -> None:
    for _ in range(2):
        tasks.run_night()
        tasks.catch_up()
    assert nights() == [night.last_closed_day(timezone.now()).isoformat()]


def test_catch_up_waits_for_the_hour_of_the_night(settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Paris"
    night.catch_up(datetime(2026, 11, 22, 0, 10, tzinfo=UTC))  # 01:10 in Paris
    assert nights() == []
    night.catch_up(datetime(2026, 11, 22, 1, 10, tzinfo=UTC))
    assert nights() == ["2026-11-21"]


def test_beat_that_was_away_is_caught_up() -> None:
    for hour in range(24, 24 * 3):  # away until the third day: one night, the newest, is enough
        night.catch_up(datetime(2026, 11, 23, tzinfo=UTC) + timedelta(hours=hour))
    assert nights() == ["2026-11-23", "2026-11-24"]


def test_night_computes_and_makes_the_first_lists(cast: Cast, sales: None) -> None:
    result = command("run_night")
    as_of = night.last_closed_day(timezone.now())
    runs = published_run(), published_segments()
    assert [run and run.as_of for run in runs] == [as_of, as_of]
    assert (result["as_of"], result["state"]) == (as_of.isoformat(), "done")
    assert (result["kinetics_run"], result["segmentation_run"]) == tuple(run and run.pk for run in runs)
    assert sorted(WeeklyList.objects.values_list("owner__name", flat=True)) == ["Alice", "Carl"]
    assert (Job.objects.get().done_units, Job.objects.get().percent_done) != (0, None)


def test_night_twice_is_the_same_night(cast: Cast, sales: None) -> None:
    command("run_night")
    lists = list(WeeklyList.objects.order_by("pk").values())
    again = command("run_night")
    assert (Job.objects.count(), again["state"]) == (1, "done")
    assert list(WeeklyList.objects.order_by("pk").values()) == lists


def test_night_of_a_former_day_makes_no_list(cast: Cast, sales: None) -> None:
    as_of = timezone.localdate() - timedelta(days=100)
    assert command("run_night", "--as-of", as_of.isoformat())["as_of"] == as_of.isoformat()
    assert not WeeklyList.objects.exists()


@pytest.mark.once  # PostgreSQL counts by itself
def test_night_counts_for_sqlite(cast: Cast, sales: None) -> None:
    """So that its plans use the indexes: the rows of the sales and of the night itself are known."""
    command("run_night")
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT tbl FROM sqlite_stat1")
        counted = {name for (name,) in cursor.fetchall()}
    assert counted >= {
        "sales_order",
        "clients_client",
        "segmentation_clientsegment",
        "kinetics_clientindicator",
    }


def test_night_without_any_sale() -> None:
    assert command("run_night")["state"] == "done"


def test_tick_runs_what_waits(cast: Cast, sales: None) -> None:
    assert command("tick")["catch_up"]["night_state"] in (None, "queued")
    night.enqueue_night(as_of=night.last_closed_day(timezone.now()))
    assert command("tick", "--run")["ran"] == 1
    assert run_waiting(timezone.now()) == 0
    assert {"ran", "mails", "sweep", "catch_up"} == set(command("tick", "--run"))


def test_an_import_by_the_page_is_seen_the_same_morning(cast: Cast) -> None:
    day = timezone.localdate() - timedelta(days=3)
    content = f"client,day,amount\nC1,{day},12.50\nC2,{day},7.00\n".encode()
    for expected in ([f"{night.last_closed_day(timezone.now())}+job-"], []):
        Job.objects.filter(kind="night").delete()
        file = upload(file=ContentFile(content), name="orders.csv", kind=Kind.ORDERS, user=cast.anne)
        choose_mapping(
            record_import=file,
            mapping=Mapping(columns={"client": "client", "day": "day", "amount": "amount"}),
            owner=cast.alice, header=["client", "day", "amount"], user=cast.anne, now=timezone.now(),
        )  # fmt: skip
        confirm(record_import=file, user=cast.anne)
        while run_waiting(timezone.now()):  # the import, then what follows it
            pass
        # A file that changed nothing asks for nothing.
        job = RecordImport.objects.get(pk=file.pk).job_id
        assert nights() == [f"{start}{job}" for start in expected]
        assert Job.objects.exclude(state="done").count() == 0
    run = published_run()
    assert run is not None
    assert run.counts["clients"] == 2
