"""Every address with every odd value: an answer a person can read, never an error of the server."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote_plus

import pytest
from django.db import connection, transaction
from django.http import QueryDict
from django.test import Client as Browser

from clients.listing import list_context, views_of
from common.lists.pages import list_page
from common.lists.registry import lists_for
from common.lists.spec import ListSpec
from common.lists.state import ListState
from tests.access.test_matrix import address
from tests.access.walk import Entry, entries
from tests.access.world import World, body_of
from tests.fuzz.nasty import VALUES, quoted

# What the pages read from their address.
PARAMETERS = {
    "home": ["week", "owner", "all"],
    "accounts:login": ["next"],
    "clients:bulk": ["list", "act", "id", "all", "token"],
    "clients:duplicates": ["page", "show"],
    "clients:history": ["page"],
    "clients:merge_with": ["ref"],
    "clients:pick": ["q", "parent"],
    "clients:retention": ["page"],
    "clients:search": ["q"],
    "clients:tasks": ["owner"],
    "clients:timeline": ["kind", "page"],
    "clients:unit_create": ["client"],
    "intake:import": ["reason"],
    "intake:import_columns": ["preset"],
    "intake:imports": ["kind"],
    "segmentation:export": ["segment", "q", "sort", "page", "scale"],
    "segmentation:grid": [
        "segment", "q", "sort", "page", "scale", "scope", "tag", "city", "kind", "contact_before", "view", "col", "unit",
    ],
    "segmentation:matrix": ["split"],
    "segmentation:moved": ["days", "before", "after", "cause", "owner", "q", "page"],
    "segmentation:moved_export": ["days", "before", "after", "cause", "owner", "q", "page"],
    "segmentation:own_detail": ["preview"],
    "segmentation:plan": ["wave", "hold", "page"],
    "segmentation:readiness": ["lead", "market"],
    "segmentation:thresholds": ["revenue", "margin"],
    "sociotypes:explanation": ["lang"],
    "sociotypes:new": ["clients", "view"],
    "sociotypes:phone": ["lang"],
    "sociotypes:round": ["progress", "page"],
    "trust:actions": ["whose"],
    "trust:compare": ["with"],
    "trust:portfolio": ["kind"],
    "trust:priorities": ["fix", "tried"],
}  # fmt: skip
# Fields a page's own form does not show at first.
HIDDEN = {
    "clients:bulk": {"list": "q=a", "act": "tag", "id": "1", "all": "", "token": "t", "confirmed": "1"},
    "clients:consent": {"purpose": "email", "act": "give", "source": "a talk"},
    "clients:interaction_delete": {"next": "/"},
    "clients:merge": {"take-name": "loser"},
    "clients:task_postpone": {"step": "monday", "desk": "1", "next": "/"},
    "clients:task_state": {"state": "done", "desk": "1", "next": "/"},
    "clients:unit_join": {"client": "1", "joined_on": "2026-01-01"},
    "clients:view_save": {"name": "View", "list": "q=x", "shared": "on", "pinned": "on", "default": "on"},
    "segmentation:segment_move": {"to": "up"},
    "segmentation:step": {"step": "awareness", "done_on": "2026-01-01", "undo": "1"},
    "segmentation:wave_open": {"forced": "yes"},
    "trust:checklist_change": {"act": "begin", "name": "Ours"},
    "trust:hand_over": {"code": "TEC-01", "to": "1"},
    "trust:sample": {"kind": "home", "url": "https://shop.example/", "remove": "1"},
    "attention:answer": {"state": "snoozed", "weeks": "1", "until": "", "spent_minutes": "5"},
    "segmentation:activate": {"preset": "typed", "revenue": "1000", "margin": "20", "as_of": "2026-01-01"},
    "sales:margins": {"category": "1", "percent": "20"},
    "accounts:language": {"language": "fr", "next": "/"},
}
_FIELD = re.compile(r'<(?:input|select|textarea)\b[^>]*\bname="([^"]+)"')

COMPANY = 5
READ = [entry for entry in entries() if "GET" in entry.methods]
WRITTEN = [entry for entry in entries() if "POST" in entry.methods]


def test_the_named_addresses_exist():
    assert PARAMETERS.keys() - {entry.name for entry in READ} == set()
    assert HIDDEN.keys() - {entry.name for entry in WRITTEN} == set()


def by_name(entry: Entry) -> str:
    return entry.name


def list_of(entry: Entry, user: Any) -> ListSpec | None:
    return next((spec for spec in lists_for(user) if spec.url_name == entry.name), None)


def parameters_of(entry: Entry, user: Any) -> list[str]:
    """Those named above; a list reads its own filters besides what every list reads."""
    if spec := list_of(entry, user):
        filters = ListState.read(spec, QueryDict(), user).filters
        return ["q", "page", "sort", "scope", "col", "view", *(one.key for one in filters)]
    return PARAMETERS.get(entry.name, [])


def asked(entry: Entry, user: Any) -> Iterator[tuple[str, str]]:
    """Each parameter with each value; names no page knows count too, and so do lists.

    Alone, where there are few. Else in company of some others that hold other values, for each is asked alone too: of
    a list by ``troubles_of_list``, of what is none by the run on PostgreSQL.
    """
    names = parameters_of(entry, user)
    if not names:
        yield (
            "all",
            "&".join(f"{quote_plus(quoted(value))}={number}" for number, value in enumerate(VALUES.values())),
        )
        return
    sent = {kind: quote_plus(quoted(value)) for kind, value in VALUES.items()}
    for kind, value in sent.items():
        yield f"{kind}, twice", "&".join(f"{name}={value}&{name}={value}" for name in names)
    in_company = list_of(entry, user) or connection.vendor == "sqlite"
    size = COMPANY if in_company and len(names) > COMPANY else 1
    for turn in range(len(sent)):
        for first in range(0, len(names), size):
            company = [
                (name, list(sent)[(turn + 7 * place) % len(sent)])
                for place, name in enumerate(names[first : first + size])
            ]
            yield (
                ", ".join(kind for _, kind in company),
                "&".join(f"{name}={sent[kind]}" for name, kind in company),
            )


def trouble(browser: Browser, method: str, url: str, **sent: Any) -> str:
    """What is wrong with the answer, or nothing; whatever it wrote is undone."""
    return answered(browser, method, url, **sent)[0]


def answered(browser: Browser, method: str, url: str, **sent: Any) -> tuple[str, bool]:
    """What is wrong with the answer, or nothing; and whether anybody read the body that was sent."""
    with transaction.atomic():
        try:
            response = browser.generic(method, url, **sent)
            body = body_of(response)
        except Exception as error:
            return f"{type(error).__name__}: {error}"[:200], True
        finally:
            transaction.set_rollback(True)
    return wrong_with(response, body, url), response.wsgi_request._read_started


def wrong_with(response: Any, body: str, url: str) -> str:
    if response.status_code >= 500 and "/health/" not in url:
        return str(response.status_code)
    if "<script>alert(1)</script>" in body:
        return "markup came back as markup"
    if "x=y" in response.headers.get("Set-Cookie", "") or response.cookies.get("x"):
        return "a header was smuggled in"
    return ""


def troubles_of_list(spec: ListSpec, names: list[str], user: Any) -> dict[tuple[str, str], str]:
    """What is wrong when each parameter holds each value alone: of the page its rows and all it says of them, without
    the template."""
    views, wrong = views_of(user, spec.key), {}
    for name in names:
        for kind, value in VALUES.items():
            with transaction.atomic():
                try:
                    state = ListState.read(spec, QueryDict(f"{name}={quote_plus(quoted(value))}"), user)
                    list_context(state, list_page(state), views)
                except Exception as error:
                    wrong[kind, name] = f"{type(error).__name__}: {error}"[:200]
                finally:
                    transaction.set_rollback(True)
    return wrong


@pytest.mark.parametrize("entry", READ, ids=by_name)
def test_no_address_breaks_a_page(entry: Entry, world: World):
    browser, url = world.browser("director"), address(entry, world)
    if entry.name == "accounts:login":
        browser = world.browser("anonymous")
    user = world.readers["director"]
    spec = list_of(entry, user)
    wrong = troubles_of_list(spec, parameters_of(entry, user), user) if spec else {}
    for kind, query in asked(entry, user):
        if found := trouble(browser, "GET", f"{url}?{query}"):
            wrong[kind, query[:60]] = found
    assert wrong == {}


def fields_of(entry: Entry, browser: Browser, url: str) -> dict[str, str]:
    """The fields of the page's form, and those other pages send here."""
    shown = _FIELD.findall(browser.get(url).content.decode()) if "GET" in entry.methods else []
    return dict.fromkeys(shown, "1") | HIDDEN.get(entry.name, {}) | entry.fields.get("form", {})


