"""The pages of the trust audit: the whole way of an audit through forms, and who sees what."""

import json
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.conftest import Cast
from tests.factories.records import make_client
from tests.trust_audit.helpers import NOW, PNG, make_audit, make_site, mark_all, picture
from trust_audit.models import Action, Audit, Evidence, ShareLink, Site
from trust_audit.reporting import token_of
from trust_audit.rules.checklist import Mode
from trust_audit.rules.gains import Effort
from trust_audit.services.audits import sign
from trust_audit.services.followup import add_action, share
from trust_audit.states import ActionState, SiteKind

pytestmark = pytest.mark.django_db


def text_of(response: Any) -> str:
    html = re.sub(r"<(script|style).*?</\1>", "", response.content.decode(), flags=re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).strip()


def post(browser: Browser, page: str, /, *args: Any, **form: Any) -> Any:
    return browser.post(reverse(f"trust:{page}", args=args), form)


def get(browser: Browser, page: str, /, *args: Any, **query: Any) -> Any:
    return browser.get(reverse(f"trust:{page}", args=args), query)


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        }
    }


def test_from_a_new_site_to_a_signed_audit(cast: Cast, browser_of: Any):
    alice = browser_of(cast.alice)
    form = {"name": "Our shop", "url": "https://shop.example/", "kind": "own", "profile": "goods-b2c",
            "reaudit_months": 12, "allowed": "on"}  # fmt: skip
    assert post(alice, "site_create", **form)["Location"] == reverse(
        "trust:start", args=[Site.objects.get().pk]
    )
    post(alice, "site_create", **form)
    site = Site.objects.get()
    assert (site.allowed_by, site.allowed_at is not None) == (cast.alice, True)
    post(alice, "start", site.pk, profile="goods-b2c", mode="express")
    post(alice, "start", site.pk, profile="goods-b2c", mode="express")
    audit = Audit.objects.get()
    assert (audit.lead, audit.results.count(), audit.checklist) == (cast.alice, 11, "1")
    for code in audit.results.values_list("code", flat=True):
        post(alice, "mark", audit.pk, code, level=3)
    post(alice, "mark", audit.pk, "SEAL-01", na_reason="A seal means nothing in our trade")
    post(alice, "mark", audit.pk, "TEC-01", note="Checked with two browsers")
    assert post(alice, "sign", audit.pk).status_code == 302
    audit.refresh_from_db()
    assert (audit.state, audit.signed_by, audit.score["overall"], audit.score["state"]) == (
        "signed", cast.alice, 75.0, "final",
    )  # fmt: skip
    assert {name: one["score"] for name, one in audit.score["families"].items()} == {
        "SEAL": None, "BRD": 75.0, "NAV": 75.0, "ORD": 75.0, "PRE": 75.0, "TEC": 75.0,
    }  # fmt: skip
    post(alice, "mark", audit.pk, "TEC-01", level=0)
    post(alice, "mark", audit.pk, "TEC-01", note="changed afterwards")
    result = audit.results.get(code="TEC-01")
    assert (result.level, result.note) == (3, "Checked with two browsers")


def test_autosave_answers_with_the_saved_line_and_what_changed(cast: Cast, browser_of: Any):
    audit = make_audit(make_site(), cast.alice)
    url = reverse("trust:mark", args=[audit.pk, "NAV-01"])
    response = browser_of(cast.alice).post(url, {"level": "4"}, headers={"HX-Request": "true"})
    text = text_of(response)
    assert re.match(r"saved \d\d:\d\d", text)
    assert "9% decided, 1 of 11 tested" in text
    assert response.content.decode().count('hx-swap-oob="true"') == 2


def test_a_refused_mark_says_why(cast: Cast, browser_of: Any):
    audit = make_audit(make_site(), cast.alice)
    url = reverse("trust:mark", args=[audit.pk, "NAV-01"])
    alice = browser_of(cast.alice)
    answers = {
        name: (response.status_code, response.content.decode())
        for name, form in {
            "no level": {}, "too high": {"level": "5"}, "no reason": {"na_reason": " "}, "own second": {"second": "2"},
        }.items()
        if (response := alice.post(url, form, headers={"HX-Request": "true"}))
    }  # fmt: skip
    assert answers == {
        "no level": (422, "Choose a level from 0 to 4."),
        "too high": (422, "Choose a level from 0 to 4."),
        "no reason": (422, "Say why the criterion does not apply."),
        "own second": (422, "The second level is another person's than the auditor's."),
    }


