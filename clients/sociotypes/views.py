"""Questionnaires and types, for those who work with the clients."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.rules import Act
from clients.models import Client, Invitation, Person, QuestionnaireRound, SociotypeResult
from clients.sociotypes.forms import AudienceForm, ObservationForm, PhoneForm
from clients.sociotypes.labels import LEFT_OUT, MEANINGS, PROGRESS, SCALE_NAMES, type_names
from clients.sociotypes.permission import ProfileRefused, is_profiled
from clients.sociotypes.rules.instrument import CURRENT, LANGUAGES, TYPES, Scale
from clients.sociotypes.rules.mix import MIX_FROM
from clients.sociotypes.rules.reliability import TARGET, WARN_BELOW
from clients.sociotypes.selectors.asking import preview
from clients.sociotypes.selectors.people import near_rows, person_type, scale_rows, to_confirm
from clients.sociotypes.selectors.rounds import (
    Progress,
    invitation_page,
    mix,
    progress_counts,
    reliability_report,
    round_rows,
)
from clients.sociotypes.services import answering
from clients.sociotypes.services import rounds as rounds_service
from clients.sociotypes.services.results import confirm as confirm_result
from clients.sociotypes.services.results import observe as note_observation
from common.htmx import page
from jobs.models import Job

MAX_PAGE = 10_000
CONFIRM_SHOWN = 20


def _person(request: HttpRequest, pk: int, act: Act = Act.SEE) -> Person:
    """A person of a client one may not see is not found, exactly like an absent one."""
    people = Person.objects.visible_to(request.user, act=act).select_related(
        "client", "questionnaire_opt_out"
    )
    return get_object_or_404(people, pk=pk)


def _posted(request: HttpRequest) -> QueryDict | None:
    """An empty form that was sent is told what is missing, like any other."""
    return request.POST if request.method == "POST" else None


@require_safe
def rounds(request: HttpRequest) -> HttpResponse:
    found = mix(request.user, timezone.localdate())
    names = type_names()
    context = {
        "rows": round_rows(request.user),
        "waiting": list(to_confirm(request.user)[:CONFIRM_SHOWN]),
        "mix": [(names[kind], found.counts[kind.value], place) for place, kind in enumerate(TYPES, start=1)]
        if found
        else None,
        "mix_total": found.total if found else 0, "mix_from": MIX_FROM,
    }  # fmt: skip
    return page(request, "sociotypes/rounds.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new_round(request: HttpRequest) -> HttpResponse:
    """Choose, look at who will be asked, start. The first POST only shows; the second starts."""
    allowed = Client.objects.visible_to(request.user, act=Act.EDIT)
    initial = {name: request.GET.get(name, "") for name in ("clients", "view", "listed")}
    form = AudienceForm(_posted(request), user=request.user, clients=allowed, initial=initial)
    if request.method != "POST" or not form.is_valid():
        return page(
            request,
            "sociotypes/new.html",
            {"form": form, "preview": None, "picked": 0 if form.is_bound else form.picked()},
            status=422 if form.errors else 200,
        )
    chosen, now = form.cleaned_data["client_ids"], timezone.now()
    if "start" in request.POST:
        key = rounds_service.audience_key(chosen, f"{timezone.localdate(now):%Y-%m-%d}")
        started = rounds_service.start_round(
            name=form.cleaned_data["name"], client_ids=chosen, key=key, by=request.user, now=now
        )
        return redirect("sociotypes:round", started.pk)
    seen = preview(chosen, now)
    context = {
        "form": form, "preview": seen, "unknown": form.unknown,
        "left_out": _left_out(seen.asked.left_out),
        "others": [(one, LEFT_OUT[one.verdict]) for one in seen.others],  # type: ignore[attr-defined]
    }  # fmt: skip
    return page(request, "sociotypes/new.html", context)


def _left_out(counts: dict[str, int]) -> list[tuple[Any, int]]:
    return [(label, counts[reason]) for reason, label in LEFT_OUT.items() if counts.get(reason)]


@require_safe
def round_detail(request: HttpRequest, pk: int) -> HttpResponse:
    round_ = get_object_or_404(QuestionnaireRound.objects.visible_to(request.user).defer("audience"), pk=pk)
    now, asked = timezone.now(), request.GET.get("progress", "")
    progress = asked if asked in set(Progress) else ""
    number = request.GET.get("page", "1")
    current = (
        min(int(number), MAX_PAGE) if number.isascii() and number.isdigit() and number[:6] == number else 1
    )
    counts = progress_counts(round_, request.user, now)
    invited, done = sum(counts.values()), counts.get(Progress.DONE.value, 0)
    context = {
        "round": round_, "progress": progress, "invited": invited, "done": done,
        "rate": done / invited if invited else None,
        "counts": [(state, label, counts.get(state, 0)) for state, label in PROGRESS.items()],
        "found": invitation_page(round_, request.user, now, number=max(1, current), progress=progress),
        "labels": PROGRESS, "left_out": _left_out(round_.left_out),
        "job": Job.objects.filter(kind=rounds_service.JOB_KIND, key=rounds_service.job_key(round_)).first(),
        "closable": [Progress.SENT, Progress.STARTED, Progress.WAITING, Progress.NOT_DELIVERED],
    }  # fmt: skip
    return page(request, "sociotypes/round.html", context)


@require_POST
def revoke_invitation(request: HttpRequest, pk: int) -> HttpResponse:
    found = Invitation.objects.visible_to(request.user, act=Act.EDIT).select_related("person")
    invitation = get_object_or_404(found, pk=pk)
    if rounds_service.revoke(invitation=invitation, by=request.user, now=timezone.now()):
        messages.success(request, _("The link of %(person)s is closed.") % {"person": invitation.person})
    if QuestionnaireRound.objects.visible_to(request.user).filter(pk=invitation.round_id).exists():
        return redirect("sociotypes:round", invitation.round_id)
    return redirect("sociotypes:person", invitation.person_id)


@require_safe
def person(request: HttpRequest, pk: int) -> HttpResponse:
    found = person_type(_person(request, pk), timezone.localdate())
    current = found.current.result if found.current else None
    context = {
        "found": found, "person": found.person,
        "scales": scale_rows(current) if current and current.scale_a is not None else [],
        "near": near_rows(current) if current else [],
        "may_edit": Person.objects.visible_to(request.user, act=Act.EDIT).filter(pk=pk).exists(),
    }  # fmt: skip
    return page(request, "sociotypes/person.html", context)


@require_safe
def explanation(request: HttpRequest, pk: int) -> HttpResponse:
    """To print and hand over: how the type came about, in the language of the person."""
    asked = _person(request, pk)
    language = request.GET.get("lang", asked.language)
    with translation.override(language if language in LANGUAGES else settings.LANGUAGE_CODE):
        found = person_type(asked, timezone.localdate())
        current = found.current.result if found.current else None
        context = {
            "found": found, "person": asked, "language": translation.get_language(),
            "answers": _answers(current), "near": near_rows(current) if current else [],
            "scales": scale_rows(current) if current and current.scale_a is not None else [],
            "meanings": [(name, MEANINGS[kind]) for kind, name in type_names().items()],
        }  # fmt: skip
        response = page(request, "sociotypes/explanation.html", context)
        return response.render()


def _answers(result: SociotypeResult | None) -> list[tuple[str, str]]:
    """The statements with what was answered; none once they were deleted, or for an observation."""
    language = "fr" if translation.get_language() == "fr" else "en"
    given = dict(result.sheet.answers.values_list("item", "value")) if result and result.sheet else {}
    words = CURRENT.choices[language]
    return [
        (item.text[language], words[value - 1] if (value := given[item.key]) else CURRENT.no_answer[language])
        for item in CURRENT.items
        if item.key in given
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def phone(request: HttpRequest, pk: int) -> HttpResponse:
    """The rep reads the statements out and ticks what is answered."""
    asked = _person(request, pk, Act.EDIT)
    form = PhoneForm(_posted(request))
    if request.method == "POST" and form.is_valid():
        return _kept(request, asked, lambda now: answering.record_phone_answers(
            person=asked, values=form.values, language=_spoken(), by=request.user, now=now
        ))  # fmt: skip
    context = {"form": form, "person": asked, "refused": not is_profiled(asked)}
    return page(request, "sociotypes/phone.html", context, status=422 if form.errors else 200)


def _spoken() -> str:
    return "fr" if translation.get_language() == "fr" else "en"


@require_http_methods(["GET", "HEAD", "POST"])
def observe(request: HttpRequest, pk: int) -> HttpResponse:
    """What was seen, as facts; an own answer always comes before it."""
    asked = _person(request, pk, Act.EDIT)
    form = ObservationForm(_posted(request))
    refused = not is_profiled(asked)
    if request.method == "POST" and form.is_valid():
        return _kept(request, asked, lambda now: note_observation(
            person=asked, by=request.user, now=now, **form.observed
        ))  # fmt: skip
    context = {"form": form, "person": asked, "refused": refused}
    return page(request, "sociotypes/observe.html", context, status=422 if form.errors else 200)


def _kept(request: HttpRequest, asked: Person, write: Any) -> HttpResponse:
    try:
        result = write(timezone.now())
    except ProfileRefused:
        messages.error(request, _("%(person)s wants no profile; nothing was kept.") % {"person": asked})
        return redirect("sociotypes:person", asked.pk)
    if result.superseded_on is None:
        messages.success(request, _("Kept for %(person)s.") % {"person": asked})
    elif result.needs_confirmation:
        messages.info(
            request, _("Kept: the answer of %(person)s waits until it is confirmed.") % {"person": asked}
        )
    else:
        messages.info(
            request, _("Kept in the history: an own answer of %(person)s counts more.") % {"person": asked}
        )
    return redirect("sociotypes:person", asked.pk)


@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    found = SociotypeResult.objects.visible_to(request.user, act=Act.EDIT).select_related("person")
    result = get_object_or_404(found, pk=pk)
    if confirm_result(result=result, by=request.user, now=timezone.now()):
        messages.success(request, _("The answer of %(person)s counts now.") % {"person": result.person})
    return redirect("sociotypes:person", result.person_id)


@require_safe
def reliability(request: HttpRequest) -> HttpResponse:
    """Whether the statements measure what they should, in the answers one may see."""
    asked = request.GET.get("lang", "")
    language = asked if asked in LANGUAGES else ""
    report = reliability_report(request.user, language)
    texts = {item.key: item.text[_spoken()] for item in CURRENT.items}
    context = {
        "report": report, "language": language, "languages": LANGUAGES, "target": TARGET, "warn": WARN_BELOW,
        "scales": [
            {
                "row": row, "name": SCALE_NAMES[Scale(row.scale)],
                "items": [(item, texts[item.key]) for item in row.items],
                "weak": row.alpha is not None and row.alpha < WARN_BELOW,
                "good": row.alpha is not None and row.alpha >= TARGET,
            }
            for row in report.scales
        ],
    }  # fmt: skip
    return page(request, "sociotypes/reliability.html", context)
