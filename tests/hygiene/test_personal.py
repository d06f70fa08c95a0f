"""Objection at once, everything handed out, and what falls due."""

import io
import json
import zipfile
from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from attention.models import ListLine
from attention.services import freeze_lists, send_lists
from clients.models import Change, Client, Interaction, Person, RetentionNotice, Trail
from clients.personal.export import export_subject
from clients.personal.profiling import set_objection, unprofiled_clients
from clients.personal.retention import change_rule, check_retention, falling_due, months_after, postpone
from clients.personal.sources import find_record, subject_of
from clients.rules import ClientKind, RetentionAudience
from common.periods import IsoWeek
from jobs.models import OutMail
from kinetics.services import recompute_kinetics
from sales.rollup import rebuild_dirty
from sales.services import mark_all_dirty
from segmentation.models import ClientSegment
from segmentation.services import classify_clients
from tests.conftest import Cast
from tests.factories.records import make_client, make_order
from tests.hygiene.test_merging import AS_OF
from tests.hygiene.world import NOW, make_twins

pytestmark = pytest.mark.django_db
WEEK = IsoWeek.of(NOW.date())
TODAY = date(2026, 11, 20)


def me(client: Client) -> Person:
    return client.people.get(is_client=True)


def night(freeze: bool = True) -> None:
    recompute_kinetics(as_of=AS_OF, now=NOW)
    classify_clients(as_of=AS_OF, now=NOW)
    if freeze:
        freeze_lists(week=WEEK, now=NOW)


def seen(user: Any) -> tuple[set[str], set[str]]:
    lines = ListLine.objects.visible_to(user).values_list("client__ref", flat=True)
    return set(lines), set(ClientSegment.objects.visible_to(user).values_list("client__ref", flat=True))


def test_an_objection_counts_at_once(cast: Cast, browser_of: Any) -> None:
    _, loser = make_twins(cast)
    night()
    assert seen(cast.alice) == ({"S1", "L1"}, {"S1", "L1"})
    browser = browser_of(cast.alice)
    page = reverse("clients:privacy", args=["client", loser.pk])
    browser.post(reverse("clients:objection", args=["client", loser.pk]), {"objected": "yes"})
    assert "Objected on" in browser.get(page).content.decode()
    assert seen(cast.alice) == ({"S1"}, {"S1"})
    assert list(unprofiled_clients().values_list("client_id", flat=True)) == [loser.pk]
    change = Change.objects.get(model="clients.person")
    assert (change.record_id, list(change.after), change.by) == (
        me(loser).pk,
        ["profiling_objected_at"],
        cast.alice,
    )
    assert list(Trail.objects.values_list("act", "record_id")) == [("objected", me(loser).pk)]
    grid = browser.get(reverse("clients:list"), {"q": "L1"}).content.decode()
    assert "segment--" not in grid.split("data-rows")[-1]
    browser.post(reverse("clients:objection", args=["client", loser.pk]), {"objected": "no"})
    assert seen(cast.alice) == ({"S1", "L1"}, {"S1", "L1"})


def test_who_objected_before_the_freeze_is_in_no_list(cast: Cast) -> None:
    _, loser = make_twins(cast)
    set_objection(person=me(loser), objected=True, by=cast.alice, now=NOW)
    night()
    assert list(ListLine.objects.values_list("client__ref", flat=True)) == ["S1"]


@pytest.mark.django_db(transaction=True)
def test_who_objects_between_freeze_and_sending_is_in_no_mail(cast: Cast) -> None:
    _, loser = make_twins(cast)
    Client.objects.filter(pk=loser.pk).update(name="Unwilling")
    night()
    assert "Unwilling" in OutMail.objects.get(recipient=cast.alice).text
    set_objection(person=me(loser), objected=True, by=cast.alice, now=NOW)
    send_lists(week=WEEK, now=NOW)
    (message,) = [message for message in mail.outbox if message.to == ["alice@example.org"]]
    bodies = [message.subject, message.body, *(part.content for part in message.alternatives)]
    assert [body for body in bodies if "Unwilling" in body] == []
    assert "Zoé Ardent" in message.body


def test_a_companys_list_stays_when_one_of_its_people_objects(cast: Cast) -> None:
    company = make_client(owner=cast.alice)
    person = Person.objects.create(client=company, last_name="Duval")
    assert set_objection(person=person, objected=True, by=cast.alice, now=NOW)
    assert not set_objection(person=person, objected=True, by=cast.alice, now=NOW)
    assert not unprofiled_clients().exists()


def handed_out(client: Client) -> zipfile.ZipFile:
    file = io.BytesIO()
    record = find_record(client.ref)
    assert record is not None
    export_subject(subject=subject_of(record), to=file, by=None, now=NOW)
    return zipfile.ZipFile(file)


