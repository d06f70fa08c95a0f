"""Chips of segments, of the grid and of the company's own."""

from typing import Any

from django import template

register = template.Library()


@register.inclusion_tag("components/segment_chip.html")
def segment_chip(code: str, short: bool = False) -> dict[str, Any]:
    """``code`` as events and columns keep it."""
    return {"segment": code, "short": short}