def test_two_reviewers_and_what_their_dispute_blocks(cast: Cast, browser_of: Any):
    audit = make_audit(make_site(), cast.alice)
    mark_all(audit, 4, cast.alice)
    bob, alice = browser_of(cast.bob), browser_of(cast.alice)
    post(bob, "mark", audit.pk, "BRD-01", level=0)
    assert audit.results.get(code="BRD-01").level == 4
    post(bob, "mark", audit.pk, "BRD-01", second=1, second_note="No registration number")
    assert "Reviewers are two levels or more apart" in text_of(get(alice, "audit", audit.pk))
    post(alice, "sign", audit.pk)
    audit.refresh_from_db()
    assert audit.state == "running"
    post(bob, "mark", audit.pk, "BRD-01", second=3)
    post(alice, "sign", audit.pk)
    audit.refresh_from_db()
    assert audit.score["families"]["BRD"]["score"] == 87.5


def test_the_first_level_is_hidden_until_the_second_is_given(cast: Cast, browser_of: Any):
    audit = make_audit(make_site(), cast.alice)
    mark_all(audit, 4, cast.alice)
    bob = browser_of(cast.bob)
    said = "Alice gives level 4."
    before = said in text_of(get(bob, "criterion", audit.pk, "BRD-01"))
    post(bob, "mark", audit.pk, "BRD-01", second=3)
    assert (before, said in text_of(get(bob, "criterion", audit.pk, "BRD-01"))) == (False, True)


def test_evidence_is_kept_once_confirmed_by_another_and_handed_out_as_a_download(cast: Cast, browser_of: Any):
    audit = make_audit(make_site(), cast.alice)
    alice, bob = browser_of(cast.alice), browser_of(cast.bob)
    post(alice, "mark", audit.pk, "PRE-01", level=4)
    for name in ("screen.png", "again.png"):
        post(alice, "evidence_add", audit.pk, "PRE-01", kind="file", file=picture(name), caption="A product")
    one = Evidence.objects.get()
    assert (one.kind, one.content_type, one.file_name, one.size) == (
        "picture",
        "image/png",
        "screen.png",
        len(PNG),
    )
    post(alice, "evidence_confirm", one.pk)
    one.refresh_from_db()
    assert one.confirmed_at is None
    post(bob, "evidence_confirm", one.pk)
    one.refresh_from_db()
    assert one.confirmed_by == cast.bob
    answer = get(bob, "evidence_file", one.pk)
    assert (answer.content, answer["Content-Type"], answer["X-Content-Type-Options"]) == (
        PNG,
        "image/png",
        "nosniff",
    )
    assert answer["Content-Disposition"] == 'attachment; filename="screen.png"'


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "a.svg", "application/octet-stream"),
        (b"<html><script>alert(1)</script>", "b.png", "application/octet-stream"),
        (PNG, "page.html", "image/png"),
    ],
)  # fmt: skip
def test_a_file_is_what_its_bytes_say(cast: Cast, browser_of: Any, content: bytes, name: str, kind: str):
    audit = make_audit(make_site(), cast.alice)
    alice = browser_of(cast.alice)
    post(alice, "evidence_add", audit.pk, "PRE-01", kind="file", file=picture(name, content))
    answer = get(alice, "evidence_file", Evidence.objects.get().pk)
    assert (answer["Content-Type"], answer["Content-Security-Policy"]) == (
        kind,
        "default-src 'none'; sandbox",
    )


def test_calls_and_orders_suggest_a_level(cast: Cast, browser_of: Any):
    audit = make_audit(make_site(), cast.alice, Mode.FULL)
    alice = browser_of(cast.alice)
    for minute, waited in enumerate((20, 50, 60, 61, "")):
        post(alice, "evidence_add", audit.pk, "ORD-07", kind="call", called_at=f"2026-11-20T10:{minute:02}",
             waited_seconds=waited)  # fmt: skip
    said = text_of(get(alice, "criterion", audit.pk, "ORD-07"))
    assert "60.0% of 5 calls answered within 60 seconds. That comes to level 2." in said
    for day, came, right in (("10", "11", "on"), ("11", "12", "on"), ("12", "", "")):
        post(alice, "evidence_add", audit.pk, "ORD-04", kind="order", ordered_on=f"2026-11-{day}",
             promised_on="2026-11-15", delivered_on=f"2026-11-{came}" if came else "",
             **({"right_goods": right} if right else {}))  # fmt: skip
    said = text_of(get(alice, "criterion", audit.pk, "ORD-04"))
    assert "3 test orders: 66.7% on time" in said
    assert "That comes to level 0." in said


def signed_audit(site: Site, lead: Any, level: int = 3, **others: int) -> Audit:
    audit = make_audit(site, lead)
    mark_all(audit, level, lead, **others)
    return sign(audit=audit, by=lead, now=NOW)


