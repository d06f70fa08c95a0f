"""Where a request comes from."""

from typing import Any

import pytest
from django.test import RequestFactory

from accounts.addresses import client_address

PROXY, VISITOR = "192.0.2.1", "198.51.100.7"


@pytest.mark.parametrize(
    ("behind_proxy", "forwarded", "expected"),
    [
        (False, VISITOR, PROXY),  # anybody may send the header
        (True, VISITOR, VISITOR),
        (True, f"203.0.113.9, {VISITOR}", VISITOR),  # only the last was written by the proxy
        (True, "2001:DB8::1", "2001:db8::1"),
        (True, "unknown", PROXY),
        (True, None, PROXY),
    ],
)
def test_the_address_of_a_visitor(
    settings: Any, behind_proxy: bool, forwarded: str | None, expected: str
) -> None:
    settings.CMIX_BEHIND_PROXY = behind_proxy
    headers = {"x-forwarded-for": forwarded} if forwarded else {}
    assert client_address(RequestFactory().get("/", headers=headers, REMOTE_ADDR=PROXY)) == expected


def test_no_address_over_a_socket() -> None:
    assert client_address(RequestFactory().get("/", REMOTE_ADDR="")) is None
