"""System checks of our own settings: a wrong value is told with its fix, before it does harm."""

import re
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register


def check_values(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    rules = [
        (
            settings.CMIX_MAIL_UNCERTAIN in ("hold", "resend"),
            f"CMIX_MAIL_UNCERTAIN is {settings.CMIX_MAIL_UNCERTAIN!r}.",
            "Say hold (a person decides) or resend (a double is better than a loss).",
            "cmix.E010",
        ),
        (
            settings.CMIX_JOB_LEASE >= 1,
            f"CMIX_JOB_LEASE is {settings.CMIX_JOB_LEASE}.",
            "Give whole seconds of at least 1; 120 is usual.",
            "cmix.E011",
        ),
        (
            bool(re.fullmatch(r"[A-Z]{3}", settings.CMIX_CURRENCY)),
            f"CMIX_CURRENCY is {settings.CMIX_CURRENCY!r}.",
            "Give the three capital letters of ISO 4217, such as EUR.",
            "cmix.E012",
        ),
        (
            settings.LANGUAGE_CODE in dict(settings.LANGUAGES),
            f"CMIX_LANGUAGE is {settings.LANGUAGE_CODE!r}.",
            f"Choose one of {', '.join(dict(settings.LANGUAGES))}.",
            "cmix.E013",
        ),
        (
            bool(re.fullmatch(r"https?://[^/\s]+", settings.CMIX_BASE_URL)),
            f"CMIX_BASE_URL is {settings.CMIX_BASE_URL!r}.",
            "Give scheme and host, such as https://mix.example.org; links in mails begin with it.",
            "cmix.E014",
        ),
        (
            bool(settings.ALLOWED_HOSTS) and "*" not in settings.ALLOWED_HOSTS,
            "CMIX_ALLOWED_HOSTS lets every host name in, or none.",
            "Name the hosts; with * a stranger chooses the host of the links in reset mails.",
            "cmix.E015",
        ),
    ]
    return [Error(message, hint=hint, id=id_) for holds, message, hint, id_ in rules if not holds]


def check_secrets_and_debug(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    public = settings.CMIX_BASE_URL.startswith("https://")
    if not (public and settings.DEBUG):
        return []
    return [
        Error(
            "CMIX_DEBUG is on while CMIX_BASE_URL is public (https).",
            hint="Leave CMIX_DEBUG away: its error pages show settings and data.",
            id="cmix.E016",
        )
    ]


def check_mail(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Files instead of mails are right for a trial, not for a public site (``check --deploy``)."""
    if settings.EMAIL_BACKEND.endswith("smtp.EmailBackend") or not settings.CMIX_BASE_URL.startswith("https"):
        return []
    return [
        Warning(
            "Mails are not sent over SMTP.",
            hint="Set CMIX_EMAIL_URL, such as smtp+tls://user:password@mail.example.org:587.",
            id="cmix.W010",
        )
    ]


def check_redis(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A Redis that may evict keys eats messages; the sweep repairs it, a minute late (``--deploy``)."""
    if not settings.CELERY_BROKER_URL.startswith("redis"):
        return []
    import redis

    try:
        with redis.Redis.from_url(
            settings.CELERY_BROKER_URL, socket_timeout=2, socket_connect_timeout=2
        ) as client:
            policy = str(client.info("memory").get("maxmemory_policy", "noeviction"))
    except redis.RedisError as error:
        return [
            Warning(
                f"The broker does not answer: {error}",
                hint="Pages work without it; background work waits.",
                id="cmix.W011",
            )
        ]
    if policy == "noeviction":
        return []
    return [
        Warning(
            f"Redis may evict messages (maxmemory-policy {policy}).",
            hint="Set maxmemory-policy noeviction on the broker, and keep caches elsewhere.",
            id="cmix.W012",
        )
    ]


def register_all() -> None:
    always: Sequence[Any] = (check_values, check_secrets_and_debug)
    for check in always:
        register(check, Tags.security)
    for check in (check_mail, check_redis):
        register(check, Tags.security, deploy=True)
