"""Tags of the one list component."""

from typing import Any

from django import template
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe

from common.lists.pages import Cell

register = template.Library()


@register.simple_tag(takes_context=True)
def cell(context: template.Context, item: Cell) -> SafeString:
    """A cell says the same for the same value: a page renders each once, not a chip a row."""
    kept: Any = context.render_context
    printed: dict[tuple[str, Any], SafeString] = kept.setdefault("list_cells", {})
    key = item.column.key, item.value
    if key not in printed:
        with context.push(value=item.value, column=item.column, dense=True):
            body = get_template(item.column.template).template.render(context)  # type: ignore[attr-defined]
        printed[key] = mark_safe(body.strip())
    return printed[key]
