"""What questionnaires hold of a person, and how it is forgotten."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from clients.models import AnswerSheet, Invitation, ItemAnswer, QuestionnaireOptOut, SociotypeResult
from clients.personal.sources import Section, Subject, table
from clients.sociotypes.emails import INVITATION, REMINDER
from clients.sociotypes.labels import REASONS
from clients.sociotypes.rules.instrument import CURRENT
from clients.sociotypes.selectors.people import named
from common.wording import explain
from jobs.models import OutMail

RESULT = (
    "type", "also", "status", "scale_a", "scale_s", "scale_d", "scale_o", "p1", "p2", "p3", "p4", "readiness",
    "base_confidence", "channel", "by__name", "answered", "seconds", "flags", "confirmed_at", "certainty", "traits",
    "instrument", "version", "rule_version", "answered_on", "expires_on", "computed_at", "superseded_on",
)  # fmt: skip


def collect(subject: Subject) -> Iterator[Section]:
    people = subject.person_ids
    results = SociotypeResult.objects.filter(person__in=people).order_by("answered_on", "pk")
    yield table("sociotypes", results, RESULT)
    yield Section(
        "sociotype_reasons", _("How the type came about"), [str(_("Answered")), str(_("Why?"))],
        [
            [result.answered_on, " ".join(explain(named(reason), REASONS) for reason in result.because)]
            for result in results
        ],
        names=["answered_on", "because"],
    )  # fmt: skip
    yield _answers(people)
    yield table(
        "invitations", Invitation.objects.filter(person__in=people).order_by("created_at"),
        ["round__name", "created_at", "expires_at", "revoked_at", "reminders", "reminded_at"],
    )  # fmt: skip
    yield table("questionnaire_opt_outs", QuestionnaireOptOut.objects.filter(person__in=people), ["at"])


def _answers(people: list[int]) -> Section:
    language = "fr" if get_language() == "fr" else "en"
    texts = {item.key: item.text[language] for item in CURRENT.items}
    words = dict(enumerate(CURRENT.choices[language], start=1))
    answers = ItemAnswer.objects.filter(sheet__person__in=people).order_by("sheet_id", "pk")
    rows = [
        [answered_at, texts.get(item, item), words.get(value or 0, CURRENT.no_answer[language])]
        for answered_at, item, value in answers.values_list("answered_at", "item", "value")
    ]
    return Section(
        "item_answers", _("Answers to the questionnaire"),
        [str(_("When")), str(_("Statement")), str(_("Answer"))], rows, names=["answered_at", "item", "value"],
    )  # fmt: skip


def erase(subject: Subject, now: datetime) -> dict[str, int]:
    """Also the mails, whose text holds the name and the link."""
    people = subject.person_ids
    keys = [
        f"{pk}:{number}"
        for pk in Invitation.objects.filter(person__in=people).values_list("pk", flat=True)
        for number in range(3)
    ]
    mails = OutMail.objects.filter(kind__in=[INVITATION, REMINDER], key__in=keys)
    counts = {
        "sociotypes": SociotypeResult.objects.filter(person__in=people).count(),
        "answer_sheets": AnswerSheet.objects.filter(person__in=people).count(),
        "questionnaire_mails": mails.count(),
    }
    mails.delete()
    for model in (SociotypeResult, AnswerSheet, Invitation, QuestionnaireOptOut):
        model.objects.filter(person__in=people).delete()  # type: ignore[attr-defined]
    return counts
