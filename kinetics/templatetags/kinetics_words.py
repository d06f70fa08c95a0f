"""Words of the indicators for templates."""

from django import template
from django.utils.functional import Promise

from kinetics.labels import EVIDENCES
from kinetics.states import Evidence

register = template.Library()


@register.filter
def evidence_word(code: str | None) -> str | Promise:
    return EVIDENCES[Evidence(code)] if code else "–"
