"""Acts on many clients: confirmed with their count, done in whole chunks, repeated without harm, undone."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.rules import Act
from clients.bulk import registry, services
from clients.bulk.acts import assign
from clients.models import Batch, Change, Client, SavedView, Tag, Task
from jobs.models import Job
from jobs.services import retry, run
from tests.conftest import Cast
from tests.factories.records import make_client

URL = "clients:bulk"


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "AT_ONCE", 2)


@pytest.fixture
def five(cast: Cast) -> list[Client]:
    return [make_client(owner=cast.alice, name=f"Client {letter}") for letter in "ABCDE"]


def owners() -> list[str]:
    return list(Client.objects.order_by("pk").values_list("owner__name", flat=True))


def fields(page: Any) -> dict[str, Any]:
    """What the page's form would send: its hidden fields."""
    text = page.content.decode()
    pairs = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', text)
    found: dict[str, Any] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(unescape(value))
    return found


def confirm(browser: Any, question: dict[str, Any], **answers: Any) -> Any:
    """Ask, answer, read what will happen, confirm."""
    url = reverse(URL, args=["clients"])
    asked = browser.get(url, question)
    told = browser.post(url, fields(asked) | answers)
    return browser.post(url, fields(told) | answers)


def start(cast: Cast, act: str, ids: list[int], user: Any = None, **values: Any) -> Batch:
    found = registry.find("clients", act)
    assert found is not None
    return services.start_bulk(
        act=found, ids=ids, values=values, label="test", user=user or cast.anne, now=timezone.now(),
        token=f"{act}-{len(ids)}-{values}",
    )  # fmt: skip


def work(batch: Batch, kind: str = services.JOB_KIND) -> Batch:
    batch.refresh_from_db()
    job = services.job_of(batch, kind)
    assert job is not None
    assert run(job.pk).error == ""
    batch.refresh_from_db()
    return batch


def pks(clients: list[Client]) -> list[int]:
    return [client.pk for client in clients]


def test_all_that_fit_change_hands_after_they_were_counted(
    cast: Cast, five: list[Client], browser_of: Any
) -> None:
    make_client(owner=cast.bob, name="Other")
    browser = browser_of(cast.anne)
    question = {"list": "q=client", "act": "assign", "all": "1"}
    told = browser.post(
        reverse(URL, args=["clients"]),
        fields(browser.get(reverse(URL, args=["clients"]), question)) | {"owner": cast.bob.pk},
    )
    assert re.findall(r'bulk-sentence">([^<]*)<', told.content.decode()) == ["5 clients get Bob as owner."]
    assert (Batch.objects.count(), owners()) == (0, ["Alice"] * 5 + ["Bob"])
    done = confirm(browser, question, owner=cast.bob.pk)
    batch = Batch.objects.get()
    assert done.url == reverse("clients:batch", args=[batch.pk])
    work(batch)
    assert owners() == ["Bob"] * 6
    assert (batch.counts["rows"], batch.by, batch.label) == (5, cast.anne, "5 clients get Bob as owner.")
    changes = (
        Change.objects.filter(batch=batch).order_by("pk").values_list("client_id", "before", "after", "by")
    )
    assert list(changes) == [
        (client.pk, {"owner_id": cast.alice.pk}, {"owner_id": cast.bob.pk}, cast.anne.pk) for client in five
    ]
    page = browser.get(done.url).content.decode()
    assert re.findall(r"<dt>(?:Rows|Changed)</dt><dd>(\d+)</dd>", page) == ["5", "5"]


def test_another_answer_than_the_confirmed_one_is_asked_again(
    cast: Cast, five: list[Client], browser_of: Any
) -> None:
    browser, url = browser_of(cast.anne), reverse(URL, args=["clients"])
    asked = browser.get(url, {"act": "assign", "id": [five[0].pk]})
    told = browser.post(url, fields(asked) | {"owner": cast.bob.pk})
    again = browser.post(url, fields(told) | {"owner": cast.anne.pk})
    assert re.findall(r'bulk-sentence">([^<]*)<', again.content.decode()) == ["1 client gets Anne as owner."]
    assert Batch.objects.count() == 0


def test_a_list_that_changed_meanwhile_is_asked_about_again(
    cast: Cast, five: list[Client], browser_of: Any
) -> None:
    browser, url = browser_of(cast.anne), reverse(URL, args=["clients"])
    told = browser.post(url, fields(browser.get(url, {"act": "assign", "all": "1"})) | {"owner": cast.bob.pk})
    make_client(owner=cast.alice)
    answer = browser.post(url, fields(told) | {"owner": cast.bob.pk})
    assert "The list has changed meanwhile" in answer.content.decode()
    assert (fields(answer)["count"], Batch.objects.count()) == (["6"], 0)


