from typing import Any

import pytest

from cmix_site import checks
from tests.servers import free_port


def ids(found: list[Any]) -> list[str]:
    return [message.id for message in found]


@pytest.mark.parametrize(
    ("name", "value", "id_"),
    [
        ("CMIX_MAIL_UNCERTAIN", "perhaps", "cmix.E010"),
        ("CMIX_JOB_LEASE", 0, "cmix.E011"),
        ("CMIX_CURRENCY", "euro", "cmix.E012"),
        ("LANGUAGE_CODE", "xx", "cmix.E013"),
        ("CMIX_BASE_URL", "mix.example.org", "cmix.E014"),
        ("CMIX_BASE_URL", "https://mix.example.org/path", "cmix.E014"),
        ("ALLOWED_HOSTS", ["*"], "cmix.E015"),
        ("ALLOWED_HOSTS", [], "cmix.E015"),
    ],
)
def test_wrong_value_is_told_with_its_fix(settings: Any, name: str, value: Any, id_: str) -> None:
    assert ids(checks.check_values(None)) == []
    setattr(settings, name, value)
    found = checks.check_values(None)
    assert ids(found) == [id_]
    assert all(message.hint for message in found)


def test_debug_on_a_public_site(settings: Any) -> None:
    settings.DEBUG = True
    assert ids(checks.check_secrets_and_debug(None)) == []
    settings.CMIX_BASE_URL = "https://mix.example.org"
    assert ids(checks.check_secrets_and_debug(None)) == ["cmix.E016"]


def test_public_site_without_smtp(settings: Any) -> None:
    assert ids(checks.check_mail(None)) == []
    settings.CMIX_BASE_URL = "https://mix.example.org"
    assert ids(checks.check_mail(None)) == ["cmix.W010"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    assert ids(checks.check_mail(None)) == []


def test_redis_that_is_away_or_forgets(settings: Any, broker: str) -> None:
    import redis

    assert ids(checks.check_redis(None)) == []
    if broker.startswith("redis"):
        with redis.Redis.from_url(broker) as client:
            client.config_set("maxmemory-policy", "allkeys-lru")
            try:
                assert ids(checks.check_redis(None)) == ["cmix.W012"]
            finally:
                client.config_set("maxmemory-policy", "noeviction")
    settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{free_port()}/0"
    assert ids(checks.check_redis(None)) == ["cmix.W011"]