def forms(fields: dict[str, str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Each value everywhere, and in one field of a form that is else as it was; each field gets its turn.

    Less often on SQLite: what one database refuses and another takes, PostgreSQL is the one that refuses."""
    on_sqlite, is_short = connection.vendor == "sqlite", len(fields) < 5
    every = {(True, False): 9, (True, True): 3, (False, False): 3, (False, True): 1}[on_sqlite, is_short]
    if not fields:
        yield "nothing", {}
        return
    for turn, (kind, value) in enumerate(VALUES.items()):
        yield f"{kind} everywhere", dict.fromkeys(fields, value)
        for place, name in enumerate(fields if len(fields) > 1 else ()):
            if (turn + place) % every == 0:
                yield f"{kind} as {name}", fields | {name: value}


@pytest.mark.parametrize("entry", WRITTEN, ids=by_name)
def test_no_form_breaks_a_page(entry: Entry, world: World):
    browser, url = world.browser("director"), address(entry, world)
    if entry.name == "accounts:login":
        browser = world.browser("anonymous")
    wrong = {}
    for kind, fields in forms(fields_of(entry, browser, url)):
        body = b"&".join(
            name.encode() + b"=" + quote_plus(quoted(value)).encode() for name, value in fields.items()
        )
        sent = {"data": body, "content_type": "application/x-www-form-urlencoded"}
        if found := trouble(browser, "POST", url, **sent):
            wrong[kind] = found
        if entry.name in ("accounts:logout", "accounts:password_change"):
            browser = world.browser("director")
    assert wrong == {}


BODIES = [b"\x00" * 100, b"", b"--x\r\n\r\n", b'{"state": "done"}', b"=&=&;;"]
KINDS = ["multipart/form-data; boundary=x", "multipart/form-data", "application/json", "text/plain", ""]


@pytest.mark.once  # refused or read as an empty form before any database is asked
@pytest.mark.parametrize("entry", WRITTEN, ids=by_name)
def test_no_body_breaks_a_page(entry: Entry, world: World):
    wrong = {}
    for kind in KINDS:
        for body in BODIES:
            browser = world.browser("director")
            found, was_read = answered(browser, "POST", address(entry, world), data=body, content_type=kind)
            if found:
                wrong[kind, body] = found
            if not was_read:  # the others of this kind would not be either
                break
    assert wrong == {}
