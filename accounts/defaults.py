"""Defaults of the installation; functions, so that no migration freezes them."""

from django.conf import settings


def default_language() -> str:
    return settings.LANGUAGE_CODE


def default_time_zone() -> str:
    return settings.TIME_ZONE
