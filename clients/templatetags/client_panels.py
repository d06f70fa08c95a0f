"""Parts that other apps put on the client's pages."""

from typing import Any

from django import template
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe

from clients.selectors import ShownPanel

register = template.Library()


def _render(name: str, context: template.Context, values: dict[str, Any]) -> SafeString:
    with context.push(**values):
        return mark_safe(get_template(name).template.render(context).strip())  # type: ignore[attr-defined]


@register.simple_tag(takes_context=True)
def panel(context: template.Context, shown: ShownPanel) -> SafeString:
    return _render(shown.panel.template, context, {**shown.context, "panel": shown.panel})
