"""Template filters and tags of every page (a builtin: no ``{% load %}`` needed)."""

import json
from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from django import template
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from common import money as amounts
from common import numbers

register = template.Library()
UNKNOWN = "–"


@register.filter
def money(cents: int | None) -> str:
    """Full figure in the reporting currency; a dash when unknown."""
    if cents is None:
        return UNKNOWN
    return amounts.format_money(cents, settings.CMIX_CURRENCY, get_language() or "en")


@register.filter
def money_short(cents: int | None) -> SafeString | str:
    """``84 k€`` with the full figure on hover."""
    if cents is None:
        return UNKNOWN
    language = get_language() or "en"
    short = amounts.format_money_short(cents, settings.CMIX_CURRENCY, language)
    return format_html('<span title="{}">{}</span>', money(cents), short)


@register.filter
def money_plain(cents: int | None) -> str:
    """``84 k€`` as plain text, for mails and titles."""
    if cents is None:
        return UNKNOWN
    return amounts.format_money_short(cents, settings.CMIX_CURRENCY, get_language() or "en")


@register.filter
def unit_price(value: Decimal | None) -> str:
    """Units of the reporting currency, with more than two decimals only where they say something."""
    if value is None:
        return UNKNOWN
    places = min(max(-int(value.normalize().as_tuple().exponent), 2), 4)
    return numbers.format_number(value, digits=places)


@register.filter
def percent(value: float | None, digits: int = 0) -> str:
    return UNKNOWN if value is None else numbers.format_percent(value, digits=digits)


@register.filter
def percent_signed(value: float | None, digits: int = 0) -> str:
    return UNKNOWN if value is None else numbers.format_percent(value, digits=digits, signed=True)


@register.filter
def points(value: float | None) -> str:
    """A difference of two rates, in points: ``0.021`` → ``+2.1``."""
    return UNKNOWN if value is None else numbers.format_number(value * 100, digits=1, signed=True)


@register.filter
def number(value: float | str | None, digits: int = 0) -> str:
    """What a template does not find comes as an empty text: unknown as well."""
    return UNKNOWN if value is None or isinstance(value, str) else numbers.format_number(value, digits=digits)


# Closing tags and entities cannot end the script; the same three that Django's own filter escapes.
_IN_SCRIPT = {ord(sign): f"\\u{ord(sign):04X}" for sign in "<>&"}


@register.filter
def data_script(value: Any, element_id: str) -> SafeString:
    """``json_script`` without spaces and escaped letters: charts carry a thousand rows."""
    text = json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False, separators=(",", ":"))
    return format_html(
        '<script id="{}" type="application/json">{}</script>',
        element_id,
        mark_safe(text.translate(_IN_SCRIPT)),
    )


@cache
def _icon_body(name: str) -> str:
    path = Path(settings.VENDOR_DIR) / "bootstrap-icons" / "icons" / f"{name}.svg"
    svg = path.read_text(encoding="utf-8")
    return svg[svg.index(">") + 1 : svg.rindex("</svg>")].strip()


@register.simple_tag(takes_context=True)
def icon(context: template.Context, name: str, label: str = "") -> SafeString:
    """An inline icon; decorative unless ``label`` says what it means.

    Long lists set ``dense``: beside their words, copies of a decoration in each row would only weigh.
    """
    if context.get("dense") and not label:
        return mark_safe("")
    described = (
        format_html(' role="img" aria-label="{}"', label) if label else mark_safe(' aria-hidden="true"')
    )
    return format_html(
        '<svg class="icon" width="16" height="16" viewBox="0 0 16 16" fill="currentColor"{}>{}</svg>',
        described,
        mark_safe(_icon_body(name)),
    )


@register.simple_tag
def icon_symbols(*names: str) -> SafeString:
    """The drawings that ``icon_again`` points at: once a page, outside of what htmx swaps."""
    symbols = format_html_join(
        "",
        '<symbol id="icon-{}" viewBox="0 0 16 16" fill="currentColor">{}</symbol>',
        ((name, mark_safe(_icon_body(name))) for name in names),
    )
    return format_html('<svg class="icon-symbols" width="0" height="0" aria-hidden="true">{}</svg>', symbols)


@register.simple_tag
def icon_again(name: str) -> SafeString:
    """A decorative icon by reference: a list of cards would else hold each drawing as often as it has cards."""
    return _icon_again(name)


@cache
def _icon_again(name: str) -> SafeString:
    return format_html(
        '<svg class="icon" width="16" height="16" aria-hidden="true"><use href="#icon-{}"/></svg>', name
    )


@register.simple_tag
def sparkline(
    values: Sequence[float | int], label: str = "", width: int = 96, height: int = 24
) -> SafeString:
    """A small line of the values, oldest first, zero at the bottom, with the last one marked."""
    points_ = [max(0.0, float(value or 0)) for value in values]
    if len(points_) < 2:
        return mark_safe("")
    top = max(points_) or 1.0
    step = (width - 6) / (len(points_) - 1)
    path = " ".join(
        f"{3 + index * step:.1f},{height - 3 - value / top * (height - 6):.1f}"
        for index, value in enumerate(points_)
    )
    last_x, last_y = path.rsplit(" ", 1)[-1].split(",")
    return format_html(
        '<svg class="sparkline" role="img" aria-label="{}" width="{}" height="{}" viewBox="0 0 {} {}">'
        '<polyline points="{}"/><circle cx="{}" cy="{}" r="2"/></svg>',
        label, width, height, width, height, path, last_x, last_y,
    )  # fmt: skip


@register.simple_tag(takes_context=True)
def query(context: dict[str, Any], **changes: Any) -> str:
    """The page's own query string with some parameters changed; an empty value removes one."""
    request: HttpRequest = context["request"]
    parameters = request.GET.copy()
    for name, value in changes.items():
        if value in (None, ""):
            parameters.pop(name, None)
        else:
            parameters[name] = value
    return "?" + parameters.urlencode() if parameters else "?"
