"""Rounds: who is invited and who not, once each; reminders; asking again; forgetting; mails over SMTP."""

import email
import io
import json
import re
from collections import Counter
from datetime import timedelta
from email import policy

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clients.models import (
    AnswerSheet,
    Client,
    Invitation,
    ItemAnswer,
    Person,
    QuestionnaireOptOut,
    QuestionnaireRound,
    SavedView,
    SociotypeResult,
)  # fmt: skip
from clients.sociotypes.rules.ageing import plus_months
from clients.sociotypes.selectors.asking import asked_of
from clients.sociotypes.services import answering
from clients.sociotypes.services.rounds import JOB_KIND, revoke, start_round, write_invitations
from clients.sociotypes.services.tending import ask_again, purge_answers, send_reminders, tend
from jobs import outbox
from jobs.models import Job, OutMail
from jobs.services import run
from tests.clients.sociotypes.records import FLAT, PHILE, make_invitation, make_person, make_result
from tests.factories.records import make_client
from tests.jobs.faulty_smtp import faulty_smtp

pytestmark = pytest.mark.django_db


def ids(*clients):
    return [client.pk for client in clients]


def test_who_is_asked_and_who_not_and_why():
    now, today = timezone.now(), timezone.localdate()
    client = make_client()
    good = make_person(client)
    made = {
        "refused": make_person(client, profiling_objected_at=now),
        "opted_out": make_person(client),
        "no_email": make_person(client, email=""),
        "answered": make_person(client),
        "invited": make_person(client),
        "left": make_person(client, left_on=today),
    }
    QuestionnaireOptOut.objects.create(person=made["opted_out"], at=now)
    make_result(made["answered"], PHILE, plus_months(today, -16))
    make_invitation(made["invited"], now, "before")
    twin = make_person(make_client(), email=good.email.upper())
    empty = make_client()
    asked = asked_of(ids(client, twin.client, empty), now)
    assert asked.invited == [good.pk]
    assert asked.left_out == {
        "refused": 1, "opted_out": 1, "no_email": 1, "answered": 1, "invited": 2, "nobody": 1,
    }  # fmt: skip


def test_only_those_who_decide_are_asked_where_somebody_does():
    client = make_client()
    make_person(client)
    boss = make_person(client, is_decision_maker=True)
    asked = asked_of(ids(client), timezone.now())
    assert (asked.invited, asked.left_out) == ([boss.pk], {"others_decide": 1})


@pytest.mark.parametrize("made", ["expired", "revoked", "old_answer", "flat_long_ago", "observed"])
def test_who_may_be_asked_again(made, cast):
    now, today = timezone.now(), timezone.localdate()
    person = make_person(make_client())
    if made == "expired":
        make_invitation(person, now - timedelta(days=31), "old")
    elif made == "revoked":
        revoke(invitation=make_invitation(person, now, "old"), by=cast.alice, now=now)
    elif made == "observed":
        from clients.sociotypes.rules.scoring import Channel

        make_result(person, PHILE, today, channel=Channel.OBSERVED)
    else:
        make_result(person, PHILE if made == "old_answer" else FLAT, plus_months(today, -17))
    assert asked_of(ids(person.client), now).invited == [person.pk]


def test_the_same_round_started_twice_is_one(cast):
    person = make_person(make_client(owner=cast.alice))
    now = timezone.now()
    for _ in range(2):
        start_round(name="R", client_ids=ids(person.client), key="k", by=cast.alice, now=now)
    job = Job.objects.get(kind=JOB_KIND)
    for _ in range(2):
        run(job.pk)
    assert (QuestionnaireRound.objects.count(), Invitation.objects.count(), OutMail.objects.count()) == (
        1,
        1,
        1,
    )


