"""Real processes, a real SMTP server, a database of their own: one list and one mail, whatever happens."""

import asyncio
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings

from tests.installations import installed
from tests.servers import free_port

pytestmark = pytest.mark.slow

OWNERS = 12
Week = tuple[list[dict[str, Any]], dict[str, Any], list[tuple[str, EmailMessage]]]


@dataclass
class Mailbox:
    """Takes every mail, slowly enough that a sender can be killed in the middle."""

    received: list[tuple[str, EmailMessage]] = field(default_factory=list)
    delay: float = 0.0

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = cast(bytes, envelope.content)
        message = cast(EmailMessage, message_from_bytes(content, policy=policy.default))
        self.received.append((envelope.rcpt_tos[0], message))
        await asyncio.sleep(self.delay)
        return "250 OK"

    def per_recipient(self) -> Counter[str]:
        return Counter(recipient for recipient, _ in self.received)


@dataclass
class World:
    env: dict[str, str]
    mailbox: Mailbox

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, *arguments], env=self.env, cwd=settings.BASE_DIR, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def finish(self, process: subprocess.Popen[str]) -> str:
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
        return out

    def manage(self, *arguments: str) -> dict[str, Any]:
        out = self.finish(self.start("manage.py", *arguments))
        return json.loads(out.splitlines()[-1]) if "--json" in arguments else {}

    def call(self, code: str) -> str:
        return self.finish(
            self.start(
                "-c", f"import django; django.setup(); from tests.attention import mail_world as w; {code}"
            )
        )


@pytest.fixture(scope="module")
def world(migrated: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder, mailbox = tmp_path_factory.mktemp("run"), Mailbox()
    controller = Controller(mailbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    with installed(migrated, folder) as site:
        world = World(site.environment | _settings(controller.port), mailbox)
        world.call(f"w.seed({OWNERS})")
        yield world
    controller.stop()


def _settings(port: int) -> dict[str, str]:
    return {
        "CMIX_BROKER_URL": "filesystem://", "CMIX_EMAIL_URL": f"smtp://127.0.0.1:{port}",
        "CMIX_BASE_URL": "https://mix.example.org",
    }  # fmt: skip


@pytest.fixture(scope="module")
def first_week(world: World) -> Week:
    """What three that froze at once said, a sender after three at once, and the mails that arrived."""
    freezers = [world.start("manage.py", "freeze_lists", "--week", "2026-W46", "--json") for _ in range(3)]
    results = [json.loads(world.finish(one).splitlines()[-1]) for one in freezers]
    senders = [world.start("manage.py", "send_lists", "--week", "2026-W46", "--json") for _ in range(3)]
    for sender in senders:
        world.finish(sender)
    again = world.manage("send_lists", "--week", "2026-W46", "--json")
    received = list(world.mailbox.received)
    world.mailbox.received.clear()
    return results, again, received


def test_frozen_and_sent_at_the_same_time_each_gets_one_mail(first_week: Week) -> None:
    frozen, again, received = first_week
    assert sum(one["frozen"] for one in frozen) == OWNERS
    assert sum(one["already"] for one in frozen) == 2 * OWNERS
    assert again["sent"] == OWNERS
    assert Counter(recipient for recipient, _ in received) == Counter(
        f"owner{number}@example.org" for number in range(OWNERS)
    )


def test_the_mail_reads_in_its_readers_language(first_week: Week) -> None:
    mails = dict(first_week[2])
    english, french = mails["owner1@example.org"], mails["owner0@example.org"]
    assert english["Subject"] == "Week 46: 1 client deserves you"
    assert english["To"] == "owner1@example.org"
    text = english.get_body(("plain",)).get_content()
    html = english.get_body(("html",)).get_content()
    for part in (text, html):
        assert "Maison 1 &lt;Écrémé&gt;" in part or "Maison 1 <Écrémé>" in part
        assert "Usually orders every 3 weeks, last order 9 weeks ago" in part
        assert "https://mix.example.org/clients/" in part
        assert "Maison 0" not in part
        assert "€" not in part
    assert "<Écrémé>" not in html
    assert "http-equiv" not in html
    assert "<img" not in html
    assert "9 novembre 2026" in french.get_body(("plain",)).get_content()
    assert 'lang="fr"' in french.get_body(("html",)).get_content()


def test_killed_half_way_nobody_gets_two(world: World) -> None:
    world.manage("freeze_lists", "--week", "2026-W47", "--json")
    world.mailbox.received.clear()
    world.mailbox.delay = 0.3
    doomed = world.start("manage.py", "send_lists", "--week", "2026-W47", "--json")
    deadline = time.monotonic() + 60
    while len(world.mailbox.received) < 4 and time.monotonic() < deadline:
        time.sleep(0.02)
    doomed.kill()
    doomed.communicate()
    world.mailbox.delay = 0.0
    world.call("[w.send('2026-W47', minutes) for minutes in (0, 10, 30)]")
    states = world.manage("send_lists", "--week", "2026-W47", "--json")
    assert states["sent"] + states["uncertain"] == OWNERS
    assert states["uncertain"] <= 1
    assert max(world.mailbox.per_recipient().values()) == 1
    # Who got none stands on the list of mails that nobody is sure of.
    assert OWNERS - len(world.mailbox.received) <= states["uncertain"]