def test_everything_held_is_handed_out_readably(cast: Cast) -> None:
    survivor, _ = make_twins(cast)
    night()
    Client.objects.filter(pk=survivor.pk).update(language="en")
    archive = handed_out(survivor)
    data = json.loads(archive.read("data.json"))["sections"]
    counts = {name: len(rows) for name, rows in data.items() if rows}
    assert counts == {
        "client": 1, "tags": 2, "units": 1, "people": 2, "consents": 1, "headed_units": 1, "tasks": 1,
        "interactions": 1, "orders": 3, "indicators": 3, "segments": 1, "weekly_lists": 1, "mails": 1,
    } | {name: count for name, count in counts.items() if name == "segment_events"}  # fmt: skip
    assert data["interactions"][0]["summary"] == "Zoé Ardent asked for a lamp"
    assert all(row["why"] and row["rule_version"] for row in data["indicators"] + data["segments"])
    page = archive.read("index.html").decode()
    assert ("What is held about Zoé Ardent" in page, "Zoé Ardent asked for a lamp" in page) == (True, True)
    assert sorted(name for name in archive.namelist() if name.startswith("csv/")) == sorted(
        f"csv/{name}.csv" for name in counts
    )


def test_a_person_of_a_company_gets_the_persons_data_alone(cast: Cast) -> None:
    company = make_client(owner=cast.alice, ref="FIRM")
    make_order(company, TODAY, 10_000)
    zoe, other = (Person.objects.create(client=company, ref=ref, last_name=ref) for ref in ("PZ", "PO"))
    for person in (zoe, other):
        Interaction.objects.create(
            client=company, person=person, kind="call", happened_at=NOW, summary=f"of {person.ref}"
        )
    record = find_record("PZ")
    assert record == zoe
    file = io.BytesIO()
    export_subject(subject=subject_of(zoe), to=file, by=cast.alice, now=NOW)
    text = zipfile.ZipFile(file).read("data.json").decode()
    assert ("of PZ" in text, "of PO" in text, "10000" in text) == (True, False, False)


def test_the_button_hands_out_and_is_noted(cast: Cast, browser_of: Any) -> None:
    survivor, _ = make_twins(cast)
    address = reverse("clients:hand_out", args=["client", survivor.pk])
    answer = browser_of(cast.alice).post(address)
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    assert {"index.html", "data.json", "style.css"} <= set(archive.namelist())
    assert f"client-{survivor.pk}.zip" in answer["Content-Disposition"]
    assert list(Trail.objects.values_list("act", "by")) == [("exported", cast.alice.pk)]
    assert browser_of(cast.carl).post(address).status_code == 404


# --- retention ----------------------------------------------------------------------------------
def old_client(cast: Cast, ref: str, last: date | None, **fields: Any) -> Client:
    client = make_client(owner=cast.alice, ref=ref, kind=ClientKind.PERSON.value, name=f"Old {ref}", **fields)
    Client.objects.filter(pk=client.pk).update(created_at=NOW - timedelta(days=5000))
    if last:
        make_order(client, last, 1_000)
        mark_all_dirty()
        rebuild_dirty()
    return client


