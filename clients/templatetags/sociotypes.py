from django import template
from django.utils.functional import Promise

from clients.sociotypes.labels import PROGRESS

register = template.Library()


@register.filter
def progress_label(state: str) -> str | Promise:
    return PROGRESS[state]
