"""The weekly mail: the list in the owner's language, as text and as HTML, with links into the site."""

from dataclasses import dataclass
from typing import Any

import css_inline
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from attention.labels import ACTS, CHANNELS, ONLY_AMOUNTS, REASONS, REASONS_WITHOUT_AMOUNTS
from attention.models import ListLine, WeeklyList
from attention.rules.acts import channel
from common.periods import IsoWeek
from common.wording import explain
from segmentation.labels import LETTERS, SEGMENTS
from segmentation.rules.grid import Segment
from trust_audit.selectors.reminders import absolute, reminders_for

MAIL_KIND = "attention.list"
REASONS_IN_MAIL = 3


@dataclass(frozen=True)
class Mail:
    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class MailLine:
    rank: int
    name: str
    url: str
    segment: str
    segment_label: str
    letter: str
    minutes: int
    channel: str
    act: str
    reasons: list[str]
    value_cents: int | None  # None: amounts stay out of mails


def week_prefix(week: IsoWeek) -> str:
    """What the keys of all mails of a week begin with."""
    return f"{week}:"


def mail_key(week: IsoWeek, owner: User) -> str:
    return f"{week_prefix(week)}{owner.pk}"


def build_mail(weekly_list: WeeklyList, owner: User) -> Mail:
    with translation.override(owner.language):
        lines = list(weekly_list.lines.visible_to(owner).select_related("client").order_by("rank"))
        context = _context(weekly_list, owner, lines)
        html = render_to_string("emails/attention_list.html", context)
        return Mail(
            subject=_subject(weekly_list, lines),
            text=render_to_string("emails/attention_list.txt", context),
            html=css_inline.inline(html, load_remote_stylesheets=False),
        )


def _subject(weekly_list: WeeklyList, lines: list[ListLine]) -> str:
    if not lines:
        return _("Week %(week)s: nobody needs you") % {"week": weekly_list.iso_week}
    return ngettext(
        "Week %(week)s: %(count)s client deserves you",
        "Week %(week)s: %(count)s clients deserve you",
        len(lines),
    ) % {"week": weekly_list.iso_week, "count": len(lines)}


def _context(weekly_list: WeeklyList, owner: User, lines: list[ListLine]) -> dict[str, Any]:
    week_url = f"{settings.CMIX_BASE_URL}{reverse('home')}?week={weekly_list.week}"
    return {
        "owner": owner,
        "company": settings.CMIX_COMPANY,
        "weekly_list": weekly_list,
        "monday": date_format(weekly_list.week.monday, "DATE_FORMAT"),
        "as_of": date_format(weekly_list.as_of, "DATE_FORMAT") if weekly_list.as_of else "",
        "lines": [_mail_line(line) for line in lines],
        "planned_minutes": weekly_list.planned_minutes,
        "capacity_minutes": weekly_list.capacity_minutes,
        "uncovered": sum(row["why"] == "uncovered_athlete" for row in weekly_list.left_out),
        "trust": absolute(settings.CMIX_BASE_URL, reminders_for(owner, weekly_list.week.monday)),
        "week_url": week_url,
        "language": owner.language,
    }


def _mail_line(line: ListLine) -> MailLine:
    segment = Segment(line.segment) if line.segment else None
    return MailLine(
        rank=line.rank,
        name=line.client.name,
        url=f"{settings.CMIX_BASE_URL}{line.client.get_absolute_url()}",
        segment=line.segment,
        segment_label=line.own_segment or (str(SEGMENTS[segment]) if segment else ""),
        letter=LETTERS[segment] if segment and not line.own_segment else "",
        minutes=line.dose_minutes,
        channel=str(CHANNELS[channel(line.dose_minutes)]),
        act=str(ACTS[line.act]),
        reasons=_reasons(line),
        value_cents=line.value_cents if _amounts_shown() else None,
    )


def _amounts_shown() -> bool:
    return bool(settings.CMIX_MAIL_AMOUNTS)


def _reasons(line: ListLine) -> list[str]:
    if _amounts_shown():
        return [explain(reason, REASONS) for reason in line.reasons[:REASONS_IN_MAIL]]
    told = [reason for reason in line.reasons if reason["code"] not in ONLY_AMOUNTS]
    return [explain(reason, REASONS_WITHOUT_AMOUNTS) for reason in told[:REASONS_IN_MAIL]]
