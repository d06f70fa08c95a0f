"""Defaults of the installation; functions, so that no migration freezes them."""

from django.conf import settings

# The demo's people: their log-ins stand on the login page, in demo mode only.
DEMO_DOMAIN = "demo.example"
DEMO_PASSWORD = "demo-demo-demo"


def default_language() -> str:
    return settings.LANGUAGE_CODE


def default_time_zone() -> str:
    return settings.TIME_ZONE