def test_a_second_click_begins_nothing(cast: Cast, five: list[Client], browser_of: Any) -> None:
    browser, url = browser_of(cast.anne), reverse(URL, args=["clients"])
    told = browser.post(url, fields(browser.get(url, {"act": "assign", "all": "1"})) | {"owner": cast.bob.pk})
    sent = fields(told) | {"owner": cast.bob.pk}
    assert browser.post(url, sent).url == browser.post(url, sent).url
    assert (Batch.objects.count(), Job.objects.count()) == (1, 1)


def test_only_rows_within_the_right_are_touched(cast: Cast, five: list[Client], browser_of: Any) -> None:
    foreign = make_client(owner=cast.carl, name="Lyonnaise")
    browser, url = browser_of(cast.anne), reverse(URL, args=["clients"])
    asked = browser.get(url, {"act": "assign", "id": [five[0].pk, foreign.pk]})
    assert (fields(asked)["count"], "Lyonnaise" in asked.content.decode()) == (["1"], False)
    assert browser.get(url, {"act": "assign", "id": [foreign.pk]}).status_code == 302
    assert browser_of(cast.alice).get(url, {"act": "assign", "all": "1"}).status_code == 403
    assert browser_of(cast.alice).get(url, {"act": "tag", "all": "1"}).status_code == 200


def test_rights_are_asked_again_when_the_job_runs(cast: Cast, five: list[Client]) -> None:
    batch = start(cast, "assign", pks(five), owner=cast.bob.pk)
    Client.objects.filter(pk__in=pks(five[:2])).update(owner=cast.carl, team=cast.lyon)
    work(batch)
    assert owners() == ["Carl", "Carl", "Bob", "Bob", "Bob"]
    assert (batch.counts["changed"], batch.counts["not_allowed"]) == (3, 2)


