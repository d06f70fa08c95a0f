"""Filters of the pages of the trust audit."""

import math
from typing import Any

from django import template
from django.urls import reverse

from common import numbers
from trust_audit.labels import FAMILIES
from trust_audit.models import Evidence, ShareLink
from trust_audit.reporting import token_of
from trust_audit.rules.checklist import Family

register = template.Library()


@register.filter
def score(value: Any, digits: int = 1) -> str:
    """A score of 0 to 100; a dash when unknown. Rounded down next to 100, so that 100 means all."""
    if value is None or isinstance(value, str):
        return "–"
    plain = float(value)
    if plain < 100 and round(plain, digits) >= 100:
        plain = math.floor(plain * 10**digits) / 10**digits
    return numbers.format_number(plain, digits=digits)


@register.filter
def gained(value: Any, digits: int = 1) -> str:
    """A difference of scores, with its sign."""
    if value is None or isinstance(value, str):
        return "–"
    return numbers.format_number(float(value), digits=digits, signed=True)


@register.filter
def share_down(value: Any) -> str:
    """A share as percent with one decimal, rounded down: 100 only when nothing is left."""
    if value is None or isinstance(value, str):
        return "–"
    return numbers.format_percent(math.floor(float(value) * 1000 + 1e-9) / 1000, digits=1)


@register.filter
def heat(value: Any) -> str:
    """The class of a cell of the heat map, one for each grade."""
    if value is None or isinstance(value, str):
        return "heat--none"
    lines = ((85, "a"), (70, "b"), (55, "c"), (40, "d"))
    return f"heat--{next((letter for line, letter in lines if float(value) >= line), 'e')}"


@register.filter
def family_name(code: str) -> str:
    return str(FAMILIES[Family(code)])


@register.simple_tag(takes_context=True)
def evidence_src(context: template.Context, evidence: Evidence) -> str:
    """Where a picture of the annex comes from: inside the file, by the shared link, or from its own page."""
    if (pictures := context.get("pictures")) is not None:
        return str(pictures.get(evidence.pk, ""))
    if token := context.get("token"):
        return reverse("trust:shared_file", args=[token, evidence.pk])
    return reverse("trust:evidence_file", args=[evidence.pk])


@register.simple_tag(takes_context=True)
def share_url(context: template.Context, link: ShareLink) -> str:
    return str(context["request"].build_absolute_uri(reverse("trust:shared", args=[token_of(link)])))
