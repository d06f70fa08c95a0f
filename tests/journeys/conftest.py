"""A real Chromium on a live server.

Without a browser these tests are skipped, or fail when ``CMIX_REQUIRE_BROWSER=1``. ``CMIX_CHROMIUM``
names the browser when it is not on the usual paths.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.journeys.visitor import Visitor

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"]
PATIENCE = 30_000  # milliseconds; a busy machine is slow, not wrong
expect.set_options(timeout=PATIENCE)
MISSING = "no browser: install chromium (apt-get install chromium), or set CMIX_CHROMIUM to its path"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.journey)
            item.add_marker(pytest.mark.once)


def _browser_path() -> str | None:
    named = os.environ.get("CMIX_CHROMIUM")
    return named or next((found for name in NAMES if (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = _browser_path()
    if path is None:
        if os.environ.get("CMIX_REQUIRE_BROWSER") == "1":
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    # Playwright runs an event loop in this thread; Django would refuse the ORM beside it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Browser, live_server: Any) -> Iterator[Callable[..., Visitor]]:
    """``visit(width=1280, theme="light", language="en")``: somebody opens a browser.

    At the end of the test, a visitor who met a problem fails it.
    """
    visitors: list[Visitor] = []

    def arrive(*, width: int = 1280, theme: str = "light", language: str = "en") -> Visitor:
        context = chromium.new_context(
            viewport={"width": width, "height": 800},
            color_scheme=theme,
            locale={"fr": "fr-FR", "en": "en-GB"}[language],
            reduced_motion="reduce",
            accept_downloads=True,
        )
        context.set_default_timeout(PATIENCE)
        visitors.append(Visitor.arrive(context, live_server.url))
        return visitors[-1]

    yield arrive
    for visitor in visitors:
        visitor.page.context.close()
    assert [problem for visitor in visitors for problem in visitor.problems] == []
