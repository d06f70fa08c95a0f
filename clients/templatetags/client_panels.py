"""Parts that other apps put on the client's pages."""

from typing import Any

from django import template
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe

from clients.registry import Column
from clients.selectors import Cell, ShownPanel

register = template.Library()


def _render(name: str, context: template.Context, values: dict[str, Any]) -> SafeString:
    with context.push(**values):
        return mark_safe(get_template(name).template.render(context).strip())  # type: ignore[attr-defined]


@register.simple_tag(takes_context=True)
def panel(context: template.Context, shown: ShownPanel) -> SafeString:
    return _render(shown.panel.template, context, {**shown.context, "panel": shown.panel})


@register.simple_tag(takes_context=True)
def cell(context: template.Context, item: Cell) -> SafeString:
    """A cell says the same for the same value: a page renders each once, not fifty chips of five kinds."""
    column: Column = item.column
    kept: Any = context.render_context
    printed: dict[tuple[str, Any], SafeString] = kept.setdefault("client_cells", {})
    key = column.key, item.value
    if key not in printed:
        printed[key] = _render(
            column.template, context, {"value": item.value, "column": column, "dense": True}
        )
    return printed[key]
