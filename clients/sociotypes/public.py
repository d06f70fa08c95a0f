"""The pages that a client's person answers on. Nobody is logged in; the signed link is the key.

GET never writes, because mail scanners follow links. Every answer is saved by its own POST, so the link
goes on where the person stopped, on any device. No script is needed.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_http_methods

from accounts.addresses import client_address
from clients.sociotypes.links import Link, LinkState, open_link
from clients.sociotypes.rules.instrument import CHOICES, CURRENT, LANGUAGES, Instrument, instrument_of
from clients.sociotypes.services import answering
from clients.sociotypes.services.throttle import may_write

STATUS_OF = {LinkState.BROKEN: 404, LinkState.EXPIRED: 410, LinkState.REVOKED: 410, LinkState.REFUSED: 410}
HONEYPOT = "website"
Page = Callable[[HttpRequest, Link, str], HttpResponse]


def personal(*states: LinkState) -> Callable[..., Any]:
    """Open the link, speak the person's language, refuse what comes too often, and tell search engines no.

    A link in another state than ``states`` gets the page that says so.
    """

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @login_not_required
        @require_http_methods(["GET", "HEAD", "POST"])
        @wraps(view)
        def wrapped(request: HttpRequest, token: str, **kwargs: Any) -> HttpResponse:
            link = open_link(token, timezone.now())
            language = _language(request, link)
            with translation.override(language):
                response = _answer(request, link, language, view, states, kwargs)
                if isinstance(response, TemplateResponse):
                    response.render()  # here, in the person's language
            add_never_cache_headers(response)
            response.headers["X-Robots-Tag"] = "noindex, nofollow"
            response.headers["Content-Language"] = language
            return response

        return wrapped

    return decorate


def _answer(
    request: HttpRequest, link: Link, language: str, view: Callable[..., HttpResponse],
    states: tuple[LinkState, ...], kwargs: dict[str, Any],
) -> HttpResponse:  # fmt: skip
    if link.state not in states or link.invitation is None:
        return _closed(request, link)
    if request.method == "POST":
        within = may_write(link=str(link.held.pk), address=client_address(request), now=timezone.now())
        if not within:
            return _page(request, link, "busy.html", {}, status=429)
        if request.POST.get(HONEYPOT):
            return _page(request, link, "robot.html", {}, status=400)
    try:
        return view(request, link, language, **kwargs)
    except answering.Closed:
        return _closed(request, open_link(link.token, timezone.now()))


def _language(request: HttpRequest, link: Link) -> str:
    """What the address asks, else what was answered in last, else the person's, else the browser's."""
    asked = request.GET.get("lang", "")
    if asked in LANGUAGES:
        return asked
    for known in (link.sheet and link.sheet.language, link.invitation and link.invitation.person.language):
        if known in LANGUAGES:
            return str(known)
    return translation.get_language() or settings.LANGUAGE_CODE


def _page(
    request: HttpRequest, link: Link, template: str, context: dict[str, Any], status: int = 200
) -> TemplateResponse:
    current = translation.get_language() or settings.LANGUAGE_CODE
    context |= {"link": link, "token": link.token, "languages": LANGUAGES, "language": current}
    return TemplateResponse(request, f"questionnaire/{template}", context, status=status)


def _closed(request: HttpRequest, link: Link) -> HttpResponse:
    """Thanks for the one who answered; for the others what happened and what they can do."""
    return _page(request, link, "closed.html", {"state": link.state}, STATUS_OF.get(link.state, 200))


def _to(link: Link, name: str, language: str, *args: Any) -> HttpResponse:
    response = redirect(f"{reverse(f'questionnaire:{name}', args=[link.token, *args])}?lang={language}")
    response.status_code = 303
    return response


def _instrument(link: Link) -> Instrument:
    return instrument_of(link.sheet.instrument, link.sheet.version) if link.sheet else CURRENT


def _given(link: Link) -> dict[str, int | None]:
    return dict(link.sheet.answers.values_list("item", "value")) if link.sheet else {}


def _next_open(instrument: Instrument, given: dict[str, int | None]) -> int | None:
    """Number of the first statement not yet met, from 1; None when all were."""
    return next((n for n, key in enumerate(instrument.keys, start=1) if key not in given), None)


@personal(LinkState.OPEN)
def welcome(request: HttpRequest, link: Link, language: str) -> HttpResponse:
    """What it is for, how long it takes, how to say no; POST opens the sheet."""
    if request.method == "POST":
        answering.begin(invitation=link.held, language=language, now=timezone.now())
        return _to(link, "statement", language, 1)
    given = _given(link)
    context = {
        "total": len(_instrument(link).items), "saved": len(given),
        "next": _next_open(_instrument(link), given),
    }  # fmt: skip
    return _page(request, link, "welcome.html", context)


@personal(LinkState.OPEN)
def statement(request: HttpRequest, link: Link, language: str, number: int) -> HttpResponse:
    """One statement; each choice is a button that saves it and leads on."""
    instrument = _instrument(link)
    if not 1 <= number <= len(instrument.items):
        return _to(link, "welcome", language)
    item = instrument.items[number - 1]
    if request.method == "POST":
        chosen = request.POST.get("value", "")
        if chosen not in {"none", *map(str, CHOICES)}:
            return _statement(request, link, language, number, status=422)
        value = None if chosen == "none" else int(chosen)
        answering.save_answer(
            invitation=link.held, item=item.key, value=value, language=language, now=timezone.now()
        )
        return _to(link, "statement", language, number + 1) if number < len(instrument.items) else _to(
            link, "send", language
        )  # fmt: skip
    return _statement(request, link, language, number)


def _statement(
    request: HttpRequest, link: Link, language: str, number: int, status: int = 200
) -> HttpResponse:
    instrument, given = _instrument(link), _given(link)
    item = instrument.items[number - 1]
    before = instrument.items[number - 2].key if number > 1 else ""
    context = {
        "number": number, "total": len(instrument.items), "previous": number - 1, "saved": len(given),
        "text": item.text[language], "no_answer": instrument.no_answer[language],
        "choices": list(zip(CHOICES, instrument.choices[language], strict=True)),
        "is_answered": item.key in given, "value": given.get(item.key),
        "just_saved": number - 1 if before in given else 0, "all_met": _next_open(instrument, given) is None,
    }  # fmt: skip
    return _page(request, link, "statement.html", context, status)


@personal(LinkState.OPEN)
def send(request: HttpRequest, link: Link, language: str) -> HttpResponse:
    """All answers at a glance; POST sends them, once."""
    instrument, given = _instrument(link), _given(link)
    if request.method == "POST":
        try:
            answering.complete(invitation=link.held, now=timezone.now())
        except answering.NotAnswered as missing:
            return _to(link, "statement", language, missing.position)
        return _to(link, "welcome", language)
    labels = dict(zip(CHOICES, instrument.choices[language], strict=True))
    rows = [
        {
            "number": n, "text": item.text[language], "met": item.key in given,
            "answer": labels.get(given.get(item.key) or 0, instrument.no_answer[language]),
        }
        for n, item in enumerate(instrument.items, start=1)
    ]  # fmt: skip
    context = {
        "rows": rows,
        "saved": len(given),
        "total": len(rows),
        "missing": _next_open(instrument, given),
    }
    return _page(request, link, "send.html", context)


ALWAYS = (LinkState.OPEN, LinkState.EXPIRED, LinkState.REVOKED, LinkState.ANSWERED, LinkState.REFUSED)


@personal(*ALWAYS)
def refuse(request: HttpRequest, link: Link, language: str) -> HttpResponse:
    """No more questionnaires, or no profile at all; works with an old link too."""
    if request.method != "POST":
        return _page(request, link, "refuse.html", {"state": link.state})
    person, now = link.held.person, timezone.now()
    if request.POST.get("what") == "profile":
        answering.object_to_profiling(person=person, now=now)
    elif request.POST.get("what") == "questionnaires":
        answering.opt_out(person=person, now=now)
    else:
        return _page(request, link, "refuse.html", {"state": link.state}, status=422)
    return _to(link, "refuse", language)
