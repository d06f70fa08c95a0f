"""Chips of segments, of the grid and of the company's own."""

from typing import Any

from django import template

from segmentation.labels import CELLS
from segmentation.rules.matrix import Cell
from segmentation.selectors.own import own_names

register = template.Library()


@register.inclusion_tag("segmentation/any_chip.html", takes_context=True)
def segment_chip(context: template.Context, code: str | None, short: bool = False) -> dict[str, Any]:
    """``code`` as events and columns keep it. The names of own segments are asked for once a page."""
    if not code or not code.startswith("own:"):
        return {"segment": code, "short": short}
    kept: Any = context.render_context
    names = kept.get("own_segment_names")
    if names is None:
        names = kept["own_segment_names"] = own_names()
    name, playbook = names.get(code, (code, ""))
    return {"own": name, "playbook": playbook}


@register.filter
def cents(value: float | None) -> int | None:
    """A sum of cents that was computed in floats, for the money filters."""
    return None if value is None else round(value)


@register.simple_tag
def cell_name(code: str | None) -> Any:
    """The name of a cell of the matrix."""
    return CELLS[Cell(code)] if code else "–"
