"""Which weekly lists and mails named a private client."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from attention.labels import ACTS, REASONS
from attention.models import ListLine
from clients.personal.sources import Section, Source, Subject
from common.wording import explain
from jobs.models import OutMail

LINE = ["week", "reader", "rank", "minutes", "value_cents", "act", "why", "rule_version"]


def collect(subject: Subject) -> Iterator[Section]:
    if not subject.is_whole:
        return
    lines = ListLine.objects.filter(client__in=subject.client_ids).select_related("weekly_list__owner")
    yield Section(
        "weekly_lists",
        _("Weekly lists"),
        LINE,
        [
            [
                str(line.weekly_list.week), line.weekly_list.owner.role, line.rank, line.dose_minutes,
                line.value_cents, str(ACTS[line.act]),
                " ".join(explain(reason, REASONS) for reason in line.reasons), line.weekly_list.rule_version,
            ]
            for line in lines.order_by("weekly_list__iso_year", "weekly_list__iso_week")
        ],
    )  # fmt: skip
    mails = OutMail.objects.filter(weekly_lists__lines__client__in=subject.client_ids).distinct()
    yield Section(
        "mails",
        _("Mails that named the person"),
        ["subject", "recipient_role", "state", "sent_at"],
        [
            [mail.subject, mail.recipient.role if mail.recipient else "", mail.state, mail.sent_at]
            for mail in mails.select_related("recipient").order_by("pk")
        ],
    )


source = Source("attention", collect, position=60)
