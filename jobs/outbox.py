"""Outgoing mail: every mail is a row; none is sent twice unless a person or a setting says so.

``pending → claimed → data → sent | failed | uncertain``. Connecting, signing in and announcing the
recipient happen while ``claimed``; ``data`` is committed just before the body leaves. A sender that
dies in ``claimed`` sent nothing, so its mail is pending again; of one that dies in ``data`` nobody
knows, so its mail is ``uncertain`` (or sent again with ``CMIX_MAIL_UNCERTAIN=resend``).
"""

import logging
import re
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import F, Q
from django.utils.crypto import salted_hmac

from accounts.models import User
from jobs import carriers
from jobs.models import OutMail
from jobs.rules import BODIES_KEPT, MailState, mail_backoff
from jobs.services import LeaseLost, lease

logger = logging.getLogger(__name__)
SECOND_CHANCE = timedelta(days=1)
"""Time that "send again" gives a mail whose own time is over."""


class BodyGone(Exception):
    """The text was purged after 35 days; the mail cannot be sent again."""


_refreshers: dict[str, Callable[[OutMail], None]] = {}


def before_sending(kind: str, refresh: Callable[[OutMail], None]) -> None:
    """Have every mail of ``kind`` looked at once more as it leaves: what it names may have changed since."""
    _refreshers[kind] = refresh


def queue_mail(
    *,
    kind: str,
    key: str,
    recipient: User | None,
    to_email: str = "",
    subject: str,
    text: str,
    html: str,
    now: datetime,
    give_up_at: datetime,
) -> OutMail:
    """The mail of that ``kind`` and ``key``, created when it is new; an existing one stays as it is.

    ``recipient`` is one of us; a mail to somebody of a client has none and names ``to_email``. Part of the
    caller's transaction: the mail exists exactly when what it tells of exists.
    """
    mail, _ = OutMail.objects.get_or_create(
        kind=kind,
        key=key,
        defaults={
            "recipient": recipient,
            "to_email": to_email or (recipient.email if recipient else ""),
            "subject": " ".join(subject.split())[:250],
            "text": text,
            "html": html,
            "message_id": message_id(kind, key),
            "next_attempt_at": now,
            "give_up_at": give_up_at,
        },
    )
    return mail


def message_id(kind: str, key: str) -> str:
    """The same for the same mail on every try, so that a mail program can drop a double."""
    readable = re.sub(r"[^A-Za-z0-9]+", ".", f"{kind}.{key}").strip(".")[:100]
    keyed = salted_hmac("jobs.outbox", f"{kind}\0{key}", algorithm="sha256").hexdigest()[:24]
    return f"<{readable}.{keyed}@{_domain()}>"


def _domain() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"


@dataclass
class _Clock:
    """The caller's ``now``, moving on while we wait for servers."""

    start: datetime
    began: float

    @classmethod
    def at(cls, now: datetime) -> "_Clock":
        return cls(now, time.monotonic())

    def now(self) -> datetime:
        return self.start + timedelta(seconds=time.monotonic() - self.began)


@dataclass
class _Held:
    """A mail this process has claimed; every write names the fence."""

    mail: OutMail
    fence: int
    clock: _Clock

    def write(self, state: MailState, *, was: tuple[MailState, ...], **changes: Any) -> None:
        # durable: inside an outer transaction the states would lie about what was sent.
        with transaction.atomic(durable=True):
            mine = OutMail.objects.filter(pk=self.mail.pk, fence=self.fence, state__in=was)
            if not mine.update(state=state, **changes):
                raise LeaseLost(f"mail {self.mail.pk}, fence {self.fence}")

    def enter_data(self) -> None:
        self.write(MailState.DATA, was=(MailState.CLAIMED,), lease_until=self.clock.now() + lease())

    def sent(self) -> None:
        # Also out of ``uncertain``: the lease may have lapsed while the server took its time.
        self.write(
            MailState.SENT,
            was=(MailState.DATA, MailState.UNCERTAIN),
            sent_at=self.clock.now(), lease_until=None, error="",
        )  # fmt: skip

    def refused(self, error: Exception, *, permanent: bool) -> None:
        """Nothing was delivered: later again, unless the refusal is permanent or the time is over."""
        later = self.clock.now() + mail_backoff(self.mail.attempts + 1, self.mail.message_id)
        over = permanent or later >= self.mail.give_up_at
        self.write(
            MailState.FAILED if over else MailState.PENDING,
            was=(MailState.CLAIMED, MailState.DATA),
            error=str(error), lease_until=None, next_attempt_at=later,
        )  # fmt: skip

    def doubtful(self, error: Exception) -> None:
        if settings.CMIX_MAIL_UNCERTAIN == "resend":
            self.refused(error, permanent=False)
        else:
            self.write(MailState.UNCERTAIN, was=(MailState.DATA,), error=str(error), lease_until=None)


def deliver(mail_id: int, now: datetime) -> MailState | None:
    """Try to send one due mail; returns its state afterwards (None: no such mail).

    Safe at any frequency and from any number of processes. Never call it inside a transaction.
    """
    try:
        _try(mail_id, now)
    except carriers.Unreachable as error:
        logger.warning("mail server away, mail %s waits: %s", mail_id, error)
    return _state_of(mail_id)