def test_re_audit_keeps_reasons_and_young_human_levels_and_compares(cast: Cast, browser_of: Any):
    site = make_site()
    audit = make_audit(site, cast.alice)
    alice = browser_of(cast.alice)
    for code in audit.results.values_list("code", flat=True):
        post(alice, "mark", audit.pk, code, level=2)
    post(alice, "mark", audit.pk, "SEAL-01", na_reason="No seal in this trade")
    post(alice, "mark", audit.pk, "NAV-01", note="The path is long")
    post(alice, "sign", audit.pk)
    post(alice, "again", audit.pk)
    fresh = Audit.objects.get(previous=audit)
    kept = {r.code: r.level for r in fresh.results.all() if r.level is not None}
    assert (kept, fresh.results.get(code="SEAL-01").na_reason, fresh.results.get(code="NAV-01").note) == (
        {"ORD-04": 2}, "No seal in this trade", "The path is long",
    )  # fmt: skip
    post(alice, "mark", fresh.pk, "NAV-01", level=4)
    said = text_of(get(alice, "compare", fresh.pk, **{"with": audit.pk}))
    assert "Like for like, on 2 criteria tested in both: 50.0 → 75.0, +25.0." in said
    assert "+25.00" in said


def test_what_to_fix_is_simulated_and_made_actions(cast: Cast, browser_of: Any):
    audit = signed_audit(make_site(), cast.alice, 4, TEC_01=0, NAV_02=2)
    alice = browser_of(cast.alice)
    assert "Fix these 2: 39.0 → 100.0" in text_of(get(alice, "priorities", audit.pk))
    assert "Fix this one: 39.0 → 95.8" in text_of(get(alice, "priorities", audit.pk, fix="TEC-01"))
    for _ in range(2):
        post(
            alice, "action_add", audit.pk, code=["TEC-01", "NAV-02"], owner=cast.alice.pk, due_on="2026-12-01"
        )
    assert sorted(Action.objects.values_list("code", "owner__name", "state")) == [
        ("NAV-02", "Alice", "to_do"), ("TEC-01", "Alice", "to_do"),
    ]  # fmt: skip


def test_an_action_closes_with_evidence_and_is_verified_by_another(cast: Cast, browser_of: Any):
    audit = signed_audit(make_site(), cast.alice)
    action = add_action(
        audit=audit, code="TEC-01", title="Renew", owner=cast.alice, due_on=None, effort=Effort.SMALL, gain=1.0,
        by=cast.alice, now=NOW,
    )  # fmt: skip
    alice, bob = browser_of(cast.alice), browser_of(cast.bob)
    states = []
    for browser, form in (
        (alice, {"state": "done"}), (alice, {"state": "done", "url": "https://shop.example/new", "caption": "New"}),
        (alice, {"state": "verified"}), (bob, {"state": "verified"}),
    ):  # fmt: skip
        post(browser, "action_state", action.pk, **form)
        action.refresh_from_db()
        states.append(action.state)
    assert states == [ActionState.TO_DO, ActionState.DONE, ActionState.DONE, ActionState.VERIFIED]
    audit.refresh_from_db()
    assert audit.evidence.filter(result__isnull=False).count() == 0


def test_a_shared_report_needs_no_log_in_and_ends(cast: Cast, browser_of: Any):
    audit = signed_audit(make_site(name="Shared shop"), cast.alice)
    alice, stranger = browser_of(cast.alice), Browser()
    post(alice, "share", audit.pk, note="The board", days=30)
    link = ShareLink.objects.get()
    url = reverse("trust:shared", args=[token_of(link)])
    answer = stranger.get(url)
    assert (answer.status_code, answer["X-Robots-Tag"]) == (200, "noindex, nofollow")
    assert "Shared shop" in text_of(answer)
    assert stranger.get(url[:-3] + "xx/").status_code == 404
    assert stranger.post(url).status_code == 405
    post(alice, "unshare", audit.pk, link.pk)
    assert stranger.get(url).status_code == 404


def test_a_link_that_ended_is_not_found(cast: Cast):
    audit = signed_audit(make_site(), cast.alice)
    link = share(audit=audit, note="", days=-1, by=cast.alice, now=NOW)
    ShareLink.objects.filter(pk=link.pk).update(expires_at=NOW.replace(year=2020))
    assert Browser().get(reverse("trust:shared", args=[token_of(link)])).status_code == 404


def test_report_as_json_can_be_imported_and_csv_has_every_criterion(cast: Cast, browser_of: Any):
    audit = signed_audit(make_site(), cast.alice, 4, TEC_01=0)
    alice = browser_of(cast.alice)
    data = json.loads(get(alice, "report_json", audit.pk).content)
    assert (
        {code: one["level"] for code, one in data["results"].items()}["TEC-01"],
        data["score"]["overall"],
    ) == (0, 39.0)
    lines = b"".join(get(alice, "report_csv", audit.pk).streaming_content).decode().splitlines()
    assert len(lines) == 12


