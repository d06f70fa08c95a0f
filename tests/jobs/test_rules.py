from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from jobs.rules import MAIL_BACKOFF, mail_backoff


@given(st.integers(1, 50), st.text(max_size=80))
def test_backoff_stays_within_a_fifth_of_the_step(attempts: int, seed: str) -> None:
    step = MAIL_BACKOFF[min(attempts, len(MAIL_BACKOFF)) - 1]
    wait = mail_backoff(attempts, seed)
    assert step * 0.8 - timedelta(milliseconds=1) <= wait <= step * 1.2 + timedelta(milliseconds=1)
    assert wait == mail_backoff(attempts, seed)


def test_mails_of_one_outage_spread_out() -> None:
    waits = {mail_backoff(1, f"mail {number}") for number in range(100)}
    assert len(waits) == 100
    assert max(waits) - min(waits) > timedelta(seconds=15)
