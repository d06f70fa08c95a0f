"""Every sentence of the interface is in the French catalogue: a fresh extraction finds nothing new."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from tests.architecture.test_house import APPS, ROOT

CATALOGUE = Path("locale", "fr", "LC_MESSAGES", "django.po")
TOOLS = ("xgettext", "msguniq", "msgmerge", "msgattrib", "msgfmt")
MISSING = "no GNU gettext: install the package gettext"


@pytest.fixture(scope="module")
def gettext_tools() -> None:
    if any(shutil.which(tool) is None for tool in TOOLS):
        if os.environ.get("CMIX_REQUIRE_SERVERS") == "1":
            pytest.fail(MISSING)
        pytest.skip(MISSING)


def _is_translated(message: Message) -> bool:
    forms = (message.string,) if isinstance(message.string, str) else message.string
    return all(forms) and not message.fuzzy


@pytest.fixture(scope="module")
def extracted(gettext_tools: None, tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """The catalogue as makemessages leaves it, made in a copy of the sources."""
    folder = tmp_path_factory.mktemp("sources")
    for name in (*APPS, "templates", "locale"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.mo"))
    # Without settings, so that it writes here and not to the folders they name.
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    subprocess.run(
        [sys.executable, "-m", "django", "makemessages", "--locale", "fr", "--no-location", "--verbosity", "0"],
        cwd=folder, env=environment, check=True,
    )  # fmt: skip
    with (folder / CATALOGUE).open("rb") as file:
        return read_po(file, locale="fr")


def test_every_sentence_is_translated(extracted: Catalog) -> None:
    assert [message.id for message in extracted if message.id and not _is_translated(message)] == []


def test_placeholders_of_translations_fit(gettext_tools: None, tmp_path: Path) -> None:
    done = subprocess.run(
        ["msgfmt", "--check-format", "--output-file", tmp_path / "django.mo", ROOT / CATALOGUE],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
