"""The house's rules that a machine can hold."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = [
    "cmix_site",
    "attention",
    "kinetics",
    "segmentation",
    "trust_audit",
    "intake",
    "sales",
    "clients",
    "jobs",
    "accounts",
    "common",
]
MAX_LINES = 450


def _sources(*folders: str) -> list[Path]:
    files = [file for folder in folders for file in (ROOT / folder).rglob("*.py")]
    return [file for file in files if "migrations" not in file.parts]


def _named(file: Path) -> str:
    return str(file.relative_to(ROOT))


def _templates() -> list[Path]:
    return sorted((ROOT / "templates").rglob("*.html"))


def _without_comments(template: str) -> str:
    template = re.sub(r"{% comment %}.*?{% endcomment %}", "", template, flags=re.DOTALL)
    return re.sub(r"{#.*?#}", "", template)


def test_imports_point_one_way() -> None:
    lint = shutil.which("lint-imports", path=str(Path(sys.executable).parent))
    assert lint, "import-linter is not installed: make test installs it"
    done = subprocess.run([lint], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:]


def test_files_stay_short() -> None:
    long = {
        _named(file): lines
        for file in _sources(*APPS, "tests", "bench")
        if (lines := len(file.read_text().splitlines())) > MAX_LINES
    }
    assert long == {}


def test_domain_never_reads_the_clock() -> None:
    rooms = re.compile(r"(rules|selectors|labels|querysets|importers)(\.py|/)")
    asking = re.compile(r"timezone\.now\(|datetime\.now\(|date\.today\(|time\.time\(")
    readers = [
        _named(file)
        for file in _sources(*APPS)
        if rooms.search(_named(file)) and asking.search(file.read_text())
    ]
    assert readers == []


PAGES = [file for file in _templates() if "emails" not in file.parts]
FORBIDDEN = {
    "style attribute": r"<[^>]*\sstyle\s*=",
    "style element": r"<style[\s>]",
    "event handler": r"<[^>]*\son[a-z]+\s*=",
    "inline script": r"<script(?![^>]*\ssrc=)[^>]*>",
    "javascript: address": r"javascript:",
    "htmx expression": r"\shx-(on[:-]|vals=['\"]js:)",
    "safe filter": r"\|\s*safe\b",
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_templates_fit_the_content_security_policy(what: str) -> None:
    found = [
        _named(file) for file in PAGES if re.search(FORBIDDEN[what], _without_comments(file.read_text()))
    ]
    assert found == []


def test_requests_of_htmx_sit_on_real_addresses() -> None:
    """An element that htmx makes send something works without it: a link or a form with its address."""
    bare = re.compile(r"<(a|button)\b(?![^>]*(href|formaction|type=.submit)[^>]*)[^>]*\shx-(get|post)=")
    assert [_named(file) for file in PAGES if bare.search(file.read_text())] == []


def test_scripts_of_ours_are_static_files_without_eval() -> None:
    scripts = (ROOT / "static" / "js").rglob("*.js")
    evaluating = re.compile(r"\beval\(|new Function\(|\.innerHTML\s*=")
    assert [_named(file) for file in scripts if evaluating.search(file.read_text())] == []


def test_every_task_has_a_name_and_a_command() -> None:
    """A beat that is down must never be the only way to get something done."""
    commands = {
        "attention.weekly_lists": ["freeze_lists", "send_lists"],
        "clients.remind_tasks": ["remind_tasks"],
        "clients.tend_sociotypes": ["tend_sociotypes"],
        "cmix.catch_up": ["tick"],
        "cmix.night": ["run_night"],
        "jobs.heartbeat": [],  # tells that beat, broker and worker live: a command could not
        "jobs.run": ["tick"],
        "jobs.send_mails": ["send_mails"],
        "jobs.sweep": ["sweep_jobs"],
    }
    from cmix_site.celery import app

    app.loader.import_default_modules()
    ours = [name for name in app.tasks if not name.startswith("celery.")]
    from django.core.management import get_commands

    known = get_commands()
    missing = [
        name for name in ours if name not in commands or any(one not in known for one in commands[name])
    ]
    assert missing == []


def test_beat_names_tasks_that_exist() -> None:
    from cmix_site.celery import app

    app.loader.import_default_modules()
    scheduled = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert scheduled - set(app.tasks) == set()


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_requirements_name_one_version_each(name: str) -> None:
    lines = [line.strip() for line in (ROOT / name).read_text().splitlines()]
    wanted = [line for line in lines if line and not line.startswith(("#", "-r "))]
    loose = [line for line in wanted if not re.fullmatch(r"[A-Za-z0-9_.-]+(\[[a-z,]+\])?==[0-9][\w.]*", line)]
    assert (bool(wanted), loose) == (True, [])


def test_no_print_of_debugging_and_no_promise_of_later() -> None:
    words = re.compile("|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X", "Not" + "ImplementedError\\(\\)"]))
    assert [_named(file) for file in _sources(*APPS) if words.search(file.read_text())] == []
