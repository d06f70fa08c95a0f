"""What ``make run`` promises: the demo's "My week" names clients with reasons, computed through Celery."""

import html
import http.cookiejar
import re
import urllib.parse
import urllib.request

import pytest

from tests.installations import Installation, wait_for
from tests.site.test_up import running

pytestmark = pytest.mark.slow

STATE = """
    SELECT state, fence, (SELECT COUNT(*) FROM attention_weeklylist) > 0
    FROM jobs_job WHERE kind = 'night' ORDER BY id LIMIT 1
"""
LIST = """
from accounts.models import User
from attention.models import ListLine
owner = User.objects.get(email="julien.rochelin@demo.example")
lines = ListLine.objects.filter(weekly_list__owner=owner).order_by("rank")
print(json.dumps([[line.client.name, bool(line.reasons)] for line in lines]))
"""


def _log_in(address: str) -> urllib.request.OpenerDirector:
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    page = browser.open(f"{address}/account/login/").read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token is not None
    fields = {
        "csrfmiddlewaretoken": token[1], "username": "julien.rochelin@demo.example",
        "password": "demo-demo-demo",
    }  # fmt: skip
    browser.open(f"{address}/account/login/", urllib.parse.urlencode(fields).encode()).read()
    return browser


def test_demo_shows_a_week_soon_after_the_start(installation: Installation) -> None:
    with running(installation, "--demo") as (_, port):
        wait_for(lambda: installation.rows(STATE) == [("done", 1, True)], 180, every=0.5)
        lines = installation.python(LIST)
        page = html.unescape(
            _log_in(f"http://127.0.0.1:{port}").open(f"http://127.0.0.1:{port}/").read().decode()
        )
    assert lines
    assert [name for name, _ in lines if name not in page] == []
    assert all(reasons for _, reasons in lines)
