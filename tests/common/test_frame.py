"""What every page stands on: navigation, fragments, browser libraries, template words."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles.finders import find
from django.core.management import call_command
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from common.htmx import page
from common.navigation import Entry, current_key
from common.vendor import FILES, VendorFinder


def entry(key: str, url_name: str) -> Entry:
    return Entry(key=key, label=key, icon="people", url_name=url_name, position=1)


@pytest.mark.parametrize(
    ("path", "key"),
    [("/", "home"), ("/clients/", "clients"), ("/clients/7/edit/", "clients"), ("/account/profile/", "")],
)
def test_the_rail_marks_where_one_is(path: str, key: str) -> None:
    assert current_key([entry("home", "home"), entry("clients", "clients:list")], path) == key


class Htmx:
    boosted = history_restore_request = False

    def __init__(self, asked: bool) -> None:
        self.asked = asked

    def __bool__(self) -> bool:
        return self.asked


@pytest.mark.parametrize(
    ("asked", "boosted", "template"),
    [(False, False, "p.html"), (True, False, "p.html#part"), (True, True, "p.html")],
)
def test_htmx_gets_the_fragment(asked: bool, boosted: bool, template: str) -> None:
    request: Any = RequestFactory().get("/")
    request.htmx = Htmx(asked)
    request.htmx.boosted = boosted
    response = page(request, "p.html", {}, partial="part")
    assert response.template_name == template
    assert response.headers["Vary"] == "HX-Request"


def test_only_named_files_of_the_libraries_are_served() -> None:
    assert all(find(name) for name in FILES)
    assert find("vendor/../bootstrap/package.json") is None
    assert find("echarts/dist/echarts.js") is None
    assert VendorFinder().find("vendor/echarts.js", find_all=True) == []


def test_missing_libraries_are_said_with_a_hint(settings: Any, tmp_path: Path) -> None:
    settings.VENDOR_DIR = tmp_path
    (message,) = VendorFinder().check()
    assert message.id == "cmix.E001"


def test_all_static_files_can_be_collected(settings: Any, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    paths = json.loads((tmp_path / "staticfiles.json").read_text())["paths"]
    assert paths.keys() >= FILES.keys() | {"css/app.css", "favicon.svg", "js/charts.js"}
    assert "sourceMappingURL" not in (tmp_path / "vendor/bootstrap.min.css").read_text()


def test_no_template_needs_what_the_csp_refuses() -> None:
    refused = re.compile(r'\sstyle="|<style|\son[a-z]+="|<script(?![^>]*\bsrc=)|javascript:', re.I)
    templates = [
        path for path in Path(settings.BASE_DIR, "templates").rglob("*.html") if "emails" not in path.parts
    ]
    assert [str(path) for path in templates if refused.search(path.read_text())] == []


def printed(source: str, **context: Any) -> str:
    return Template(source).render(Context(context))


def test_unknown_prints_a_dash_and_zero_does_not() -> None:
    with translation.override("en"):
        assert (
            printed("{{ a|money }} {{ b|money }} {{ a|percent }} {{ b|points }}", a=None, b=0)
            == "– €0.00 – +0.0"
        )


def test_a_delta_says_its_direction_in_words() -> None:
    source = '{% include "components/delta.html" with value=value kind=kind %}'
    with translation.override("en"):
        assert "up</span> +12%" in printed(source, value=0.12)
        assert "down</span> -2.0&nbsp;pts" in printed(source, value=-0.02, kind="points")
        assert "unchanged</span>" in printed(source, value=0.0)
        assert "–" in printed(source, value=None)


@pytest.mark.parametrize(
    ("segment", "letter"),
    [("whale", "W"), ("thoroughbred", "T"), ("athlete", "A"), ("dilemma", "D"), ("to_qualify", "?")],
)
def test_a_chip_carries_letter_and_name(segment: str, letter: str) -> None:
    chip = printed('{% include "components/segment_chip.html" with segment=segment %}', segment=segment)
    assert f'aria-hidden="true">{letter}</span>' in chip
    assert segment.replace("_", " ").capitalize() in chip or translation.get_language() != "en"
