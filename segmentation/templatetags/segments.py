"""Chips of segments, of the grid and of the company's own."""

from collections.abc import Mapping
from typing import Any

from django import template

from common.once import once
from segmentation.labels import CELLS, DIAGNOSES
from segmentation.rules.matrix import Cell
from segmentation.rules.playbooks import Diagnosis
from segmentation.selectors.own import own_names

register = template.Library()


@register.inclusion_tag("segmentation/any_chip.html", takes_context=True)
def segment_chip(
    context: template.Context, code: str | None, short: bool = False,
    names: Mapping[str, tuple[str, str]] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """``code`` as events and columns keep it. The names of own segments are asked for once a page, unless
    ``names`` knows this one."""
    if not code or not code.startswith("own:"):
        return {"segment": code, "short": short}
    if not names or code not in names:
        # Kept with the request: a chip in a cell of a list is a template of its own.
        request = context.get("request")
        names = once(request).of(own_names) if request else own_names()
    name, playbook = names.get(code, (code, ""))
    return {"own": name, "playbook": playbook}


@register.filter
def cents(value: float | None) -> int | None:
    """A sum of cents that was computed in floats, for the money filters."""
    return None if value is None else round(value)


@register.simple_tag
def diagnosis_name(code: str | None) -> Any:
    return DIAGNOSES[Diagnosis(code)] if code else "–"


@register.simple_tag
def cell_name(code: str | None) -> Any:
    """The name of a cell of the matrix."""
    return CELLS[Cell(code)] if code else "–"