def test_a_round_killed_half_way_goes_on(monkeypatch):
    from clients.sociotypes.services import rounds

    people = [make_person(make_client()) for _ in range(5)]
    round_ = start_round(
        name="R", client_ids=ids(*(p.client for p in people)), key="k", by=None, now=timezone.now()
    )
    monkeypatch.setattr(rounds, "BATCH", 2)

    def die(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_invitations(round_=round_, now=timezone.now(), progress=die)
    assert Invitation.objects.count() == 2
    assert write_invitations(round_=round_, now=timezone.now()) == {"invited": 5}
    assert Counter(OutMail.objects.values_list("to_email", flat=True)) == Counter(p.email for p in people)
    round_.refresh_from_db()
    assert round_.left_out == {}


def test_an_objection_between_choosing_and_writing_counts():
    person = make_person(make_client())
    round_ = start_round(name="R", client_ids=ids(person.client), key="k", by=None, now=timezone.now())
    Person.objects.update(profiling_objected_at=timezone.now())
    assert write_invitations(round_=round_, now=timezone.now()) == {"invited": 0, "refused": 1}


def _use(settings, url):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", int(url.rpartition(":")[2])
    settings.EMAIL_TIMEOUT = 2


def invited_by_command(*clients, tmp_path):
    path = tmp_path / "round.csv"
    path.write_text("ref\n" + "\n".join([*(c.ref for c in clients), "nobody"]))
    out = io.StringIO()
    call_command("invite_sociotype", "--clients", str(path), "--json", stdout=out)
    return json.loads(out.getvalue().splitlines()[-1])


def test_a_round_over_real_smtp(settings, tmp_path):
    """From the command to the mail a server received, through its link to the answer."""
    settings.CMIX_BASE_URL = "https://mix.example"
    french = make_person(make_client(), last_name="Moreau", language="fr")
    english = make_person(make_client(), last_name="Miller", language="en")
    said = invited_by_command(french.client, english.client, tmp_path=tmp_path)
    assert (said["invited"], said["left_out"], said["unknown_refs"]) == (2, {}, ["nobody"])
    with faulty_smtp(lambda recipient, nth: "") as (notes, url):
        _use(settings, url)
        for mail in OutMail.objects.all():
            assert outbox.deliver(mail.pk, timezone.now()) == "sent"
    mails = {
        m["To"]: m for m in (email.message_from_bytes(raw, policy=policy.default) for raw in notes.messages)
    }
    assert set(mails) == {french.email, english.email}
    text = mails[french.email].get_body(("plain",)).get_content()
    html = mails[french.email].get_body(("html",)).get_content()
    assert ("Bonjour Moreau" in text, "Hello Miller" in mails[english.email].get_body(("plain",)).get_content()) == (
        True, True,
    )  # fmt: skip
    link = re.search(r"https://mix\.example(/q/\S+?/)\s", text).group(1)
    assert html.count(f'"https://mix.example{link}"') == 1
    assert "<img" not in html
    assert Browser().get(link, headers={"host": "127.0.0.1"}, secure=True).status_code == 200


def test_the_command_again_invites_nobody_twice(tmp_path):
    person = make_person(make_client())
    first = invited_by_command(person.client, tmp_path=tmp_path)
    again = invited_by_command(person.client, tmp_path=tmp_path)
    assert (first, Invitation.objects.count(), OutMail.objects.count()) == (again, 1, 1)


def test_the_command_takes_a_view(cast):
    mine, other = make_client(owner=cast.alice, name="Ateliers"), make_client(owner=cast.bob, name="Ateliers")
    for client in (mine, other):
        make_person(client)
    SavedView.objects.create(owner=cast.alice, list_key="clients", name="Ateliers", query="q=ateliers")
    out = io.StringIO()
    call_command("invite_sociotype", "--view", "Ateliers", "--json", stdout=out)
    said = json.loads(out.getvalue().splitlines()[-1])
    assert (said["clients"], said["invited"], said["name"]) == (1, 1, "Ateliers")
    with pytest.raises(CommandError):
        call_command("invite_sociotype", "--view", "Nothing")


def sent(invitation):
    OutMail.objects.filter(pk=invitation.mail_id).update(state="sent")
    return invitation


def test_reminders_go_on_day_four_and_ten_and_never_again():
    start = timezone.now()
    invitation = sent(make_invitation(make_person(make_client()), start))
    days = {day: send_reminders(start + timedelta(days=day, minutes=1)) for day in range(1, 30)}
    assert [day for day, count in days.items() if count] == [4, 10]
    assert list(OutMail.objects.order_by("pk").values_list("kind", "key")) == [
        ("sociotype.invitation", f"{invitation.pk}:0"),
        ("sociotype.reminder", f"{invitation.pk}:1"),
        ("sociotype.reminder", f"{invitation.pk}:2"),
    ]


def test_after_an_outage_reminders_keep_their_distance():
    start = timezone.now()
    sent(make_invitation(make_person(make_client()), start))
    days = {day: send_reminders(start + timedelta(days=day)) for day in range(12, 30)}
    assert [day for day, count in days.items() if count] == [12, 15]


@pytest.mark.parametrize(
    "why", ["answered", "revoked", "opted out", "objected", "not delivered", "left", "no e-mail"]
)
def test_nobody_is_reminded_without_need(why, cast):
    start = timezone.now()
    person = make_person(make_client())
    invitation = make_invitation(person, start)
    if why != "not delivered":
        sent(invitation)
    if why == "answered":
        AnswerSheet.objects.create(
            person=person, invitation=invitation, channel="self", instrument="sociotype-12", version=1,
            language="fr", started_at=start, saved_at=start, completed_at=start,
        )  # fmt: skip
    elif why == "revoked":
        revoke(invitation=invitation, by=cast.alice, now=start)
    elif why == "opted out":
        answering.opt_out(person=person, now=start)
    elif why == "objected":
        Person.objects.update(profiling_objected_at=start)
    elif why == "left":
        Person.objects.update(left_on=timezone.localdate())
    elif why == "no e-mail":
        Person.objects.update(email="")
    assert send_reminders(start + timedelta(days=5)) == 0


def test_month_seventeen_asks_again_once():
    now, today = timezone.now(), timezone.localdate()
    due, early, expired_long_ago = (make_person(make_client()) for _ in range(3))
    make_result(due, PHILE, plus_months(today, -17))
    make_result(early, PHILE, plus_months(today, -16))
    make_result(expired_long_ago, PHILE, plus_months(today, -30))
    assert [ask_again(now), ask_again(now)] == [1, 0]
    assert list(Invitation.objects.values_list("person_id", flat=True)) == [due.pk]


def test_nobody_is_asked_again_when_the_company_does_not_want_it(settings):
    settings.CMIX_SOCIOTYPE_REASK = False
    make_result(make_person(make_client()), PHILE, plus_months(timezone.localdate(), -17))
    assert tend(timezone.now())["asked_again"] == 0
    assert Invitation.objects.count() == 0


def test_answers_go_after_three_years_and_scales_stay(cast):
    start = timezone.now()
    person = make_person(make_client())
    values = dict(
        zip(("A1", "D1", "O3", "S1", "A3", "O1", "D3", "S2", "A2", "S3", "O2", "D2"), PHILE, strict=True)
    )
    answering.record_phone_answers(person=person, values=values, language="fr", by=cast.alice, now=start)
    assert purge_answers(start + timedelta(days=1090)) == 0
    assert purge_answers(start + timedelta(days=1100)) == 12
    assert (ItemAnswer.objects.count(), SociotypeResult.objects.get().scale_a) == (0, 5)


def test_an_objection_noted_anywhere_takes_the_type_away():
    kept, gone = make_person(make_client()), make_person(make_client())
    for person in (kept, gone):
        make_result(person, PHILE, timezone.localdate())
    Person.objects.filter(pk=gone.pk).update(profiling_objected_at=timezone.now())
    assert tend(timezone.now())["types_forgotten"] == 1
    assert list(SociotypeResult.objects.values_list("person_id", flat=True)) == [kept.pk]


def test_a_round_page_costs_the_same_for_one_and_three(cast, browser_of):
    def cost(count, key):
        clients = [make_person(make_client(owner=cast.alice)).client for _ in range(count)]
        round_ = start_round(name=key, client_ids=ids(*clients), key=key, by=cast.alice, now=timezone.now())
        write_invitations(round_=round_, now=timezone.now())
        browser = browser_of(cast.alice)
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(reverse("sociotypes:round", args=[round_.pk])).status_code == 200
        return len(captured)

    assert cost(1, "one") == cost(3, "three") <= 16


def test_a_round_by_page_is_looked_at_before_it_is_sent(cast, browser_of):
    mine = make_person(make_client(owner=cast.alice, ref="M1"), last_name="Moreau")
    make_person(make_client(owner=cast.carl, ref="F1"), last_name="Foreign")
    browser, url = browser_of(cast.alice), reverse("sociotypes:new")
    form = {"name": "Spring", "refs": "M1\nF1"}
    page = browser.post(url, form).content.decode()
    assert (Invitation.objects.count(), "Moreau" in page, "Foreign" in page) == (0, True, False)
    assert "1 reference names no client of yours: F1" in page
    response = browser.post(url, form | {"start": "1"})
    round_ = QuestionnaireRound.objects.get()
    assert response.headers["Location"] == reverse("sociotypes:round", args=[round_.pk])
    run(Job.objects.get(kind=JOB_KIND).pk)
    assert list(Invitation.objects.values_list("person_id", flat=True)) == [mine.pk]
    assert Client.objects.filter(pk__in=round_.audience).count() == 1
