"""Hand one mail to Django's mail backend, in two steps that can be told apart.

``prepared`` connects, says hello, signs in and announces sender and recipient; only what it yields
sends the body. Whatever goes wrong before that call certainly sent nothing.
"""

import re
import smtplib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email.utils import parseaddr

from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend


class Refusal(Exception):
    """The server said no to this mail: nothing was delivered. ``permanent`` for a 5xx reply."""

    def __init__(self, message: str, *, permanent: bool) -> None:
        super().__init__(message)
        self.permanent = permanent


class Unreachable(Exception):
    """There is nobody to hand mails to at present; nothing was sent."""


class Doubt(Exception):
    """The connection ended while the body was on its way: it may or may not have arrived."""


@contextmanager
def prepared(message: EmailMultiAlternatives) -> Iterator[Callable[[], None]]:
    """Yield the function that sends the body.

    Raises ``Unreachable`` or ``Refusal`` on entering; the yielded function raises ``Refusal`` or ``Doubt``.
    """
    backend = _opened()
    try:
        smtp = getattr(backend, "connection", None) if isinstance(backend, EmailBackend) else None
        if smtp is not None:
            _announce(smtp, message)
            yield lambda: _send_data(smtp, message)
        else:
            yield lambda: _send_whole(backend, message)
    finally:
        with suppress(OSError):
            backend.close()


def _opened() -> BaseEmailBackend:
    try:
        backend = get_connection()
        backend.open()
    except (OSError, ImproperlyConfigured) as error:  # smtplib's errors are OSErrors too
        raise Unreachable(describe(error)) from error
    return backend


def describe(error: BaseException) -> str:
    """One line, without control characters, of what the server or the network said."""
    if isinstance(error, smtplib.SMTPResponseException):
        return _reply(error.smtp_code, error.smtp_error)
    return re.sub(r"\s+", " ", f"{type(error).__name__}: {error}")[:500]


def _reply(code: int, text: bytes | str) -> str:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return re.sub(r"[\s\x00-\x1f]+", " ", f"{code} {words}")[:500]


def _address(text: str) -> str:
    """The bare address, its domain in the form that every server reads."""
    local, _, domain = parseaddr(text)[1].rpartition("@")
    return f"{local}@{domain.encode('idna').decode('ascii')}"


def _announce(smtp: smtplib.SMTP, message: EmailMultiAlternatives) -> None:
    try:
        sender, recipient = _address(message.from_email), _address(message.to[0])
        smtp.ehlo_or_helo_if_needed()
        _check(*smtp.mail(sender), accepted=(250,))
        _check(*smtp.rcpt(recipient), accepted=(250, 251))
    except UnicodeError as error:
        raise Refusal(f"address cannot be used: {error}", permanent=True) from error
    except OSError as error:
        raise Unreachable(describe(error)) from error


def _check(code: int, reply: bytes, *, accepted: tuple[int, ...]) -> None:
    if code not in accepted:
        raise Refusal(_reply(code, reply), permanent=500 <= code <= 599)


def _send_data(smtp: smtplib.SMTP, message: EmailMultiAlternatives) -> None:
    body = re.sub(rb"\r?\n", b"\r\n", message.message().as_bytes())
    try:
        code, reply = smtp.data(body)
    except smtplib.SMTPDataError as error:  # no 354: the body was never sent
        raise Refusal(describe(error), permanent=500 <= error.smtp_code <= 599) from error
    except OSError as error:
        raise Doubt(describe(error)) from error
    if code == -1:  # the connection ended within the reply
        raise Doubt("no reply after the body")
    _check(code, reply, accepted=(250,))


def _send_whole(backend: BaseEmailBackend, message: EmailMultiAlternatives) -> None:
    """Backends without phases (file, memory, console, a provider's API): an error leaves a doubt."""
    try:
        backend.send_messages([message])
    except OSError as error:
        raise Doubt(describe(error)) from error