@pytest.fixture
def deadly(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """An act whose worker dies in its second chunk, after writing it."""
    calls: list[int] = []

    def apply(chunk: registry.Chunk) -> int:
        calls.append(len(chunk.ids))
        changed = assign(chunk)
        if len(calls) == 2:
            raise SystemExit("killed")
        return changed

    usual = registry.find("clients", "assign")
    assert usual is not None
    act = registry.BulkAct(
        "deadly",
        "clients",
        "Deadly",
        "x",
        99,
        Act.ASSIGN,
        lambda values, count, user: "",
        apply,
        undo=usual.undo,
    )
    monkeypatch.setitem(registry._acts, act.full_key, act)
    return calls


def test_a_worker_killed_half_way_leaves_whole_chunks(
    cast: Cast, five: list[Client], deadly: list[int]
) -> None:
    batch = start(cast, "deadly", pks(five), owner=cast.bob.pk)
    job = services.job_of(batch)
    with pytest.raises(SystemExit):
        run(job.pk)
    assert owners() == ["Bob", "Bob", "Alice", "Alice", "Alice"]
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    work(batch)
    assert (owners(), deadly) == (["Bob"] * 5, [2, 2, 2, 1])
    assert (Change.objects.filter(batch=batch).count(), batch.counts["changed"]) == (5, 5)
    # Done once more from its beginning, nothing changes.
    assert retry(services.job_of(batch)) is True
    work(batch)
    assert (Change.objects.filter(batch=batch).count(), batch.counts["changed"]) == (5, 5)


def test_an_undo_gives_back_what_nobody_changed_since(
    cast: Cast, five: list[Client], browser_of: Any
) -> None:
    Client.objects.filter(pk=five[4].pk).update(owner=None)
    batch = work(start(cast, "assign", pks(five), owner=cast.bob.pk, team=cast.paris.pk))
    Client.objects.filter(pk=five[0].pk).update(owner=cast.anne)
    url = reverse("clients:batch_undo", args=[batch.pk])
    assert browser_of(cast.bob).post(url).status_code == 404
    browser = browser_of(cast.anne)
    assert browser.post(url).status_code == 302
    assert browser.post(url).status_code == 302
    work(batch, services.UNDO_KIND)
    assert owners() == ["Anne", "Alice", "Alice", "Alice", None]
    assert (batch.counts["undone"], batch.counts["not_undone"], batch.undone_by) == (4, 1, cast.anne)
    assert (Job.objects.count(), services.can_undo(batch, cast.anne, timezone.now())) == (2, False)


def test_an_undo_has_thirty_days(cast: Cast, five: list[Client]) -> None:
    batch = work(start(cast, "assign", pks(five), owner=cast.bob.pk))
    days = [
        services.can_undo(batch, user, batch.at + timedelta(days=days))
        for user, days in ((cast.anne, 30), (cast.anne, 31), (cast.diane, 1), (cast.carl, 1))
    ]
    assert days == [True, False, True, False]


def tagged() -> list[str]:
    return sorted(Client.objects.filter(tags__name="Fair").values_list("name", flat=True))


def test_tags_are_put_taken_and_put_back(cast: Cast, five: list[Client]) -> None:
    five[0].tags.add(Tag.objects.create(name="Fair"))
    put = work(start(cast, "tag", pks(five[:3]), cast.alice, tag="Fair"))
    assert (tagged(), put.counts["changed"]) == (["Client A", "Client B", "Client C"], 2)
    services.start_undo(batch=put, user=cast.alice, now=timezone.now())
    work(put, services.UNDO_KIND)
    assert tagged() == ["Client A"]
    taken = work(start(cast, "untag", pks(five), cast.alice, tag="Fair"))
    assert (tagged(), taken.counts["changed"]) == ([], 1)
    services.start_undo(batch=taken, user=cast.alice, now=timezone.now())
    work(taken, services.UNDO_KIND)
    assert tagged() == ["Client A"]


def test_each_client_gets_one_task_of_its_owner(cast: Cast, five: list[Client]) -> None:
    Client.objects.filter(pk=five[4].pk).update(owner=None)
    values = {"title": "Call", "note": "", "due_on": "2026-12-01", "owner": None, "remind": True}
    batch = work(start(cast, "task", pks(five), **values))
    retry(services.job_of(batch))
    work(batch)
    tasks = Task.objects.order_by("client_id").values_list("client_id", "owner__name", "title", "due_on")
    assert [(pk, owner, title, f"{due}") for pk, owner, title, due in tasks] == [
        (client.pk, "Anne" if client == five[4] else "Alice", "Call", "2026-12-01") for client in five
    ]
    assert (batch.counts["changed"], batch.changes.count()) == (5, 5)


def test_ticked_rows_are_exported_with_a_line_in_the_journal(
    cast: Cast, five: list[Client], browser_of: Any
) -> None:
    answer = confirm(
        browser_of(cast.alice),
        {"list": "sort=-name&col=kind", "act": "export", "id": pks(five[:2])},
        content="csv",
    )
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert text.splitlines() == [
        "Reference,Name,Kind", f"{five[1].ref},Client B,Company", f"{five[0].ref},Client A,Company",
    ]  # fmt: skip
    batch = Batch.objects.get()
    assert (batch.kind, batch.by, batch.counts["rows"], batch.counts["format"]) == (
        "export",
        cast.alice,
        2,
        "csv",
    )


def test_a_view_is_saved_opened_first_changed_and_deleted(cast: Cast, browser_of: Any) -> None:
    browser, listed = browser_of(cast.alice), reverse("clients:list")
    form = {"name": "Companies", "list": "kind=company&page=3&nonsense=1", "default": "on", "pinned": "on"}
    assert browser.post(reverse("clients:view_save", args=["clients"]), form).status_code == 302
    view = SavedView.objects.get()
    assert (view.query, view.is_default, view.is_pinned, view.is_shared) == (
        "kind=company",
        True,
        True,
        False,
    )
    assert browser.get(listed).url == f"{listed}?kind=company&view={view.pk}"
    assert browser.get(f"{listed}?view=all").status_code == 200
    other = {"name": "People", "list": "kind=person", "default": "on"}
    browser.post(reverse("clients:view_save", args=["clients"]), other)
    assert list(SavedView.objects.order_by("name").values_list("name", "is_default")) == [
        ("Companies", False), ("People", True),
    ]  # fmt: skip
    browser.post(reverse("clients:view_update", args=[view.pk]), {"list": "kind=person&sort=city"})
    renamed = browser.post(reverse("clients:view", args=[view.pk]), {"name": "People"})
    assert (renamed.status_code, "Another view of yours has this name." in renamed.content.decode()) == (
        422,
        True,
    )
    browser.post(reverse("clients:view", args=[view.pk]), {"name": "By city", "shared": "on"})
    view.refresh_from_db()
    assert (view.name, view.query, view.is_shared, view.is_pinned) == (
        "By city",
        "kind=person&sort=city",
        True,
        False,
    )
    assert browser_of(cast.bob).post(reverse("clients:view_delete", args=[view.pk])).status_code == 404
    browser.post(reverse("clients:view_delete", args=[view.pk]))
    assert SavedView.objects.count() == 1
