"""An SMTP server on a free loopback port that misbehaves as told and notes what it accepted."""

import asyncio
import email
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

from tests.servers import free_port

Fault = Callable[[str, int], str]
"""``fault(recipient, nth message to it)`` → what happens: "", "451", "550", "451 data", "550 data", "cut",
"cut before", "slow"."""


class Handler:
    def __init__(self, fault: Fault) -> None:
        self.fault, self.tries, self.accepted = fault, Counter[str](), Counter[str]()
        self.messages: list[bytes] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        self.tries[address] += 1
        session.fault = self.fault(address, self.tries[address])
        if session.fault in ("451", "550"):
            return f"{session.fault} not this one"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        if session.fault in ("451 data", "550 data"):
            return f"{session.fault[:3]} not this text"
        if session.fault == "slow":
            await asyncio.sleep(0.2)
        if session.fault != "cut before":
            self.accepted[email.message_from_bytes(envelope.content)["Message-ID"]] += 1
            self.messages.append(envelope.content)
        if session.fault.startswith("cut"):
            server.transport.abort()  # type: ignore[union-attr]
        return "250 OK"


@contextmanager
def faulty_smtp(fault: Fault, password: str = "") -> Iterator[tuple[Handler, str]]:
    """Yields its notes and the ``CMIX_EMAIL_URL`` that leads to it; wants ``password`` when it has one."""
    handler, port = Handler(fault), free_port()

    def signs_in(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=data.password == password.encode(), handled=False)

    controller = Controller(
        handler, hostname="127.0.0.1", port=port, authenticator=signs_in if password else None,
        auth_required=bool(password), auth_require_tls=False,
    )  # fmt: skip
    controller.start()
    try:
        yield handler, f"smtp://127.0.0.1:{port}"
    finally:
        controller.stop()