def test_months_end_where_the_month_does() -> None:
    assert months_after(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert months_after(date(2023, 11, 30), 36) == date(2026, 11, 30)
    assert months_after(date(2023, 12, 15), 1) == date(2024, 1, 15)


def test_the_last_sign_counts_and_a_mail_of_ours_does_not(cast: Cast) -> None:
    long_ago, horizon = date(2023, 1, 10), TODAY + timedelta(days=60)
    old_client(cast, "BOUGHT", long_ago)
    old_client(cast, "EDGE", date(2024, 1, 19))
    old_client(cast, "PAST_EDGE", date(2024, 1, 20))
    called, mailed = old_client(cast, "CALLED", long_ago), old_client(cast, "MAILED", long_ago)
    for client, theirs in ((called, True), (mailed, False)):
        Interaction.objects.create(
            client=client,
            kind="call",
            happened_at=NOW - timedelta(days=9),
            summary="x",
            came_from_client=theirs,
        )
    old_client(cast, "PROSPECT", None)
    found = {Client.objects.get(pk=one.client_id).ref: one for one in falling_due(today=TODAY)}
    assert set(found) == {"BOUGHT", "EDGE", "MAILED", "PROSPECT"}
    assert (found["BOUGHT"].due_on, found["EDGE"].due_on) == (date(2026, 1, 10), horizon)
    assert {ref: one.audience.value for ref, one in found.items()} == {
        "BOUGHT": "client", "EDGE": "client", "MAILED": "client", "PROSPECT": "prospect",
    }  # fmt: skip


def check(day: date) -> dict[str, Any]:
    return check_retention(today=day, now=NOW + timedelta(days=(day - TODAY).days))


def test_it_warns_then_acts_only_when_switched_on(cast: Cast) -> None:
    client = old_client(cast, "OLD", date(2023, 1, 10))
    assert check(TODAY) == {"due_soon": 1, "warned": 1, "withdrawn": 0, "erased": 0, "postponed": 0}
    assert check(TODAY)["warned"] == 0
    told = OutMail.objects.get(kind="clients.retention")
    assert (told.recipient, told.subject, "Old" in told.text) == (
        cast.alice,
        "The data of 1 person fall due",
        False,
    )
    assert check(TODAY + timedelta(days=400))["erased"] == 0
    change_rule(audience=RetentionAudience.CLIENT, months=36, is_on=True, by=cast.diane, now=NOW)
    RetentionNotice.objects.update(warned_on=TODAY)
    assert check(TODAY + timedelta(days=59))["erased"] == 0
    notice = RetentionNotice.objects.get()
    postpone(notice=notice, until=TODAY + timedelta(days=90), reason="Lawsuit", by=cast.anne)
    assert check(TODAY + timedelta(days=60)) == {
        "due_soon": 1, "warned": 0, "withdrawn": 0, "erased": 0, "postponed": 1,
    }  # fmt: skip
    assert check(TODAY + timedelta(days=90))["erased"] == 1
    client.refresh_from_db()
    assert (client.state, client.name) == ("erased", "")
    assert list(client.days.values_list("rev", flat=True)) == [1_000]
    assert check(TODAY + timedelta(days=91))["due_soon"] == 0


def test_a_sign_of_life_takes_the_warning_back(cast: Cast) -> None:
    client = old_client(cast, "OLD", date(2023, 1, 10))
    check(TODAY)
    make_order(client, TODAY, 500)
    mark_all_dirty()
    rebuild_dirty()
    assert check(TODAY) == {"due_soon": 0, "warned": 0, "withdrawn": 1, "erased": 0, "postponed": 0}


def test_somebody_who_left_a_company_falls_due_alone(cast: Cast) -> None:
    company = make_client(owner=cast.alice)
    make_order(company, TODAY, 1_000)
    mark_all_dirty()
    rebuild_dirty()
    stays, left = (Person.objects.create(client=company, last_name=name) for name in ("Stays", "Left"))
    Person.objects.update(created_at=NOW - timedelta(days=5000))
    Person.objects.filter(pk=left.pk).update(left_on=date(2022, 5, 1))
    assert [(one.person_id, one.last_sign_on) for one in falling_due(today=TODAY)] == [
        (left.pk, date(2022, 5, 1))
    ]
    assert stays.left_on is None


def test_the_command_says_what_it_did(cast: Cast, capsys: Any) -> None:
    old_client(cast, "OLD", date(2015, 1, 10))
    call_command("check_retention", "--json")
    told = json.loads(capsys.readouterr().out)
    assert told == {"due_soon": 1, "warned": 1, "withdrawn": 0, "erased": 0, "postponed": 0}


def test_the_page_of_what_falls_due(cast: Cast, browser_of: Any) -> None:
    counts = []
    browser = browser_of(cast.anne)
    for number in range(3):
        old_client(cast, f"OLD{number}", date(2015, 1, 10))
        check_retention(today=timezone.localdate(), now=timezone.now())
        with CaptureQueriesContext(connection) as queries:
            text = browser.get(reverse("clients:retention")).content.decode()
        counts.append(len(queries))
        assert text.count('<span class="ref">OLD') == number + 1
    assert counts[0] == counts[2]
    assert "OLD0" not in browser_of(cast.carl).get(reverse("clients:retention")).content.decode()
    notice = RetentionNotice.objects.first()
    keep = reverse("clients:retention_keep", args=[notice.pk])
    browser.post(keep, {"until": "2001-01-01", "reason": "x"})
    notice.refresh_from_db()
    assert notice.postponed_until is None
    until = timezone.localdate() + timedelta(days=30)
    browser.post(keep, {"until": until.isoformat(), "reason": "Warranty runs"})
    notice.refresh_from_db()
    assert (notice.postponed_until, notice.reason, notice.postponed_by) == (until, "Warranty runs", cast.anne)


@pytest.mark.parametrize(("language", "word"), [("en", "36 months after"), ("fr", "36 mois après")])
def test_the_notice_is_there_in_both_languages(language: str, word: str, cast: Cast, browser_of: Any) -> None:
    cast.alice.language = language
    cast.alice.save()
    assert word in browser_of(cast.alice).get(reverse("clients:privacy_notice")).content.decode()