def _try(mail_id: int, now: datetime) -> None:
    """Raises ``carriers.Unreachable`` after noting the try, so that a caller with more mails stops."""
    held = _claim(mail_id, _Clock.at(now))
    if held is None:
        return
    try:
        if refresh := _refreshers.get(held.mail.kind):
            refresh(held.mail)
        _hand_over(held)
    except LeaseLost as error:
        logger.warning("taken over: %s", error)


def _state_of(mail_id: int) -> MailState | None:
    state = OutMail.objects.values_list("state", flat=True).filter(pk=mail_id).first()
    return MailState(state) if state else None


def _claim(mail_id: int, clock: _Clock) -> _Held | None:
    mail = OutMail.objects.filter(pk=mail_id).first()
    if mail is None:
        return None
    now = clock.now()
    with transaction.atomic(durable=True):
        taken = OutMail.objects.filter(
            pk=mail_id, fence=mail.fence, state=MailState.PENDING, next_attempt_at__lte=now, give_up_at__gt=now
        ).update(
            state=MailState.CLAIMED, fence=F("fence") + 1, attempts=F("attempts") + 1, lease_until=now + lease()
        )  # fmt: skip
    return _Held(mail, mail.fence + 1, clock) if taken else None


def _hand_over(held: _Held) -> None:
    try:
        with carriers.prepared(_message(held.mail)) as send:
            held.enter_data()
            send()
            held.sent()
    except carriers.Refusal as refusal:
        held.refused(refusal, permanent=refusal.permanent)
    except carriers.Doubt as doubt:
        held.doubtful(doubt)
    except carriers.Unreachable as error:
        held.refused(error, permanent=False)
        raise


def _message(mail: OutMail) -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(
        subject=mail.subject,
        body=mail.text,
        to=[mail.to_email],
        headers={
            "Message-ID": mail.message_id,
            "List-Id": f"<{re.sub(r'[^A-Za-z0-9]+', '-', mail.kind)}.{_domain()}>",
            # No out-of-office replies to a machine (RFC 3834, and Exchange's own header).
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        },
    )
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    return message


def drain(now: datetime, kind: str | None = None, key_prefix: str = "") -> dict[str, int]:
    """Recover lapsed mails and send what is due (of one ``kind`` and beginning of keys only, when given).

    Returns how many mails ended in which state. A mail server that is away ends the round at once:
    one try is counted, the others keep theirs.
    """
    clock = _Clock.at(now)
    counts: Counter[str] = Counter(recover(now))
    due = OutMail.objects.filter(state=MailState.PENDING, next_attempt_at__lte=now)
    if kind is not None:
        due = due.filter(kind=kind)
    if key_prefix:
        due = due.filter(key__startswith=key_prefix)
    for mail_id in list(due.order_by("next_attempt_at", "pk").values_list("pk", flat=True)):
        try:
            _try(mail_id, clock.now())
        except carriers.Unreachable as error:
            logger.warning("mail server away, mails wait: %s", error)
            counts["unreachable"] += 1
            break
        if state := _state_of(mail_id):
            counts[state.value] += 1
    return dict(counts)


def recover(now: datetime) -> dict[str, int]:
    """Free the mails of senders that died and give up those whose time is over or whose reader is gone."""
    with transaction.atomic(durable=True):
        lapsed = OutMail.objects.filter(lease_until__lt=now)
        freed = {"state": MailState.PENDING, "lease_until": None, "next_attempt_at": now}
        lapsed.filter(state=MailState.CLAIMED).update(**freed)
        in_doubt = lapsed.filter(state=MailState.DATA)
        if settings.CMIX_MAIL_UNCERTAIN == "resend":
            in_doubt.update(**freed)
            uncertain = 0
        else:
            uncertain = in_doubt.update(
                state=MailState.UNCERTAIN, lease_until=None, error="the sender died while handing over"
            )
        waiting = OutMail.objects.filter(state=MailState.PENDING)
        failed = waiting.filter(give_up_at__lte=now).update(state=MailState.FAILED, error="not sent in time")
        # What it names is nothing to somebody who left.
        failed += waiting.filter(recipient__is_active=False).update(
            state=MailState.FAILED, error="the account was closed"
        )
    return {name: count for name, count in (("uncertain", uncertain), ("failed", failed)) if count}


def resolve_uncertain(mail: OutMail, arrived: bool, now: datetime) -> bool:
    """A person decides an uncertain mail: it arrived, or it is sent again under the same Message-ID.

    Returns False when the mail was no longer uncertain. Raises ``BodyGone`` when there is no text left.
    """
    uncertain = OutMail.objects.filter(pk=mail.pk, state=MailState.UNCERTAIN)
    if arrived:
        return bool(
            uncertain.update(state=MailState.SENT, sent_at=now, lease_until=None, fence=F("fence") + 1)
        )
    if not mail.text:
        raise BodyGone(f"mail {mail.pk}")
    give_up_at = max(mail.give_up_at, now + SECOND_CHANCE)
    return bool(
        uncertain.update(
            state=MailState.PENDING, next_attempt_at=now, give_up_at=give_up_at, fence=F("fence") + 1
        )
    )


def purge_bodies(now: datetime) -> int:
    """Forget the texts of mails older than 35 days; who got which mail when stays."""
    old = OutMail.objects.filter(created_at__lt=now - BODIES_KEPT).exclude(
        state__in=[MailState.PENDING, MailState.CLAIMED, MailState.DATA]
    )
    return old.exclude(Q(text="") & Q(html="")).update(text="", html="")