def test_a_clients_site_is_seen_as_its_client_and_others_by_all(cast: Cast, browser_of: Any):
    make_site(client=make_client(owner=cast.alice), name="Of Alice")
    make_site(client=make_client(owner=cast.carl), name="Of Carl")
    make_site(name="Ours")
    make_site(kind=SiteKind.COMPETITOR, name="Theirs")
    seen = {
        user.name: re.findall(
            r'class="row-link"[^>]*>([^<]+)<', get(browser_of(user), "portfolio").content.decode()
        )
        for user in (cast.alice, cast.bob, cast.anne, cast.diane)
    }
    assert seen == {
        "Alice": ["Of Alice", "Ours", "Theirs"], "Bob": ["Ours", "Theirs"], "Anne": ["Of Alice", "Ours", "Theirs"],
        "Diane": ["Of Alice", "Of Carl", "Ours", "Theirs"],
    }  # fmt: skip


def test_a_stored_file_is_not_found_by_who_does_not_see_the_client(cast: Cast, browser_of: Any):
    audit = make_audit(make_site(client=make_client(owner=cast.alice)), cast.alice)
    post(browser_of(cast.alice), "evidence_add", audit.pk, "PRE-01", kind="file", file=picture())
    one = Evidence.objects.get()
    statuses = {
        user.name: get(browser_of(user), "evidence_file", one.pk).status_code
        for user in (cast.alice, cast.bob, cast.anne, cast.carl, cast.diane)
    }
    assert statuses == {"Alice": 200, "Bob": 404, "Anne": 200, "Carl": 404, "Diane": 200}


def queries(browser: Browser, name: str, *args: Any) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert get(browser, name, *args).status_code == 200
    return len(captured)


def test_lists_cost_the_same_queries_for_one_and_three(cast: Cast, browser_of: Any):
    alice = browser_of(cast.alice)

    def add(number: int) -> Audit:
        site = make_site(client=make_client(owner=cast.alice), name=f"Shop {number}")
        make_audit(site, cast.alice)
        audit = signed_audit(site, cast.alice)
        add_action(audit=audit, code="TEC-01", title="x", owner=cast.alice, due_on=None, effort=Effort.SMALL,
                   gain=1.0, by=cast.alice, now=NOW)  # fmt: skip
        return audit

    first = add(1)
    counted = {name: queries(alice, name) for name in ("portfolio", "actions")}
    of_site = queries(alice, "site", first.site_id)
    add(2), add(3)
    more = {name: queries(alice, name) for name in ("portfolio", "actions")}
    for _ in range(2):
        make_audit(first.site, cast.alice)
    assert (counted, of_site) == (more, queries(alice, "site", first.site_id))


def test_pages_of_an_audit_cost_the_same_queries_whatever_it_holds(cast: Cast, browser_of: Any):
    alice = browser_of(cast.alice)
    counts = []
    for evidence in (1, 3):
        audit = make_audit(make_site(), cast.alice, Mode.FULL)
        mark_all(audit, 2, cast.alice)
        for code in list(audit.results.values_list("code", flat=True))[:evidence]:
            post(alice, "evidence_add", audit.pk, code, kind="finding", text="seen", impact="minor")
            post(alice, "evidence_add", audit.pk, code, kind="url", url=f"https://shop.example/{code}")
        pages = ("audit", "report", "priorities")
        counts.append(
            [queries(alice, name, audit.pk) for name in pages]
            + [queries(alice, "criterion", audit.pk, "SEAL-01")]
        )
    assert counts[0] == counts[1]


def test_the_firms_own_checklist_is_edited_in_a_draft(cast: Cast, browser_of: Any):
    diane, alice = browser_of(cast.diane), browser_of(cast.alice)
    assert post(alice, "checklist_change", act="begin").status_code == 403
    before = make_audit(make_site(), cast.alice)
    post(diane, "checklist_change", act="begin")
    page = get(diane, "checklist_criterion", "TEC-04").content.decode()
    fields = dict(re.findall(r'<textarea name="(\w+)"[^>]*>\s*(.*?)</textarea>', page, re.S))
    fields = {name: value.replace("&#x27;", "'").replace("&quot;", '"') for name, value in fields.items()}
    post(diane, "checklist_criterion", "TEC-04", **fields, weight=5, cap=60)
    post(diane, "checklist_change", act="activate")
    after = make_audit(make_site(), cast.alice, Mode.FULL)
    kept = after.results.get(code="TEC-04")
    assert (before.checklist, after.checklist, kept.weight, kept.cap) == ("1", "1.1", 5, 60)
